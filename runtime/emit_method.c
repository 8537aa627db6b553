/* Emitters: methods of builtin types that are done in place. */
#include "pyjit/emit_calls.h"

#include "pyjit/keys.h"
#include "pyjit/quiet.h"
#include "pyjit/quiet_methods.h"
#include "pyjit/state.h"

/* Is the next instruction a POP_TOP that nothing jumps to? */
bool
emit_next_is_pop_top(const Block *b)
{
    return decode_at(b->here->units, b->in.next).opcode == POP_TOP && !block_is_target(b, b->in.next);
}

/* The same, then it is passed over. */
bool
emit_skip_pop_top(Block *b)
{
    bool skips = emit_next_is_pop_top(b);
    if (skips) {
        b->in.next = decode_at(b->here->units, b->in.next).next;
    }
    return skips;
}

/* The result None is pushed, or popped by the next instruction at once. */
static void
push_none(Block *b)
{
    if (!emit_skip_pop_top(b)) {
        ASM(&b->as, OP_store_constant, (intptr_t)Py_None, slot_of_stack(b, b->ctx.depth));
        block_push(b, TYPE_NONE);
    }
}

/* list.append(). The result, None, is popped by the next instruction or pushed. */
static bool
append_to_list(Block *b, const Call *call)
{
    int list = call->first, item = call->first - 1;
    if (call->count != 2 || call->keywords != 0 || call->callable != pyjit_state.list_append ||
        block_learn(b, list, 1u << TYPE_LIST) != TYPE_LIST) {
        return false;
    }
    bool is_dropped = !block_stack(b, list)->owned || emit_next_is_pop_top(b);
    emit_guard_callee(b, call);
    block_own(b, item);
    intptr_t to = block_object_slot(b, list);
    ASM(&b->as, OP_list_append, to, slot_of_stack(b, b->ctx.depth - 1 - item),
        (intptr_t)block_exit_generic(b));
    if (is_dropped) {
        *block_stack(b, item) = (Entry){0}; /* the list has its reference */
    } else {
        ASM(&b->as, OP_increment, slot_of_stack(b, b->ctx.depth - 1 - item)); /* CPython releases it after the list */
    }
    emit_release_call(b);
    b->kwnames = NULL;
    push_none(b);
    return true;
}

/* list.pop() of the last item. */
static bool
pop_from_list(Block *b, const Call *call)
{
    int list = call->first;
    if (call->count != 1 || call->keywords != 0 || call->callable != pyjit_state.list_pop ||
        block_learn(b, list, 1u << TYPE_LIST) != TYPE_LIST) {
        return false;
    }
    PyObject *sample = block_sample(b, list), *item = NULL;
    if (sample != NULL && PyList_CheckExact(sample) && PyList_GET_SIZE(sample) > 0) {
        item = PyList_GET_ITEM(sample, PyList_GET_SIZE(sample) - 1);
    }
    emit_guard_callee(b, call);
    block_own_lent_below(b, b->in.oparg + 2); /* it may be this item */
    intptr_t from = block_object_slot(b, list);
    int to = block_take_int(b, 0);
    ASM(&b->as, OP_list_pop, from, to, (intptr_t)block_exit_generic(b));
    block_drop(b, b->in.oparg + 2);
    emit_push_object(b, TYPE_UNKNOWN, to, item);
    return true;
}

