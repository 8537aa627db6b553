/* `for a, b in ...` over enumerate() and zip() of two whose own iterators may run code: the pair is never made. */
#include "pyjit/steps.h"

#include "pyjit/generic_ops.h"

/* Any iterator of tuples of two: as for FOR_ITER, with the tuple taken apart. */
static int
next_of_any(PyObject *iterator, PyObject **first, PyObject **second)
{
    PyObject *pair;
    int status = generic_for_iter(iterator, &pair);
    if (status == 1) {
        *first = Py_NewRef(PyTuple_GET_ITEM(pair, 0));
        *second = Py_NewRef(PyTuple_GET_ITEM(pair, 1));
        Py_DECREF(pair);
    }
    return status;
}

/* Of enumerate(). */
static int
next_of_enumerate(PyObject *iterator, PyObject **first, PyObject **second)
{
    EnumerateIterator *it = (EnumerateIterator *)iterator;
    if (it->index == PY_SSIZE_T_MAX) {
        return next_of_any(iterator, first, second);
    }
    int status = generic_for_iter(it->iterator, second);
    if (status != 1) {
        return status;
    }
    *first = PyLong_FromSsize_t(it->index);
    if (*first == NULL) {
        Py_DECREF(*second);
        return -1;
    }
    it->index++;
    return 1;
}

/* Of zip() of two iterables. */
static int
next_of_zip(PyObject *iterator, PyObject **first, PyObject **second)
{
    ZipIterator *it = (ZipIterator *)iterator;
    if (it->strict) {
        return next_of_any(iterator, first, second);
    }
    int status = generic_for_iter(PyTuple_GET_ITEM(it->iterators, 0), first);
    if (status != 1) {
        return status;
    }
    status = generic_for_iter(PyTuple_GET_ITEM(it->iterators, 1), second);
    if (status != 1) {
        Py_DECREF(*first);
    }
    return status;
}

/* FOR_ITER and UNPACK_SEQUENCE 2 over one of these iterators. */
STEP(step_for_pair)
{
    (void)tstate, (void)frame, (void)oparg;
    PyObject *iterator = sp[-1];
    int status = (Py_IS_TYPE(iterator, &PyEnum_Type) ? next_of_enumerate : next_of_zip)(iterator, &sp[1], &sp[0]);
    if (status == 0) {
        Py_DECREF(iterator);
    }
    return status;
}
