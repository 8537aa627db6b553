/* Emitters: jumps, branches on truth. */
#include "pyjit/emit.h"

#include "pyjit/attribute.h"
#include "pyjit/names.h"

/* RESUME: the eval breaker is seen to at the start of a function, not after a yield. */
void
emit_resume(Block *b)
{
    if (b->in.oparg < 2 && b->site == NULL) {
        ASM(&b->as, OP_check_eval_breaker, (intptr_t)block_exit_safepoint(b, b->in.next));
    }
}

/* JUMP_FORWARD. */
void
emit_jump_forward(Block *b)
{
    block_jump(b, decode_jump_target(&b->in));
}

/* JUMP_BACKWARD. */
void
emit_jump_backward(Block *b)
{
    int target = decode_jump_target(&b->in);
    block_settle_stack(b);
    ASM(&b->as, OP_check_eval_breaker, (intptr_t)block_exit_safepoint(b, target));
    block_jump(b, target);
}

/* JUMP_BACKWARD_NO_INTERRUPT. */
void
emit_jump_backward_no_interrupt(Block *b)
{
    block_jump(b, decode_jump_target(&b->in));
}

/* ---- branches --------------------------------------------------------------------------------- */

/* Does a POP_JUMP jump on true? -1 when the instruction is none. */
static int
jumps_on(int opcode)
{
    switch (opcode) {
    case POP_JUMP_FORWARD_IF_TRUE:
    case POP_JUMP_BACKWARD_IF_TRUE:
        return 1;
    case POP_JUMP_FORWARD_IF_FALSE:
    case POP_JUMP_BACKWARD_IF_FALSE:
        return 0;
    default:
        return -1;
    }
}

/* Is the next instruction a POP_JUMP on truth that nothing else jumps to? */
bool
emit_next_is_branch(Block *b, Instr *branch, bool *jump_if)
{
    int at = b->in.next;
    *branch = decode_at(b->here->units, at);
    int on = jumps_on(branch->opcode);
    *jump_if = on == 1;
    return on >= 0 && !block_is_target(b, at);
}

/* The same for an instruction that gives a bool: the next one may also be a jump that keeps it. */
bool
emit_next_tests_bool(Block *b, Instr *branch, bool *jump_if)
{
    if (emit_next_is_branch(b, branch, jump_if)) {
        return true;
    }
    *jump_if = branch->opcode == JUMP_IF_TRUE_OR_POP;
    return (*jump_if || branch->opcode == JUMP_IF_FALSE_OR_POP) && !block_is_target(b, branch->start) &&
           b->ctx.depth <= CTX_STACK && code_constant(b->state, *jump_if ? Py_True : Py_False) >= 0;
}

/* A branch that keeps the bool where it jumps. Where it does not, the block goes on behind it. */
static void
branch_or_pop(Block *b, const Instr *branch, int operation, intptr_t *values, int count)
{
    block_push_known(b, branch->opcode == JUMP_IF_TRUE_OR_POP ? Py_True : Py_False);
    values[count] = (intptr_t)block_exit_to(b, decode_jump_target(branch));
    block_pop(b, 1);
    asm_emit(&b->as, operation, values, count + 1);
    b->in.next = branch->next;
}

/* Ends the block with a branch, unless that keeps a bool: `if_true` and `if_false` are the operations that jump when the
 * condition holds and when it does not. The stack has been made canonical, the condition popped. */
void
emit_branch(Block *b, const Instr *branch, bool jump_if, int if_true, int if_false,
            const intptr_t *operands, int count)
{
    intptr_t values[OPERATION_MAX_OPERANDS];
    int target = decode_jump_target(branch);
    for (int i = 0; i < count; i++) {
        values[i] = operands[i];
    }
    if (branch->opcode == JUMP_IF_TRUE_OR_POP || branch->opcode == JUMP_IF_FALSE_OR_POP) {
        branch_or_pop(b, branch, jump_if ? if_true : if_false, values, count);
        return;
    }
    if (target > branch->offset) {
        values[count] = (intptr_t)block_exit_to(b, target);
        asm_emit(&b->as, jump_if ? if_true : if_false, values, count + 1);
        ASM(&b->as, OP_jump, (intptr_t)block_exit_to(b, branch->next));
        b->ended = true;
        return;
    }
    /* The way back sees to the eval breaker first: it goes on here, the other way is the exit. */
    values[count] = (intptr_t)block_exit_to(b, branch->next);
    asm_emit(&b->as, jump_if ? if_false : if_true, values, count + 1);
    b->in = *branch;
    ASM(&b->as, OP_check_eval_breaker, (intptr_t)block_exit_safepoint(b, target));
    block_jump(b, target);
}

/* The truth in a register, or its opposite if negated, is the instruction's result: tested by the branch if that
 * follows, else pushed. The operands have been dropped. */
