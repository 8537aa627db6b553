/* Boxing and unboxing: between objects in frame slots and numbers in registers. */
#include "template.h"

#include "number.h"

/* ---- guards ----------------------------------------------------------------------------------- */

OPERATION(guard_type, SLOT(x), PTR(type), EXIT(miss)) {
    if (unlikely((void *)Py_TYPE(x) != type)) LEAVE(miss);
}

OPERATION(guard_identical, SLOT(x), PTR(object), EXIT(miss)) {
    if (unlikely((void *)x != object)) LEAVE(miss);
}

OPERATION(guard_different, SLOT(x), PTR(object), EXIT(miss)) {
    if (unlikely((void *)x == object)) LEAVE(miss);
}

/* ---- float ------------------------------------------------------------------------------------ */

OPERATION(unbox_float, SLOT(x), FREG(to)) {
    to = ((PyFloatObject *)x)->ob_fval;
}

/* A float object from the free list; the rare miss allocates. */
static inline __attribute__((always_inline)) PyObject *
new_float(PyThreadState *tstate, double value)
{
    struct _Py_float_state *state = &tstate->interp->float_state;
    PyFloatObject *object = state->free_list;
    if (unlikely(object == NULL)) return CALL_ASIDE(PyObject *, box_float, value);
    state->free_list = (PyFloatObject *)Py_TYPE(object);
    state->numfree--;
    first_reference((PyObject *)object);
    object->ob_base.ob_type = ADDRESS(PyFloat_Type);
    object->ob_fval = value;
    return (PyObject *)object;
}

/* Into a stack slot, which holds nothing. */
OPERATION(box_float, FREG(x), SLOT(to)) {
    to = new_float(tstate, x);
}

/* Is the object a float with this very value? */
static inline __attribute__((always_inline)) bool
is_float_of(PyObject *object, double value)
{
    if (object == NULL || (void *)Py_TYPE(object) != ADDRESS(PyFloat_Type)) return false;
    int64_t bits, other;
    __builtin_memcpy(&bits, &value, sizeof(bits));
    __builtin_memcpy(&other, &((PyFloatObject *)object)->ob_fval, sizeof(other));
    return bits == other;
}

/* A new value into a local's slot, whose old content is void: NULL, or an object without a finalizer. One that nobody
 * else refers to is used again. */
#define PUT_FLOAT(number, slot)                                                                    \
    PyObject *old = slot;                                                                          \
    if (put_in_place(old, number)) CONTINUE();                                                     \
    if (old != NULL && drop_reference(old)) FREE_ASIDE(void, free_object, old);                    \
    slot = new_float(tstate, number)

OPERATION(box_new_float_local, FREG(x), SLOT(to)) {
    PUT_FLOAT(x, to);
}

/* The same of a value that may have a box already: an old float that is the same. */
OPERATION(box_float_local, FREG(x), SLOT(to)) {
    if (is_float_of(to, x)) CONTINUE();
    PUT_FLOAT(x, to);
}

/* ---- int -------------------------------------------------------------------------------------- */

/* The value of an int object of at most two digits (60 bits); others miss. */
OPERATION(unbox_int, SLOT(x), IREG(to), EXIT(miss)) {
    PyLongObject *object = (PyLongObject *)x;
    Py_ssize_t size = Py_SIZE(object);
    if (likely((size_t)(size + 1) <= 2)) {
        to = size * (int64_t)object->ob_digit[0];
    } else if (likely((size_t)(size + 2) <= 4)) {
        int64_t magnitude = (int64_t)object->ob_digit[1] << PyLong_SHIFT | object->ob_digit[0];
        to = size < 0 ? -magnitude : magnitude;
    } else {
        LEAVE(miss);
    }
}

OPERATION(box_int, IREG(x), SLOT(to), PTR(zero)) {
    to = new_int(x, zero);
}

