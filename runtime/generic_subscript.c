/* Generic operations: subscripts and slices. */
#include "pyjit/generic_support.h"

/* [container, key] -> [container[key]] */
GENERIC(binary_subscr)
{
    PyObject *container = sp[-2], *key = sp[-1];
    PyObject *result = PyObject_GetItem(container, key);
    Py_DECREF(container);
    Py_DECREF(key);
    return leave(&sp[-2], result);
}

/* [value, container, key] -> [], container[key] = value */
GENERIC(store_subscr)
{
    PyObject *value = sp[-3], *container = sp[-2], *key = sp[-1];
    int status = PyObject_SetItem(container, key, value);
    Py_DECREF(value);
    Py_DECREF(container);
    Py_DECREF(key);
    return status;
}

/* [container, key] -> [], del container[key] */
GENERIC(delete_subscr)
{
    PyObject *container = sp[-2], *key = sp[-1];
    int status = PyObject_DelItem(container, key);
    Py_DECREF(container);
    Py_DECREF(key);
    return status;
}

/* [start, stop] or (oparg 3) [start, stop, step] -> [slice] */
GENERIC(build_slice)
{
    PyObject **entries = sp - (oparg == 3 ? 3 : 2);
    PyObject *start = entries[0], *stop = entries[1], *step = oparg == 3 ? entries[2] : NULL;
    PyObject *result = PySlice_New(start, stop, step);
    Py_DECREF(start);
    Py_DECREF(stop);
    Py_XDECREF(step);
    return leave(entries, result);
}
