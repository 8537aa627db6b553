/* Operators, subscripts and attributes that a method written in Python stands behind. Owns nothing.
 *
 * The slots of a class whose method is a Python function are CPython's slot functions, which look the method
 * up and call it. What they and the functions of the abstract object protocol do besides is done here. */
#include "pyjit/special.h"

#include "pyjit/attribute.h"
#include "pyjit/calls.h"
#include "pyjit/hook.h"
#include "pyjit/names.h"

/* ---- which method -------------------------------------------------------------------------------- */

/* Has a class nothing under this name? */
static bool
lacks(PyTypeObject *type, PyObject *name)
{
    return plan_lookup(type, name) == NULL && plan_type_version(type) != 0;
}

static const size_t slots[OPERATOR_COUNT] = {
    [NB_ADD] = offsetof(PyNumberMethods, nb_add),
    [NB_AND] = offsetof(PyNumberMethods, nb_and),
    [NB_FLOOR_DIVIDE] = offsetof(PyNumberMethods, nb_floor_divide),
    [NB_LSHIFT] = offsetof(PyNumberMethods, nb_lshift),
    [NB_MATRIX_MULTIPLY] = offsetof(PyNumberMethods, nb_matrix_multiply),
    [NB_MULTIPLY] = offsetof(PyNumberMethods, nb_multiply),
    [NB_REMAINDER] = offsetof(PyNumberMethods, nb_remainder),
    [NB_OR] = offsetof(PyNumberMethods, nb_or),
    [NB_RSHIFT] = offsetof(PyNumberMethods, nb_rshift),
    [NB_SUBTRACT] = offsetof(PyNumberMethods, nb_subtract),
    [NB_TRUE_DIVIDE] = offsetof(PyNumberMethods, nb_true_divide),
    [NB_XOR] = offsetof(PyNumberMethods, nb_xor),
};

/* A type's slot for an operator, or NULL. */
static binaryfunc
slot_of(PyTypeObject *type, int kind)
{
    PyNumberMethods *methods = type->tp_as_number;
    return methods == NULL ? NULL : *(binaryfunc *)((char *)methods + slots[kind]);
}

/* Does x's own operator refuse y, or is there none? Of classes that have it from C only. */
static bool
refuses(PyTypeObject *x, PyTypeObject *y, int kind)
{
    if (x == &PyLong_Type || x == &PyBool_Type || x == &PyFloat_Type) {
        return !PyType_IsSubtype(y, &PyLong_Type) && !PyType_IsSubtype(y, &PyFloat_Type);
    }
    bool known = x == &PyUnicode_Type || x == &PyTuple_Type || x == &PyList_Type || x == Py_TYPE(Py_None);
    return known && slot_of(x, kind) == NULL;
}

/* Must the right operand be asked first? */
static bool
right_is_first(PyTypeObject *x, PyTypeObject *y)
{
    return x != y && PyType_IsSubtype(y, x);
}

/* What has been asked already when a method of a binary operator returns. */
typedef enum {
    ASKED_NONE,
    ASKED_IN_PLACE,
    ASKED_LEFT,
    ASKED_RIGHT,
} Asked;

/* The first method that is asked, if that is a Python function; NULL otherwise. Borrows. */
static PyFunctionObject *
binary_method(PyTypeObject *x, PyTypeObject *y, int oparg, Asked *asked)
{
    bool in_place = oparg >= OPERATOR_COUNT;
    int kind = in_place ? oparg - OPERATOR_COUNT : oparg;
    PyFunctionObject *method;
    *asked = ASKED_NONE;
    if (kind == NB_POWER) {
        return NULL;
    }
    if (in_place) {
        *asked = ASKED_IN_PLACE;
        method = plan_method(x, pyjit_names.in_place[kind]);
        if (method != NULL || !(refuses(x, y, kind) || lacks(x, pyjit_names.in_place[kind]))) {
            return method;
        }
    }
    if (right_is_first(x, y)) {
        return NULL;
    }
    *asked = ASKED_LEFT;
    method = plan_method(x, pyjit_names.operators[kind]);
    if (method != NULL) {
        return method;
    }
    *asked = ASKED_RIGHT;
    bool refused = refuses(x, y, kind) || (x != y && lacks(x, pyjit_names.operators[kind]));
    return refused ? plan_method(y, pyjit_names.reflected[kind]) : NULL;
}

