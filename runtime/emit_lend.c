/* Emitters: when the value of an attribute or an item is pushed without a reference of its own.
 *
 * The container keeps the value alive until something is released or taken out of a container; whatever
 * does that gives what is lent a reference first (block_own_facts, block_own_lent_below). That costs more than
 * taking it at once would have, so lending is for values that are used up soon. */
#include "pyjit/emit.h"

#define LOADS_BETWEEN 3 /* most instructions before the one that uses the value up */

/* Does this instruction only look at its operands, as a rule? */
static bool
only_looks(int opcode)
{
    switch (opcode) {
    case BINARY_SUBSCR:
    case STORE_SUBSCR:
    case LOAD_ATTR:
    case LOAD_METHOD:
    case STORE_ATTR:
    case BINARY_OP:
    case UNARY_NEGATIVE:
    case COMPARE_OP:
    case CONTAINS_OP:
    case IS_OP:
    case UNPACK_SEQUENCE:
    case GET_ITER:
    case GET_YIELD_FROM_ITER:
    case PRECALL: /* calls in place leave arguments where they are, others copy them or give them references */
    case POP_JUMP_FORWARD_IF_TRUE:
    case POP_JUMP_FORWARD_IF_FALSE:
    case POP_JUMP_FORWARD_IF_NONE:
    case POP_JUMP_FORWARD_IF_NOT_NONE:
    case POP_JUMP_BACKWARD_IF_TRUE:
    case POP_JUMP_BACKWARD_IF_FALSE:
    case POP_JUMP_BACKWARD_IF_NONE:
    case POP_JUMP_BACKWARD_IF_NOT_NONE:
        return true;
    default:
        return false;
    }
}

/* Is the copy that is about to be made read from by the next instruction, as in `a[i] += 1` and `a.x += 1`? The
 * original stays below meanwhile. */
bool
emit_may_lend_copy(const Block *b)
{
    int at = b->in.next;
    if (b->ctx.depth >= CTX_STACK || block_is_target(b, at)) {
        return false;
    }
    Instr next = decode_at(b->here->units, at);
    if (b->in.oparg == 1) {
        return next.opcode == LOAD_ATTR;
    }
    if (b->in.oparg == 2 && next.opcode == COPY && next.oparg == 2 && !block_is_target(b, next.next)) {
        next = decode_at(b->here->units, next.next);
    }
    return b->in.oparg == 2 && next.opcode == BINARY_SUBSCR;
}

/* Is what is about to be pushed used up soon by what does not need a reference to it? */
bool
emit_may_lend(const Block *b)
{
    int at = b->in.next;
    if (b->ctx.depth >= CTX_STACK) {
        return false;
    }
    for (int i = 0; i <= LOADS_BETWEEN && at < b->here->unit_count && !block_is_target(b, at); i++) {
        Instr in = decode_at(b->here->units, at);
        if (in.opcode != LOAD_FAST && in.opcode != LOAD_CONST) {
            return only_looks(in.opcode) || (in.opcode == RETURN_VALUE && b->site != NULL);
        }
        at = in.next;
    }
    return false;
}
