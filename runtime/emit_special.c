/* Emitters: instructions that a method written in Python stands behind, as calls of it. What such a call is,
 * and what is left to do after it in the cases that are rare, is in special.h. */
#include "pyjit/emit_calls.h"

#include "pyjit/attribute.h"
#include "pyjit/names.h"

/* ---- after the call ------------------------------------------------------------------------------- */

/* The method's frame has returned: the result is in r0, the operands are on the stack, everything is in
 * memory. */
static void
finish(Block *b, const Special *special)
{
    int opcode = b->in.opcode, operands = special_operands(opcode);
    Instr branch;
    bool jump_if, fused = false, negated = opcode == CONTAINS_OP && b->in.oparg;
    if (special->completes_error) {
        ASM(&b->as, OP_check_attribute, block_object_slot(b, 0),
            (intptr_t)PyTuple_GET_ITEM(b->code->co_names, b->in.oparg), (intptr_t)block_exit_error(b));
    } else {
        ASM(&b->as, OP_check_result, (intptr_t)block_exit_error(b));
    }
    if (opcode == STORE_ATTR || opcode == STORE_SUBSCR) {
        ASM(&b->as, OP_drop_result);
        block_drop_upwards(b, operands);
        emit_check_run(b);
        return;
    }
    if (opcode == COMPARE_OP || opcode == CONTAINS_OP) {
        fused = emit_next_is_branch(b, &branch, &jump_if);
    }
    if (fused || opcode == CONTAINS_OP) {
        ASM(&b->as, OP_truth_of_result, (intptr_t)block_exit_finish(b, FINISH_REGISTER));
    } else if (opcode == GET_ITER || opcode == GET_YIELD_FROM_ITER) {
        ASM(&b->as, OP_check_iterator, (intptr_t)block_exit_finish(b, FINISH_REGISTER));
    } else if (!special_keeps_any(opcode)) {
        ASM(&b->as, OP_check_implemented, (intptr_t)block_exit_finish(b, FINISH_REGISTER));
    }
    block_drop_upwards(b, operands);
    if (fused) {
        emit_check_truth(b, branch.start, negated);
        block_settle_stack(b);
        emit_branch(b, &branch, jump_if != negated, OP_branch_r0_true, OP_branch_r0_false, NULL, 0);
        return;
    }
    if (opcode == CONTAINS_OP) {
        if (negated) {
            ASM(&b->as, OP_not_r0, 1);
        }
        ASM(&b->as, OP_box_status, slot_of_stack(b, b->ctx.depth));
        block_push(b, TYPE_BOOL);
    } else {
        if (opcode == LOAD_METHOD) {
            block_push_null(b);
        }
        ASM(&b->as, OP_store_r0, slot_of_stack(b, b->ctx.depth));
        block_push(b, TYPE_UNKNOWN);
    }
    emit_check_run(b);
}

/* Could the value on top of the stack be NotImplemented? */
static bool
may_be_not_implemented(Block *b)
{
    const Entry *value = block_value(b, 0);
    if (value->type == TYPE_UNKNOWN) {
        return true;
    }
    return value->type == TYPE_OTHER && fact_class(&b->state->facts, value->fact) == NULL;
}

/* Is everything of this type an iterator? */
static bool
is_iterator(ValueType type)
{
    const PyTypeObject *known = type_object(type);
    return known != NULL && known->tp_iternext != NULL && known->tp_iternext != _PyObject_NextNotImplemented;
}

/* __init__ has returned in place, with None if all is well: the instance is below. */
static void
end_init(Block *b)
{
    if (block_type(b, 0) != TYPE_NONE) {
        ASM(&b->as, OP_guard_identical, block_object_slot(b, 0), (intptr_t)Py_None,
            (intptr_t)block_exit_finish(b, FINISH_STACK));
        block_value(b, 0)->type = TYPE_NONE;
    }
    block_drop(b, 1);
}

