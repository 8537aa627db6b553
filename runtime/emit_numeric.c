/* Emitters: abs(), min(), max() of two numbers, float() and int() of a number, functions of math.
 *
 * What min() and max() return is one of their arguments, and abs() of a positive int is that int, which a program can tell.
 * So only of numbers that have no object the result is computed; else it is chosen among the entries of the stack. */
#include "pyjit/emit_calls.h"

#include "pyjit/mathematics.h"
#include "pyjit/state.h"

#define NUMBERS (1u << TYPE_INT | 1u << TYPE_FLOAT)

/* The call's stack is replaced by a number in a register. */
void
emit_replace_call(Block *b, ValueType type, int reg)
{
    block_drop(b, b->in.oparg + 2);
    block_push_register(b, type, reg);
    b->kwnames = NULL;
}

/* The stack having been popped, an object in a register is the call's result; `sample` predicts it. */
void
emit_push_object(Block *b, ValueType type, int reg, PyObject *sample)
{
    ASM(&b->as, OP_store_object, reg, slot_of_stack(b, b->ctx.depth));
    block_push_sample(b, type, sample);
    b->kwnames = NULL;
}

/* Is the n-th entry a small int, of which there is one object only? */
static bool
is_small_int(Block *b, int n)
{
    PyObject *constant = block_constant(b, block_stack(b, n));
    if (constant == NULL || !PyLong_CheckExact(constant)) {
        return false;
    }
    int overflow;
    long value = PyLong_AsLongAndOverflow(constant, &overflow);
    return overflow == 0 && value >= -_PY_NSMALLNEGINTS && value < _PY_NSMALLPOSINTS;
}

/* A result that is one of two things is expected to be the first of them, and, when a guard has found that wrong here, the
 * other. */
static bool
expects_first(const Block *b)
{
    return block_chain(b) % 2 == 0;
}

/* The n-th entry comes in the place of the call's stack. */
static void
choose(Block *b, int n)
{
    block_drop(b, n);
    block_squeeze(b, b->in.oparg + 1 - n);
    b->kwnames = NULL;
}

/* abs() of a number. */
static bool
call_abs(Block *b, const Call *call)
{
    ValueType type = block_learn(b, call->first, NUMBERS);
    if (b->ended) {
        return true;
    }
    if (type == TYPE_FLOAT) {
        emit_guard_callee(b, call);
        int x = block_float_result(b, call->first, 0);
        ASM(&b->as, OP_float_absolute, x);
        emit_replace_call(b, TYPE_FLOAT, x);
        return true;
    }
    if (type != TYPE_INT) {
        return false;
    }
    emit_guard_callee(b, call);
    if (block_is_new(b, call->first)) {
        int x = block_int_result(b, call->first, 0);
        ASM(&b->as, OP_int_absolute, x, (intptr_t)block_exit_generic(b));
        emit_replace_call(b, TYPE_INT, x);
    } else if (expects_first(b)) {
        int x = block_int_register(b, call->first, 0);
        ASM(&b->as, OP_branch_int_lt_constant, x, 0, (intptr_t)block_exit_miss(b));
        choose(b, 0);
    } else {
        int x = block_int_result(b, call->first, 0);
        ASM(&b->as, OP_branch_int_ge_constant, x, 0, (intptr_t)block_exit_miss(b));
        ASM(&b->as, OP_int_negate, x, (intptr_t)block_exit_generic(b));
        emit_replace_call(b, TYPE_INT, x);
    }
    return true;
}

/* min() or max() of two ints or floats that have no objects. */
static void
choose_number(Block *b, const Call *call, ValueType type, bool largest)
{
    int first = call->first, second = call->first - 1;
    if (type == TYPE_INT) {
        int y = block_int_register(b, second, 0);
        int x = block_int_result(b, first, 1u << y);
        ASM(&b->as, largest ? OP_int_larger : OP_int_smaller, x, y);
        emit_replace_call(b, type, x);
    } else {
        int y = block_float_register(b, second, 0);
        int x = block_float_result(b, first, 1u << y);
        ASM(&b->as, largest ? OP_float_larger : OP_float_smaller, x, y);
        emit_replace_call(b, type, x);
    }
}

