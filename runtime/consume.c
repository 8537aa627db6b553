/* Builtins that use generators up, done item by item (emit_consume.c): the parts that are not compiled. Each does to an
 * item what the builtin function does to it. */
#include "pyjit/consume.h"

#define LIST_ROOM 8 /* of list() for what does not know its length */

/* ---- consumers --------------------------------------------------------------------------------- */

static void
consumer_dealloc(PyObject *self)
{
    Py_XDECREF(((Consumer *)self)->object);
    PyObject_Free(self);
}

static PyTypeObject consumer_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "pyjit.consumer",
    .tp_basicsize = sizeof(Consumer),
    .tp_dealloc = consumer_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
};

/* Gets the type ready. */
int
consume_init(void)
{
    return PyType_Ready(&consumer_type);
}

/* A new one. */
static PyObject *
consumer_new(ConsumerPhase phase, int comparison)
{
    Consumer *consumer = PyObject_New(Consumer, &consumer_type);
    if (consumer != NULL) {
        consumer->phase = phase;
        consumer->comparison = comparison;
        consumer->number = 0;
        consumer->real = 0.0;
        consumer->object = NULL;
    }
    return (PyObject *)consumer;
}

/* Goes down or, if negative, up levels of recursion, for which compiled code has seen that there is room. */
static void
descend(int levels)
{
    _PyThreadState_GET()->recursion_remaining -= levels;
}

/* ---- sum() ------------------------------------------------------------------------------------- */

/* For sum(), which begins with 0. */
PyObject *
consume_into_sum(void)
{
    return consumer_new(CONSUMER_INT, 0);
}

/* The sum so far, which goes out of it. */
static PyObject *
take_sum(Consumer *sum)
{
    PyObject *object = sum->object;
    switch (sum->phase) {
    case CONSUMER_INT:
        return PyLong_FromLongLong(sum->number);
    case CONSUMER_FLOAT:
        return PyFloat_FromDouble(sum->real);
    default:
        sum->object = NULL;
        return object;
    }
}

/* Adds what is not added otherwise. A float that comes of ints is the beginning of a sum of floats. */
static int
sum_add_object(Consumer *sum, PyObject *item)
{
    PyObject *before = take_sum(sum);
    PyObject *after = before == NULL ? NULL : PyNumber_Add(before, item);
    bool of_ints = sum->phase == CONSUMER_INT;
    Py_XDECREF(before);
    if (after == NULL) {
        return -1;
    }
    if (of_ints && PyFloat_CheckExact(after)) {
        sum->phase = CONSUMER_FLOAT;
        sum->real = PyFloat_AS_DOUBLE(after);
        Py_DECREF(after);
    } else {
        sum->phase = CONSUMER_OBJECT;
        sum->object = after;
    }
    return 0;
}

/* Adds an item. As long as there are ints only, bools count as such; later all kinds of ints do. */
static int
sum_add(Consumer *sum, PyObject *item)
{
    int overflow;
    if (sum->phase == CONSUMER_INT && (PyLong_CheckExact(item) || PyBool_Check(item))) {
        long long number = PyLong_AsLongLongAndOverflow(item, &overflow);
        int64_t before = sum->number;
        if (overflow == 0 && !__builtin_add_overflow(before, (int64_t)number, &sum->number)) {
            return 0;
        }
        sum->number = before;
    } else if (sum->phase == CONSUMER_FLOAT && PyFloat_CheckExact(item)) {
        sum->real += PyFloat_AS_DOUBLE(item);
        return 0;
    } else if (sum->phase == CONSUMER_FLOAT && PyLong_Check(item)) {
        long long number = PyLong_AsLongLongAndOverflow(item, &overflow);
        if (overflow == 0) {
            sum->real += (double)number;
            return 0;
        }
    }
    return sum_add_object(sum, item);
}

/* One item. */
int
consume_sum_item(PyObject *consumer, PyObject *item)
{
    int result = sum_add((Consumer *)consumer, item);
    Py_DECREF(item);
    return result;
}

/* The sum. */
PyObject *
consume_end_sum(PyObject *consumer, PyObject *Py_UNUSED(self))
{
    return take_sum((Consumer *)consumer);
}

/* ---- min(), max() ------------------------------------------------------------------------------ */

/* For min(). */
PyObject *
consume_into_minimum(void)
{
    return consumer_new(CONSUMER_OBJECT, Py_LT);
}

/* For max(). */
PyObject *
consume_into_maximum(void)
{
    return consumer_new(CONSUMER_OBJECT, Py_GT);
}

