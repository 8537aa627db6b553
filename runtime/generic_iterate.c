/* Generic operations: iterators, awaitables, asynchronous iterators, and stepping any of them. */
#include "pyjit/generic_support.h"

#include "pyjit/calls.h"
#include "pyjit/frames.h"

/* ---- Iterators ---------------------------------------------------------------------------- */

/* [iterable] -> [iterator] */
GENERIC(get_iter)
{
    PyObject *iterable = sp[-1];
    PyObject *iterator = PyObject_GetIter(iterable);
    Py_DECREF(iterable);
    return leave(&sp[-1], iterator);
}

/* [iterable] -> [iterator for `yield from`], which a coroutine is for coroutines only */
GENERIC(get_yield_from_iter)
{
    PyObject *iterable = sp[-1];
    if (PyGen_CheckExact(iterable)) {
        return 0;
    }
    if (!PyCoro_CheckExact(iterable)) {
        return generic_get_iter(tstate, frame, sp, oparg);
    }
    if (frame->f_code->co_flags & (CO_COROUTINE | CO_ITERABLE_COROUTINE)) {
        return 0;
    }
    Py_DECREF(iterable);
    PyErr_SetString(PyExc_TypeError,
                    "cannot 'yield from' a coroutine object in a non-coroutine generator");
    return -1;
}

/* Clears a pending StopIteration; 0 if another exception is pending. */
int64_t
stop_iteration_clear(void)
{
    if (PyErr_Occurred()) {
        PyThreadState *tstate = _PyThreadState_GET();
        if (!PyErr_ExceptionMatches(PyExc_StopIteration)) {
            return 0;
        }
        unwind_trace_exception(tstate, tstate->cframe->current_frame);
        PyErr_Clear();
    }
    return 1;
}

/* FOR_ITER. */
int
generic_for_iter(PyObject *iterator, PyObject **value)
{
    *value = Py_TYPE(iterator)->tp_iternext(iterator);
    if (*value != NULL) {
        return 1;
    }
    return stop_iteration_clear() ? 0 : -1;
}

/* SEND. */
int
generic_send(PyThreadState *tstate, PyObject *receiver, PyObject *value, PyObject **result)
{
    return Py_IS_TYPE(receiver, &_PyAsyncGenASend_Type) && value == Py_None
               ? generator_step_async(tstate, (AsyncStep *)receiver, result)
               : PyIter_Send(receiver, value, result);
}

/* ---- Awaitables --------------------------------------------------------------------------- */

/* Is this a coroutine object, or a generator made one by types.coroutine? */
static bool
is_coroutine(PyObject *object)
{
    if (PyCoro_CheckExact(object)) {
        return true;
    }
    return PyGen_CheckExact(object) &&
           ((PyGenObject *)object)->gi_code->co_flags & CO_ITERABLE_COROUTINE;
}

/* Is the coroutine suspended in an await (or `yield from`) of its own? */
static bool
is_awaiting(PyGenObject *coroutine)
{
    if (coroutine->gi_frame_state >= FRAME_CLEARED || coroutine->gi_frame_state == FRAME_CREATED) {
        return false;
    }
    _PyInterpreterFrame *frame = (_PyInterpreterFrame *)coroutine->gi_iframe;
    _Py_CODEUNIT next = frame->prev_instr[1];
    /* RESUME 2 and 3 come after the YIELD_VALUE of a `yield from` and of an await. */
    return (_Py_OPCODE(next) == RESUME || _Py_OPCODE(next) == RESUME_QUICK) && _Py_OPARG(next) >= 2;
}

/* New reference to what an await steps: the coroutine itself or what __await__ returns. NULL with
 * an exception set. */
static PyObject *
awaitable_iterator(PyObject *object)
{
    if (is_coroutine(object)) {
        return Py_NewRef(object);
    }
    PyAsyncMethods *methods = Py_TYPE(object)->tp_as_async;
    if (methods == NULL || methods->am_await == NULL) {
        PyErr_Format(PyExc_TypeError, "object %.100s can't be used in 'await' expression",
                     Py_TYPE(object)->tp_name);
        return NULL;
    }
    PyObject *iterator = methods->am_await(object);
    if (iterator == NULL) {
        return NULL;
    }
    if (is_coroutine(iterator)) {
        PyErr_SetString(PyExc_TypeError, "__await__() returned a coroutine");
        Py_CLEAR(iterator);
    }
    else if (!PyIter_Check(iterator)) {
        PyErr_Format(PyExc_TypeError, "__await__() returned non-iterator of type '%.100s'",
                     Py_TYPE(iterator)->tp_name);
        Py_CLEAR(iterator);
    }
    return iterator;
}

