/* Emitters: slices of builtin sequences that are read, set or deleted where they are written, for which no slice object
 * is made. */
#include "pyjit/emit.h"

#include "pyjit/quiet.h"

#define SEQUENCES (1u << TYPE_LIST | 1u << TYPE_TUPLE | 1u << TYPE_STR | 1u << TYPE_BYTES)
#define REVERSED (1u << TYPE_LIST | 1u << TYPE_TUPLE)

/* A slice as its entries on the stack say it. */
typedef struct {
    int start, stop, sequence; /* entries from the top */
    intptr_t step;
} Slice;

/* Looks at the slice that is about to be built. False if its step is not known. */
static bool
look_at(Block *b, Slice *slice)
{
    int steps = b->in.oparg == 3;
    *slice = (Slice){.stop = steps, .start = steps + 1, .sequence = steps + 2, .step = 1};
    return !steps || emit_small_int(b, 0, &slice->step);
}

/* Are the bounds ints or None? False also if b->ended. */
static bool
learn_bounds(Block *b, const Slice *slice)
{
    for (int n = slice->start; n >= slice->stop; n--) {
        if (block_type(b, n) != TYPE_NONE && (block_learn(b, n, 1u << TYPE_INT) != TYPE_INT || b->ended)) {
            return false;
        }
    }
    return true;
}

/* A register that holds a bound, `otherwise` for None. It may be overwritten if it is to hold the result. */
static int
bound_register(Block *b, int n, intptr_t otherwise, unsigned keep, bool is_result)
{
    if (block_type(b, n) != TYPE_NONE) {
        return is_result ? block_int_result(b, n, keep) : block_int_register(b, n, keep);
    }
    int reg = block_take_int(b, keep);
    ASM(&b->as, OP_load_int_constant, otherwise, reg);
    return reg;
}

/* The sequence, the bounds and perhaps the step are replaced by the slice. */
static void
get_slice(Block *b, const Slice *slice, ValueType type)
{
    PyObject *sample = block_sample(b, slice->sequence);
    intptr_t from = block_object_slot(b, slice->sequence);
    bool forwards = slice->step > 0;
    int start = bound_register(b, slice->start, forwards ? 0 : PY_SSIZE_T_MAX, 0, false);
    int stop = bound_register(b, slice->stop, forwards ? PY_SSIZE_T_MAX : PY_SSIZE_T_MIN, 1u << start, true);
    ASM(&b->as, OP_slice_quietly, from, (intptr_t)quiet_slice_of(type_object(type), slice->step), start, stop,
        (intptr_t)block_exit_generic(b));
    block_drop(b, slice->sequence + 1);
    ASM(&b->as, OP_store_object, stop, slot_of_stack(b, b->ctx.depth));
    block_push_sample(b, type, sample);
}

/* [value, list, start, stop] -> [], or without the value. */
static void
set_slice(Block *b, bool is_deletion)
{
    block_escape(b);
    intptr_t stop = block_object_slot(b, 0), start = block_object_slot(b, 1), list = block_object_slot(b, 2);
    intptr_t at = block_instr_address(b), error = (intptr_t)block_exit_error_with(b, is_deletion ? 3 : 4);
    if (is_deletion) {
        ASM(&b->as, OP_list_delete_slice, list, start, stop, at, error);
        block_drop(b, 3);
    } else {
        ASM(&b->as, OP_list_set_slice, list, start, stop, block_object_slot(b, 3), at, error);
        block_drop_upwards(b, 4);
    }
    emit_check_run(b);
}

/* BUILD_SLICE with the instruction after it. False if that is not simple, or b->ended. */
static bool
emit_with_next(Block *b)
{
    int at = b->in.next;
    Instr next = decode_at(b->here->units, at);
    bool is_read = next.opcode == BINARY_SUBSCR;
    Slice slice;
    if ((!is_read && next.opcode != STORE_SUBSCR && next.opcode != DELETE_SUBSCR) || block_is_target(b, at) ||
        block_must_be_generic(b) || b->ctx.depth >= CTX_STACK || !look_at(b, &slice)) {
        return false;
    }
    unsigned wanted = 0;
    if (is_read) {
        wanted = slice.step == 1 ? SEQUENCES : slice.step == -1 ? REVERSED : 0;
    } else if (b->in.oparg == 2) {
        wanted = 1u << TYPE_LIST;
    }
    if (wanted == 0 || !emit_may_be(b, slice.sequence, wanted)) {
        return false;
    }
    ValueType type = block_learn(b, slice.sequence, wanted);
    if (b->ended || !(wanted >> type & 1) || !learn_bounds(b, &slice)) {
        return false;
    }
    if (is_read) {
        get_slice(b, &slice, type);
        b->in.next = next.next;
        return true;
    }
    b->in = next; /* which raises the exceptions; all exits that come back to BUILD_SLICE have been made */
    set_slice(b, next.opcode == DELETE_SUBSCR);
    return true;
}

/* BUILD_SLICE. */
void
emit_build_slice(Block *b)
{
    if (!emit_with_next(b) && !b->ended) {
        emit_generic(b);
    }
}
