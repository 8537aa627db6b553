/* Text of values. */
#ifndef PYJIT_TEXT_H
#define PYJIT_TEXT_H

#include "cpython/interface.h"

/* New reference to str(value), or NULL with an exception. */
PyObject *text_of(PyObject *value);

/* The same of an int of at most 60 bits; NULL, without an exception, if there is no memory or allocations are traced. */
PyObject *text_of_int(int64_t number);

/* New string of so many exact strings, one behind the other; NULL as above. */
PyObject *text_joined(PyObject *const *parts, Py_ssize_t count);

#endif
