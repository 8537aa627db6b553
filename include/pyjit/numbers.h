/* Objects for numbers that compiled code has in registers. */
#ifndef PYJIT_NUMBERS_H
#define PYJIT_NUMBERS_H

#include "cpython/interface.h"

/* Says how many ints are kept and where CPython keeps floats. */
void numbers_init(void);

/* New objects; the process ends when there is no memory. */
PyObject *box_int(int64_t value);
PyObject *box_float(double value);

/* Frees an object whose last reference is gone. Ints of one digit are kept in pyjit_state.free_ints, linked
 * by their type. */
void free_object(PyObject *object);

#endif
