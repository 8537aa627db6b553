/* Vectorcalls for what has none of its own: tuples of arguments are made only where what is called wants one. All are
 * called as vectorcallfunc, and give what calling `callable` gives. */
#ifndef PYJIT_NATIVES_H
#define PYJIT_NATIVES_H

#include "cpython/interface.h"

#include <stdbool.h>

/* New tuple of arguments; NULL with an exception set. */
PyObject *natives_pack(PyObject *const *arguments, Py_ssize_t count);

/* Finds what natives_wrapper must know. */
void natives_init(void);

/* Does calling this, with an instance of the class, a name and a value, set the attribute as object.__setattr__ does, and
 * may do so? */
bool natives_sets_attribute(PyObject *callable, PyTypeObject *type);

/* min() and max() of two arguments or more, without keywords. */
PyObject *natives_min(PyObject *callable, PyObject *const *arguments, size_t count, PyObject *kwnames);
PyObject *natives_max(PyObject *callable, PyObject *const *arguments, size_t count, PyObject *kwnames);

/* A class, by its type's way of calling, without keywords. */
PyObject *natives_class(PyObject *callable, PyObject *const *arguments, size_t count, PyObject *kwnames);

/* A slot wrapper, such as object.__init__ or dict.__setitem__. */
PyObject *natives_wrapper(PyObject *callable, PyObject *const *arguments, size_t count, PyObject *kwnames);

#endif
