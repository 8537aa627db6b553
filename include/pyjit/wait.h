/* What the extension module _wait calls of the extension module _pyjit, by name: they are linked to each other when there
 * is something to compile, not before. */
#ifndef PYJIT_WAIT_H
#define PYJIT_WAIT_H

#include "cpython/interface.h"

/* Turns the JIT on, with every setting at its default. `samples` are those of compatibility.h. Returns the frame evaluator,
 * or NULL after one line on stderr. If this changes its name must: processes may wait while pyjit is upgraded. */
typedef _PyFrameEvalFunction TurnOn(PyObject *samples);

#define TURN_ON_NAME "pyjit_turn_on"

#endif
