/* Slices of builtin sequences, made without a slice object and without anybody noticing, as new objects are
 * (quiet_new.c). Owns nothing. */
#include "pyjit/quiet.h"

#include "pyjit/state.h"

/* Takes the bounds of a slice of a sequence of this size. Its length. */
static Py_ssize_t
take_bounds(Py_ssize_t size, int64_t *start, Py_ssize_t step)
{
    Py_ssize_t from = *start, to = (Py_ssize_t)(intptr_t)pyjit_state.operand;
    Py_ssize_t length = PySlice_AdjustIndices(size, &from, &to, step);
    *start = from;
    return length;
}

/* A new list or tuple of so many items. */
static PyObject *
copy(QuietNew make, PyObject **items, Py_ssize_t count)
{
    PyObject *slice = make(items, count);
    for (Py_ssize_t i = 0; slice != NULL && i < count; i++) {
        Py_INCREF(items[i]);
    }
    return slice;
}

/* ---- forwards ---------------------------------------------------------------------------------- */

static PyObject *
slice_list(PyObject *list, int64_t start)
{
    Py_ssize_t length = take_bounds(PyList_GET_SIZE(list), &start, 1);
    return copy(quiet_new_list, ((PyListObject *)list)->ob_item + start, length);
}

static PyObject *
slice_tuple(PyObject *tuple, int64_t start)
{
    Py_ssize_t length = take_bounds(PyTuple_GET_SIZE(tuple), &start, 1);
    return length == PyTuple_GET_SIZE(tuple) ? Py_NewRef(tuple)
                                             : copy(quiet_new_tuple, ((PyTupleObject *)tuple)->ob_item + start, length);
}

static PyObject *
slice_string(PyObject *string, int64_t start)
{
    if (PyUnicode_READY(string) < 0) {
        forget_error(0);
        return NULL;
    }
    Py_ssize_t length = take_bounds(PyUnicode_GET_LENGTH(string), &start, 1);
    PyObject *slice = _Py_tracemalloc_config.tracing ? NULL : PyUnicode_Substring(string, start, start + length);
    if (slice == NULL) {
        forget_error(0);
    }
    return slice;
}

static PyObject *
slice_bytes(PyObject *bytes, int64_t start)
{
    Py_ssize_t length = take_bounds(PyBytes_GET_SIZE(bytes), &start, 1);
    if (length == PyBytes_GET_SIZE(bytes)) {
        return Py_NewRef(bytes);
    }
    PyObject *slice =
        _Py_tracemalloc_config.tracing ? NULL : PyBytes_FromStringAndSize(PyBytes_AS_STRING(bytes) + start, length);
    if (slice == NULL) {
        forget_error(0);
    }
    return slice;
}

/* ---- backwards --------------------------------------------------------------------------------- */

static void
reverse(PyObject **items, Py_ssize_t count)
{
    for (Py_ssize_t i = 0, j = count - 1; i < j; i++, j--) {
        PyObject *item = items[i];
        items[i] = items[j];
        items[j] = item;
    }
}

static PyObject *
reverse_list(PyObject *list, int64_t start)
{
    Py_ssize_t length = take_bounds(PyList_GET_SIZE(list), &start, -1);
    PyObject *slice = copy(quiet_new_list, ((PyListObject *)list)->ob_item + (start + 1 - length), length);
    if (slice != NULL) {
        reverse(((PyListObject *)slice)->ob_item, length);
    }
    return slice;
}

static PyObject *
reverse_tuple(PyObject *tuple, int64_t start)
{
    Py_ssize_t length = take_bounds(PyTuple_GET_SIZE(tuple), &start, -1);
    PyObject *slice = copy(quiet_new_tuple, ((PyTupleObject *)tuple)->ob_item + (start + 1 - length), length);
    if (slice != NULL) {
        reverse(((PyTupleObject *)slice)->ob_item, length);
    }
    return slice;
}

/* The function for sequences of this type and this step, NULL if there is none. */
QuietSlice
quiet_slice_of(PyTypeObject *type, intptr_t step)
{
    if (step == -1) {
        return type == &PyList_Type ? reverse_list : type == &PyTuple_Type ? reverse_tuple : NULL;
    }
    if (step != 1) {
        return NULL;
    }
    return type == &PyList_Type      ? slice_list
           : type == &PyTuple_Type   ? slice_tuple
           : type == &PyUnicode_Type ? slice_string
           : type == &PyBytes_Type   ? slice_bytes
                                     : NULL;
}
