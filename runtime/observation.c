/* Trace and profile functions, for the events of frames that compiled code unwinds while one is on.
 * All other events are the interpreter's: a frame that is observed runs there. */
#include "pyjit/frames.h"

/* Calls the function with an event of the frame, as the interpreter does. Returns 0 or -1. */
static int
call_observer(PyThreadState *tstate, Py_tracefunc observer, PyObject *object, int what,
              PyObject *argument)
{
    if (tstate->tracing) {
        return 0;
    }
    PyFrameObject *frame = PyThreadState_GetFrame(tstate);
    if (frame == NULL) {
        return -1;
    }
    int old_what = tstate->tracing_what;
    tstate->tracing_what = what;
    PyThreadState_EnterTracing(tstate);
    int result = observer(object, frame, what, argument);
    PyThreadState_LeaveTracing(tstate);
    tstate->tracing_what = old_what;
    Py_DECREF(frame);
    return result;
}

/* The "exception" event for the pending exception. */
void
unwind_trace_exception(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    if (tstate->c_tracefunc == NULL || _PyFrame_IsIncomplete(frame)) {
        return;
    }
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject *argument = PyTuple_Pack(3, type, value == NULL ? Py_None : value,
                                      traceback == NULL ? Py_None : traceback);
    int result = 0;
    if (argument != NULL) {
        result = call_observer(tstate, tstate->c_tracefunc, tstate->c_traceobj, PyTrace_EXCEPTION,
                               argument);
        Py_DECREF(argument);
    }
    if (result == 0) {
        PyErr_Restore(type, value, traceback);
    } else {
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(traceback);
    }
}

/* The "return" events of a frame that an exception ends. */
void
unwind_trace_return(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    if (!tstate->cframe->use_tracing || _PyFrame_IsIncomplete(frame)) {
        return;
    }
    Py_tracefunc observers[] = {tstate->c_tracefunc, tstate->c_profilefunc};
    for (int i = 0; i < 2; i++) {
        if (observers[i] == NULL) {
            continue;
        }
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        int result = call_observer(tstate, observers[i],
                                   i == 0 ? tstate->c_traceobj : tstate->c_profileobj,
                                   PyTrace_RETURN, NULL);
        if (result == 0) {
            PyErr_Restore(type, value, traceback);
        } else {
            Py_XDECREF(type);
            Py_XDECREF(value);
            Py_XDECREF(traceback);
            return;
        }
    }
}