/* min() or max() of two ints or floats of which at least one has an object, or may have one later. */
static void
choose_entry(Block *b, const Call *call, ValueType type, bool largest)
{
    int first = call->first, second = call->first - 1;
    bool is_first = expects_first(b);
    int x, y, operation;
    if (type == TYPE_INT) {
        y = block_int_register(b, second, 0);
        x = block_int_register(b, first, 1u << y);
        operation = is_first ? OP_branch_int_lt : OP_branch_int_le;
    } else {
        y = block_float_register(b, second, 0);
        x = block_float_register(b, first, 1u << y);
        operation = is_first ? OP_branch_float_lt : OP_branch_float_not_lt;
    }
    /* The second is chosen if it is greater, or less. */
    int less = largest ? x : y, greater = largest ? y : x;
    bool swapped = operation == OP_branch_int_le;
    ASM(&b->as, operation, swapped ? greater : less, swapped ? less : greater, (intptr_t)block_exit_miss(b));
    choose(b, is_first ? first : second);
}

/* min() or max() of two objects: the chosen one comes to where the call's stack begins. */
static void
choose_object(Block *b, const Call *call, ValueType type, bool largest)
{
    int operation = type == TYPE_INT ? (largest ? OP_larger_int_object : OP_smaller_int_object)
                                     : (largest ? OP_larger_float_object : OP_smaller_float_object);
    int lowest = b->in.oparg + 1;
    intptr_t x = block_object_slot(b, call->first), y = block_object_slot(b, call->first - 1);
    intptr_t to = slot_of_stack(b, b->ctx.depth - 1 - lowest);
    if (type == TYPE_INT) {
        ASM(&b->as, operation, x, y, to, (intptr_t)block_exit_generic(b));
    } else {
        ASM(&b->as, operation, x, y, to);
    }
    block_drop(b, lowest);
    block_pop(b, 1);
    block_push(b, type);
    b->kwnames = NULL;
}

/* min() or max() of two numbers of one type. */
static bool
call_choice(Block *b, const Call *call, bool largest)
{
    int first = call->first, second = call->first - 1;
    if (block_type(b, b->in.oparg + 1) != TYPE_NULL || block_stack(b, call->callee)->owned) {
        return false;
    }
    ValueType x = block_learn(b, first, NUMBERS), y = b->ended ? x : block_learn(b, second, NUMBERS);
    if (b->ended) {
        return true;
    }
    if (x != y || (x != TYPE_INT && x != TYPE_FLOAT)) {
        return false;
    }
    emit_guard_callee(b, call);
    if ((block_is_new(b, first) || is_small_int(b, first)) && (block_is_new(b, second) || is_small_int(b, second))) {
        choose_number(b, call, x, largest);
    } else if (block_stack(b, first)->location == IN_SLOT && block_stack(b, second)->location == IN_SLOT) {
        choose_object(b, call, x, largest);
    } else {
        choose_entry(b, call, x, largest);
    }
    return true;
}

/* float() of a number. */
static bool
call_float(Block *b, const Call *call)
{
    if (block_learn(b, call->first, 1u << TYPE_INT) != TYPE_INT) {
        return b->ended;
    }
    emit_guard_callee(b, call);
    int x = block_float_result(b, call->first, 0);
    emit_replace_call(b, TYPE_FLOAT, x);
    return true;
}

/* int() of a float. */
static bool
call_int(Block *b, const Call *call)
{
    if (block_learn(b, call->first, 1u << TYPE_FLOAT) != TYPE_FLOAT) {
        return b->ended;
    }
    emit_guard_callee(b, call);
    int x = block_float_register(b, call->first, 0), to = block_take_int(b, 0);
    ASM(&b->as, OP_float_to_int, x, to, (intptr_t)block_exit_generic(b));
    emit_replace_call(b, TYPE_INT, to);
    return true;
}

