/* Lookups and steps of iterators that run no code but CPython's own: no __eq__, no __hash__, no finalizer.
 * Compiled code does them with its values in registers. Each gives up, having changed nothing, where it cannot
 * be certain; the generic operation then does it all. */
#ifndef PYJIT_QUIET_H
#define PYJIT_QUIET_H

#include "cpython/interface.h"

#include <stdbool.h>

/* Is this a number, a string or None, exactly? These are hashed and compared quietly. */
bool quiet_value(PyObject *value);

/* Clears the exception of what has not succeeded; the generic operation will try again. Templates call it aside, with 0. */
void forget_error(int64_t nothing);

/* The value of a key in an exact dict; NULL if it is not there or that cannot be told. Borrows. */
PyObject *quiet_dict_get(PyObject *dict, PyObject *key);

/* The same for an int of at most 60 bits. */
PyObject *quiet_dict_get_int(PyObject *dict, int64_t key);

/* The value of a key, or pyjit_state.operand if it is not there; NULL if that cannot be told. Borrows. */
PyObject *quiet_dict_get_or(PyObject *dict, PyObject *key);

/* Sets the value of a key to pyjit_state.operand, which is borrowed: 1; or 0 if the old value is pyjit_state.dying
 * now, -1 if that cannot be told. */
int64_t quiet_dict_set(PyObject *dict, PyObject *key);

/* Is a string certainly no key of the dict? */
int64_t quiet_dict_lacks(PyObject *dict, PyObject *key);

/* Is the key in the container? 1, 0, or -1: that cannot be told. */
typedef int64_t (*QuietContains)(PyObject *container, PyObject *key);

/* The function for containers of this type, NULL if there is none. */
QuietContains quiet_contains_of(PyTypeObject *type);

/* Are two exact strings equal? */
int64_t quiet_strings_equal(PyObject *a, PyObject *b);

/* Frees an object whose last reference is gone if that runs no code: 1. Else it is pyjit_state.dying now: 0. */
int64_t free_quietly(PyObject *object);

/* Frees an instance of a class written in Python whose last reference is gone; false if that is not simple, with
 * nothing done. */
bool free_instance(PyObject *object);

/* Frees a function, whose last reference is gone, if nothing wants to know and all that it refers to stays; false
 * otherwise, with nothing done. */
bool free_function(PyFunctionObject *function);

/* Frees what is exactly a list or tuple, whose last reference is gone, if it holds nothing but values whose end does
 * nothing and its memory is kept; false otherwise, with nothing done. */
bool free_sequence(PyObject *object);

/* Frees a generator or coroutine, whose last reference is gone, if it has ended and nothing wants to know; false otherwise,
 * with nothing done. */
bool free_generator(PyGenObject *generator);

/* A new generator or coroutine whose fields are all to be set, with room for so many locals and stack entries; NULL, without
 * an exception, if there is no memory of an earlier one or making it would set off the garbage collector. */
PyGenObject *quiet_new_generator(PyTypeObject *type, int room, PyThreadState *tstate);

/* A new reference to sequence[start:pyjit_state.operand], which here is an int64_t, by some step; NULL as for new
 * objects below. */
typedef PyObject *(*QuietSlice)(PyObject *sequence, int64_t start);

/* The function for sequences of this type and this step, NULL if there is none. */
QuietSlice quiet_slice_of(PyTypeObject *type, intptr_t step);

/* Would so many more objects set off the garbage collector, which may run anything? */
bool quiet_collects(const PyThreadState *tstate, int count);

/* Can instances of this class be made by quiet_new_instance()? */
bool quiet_makes(PyTypeObject *type);

/* A new instance of such a class, no __init__ having run; a new cell of a value that is stolen; a bound method;
 * the iterator of range(0); a new list, tuple or dict (for which `count` is 0) of items that are stolen. NULL,
 * without an exception, if the garbage collector's turn has come or allocations are traced. */
PyObject *quiet_new_instance(PyTypeObject *type, PyThreadState *tstate);
PyObject *quiet_new_cell(PyObject *value, PyThreadState *tstate);
PyObject *quiet_new_method(PyObject *function, PyObject *self);
PyObject *quiet_new_range(int64_t nothing);
typedef PyObject *(*QuietNew)(PyObject **items, Py_ssize_t count);
PyObject *quiet_new_list(PyObject **items, Py_ssize_t count);
PyObject *quiet_new_tuple(PyObject **items, Py_ssize_t count);
PyObject *quiet_new_dict(PyObject **items, Py_ssize_t count);

/* A dict to make others of: with these keys. New reference, or NULL as for new objects, or if they are not exact
 * strings, all different. */
PyObject *quiet_new_model(PyObject *const *keys, Py_ssize_t count);

/* A new dict with the keys of a model, in their order, and these values, which are stolen; NULL as for new objects. */
PyObject *quiet_new_map(PyObject **values, const PyObject *model);

/* A new function of what lies from `items` on, which is stolen: what MAKE_FUNCTION with this oparg says, and code. */
PyObject *quiet_new_function(PyObject **items, Py_ssize_t oparg);

/* Is iter() of such an object a matter of CPython's own? Then a new reference to its iterator, as for new
 * objects. */
bool quiet_iterates(PyTypeObject *type);
PyObject *quiet_iterator(PyObject *iterable, PyThreadState *tstate);

/* The making of *args and **kwargs: of these values in the frame that runs. */
typedef struct {
    bool keep;         /* the values stay there as well; else they are stolen */
    intptr_t items;    /* byte offset in the frame that runs: positional ones, then as many as there are names */
    int positional;    /* how many */
    PyObject *names;   /* a tuple, or NULL; borrowed */
    PyObject *model;   /* of dicts of these names, or NULL; borrowed */
    intptr_t tuple_at; /* byte offset in the new frame of *args, 0: it has none */
    intptr_t dict_at;  /* the same of **kwargs */
} QuietPack;

/* Does so: 1; or 0, as for new objects. */
int64_t quiet_pack(char *frame, const QuietPack *pack);

/* A step of an iterator: new reference to its next item, or NULL: at its end, or that cannot be told. */
typedef PyObject *(*QuietStep)(PyObject *iterator);

/* The function for iterators of this type, NULL if there is none. */
QuietStep quiet_step_of(PyTypeObject *type);

/* A step of zip() of two: the second item goes to `items`, the first behind it. 1, or 0: at its end, or that
 * cannot be told. */
int64_t quiet_step_zip(PyObject *iterator, PyObject **items);

/* Can this iterator of dict.items(), enumerate() or zip() of two be stepped quietly? */
bool quiet_steps_pairs(PyObject *iterator);

#endif
