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

/* The truth of a comparison. */
int
compare_truth(PyObject *a, PyObject *b, int kind, _PyInterpreterFrame *frame,
              _Py_CODEUNIT *branch_at)
{
    PyObject *result = PyObject_RichCompare(a, b, kind);
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
