/* Memory of freed instances and iterators that is used again. */
#ifndef PYJIT_CELLS_H
#define PYJIT_CELLS_H

#include "cpython/interface.h"

/* A new instance of a class that has its attributes in values, none of which is set; NULL if nothing is kept for it. The
 * garbage collector's turn must not have come. */
PyObject *cells_take(PyTypeObject *type, PyThreadState *tstate);

/* Keeps or frees the memory of an instance whose attributes, in values, have been released and which the garbage collector
 * does not track any more. */
void cells_release_instance(PyObject *object);

/* A new iterator of a list or tuple; NULL if none is kept. The garbage collector's turn must not have come. */
PyObject *cells_take_iterator(PyObject *sequence, PyThreadState *tstate);

/* Releases an iterator, of whatever type, that has come to its end. */
void cells_release_iterator(PyObject *iterator);

/* Frees all that is kept. */
void cells_free(void);

#endif
