/* Verification: what is checked while compiled code runs, in debug builds (Py_DEBUG) only. A check that
 * fails ends the process with a message. */
#ifndef PYJIT_VERIFY_H
#define PYJIT_VERIFY_H

#include "cpython/interface.h"

/* Compiled code has dropped a reference there was not. */
void reference_count_negative(PyObject *object);

#endif
