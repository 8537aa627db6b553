/* Functions of floats: ** // % and those of the module math, by numbers in place of objects. */
#ifndef PYJIT_MATHEMATICS_H
#define PYJIT_MATHEMATICS_H

#include "cpython/interface.h"

/* What makes a float of one or two, all in the form of their bits, as compiled code passes them (CALL_ASIDE_2). A function of
 * one ignores the second. NaN: the operation is to be done by CPython, be it that it fails or that the result is NaN. */
typedef int64_t (*FloatFunction)(int64_t x, int64_t y);

/* How a function of math is done. */
typedef enum {
    MATH_CALL, /* by a FloatFunction */
    MATH_SQRT, /* these by operations of their own */
    MATH_FABS,
    MATH_FLOOR,
    MATH_CEIL,
} MathWay;

typedef struct {
    const char *name;
    int arguments;
    MathWay way;
    FloatFunction function;
} MathFunction;

/* The description of a function, if it is one of CPython's module math that is known here, else NULL. */
const MathFunction *mathematics_find(PyObject *callable);

/* x ** y, x // y, x % y as floats have them. */
int64_t mathematics_power(int64_t x, int64_t y);
int64_t mathematics_floor_divide(int64_t x, int64_t y);
int64_t mathematics_modulo(int64_t x, int64_t y);

#endif
