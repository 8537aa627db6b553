/* Emitters: builtins that use a generator up. They are loops within the CALL, which resume the generator by jumps.
 *
 * Meanwhile the call's stack holds, instead of the callee and what is below it, what the items go into and NULL; the
 * generator, and a method's self, stay. */
#include "pyjit/emit_calls.h"

#include "pyjit/consume.h"
#include "pyjit/state.h"

/* How a builtin uses generators up. */
typedef struct {
    PyObject *(*begin)(void); /* NULL: any() and all() */
    int operation;            /* that takes an item */
    ConsumeItem add;          /* of OP_consume_other */
    ConsumeEnd end;
    ValueType result;
    bool is_level; /* the call counts as a level of recursion */
} Way;

/* Is this the method join() of some string? */
static bool
is_bound_join(const PyObject *callable)
{
    return Py_IS_TYPE(callable, &PyCFunction_Type) && pyjit_state.str_join != NULL &&
           ((const PyCFunctionObject *)callable)->m_ml == ((PyMethodDescrObject *)pyjit_state.str_join)->d_method &&
           PyUnicode_CheckExact(((const PyCFunctionObject *)callable)->m_self);
}

/* How this builtin function, type or method does; false if it is none that does. */
static bool
find_way(const PyObject *callable, Way *way)
{
    const PyjitState *known = &pyjit_state;
    if (callable == known->builtin_any || callable == known->builtin_all) {
        *way = (Way){NULL, OP_consume_truth, NULL, NULL, TYPE_BOOL, true};
    } else if (callable == known->builtin_sum) {
        *way = (Way){consume_into_sum, OP_consume_sum, NULL, consume_end_sum, TYPE_UNKNOWN, false};
    } else if (callable == known->builtin_min) {
        *way = (Way){consume_into_minimum, OP_consume_other, consume_best_item, consume_end_best, TYPE_UNKNOWN, true};
    } else if (callable == known->builtin_max) {
        *way = (Way){consume_into_maximum, OP_consume_other, consume_best_item, consume_end_best, TYPE_UNKNOWN, true};
    } else if (callable == known->builtin_sorted) {
        *way = (Way){consume_into_list, OP_consume_list, NULL, consume_end_sorted, TYPE_LIST, false};
    } else if (callable == known->str_join) {
        *way = (Way){consume_into_list, OP_consume_list, NULL, consume_end_join, TYPE_STR, true};
    } else if (is_bound_join(callable)) {
        *way = (Way){consume_into_list, OP_consume_list, NULL, consume_end_bound_join, TYPE_STR, true};
    } else if (callable == (PyObject *)&PyList_Type) {
        *way = (Way){consume_into_list, OP_consume_list, NULL, consume_end_list, TYPE_LIST, false};
    } else if (callable == (PyObject *)&PyTuple_Type) {
        *way = (Way){consume_into_list, OP_consume_list, NULL, consume_end_tuple, TYPE_TUPLE, false};
    } else if (callable == (PyObject *)&PySet_Type) {
        *way = (Way){consume_into_set, OP_consume_other, consume_set_item, consume_end_set, TYPE_SET, false};
    } else {
        return false;
    }
    return true;
}

/* The code of the generator that is the call's last argument, NULL if that is not so. */
static PyCodeObject *
generator_code(Block *b)
{
    PyObject *sample = block_sample(b, 0);
    return sample != NULL && Py_IS_TYPE(sample, &PyGen_Type) ? ((PyGenObject *)sample)->gi_code : NULL;
}

/* Does the call have the arguments of the way, self of a method being a str? */
static bool
arguments_fit(Block *b, const Call *call, const Way *way)
{
    if (way->end != consume_end_join) {
        return call->keywords == 0 && call->count == 1 && call->callee == b->in.oparg;
    }
    return call->keywords == 0 && call->count == 2 && call->callee == b->in.oparg + 1 &&
           block_learn(b, call->first, 1u << TYPE_STR) == TYPE_STR;
}

/* Emits the guard that the callee is what it is. */
static void
guard_callee(Block *b, const Call *call, const Way *way)
{
    if (way->end == consume_end_bound_join) {
        ASM(&b->as, OP_guard_builtin_method, block_object_slot(b, call->callee),
            (intptr_t)((PyCFunctionObject *)call->callable)->m_ml, (intptr_t)block_exit_miss(b));
    } else {
        emit_guard_callee(b, call);
    }
}

/* How many of the top entries stay: the arguments, and a bound method. */
static int
kept_entries(const Call *call, const Way *way)
{
    return call->count + (way->end == consume_end_bound_join);
}

/* Puts what the items go into where the call's stack begins; the generator becomes an owned reference in its slot. */
static void
begin(Block *b, const Call *call, const Way *way)
{
    int lowest = b->in.oparg + 1, kept = kept_entries(call, way);
    block_own_stack(b, kept);
    block_escape(b);
    if (way->is_level) {
        ASM(&b->as, OP_check_recursion, 2, (intptr_t)block_exit_generic(b));
    }
    for (int n = lowest; n >= kept; n--) {
        block_release(b, n);
        *block_stack(b, n) = (Entry){.type = TYPE_NULL, .location = IN_CONST};
    }
    block_settle_stack(b);
    if (way->begin != NULL) {
        ASM(&b->as, OP_consume_begin, (intptr_t)way->begin, slot_of_stack(b, b->ctx.depth - 1 - lowest),
            block_instr_address(b), (intptr_t)block_exit_error(b));
        *block_stack(b, lowest) = (Entry){.owned = 1};
    }
}