void
emit_truth(Block *b, int reg, bool negated, const Instr *branch, bool jump_if)
{
    if (branch != NULL) {
        intptr_t operand = reg;
        block_settle_stack(b);
        emit_branch(b, branch, jump_if != negated, OP_branch_int_nonzero, OP_branch_int_zero, &operand, 1);
        return;
    }
    ASM(&b->as, negated ? OP_box_not : OP_box_bool, reg, slot_of_stack(b, b->ctx.depth));
    block_push(b, TYPE_BOOL);
}

#define BRANCH(b, branch, jump_if, if_true, if_false, ...)                                         \
    emit_branch((b), (branch), (jump_if), (if_true), (if_false), (const intptr_t[]){__VA_ARGS__},  \
                (int)(sizeof((const intptr_t[]){__VA_ARGS__}) / sizeof(intptr_t)))

/* Types whose truth is a look at the object. */
#define TRUTH_TYPES                                                                                \
    (1u << TYPE_BOOL | 1u << TYPE_INT | 1u << TYPE_STR | 1u << TYPE_LIST | 1u << TYPE_TUPLE |      \
     1u << TYPE_DICT | 1u << TYPE_BYTES | 1u << TYPE_NONE)

/* Goes the way that a branch is known to go; its condition has been popped. */
static void
go_known_way(Block *b, const Instr *branch, bool jumps)
{
    int target = decode_jump_target(branch);
    if (!jumps) {
        return;
    }
    block_settle_stack(b);
    if (target <= branch->offset) {
        ASM(&b->as, OP_check_eval_breaker, (intptr_t)block_exit_safepoint(b, target));
    }
    block_jump(b, target);
}

/* The truth of the top of the stack if it is known: 0, 1, or -1. */
static int
known_truth(Block *b)
{
    PyObject *constant = block_constant(b, block_value(b, 0));
    if (constant != NULL && type_is_plain(type_of_object(constant))) {
        return PyObject_IsTrue(constant);
    }
    return block_type(b, 0) == TYPE_NONE ? 0 : -1;
}

/* Are instances of this class true, having nothing to say about it? */
static bool
is_always_true(PyTypeObject *type)
{
    const PyNumberMethods *number = type->tp_as_number;
    const PyMappingMethods *mapping = type->tp_as_mapping;
    const PySequenceMethods *sequence = type->tp_as_sequence;
    return (number == NULL || number->nb_bool == NULL) && (mapping == NULL || mapping->mp_length == NULL) &&
           (sequence == NULL || sequence->sq_length == NULL);
}

/* Is the top of the stack an object that is certainly true? Emits the guard of its class. */
static bool
guard_always_true(Block *b)
{
    ValueType known = block_type(b, 0);
    PyObject *sample = known == TYPE_UNKNOWN || known == TYPE_OTHER ? block_sample(b, 0) : NULL;
    PyTypeObject *type = sample == NULL ? NULL : Py_TYPE(sample);
    if (type == NULL || block_must_be_generic(b) || b->ctx.depth > CTX_STACK || !is_always_true(type)) {
        return false;
    }
    (void)plan_lookup(type, pyjit_names.dunder_bool); /* gives the type its version */
    if (!plan_type_is_fixed(type) && plan_type_version(type) == 0) {
        return false;
    }
    emit_guard_class(b, 0, type);
    return true;
}

/* The branch on the truth of anything, by a call that may run Python code. */
static void
branch_generic(Block *b, const Instr *branch, bool jump_if)
{
    if (!emit_special_truth(b)) {
        block_escape(b);
        block_settle_stack(b);
        intptr_t slot = slot_of_stack(b, b->ctx.depth - 1);
        ASM(&b->as, OP_truth, slot, block_instr_address(b), (intptr_t)block_exit_error(b));
    }
    block_drop(b, 1);
    emit_check_truth(b, branch->start, false);
    emit_branch(b, branch, jump_if, OP_branch_r0_true, OP_branch_r0_false, NULL, 0);
}

