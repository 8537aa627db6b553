/* Generic operations: unary and binary operators, comparisons, identity and membership. */
#include "pyjit/generic_support.h"

/* ---- Unary operators ---------------------------------------------------------------------- */

/* Replaces the top entry by function(top). */
static int
replace_top(PyObject **sp, unaryfunc function)
{
    PyObject *operand = sp[-1];
    PyObject *result = function(operand);
    Py_DECREF(operand);
    return leave(&sp[-1], result);
}

/* +x */
GENERIC(unary_positive)
{
    return replace_top(sp, PyNumber_Positive);
}

/* -x */
GENERIC(unary_negative)
{
    return replace_top(sp, PyNumber_Negative);
}

/* ~x */
GENERIC(unary_invert)
{
    return replace_top(sp, PyNumber_Invert);
}

/* not x */
GENERIC(unary_not)
{
    PyObject *operand = sp[-1];
    int truth = PyObject_IsTrue(operand);
    Py_DECREF(operand);
    return leave(&sp[-1], truth < 0 ? NULL : bool_object(!truth));
}

/* ---- Binary operators --------------------------------------------------------------------- */

/* base ** exponent: new reference or NULL. */
static PyObject *
power(PyObject *base, PyObject *exponent)
{
    return PyNumber_Power(base, exponent, Py_None);
}

/* base **= exponent: new reference or NULL. */
static PyObject *
inplace_power(PyObject *base, PyObject *exponent)
{
    return PyNumber_InPlacePower(base, exponent, Py_None);
}

/* By the oparg of BINARY_OP. */
static const binaryfunc binary_functions[] = {
    [NB_ADD] = PyNumber_Add,
    [NB_SUBTRACT] = PyNumber_Subtract,
    [NB_MULTIPLY] = PyNumber_Multiply,
    [NB_MATRIX_MULTIPLY] = PyNumber_MatrixMultiply,
    [NB_TRUE_DIVIDE] = PyNumber_TrueDivide,
    [NB_FLOOR_DIVIDE] = PyNumber_FloorDivide,
    [NB_REMAINDER] = PyNumber_Remainder,
    [NB_POWER] = power,
    [NB_LSHIFT] = PyNumber_Lshift,
    [NB_RSHIFT] = PyNumber_Rshift,
    [NB_AND] = PyNumber_And,
    [NB_OR] = PyNumber_Or,
    [NB_XOR] = PyNumber_Xor,
    [NB_INPLACE_ADD] = PyNumber_InPlaceAdd,
    [NB_INPLACE_SUBTRACT] = PyNumber_InPlaceSubtract,
    [NB_INPLACE_MULTIPLY] = PyNumber_InPlaceMultiply,
    [NB_INPLACE_MATRIX_MULTIPLY] = PyNumber_InPlaceMatrixMultiply,
    [NB_INPLACE_TRUE_DIVIDE] = PyNumber_InPlaceTrueDivide,
    [NB_INPLACE_FLOOR_DIVIDE] = PyNumber_InPlaceFloorDivide,
    [NB_INPLACE_REMAINDER] = PyNumber_InPlaceRemainder,
    [NB_INPLACE_POWER] = inplace_power,
    [NB_INPLACE_LSHIFT] = PyNumber_InPlaceLshift,
    [NB_INPLACE_RSHIFT] = PyNumber_InPlaceRshift,
    [NB_INPLACE_AND] = PyNumber_InPlaceAnd,
    [NB_INPLACE_OR] = PyNumber_InPlaceOr,
    [NB_INPLACE_XOR] = PyNumber_InPlaceXor,
};

/* [x, y] -> [x op y] */
GENERIC(binary_op)
{
    PyObject *left = sp[-2], *right = sp[-1];
    PyObject *result = binary_functions[oparg](left, right);
    Py_DECREF(left);
    Py_DECREF(right);
    return leave(&sp[-2], result);
}

/* ---- Comparisons -------------------------------------------------------------------------- */

/* [x, y] -> [x op y], oparg being Py_LT to Py_GE */
GENERIC(compare_op)
{
    PyObject *left = sp[-2], *right = sp[-1];
    PyObject *result = PyObject_RichCompare(left, right, oparg);
    Py_DECREF(left);
    Py_DECREF(right);
    return leave(&sp[-2], result);
}

/* [x, y] -> [x is y], negated if oparg is 1 */
GENERIC(is_op)
{
    PyObject *left = sp[-2], *right = sp[-1];
    sp[-2] = bool_object((left == right) != oparg);
    Py_DECREF(left);
    Py_DECREF(right);
    return 0;
}

/* [x, y] -> [x in y], negated if oparg is 1 */
GENERIC(contains_op)
{
    PyObject *item = sp[-2], *container = sp[-1];
    int found = PySequence_Contains(container, item);
    Py_DECREF(item);
    Py_DECREF(container);
    return leave(&sp[-2], found < 0 ? NULL : bool_object(found != oparg));
}
