/* Generic operations: raising, the handled exception, except clauses, with statements. Exception
 * groups are in generic_exception_group.c. */
#include "pyjit/generic_support.h"

/* Makes an exception (stolen) pending again with the traceback it has. */
static void
restore_exception(PyThreadState *tstate, PyObject *exception)
{
    _PyErr_Restore(tstate, Py_NewRef(PyExceptionInstance_Class(exception)), exception,
                   PyException_GetTraceback(exception));
}

/* ---- raise -------------------------------------------------------------------------------- */

/* A new exception from what stands after `raise` (stolen): a class is called. NULL with another
 * exception set. *type is then its class, or the class called (new reference). */
static PyObject *
make_exception(PyObject *raised, PyObject **type)
{
    if (PyExceptionInstance_Check(raised)) {
        *type = Py_NewRef(PyExceptionInstance_Class(raised));
        return raised;
    }
    if (!PyExceptionClass_Check(raised)) {
        Py_DECREF(raised);
        PyErr_SetString(PyExc_TypeError, "exceptions must derive from BaseException");
        return NULL;
    }
    PyObject *exception = PyObject_CallNoArgs(raised);
    if (exception != NULL && !PyExceptionInstance_Check(exception)) {
        PyErr_Format(PyExc_TypeError,
                     "calling %R should have returned an instance of BaseException, not %R", raised,
                     Py_TYPE(exception));
        Py_CLEAR(exception);
    }
    if (exception == NULL) {
        Py_DECREF(raised);
        return NULL;
    }
    *type = raised;
    return exception;
}

/* Sets __cause__ from what stands after `from` (stolen). Returns 0, or -1 with an exception set. */
static int
attach_cause(PyObject *exception, PyObject *cause)
{
    if (PyExceptionClass_Check(cause)) {
        PyObject *made = PyObject_CallNoArgs(cause);
        Py_DECREF(cause);
        if (made == NULL) {
            return -1;
        }
        cause = made;
    }
    else if (Py_IsNone(cause)) {
        Py_DECREF(cause);
        cause = NULL;
    }
    else if (!PyExceptionInstance_Check(cause)) {
        Py_DECREF(cause);
        PyErr_SetString(PyExc_TypeError, "exception causes must derive from BaseException");
        return -1;
    }
    PyException_SetCause(exception, cause);
    return 0;
}

/* Makes the handled exception pending again: 1, or 0 with RuntimeError if there is none. */
static int
reraise_handled(PyThreadState *tstate)
{
    PyObject *handled = _PyErr_GetTopmostException(tstate)->exc_value;
    if (handled == NULL || Py_IsNone(handled)) {
        PyErr_SetString(PyExc_RuntimeError, "No active exception to reraise");
        return 0;
    }
    restore_exception(tstate, Py_NewRef(handled));
    return 1;
}

/* RAISE_VARARGS. */
int
generic_raise(PyThreadState *tstate, PyObject *exc, PyObject *cause)
{
    if (exc == NULL) {
        return reraise_handled(tstate);
    }
    PyObject *type;
    PyObject *exception = make_exception(exc, &type);
    if (exception == NULL) {
        Py_XDECREF(cause);
        return 0;
    }
    if (cause == NULL || attach_cause(exception, cause) == 0) {
        _PyErr_SetObject(tstate, type, exception);
    }
    Py_DECREF(exception);
    Py_DECREF(type);
    return 0;
}

/* ---- except ------------------------------------------------------------------------------- */

/* [exception] -> [handled exception before, exception], which becomes the handled one */
GENERIC(push_exc_info)
{
    PyObject *exception = sp[-1];
    PyObject *before = tstate->exc_info->exc_value;
    sp[-1] = before != NULL ? before : Py_NewRef(Py_None);
    sp[0] = Py_NewRef(exception);
    tstate->exc_info->exc_value = exception;
    return 0;
}

/* [handled exception before] -> [] */
GENERIC(pop_except)
{
    PyObject *done = tstate->exc_info->exc_value;
    tstate->exc_info->exc_value = sp[-1];
    Py_XDECREF(done);
    return 0;
}

