/* Transitions between contexts. Owns no state. */
#include "pyjit/transition.h"

#include <string.h>

enum { COST_BOUND = 1, COST_MOVE = 1, COST_LOAD = 2, COST_FACT = 8, COST_BOX = 40 };

/* What it costs to forget that a value is of a type: what the type is good for. */
static const uint8_t knowledge[TYPE_COUNT] = {
    [TYPE_NULL] = 1,
    [TYPE_NONE] = 2,
    [TYPE_BOOL] = 3,
    [TYPE_INT] = 14,
    [TYPE_FLOAT] = 15,
    [TYPE_STR] = 6,
    [TYPE_BYTES] = 6,
    [TYPE_LIST] = 9,
    [TYPE_TUPLE] = 9,
    [TYPE_DICT] = 9,
    [TYPE_SET] = 6,
    [TYPE_RANGE_ITERATOR] = 10,
    [TYPE_LIST_ITERATOR] = 10,
    [TYPE_TUPLE_ITERATOR] = 10,
    [TYPE_FUNCTION] = 4,
    [TYPE_GENERATOR] = 6,
    [TYPE_OTHER] = 2,
};

/* Cost of making one entry into the other. */
static int
entry_cost(const Entry *from, const Entry *to, bool is_local)
{
    int cost = 0;
    if (to->type != from->type) {
        if (to->type != TYPE_UNKNOWN) {
            return TRANSITION_IMPOSSIBLE;
        }
        cost += knowledge[from->type];
    }
    if (to->fact != from->fact) {
        if (to->fact != 0) {
            return TRANSITION_IMPOSSIBLE;
        }
        cost += COST_FACT;
    }
    if (!is_local && memcmp(from, to, sizeof *from) == 0) {
        return 0;
    }
    if (to->bound > from->bound || (!is_local && (to->owned != from->owned || to->lent != from->lent))) {
        return TRANSITION_IMPOSSIBLE;
    }
    cost += from->bound > to->bound ? COST_BOUND : 0;
    if (!is_local) {
        return from->location == IN_SLOT && to->location == IN_SLOT ? cost : TRANSITION_IMPOSSIBLE;
    }
    if (to->lent && !from->lent) {
        return TRANSITION_IMPOSSIBLE;
    }
    if (to->location == IN_SLOT) {
        return cost + (entry_in_register(from) && !from->boxed ? COST_BOX : 0);
    }
    if (from->location == IN_SLOT) {
        return to->location == IN_FLOAT ? cost + COST_LOAD : TRANSITION_IMPOSSIBLE;
    }
    if (from->location != to->location) {
        return TRANSITION_IMPOSSIBLE;
    }
    cost += from->index != to->index ? COST_MOVE : 0;
    return cost + (to->boxed && !from->boxed ? COST_BOX : 0);
}

/* What it costs to go from one context to the other. */
int
transition_cost(const Context *from, const Context *to)
{
    if (from->depth != to->depth || from->local_count != to->local_count ||
        from->observed != to->observed || from->site != to->site) {
        return TRANSITION_IMPOSSIBLE;
    }
    if ((to->globals != 0 && to->globals != from->globals) ||
        (to->builtins != 0 && to->builtins != from->builtins)) {
        return TRANSITION_IMPOSSIBLE;
    }
    int total = (from->globals != to->globals) + (from->builtins != to->builtins);
    for (int i = 0; i < ctx_entry_count(from); i++) {
        int cost = entry_cost(&from->entries[i], &to->entries[i], i < from->local_count);
        if (cost < 0) {
            return TRANSITION_IMPOSSIBLE;
        }
        total += cost;
    }
    return total;
}

/* Emits the moves of one class of registers as if all were made at once. */
static void
emit_moves(Block *b, int *source, int count, int move, int swap)
{
    for (;;) {
        int pending = -1, ready = -1;
        for (int r = 0; r < count && ready < 0; r++) {
            if (source[r] < 0 || source[r] == r) {
                continue;
            }
            pending = r;
            bool needed = false;
            for (int other = 0; other < count; other++) {
                needed |= other != r && source[other] == r;
            }
            ready = needed ? -1 : r;
        }
        if (pending < 0) {
            return;
        }
        if (ready >= 0) {
            ASM(&b->as, move, source[ready], ready);
            source[ready] = -1;
            continue;
        }
        int from = source[pending]; /* a cycle */
        ASM(&b->as, swap, from, pending);
        source[pending] = -1;
        for (int r = 0; r < count; r++) {
            if (source[r] == pending) {
                source[r] = from;
            } else if (source[r] == from) {
                source[r] = pending;
            }
        }
    }
}

/* No moves. */
RegisterMoves
moves_none(void)
{
    RegisterMoves moves;
    for (int r = 0; r < INT_REGISTERS; r++) {
        moves.ints[r] = -1;
    }
    for (int r = 0; r < FLOAT_REGISTERS; r++) {
        moves.floats[r] = -1;
    }
    return moves;
}

/* Emits moves. */
void
moves_emit(Block *b, RegisterMoves *moves)
{
    emit_moves(b, moves->ints, INT_REGISTERS, OP_move_int, OP_swap_ints);
    emit_moves(b, moves->floats, FLOAT_REGISTERS, OP_move_float, OP_swap_floats);
}

/* Emits the transition from the block's context to `to`. */
void
transition_emit(Block *b, const Context *to)
{
    RegisterMoves moves = moves_none();
    for (int i = 0; i < to->local_count; i++) {
        const Entry *from = &b->ctx.entries[i], *entry = &to->entries[i];
        if (entry_in_register(from) && !from->boxed && (entry->location == IN_SLOT || entry->boxed)) {
            block_box_local(b, i);
        }
        if (entry_in_register(from) && entry_in_register(entry)) {
            *(entry->location == IN_INT ? &moves.ints[entry->index] : &moves.floats[entry->index]) = from->index;
        }
    }
    moves_emit(b, &moves);
    for (int i = 0; i < to->local_count; i++) {
        const Entry *from = &b->ctx.entries[i], *entry = &to->entries[i];
        if (from->location == IN_SLOT && entry->location == IN_FLOAT) {
            ASM(&b->as, OP_unbox_float, slot_of_local(i), entry->index);
        }
    }
    memcpy(&b->ctx, to, ctx_size(to));
}
