/* Comparisons of unboxed ints and floats, as branches and as values. */
#include "template.h"

OPERATION(branch_int_lt, IREG(a), IREG(b), EXIT(taken)) {
    if (a < b) LEAVE(taken);
}

OPERATION(branch_int_le, IREG(a), IREG(b), EXIT(taken)) {
    if (a <= b) LEAVE(taken);
}

OPERATION(branch_int_eq, IREG(a), IREG(b), EXIT(taken)) {
    if (a == b) LEAVE(taken);
}

OPERATION(branch_int_ne, IREG(a), IREG(b), EXIT(taken)) {
    if (a != b) LEAVE(taken);
}

OPERATION(branch_float_lt, FREG(a), FREG(b), EXIT(taken)) {
    if (a < b) LEAVE(taken);
}

OPERATION(branch_float_le, FREG(a), FREG(b), EXIT(taken)) {
    if (a <= b) LEAVE(taken);
}

OPERATION(branch_float_eq, FREG(a), FREG(b), EXIT(taken)) {
    if (a == b) LEAVE(taken);
}

OPERATION(compare_int_lt, IREG(a), IREG(b)) {
    a = a < b;
}

OPERATION(compare_int_le, IREG(a), IREG(b)) {
    a = a <= b;
}

OPERATION(compare_int_eq, IREG(a), IREG(b)) {
    a = a == b;
}

OPERATION(compare_int_ne, IREG(a), IREG(b)) {
    a = a != b;
}

OPERATION(compare_float_lt, FREG(a), FREG(b), IREG(to)) {
    to = a < b;
}

OPERATION(compare_float_le, FREG(a), FREG(b), IREG(to)) {
    to = a <= b;
}

OPERATION(compare_float_eq, FREG(a), FREG(b), IREG(to)) {
    to = a == b;
}

OPERATION(compare_float_ne, FREG(a), FREG(b), IREG(to)) {
    to = a != b;
}

/* Identity into a bool object; either operand's references are the emitter's business. */
OPERATION(identical, SLOT(a), SLOT(b), IREG(to)) {
    to = a == b;
}

OPERATION(branch_same, SLOT(a), SLOT(b), EXIT(taken)) {
    if (a == b) LEAVE(taken);
}

OPERATION(branch_not_same, SLOT(a), SLOT(b), EXIT(taken)) {
    if (a != b) LEAVE(taken);
}