/* The n-th entry, a float, becomes what a function makes of it. */
static void
apply(Block *b, const Call *call, const MathFunction *known)
{
    int y = known->arguments == 2 ? block_float_register(b, call->first - 1, 0) : -1;
    int x = block_float_result(b, call->first, y < 0 ? 0 : 1u << y);
    if (known->way == MATH_FABS) {
        ASM(&b->as, OP_float_absolute, x);
    } else if (known->way == MATH_SQRT) {
        ASM(&b->as, OP_float_square_root, x, (intptr_t)block_exit_generic(b));
    } else if (known->arguments == 1) {
        ASM(&b->as, OP_float_function, x, (intptr_t)known->function, (intptr_t)block_exit_generic(b));
    } else {
        ASM(&b->as, OP_float_function_2, x, y, (intptr_t)known->function, (intptr_t)block_exit_generic(b));
    }
    emit_replace_call(b, TYPE_FLOAT, x);
}

/* CALL of a function of math with numbers, of which floor() and ceil() must be floats. */
static bool
call_math(Block *b, const Call *call)
{
    const MathFunction *known = mathematics_find(call->callable);
    if (known == NULL || known->arguments != call->count) {
        return false;
    }
    bool whole = known->way == MATH_FLOOR || known->way == MATH_CEIL;
    for (int i = 0; i < call->count; i++) {
        ValueType type = block_learn(b, call->first - i, whole ? 1u << TYPE_FLOAT : NUMBERS);
        if (b->ended || (type != TYPE_FLOAT && (whole || type != TYPE_INT))) {
            return b->ended;
        }
    }
    if (block_constant(b, block_stack(b, call->callee)) != call->callable) { /* it need not live as long as this code */
        ASM(&b->as, OP_guard_definition, block_object_slot(b, call->callee),
            (intptr_t)((PyCFunctionObject *)call->callable)->m_ml, (intptr_t)block_exit_miss(b));
    }
    if (whole) {
        int x = block_float_register(b, call->first, 0), to = block_take_int(b, 0);
        ASM(&b->as, known->way == MATH_FLOOR ? OP_float_floor : OP_float_ceil, x, to, (intptr_t)block_exit_generic(b));
        emit_replace_call(b, TYPE_INT, to);
    } else {
        apply(b, call, known);
    }
    return true;
}

/* divmod() of ints whose result is unpacked at once. */
static bool
call_divmod(Block *b, const Call *call)
{
    Instr unpack = decode_at(b->here->units, b->in.next);
    int n = call->first;
    if (unpack.opcode != UNPACK_SEQUENCE || unpack.oparg != 2 || block_is_target(b, unpack.start) ||
        b->ctx.depth >= CTX_STACK || !emit_may_be(b, n, 1u << TYPE_INT) || !emit_may_be(b, n - 1, 1u << TYPE_INT) ||
        block_learn(b, n, 1u << TYPE_INT) != TYPE_INT || block_learn(b, n - 1, 1u << TYPE_INT) != TYPE_INT) {
        return b->ended;
    }
    emit_guard_callee(b, call);
    int y = block_int_register(b, n - 1, 0);
    int x = block_int_result(b, n, 1u << y);
    int to = block_take_int(b, 1u << y | 1u << x);
    ASM(&b->as, OP_int_divmod, x, y, to, (intptr_t)block_exit_generic(b));
    emit_release_call(b);
    block_push_register(b, TYPE_INT, to);
    block_push_register(b, TYPE_INT, x);
    b->kwnames = NULL;
    b->in.next = unpack.next;
    return true;
}

/* CALL of a builtin that is done in place for numbers. */
bool
emit_call_numeric(Block *b, const Call *call)
{
    if (call->keywords != 0 || call->callee != b->in.oparg) {
        return false;
    }
    if (call_math(b, call) || b->ended) {
        return true;
    }
    if (call->count == 1) {
        return (call->callable == pyjit_state.builtin_abs && call_abs(b, call)) ||
               (call->callable == (PyObject *)&PyFloat_Type && call_float(b, call)) ||
               (call->callable == (PyObject *)&PyLong_Type && call_int(b, call));
    }
    if (call->count == 2) {
        return (call->callable == pyjit_state.builtin_min && call_choice(b, call, false)) ||
               (call->callable == pyjit_state.builtin_max && call_choice(b, call, true)) ||
               (call->callable == pyjit_state.builtin_divmod && call_divmod(b, call));
    }
    return false;
}
