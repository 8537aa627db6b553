/* Functions of floats. Everything here gives what CPython gives, by the same functions of the C library, or NaN. */
#define _GNU_SOURCE
#include "pyjit/mathematics.h"

#include <dlfcn.h>
#include <math.h>
#include <string.h>

/* ---- bits ------------------------------------------------------------------------------------------ */

static double
number(int64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static int64_t
bits(double value)
{
    int64_t result;
    memcpy(&result, &value, sizeof result);
    return result;
}

/* The result of a function that fails, or has something to say about it, where that is not finite. */
static int64_t
if_finite(double result)
{
    return bits(isfinite(result) ? result : NAN);
}

/* ---- operators ------------------------------------------------------------------------------------- */

/* A result that has overflowed, or nearly vanished, is left to CPython. */
int64_t
mathematics_power(int64_t x, int64_t y)
{
    double base = number(x), exponent = number(y);
    if (!isfinite(base) || !isfinite(exponent) || base == 0.0) {
        return bits(NAN);
    }
    if (base < 0.0 && exponent != floor(exponent)) {
        return bits(NAN);
    }
    double result = pow(fabs(base), exponent);
    if (!isnormal(result)) {
        return bits(NAN);
    }
    return bits(base < 0.0 && fmod(fabs(exponent), 2.0) == 1.0 ? -result : result);
}

/* The remainder, which has the divisor's sign. */
static double
remainder_of(double x, double y)
{
    double rest = fmod(x, y);
    if (rest == 0.0) {
        return copysign(0.0, y);
    }
    return (y < 0.0) != (rest < 0.0) ? rest + y : rest;
}

int64_t
mathematics_modulo(int64_t x, int64_t y)
{
    return bits(number(y) == 0.0 ? NAN : remainder_of(number(x), number(y)));
}

/* As CPython does it: the quotient of what is divisible but for rounding, to the nearest whole number. */
int64_t
mathematics_floor_divide(int64_t x, int64_t y)
{
    double dividend = number(x), divisor = number(y);
    if (divisor == 0.0) {
        return bits(NAN);
    }
    double rest = fmod(dividend, divisor), quotient = (dividend - rest) / divisor;
    if (rest != 0.0 && (divisor < 0.0) != (rest < 0.0)) {
        quotient -= 1.0;
    }
    if (quotient == 0.0) {
        return bits(copysign(0.0, dividend / divisor));
    }
    double whole = floor(quotient);
    return bits(quotient - whole > 0.5 ? whole + 1.0 : whole);
}

/* ---- functions of math ----------------------------------------------------------------------------- */

/* A function of one number that is finite, by the C library's of the same name. */
#define OF_ONE(name)                                                                               \
    static int64_t call_##name(int64_t x, int64_t Py_UNUSED(y))                                    \
    {                                                                                              \
        return isfinite(number(x)) ? if_finite(name(number(x))) : bits(NAN);                          \
    }

#define OF_TWO(name)                                                                               \
    static int64_t call_##name(int64_t x, int64_t y)                                               \
    {                                                                                              \
        bool known = isfinite(number(x)) && isfinite(number(y));                                   \
        return known ? if_finite(name(number(x), number(y))) : bits(NAN);                             \
    }

OF_ONE(acos)
OF_ONE(asin)
OF_ONE(atan)
OF_ONE(cos)
OF_ONE(cosh)
OF_ONE(exp)
OF_ONE(log)
OF_ONE(log10)
OF_ONE(log2)
OF_ONE(sin)
OF_ONE(sinh)
OF_ONE(tan)
OF_ONE(tanh)
OF_TWO(atan2)
OF_TWO(copysign)
OF_TWO(fmod)
OF_TWO(pow)

#define CALLED(name, count) {#name, count, MATH_CALL, call_##name}

static const MathFunction functions[] = {
    {"sqrt", 1, MATH_SQRT, NULL},   {"fabs", 1, MATH_FABS, NULL}, {"floor", 1, MATH_FLOOR, NULL},
    {"ceil", 1, MATH_CEIL, NULL},   CALLED(sin, 1),               CALLED(cos, 1),
    CALLED(exp, 1),                 CALLED(log, 1),               CALLED(pow, 2),
    CALLED(atan2, 2),               CALLED(tan, 1),               CALLED(atan, 1),
    CALLED(fmod, 2),                CALLED(acos, 1),              CALLED(asin, 1),
    CALLED(cosh, 1),                CALLED(log10, 1),             CALLED(log2, 1),
    CALLED(sinh, 1),                CALLED(tanh, 1),              CALLED(copysign, 2),
};

/* Does this address belong to the interpreter, or to an extension module of the standard library? */
static bool
is_of_standard_library(const void *address)
{
    Dl_info found, interpreter;
    if (dladdr(address, &found) == 0 || dladdr(&PyFloat_Type, &interpreter) == 0) {
        return false;
    }
    return found.dli_fbase == interpreter.dli_fbase || strstr(found.dli_fname, "/lib-dynload/") != NULL;
}

const MathFunction *
mathematics_find(PyObject *callable)
{
    if (callable == NULL || !PyCFunction_CheckExact(callable)) {
        return NULL;
    }
    PyCFunctionObject *function = (PyCFunctionObject *)callable;
    if (function->m_self == NULL || !PyModule_CheckExact(function->m_self)) {
        return NULL;
    }
    const PyModuleDef *definition = PyModule_GetDef(function->m_self);
    if (definition == NULL || strcmp(definition->m_name, "math") != 0 || !is_of_standard_library(definition)) {
        return NULL;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(functions); i++) {
        if (strcmp(function->m_ml->ml_name, functions[i].name) == 0) {
            return &functions[i];
        }
    }
    return NULL;
}