/* The method of a BINARY_OP. */
Special
special_binary(PyTypeObject *x, PyTypeObject *y, int oparg)
{
    Asked asked;
    PyFunctionObject *function = binary_method(x, y, oparg, &asked);
    return asked == ASKED_RIGHT ? (Special){.function = function, .count = 2, .arguments = {0, 1}}
                                : (Special){.function = function, .count = 2, .arguments = {1, 0}};
}

/* The method of a COMPARE_OP. */
Special
special_compare(PyTypeObject *x, PyTypeObject *y, int oparg)
{
    if (right_is_first(x, y)) {
        return (Special){.function = NULL};
    }
    return (Special){.function = plan_method(x, pyjit_names.comparisons[oparg]), .count = 2, .arguments = {1, 0}};
}

/* The method of an instruction that asks one operand's class. */
Special
special_unshared(int opcode, PyTypeObject *type)
{
    switch (opcode) {
    case BINARY_SUBSCR:
        return (Special){.function = plan_method(type, pyjit_names.dunder_getitem), .count = 2, .arguments = {1, 0}};
    case STORE_SUBSCR:
        return (Special){.function = plan_method(type, pyjit_names.dunder_setitem), .count = 3, .arguments = {1, 0, 2}};
    case CONTAINS_OP:
        return (Special){.function = plan_method(type, pyjit_names.dunder_contains), .count = 2, .arguments = {0, 1}};
    case GET_ITER:
    case GET_YIELD_FROM_ITER:
        return (Special){.function = plan_method(type, pyjit_names.dunder_iter), .count = 1, .arguments = {0}};
    case UNARY_NEGATIVE:
        return (Special){.function = plan_method(type, pyjit_names.dunder_neg), .count = 1, .arguments = {0}};
    case UNARY_INVERT:
        return (Special){.function = plan_method(type, pyjit_names.dunder_invert), .count = 1, .arguments = {0}};
    default:
        return (Special){.function = NULL};
    }
}

/* How many operands the instruction has. */
int
special_operands(int opcode)
{
    switch (opcode) {
    case CACHE:
        return 0;
    case UNARY_NEGATIVE:
    case UNARY_INVERT:
    case GET_ITER:
    case GET_YIELD_FROM_ITER:
    case LOAD_ATTR:
    case LOAD_METHOD:
    case CALL:
        return 1;
    case STORE_SUBSCR:
        return 3;
    default:
        return 2;
    }
}

/* For how many levels of recursion the method counts. */
int
special_levels(int opcode)
{
    return opcode == COMPARE_OP || opcode == CALL ? 2 : 1;
}

/* Does the method's result become that of the instruction? */
bool
special_keeps_any(int opcode)
{
    return opcode == LOAD_ATTR || opcode == LOAD_METHOD || opcode == BINARY_SUBSCR || opcode == UNARY_NEGATIVE ||
           opcode == UNARY_INVERT;
}

/* ---- going on: operators -------------------------------------------------------------------------- */

static const char *const signs[OPERATOR_COUNT] = {
    [NB_ADD] = "+",  [NB_AND] = "&",       [NB_FLOOR_DIVIDE] = "//", [NB_LSHIFT] = "<<", [NB_MATRIX_MULTIPLY] = "@",
    [NB_MULTIPLY] = "*", [NB_REMAINDER] = "%", [NB_OR] = "|",         [NB_POWER] = "**",  [NB_RSHIFT] = ">>",
    [NB_SUBTRACT] = "-", [NB_TRUE_DIVIDE] = "/", [NB_XOR] = "^",
};

/* Replaces NotImplemented by what a slot gives. */
static PyObject *
ask(PyObject *result, binaryfunc slot, PyObject *x, PyObject *y)
{
    if (result != Py_NotImplemented || slot == NULL) {
        return result;
    }
    Py_DECREF(result);
    return slot(x, y);
}

/* The operator's slots, from the beginning. */
static PyObject *
ask_both(PyObject *result, PyObject *x, PyObject *y, int kind)
{
    binaryfunc left = slot_of(Py_TYPE(x), kind), right = NULL;
    if (!Py_IS_TYPE(y, Py_TYPE(x))) {
        right = slot_of(Py_TYPE(y), kind);
        right = right == left ? NULL : right;
    }
    if (right != NULL && PyType_IsSubtype(Py_TYPE(y), Py_TYPE(x))) {
        result = ask(result, right, x, y);
        right = NULL;
    }
    result = ask(result, left, x, y);
    return ask(result, right, x, y);
}

