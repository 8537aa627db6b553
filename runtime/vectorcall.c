/* Python functions called from C: by sort keys, map, slots of classes, and whatever else calls an object.
 *
 * Functions get the vectorcall of this file once their code has been compiled. It pushes the frame of a call
 * with positional arguments and enters the compiled code; everything else is left to CPython's, as are
 * calls by the interpreter, which does not look at the field. */
#include "pyjit/from_c.h"

#include "pyjit/frames.h"
#include "pyjit/interpret.h"

/* Are frames of this code of the kind that is pushed here? */
static bool
is_simple(const CodeState *state)
{
    const int others = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR;
    return state->simple_call && (state->code->co_flags & others) == 0;
}

/* Pushes the frame of a call with positional arguments; NULL when that is not simple, with nothing done. */
static _PyInterpreterFrame *
push(PyThreadState *tstate, PyFunctionObject *function, PyObject *const *args, Py_ssize_t count)
{
    PyCodeObject *code = (PyCodeObject *)function->func_code;
    Py_ssize_t missing = code->co_argcount - count;
    PyObject *defaults = function->func_defaults;
    Py_ssize_t available = defaults == NULL ? 0 : PyTuple_GET_SIZE(defaults);
    size_t size = (size_t)code->co_nlocalsplus + (size_t)code->co_stacksize + FRAME_SPECIALS_SIZE;
    if (missing < 0 || missing > available || !_PyThreadState_HasStackSpace(tstate, size)) {
        return NULL;
    }
    _PyInterpreterFrame *frame = (_PyInterpreterFrame *)tstate->datastack_top;
    tstate->datastack_top += size;
    _PyFrame_InitializeSpecials(frame, (PyFunctionObject *)Py_NewRef(function), NULL, code->co_nlocalsplus);
    int i = 0;
    for (; i < count; i++) {
        frame->localsplus[i] = Py_NewRef(args[i]);
    }
    for (; i < code->co_argcount; i++) {
        frame->localsplus[i] = Py_NewRef(PyTuple_GET_ITEM(defaults, available - (code->co_argcount - i)));
    }
    for (; i < code->co_nlocalsplus; i++) {
        frame->localsplus[i] = NULL;
    }
    return frame;
}

/* The vectorcall of functions whose code has been compiled. */
static PyObject *
call_compiled(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyThreadState *tstate = _PyThreadState_GET();
    PyFunctionObject *function = (PyFunctionObject *)callable;
    CodeState *state = code_state((PyCodeObject *)function->func_code);
    _PyInterpreterFrame *frame = NULL;
    if (state != NULL && state->entry != pyjit_state.entry_stub && is_simple(state) &&
        (kwnames == NULL || PyTuple_GET_SIZE(kwnames) == 0) && from_c_allowed(tstate)) {
        frame = push(tstate, function, args, PyVectorcall_NARGS(nargsf));
    }
    if (frame == NULL) {
        return _PyFunction_Vectorcall(callable, args, nargsf, kwnames);
    }
    PyObject *result = from_c_run(tstate, frame, state->entry);
    if (pyjit_state.wanted != NULL && pyjit_state.wanted == tstate->cframe->current_frame && result != NULL) {
        interpret_returned(tstate);
    }
    return result;
}

/* Gives a function this vectorcall if its frames are of the kind that is pushed here. */
void
vectorcall_adopt(PyFunctionObject *function, const CodeState *state)
{
    if (function->vectorcall == _PyFunction_Vectorcall && is_simple(state)) {
        function->vectorcall = call_compiled;
    }
}
