/* Is this the interpreter pyjit was built for? Asked before anything relies on its internals. */
#ifndef PYJIT_COMPATIBILITY_H
#define PYJIT_COMPATIBILITY_H

#include "cpython/interface.h"

/* Returns 0 if pyjit can run in the current interpreter, otherwise -1 with one line (no newline) on
 * what differs in `why`. Leaves no exception set. `samples` are those that pyjit/__init__.py makes. */
int compatibility_check(PyObject *samples, char *why, size_t size);

/* Compares the structs pyjit reads and writes with live objects. Returns the name of the first that
 * is not as it was when pyjit was built, NULL if all are. Part of the check. */
const char *layout_check(PyObject *samples);

#endif