/* The method has returned in place: the result is on the stack above the operands. */
void
emit_special_returned(Block *b)
{
    int opcode = b->in.opcode, operands = special_operands(opcode);
    if (opcode == CALL) {
        end_init(b);
        return;
    }
    if (opcode == STORE_ATTR || opcode == STORE_SUBSCR) {
        block_drop(b, 1);
        block_drop_upwards(b, operands);
        return;
    }
    if (opcode == LOAD_METHOD) { /* NULL takes the place of the object */
        if (block_stack(b, 0)->location == IN_LOCAL) {
            block_own(b, 0);
        }
        block_release(b, 1);
        *block_stack(b, 1) = (Entry){.type = TYPE_NULL, .location = IN_CONST};
        return;
    }
    if (opcode == CONTAINS_OP) {
        if (block_type(b, 0) != TYPE_BOOL) {
            ASM(&b->as, OP_guard_type, block_object_slot(b, 0), (intptr_t)&PyBool_Type,
                (intptr_t)block_exit_finish(b, FINISH_STACK));
            block_value(b, 0)->type = TYPE_BOOL;
        }
        if (b->in.oparg) {
            block_own(b, 0);
            ASM(&b->as, OP_invert_bool, slot_of_stack(b, b->ctx.depth - 1));
        }
    } else if (opcode == GET_ITER || opcode == GET_YIELD_FROM_ITER) {
        if (!is_iterator(block_type(b, 0))) {
            ASM(&b->as, OP_guard_iterator, block_object_slot(b, 0), (intptr_t)block_exit_finish(b, FINISH_STACK));
        }
    } else if (!special_keeps_any(opcode) && may_be_not_implemented(b)) {
        ASM(&b->as, OP_guard_different, block_object_slot(b, 0), (intptr_t)Py_NotImplemented,
            (intptr_t)block_exit_finish(b, FINISH_STACK));
    }
    block_squeeze(b, operands);
}

/* ---- the call ----------------------------------------------------------------------------------- */

/* Binds the arguments to parameters; NULL when that is not simple. */
static CodeState *
bind(Block *b, const Special *special, Binding *binding)
{
    Call call = {.callable = (PyObject *)special->function, .first = special->count, .count = special->count};
    CodeState *state = special->function == NULL ? NULL : emit_bind(b, &call, special->function, binding);
    if (state == NULL || !binding->is_plain) {
        return NULL;
    }
    for (int i = 0; i < special->count; i++) {
        binding->sources[i] = (Source){.entry = special->arguments[i], .constant = special->objects[i]};
    }
    return state;
}

/* Binds the arguments and emits the guard that the function is as it is. Its state; NULL when that is not simple. */
static CodeState *
prepare(Block *b, const Special *special, Binding *binding)
{
    CodeState *state = b->ctx.depth + SPECIAL_ARGUMENTS > CTX_STACK ? NULL : bind(b, special, binding);
    return state != NULL && emit_guard_known_function(b, special->function) ? state : NULL;
}

/* Emits the call of a method by a frame. The result is in r0. */
static void
call_by_frame(Block *b, PyFunctionObject *function, CodeState *state, const Binding *binding)
{
    block_escape(b);
    bool two_levels = special_levels(b->in.opcode) > 1;
    if (two_levels) {
        ASM(&b->as, OP_check_recursion, 2, (intptr_t)block_exit_generic(b));
    }
    ASM(&b->as, OP_frame_push, emit_frame_size(state->code), (intptr_t)block_exit_generic(b));
    if (two_levels) {
        ASM(&b->as, OP_enter_level);
    }
    ASM(&b->as, OP_take_known_callee, (intptr_t)function);
    emit_run_frame(b, &(NewFrame){
                          .state = state,
                          .sources = binding->sources,
                          .known = function,
                          .keep = true,
                          .at = block_instr_address(b),
                      });
    if (two_levels) {
        ASM(&b->as, OP_leave_level);
    }
}

/* Emits the call of a method. False when it is not simple. */
static bool
call_method(Block *b, const Special *special)
{
    Binding binding;
    CodeState *state = prepare(b, special, &binding);
    if (state == NULL) {
        return false;
    }
    if (!emit_inline_special(b, special, state, binding.sources)) {
        call_by_frame(b, special->function, state, &binding);
        finish(b, special);
    }
    return true;
}

/* May this instruction be compiled for what its operands are now? */
static bool
is_open(const Block *b)
{
    return !block_must_be_generic(b) && b->ctx.depth <= CTX_STACK;
}

