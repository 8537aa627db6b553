/* Builtins that use generators up, done item by item: what has been made of the items so far. */
#ifndef PYJIT_CONSUME_H
#define PYJIT_CONSUME_H

#include "cpython/interface.h"

/* What is made of the items, if it is more than a list or a set. An object, so that it can be on a stack. */
typedef enum {
    CONSUMER_INT,    /* sum(): so far ints that fit, summed up in `number` */
    CONSUMER_FLOAT,  /* sum(): a float, in `real` */
    CONSUMER_OBJECT, /* sum(): anything; min() and max(): NULL, or the one to be returned */
} ConsumerPhase;

typedef struct {
    PyObject_HEAD
    ConsumerPhase phase;
    int comparison; /* min() and max(): Py_LT or Py_GT */
    int64_t number;
    double real;
    PyObject *object; /* owned */
} Consumer;

/* Gets the type of consumers ready. Returns 0, or -1 with an exception set. */
int consume_init(void);

/* Beginnings, for an iterator: new reference to what the items go into, NULL with an exception set. */
PyObject *consume_into_sum(void);
PyObject *consume_into_minimum(void);
PyObject *consume_into_maximum(void);
PyObject *consume_into_list(void); /* with room as list() of an iterator of unknown length has */
PyObject *consume_into_set(void);

/* One item, whose reference is taken, goes in. Return 0, or -1 with an exception set. What calls of the builtin functions
 * count as levels of recursion, these count while an item's code may run. */
typedef int (*ConsumeItem)(PyObject *consumer, PyObject *item);
int consume_sum_item(PyObject *consumer, PyObject *item);
int consume_best_item(PyObject *consumer, PyObject *item);
int consume_list_item(PyObject *list, PyObject *item);
int consume_set_item(PyObject *set, PyObject *item);

/* All items that are left go in; the iterator runs so many levels of recursion further down. Returns 0, or -1 with an
 * exception set. */
int consume_rest(PyObject *consumer, PyObject *iterator, ConsumeItem add, int levels);

/* The truth of an item, whose reference is taken; -1 with an exception set. */
int consume_truth_item(PyObject *item);

/* Is any of the items left of this truth? -1 with an exception set. */
int consume_truth_rest(PyObject *iterator, int truth);

/* Ends: new reference to the builtin's result, NULL with an exception set. `self` is that of a method, or a bound method. */
typedef PyObject *(*ConsumeEnd)(PyObject *consumer, PyObject *self);
PyObject *consume_end_sum(PyObject *consumer, PyObject *self);
PyObject *consume_end_best(PyObject *consumer, PyObject *self);
PyObject *consume_end_list(PyObject *list, PyObject *self);
PyObject *consume_end_sorted(PyObject *list, PyObject *self);
PyObject *consume_end_tuple(PyObject *list, PyObject *self);
PyObject *consume_end_set(PyObject *set, PyObject *self);
PyObject *consume_end_join(PyObject *list, PyObject *self);
PyObject *consume_end_bound_join(PyObject *list, PyObject *method);

#endif