/* The branch on the truth of an object of known type; false when there is none for it. */
static bool
branch_typed(Block *b, const Instr *branch, bool jump_if, ValueType type)
{
    bool owned = block_stack(b, 0)->owned;
    if (type == TYPE_FLOAT || type == TYPE_NULL || type == TYPE_UNKNOWN ||
        !(TRUTH_TYPES >> type & 1) || (owned && type != TYPE_BOOL && type != TYPE_NONE)) {
        return false;
    }
    int number = block_value(b, 0)->location == IN_INT ? block_value(b, 0)->index : -1;
    intptr_t slot = number < 0 ? block_object_slot(b, 0) : 0;
    block_release(b, 0); /* True, False and None outlive that */
    block_pop(b, 1);
    block_settle_stack(b);
    switch (type) {
    case TYPE_BOOL:
        BRANCH(b, branch, jump_if, OP_branch_identical, OP_branch_not_identical, slot,
               (intptr_t)Py_True);
        break;
    case TYPE_NONE:
        BRANCH(b, branch, jump_if, OP_branch_not_identical, OP_branch_identical, slot,
               (intptr_t)Py_None);
        break;
    case TYPE_STR:
        BRANCH(b, branch, jump_if, OP_branch_str_nonempty, OP_branch_str_empty, slot);
        break;
    case TYPE_DICT:
        BRANCH(b, branch, jump_if, OP_branch_dict_nonempty, OP_branch_dict_empty, slot);
        break;
    case TYPE_INT:
        if (number >= 0) {
            BRANCH(b, branch, jump_if, OP_branch_int_nonzero, OP_branch_int_zero, number);
            break;
        }
        /* fall through */
    default:
        BRANCH(b, branch, jump_if, OP_branch_size_nonzero, OP_branch_size_zero, slot);
        break;
    }
    return true;
}

/* POP_JUMP_*_IF_TRUE and _FALSE. */
void
emit_pop_jump(Block *b)
{
    bool jump_if = jumps_on(b->in.opcode) == 1;
    Instr branch = b->in;
    int truth = known_truth(b);
    if (truth >= 0) {
        block_drop(b, 1);
        go_known_way(b, &branch, truth == jump_if);
        return;
    }
    ValueType type = block_learn(b, 0, TRUTH_TYPES);
    if (b->ended || branch_typed(b, &branch, jump_if, type)) {
        return;
    }
    if (guard_always_true(b)) {
        block_drop(b, 1);
        go_known_way(b, &branch, jump_if);
        return;
    }
    branch_generic(b, &branch, jump_if);
}

/* POP_JUMP_*_IF_NONE and _NOT_NONE. */
void
emit_pop_jump_none(Block *b)
{
    Instr branch = b->in;
    bool on_none = branch.opcode == POP_JUMP_FORWARD_IF_NONE ||
                   branch.opcode == POP_JUMP_BACKWARD_IF_NONE;
    ValueType type = block_type(b, 0);
    if (type != TYPE_UNKNOWN && type != TYPE_NULL) {
        block_drop(b, 1);
        go_known_way(b, &branch, (type == TYPE_NONE) == on_none);
        return;
    }
    intptr_t slot = block_object_slot(b, 0);
    if (block_stack(b, 0)->owned) {
        /* Releasing may free the object, so its identity is found out before. */
        block_escape(b);
        block_settle_stack(b);
        ASM(&b->as, OP_is_none, slot_of_stack(b, b->ctx.depth - 1));
        block_drop(b, 1);
        emit_branch(b, &branch, on_none, OP_branch_r0_true, OP_branch_r0_false, NULL, 0);
        return;
    }
    block_pop(b, 1);
    block_settle_stack(b);
    BRANCH(b, &branch, on_none, OP_branch_identical, OP_branch_not_identical, slot,
           (intptr_t)Py_None);
}

/* JUMP_IF_TRUE_OR_POP and JUMP_IF_FALSE_OR_POP. */
void
emit_jump_or_pop(Block *b)
{
    bool jump_if = b->in.opcode == JUMP_IF_TRUE_OR_POP;
    int target = decode_jump_target(&b->in);
    int truth = known_truth(b);
    if (truth >= 0) {
        if (truth == jump_if) {
            go_known_way(b, &b->in, true);
        } else {
            block_drop(b, 1);
        }
        return;
    }
    ValueType type = block_learn(b, 0, 1u << TYPE_BOOL | 1u << TYPE_NONE);
    if (b->ended) {
        return;
    }
    if (guard_always_true(b)) {
        if (jump_if) {
            go_known_way(b, &b->in, true);
        } else {
            block_drop(b, 1);
        }
        return;
    }
    if (type != TYPE_BOOL) {
        block_escape(b);
    }
    block_settle_stack(b);
    intptr_t slot = slot_of_stack(b, b->ctx.depth - 1);
    if (type == TYPE_BOOL) {
        ASM(&b->as, jump_if ? OP_branch_identical : OP_branch_not_identical, slot, (intptr_t)Py_True,
            (intptr_t)block_exit_to(b, target));
    } else {
        ASM(&b->as, OP_truth, slot, block_instr_address(b), (intptr_t)block_exit_error(b));
        ASM(&b->as, OP_check_traced_if, jump_if, (intptr_t)block_exit_leave(b, target));
        ASM(&b->as, jump_if ? OP_branch_r0_true : OP_branch_r0_false,
            (intptr_t)block_exit_to(b, target));
    }
    block_drop(b, 1);
    if (type != TYPE_BOOL) {
        emit_check_run(b);
    }
}
