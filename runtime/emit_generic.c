/* Emitters: bytecodes done by a C function, and those that raise. */
#include "pyjit/emit.h"

#include "pyjit/coverage.h"
#include "pyjit/steps.h"

/* The type of the one value a bytecode leaves, whatever its operands. */
static ValueType
result_type(int opcode)
{
    switch (opcode) {
    case BUILD_TUPLE:
    case LIST_TO_TUPLE:
        return TYPE_TUPLE;
    case BUILD_LIST:
        return TYPE_LIST;
    case BUILD_SET:
        return TYPE_SET;
    case BUILD_MAP:
    case BUILD_CONST_KEY_MAP:
        return TYPE_DICT;
    case BUILD_STRING:
        return TYPE_STR;
    case IS_OP:
    case CONTAINS_OP:
    case UNARY_NOT:
    case MATCH_MAPPING:
    case MATCH_SEQUENCE:
        return TYPE_BOOL;
    default:
        return TYPE_UNKNOWN;
    }
}

/* The operation of generic_table for the current instruction, with its checks. */
void
emit_generic(Block *b)
{
    const GenericEntry *entry = &generic_table[b->in.opcode];
    StackEffect effect = decode_stack_effect(&b->in);
    coverage_bytecode(b->in.opcode, COVERAGE_GENERIC);
    block_escape(b);
    block_own_stack(b, effect.reads < b->ctx.depth ? effect.reads : b->ctx.depth);
    intptr_t top = slot_of_stack(b, b->ctx.depth);
    block_pop(b, effect.pops);
    if (entry->no_error) {
        ASM(&b->as, OP_generic_no_error, top, b->in.oparg, block_instr_address(b),
            (intptr_t)entry->run);
    } else {
        ASM(&b->as, OP_generic, top, b->in.oparg, block_instr_address(b), (intptr_t)entry->run,
            (intptr_t)block_exit_error(b));
    }
    for (int i = 0; i < effect.pushes; i++) {
        block_push(b, result_type(b->in.opcode));
    }
    if (!entry->no_escape) {
        emit_check_run(b);
    }
}

/* Emits a step (steps.h) that takes `inputs` entries; its status is then in r0. With `error` it may
 * raise: then `left` entries of the inputs remain. */
static void
emit_step(Block *b, GenericOp step, int oparg, int inputs, int left, bool error)
{
    block_escape(b);
    block_own_stack(b, inputs);
    intptr_t top = slot_of_stack(b, b->ctx.depth);
    Context before = b->ctx;
    block_pop(b, inputs - left);
    if (error) {
        ASM(&b->as, OP_generic_status, top, oparg, block_instr_address(b), (intptr_t)step,
            (intptr_t)block_exit_error(b));
    } else {
        ASM(&b->as, OP_generic_status_no_error, top, oparg, block_instr_address(b),
            (intptr_t)step);
    }
    b->ctx = before;
}

/* COMPARE_OP before a branch. */
void
emit_compare_truth(Block *b, const Instr *branch)
{
    int distance = branch->offset - b->in.offset;
    emit_step(b, step_compare_truth, distance * COMPARISONS + b->in.oparg, 2, 0, true);
    block_pop(b, 2);
}

/* RAISE_VARARGS. */
void
emit_raise(Block *b)
{
    emit_step(b, step_raise, b->in.oparg, b->in.oparg, 0, false);
    block_pop(b, b->in.oparg);
    ASM(&b->as, OP_branch_r0_true, (intptr_t)block_exit_reraise(b));
    ASM(&b->as, OP_leave_always, (intptr_t)block_exit_error(b));
    b->ended = true;
}

/* RERAISE. */
void
emit_reraise(Block *b)
{
    emit_step(b, step_reraise, b->in.oparg, b->in.oparg + 1, 0, false);
    block_pop(b, 1);
    ASM(&b->as, OP_leave_always, (intptr_t)block_exit_reraise(b));
    b->ended = true;
}

/* END_ASYNC_FOR. */
void
emit_end_async_for(Block *b)
{
    emit_step(b, step_end_async_for, b->in.oparg, 2, 0, false);
    block_pop(b, 2);
    ASM(&b->as, OP_branch_r0_true, (intptr_t)block_exit_reraise(b));
    emit_check_run(b);
}

/* RETURN_GENERATOR. */
void
emit_return_generator(Block *b)
{
    block_escape(b);
    ASM(&b->as, OP_return_generator, block_instr_address(b), (intptr_t)codemem_base(),
        (intptr_t)block_exit_leave(b, b->in.start));
    b->ended = true;
}

/* ---- iteration: generic -------------------------------------------------------------------------- */

/* A step of a loop that pushes so many items or ends the loop. */
static void
step_of_loop(Block *b, GenericOp step, int items)
{
    int target = decode_jump_target(&b->in);
    block_settle_stack(b);
    emit_step(b, step, b->in.oparg, 1, 1, true);
    Context before = b->ctx;
    block_pop(b, 1);
    ASM(&b->as, OP_check_traced_if, 0, (intptr_t)block_exit_leave(b, target));
    ASM(&b->as, OP_branch_r0_false, (intptr_t)block_exit_to(b, target));
    b->ctx = before;
    for (int i = 0; i < items; i++) {
        block_push(b, TYPE_UNKNOWN);
    }
}

/* FOR_ITER over anything. */
void
emit_for_iter_generic(Block *b)
{
    step_of_loop(b, step_for_iter, 1);
    emit_check_run(b);
}

/* FOR_ITER over pairs and the UNPACK_SEQUENCE after it, the pair being made nowhere. */
void
emit_for_pair_generic(Block *b, const Instr *unpack)
{
    step_of_loop(b, step_for_pair, 2);
    b->in.next = unpack->next;
    emit_check_run(b);
}

/* SEND to anything. */
void
emit_send_generic(Block *b)
{
    int target = decode_jump_target(&b->in);
    block_settle_stack(b);
    emit_step(b, step_send, b->in.oparg, 2, 1, true);
    Context before = b->ctx;
    block_pop(b, 2);
    block_push(b, TYPE_UNKNOWN);
    ASM(&b->as, OP_check_traced_if, 0, (intptr_t)block_exit_leave(b, target));
    ASM(&b->as, OP_branch_r0_false, (intptr_t)block_exit_to(b, target));
    b->ctx = before;
    block_pop(b, 1);
    block_push(b, TYPE_UNKNOWN);
    emit_check_run(b);
}
