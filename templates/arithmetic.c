/* Arithmetic on unboxed ints and floats. Whatever int64 cannot hold leaves. */
#include "template.h"

extern void forget_error(int64_t);

OPERATION(float_add, FREG(a), FREG(b)) {
    a += b;
}

OPERATION(float_subtract, FREG(a), FREG(b)) {
    a -= b;
}

OPERATION(float_multiply, FREG(a), FREG(b)) {
    a *= b;
}

OPERATION(float_divide, FREG(a), FREG(b), EXIT(zero)) {
    if (unlikely(b == 0.0)) LEAVE(zero);
    a /= b;
}

OPERATION(float_negate, FREG(a)) {
    a = negated(a);
}

/* Done in place; an overflow is undone. */
OPERATION(int_add, IREG(a), IREG(b), EXIT(overflow)) {
    if (unlikely(ADD_IN_PLACE(a, b))) {
        a -= b;
        LEAVE(overflow);
    }
}

OPERATION(int_subtract, IREG(a), IREG(b), EXIT(overflow)) {
    if (unlikely(SUBTRACT_IN_PLACE(a, b))) {
        a += b;
        LEAVE(overflow);
    }
}

OPERATION(int_multiply, IREG(a), IREG(b), EXIT(overflow)) {
    int64_t result;
    if (unlikely(__builtin_mul_overflow(a, b, &result))) LEAVE(overflow);
    a = result;
}

OPERATION(int_add_constant, IREG(a), IMM(b), EXIT(overflow)) {
    if (unlikely(ADD_IMMEDIATE_IN_PLACE(a, b))) {
        a -= b;
        LEAVE(overflow);
    }
}

OPERATION(int_and, IREG(a), IREG(b)) {
    a &= b;
}

OPERATION(int_or, IREG(a), IREG(b)) {
    a |= b;
}

OPERATION(int_xor, IREG(a), IREG(b)) {
    a ^= b;
}

OPERATION(int_negate, IREG(a), EXIT(overflow)) {
    int64_t result;
    if (unlikely(__builtin_sub_overflow((int64_t)0, a, &result))) LEAVE(overflow);
    a = result;
}

OPERATION(int_invert, IREG(a)) {
    a = ~a;
}

/* Shifts by 0 to 63; a left shift must lose nothing. */
OPERATION(int_shift_left, IREG(a), IREG(b), EXIT(rare)) {
    if (unlikely((uint64_t)b > 62)) LEAVE(rare);
    int64_t result = (int64_t)((uint64_t)a << b);
    if (unlikely(result >> b != a)) LEAVE(rare);
    a = result;
}

OPERATION(int_shift_right, IREG(a), IREG(b), EXIT(rare)) {
    if (unlikely((uint64_t)b > 63)) LEAVE(rare);
    a >>= b;
}

/* The same of an int that has an object: shifted by nothing, it may be that. */
OPERATION(int_shift_right_of_object, IREG(a), IREG(b), EXIT(rare)) {
    if (unlikely((uint64_t)(b - 1) > 62)) LEAVE(rare);
    a >>= b;
}

/* Floor division by a power of two, and modulo. */
OPERATION(int_shift_right_constant, IREG(a), IMM(count)) {
    a >>= count;
}

OPERATION(int_and_constant, IREG(a), IMM(mask)) {
    a &= mask;
}

/* Floor division and modulo by a divisor that is neither 0 nor -1. */
OPERATION(int_floor_divide, IREG(a), IREG(b), EXIT(rare)) {
    if (unlikely((uint64_t)(b + 1) <= 1)) LEAVE(rare);
    int64_t quotient = a / b;
    if (a % b != 0 && (a ^ b) < 0) quotient--;
    a = quotient;
}

#define MODULO(remainder, a, b, rare)                                                              \
    if (unlikely((uint64_t)(b + 1) <= 1)) LEAVE(rare);                                             \
    int64_t remainder = a % b;                                                                     \
    if (remainder != 0 && (remainder ^ b) < 0) remainder += b

OPERATION(int_modulo, IREG(a), IREG(b), EXIT(rare)) {
    MODULO(remainder, a, b, rare);
    a = remainder;
}

/* Modulo of a dividend that has an object, which may be the remainder's if the divisor is of more than one digit. */
OPERATION(int_modulo_of_object, IREG(a), IREG(b), EXIT(rare)) {
    MODULO(remainder, a, b, rare);
    int64_t digit_most = (1 << PyLong_SHIFT) - 1;
    if (unlikely(remainder == a) && unlikely((uint64_t)(b + digit_most) > 2 * (uint64_t)digit_most)) LEAVE(rare);
    a = remainder;
}

/* Both: the quotient comes in the place of the dividend. Its object may be the remainder's, as above. */
OPERATION(int_divmod, IREG(a), IREG(b), IREG(to), EXIT(rare)) {
    if (unlikely((uint64_t)(b + 1) <= 1)) LEAVE(rare);
    int64_t quotient = a / b, remainder = a % b;
    if (remainder != 0 && (remainder ^ b) < 0) {
        quotient--;
        remainder += b;
    }
    int64_t digit_most = (1 << PyLong_SHIFT) - 1;
    if (unlikely(remainder == a) && unlikely((uint64_t)(b + digit_most) > 2 * (uint64_t)digit_most)) LEAVE(rare);
    a = quotient;
    to = remainder;
}

/* An int that a double holds exactly. */
OPERATION(int_to_float_exact, IREG(x), FREG(to), EXIT(rare)) {
    uint64_t limit = (uint64_t)1 << 53;
    if (unlikely((uint64_t)(x + (int64_t)limit) > 2 * limit)) LEAVE(rare);
    to = (double)x;
}

/* Two int objects by a function of CPython's, which runs no code, into a register: a new reference. */
OPERATION(long_binary, SLOT(x), SLOT(y), PTR(function), IREG(to), EXIT(rare)) {
    PyObject *result = CALL_ASIDE_2(PyObject *, function, x, y);
    if (unlikely(result == NULL)) {
        CALL_ASIDE(void, forget_error, (int64_t)0);
        LEAVE(rare);
    }
    to = (int64_t)result;
}