/* Takes the items. */
static void
take_items(Block *b, const Call *call, const Way *way, PyCodeObject *code)
{
    intptr_t iterator = slot_of_stack(b, b->ctx.depth - 1);
    intptr_t consumer = slot_of_stack(b, b->ctx.depth - 2 - b->in.oparg);
    intptr_t again = (intptr_t)block_exit_back(b);
    intptr_t error = (intptr_t)block_exit_error_with(b, b->in.oparg + 2); /* what items have gone into before the generator */
    ASM(&b->as, OP_loop_begin, again);
    if (way->is_level) {
        ASM(&b->as, OP_enter_level);
        emit_resume_next(b, iterator, code);
        ASM(&b->as, OP_leave_level);
    } else {
        emit_resume_next(b, iterator, code);
    }
    if (way->operation == OP_consume_truth) {
        bool any = call->callable == pyjit_state.builtin_any;
        ASM(&b->as, OP_consume_truth, iterator, any, (intptr_t)(any ? Py_True : Py_False),
            (intptr_t)(any ? Py_False : Py_True), again, error);
    } else if (way->operation == OP_consume_other) {
        ASM(&b->as, OP_consume_other, consumer, iterator, (intptr_t)way->add, way->is_level, again, error);
    } else if (way->operation == OP_consume_list) {
        ASM(&b->as, OP_consume_list, consumer, iterator, way->is_level, again, error);
    } else {
        ASM(&b->as, OP_consume_sum, consumer, iterator, again, error);
    }
    if (way->end != NULL) {
        intptr_t self = slot_of_stack(b, b->ctx.depth - kept_entries(call, way));
        ASM(&b->as, OP_consume_end, consumer, self, (intptr_t)way->end, error);
    }
}

/* next() of a generator. */
static bool
call_next(Block *b, const Call *call)
{
    if (call->keywords != 0 || call->count != 1 || call->callee != b->in.oparg ||
        block_learn(b, 0, 1u << TYPE_GENERATOR) != TYPE_GENERATOR) {
        return b->ended;
    }
    PyCodeObject *code = generator_code(b);
    if (code == NULL || !emit_can_resume(code)) {
        return false;
    }
    emit_guard_callee(b, call);
    block_own(b, 0);
    block_escape(b);
    block_settle_stack(b);
    emit_resume_next(b, slot_of_stack(b, b->ctx.depth - 1), code);
    ASM(&b->as, OP_take_only);
    emit_release_call(b);
    emit_push_call_result(b);
    return true;
}

/* send() of a generator or coroutine. */
static bool
call_send(Block *b, const Call *call)
{
    if (call->keywords != 0 || call->count != 2 || call->callee != b->in.oparg + 1) {
        return false;
    }
    PyTypeObject *type = call->callable == pyjit_state.generator_send ? &PyGen_Type : &PyCoro_Type;
    if (emit_class_of(b, 1) != type) {
        return b->ended;
    }
    PyObject *sample = block_sample(b, 1);
    PyCodeObject *code = sample != NULL && Py_IS_TYPE(sample, type) ? ((PyGenObject *)sample)->gi_code : NULL;
    if (code == NULL || !emit_can_resume(code)) {
        return false;
    }
    emit_guard_callee(b, call);
    emit_guard_class(b, 1, type);
    block_escape(b);
    block_settle_stack(b);
    intptr_t value = slot_of_stack(b, b->ctx.depth - 1), receiver = slot_of_stack(b, b->ctx.depth - 2);
    ASM(&b->as, OP_check_recursion, 2, (intptr_t)block_exit_generic(b));
    ASM(&b->as, OP_increment, value); /* the call has one as well, until it ends */
    ASM(&b->as, OP_enter_level);      /* of a call of a method written in C */
    emit_resume_send(b, receiver, value, code);
    ASM(&b->as, OP_leave_level);
    ASM(&b->as, OP_take_only);
    emit_release_call(b);
    emit_push_call_result(b);
    return true;
}

/* CALL of a builtin function, type or method with a generator that it uses up, or takes one item of. */
bool
emit_call_consumer(Block *b, const Call *call)
{
    Way way;
    if (b->site != NULL || block_must_be_generic(b) || b->ctx.depth > CTX_STACK) {
        return false;
    }
    if (call->callable == pyjit_state.builtin_next) {
        return call_next(b, call);
    }
    if (call->callable == pyjit_state.generator_send || call->callable == pyjit_state.coroutine_send) {
        return call_send(b, call);
    }
    if (!find_way(call->callable, &way) || !arguments_fit(b, call, &way) || block_learn(b, 0, 1u << TYPE_GENERATOR) != TYPE_GENERATOR) {
        return b->ended;
    }
    PyCodeObject *code = generator_code(b);
    if (code == NULL || !emit_can_resume(code)) {
        return false;
    }
    guard_callee(b, call, &way);
    begin(b, call, &way);
    take_items(b, call, &way, code);
    emit_release_call(b);
    ASM(&b->as, OP_call_result, slot_of_stack(b, b->ctx.depth), (intptr_t)block_exit_error(b));
    block_push(b, way.result);
    b->kwnames = NULL;
    emit_check_builtin(b);
    return true;
}
