/* Emitters: calls. */
#include "pyjit/emit.h"

#include "pyjit/calls.h"

/* KW_NAMES: remembered for the CALL to come. */
void
emit_kw_names(Block *b)
{
    b->kwnames = PyTuple_GET_ITEM(b->code->co_consts, b->in.oparg);
    b->kwnames_start = b->in.start;
}

/* CALL of anything: a Python function's frame is run here, the rest is called in C. */
static void
call_generic(Block *b)
{
    int count = b->in.oparg + 2;
    block_escape(b);
    block_own_stack(b, count);
    intptr_t top = slot_of_stack(b, b->ctx.depth);
    block_pop(b, count);
    ASM(&b->as, OP_call, top, b->in.oparg, (intptr_t)b->kwnames, block_instr_address(b),
        IMM_CONTINUATION);
    ASM(&b->as, OP_call_result, slot_of_stack(b, b->ctx.depth), (intptr_t)block_exit_error(b));
    block_push(b, TYPE_UNKNOWN);
    b->kwnames = NULL;
    ASM(&b->as, OP_check_tracing, (intptr_t)block_exit_leave(b, b->in.next));
}

/* CALL. */
void
emit_call(Block *b)
{
    call_generic(b);
}
