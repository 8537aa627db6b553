/* Numbers that go between registers and the places of variables. */
#ifndef PYJIT_NUMBER_H
#define PYJIT_NUMBER_H

#include "template.h"

#include "release.h"

/* ---- loads: of the value at `place`, without a reference ------------------------------------- */

#define TAKE_FLOAT(to, miss)                                                                       \
    PyObject *value = *place;                                                                      \
    if (unlikely(value == NULL)) LEAVE(miss);                                                      \
    if (unlikely((void *)Py_TYPE(value) != ADDRESS(PyFloat_Type))) LEAVE(miss);                    \
    to = ((PyFloatObject *)value)->ob_fval

#define TAKE_INT(to, miss)                                                                         \
    PyLongObject *value = (PyLongObject *)*place;                                                  \
    if (unlikely(value == NULL)) LEAVE(miss);                                                      \
    if (unlikely((void *)Py_TYPE(value) != ADDRESS(PyLong_Type))) LEAVE(miss);                     \
    Py_ssize_t size = Py_SIZE(value);                                                              \
    if (likely((size_t)(size + 1) <= 2)) {                                                         \
        to = size * (int64_t)value->ob_digit[0];                                                   \
    } else if (likely((size_t)(size + 2) <= 4)) {                                                  \
        int64_t magnitude = (int64_t)value->ob_digit[1] << PyLong_SHIFT | value->ob_digit[0];      \
        to = size < 0 ? -magnitude : magnitude;                                                    \
    } else {                                                                                       \
        LEAVE(miss);                                                                               \
    }

/* ---- stores ---------------------------------------------------------------------------------- */

/* A float takes the place of one that nothing else refers to by going into its object. */
extern PyObject *box_float(double);

static inline __attribute__((always_inline)) bool
put_in_place(PyObject *old, double number)
{
    if (likely(old != NULL && (void *)Py_TYPE(old) == ADDRESS(PyFloat_Type) && old->ob_refcnt == 1)) {
        ((PyFloatObject *)old)->ob_fval = number;
        return true;
    }
    return false;
}

/* An int of one digit likewise, unless it is one of the small ints, which exist once. */
extern PyObject *box_int(int64_t);

static inline __attribute__((always_inline)) bool
is_small(int64_t number)
{
    return (uint64_t)(number + 5) < 262;
}

/* Makes an int object of one digit hold a number whose magnitude fits. */
static inline __attribute__((always_inline)) void
set_digit(PyObject *object, int64_t number, int64_t sign, uint64_t magnitude)
{
    ((PyVarObject *)object)->ob_size = sign | 1;
    ((PyLongObject *)object)->ob_digit[0] = (digit)magnitude;
}

static inline __attribute__((always_inline)) bool
put_int_in_place(PyObject *old, int64_t number)
{
    if (unlikely(old == NULL || (void *)Py_TYPE(old) != ADDRESS(PyLong_Type) || old->ob_refcnt != 1)) return false;
    int64_t sign = number >> 63;
    uint64_t magnitude = ((uint64_t)number ^ (uint64_t)sign) - (uint64_t)sign;
    if (unlikely(magnitude >> PyLong_SHIFT != 0) || unlikely(is_small(number))) return false;
    set_digit(old, number, sign, magnitude);
    return true;
}

/* The small int with this value; `zero` is that of 0. */
static inline __attribute__((always_inline)) PyObject *
small_int(int64_t number, void *zero)
{
    return (PyObject *)((char *)zero + number * 32);
}

static inline __attribute__((always_inline)) PyObject *
new_int(int64_t number, void *zero)
{
    if (unlikely(is_small(number))) {
        PyObject *object = small_int(number, zero);
        Py_INCREF(object);
        return object;
    }
    int64_t sign = number >> 63;
    uint64_t magnitude = ((uint64_t)number ^ (uint64_t)sign) - (uint64_t)sign;
    if (unlikely(magnitude >> PyLong_SHIFT != 0)) return CALL_ASIDE(PyObject *, box_int, number);
    PyObject *object = STATE->free_ints;
    if (unlikely(object == NULL)) return CALL_ASIDE(PyObject *, box_int, number);
    STATE->free_ints = (PyObject *)Py_TYPE(object);
    STATE->free_count--;
    first_reference(object);
    object->ob_type = ADDRESS_HERE(PyLong_Type);
    set_digit(object, number, sign, magnitude);
    return object;
}

#endif
