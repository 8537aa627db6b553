/* Memory of freed instances, iterators, functions, generators and short lists and tuples that is used again. */
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

/* Frees an iterator of a list or tuple whose last reference is gone, if its memory is kept; else false, with nothing done. */
bool cells_free_iterator(PyObject *iterator);

/* The same of ranges, which the garbage collector does not know: one whose fields are to be set, NULL if none is kept; and
 * the end of one, of which no references are left. */
PyObject *cells_take_range(void);
bool cells_free_range(PyObject *iterator);

/* A new function, which the garbage collector does not track yet and whose fields are all to be set; NULL if none is kept.
 * The garbage collector's turn must not have come. */
PyFunctionObject *cells_take_function(PyThreadState *tstate);

/* Keeps or frees the memory of a function of which no references are left and which the garbage collector does not track
 * any more. */
void cells_release_function(PyFunctionObject *function);

/* A new generator or coroutine of this type with room for so many locals and stack entries, which the garbage collector does
 * not track yet and whose fields are all to be set; NULL if none is kept. The garbage collector's turn must not have come. */
PyGenObject *cells_take_generator(PyTypeObject *type, int room, PyThreadState *tstate);

/* Keeps or frees the memory of one of which no references are left and which the garbage collector does not track any more. */
void cells_release_generator(PyGenObject *generator, int room);

#define CELLS_ITEMS_MOST 8 /* of a list or tuple whose memory is kept */

/* A new tuple of so many items, at most CELLS_ITEMS_MOST, or list with room for them, all of which are to be set at once;
 * NULL if none is kept. The garbage collector need not be asked: it does not count those that CPython keeps either. */
PyObject *cells_take_tuple(Py_ssize_t count);
PyObject *cells_take_list(Py_ssize_t count);

/* Would the memory of such a list or tuple be kept now? */
bool cells_keep_sequence(PyObject *object);

/* Keeps the memory of one for which that is so, whose last reference is gone and whose items have been released. */
void cells_release_sequence(PyObject *object);

/* Frees all that is kept. */
void cells_free(void);

#endif
