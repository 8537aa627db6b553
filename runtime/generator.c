/* Making generators, coroutines and asynchronous generators out of frames. */
#include "pyjit/calls.h"

#include "pyjit/frames.h"

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
    PyGenObject *generator =
        PyObject_GC_NewVar(PyGenObject, type, code->co_nlocalsplus + code->co_stacksize);
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