/* Does `type`, a class or a tuple of them, qualify for `except type:`? */
int
generic_check_except_type(PyObject *type)
{
    bool valid = true;
    if (PyTuple_Check(type)) {
        for (Py_ssize_t i = 0; valid && i < PyTuple_GET_SIZE(type); i++) {
            valid = PyExceptionClass_Check(PyTuple_GET_ITEM(type, i));
        }
    }
    else {
        valid = PyExceptionClass_Check(type);
    }
    if (!valid) {
        PyErr_SetString(
            PyExc_TypeError,
            "catching classes that do not inherit from BaseException is not allowed");
    }
    return valid ? 0 : -1;
}

/* [exception, type] -> [exception, whether it matches] */
GENERIC(check_exc_match)
{
    PyObject *exception = sp[-2], *type = sp[-1];
    PyObject *result = NULL;
    if (generic_check_except_type(type) == 0) {
        result = bool_object(PyErr_GivenExceptionMatches(exception, type));
    }
    Py_DECREF(type);
    return leave(&sp[-1], result);
}

/* END_ASYNC_FOR: [asynchronous iterator, exception] -> [] */
int
generic_end_async_for(PyThreadState *tstate, PyObject **sp)
{
    PyObject *iterator = sp[-2], *exception = sp[-1];
    bool finished = PyErr_GivenExceptionMatches(exception, PyExc_StopAsyncIteration);
    if (finished) {
        Py_DECREF(exception);
    }
    else {
        restore_exception(tstate, exception);
    }
    Py_DECREF(iterator);
    return !finished;
}

/* ---- with --------------------------------------------------------------------------------- */

/* The special method of a context manager, bound: new reference, or NULL with an exception set. */
static PyObject *
manager_method(PyThreadState *tstate, PyObject *manager, PyObject *name, const char *protocol,
               const char *remark)
{
    PyObject *method = _PyObject_LookupSpecial(manager, name);
    if (method == NULL && !_PyErr_Occurred(tstate)) {
        PyErr_Format(PyExc_TypeError, "'%.200s' object does not support the %s protocol%s",
                     Py_TYPE(manager)->tp_name, protocol, remark);
    }
    return method;
}

/* [manager] -> [bound exit method, result of the enter method] */
static int
enter_manager(PyThreadState *tstate, PyObject **sp, PyObject *enter_name, PyObject *exit_name,
              const char *protocol, const char *no_exit)
{
    PyObject *manager = sp[-1], *exit = NULL;
    PyObject *enter = manager_method(tstate, manager, enter_name, protocol, "");
    if (enter != NULL) {
        exit = manager_method(tstate, manager, exit_name, protocol, no_exit);
    }
    if (exit == NULL) {
        Py_XDECREF(enter);
        Py_DECREF(manager);
        return -1;
    }
    sp[-1] = exit;
    Py_DECREF(manager);
    PyObject *result = PyObject_CallNoArgs(enter);
    Py_DECREF(enter);
    if (result == NULL) {
        Py_DECREF(exit);
    }
    return leave(&sp[0], result);
}

/* [manager] -> [bound __exit__, result of __enter__] */
GENERIC(before_with)
{
    return enter_manager(tstate, sp, pyjit_names.dunder_enter, pyjit_names.dunder_exit,
                         "context manager", " (missed __exit__ method)");
}

/* [manager] -> [bound __aexit__, awaitable from __aenter__] */
GENERIC(before_async_with)
{
    return enter_manager(tstate, sp, pyjit_names.dunder_aenter, pyjit_names.dunder_aexit,
                         "asynchronous context manager", " (missed __aexit__ method)");
}

/* [bound exit method, lasti, handled exception before, exception] -> [the same, result of exit] */
GENERIC(with_except_start)
{
    PyObject *exit = sp[-4], *exception = sp[-1];
    PyObject *traceback = PyException_GetTraceback(exception);
    Py_XDECREF(traceback); /* the exception keeps it */
    PyObject *args[] = {NULL, PyExceptionInstance_Class(exception), exception,
                        traceback != NULL ? traceback : Py_None};
    return leave(&sp[0],
                 PyObject_Vectorcall(exit, args + 1, 3 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL));
}
