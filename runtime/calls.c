/* Calls from compiled code. Owns no state. */
#include "pyjit/calls.h"

#include "pyjit/frames.h"
#include "pyjit/generic_ops.h"
#include "pyjit/natives.h"
#include "pyjit/quiet.h"
#include "pyjit/state.h"

/* Unlinks and ends a frame that compiled code pushed or resumed. */
void
frame_finish(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    tstate->recursion_remaining++;
    if (frame->owner == FRAME_OWNED_BY_GENERATOR) {
        generator_end(tstate, frame);
        return;
    }
    tstate->cframe->current_frame = frame->previous;
    frame_clear_and_pop(tstate, frame);
}

/* Where a frame of this code begins to run. */
static uint8_t *
entry_of(PyCodeObject *code)
{
    CodeState *state = code_state(code);
    return state == NULL ? pyjit_state.entry_stub : state->entry;
}

/* Replaces [NULL, bound method] by [function, self]. */
static void
unpack_method(PyObject **base)
{
    PyObject *method = base[1];
    base[0] = Py_NewRef(PyMethod_GET_FUNCTION(method));
    base[1] = Py_NewRef(PyMethod_GET_SELF(method));
    Py_DECREF(method);
}

/* Pushes and links the frame of a Python function's call. */
static CallOutcome
push_function(PyThreadState *tstate, _PyInterpreterFrame *frame, PyFunctionObject *function,
              PyObject **args, Py_ssize_t count, PyObject *kwnames)
{
    PyCodeObject *code = (PyCodeObject *)function->func_code;
    PyObject *locals = code->co_flags & CO_OPTIMIZED ? NULL : Py_NewRef(function->func_globals);
    Py_ssize_t positional = count - (kwnames == NULL ? 0 : PyTuple_GET_SIZE(kwnames));
    _PyInterpreterFrame *callee =
        frame_push_call(tstate, function, locals, args, positional, kwnames);
    if (callee == NULL) {
        return (CallOutcome){NULL, NULL};
    }
    frame->prev_instr += INLINE_CACHE_ENTRIES_CALL; /* as the interpreter has it during such a call */
    callee->previous = frame;
    tstate->cframe->current_frame = callee;
    if (_Py_EnterRecursiveCallTstate(tstate, "")) {
        tstate->recursion_remaining--;
        frame_finish(tstate, callee);
        return (CallOutcome){NULL, NULL};
    }
    callee->stacktop = -1; /* it executes from now on */
    return (CallOutcome){entry_of(code), callee};
}

/* CALL on the stack ending at sp. */
CallOutcome
call_any(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject **sp, int oparg,
         PyObject *kwnames)
{
    PyObject **base = sp - oparg - 2;
    if (base[0] == NULL && Py_IS_TYPE(base[1], &PyMethod_Type)) {
        unpack_method(base);
    }
    bool is_method = base[0] != NULL;
    PyObject *callable = base[is_method ? 0 : 1];
    if (Py_IS_TYPE(callable, &PyFunction_Type) && !tstate->cframe->use_tracing) {
        return push_function(tstate, frame, (PyFunctionObject *)callable,
                             base + (is_method ? 1 : 2), oparg + is_method, kwnames);
    }
    PyObject *result = NULL;
    if (generic_call(tstate, sp, oparg, kwnames) == 0) {
        result = base[0];
        if (tstate->interp->ceval.eval_breaker._value && safepoint_handle(tstate) < 0) {
            Py_CLEAR(result);
        }
    }
    return (CallOutcome){NULL, result};
}

/* ---- CALL_FUNCTION_EX ------------------------------------------------------------------------------ */

#define STAR_MOST 64 /* arguments of calls that are not made through C */

/* Takes a dict of keyword arguments apart: values get new references. The names, a new tuple; NULL with an
 * exception. */
static PyObject *
unpack_keywords(PyObject *kwargs, PyObject **values)
{
    PyObject *names = PyTuple_New(PyDict_GET_SIZE(kwargs)), *name, *value;
    Py_ssize_t position = 0, i = 0;
    while (names != NULL && PyDict_Next(kwargs, &position, &name, &value)) {
        PyTuple_SET_ITEM(names, i, Py_NewRef(name));
        values[i++] = Py_NewRef(value);
    }
    return names;
}