/* One item. */
int
consume_best_item(PyObject *consumer, PyObject *item)
{
    Consumer *best = (Consumer *)consumer;
    descend(1);
    int better = best->object == NULL ? 1 : PyObject_RichCompareBool(item, best->object, best->comparison);
    if (better > 0) {
        Py_XSETREF(best->object, item);
    } else {
        Py_DECREF(item);
    }
    descend(-1);
    return better < 0 ? -1 : 0;
}

/* The best. */
PyObject *
consume_end_best(PyObject *consumer, PyObject *Py_UNUSED(self))
{
    const Consumer *best = (const Consumer *)consumer;
    if (best->object == NULL) {
        PyErr_Format(PyExc_ValueError, "%s() arg is an empty sequence", best->comparison == Py_GT ? "max" : "min");
        return NULL;
    }
    return Py_NewRef(best->object);
}

/* ---- lists ------------------------------------------------------------------------------------- */

/* For list() and what makes a list first. */
PyObject *
consume_into_list(void)
{
    PyObject *list = PyList_New(LIST_ROOM);
    if (list != NULL) {
        Py_SET_SIZE(list, 0);
    }
    return list;
}

/* One item. */
int
consume_list_item(PyObject *list, PyObject *item)
{
    int result = PyList_Append(list, item);
    Py_DECREF(item);
    return result;
}

/* Gives room back as list() does. That is none if there are more than a few items: growing leaves less. A list that has had
 * room differs from one that never had any even if there is none left: it grows otherwise. */
static int
fit(PyListObject *list)
{
    const Py_ssize_t room_for_one = 4;
    if (Py_SIZE(list) > 1) {
        return 0;
    }
    Py_ssize_t room = Py_SIZE(list) == 0 ? 0 : room_for_one;
    PyObject **items = PyMem_Realloc(list->ob_item, (size_t)room * sizeof *items);
    if (items == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    list->ob_item = items;
    list->allocated = room;
    return 0;
}

/* list() */
PyObject *
consume_end_list(PyObject *list, PyObject *Py_UNUSED(self))
{
    return fit((PyListObject *)list) < 0 ? NULL : Py_NewRef(list);
}

/* sorted(), which calls the list's method. */
PyObject *
consume_end_sorted(PyObject *list, PyObject *Py_UNUSED(self))
{
    if (fit((PyListObject *)list) < 0 || Py_EnterRecursiveCall(" while calling a Python object") != 0) {
        return NULL;
    }
    int failed = PyList_Sort(list);
    Py_LeaveRecursiveCall();
    return failed ? NULL : Py_NewRef(list);
}

/* tuple() */
PyObject *
consume_end_tuple(PyObject *list, PyObject *Py_UNUSED(self))
{
    return PyList_AsTuple(list);
}

/* str.join() */
PyObject *
consume_end_join(PyObject *list, PyObject *self)
{
    return PyUnicode_Join(self, list);
}

/* The same, bound to its string. */
PyObject *
consume_end_bound_join(PyObject *list, PyObject *method)
{
    return PyUnicode_Join(PyCFunction_GET_SELF(method), list);
}

/* ---- sets -------------------------------------------------------------------------------------- */

/* For set(). */
PyObject *
consume_into_set(void)
{
    return PySet_New(NULL);
}

/* One item. */
int
consume_set_item(PyObject *set, PyObject *item)
{
    int result = PySet_Add(set, item);
    Py_DECREF(item);
    return result;
}

/* set() */
PyObject *
consume_end_set(PyObject *set, PyObject *Py_UNUSED(self))
{
    return Py_NewRef(set);
}

/* ---- any(), all() ------------------------------------------------------------------------------ */

/* The truth of an item. */
int
consume_truth_item(PyObject *item)
{
    descend(1);
    int truth = PyObject_IsTrue(item);
    Py_DECREF(item);
    descend(-1);
    return truth;
}

/* The next item of an iterator that runs some levels further down; NULL with or without an exception. */
static PyObject *
next_item(PyObject *iterator, int levels)
{
    descend(levels);
    PyObject *item = PyIter_Next(iterator);
    descend(-levels);
    return item;
}

/* Is any of the items left of this truth? */
int
consume_truth_rest(PyObject *iterator, int truth)
{
    PyObject *item;
    while ((item = next_item(iterator, 1)) != NULL) {
        int this_truth = consume_truth_item(item);
        if (this_truth < 0 || this_truth == truth) {
            return this_truth < 0 ? -1 : 1;
        }
    }
    return PyErr_Occurred() ? -1 : 0;
}

/* ---- what is left ------------------------------------------------------------------------------ */

/* All that is left. */
int
consume_rest(PyObject *consumer, PyObject *iterator, ConsumeItem add, int levels)
{
    PyObject *item;
    while ((item = next_item(iterator, levels)) != NULL) {
        if (add(consumer, item) < 0) {
            return -1;
        }
    }
    return PyErr_Occurred() ? -1 : 0;
}
