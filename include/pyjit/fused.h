/* Helpers of fused and typed operations. Operands are borrowed throughout. */
#ifndef PYJIT_FUSED_H
#define PYJIT_FUSED_H

#include "cpython/interface.h"

/* The item of an exact dict: new reference, or NULL with KeyError or what hashing and comparing
 * raised. */
PyObject *dict_get_item(PyObject *dict, PyObject *key);

/* list[start:stop] = value, of an exact list and bounds that are ints or None; the deletion of the slice for NULL.
 * Returns 0, or -1 with an exception set. */
int list_set_slice(PyObject *list, PyObject *start, PyObject *stop, PyObject *value);

/* The truth of a comparison's result, which is consumed, as a branch at `branch_at` asks for it: 0, 1, or -1 with an
 * exception set. NULL, of a comparison that failed, gives -1. */
int branch_truth(PyObject *result, _PyInterpreterFrame *frame, _Py_CODEUNIT *branch_at);

/* The truth of a comparison (Py_LT, ...) that a branch at `branch_at` tests: 0, 1, or -1 with an
 * exception set, the frame then being at the instruction that raised it. */
int compare_truth(PyObject *a, PyObject *b, int kind, _PyInterpreterFrame *frame,
                  _Py_CODEUNIT *branch_at);

#endif