/* The reflected method of y. */
static PyObject *
ask_reflected(PyObject *result, PyObject *x, PyObject *y, int kind)
{
    PyObject *method = _PyType_Lookup(Py_TYPE(y), pyjit_names.reflected[kind]);
    if (method == NULL) {
        return result;
    }
    PyObject *arguments[] = {y, x};
    Py_DECREF(result);
    if (PyType_HasFeature(Py_TYPE(method), Py_TPFLAGS_METHOD_DESCRIPTOR)) {
        return PyObject_Vectorcall(method, arguments, 2, NULL);
    }
    descrgetfunc get = Py_TYPE(method)->tp_descr_get;
    PyObject *bound = get == NULL ? Py_NewRef(method) : get(method, y, (PyObject *)Py_TYPE(y));
    if (bound == NULL) {
        return NULL;
    }
    result = PyObject_CallOneArg(bound, x);
    Py_DECREF(bound);
    return result;
}

/* sequence * count. */
static PyObject *
repeat(ssizeargfunc slot, PyObject *sequence, PyObject *number)
{
    if (!PyIndex_Check(number)) {
        PyErr_Format(PyExc_TypeError, "can't multiply sequence by non-int of type '%.200s'",
                     Py_TYPE(number)->tp_name);
        return NULL;
    }
    Py_ssize_t count = PyNumber_AsSsize_t(number, PyExc_OverflowError);
    return count == -1 && PyErr_Occurred() ? NULL : slot(sequence, count);
}

/* Concatenation and repetition, which + and * come to last. Py_NotImplemented (borrowed) for neither. */
static PyObject *
ask_sequences(PyObject *x, PyObject *y, int kind, bool in_place)
{
    PySequenceMethods *left = Py_TYPE(x)->tp_as_sequence, *right = Py_TYPE(y)->tp_as_sequence;
    if (kind == NB_ADD && left != NULL) {
        binaryfunc slot = in_place && left->sq_inplace_concat != NULL ? left->sq_inplace_concat
                                                                     : left->sq_concat;
        return slot == NULL ? Py_NotImplemented : slot(x, y);
    }
    if (kind != NB_MULTIPLY) {
        return Py_NotImplemented;
    }
    if (left != NULL) {
        ssizeargfunc slot = in_place && left->sq_inplace_repeat != NULL ? left->sq_inplace_repeat
                                                                       : left->sq_repeat;
        if (slot != NULL) {
            return repeat(slot, x, y);
        }
    }
    if ((left == NULL || !in_place) && right != NULL && right->sq_repeat != NULL) {
        return repeat(right->sq_repeat, y, x);
    }
    return Py_NotImplemented;
}

/* Is this the function with which Python 2 had a statement? */
static bool
is_print(PyObject *object)
{
    return PyCFunction_CheckExact(object) && strcmp(((PyCFunctionObject *)object)->m_ml->ml_name, "print") == 0;
}

/* BINARY_OP after its first method. Steals `result`. */
static PyObject *
go_on_binary(PyObject *x, PyObject *y, int oparg, PyObject *result)
{
    if (result != Py_NotImplemented) {
        return result;
    }
    bool in_place = oparg >= OPERATOR_COUNT;
    int kind = in_place ? oparg - OPERATOR_COUNT : oparg;
    Asked asked;
    (void)binary_method(Py_TYPE(x), Py_TYPE(y), oparg, &asked);
    if (asked == ASKED_IN_PLACE) {
        result = ask_both(result, x, y, kind);
    } else if (asked == ASKED_LEFT && !Py_IS_TYPE(y, Py_TYPE(x))) {
        binaryfunc left = slot_of(Py_TYPE(x), kind), right = slot_of(Py_TYPE(y), kind);
        result = left == right ? ask_reflected(result, x, y, kind) : ask(result, right, x, y);
    }
    if (result != Py_NotImplemented) {
        return result;
    }
    Py_DECREF(result);
    result = ask_sequences(x, y, kind, in_place);
    if (result == Py_NotImplemented) {
        const char *hint = kind == NB_RSHIFT && !in_place && is_print(x)
                               ? ". Did you mean \"print(<message>, file=<output_stream>)\"?"
                               : "";
        PyErr_Format(PyExc_TypeError, "unsupported operand type(s) for %.100s%s: '%.100s' and '%.100s'%s",
                     signs[kind], in_place ? "=" : "", Py_TYPE(x)->tp_name, Py_TYPE(y)->tp_name, hint);
        return NULL;
    }
    return result;
}

