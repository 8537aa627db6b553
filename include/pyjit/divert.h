/* Frames in the midst of CPython's interpreter whose rest is run by compiled code. */
#ifndef PYJIT_DIVERT_H
#define PYJIT_DIVERT_H

#include "cpython/interface.h"

#include <stdbool.h>

/* Can the rest of this frame be run so, or has it been too often? For the main thread. */
bool divert_suits(PyThreadState *tstate, const _PyInterpreterFrame *frame);

/* Has compiled code run the rest of the thread's current frame, whose code is active and which CPython's interpreter runs:
 * from its next instruction on, unless some other frame runs before. Does nothing if there is no memory, or if the program
 * has made settings for tracing this frame. May collect garbage. */
void divert(PyThreadState *tstate, _PyInterpreterFrame *frame);

/* Is the thread's trace function the one that divert() has set, and not the program's? */
bool divert_waits(const PyThreadState *tstate);

#endif
