/* Generic operations: calls, making functions, the interactive displayhook. */
#include "pyjit/frames.h"
#include "pyjit/generic_support.h"

#include <stdbool.h>

/* ---- CALL --------------------------------------------------------------------------------- */

/* Turns [NULL, bound method] into [its function, its self]. */
static void
unpack_bound_method(PyObject **base)
{
    PyMethodObject *method = (PyMethodObject *)base[1];
    base[0] = Py_NewRef(method->im_func);
    base[1] = Py_NewRef(method->im_self);
    Py_DECREF(method);
}

/* What PRECALL of the interpreter calls itself once it has seen it a few times: these calls are no
 * level of recursion, as they are when they go through the vectorcall protocol. False for what it
 * leaves to that; else *result is set. */
static bool
call_builtin(PyObject *callable, PyObject *const *args, Py_ssize_t positional, PyObject *kwnames,
             PyObject **result)
{
    PyCFunction function;
    PyObject *self;
    int flags;
    if (PyCFunction_CheckExact(callable)) {
        function = PyCFunction_GET_FUNCTION(callable);
        self = PyCFunction_GET_SELF(callable);
        flags = PyCFunction_GET_FLAGS(callable);
        if (callable == PyInterpreterState_Get()->callable_cache.len && positional == 1 &&
            kwnames == NULL) {
            Py_ssize_t length = PyObject_Length(args[0]);
            *result = length < 0 ? NULL : PyLong_FromSsize_t(length);
            return true;
        }
    }
    else if (Py_IS_TYPE(callable, &PyMethodDescr_Type)) {
        PyMethodDescrObject *method = (PyMethodDescrObject *)callable;
        if (kwnames != NULL || positional == 0 || !Py_IS_TYPE(args[0], method->d_common.d_type)) {
            return false; /* a call with keywords counts as a level of recursion */
        }
        function = method->d_method->ml_meth;
        flags = method->d_method->ml_flags;
        self = *args++;
        positional--;
    }
    else if (callable == (PyObject *)&PyUnicode_Type && positional == 1 && kwnames == NULL) {
        *result = PyObject_Str(args[0]);
        return true;
    }
    else {
        return false;
    }
    if (flags == METH_FASTCALL && kwnames == NULL) {
        *result = ((_PyCFunctionFast)(void (*)(void))function)(self, args, positional);
        return true;
    }
    if (flags == (METH_FASTCALL | METH_KEYWORDS)) {
        *result = ((_PyCFunctionFastWithKeywords)(void (*)(void))function)(self, args, positional,
                                                                           kwnames);
        return true;
    }
    return false;
}

/* PRECALL and CALL. */
int
generic_call(PyThreadState *tstate MAYBE_UNUSED, PyObject **sp, int oparg, PyObject *kwnames)
{
    PyObject **base = sp - oparg - 2;
    if (base[0] == NULL && Py_IS_TYPE(base[1], &PyMethod_Type)) {
        unpack_bound_method(base);
    }
    bool has_self = base[0] != NULL;
    PyObject *callable = has_self ? base[0] : base[1];
    PyObject **args = has_self ? base + 1 : base + 2;
    Py_ssize_t positional = (sp - args) - (kwnames != NULL ? PyTuple_GET_SIZE(kwnames) : 0);

    /* The slot below the arguments holds the callable, which the callee may overwrite for a
     * while. */
    PyObject *result;
    if (!call_builtin(callable, args, positional, kwnames, &result)) {
        result = PyObject_Vectorcall(callable, args,
                                     (size_t)positional | PY_VECTORCALL_ARGUMENTS_OFFSET, kwnames);
    }
    Py_DECREF(callable);
    for (PyObject **arg = args; arg < sp; arg++) {
        Py_DECREF(*arg);
    }
    return leave(base, result);
}

/* ---- CALL_FUNCTION_EX --------------------------------------------------------------------- */

/* Rewords the pending exception of a failed merge of keyword arguments. */
void
generic_explain_kwargs_error(PyThreadState *tstate, PyObject *function, PyObject *kwargs)
{
    if (_PyErr_ExceptionMatches(tstate, PyExc_AttributeError)) {
        /* The merge asked for .keys and there is none. */
        _PyErr_Clear(tstate);
        PyObject *callee = _PyObject_FunctionStr(function);
        if (callee != NULL) {
            PyErr_Format(PyExc_TypeError, "%U argument after ** must be a mapping, not %.200s",
                         callee, Py_TYPE(kwargs)->tp_name);
            Py_DECREF(callee);
        }
        return;
    }
    if (!_PyErr_ExceptionMatches(tstate, PyExc_KeyError)) {
        return;
    }
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (value == NULL || !PyTuple_Check(value) || PyTuple_GET_SIZE(value) != 1) {
        PyErr_Restore(type, value, traceback); /* some mapping's own KeyError */
        return;
    }
    PyObject *callee = _PyObject_FunctionStr(function);
    if (callee != NULL) {
        PyErr_Format(PyExc_TypeError, "%U got multiple values for keyword argument '%S'", callee,
                     PyTuple_GET_ITEM(value, 0));
        Py_DECREF(callee);
    }
    Py_XDECREF(type);
    Py_DECREF(value);
    Py_XDECREF(traceback);
}