/* COMPARE_OP after the method of the left operand. Steals `result`. */
static PyObject *
go_on_compare(PyObject *x, PyObject *y, int oparg, PyObject *result)
{
    static const char *const comparison_signs[COMPARISON_COUNT] = {
        [Py_LT] = "<", [Py_LE] = "<=", [Py_EQ] = "==", [Py_NE] = "!=", [Py_GT] = ">", [Py_GE] = ">=",
    };
    richcmpfunc right = Py_TYPE(y)->tp_richcompare;
    if (result == Py_NotImplemented && right != NULL) {
        Py_DECREF(result);
        result = right(y, x, _Py_SwappedOp[oparg]);
    }
    if (result != Py_NotImplemented) {
        return result;
    }
    Py_DECREF(result);
    if (oparg == Py_EQ || oparg == Py_NE) {
        return PyBool_FromLong((x == y) == (oparg == Py_EQ));
    }
    PyErr_Format(PyExc_TypeError, "'%s' not supported between instances of '%.100s' and '%.100s'",
                 comparison_signs[oparg], Py_TYPE(x)->tp_name, Py_TYPE(y)->tp_name);
    return NULL;
}

/* CONTAINS_OP. Steals `result`. */
static PyObject *
go_on_contains(int negated, PyObject *result)
{
    int truth = PyObject_IsTrue(result);
    Py_DECREF(result);
    return truth < 0 ? NULL : PyBool_FromLong(truth != negated);
}

/* GET_ITER, GET_YIELD_FROM_ITER. Steals `result`. */
static PyObject *
go_on_iter(PyObject *result)
{
    if (!PyIter_Check(result)) {
        PyErr_Format(PyExc_TypeError, "iter() returned non-iterator of type '%.100s'", Py_TYPE(result)->tp_name);
        Py_CLEAR(result);
    }
    return result;
}

/* CALL of a class after __init__, which is to return None. Steals `result`. */
static PyObject *
go_on_class(PyObject *instance, PyObject *result)
{
    if (result != Py_None) {
        init_returned(result);
        return NULL;
    }
    Py_DECREF(result);
    return Py_NewRef(instance);
}

/* ---- going on ------------------------------------------------------------------------------------- */

/* Does a method that fails to get an attribute of this object have its AttributeError completed? A LOAD_METHOD of what
 * has no __getattr__ does without. */
bool
special_completes_error(int opcode, PyTypeObject *type)
{
    return opcode == LOAD_ATTR || (opcode == LOAD_METHOD && type->tp_getattro != PyObject_GenericGetAttr);
}

/* As the interpreter does it. */
void
special_release(PyObject *const *sp, int operands)
{
    for (int i = operands; i > 0; i--) {
        Py_XDECREF(sp[-i]);
    }
}

/* The method has failed. */
void
special_failed(PyObject *const *sp, const Instr *in, const PyCodeObject *code)
{
    int operands = special_operands(in->opcode);
    if (operands == 1 && special_completes_error(in->opcode, Py_TYPE(sp[-1]))) {
        hook_complete_error(sp[-1], PyTuple_GET_ITEM(code->co_names, in->oparg));
    }
    special_release(sp, operands);
}

/* Goes on with the instruction. */
int
special_finish(PyThreadState *Py_UNUSED(tstate), PyObject **sp, const Instr *in, PyObject *result)
{
    int operands = special_operands(in->opcode);
    PyObject **base = sp - operands;
    bool store = in->opcode == STORE_ATTR || in->opcode == STORE_SUBSCR;
    switch (in->opcode) {
    case BINARY_OP:
        result = go_on_binary(base[0], base[1], in->oparg, result);
        break;
    case COMPARE_OP:
        result = go_on_compare(base[0], base[1], in->oparg, result);
        break;
    case CONTAINS_OP:
        result = go_on_contains(in->oparg, result);
        break;
    case GET_ITER:
    case GET_YIELD_FROM_ITER:
        result = go_on_iter(result);
        break;
    case CALL:
        result = go_on_class(base[0], result);
        break;
    default:
        break;
    }
    /* As the interpreter does: first the result, if nobody wants it, then the operands. */
    if (store) {
        Py_DECREF(result);
    }
    special_release(sp, operands);
    if (store) {
        return 0;
    }
    base[0] = result;
    if (in->opcode == LOAD_METHOD) { /* whose result is not a method */
        base[0] = NULL;
        base[1] = result;
        return 2;
    }
    return result == NULL ? -1 : 1;
}