/* Are all keys exact strings, as names of parameters are? */
static bool
are_names(PyObject *kwargs)
{
    PyObject *name, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(kwargs, &position, &name, &value)) {
        if (!PyUnicode_CheckExact(name)) {
            return false;
        }
    }
    return true;
}

/* Pushes the frame of a Python function called with these arguments, which stay. `self`, if it is not NULL, comes first. */
static CallOutcome
push_star(PyThreadState *tstate, _PyInterpreterFrame *frame, PyFunctionObject *function, PyObject *self,
          PyObject *args, PyObject *kwargs)
{
    PyObject *values[STAR_MOST], *names = NULL;
    Py_ssize_t given = PyTuple_GET_SIZE(args), count = given + (self != NULL);
    if (kwargs != NULL && PyDict_GET_SIZE(kwargs) > 0 && (names = unpack_keywords(kwargs, values + count)) == NULL) {
        return (CallOutcome){NULL, NULL};
    }
    if (self != NULL) {
        values[0] = Py_NewRef(self);
    }
    for (Py_ssize_t i = 0; i < given; i++) {
        values[count - given + i] = Py_NewRef(PyTuple_GET_ITEM(args, i));
    }
    _Py_CODEUNIT *at = frame->prev_instr;
    Py_INCREF(function);
    count += names == NULL ? 0 : PyTuple_GET_SIZE(names);
    CallOutcome outcome = push_function(tstate, frame, function, values, count, names);
    frame->prev_instr = at; /* the interpreter goes through C, and has it there */
    Py_XDECREF(names);
    return outcome;
}

/* CALL_FUNCTION_EX on the stack ending at sp, whose entries stay. */
CallOutcome
call_star(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject **sp, int oparg)
{
    bool has_kwargs = oparg & 1;
    PyObject **base = sp - 3 - has_kwargs;
    bool converted = PyTuple_CheckExact(base[2]) && (!has_kwargs || PyDict_CheckExact(base[3]));
    if (!converted && generic_convert_arguments(tstate, base, has_kwargs) < 0) {
        return (CallOutcome){NULL, NULL};
    }
    PyObject *callable = base[1], *args = base[2], *kwargs = has_kwargs ? base[3] : NULL, *self = NULL;
    if (Py_IS_TYPE(callable, &PyMethod_Type)) {
        self = PyMethod_GET_SELF(callable);
        callable = PyMethod_GET_FUNCTION(callable);
    }
    Py_ssize_t count = 1 + PyTuple_GET_SIZE(args) + (kwargs == NULL ? 0 : PyDict_GET_SIZE(kwargs));
    if (Py_IS_TYPE(callable, &PyFunction_Type) && !tstate->cframe->use_tracing && count <= STAR_MOST &&
        (kwargs == NULL || are_names(kwargs))) {
        return push_star(tstate, frame, (PyFunctionObject *)callable, self, args, kwargs);
    }
    PyObject *result = PyObject_Call(base[1], args, kwargs);
    if (result != NULL && tstate->interp->ceval.eval_breaker._value && safepoint_handle(tstate) < 0) {
        Py_CLEAR(result);
    }
    return (CallOutcome){NULL, result};
}

/* ---- what calls in place need ----------------------------------------------------------------------- */

/* Makes room for one more item in a list, if it is not noted which line asks for it. */
intptr_t
list_grow(PyListObject *list)
{
    if (_Py_tracemalloc_config.tracing) {
        return -1;
    }
    if (PyList_Append((PyObject *)list, Py_None) < 0) {
        PyErr_Clear();
        return -1;
    }
    Py_SET_SIZE(list, Py_SIZE(list) - 1);
    Py_DECREF(Py_None);
    return 0;
}

/* New instance by object.__new__, without any code being run. */
PyObject *
instance_new(PyTypeObject *type)
{
    PyThreadState *tstate = _PyThreadState_GET();
    PyObject *instance = quiet_makes(type) ? quiet_new_instance(type, tstate) : NULL;
    if (instance != NULL || quiet_collects(tstate, 1)) {
        return instance;
    }
    PyObject *nothing = PyTuple_New(0);
    instance = PyBaseObject_Type.tp_new(type, nothing, NULL);
    Py_DECREF(nothing);
    if (instance == NULL) {
        PyErr_Clear();
    }
    return instance;
}

/* Raises the TypeError for an __init__ that returned something. */
void
init_returned(PyObject *result)
{
    PyErr_Format(PyExc_TypeError, "__init__() should return None, not '%.200s'",
                 Py_TYPE(result)->tp_name);
    Py_DECREF(result);
}

