/* Text of values. */
#ifndef PYJIT_TEXT_H
#define PYJIT_TEXT_H

#include "cpython/interface.h"

/* New reference to str(value), or NULL with an exception. */
PyObject *text_of(PyObject *value);

#endif