/* dict.get() by a key that runs no code. */
static bool
get_from_dict(Block *b, const Call *call)
{
    int dict = call->first, key = call->first - 1, lowest = b->in.oparg + 1;
    if ((call->count != 2 && call->count != 3) || call->keywords != 0 || call->callable != pyjit_state.dict_get ||
        block_must_be_generic(b) || b->ctx.depth >= CTX_STACK ||
        (call->count == 2 && block_uses_slot(block_stack(b, lowest))) ||
        block_learn(b, dict, 1u << TYPE_DICT) != TYPE_DICT || !emit_is_quiet(b, key)) {
        return false;
    }
    PyObject *sample = block_sample(b, dict), *item = block_sample(b, key);
    if (sample != NULL && item != NULL && PyDict_CheckExact(sample) && quiet_value(item)) {
        item = quiet_dict_get(sample, item);
    } else {
        item = NULL;
    }
    PyObject *name = block_constant(b, block_stack(b, key));
    intptr_t shape, at;
    bool there = sample != NULL && name != NULL && keys_locate(sample, name, &shape, &at);
    emit_guard_callee(b, call);
    intptr_t from = block_object_slot(b, dict), with = there ? 0 : block_object_slot(b, key), otherwise;
    if (call->count == 3) {
        otherwise = block_object_slot(b, key - 1);
    } else {
        otherwise = slot_of_stack(b, b->ctx.depth - 1 - lowest); /* where the callee is not: it is known */
        ASM(&b->as, OP_store_constant_borrowed, (intptr_t)Py_None, otherwise);
    }
    int to = block_take_int(b, 0);
    intptr_t rare = (intptr_t)block_exit_generic(b);
    if (there) {
        ASM(&b->as, OP_dict_get_or_there, from, (intptr_t)name, otherwise, shape, at, to, rare);
    } else {
        ASM(&b->as, OP_dict_get_or_quietly, from, with, otherwise, to, rare);
    }
    emit_release_call(b);
    emit_push_object(b, TYPE_UNKNOWN, to, item);
    return true;
}

/* Emits the guards that self and the arguments are of the types that a method is for. False if they are not, or b->ended. */
static bool
learn_arguments(Block *b, const Call *call, const QuietMethod *method)
{
    for (int i = 0; i < call->count; i++) {
        unsigned wanted = i == 0 ? 1u << method->self : method->arguments;
        if (!emit_may_be(b, call->first - i, wanted)) {
            return false;
        }
    }
    for (int i = 0; i < call->count; i++) {
        unsigned wanted = i == 0 ? 1u << method->self : method->arguments;
        ValueType type = block_learn(b, call->first - i, wanted);
        if (b->ended || !(wanted >> type & 1)) {
            return false;
        }
    }
    return true;
}

/* The result of a quiet method, in a register, takes the place of the call. */
static void
push_quiet_result(Block *b, ValueType type, int reg)
{
    Instr branch;
    bool jump_if, fused = type == TYPE_BOOL && emit_next_tests_bool(b, &branch, &jump_if);
    if (type == TYPE_INT) {
        emit_replace_call(b, type, reg);
        return;
    }
    emit_release_call(b);
    b->kwnames = NULL;
    if (type == TYPE_BOOL) {
        emit_truth(b, reg, false, fused ? &branch : NULL, jump_if);
    } else if (type == TYPE_NONE) {
        push_none(b);
    } else {
        emit_push_object(b, type, reg, NULL);
    }
}

/* A method that runs no code of the program's. */
static bool
call_quietly(Block *b, const Call *call)
{
    const QuietMethod *method = quiet_method_find(call->callable, call->count - 1);
    if (method == NULL || call->keywords != 0 || block_must_be_generic(b) || b->ctx.depth > CTX_STACK ||
        !learn_arguments(b, call, method)) {
        return false;
    }
    PyMethodDef *definition = ((PyMethodDescrObject *)call->callable)->d_method;
    emit_guard_callee(b, call);
    intptr_t items = emit_line_up(b, call->first, call->count);
    int to = block_take_int(b, 0);
    ASM(&b->as, OP_call_quietly, items, (intptr_t)method->call, (intptr_t)definition->ml_meth, to,
        (intptr_t)block_exit_generic(b));
    push_quiet_result(b, method->result, to);
    return true;
}

/* CALL of a method of a builtin type that is done in place. */
bool
emit_call_method(Block *b, const Call *call)
{
    return append_to_list(b, call) || (!b->ended && pop_from_list(b, call)) ||
           (!b->ended && get_from_dict(b, call)) || (!b->ended && call_quietly(b, call));
}
