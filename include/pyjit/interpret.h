/* Frames that CPython's interpreter runs while pyjit is on, and how they are taken out of it when a loop of theirs
 * turns out to be hot. */
#ifndef PYJIT_INTERPRET_H
#define PYJIT_INTERPRET_H

#include "pyjit/resume.h"

/* Can loops that become hot be taken out of the interpreter in this thread? If not, code with a loop had better
 * not be interpreted at all. */
bool interpret_can_take(const PyThreadState *tstate);

/* Runs a frame in the interpreter, as _PyEval_EvalFrameDefault does. NULL if that is done, with the result in *result.
 * Else it is to go on outside of the interpreter, at *place in the frame that is returned: the same, or one that the
 * interpreter has called, for which the ones in between and this one wait. The code of all of them is active, and the
 * stacktop of the innermost says what it holds. They are not linked to the thread. */
_PyInterpreterFrame *interpret(PyThreadState *tstate, _PyInterpreterFrame *frame, int throwflag, PyObject **result,
                               Place *place);

/* The vectorcall of a Python function is about to return `result` while pyjit_state.wanted is the frame that runs. If
 * this is that frame's own CALL, has the interpreter give the frame up. Returns what the vectorcall is to return. */
PyObject *interpret_returned(PyThreadState *tstate, PyObject *callable, PyObject *const *args, Py_ssize_t count,
                             PyObject *result);

#endif
