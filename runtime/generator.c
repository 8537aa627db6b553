/* Making generators, coroutines and asynchronous generators out of frames; resuming and ending them. */
#include "pyjit/calls.h"

#include "pyjit/frames.h"
#include "pyjit/generic_ops.h"
#include "pyjit/quiet.h"

/* The type of object a call of this code makes. */
static PyTypeObject *
type_made_by(const PyCodeObject *code)
{
    switch (code->co_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)) {
    case CO_GENERATOR:
        return &PyGen_Type;
    case CO_COROUTINE:
        return &PyCoro_Type;
    case CO_ASYNC_GENERATOR:
        return &PyAsyncGen_Type;
    default:
        return NULL;
    }
}

/* New generator, coroutine or asynchronous generator that the frame, at its RETURN_GENERATOR, has
 * been moved into. NULL without an exception when the interpreter must make it. */
PyObject *
generator_make(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    PyFunctionObject *function = frame->f_func;
    PyCodeObject *code = frame->f_code;
    PyTypeObject *type = type_made_by(code);
    if (type == NULL || frame->frame_obj != NULL ||
        (type == &PyCoro_Type && tstate->coroutine_origin_tracking_depth > 0)) {
        return NULL;
    }
    int room = code->co_nlocalsplus + code->co_stacksize;
    PyGenObject *generator = type == &PyAsyncGen_Type ? NULL : quiet_new_generator(type, room, tstate);
    if (generator == NULL) {
        generator = PyObject_GC_NewVar(PyGenObject, type, room);
    }
    if (generator == NULL) {
        PyErr_Clear();
        return NULL;
    }
    generator->gi_code = (PyCodeObject *)Py_NewRef(code);
    generator->gi_weakreflist = NULL;
    generator->gi_exc_state.exc_value = NULL;
    generator->gi_exc_state.previous_item = NULL;
    generator->gi_name = Py_NewRef(function->func_name);
    generator->gi_qualname = Py_NewRef(function->func_qualname);
    generator->gi_origin_or_finalizer = NULL;
    generator->gi_hooks_inited = 0;
    generator->gi_closed = 0;
    generator->gi_running_async = 0;
    generator->gi_frame_state = FRAME_CREATED;

    _PyInterpreterFrame *moved = (_PyInterpreterFrame *)generator->gi_iframe;
    memcpy(moved, frame, offsetof(_PyInterpreterFrame, localsplus) +
                             sizeof(PyObject *) * (size_t)code->co_nlocalsplus);
    moved->stacktop = code->co_nlocalsplus;
    moved->previous = NULL;
    moved->is_entry = false;
    moved->owner = FRAME_OWNED_BY_GENERATOR;
    PyObject_GC_Track(generator);

    if (frame->is_entry) { /* the C caller will clear the frame: leave it something to release */
        frame->stacktop = 0;
        frame->f_locals = NULL;
        Py_INCREF(frame->f_func);
        Py_INCREF(frame->f_code);
    } else {
        tstate->cframe->current_frame = frame->previous;
        tstate->recursion_remaining++;
        frame_pop(tstate, frame);
    }
    return (PyObject *)generator;
}

/* ---- resuming ---------------------------------------------------------------------------------- */

/* The next item of a generator. */
Resumption
generator_next(PyObject *generator)
{
    PyObject *result;
    PySendResult status = PyIter_Send(generator, Py_None, &result);
    return (Resumption){status == PYGEN_ERROR ? NULL : result, status == PYGEN_RETURN};
}

/* Raises the StopIteration of an iterator that has returned a value (stolen); None stands for no value. */
void
generator_raise_stop(PyObject *value)
{
    if (value == Py_None) {
        PyErr_SetNone(PyExc_StopIteration);
    } else {
        _PyGen_SetStopIterationValue(value);
    }
    Py_DECREF(value);
}

/* Tells of the StopIteration of an iterator that has returned a value (stolen) to a loop that is traced. */
void
generator_report_stop(PyObject *value)
{
    if (value == Py_None) {
        Py_DECREF(value); /* then there is none */
        return;
    }
    generator_raise_stop(value);
    stop_iteration_clear();
}

/* Sends a value to anything that SEND takes. */
Resumption
generator_send(PyThreadState *tstate, PyObject *receiver, PyObject *value)
{
    PyObject *result;
    PySendResult status = generic_send(tstate, receiver, value, &result);
    Py_DECREF(value);
    return (Resumption){status == PYGEN_ERROR ? NULL : result, status == PYGEN_RETURN};
}

/* ---- leaving ------------------------------------------------------------------------------------ */

/* The generator whose frame this is. Borrows. */
static PyGenObject *
generator_of(_PyInterpreterFrame *frame)
{
    return (PyGenObject *)((char *)frame - offsetof(PyGenObject, gi_iframe));
}

/* Unlinks the frame of a generator that compiled code resumed. */
void
generator_unlink(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    PyGenObject *generator = generator_of(frame);
    tstate->exc_info = generator->gi_exc_state.previous_item;
    generator->gi_exc_state.previous_item = NULL;
    tstate->cframe->current_frame = frame->previous;
    frame->previous = NULL;
}

/* Turns an exception that must not leave a generator into a RuntimeError. */
static void
convert_stop(PyGenObject *generator)
{
    if (PyErr_ExceptionMatches(PyExc_StopIteration)) {
        const char *kind = PyCoro_CheckExact(generator)       ? "coroutine"
                           : PyAsyncGen_CheckExact(generator) ? "async generator"
                                                              : "generator";
        _PyErr_FormatFromCause(PyExc_RuntimeError, "%s raised StopIteration", kind);
    } else if (PyAsyncGen_CheckExact(generator) && PyErr_ExceptionMatches(PyExc_StopAsyncIteration)) {
        _PyErr_FormatFromCause(PyExc_RuntimeError, "async generator raised StopAsyncIteration");
    }
}

/* Ends a generator that compiled code resumed. */
void
generator_end(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    PyGenObject *generator = generator_of(frame);
    generator->gi_frame_state = FRAME_COMPLETED;
    generator_unlink(tstate, frame);
    if (tstate->curexc_type != NULL) {
        convert_stop(generator);
    }
    Py_CLEAR(generator->gi_exc_state.exc_value);
    generator->gi_frame_state = FRAME_CLEARED;
    frame_clear(tstate, frame);
}