/* Initializes what the __new__ of a class has returned (stolen) for these arguments, as far as type.__call__ does. */
PyObject *
new_returned(PyObject *result, PyTypeObject *type, PyObject *const *arguments, Py_ssize_t count, PyObject *kwnames)
{
    initproc init = Py_TYPE(result)->tp_init;
    if (!PyObject_TypeCheck(result, type) || init == NULL) {
        return result;
    }
    Py_ssize_t keywords = kwnames == NULL ? 0 : PyTuple_GET_SIZE(kwnames);
    PyObject *tuple = natives_pack(arguments, count - keywords), *dict = keywords == 0 ? NULL : PyDict_New();
    bool failed = tuple == NULL || (keywords > 0 && dict == NULL);
    for (Py_ssize_t i = 0; i < keywords && !failed; i++) {
        failed = PyDict_SetItem(dict, PyTuple_GET_ITEM(kwnames, i), arguments[count - keywords + i]) < 0;
    }
    if (failed || init(result, tuple, dict) < 0) {
        Py_CLEAR(result);
    }
    Py_XDECREF(tuple);
    Py_XDECREF(dict);
    return result;
}

/* Is this a class written in Python whose instances are tuples, made by tuple.__new__? */
static bool
makes_tuples(PyObject *class)
{
    if (!PyType_Check(class) || !PyType_IsSubtype((PyTypeObject *)class, &PyTuple_Type) ||
        ((PyTypeObject *)class)->tp_alloc != PyType_GenericAlloc || class == (PyObject *)&PyTuple_Type) {
        return false;
    }
    PyTypeObject *base = (PyTypeObject *)class;
    while (base != NULL && base->tp_new == pyjit_state.instance_new) {
        base = base->tp_base;
    }
    return base != NULL && base->tp_new == PyTuple_Type.tp_new;
}

/* tuple.__new__() */
PyObject *
tuple_of_class(PyObject *class, PyObject *items)
{
    if (!PyTuple_CheckExact(items) || !makes_tuples(class)) {
        PyObject *arguments[] = {class, items};
        return PyObject_Vectorcall(pyjit_state.tuple_new, arguments, 2, NULL);
    }
    Py_ssize_t count = PyTuple_GET_SIZE(items);
    PyObject *made = ((PyTypeObject *)class)->tp_alloc((PyTypeObject *)class, count);
    for (Py_ssize_t i = 0; i < count && made != NULL; i++) {
        PyTuple_SET_ITEM(made, i, Py_NewRef(PyTuple_GET_ITEM(items, i)));
    }
    return made;
}

/* What len() gives for what __len__ has returned (stolen). */
PyObject *
length_returned(PyObject *result)
{
    Py_SETREF(result, _PyNumber_Index(result));
    if (result == NULL) {
        return NULL;
    }
    if (_PyLong_Sign(result) < 0) {
        Py_DECREF(result);
        PyErr_SetString(PyExc_ValueError, "__len__() should return >= 0");
        return NULL;
    }
    Py_ssize_t length = PyNumber_AsSsize_t(result, PyExc_OverflowError);
    Py_DECREF(result);
    return length == -1 && PyErr_Occurred() ? NULL : PyLong_FromSsize_t(length);
}

/* The truth that __bool__, or __len__, stands for when it has returned this (stolen); -1 with an exception set. */
int64_t
truth_returned(PyObject *result, int64_t by_length)
{
    if (by_length) {
        result = length_returned(result);
    } else if (!PyBool_Check(result)) {
        PyErr_Format(PyExc_TypeError, "__bool__ should return bool, returned %s", Py_TYPE(result)->tp_name);
        Py_CLEAR(result);
    }
    int truth = result == NULL ? -1 : PyObject_IsTrue(result);
    Py_XDECREF(result);
    return truth;
}

/* What a builtin function has returned, if it agrees with whether an exception is pending; else NULL and a
 * SystemError. */
PyObject *
result_of_builtin(PyObject *function, PyObject *result)
{
    return _Py_CheckFunctionResult(_PyThreadState_GET(), function, result, NULL);
}

/* len(object). */
PyObject *
length_of(PyObject *object)
{
    Py_ssize_t length = PyObject_Size(object);
    return length < 0 ? NULL : PyLong_FromSsize_t(length);
}
