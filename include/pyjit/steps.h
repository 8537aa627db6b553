/* Steps: bytecodes with more than one way on, done in C. Each returns which way, as said; a negative
 * number is an exception. Stack and frame are as for generic operations (generic.h). */
#ifndef PYJIT_STEPS_H
#define PYJIT_STEPS_H

#include "pyjit/generic.h"

#define STEP(name)                                                                                 \
    int name(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject **sp, int oparg)

/* FOR_ITER: 1 with the item pushed; 0 with the iterator popped; -1 with the iterator left. */
STEP(step_for_iter);

/* FOR_ITER and UNPACK_SEQUENCE 2 over enumerate() or zip() of two: 1 with both pushed, the first on top; 0 with the
 * iterator popped; -1 with the iterator left. */
STEP(step_for_pair);

/* SEND: 1 with the result in place of the value; 0 with the result in place of both; -1 with the
 * receiver left. */
STEP(step_send);

/* RAISE_VARARGS: 0 for a new exception, 1 for the handled one raised again. */
STEP(step_raise);

/* RERAISE: always 1. The instruction pointer is set back if the stack says so. */
STEP(step_reraise);

/* END_ASYNC_FOR: 0 at the loop's end; 1 when the exception goes on. */
STEP(step_end_async_for);

/* COMPARE_OP and the branch on it: the truth, both operands popped also after an exception. oparg is the comparison
 * (Py_LT, ...) and, times COMPARISONS, how many code units further the branch is, where the truth is asked for. */
enum { COMPARISONS = 8 };
STEP(step_compare_truth);

#endif