/* An instruction that asks the classes of both operands. */
static bool
call_for_both(Block *b, Special (*find)(PyTypeObject *x, PyTypeObject *y, int oparg))
{
    PyTypeObject *x = is_open(b) ? emit_class_of(b, 1) : NULL;
    PyTypeObject *y = x == NULL ? NULL : emit_class_of(b, 0);
    if (y == NULL) {
        return b->ended;
    }
    Special special = find(x, y, b->in.oparg);
    if (special.function == NULL) {
        return false;
    }
    emit_guard_class(b, 1, x);
    emit_guard_class(b, 0, y);
    return call_method(b, &special);
}

/* BINARY_OP. */
bool
emit_special_binary(Block *b)
{
    return call_for_both(b, special_binary);
}

/* COMPARE_OP. */
bool
emit_special_compare(Block *b)
{
    return call_for_both(b, special_compare);
}

/* Subscripts, membership, unary operators. */
bool
emit_special_of(Block *b, int owner)
{
    PyTypeObject *type = is_open(b) ? emit_class_of(b, owner) : NULL;
    if (type == NULL) {
        return b->ended;
    }
    Special special = special_unshared(b->in.opcode, type);
    if (special.function == NULL) {
        return false;
    }
    emit_guard_class(b, owner, type);
    return call_method(b, &special);
}

/* Emits the call of a method of the instance on top of the stack, which stays. The result is in r0. False when that is
 * not simple. */
static bool
call_below(Block *b, PyTypeObject *type, PyFunctionObject *function)
{
    Special special = {.function = function, .count = 1};
    Binding binding;
    emit_guard_class(b, 0, type);
    CodeState *state = prepare(b, &special, &binding);
    if (state != NULL) {
        block_settle_stack(b);
        call_by_frame(b, function, state, &binding);
    }
    return state != NULL;
}

/* FOR_ITER over an iterator, in its slot, whose class has __next__ in Python. True also if b->ended; false if it is none. */
bool
emit_special_next(Block *b)
{
    PyTypeObject *type = is_open(b) ? emit_class_of(b, 0) : NULL;
    PyFunctionObject *function = type == NULL ? NULL : plan_method(type, pyjit_names.dunder_next);
    if (function == NULL) {
        return b->ended;
    }
    if (!call_below(b, type, function)) {
        return false;
    }
    intptr_t iterator = slot_of_stack(b, b->ctx.depth - 1), item = slot_of_stack(b, b->ctx.depth);
    Context before = b->ctx;
    block_pop(b, 1);
    intptr_t end = (intptr_t)block_exit_to(b, decode_jump_target(&b->in));
    intptr_t traced = (intptr_t)block_exit_leave(b, decode_jump_target(&b->in));
    b->ctx = before;
    ASM(&b->as, OP_take_step, iterator, item, end, traced, (intptr_t)block_exit_error(b));
    block_push(b, TYPE_UNKNOWN);
    emit_check_run(b);
    return true;
}

/* The truth of an instance on top of the stack, which stays, whose class has __bool__, or else __len__, in Python. It comes
 * into r0. False if there is neither. */
bool
emit_special_truth(Block *b)
{
    PyObject *sample = is_open(b) && b->site == NULL && block_value(b, 0)->location == IN_SLOT ? block_sample(b, 0) : NULL;
    if (sample == NULL) {
        return false;
    }
    PyTypeObject *type = Py_TYPE(sample);
    PyFunctionObject *function = plan_method(type, pyjit_names.dunder_bool);
    bool by_length = function == NULL && plan_lookup(type, pyjit_names.dunder_bool) == NULL;
    if (by_length) {
        function = plan_method(type, pyjit_names.dunder_len);
    }
    if (function == NULL || !call_below(b, type, function)) {
        return false;
    }
    ASM(&b->as, OP_end_truth, by_length, (intptr_t)block_exit_error(b));
    return true;
}

/* LOAD_ATTR, LOAD_METHOD or STORE_ATTR by a method that has been guarded. */
bool
emit_special_attribute(Block *b, const Special *special)
{
    return is_open(b) && call_method(b, special);
}