/* New reference to the keyword arguments as a dict of type dict. Borrows; NULL with an exception
 * set. */
static PyObject *
kwargs_as_dict(PyThreadState *tstate, PyObject *function, PyObject *kwargs)
{
    if (PyDict_CheckExact(kwargs)) {
        return Py_NewRef(kwargs);
    }
    PyObject *dict = PyDict_New();
    if (dict != NULL && _PyDict_MergeEx(dict, kwargs, 2) < 0) {
        Py_CLEAR(dict);
        generic_explain_kwargs_error(tstate, function, kwargs);
    }
    return dict;
}

/* New reference to the positional arguments as a tuple of type tuple. Borrows; NULL with an
 * exception set. */
static PyObject *
args_as_tuple(PyThreadState *tstate, PyObject *function, PyObject *args)
{
    if (PyTuple_CheckExact(args)) {
        return Py_NewRef(args);
    }
    if (Py_TYPE(args)->tp_iter != NULL || PySequence_Check(args)) {
        return PySequence_Tuple(args);
    }
    _PyErr_Clear(tstate);
    PyObject *callee = _PyObject_FunctionStr(function);
    if (callee != NULL) {
        PyErr_Format(PyExc_TypeError, "%U argument after * must be an iterable, not %.200s", callee,
                     Py_TYPE(args)->tp_name);
        Py_DECREF(callee);
    }
    return NULL;
}

/* Replaces a stack entry by its conversion (stolen); on failure the entry stays. Returns 0 or
 * -1. */
static int
convert_entry(PyObject **entry, PyObject *converted)
{
    if (converted == NULL) {
        return -1;
    }
    Py_SETREF(*entry, converted);
    return 0;
}

/* Makes the arguments of a CALL_FUNCTION_EX a tuple and a dict, in their stack entries. */
int
generic_convert_arguments(PyThreadState *tstate, PyObject **base, bool has_kwargs)
{
    PyObject *function = base[1];
    return (has_kwargs && convert_entry(&base[3], kwargs_as_dict(tstate, function, base[3])) < 0) ||
                   convert_entry(&base[2], args_as_tuple(tstate, function, base[2])) < 0
               ? -1
               : 0;
}

/* [NULL, function, args] or, if oparg is odd, [NULL, function, args, kwargs] -> [result] */
GENERIC(call_function_ex)
{
    bool has_kwargs = oparg & 1;
    PyObject **base = sp - 3 - has_kwargs;
    PyObject *function = base[1];
    if (generic_convert_arguments(tstate, base, has_kwargs) < 0) {
        release_entries(sp, 3 + has_kwargs);
        return -1;
    }
    PyObject *args = base[2], *kwargs = has_kwargs ? base[3] : NULL;
    PyObject *result = PyObject_Call(function, args, kwargs);
    Py_DECREF(function);
    Py_DECREF(args);
    Py_XDECREF(kwargs);
    if (result != NULL && tstate->interp->ceval.eval_breaker._value && safepoint_handle(tstate) < 0) {
        Py_CLEAR(result);
    }
    return leave(base, result);
}

/* ---- Functions ---------------------------------------------------------------------------- */

/* [defaults?, keyword defaults?, annotations?, closure?, code] -> [function], oparg having bits 1,
 * 2, 4 and 8 for what is there */
GENERIC(make_function)
{
    PyObject **entry = sp - 1;
    PyObject *code = *entry;
    PyFunctionObject *function = (PyFunctionObject *)PyFunction_New(code, frame->f_globals);
    Py_DECREF(code);
    if (function == NULL) {
        release_entries(entry, __builtin_popcount(oparg & 0xF));
        return -1;
    }
    if (oparg & 0x08) {
        function->func_closure = *--entry;
    }
    if (oparg & 0x04) {
        function->func_annotations = *--entry;
    }
    if (oparg & 0x02) {
        function->func_kwdefaults = *--entry;
    }
    if (oparg & 0x01) {
        function->func_defaults = *--entry;
    }
    *entry = (PyObject *)function;
    return 0;
}

/* [value] -> [], shown by sys.displayhook */
GENERIC(print_expr)
{
    PyObject *value = sp[-1], *result = NULL;
    PyObject *hook = Py_XNewRef(_PySys_GetAttr(tstate, pyjit_names.displayhook));
    if (hook == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "lost sys.displayhook");
    }
    else {
        result = PyObject_CallOneArg(hook, value);
    }
    Py_XDECREF(hook);
    Py_DECREF(value);
    Py_XDECREF(result);
    return result != NULL ? 0 : -1;
}
