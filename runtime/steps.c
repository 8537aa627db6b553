/* Steps: bytecodes with more than one way on, done in C. Owns no state. */
#include "pyjit/steps.h"

#include "pyjit/cells.h"
#include "pyjit/fused.h"
#include "pyjit/generic_ops.h"

/* FOR_ITER. */
STEP(step_for_iter)
{
    (void)tstate, (void)frame, (void)oparg;
    int status = generic_for_iter(sp[-1], &sp[0]);
    if (status == 0) {
        cells_release_iterator(sp[-1]);
    }
    return status;
}

/* SEND. */
STEP(step_send)
{
    (void)frame, (void)oparg;
    PyObject *result, *value = sp[-1];
    PySendResult status = generic_send(tstate, sp[-2], value, &result);
    Py_DECREF(value);
    switch (status) {
    case PYGEN_NEXT:
        sp[-1] = result;
        return 1;
    case PYGEN_RETURN:
        Py_DECREF(sp[-2]);
        sp[-2] = result;
        return 0;
    default:
        return -1;
    }
}

/* RAISE_VARARGS. */
STEP(step_raise)
{
    (void)frame;
    PyObject *cause = oparg == 2 ? sp[-1] : NULL;
    PyObject *exception = oparg > 0 ? sp[-oparg] : NULL;
    return generic_raise(tstate, exception, cause);
}

/* RERAISE. */
STEP(step_reraise)
{
    (void)tstate;
    if (oparg) {
        frame->prev_instr = _PyCode_CODE(frame->f_code) + PyLong_AsLong(sp[-oparg - 1]);
    }
    PyObject *value = sp[-1];
    PyErr_Restore(Py_NewRef(PyExceptionInstance_Class(value)), value,
                  PyException_GetTraceback(value));
    return 1;
}

/* END_ASYNC_FOR. */
STEP(step_end_async_for)
{
    (void)frame, (void)oparg;
    return generic_end_async_for(tstate, sp);
}

/* COMPARE_OP and the branch on it. */
STEP(step_compare_truth)
{
    (void)tstate;
    PyObject *left = sp[-2], *right = sp[-1];
    _Py_CODEUNIT *branch_at = frame->prev_instr + oparg / COMPARISONS;
    PyObject *result = PyObject_RichCompare(left, right, oparg % COMPARISONS);
    Py_DECREF(left);
    Py_DECREF(right);
    return branch_truth(result, frame, branch_at);
}
