/* Objects for numbers that compiled code has in registers. */
#ifndef PYJIT_NUMBERS_H
#define PYJIT_NUMBERS_H

#include "cpython/interface.h"

#include <stdbool.h>

#define NUMBERS_MOST 2000 /* ints, and floats, that are kept: as many as a list has that is made again and again */

/* Says how many ints are kept and where CPython keeps floats. */
void numbers_init(void);

/* New objects; the process ends when there is no memory. */
PyObject *box_int(int64_t value);
PyObject *box_float(double value);

/* Keeps the memory of an int or float, one of many of which the last reference goes. False if the object is neither or enough
 * are kept. When they have all been looked at, numbers_kept() is to be called. */
bool numbers_keep(PyObject *object);
void numbers_kept(void);

/* Frees an object whose last reference is gone. Ints of one digit are kept in pyjit_state.free_ints, linked
 * by their type. */
void free_object(PyObject *object);

#endif
