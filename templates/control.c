/* Control: jumps, branches on objects, the eval breaker, leaving. */
#include "template.h"

#include "text.h"

/* ---- jumps ---------------------------------------------------------------------------------- */

RAW_OPERATION(jump, EXIT(target)) {
    LEAVE(target);
}

/* ---- the eval breaker and observation -------------------------------------------------------- */

OPERATION(check_eval_breaker, EXIT(safepoint)) {
    if (unlikely(*(volatile int *)&tstate->interp->ceval.eval_breaker)) LEAVE(safepoint);
}

/* Has something happened that is to be seen to after code has run that could do anything? */
#define TRACED() ((uintptr_t)tstate->cframe->use_tracing)
#define SEEN() ((uintptr_t)frame->frame_obj)
#define BROKEN() ((uintptr_t)*(volatile unsigned *)&tstate->interp->ceval.eval_breaker)

OPERATION(check_call, EXIT(happened)) {
    if (unlikely((BROKEN() | TRACED() | SEEN()) != 0)) LEAVE(happened);
}

/* The same where a frame object would not be news. */
OPERATION(check_call_seen, EXIT(happened)) {
    if (unlikely((BROKEN() | TRACED()) != 0)) LEAVE(happened);
}

extern PyObject *engine_eval_frame(PyThreadState *, Frame *, int);

#define FOREIGN() ((uintptr_t)tstate->interp->eval_frame ^ (uintptr_t)ADDRESS(engine_eval_frame))

/* After a call of a C function, which may have set another frame evaluator, too. */
OPERATION(check_builtin, EXIT(happened)) {
    if (unlikely((BROKEN() | TRACED() | SEEN() | FOREIGN()) != 0)) LEAVE(happened);
}

OPERATION(check_builtin_seen, EXIT(happened)) {
    if (unlikely((BROKEN() | TRACED() | FOREIGN()) != 0)) LEAVE(happened);
}

/* A truth is in r0, and the way that this one takes begins with an exit that does not look. */
RAW_CALLING_OPERATION(check_traced_if, IMM(truth), EXIT(leave)) {
    if (unlikely(TRACED() != 0) && r0 == truth) LEAVE(leave);
    CONTINUE();
}

/* After what is not a call. */
OPERATION(check_run, EXIT(happened)) {
    if (unlikely((TRACED() | SEEN()) != 0)) LEAVE(happened);
}

OPERATION(check_run_seen, EXIT(happened)) {
    if (unlikely(TRACED() != 0)) LEAVE(happened);
}

OPERATION(check_no_frame_object, EXIT(leave)) {
    if (unlikely(frame->frame_obj != NULL)) LEAVE(leave);
}

/* ---- branches ------------------------------------------------------------------------------- */

OPERATION(branch_identical, SLOT(x), PTR(object), EXIT(taken)) {
    if ((void *)x == object) LEAVE(taken);
}

OPERATION(branch_not_identical, SLOT(x), PTR(object), EXIT(taken)) {
    if ((void *)x != object) LEAVE(taken);
}

OPERATION(branch_int_nonzero, IREG(x), EXIT(taken)) {
    if (x != 0) LEAVE(taken);
}

OPERATION(branch_int_zero, IREG(x), EXIT(taken)) {
    if (x == 0) LEAVE(taken);
}

/* An object whose ob_size tells its truth: int, str is not one, list, tuple, bytes. */
OPERATION(branch_size_nonzero, SLOT(x), EXIT(taken)) {
    if (Py_SIZE(x) != 0) LEAVE(taken);
}

OPERATION(branch_size_zero, SLOT(x), EXIT(taken)) {
    if (Py_SIZE(x) == 0) LEAVE(taken);
}

OPERATION(branch_str_nonempty, SLOT(x), EXIT(taken)) {
    if (text_length(x) != 0) LEAVE(taken);
}

OPERATION(branch_str_empty, SLOT(x), EXIT(taken)) {
    if (text_length(x) == 0) LEAVE(taken);
}

OPERATION(branch_dict_nonempty, SLOT(x), EXIT(taken)) {
    if (((PyDictObject *)x)->ma_used != 0) LEAVE(taken);
}

OPERATION(branch_dict_empty, SLOT(x), EXIT(taken)) {
    if (((PyDictObject *)x)->ma_used == 0) LEAVE(taken);
}

/* Truth of anything into r0: 0, 1. */
CALLING_OPERATION(truth, SLOT(x), PTR(at), EXIT(error)) {
    frame->prev_instr = at;
    PyObject *object = x;
    if ((void *)object == ADDRESS(_Py_TrueStruct)) {
        r0 = 1;
    } else if ((void *)object == ADDRESS(_Py_FalseStruct) || (void *)object == ADDRESS(_Py_NoneStruct)) {
        r0 = 0;
    } else {
        int truth = PyObject_IsTrue(object);
        if (unlikely(truth < 0)) LEAVE(error);
        r0 = truth;
    }
}

/* Is it None? Into r0. */
CALLING_OPERATION(is_none, SLOT(x)) {
    r0 = (void *)x == ADDRESS(_Py_NoneStruct);
}

/* Branches on what `truth` found. */
RAW_OPERATION(branch_r0_true, EXIT(taken)) {
    if (r0) LEAVE(taken);
    CONTINUE();
}

RAW_OPERATION(branch_r0_false, EXIT(taken)) {
    if (!r0) LEAVE(taken);
    CONTINUE();
}

/* ---- generic operations --------------------------------------------------------------------- */

CALLING_OPERATION(generic, SLOT(top), IMM(oparg), PTR(at), FUNC(run), EXIT(error)) {
    frame->prev_instr = at;
    int result = CALL(run, int, (PyThreadState *, Frame *, PyObject **, int))(
        tstate, frame, SLOT_ADDRESS(top), (int)oparg);
    if (unlikely(result < 0)) LEAVE(error);
}

CALLING_OPERATION(generic_no_error, SLOT(top), IMM(oparg), PTR(at), FUNC(run)) {
    frame->prev_instr = at;
    CALL(run, int, (PyThreadState *, Frame *, PyObject **, int))(tstate, frame, SLOT_ADDRESS(top),
                                                                 (int)oparg);
}

/* A generic operation that has more than one way on: the result, -1 for an error, is in r0. */
CALLING_OPERATION(generic_status, SLOT(top), IMM(oparg), PTR(at), FUNC(run), EXIT(error)) {
    frame->prev_instr = at;
    r0 = CALL(run, int, (PyThreadState *, Frame *, PyObject **, int))(tstate, frame, SLOT_ADDRESS(top),
                                                                      (int)oparg);
    if (unlikely(r0 < 0)) LEAVE(error);
}

CALLING_OPERATION(generic_status_no_error, SLOT(top), IMM(oparg), PTR(at), FUNC(run)) {
    frame->prev_instr = at;
    r0 = CALL(run, int, (PyThreadState *, Frame *, PyObject **, int))(tstate, frame, SLOT_ADDRESS(top),
                                                                      (int)oparg);
}

RAW_OPERATION(leave_always, EXIT(exit)) {
    LEAVE(exit);
}
