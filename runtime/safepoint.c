/* What happens when the eval breaker is found set: signals, pending calls, handing over the GIL,
 * asynchronous exceptions. Where compiled code looks at the breaker is not decided here. */
#include "pyjit/frames.h"

void safepoint_recompute(PyInterpreterState *interp)
{
    struct _ceval_runtime_state *process = &interp->runtime->ceval;
    struct _ceval_state *own = &interp->ceval;
    int breaker = _Py_atomic_load_relaxed(&own->gil_drop_request) | own->pending.async_exc;
    if (_Py_atomic_load_relaxed(&process->signals_pending)) {
        breaker |= _Py_ThreadCanHandleSignals(interp);
    }
    if (_Py_atomic_load_relaxed(&own->pending.calls_to_do)) {
        breaker |= _Py_ThreadCanHandlePendingCalls();
    }
    _Py_atomic_store_relaxed(&own->eval_breaker, breaker);
}

int safepoint_handle(PyThreadState *tstate)
{
    PyInterpreterState *interp = tstate->interp;
    if (_Py_atomic_load_relaxed(&interp->runtime->ceval.signals_pending) ||
        _Py_atomic_load_relaxed(&interp->ceval.pending.calls_to_do)) {
        /* Both kinds, each only in the threads that may handle it. */
        if (Py_MakePendingCalls() < 0) {
            return -1;
        }
    }
    if (_Py_atomic_load_relaxed(&interp->ceval.gil_drop_request)) {
        PyEval_RestoreThread(PyEval_SaveThread()); /* does not return when finalizing */
    }
    PyObject *exception = tstate->async_exc;
    if (exception != NULL) {
        tstate->async_exc = NULL;
        interp->ceval.pending.async_exc = 0;
        safepoint_recompute(interp);
        _PyErr_SetNone(tstate, exception);
        Py_DECREF(exception);
        return -1;
    }
    return 0;
}
