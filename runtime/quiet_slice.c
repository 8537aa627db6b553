/* Slices of builtin sequences, made without a slice object and without anybody noticing, as new objects are
 * (quiet_new.c). Owns nothing. */
#include "pyjit/quiet.h"

#include "pyjit/state.h"

/* Takes the bounds of a slice of a sequence of this size. Its length. */
static Py_ssize_t
take_bounds(Py_ssize_t size, int64_t *start)
{
    Py_ssize_t from = *start, to = (Py_ssize_t)(intptr_t)pyjit_state.operand;
    Py_ssize_t length = PySlice_AdjustIndices(size, &from, &to, 1);
    *start = from;
    return length;
}

static PyObject *
slice_list(PyObject *list, int64_t start)
{
    Py_ssize_t length = take_bounds(PyList_GET_SIZE(list), &start);
    PyObject **items = ((PyListObject *)list)->ob_item + start;
    PyObject *slice = quiet_new_list(items, length);
    for (Py_ssize_t i = 0; slice != NULL && i < length; i++) {
        Py_INCREF(items[i]);
    }
    return slice;
}

static PyObject *
slice_tuple(PyObject *tuple, int64_t start)
{
    Py_ssize_t length = take_bounds(PyTuple_GET_SIZE(tuple), &start);
    if (length == PyTuple_GET_SIZE(tuple)) {
        return Py_NewRef(tuple);
    }
    PyObject **items = ((PyTupleObject *)tuple)->ob_item + start;
    PyObject *slice = quiet_new_tuple(items, length);
    for (Py_ssize_t i = 0; slice != NULL && i < length; i++) {
        Py_INCREF(items[i]);
    }
    return slice;
}

static PyObject *
slice_string(PyObject *string, int64_t start)
{
    if (PyUnicode_READY(string) < 0) {
        forget_error();
        return NULL;
    }
    Py_ssize_t length = take_bounds(PyUnicode_GET_LENGTH(string), &start);
    PyObject *slice = _Py_tracemalloc_config.tracing ? NULL : PyUnicode_Substring(string, start, start + length);
    if (slice == NULL) {
        forget_error();
    }
    return slice;
}

static PyObject *
slice_bytes(PyObject *bytes, int64_t start)
{
    Py_ssize_t length = take_bounds(PyBytes_GET_SIZE(bytes), &start);
    if (length == PyBytes_GET_SIZE(bytes)) {
        return Py_NewRef(bytes);
    }
    PyObject *slice =
        _Py_tracemalloc_config.tracing ? NULL : PyBytes_FromStringAndSize(PyBytes_AS_STRING(bytes) + start, length);
    if (slice == NULL) {
        forget_error();
    }
    return slice;
}

/* The function for sequences of this type, NULL if there is none. */
QuietSlice
quiet_slice_of(PyTypeObject *type)
{
    return type == &PyList_Type      ? slice_list
           : type == &PyTuple_Type   ? slice_tuple
           : type == &PyUnicode_Type ? slice_string
           : type == &PyBytes_Type   ? slice_bytes
                                     : NULL;
}
