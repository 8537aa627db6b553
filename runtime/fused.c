/* What fused and typed operations call: pieces of bytecodes, on operands wherever they are.
 * None of them releases its operands. Owns no state. */
#include "pyjit/fused.h"

/* The item of an exact dict. */
PyObject *
dict_get_item(PyObject *dict, PyObject *key)
{
    PyObject *value = PyDict_GetItemWithError(dict, key);
    if (value == NULL && !PyErr_Occurred()) {
        _PyErr_SetKeyError(key);
    }
    return Py_XNewRef(value);
}

/* list[start:stop] = value, or its deletion. */
int
list_set_slice(PyObject *list, PyObject *start, PyObject *stop, PyObject *value)
{
    Py_ssize_t from = 0, to = PY_SSIZE_T_MAX;
    if (!_PyEval_SliceIndex(start, &from) || !_PyEval_SliceIndex(stop, &to)) {
        return -1;
    }
    (void)PySlice_AdjustIndices(PyList_GET_SIZE(list), &from, &to, 1);
    return PyList_SetSlice(list, from, to, value);
}

/* The truth of what a comparison gave. */
int
branch_truth(PyObject *result, _PyInterpreterFrame *frame, _Py_CODEUNIT *branch_at)
{
    if (result == NULL) {
        return -1;
    }
    int truth = result == Py_True;
    if (!truth && result != Py_False && result != Py_None) {
        frame->prev_instr = branch_at;
        truth = PyObject_IsTrue(result);
    }
    Py_DECREF(result);
    return truth;
}

/* The truth of a comparison. */
int
compare_truth(PyObject *a, PyObject *b, int kind, _PyInterpreterFrame *frame,
              _Py_CODEUNIT *branch_at)
{
    return branch_truth(PyObject_RichCompare(a, b, kind), frame, branch_at);
}