/* Is the object an int of this value? */
static inline __attribute__((always_inline)) bool
is_int_of(PyObject *object, int64_t value)
{
    PyLongObject *number = (PyLongObject *)object;
    if (object == NULL || (void *)Py_TYPE(object) != ADDRESS_HERE(PyLong_Type)) return false;
    Py_ssize_t size = Py_SIZE(number);
    if (likely((size_t)(size + 1) <= 2)) return size * (int64_t)number->ob_digit[0] == value;
    if ((size_t)(size + 3) > 6) return false;
    uint64_t magnitude = (uint64_t)number->ob_digit[1] << PyLong_SHIFT | number->ob_digit[0];
    if ((size_t)(size + 2) > 4) {
        if (number->ob_digit[2] >> (64 - 2 * PyLong_SHIFT) != 0) return false;
        magnitude |= (uint64_t)number->ob_digit[2] << 2 * PyLong_SHIFT;
    }
    return (size < 0) == (value < 0) && magnitude == (value < 0 ? -(uint64_t)value : (uint64_t)value);
}

/* What is done usually for a local's slot, as with floats. `place` is the same slot as `to`: what is done rarely has its
 * address from there, and the usual way needs no register for it. */
#define PUT_INT_USUALLY(number, to, place, zero)                                                   \
    if (unlikely(is_small(number))) {                                                              \
        PyObject *object = small_int(number, zero), *previous = place;                             \
        if (previous == object) CONTINUE();                                                        \
        Py_INCREF(object);                                                                         \
        place = object;                                                                            \
        if (previous != NULL && drop_reference(previous)) FREE_ASIDE(void, free_object, previous); \
        CONTINUE();                                                                                \
    }                                                                                              \
    if (put_int_in_place(to, number)) CONTINUE();                                                  \
    PyObject *old = place

#define PUT_INT_ANEW(number, place, zero)                                                          \
    place = new_int(number, zero);                                                                 \
    if (old != NULL && drop_reference(old)) FREE_ASIDE(void, free_object, old)

OPERATION(box_new_int_local, IREG(x), SLOT(to), SLOT(place), PTR(zero)) {
    PUT_INT_USUALLY(x, to, place, zero);
    PUT_INT_ANEW(x, place, zero);
}

OPERATION(box_int_local, IREG(x), SLOT(to), SLOT(place), PTR(zero)) {
    PUT_INT_USUALLY(x, to, place, zero);
    if (is_int_of(old, x)) CONTINUE();
    PUT_INT_ANEW(x, place, zero);
}

/* ---- what a local has for the last time ---------------------------------------------------------- */

/* Into a stack slot, of a local's number: the local's box if there is one in its slot, else a new one. */
#define TAKE_BOX(box, to)                                                                          \
    do {                                                                                           \
        Py_INCREF(box);                                                                            \
        to = box;                                                                                  \
        CONTINUE();                                                                                \
    } while (0)

OPERATION(box_int_of_local, IREG(x), SLOT(local), SLOT(to), PTR(zero)) {
    PyObject *box = local;
    if (is_int_of(box, x)) TAKE_BOX(box, to);
    to = new_int(x, zero);
}

OPERATION(box_float_of_local, FREG(x), SLOT(local), SLOT(to)) {
    PyObject *box = local;
    if (is_float_of(box, x)) TAKE_BOX(box, to);
    to = new_float(tstate, x);
}

/* ---- between the two, and bool ------------------------------------------------------------------ */

OPERATION(int_to_float, IREG(x), FREG(to)) {
    to = (double)x;
}

/* Zero or one to the opposite bool object. */
OPERATION(box_not, IREG(x), SLOT(to)) {
    PyObject *object = x ? ADDRESS(_Py_FalseStruct) : ADDRESS(_Py_TrueStruct);
    Py_INCREF(object);
    to = object;
}

/* Zero or one to a bool object. */
OPERATION(box_bool, IREG(x), SLOT(to)) {
    PyObject *object = x ? ADDRESS(_Py_TrueStruct) : ADDRESS(_Py_FalseStruct);
    Py_INCREF(object);
    to = object;
}
