/* abs, min, max, float and int of numbers; functions of floats. Of two that compare equal, or not at all, the first is
 * chosen. */
#include "template.h"

OPERATION(int_absolute, IREG(a), EXIT(overflow)) {
    if (unlikely(a == INT64_MIN)) LEAVE(overflow);
    a = a < 0 ? -a : a;
}

OPERATION(float_absolute, FREG(a)) {
    a = absolute(a);
}

OPERATION(int_larger, IREG(a), IREG(b)) {
    a = b > a ? b : a;
}

OPERATION(int_smaller, IREG(a), IREG(b)) {
    a = b < a ? b : a;
}

OPERATION(float_larger, FREG(a), FREG(b)) {
    a = b > a ? b : a;
}

OPERATION(float_smaller, FREG(a), FREG(b)) {
    a = b < a ? b : a;
}

/* The value of an int of at most one digit. */
#define SMALL(x) (Py_SIZE(x) * (int64_t)((PyLongObject *)(x))->ob_digit[0])
#define IS_SMALL(x) ((uint64_t)(Py_SIZE(x) + 1) <= 2)

static inline __attribute__((always_inline)) PyObject *
chosen(PyObject *object)
{
    Py_INCREF(object);
    return object;
}

OPERATION(larger_int_object, SLOT(a), SLOT(b), SLOT(to), EXIT(rare)) {
    PyObject *x = a, *y = b;
    if (unlikely(!IS_SMALL(x) || !IS_SMALL(y))) LEAVE(rare);
    to = chosen(SMALL(y) > SMALL(x) ? y : x);
}

OPERATION(smaller_int_object, SLOT(a), SLOT(b), SLOT(to), EXIT(rare)) {
    PyObject *x = a, *y = b;
    if (unlikely(!IS_SMALL(x) || !IS_SMALL(y))) LEAVE(rare);
    to = chosen(SMALL(y) < SMALL(x) ? y : x);
}

OPERATION(larger_float_object, SLOT(a), SLOT(b), SLOT(to)) {
    PyObject *x = a, *y = b;
    to = chosen(PyFloat_AS_DOUBLE(y) > PyFloat_AS_DOUBLE(x) ? y : x);
}

OPERATION(smaller_float_object, SLOT(a), SLOT(b), SLOT(to)) {
    PyObject *x = a, *y = b;
    to = chosen(PyFloat_AS_DOUBLE(y) < PyFloat_AS_DOUBLE(x) ? y : x);
}

/* What is left of a double when its fraction is gone. */
OPERATION(float_to_int, FREG(x), IREG(to), EXIT(rare)) {
    if (unlikely(!(x > -9.2e18 && x < 9.2e18))) LEAVE(rare);
    to = (int64_t)x;
}

/* ---- functions of floats (mathematics.h) ----------------------------------------------------- */

OPERATION(float_square_root, FREG(x), EXIT(rare)) {
    if (unlikely(x < 0.0)) LEAVE(rare);
    x = square_root(x);
}

OPERATION(float_floor, FREG(x), IREG(to), EXIT(rare)) {
    if (unlikely(!(x > -9.2e18 && x < 9.2e18))) LEAVE(rare);
    int64_t whole = (int64_t)x;
    to = whole - ((double)whole > x);
}

OPERATION(float_ceil, FREG(x), IREG(to), EXIT(rare)) {
    if (unlikely(!(x > -9.2e18 && x < 9.2e18))) LEAVE(rare);
    int64_t whole = (int64_t)x;
    to = whole + ((double)whole < x);
}

#define RESULT(x, function, y, rare)                                                               \
    double result = double_from_bits(CALL_ASIDE_2(const void *, function, bits_of_double(x), y));  \
    if (unlikely(result != result)) LEAVE(rare);                                                   \
    x = result

OPERATION(float_function, FREG(x), PTR(function), EXIT(rare)) {
    RESULT(x, function, (int64_t)0, rare);
}

OPERATION(float_function_2, FREG(x), FREG(y), PTR(function), EXIT(rare)) {
    RESULT(x, function, bits_of_double(y), rare);
}