/* Rewords the pending exception if the object that cannot be awaited comes from an `async with`:
 * `origin` is 1 for __aenter__, 2 for __aexit__. */
static void
explain_await_error(PyTypeObject *type, int origin)
{
    static const char *const methods[] = {NULL, "__aenter__", "__aexit__"};
    bool awaitable = type->tp_as_async != NULL && type->tp_as_async->am_await != NULL;
    if (!awaitable && (origin == 1 || origin == 2)) {
        PyErr_Format(PyExc_TypeError,
                     "'async with' received an object from %s that does not implement __await__: "
                     "%.100s",
                     methods[origin], type->tp_name);
    }
}

/* [awaitable] -> [iterator]; oparg is where the awaitable comes from */
GENERIC(get_awaitable)
{
    PyObject *awaitable = sp[-1];
    PyObject *iterator = awaitable_iterator(awaitable);
    if (iterator == NULL) {
        explain_await_error(Py_TYPE(awaitable), oparg);
    }
    Py_DECREF(awaitable);
    if (iterator != NULL && PyCoro_CheckExact(iterator) && is_awaiting((PyGenObject *)iterator)) {
        Py_CLEAR(iterator);
        PyErr_SetString(PyExc_RuntimeError, "coroutine is being awaited already");
    }
    return leave(&sp[-1], iterator);
}

/* ---- Asynchronous iterators --------------------------------------------------------------- */

/* The slot function of a type that implements am_anext, else NULL. */
static unaryfunc
anext_slot(PyTypeObject *type)
{
    return type->tp_as_async != NULL ? type->tp_as_async->am_anext : NULL;
}

/* New reference to the asynchronous iterator of the object; NULL with an exception set. */
static PyObject *
get_async_iterator(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (type->tp_as_async == NULL || type->tp_as_async->am_aiter == NULL) {
        PyErr_Format(PyExc_TypeError,
                     "'async for' requires an object with __aiter__ method, got %.100s",
                     type->tp_name);
        return NULL;
    }
    return type->tp_as_async->am_aiter(object);
}

/* [asynchronous iterable] -> [asynchronous iterator] */
GENERIC(get_aiter)
{
    PyObject *object = sp[-1];
    PyObject *iterator = get_async_iterator(object);
    Py_DECREF(object);
    if (iterator != NULL && anext_slot(Py_TYPE(iterator)) == NULL) {
        PyErr_Format(PyExc_TypeError,
                     "'async for' received an object from __aiter__ that does not implement "
                     "__anext__: %.100s",
                     Py_TYPE(iterator)->tp_name);
        Py_CLEAR(iterator);
    }
    return leave(&sp[-1], iterator);
}

/* New reference to what steps the awaitable for the next item; NULL with an exception set. */
static PyObject *
next_awaitable(PyObject *iterator)
{
    unaryfunc next = anext_slot(Py_TYPE(iterator));
    if (next == NULL) {
        PyErr_Format(PyExc_TypeError,
                     "'async for' requires an iterator with __anext__ method, got %.100s",
                     Py_TYPE(iterator)->tp_name);
        return NULL;
    }
    PyObject *item = next(iterator);
    if (item == NULL || PyAsyncGen_CheckExact(iterator)) {
        return item; /* what an asynchronous generator hands out is stepped as it is */
    }
    PyObject *awaitable = awaitable_iterator(item);
    if (awaitable == NULL) {
        _PyErr_FormatFromCause(PyExc_TypeError,
                               "'async for' received an invalid object from __anext__: %.100s",
                               Py_TYPE(item)->tp_name);
    }
    Py_DECREF(item);
    return awaitable;
}

/* [asynchronous iterator] -> [asynchronous iterator, iterator to step for its next item] */
GENERIC(get_anext)
{
    return leave(&sp[0], next_awaitable(sp[-1]));
}

/* [value] -> [wrapped value] */
GENERIC(async_gen_wrap)
{
    WrappedValue *wrapped = PyObject_GC_New(WrappedValue, &_PyAsyncGenWrappedValue_Type);
    if (wrapped == NULL) {
        Py_DECREF(sp[-1]);
        return -1;
    }
    wrapped->value = sp[-1];
    PyObject_GC_Track(wrapped);
    sp[-1] = (PyObject *)wrapped;
    return 0;
}
