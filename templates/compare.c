/* Comparisons of unboxed ints and floats, as branches and as values. */
#include "template.h"

#include "text.h"

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

/* Stores a truth as a bool object. */
#define STORE_TRUTH(to, truth)                                                                     \
    do {                                                                                           \
        PyObject *bool_ = (truth) ? ADDRESS(_Py_TrueStruct) : ADDRESS(_Py_FalseStruct);            \
        Py_INCREF(bool_);                                                                          \
        to = bool_;                                                                                \
    } while (0)

OPERATION(compare_int_lt, IREG(a), IREG(b), SLOT(to)) {
    STORE_TRUTH(to, a < b);
}

OPERATION(compare_int_le, IREG(a), IREG(b), SLOT(to)) {
    STORE_TRUTH(to, a <= b);
}

OPERATION(compare_int_eq, IREG(a), IREG(b), SLOT(to)) {
    STORE_TRUTH(to, a == b);
}

OPERATION(compare_int_ne, IREG(a), IREG(b), SLOT(to)) {
    STORE_TRUTH(to, a != b);
}

OPERATION(compare_float_lt, FREG(a), FREG(b), SLOT(to)) {
    STORE_TRUTH(to, a < b);
}

OPERATION(compare_float_le, FREG(a), FREG(b), SLOT(to)) {
    STORE_TRUTH(to, a <= b);
}

OPERATION(compare_float_eq, FREG(a), FREG(b), SLOT(to)) {
    STORE_TRUTH(to, a == b);
}

OPERATION(compare_float_ne, FREG(a), FREG(b), SLOT(to)) {
    STORE_TRUTH(to, a != b);
}

/* Identity; either operand's references are the emitter's business. */
OPERATION(identical, SLOT(a), SLOT(b), IREG(to)) {
    to = a == b;
}

OPERATION(different, SLOT(a), SLOT(b), IREG(to)) {
    to = a != b;
}

OPERATION(branch_same, SLOT(a), SLOT(b), EXIT(taken)) {
    if (a == b) LEAVE(taken);
}

OPERATION(branch_not_same, SLOT(a), SLOT(b), EXIT(taken)) {
    if (a != b) LEAVE(taken);
}

/* ---- ints against constants ---------------------------------------------------------------------- */

OPERATION(branch_int_lt_constant, IREG(a), IMM(b), EXIT(taken)) {
    if (a < b) LEAVE(taken);
}

OPERATION(branch_int_le_constant, IREG(a), IMM(b), EXIT(taken)) {
    if (a <= b) LEAVE(taken);
}

OPERATION(branch_int_gt_constant, IREG(a), IMM(b), EXIT(taken)) {
    if (a > b) LEAVE(taken);
}

OPERATION(branch_int_ge_constant, IREG(a), IMM(b), EXIT(taken)) {
    if (a >= b) LEAVE(taken);
}

OPERATION(branch_int_eq_constant, IREG(a), IMM(b), EXIT(taken)) {
    if (a == b) LEAVE(taken);
}

OPERATION(branch_int_ne_constant, IREG(a), IMM(b), EXIT(taken)) {
    if (a != b) LEAVE(taken);
}

/* ---- what is not the opposite of anything when there are nans --------------------------------------- */

OPERATION(branch_float_not_lt, FREG(a), FREG(b), EXIT(taken)) {
    if (!(a < b)) LEAVE(taken);
}

OPERATION(branch_float_not_le, FREG(a), FREG(b), EXIT(taken)) {
    if (!(a <= b)) LEAVE(taken);
}

OPERATION(branch_float_ne, FREG(a), FREG(b), EXIT(taken)) {
    if (a != b) LEAVE(taken);
}

/* ---- strings --------------------------------------------------------------------------------------- */

extern int64_t quiet_strings_equal(PyObject *, PyObject *);

/* Are two strings equal? Different lengths or hashes tell that they are not, if both are ready: an old kind need not be,
 * and then has the length 0. */
OPERATION(str_equal, SLOT(a), SLOT(b), IREG(to)) {
    PyASCIIObject *x = (PyASCIIObject *)a, *y = (PyASCIIObject *)b;
    if (x == y) {
        to = 1;
    } else if ((x->length != y->length && x->length != 0 && y->length != 0) ||
               (x->hash != y->hash && x->hash != -1 && y->hash != -1)) {
        to = 0;
    } else {
        to = CALL_ASIDE_2(int64_t, ADDRESS(quiet_strings_equal), x, y);
    }
}

/* Is a string this one, of so many characters? One that is not compact is of an old kind, which need not be ready. */
static inline __attribute__((always_inline)) bool
is_text(PyObject *string, void *text, int64_t length)
{
    PyASCIIObject *x = (PyASCIIObject *)string, *y = text;
    if (x == y) return true;
    if (likely(x->state.compact)) {
        if (x->length != length || (x->hash != y->hash && x->hash != -1 && y->hash != -1)) return false;
    }
    return CALL_ASIDE_2(int64_t, ADDRESS(quiet_strings_equal), x, y) != 0;
}

/* Is a string this ASCII character? Then it is ASCII as well, or of an old kind. */
static inline __attribute__((always_inline)) bool
is_character(PyObject *string, int64_t character)
{
    PyASCIIObject *x = (PyASCIIObject *)string;
    if (unlikely(!x->state.compact)) {
        PyObject *other = ((PyjitState *)ADDRESS(pyjit_state))->characters[character];
        return CALL_ASIDE_2(int64_t, ADDRESS(quiet_strings_equal), x, other) != 0;
    }
    return x->length == 1 && x->state.ascii && *(uint8_t *)(x + 1) == (uint8_t)character;
}

/* Strings against constants: of any length, and of one ASCII character. */
OPERATION(branch_text, SLOT(x), PTR(text), IMM(length), EXIT(taken)) {
    if (is_text(x, text, length)) LEAVE(taken);
}

OPERATION(branch_not_text, SLOT(x), PTR(text), IMM(length), EXIT(taken)) {
    if (!is_text(x, text, length)) LEAVE(taken);
}

OPERATION(branch_character, SLOT(x), IMM(character), EXIT(taken)) {
    if (is_character(x, character)) LEAVE(taken);
}

OPERATION(branch_not_character, SLOT(x), IMM(character), EXIT(taken)) {
    if (!is_character(x, character)) LEAVE(taken);
}

/* What a status in r0 says, as a bool object. */
CALLING_OPERATION(box_status, SLOT(to)) {
    PyObject *object = r0 ? ADDRESS(_Py_TrueStruct) : ADDRESS(_Py_FalseStruct);
    Py_INCREF(object);
    to = object;
}

/* A bool gives way to its opposite. */
OPERATION(invert_bool, SLOT(x)) {
    PyObject *old = x, *object = ADDRESS(_Py_TrueStruct);
    if (old == object) object = ADDRESS(_Py_FalseStruct);
    object->ob_refcnt++;
    old->ob_refcnt--;
    x = object;
}

/* ---- anything -------------------------------------------------------------------------------------- */

extern int compare_truth(PyObject *, PyObject *, int, Frame *, void *);

/* The truth of a comparison of anything into r0. */
CALLING_OPERATION(compare_any, SLOT(a), SLOT(b), IMM(kind), PTR(at), PTR(branch_at), EXIT(error)) {
    frame->prev_instr = at;
    int result = compare_truth(a, b, (int)kind, frame, branch_at);
    if (unlikely(result < 0)) LEAVE(error);
    r0 = result;
}
