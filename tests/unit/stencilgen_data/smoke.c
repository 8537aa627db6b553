/* One operation of every kind, for the tests of the generator. */
#include "template.h"

static inline bool is_exactly(PyObject *object, void *type) { return (void *)Py_TYPE(object) == type; }

OPERATION(float_add, FREG(a), FREG(b)) {
    a += b;
}

OPERATION(float_negate, FREG(a)) {
    a = negated(a);
}

OPERATION(float_half, FREG(a)) {
    a *= 0.3;
}

OPERATION(int_add, IREG(a), IREG(b), EXIT(overflow)) {
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum)) LEAVE(overflow);
    a = sum;
}

OPERATION(int_constant, IREG(a), IMM(value)) {
    a = value;
}

OPERATION(int_is_zero, IREG(a), IMM(value)) {
    a = value == 0;
}

OPERATION(guard_type, SLOT(x), PTR(type), EXIT(miss)) {
    if (!is_exactly(x, type)) LEAVE(miss);
}

OPERATION(guard_float, SLOT(x), EXIT(miss)) {
    if (!is_exactly(x, ADDRESS(PyFloat_Type))) LEAVE(miss);
}

OPERATION(float_unbox, SLOT(x), FREG(result)) {
    result = PyFloat_AS_DOUBLE(x);
}

OPERATION(likely_miss, IREG(a), EXIT(miss)) {
    if (likely(a > 3)) LEAVE(miss);
    a += 7;
}

CALLING_OPERATION(store, SLOT(x), SLOT(value)) {
    PyObject *old = x;
    x = value;
    Py_XDECREF(old);
}

OPERATION(release, SLOT(x)) {
    Py_DECREF(x);
}

CALLING_OPERATION(generic_call, IMM(oparg), SLOT(top), FUNC(helper), EXIT(error)) {
    if (CALL(helper, int, (PyThreadState *, Frame *, PyObject **, int))(tstate, frame, &top, oparg) < 0)
        LEAVE(error);
}

CALLING_OPERATION(number_add, SLOT(a), SLOT(b), SLOT(result), EXIT(error)) {
    PyObject *sum = PyNumber_Add(a, b);
    if (sum == NULL) LEAVE(error);
    result = sum;
}

RAW_OPERATION(branch_if_less, IREG(a), IREG(b), EXIT(target)) {
    if (a < b) LEAVE(target);
    CONTINUE();
}

RAW_OPERATION(jump, EXIT(target)) {
    LEAVE(target);
}

RAW_OPERATION(leave, SLOT(result)) {
    return result;
}

RAW_CALLING_OPERATION(tail, SLOT(code)) {
    TAIL_TO(code);
}

OPERATION(push_continuation, SLOT(x)) {
    SLOT_AS(x, void *) = NEXT_ADDRESS();
}

OPERATION(push_exit, SLOT(x), EXIT(resume)) {
    SLOT_AS(x, void *) = EXIT_ADDRESS(resume);
}

C_FUNCTION(enter, PyObject *, (void *code, Frame *frame, PyThreadState *tstate)) {
    return ENTER_COMPILED(code, frame, tstate);
}

/* For running stencils: words in and out of the frame, and something to call. */

OPERATION(store_int, IREG(a), SLOT(to)) {
    SLOT_AS(to, int64_t) = a;
}

OPERATION(store_float, FREG(a), SLOT(to)) {
    SLOT_AS(to, double) = a;
}

OPERATION(load_float, FREG(a), PTR(bits)) {
    a = double_from_bits(bits);
}

OPERATION(int_equal, IREG(a), IMM(x), IMM(y)) {
    a = x == y;
}

OPERATION(add_constant, IREG(a), IMM(x), EXIT(overflow)) {
    if (__builtin_add_overflow(a, x, &a)) LEAVE(overflow);
}

C_FUNCTION(helper, int, (PyThreadState *tstate, Frame *frame, PyObject **sp, int oparg)) {
    *(int64_t *)sp += oparg;
    return oparg < 0 ? -1 : 0;
}
