/* Frames that CPython's interpreter runs while pyjit is on, until they turn out to be hot. */
#ifndef PYJIT_INTERPRET_H
#define PYJIT_INTERPRET_H

#include "cpython/interface.h"

#include <stdbool.h>

/* Can what becomes hot in the interpreter be taken over in this thread? If not, code with a loop had better not be
 * interpreted at all. */
bool interpret_can_take(const PyThreadState *tstate);

/* Runs a frame in the interpreter, as _PyEval_EvalFrameDefault does. */
PyObject *interpret(PyThreadState *tstate, _PyInterpreterFrame *frame, int throwflag);

/* Has frames that run in the interpreter already, which pyjit has not given to it, looked at as others are. */
void interpret_watch(const PyThreadState *tstate);

/* A call from C has returned to pyjit_state.wanted, which is the frame that runs: compiled code will run its rest soon, if the
 * interpreter was to. Runs no Python code. */
void interpret_returned(PyThreadState *tstate);

#endif
