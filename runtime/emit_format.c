/* Emitters: f-strings. */
#include "pyjit/emit_calls.h"

/* FORMAT_VALUE: without a specification strings are what they are, and ints are written from registers. */
void
emit_format_value(Block *b)
{
    int conversion = b->in.oparg & FVC_MASK;
    const unsigned known = 1u << TYPE_STR | 1u << TYPE_INT;
    bool is_plain = (b->in.oparg & FVS_MASK) != FVS_HAVE_SPEC && (conversion == FVC_NONE || conversion == FVC_STR);
    if (!is_plain || b->ctx.depth > CTX_STACK || !emit_may_be(b, 0, known)) {
        emit_generic(b);
        return;
    }
    ValueType type = block_learn(b, 0, known);
    if (b->ended || type == TYPE_STR) {
        return;
    }
    if (type != TYPE_INT) {
        emit_generic(b);
        return;
    }
    int number = block_int_register(b, 0, 0), to = block_take_int(b, 1u << number);
    ASM(&b->as, OP_int_to_text, number, to, (intptr_t)block_exit_generic(b));
    block_drop(b, 1);
    emit_push_object(b, TYPE_STR, to, NULL);
}

/* BUILD_STRING: of what is known to be strings. */
void
emit_build_string(Block *b)
{
    int count = b->in.oparg;
    bool fits = count > 0 && b->ctx.depth <= CTX_STACK;
    for (int n = 0; n < count && fits; n++) {
        fits = block_type(b, n) == TYPE_STR;
    }
    if (!fits) {
        emit_generic(b);
        return;
    }
    intptr_t parts = emit_line_up(b, count - 1, count);
    int to = block_take_int(b, 0);
    ASM(&b->as, OP_join_texts, parts, count, to, (intptr_t)block_exit_generic(b));
    block_drop_upwards(b, count);
    emit_push_object(b, TYPE_STR, to, NULL);
}
