/* Whether the JIT is on. */
#ifndef PYJIT_SWITCH_H
#define PYJIT_SWITCH_H

#include "cpython/interface.h"

/* Reads the settings and opens the log, once for the process. */
void switch_prepare(void);

/* Turns the JIT on in the current interpreter. False if it cannot be: there is one line on stderr then, unless this is a
 * subinterpreter, which keeps its peace. `samples` are those of compatibility.h. */
bool switch_on(PyObject *samples);

/* Leaves all code to the interpreter from now on. */
void switch_off(void);

/* Is the JIT on in the current interpreter? */
bool switch_is_on(void);

/* Has the engine been started, be it on or off now, and anything to do with code of the current interpreter? */
bool switch_serves(void);

#endif
