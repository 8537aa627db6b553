/* Emitters: arguments of compiled functions passed in registers. The callee is entered by a version of its first block that
 * finds them there. */
#include "pyjit/emit_calls.h"

#include "pyjit/state.h"

#define STAYING_MOST 64 /* entries that TypedArguments.stay has bits for */
#define FIRST_INT 2    /* r0 and r1 hold the new frame and the function */
#define INTS_MOST 4
#define FLOATS_MOST 4

/* Gives an argument whose number is in a register its place; false if there is none. */
static bool
place(Entry *parameter, const Entry *value, bool has_box, TypedArguments *typed)
{
    if (value->location == IN_INT && typed->ints < INTS_MOST) {
        parameter->index = (unsigned)(FIRST_INT + typed->ints++);
        typed->moves.ints[parameter->index] = value->index;
    } else if (value->location == IN_FLOAT && typed->floats < FLOATS_MOST) {
        parameter->index = (unsigned)typed->floats++;
        typed->moves.floats[parameter->index] = value->index;
    } else {
        return false;
    }
    parameter->type = value->type;
    parameter->location = value->location;
    parameter->boxed = has_box;
    parameter->lent = !has_box;
    return true;
}

/* Looks which arguments are numbers in registers. */
bool
emit_find_typed(Block *b, const Binding *binding, CodeState *callee, TypedArguments *typed)
{
    if (!binding->is_plain || b->site != NULL || b->ctx.observed || b->ctx.depth > CTX_STACK ||
        callee->entry == pyjit_state.entry_stub) {
        return false;
    }
    *typed = (TypedArguments){.moves = moves_none(), .ctx = code_entry_context(callee->code)};
    for (int i = 0; i < callee->code->co_argcount && i < typed->ctx.local_count; i++) {
        int n = binding->sources[i].entry;
        if (n < 0 || n >= STAYING_MOST) {
            continue;
        }
        const Entry *entry = block_stack(b, n), *value = block_value(b, n);
        bool is_placed = place(&typed->ctx.entries[i], value, entry->location == IN_LOCAL || entry->boxed, typed);
        typed->stay |= (uint64_t)(is_placed && entry == value) << n;
        typed->count = Py_MAX(typed->count, n + 1);
    }
    if (typed->ints + typed->floats == 0) {
        return false;
    }
    const Context *ctx = code_intern(callee, &typed->ctx);
    typed->entry = ctx == NULL ? NULL : code_new_exit(b->state, EXIT_CALL, 0, ctx);
    if (typed->entry == NULL) {
        return false;
    }
    const BlockVersion *version = block_find_entry(callee, ctx);
    typed->entry->callee = callee;
    typed->entry->target = version == NULL ? 0 : version->hot; /* also 0 while that is being compiled */
    return true;
}

/* Does the n-th entry stay in its register? */
static bool
stays(const TypedArguments *typed, int n)
{
    return n < STAYING_MOST && typed->stay >> n & 1;
}

/* Puts them where the callee expects them; everything else is in memory. */
void
emit_move_typed(Block *b, const Binding *binding, const CodeState *callee, TypedArguments *typed)
{
    for (int n = typed->count - 1; n >= 0; n--) {
        const Entry *entry = block_stack(b, n);
        if (entry_in_register(entry) && !stays(typed, n)) {
            block_own(b, n);
        }
    }
    moves_emit(b, &typed->moves);
    for (int i = 0; i < callee->code->co_argcount && i < typed->ctx.local_count; i++) {
        int n = binding->sources[i].entry;
        if (n >= 0 && stays(typed, n)) {
            block_stack(b, n)->index = typed->ctx.entries[i].index;
        }
    }
}
