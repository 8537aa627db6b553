/* Emitters: arithmetic and comparison of ints and floats, string equality, identity.
 * Operands are unboxed where they are ints or floats; the rest is generic. */
#include "pyjit/emit.h"

#include "pyjit/mathematics.h"

#define NUMBERS (1u << TYPE_INT | 1u << TYPE_FLOAT)

/* ---- learning --------------------------------------------------------------------------------- */

/* The type the n-th entry has or will be found to have; TYPE_UNKNOWN when nothing predicts it. */
static ValueType
predicted(Block *b, int n)
{
    ValueType type = block_type(b, n);
    if (type != TYPE_UNKNOWN) {
        return type;
    }
    PyObject *sample = block_sample(b, n);
    return sample == NULL ? TYPE_UNKNOWN : type_of_object(sample);
}

/* Makes the types of the two top entries known when both are among `wanted`. False when they are
 * not, or when the block has ended to wait for live values. */
static bool
learn_both(Block *b, unsigned wanted)
{
    for (int n = 1; n >= 0; n--) {
        ValueType type = predicted(b, n);
        if (type != TYPE_UNKNOWN && !(wanted >> type & 1)) {
            return false;
        }
    }
    for (int n = 1; n >= 0; n--) {
        ValueType type = block_learn(b, n, wanted);
        if (b->ended || !(wanted >> type & 1)) {
            return false;
        }
    }
    return true;
}

/* Is the n-th entry an int that is known and fits an immediate? */
bool
emit_small_int(Block *b, int n, intptr_t *value)
{
    PyObject *constant = block_constant(b, block_stack(b, n));
    if (constant == NULL || !PyLong_CheckExact(constant)) {
        return false;
    }
    int overflow;
    *value = PyLong_AsLongAndOverflow(constant, &overflow);
    return overflow == 0 && *value > INT32_MIN && *value <= INT32_MAX;
}

/* ---- arithmetic --------------------------------------------------------------------------------- */

/* Replaces the two operands by a number in a register. */
static void
replace_two(Block *b, ValueType type, int reg)
{
    block_drop(b, 2);
    block_push_register(b, type, reg);
}

/* The operation on two ints, -1 for none. */
static int
int_operation(int kind)
{
    switch (kind) {
    case NB_ADD:
        return OP_int_add;
    case NB_SUBTRACT:
        return OP_int_subtract;
    case NB_MULTIPLY:
        return OP_int_multiply;
    case NB_FLOOR_DIVIDE:
        return OP_int_floor_divide;
    case NB_REMAINDER:
        return OP_int_modulo;
    case NB_LSHIFT:
        return OP_int_shift_left;
    case NB_RSHIFT:
        return OP_int_shift_right;
    case NB_AND:
        return OP_int_and;
    case NB_OR:
        return OP_int_or;
    case NB_XOR:
        return OP_int_xor;
    default:
        return -1;
    }
}

/* The operation on two floats, -1 for none. */
static int
float_operation(int kind)
{
    switch (kind) {
    case NB_ADD:
        return OP_float_add;
    case NB_SUBTRACT:
        return OP_float_subtract;
    case NB_MULTIPLY:
        return OP_float_multiply;
    case NB_TRUE_DIVIDE:
        return OP_float_divide;
    default:
        return -1;
    }
}

/* CPython's function for two ints, which runs no code; NULL for none. Those of multiplication and division are none: with many
 * digits they handle signals. */
static binaryfunc
long_function(int kind)
{
    const PyNumberMethods *methods = PyLong_Type.tp_as_number;
    switch (kind) {
    case NB_ADD:
        return methods->nb_add;
    case NB_SUBTRACT:
        return methods->nb_subtract;
    case NB_LSHIFT:
        return methods->nb_lshift;
    case NB_RSHIFT:
        return methods->nb_rshift;
    case NB_AND:
        return methods->nb_and;
    case NB_OR:
        return methods->nb_or;
    case NB_XOR:
        return methods->nb_xor;
    default:
        return NULL;
    }
}

/* Is the n-th entry an object, and like one that no register holds? */
static bool
is_long(Block *b, int n)
{
    PyObject *sample = block_sample(b, n);
    return block_value(b, n)->location != IN_INT && sample != NULL && PyLong_CheckExact(sample) &&
           Py_ABS(Py_SIZE(sample)) > 2;
}

/* Two ints of which one is likely to be of many digits. False if none is. */
static bool
long_arithmetic(Block *b, int kind)
{
    binaryfunc function = long_function(kind);
    if (function == NULL || block_must_be_generic(b) || !(is_long(b, 0) || is_long(b, 1))) {
        return false;
    }
    intptr_t y = block_object_slot(b, 0), x = block_object_slot(b, 1);
    int to = block_take_int(b, 0);
    ASM(&b->as, OP_long_binary, x, y, (intptr_t)function, to, (intptr_t)block_exit_generic(b));
    block_drop(b, 2);
    ASM(&b->as, OP_store_object, to, slot_of_stack(b, b->ctx.depth));
    block_push(b, TYPE_INT);
    return true;
}

/* The operation that is used instead if the result may be the first operand's object, which CPython returns in rare cases:
 * as a remainder, if it has fewer digits than the divisor, or as many and a smaller first one; and if it is shifted by 0. */
static int
operation_of_object(Block *b, int operation)
{
    intptr_t second;
    bool known = emit_small_int(b, 0, &second);
    if (operation == OP_int_modulo && !(known && Py_ABS(second) >> PyLong_SHIFT == 0) && !block_is_new(b, 1)) {
        return OP_int_modulo_of_object;
    }
    if (operation == OP_int_shift_right && !(known && second != 0) && !block_is_new(b, 1)) {
        return OP_int_shift_right_of_object;
    }
    return operation;
}

/* Two ints. */
static void
int_arithmetic(Block *b, int kind)
{
    intptr_t constant;
    if ((kind == NB_ADD || kind == NB_SUBTRACT) && emit_small_int(b, 0, &constant)) {
        int x = block_int_result(b, 1, 0);
        ASM(&b->as, OP_int_add_constant, x, kind == NB_ADD ? constant : -constant,
            (intptr_t)block_exit_generic(b));
        replace_two(b, TYPE_INT, x);
        return;
    }
    if (kind == NB_TRUE_DIVIDE) {
        int y = block_int_register(b, 0, 0);
        int x = block_int_register(b, 1, 1u << y);
        int to = block_take_float(b, 0), divisor = block_take_float(b, 1u << to);
        intptr_t rare = (intptr_t)block_exit_generic(b);
        ASM(&b->as, OP_int_to_float_exact, x, to, rare);
        ASM(&b->as, OP_int_to_float_exact, y, divisor, rare);
        ASM(&b->as, OP_float_divide, to, divisor, rare);
        replace_two(b, TYPE_FLOAT, to);
        return;
    }
    bool divides = kind == NB_FLOOR_DIVIDE || kind == NB_REMAINDER;
    if (divides && emit_small_int(b, 0, &constant) && constant > 1 && constant >> PyLong_SHIFT == 0 &&
        (constant & (constant - 1)) == 0) {
        int x = block_int_result(b, 1, 0);
        if (kind == NB_REMAINDER) {
            ASM(&b->as, OP_int_and_constant, x, constant - 1);
        } else {
            ASM(&b->as, OP_int_shift_right_constant, x, __builtin_ctzl((unsigned long)constant));
        }
        replace_two(b, TYPE_INT, x);
        return;
    }
    int operation = operation_of_object(b, int_operation(kind));
    int y = block_int_register(b, 0, 0);
    int x = block_int_result(b, 1, 1u << y);
    if (operation == OP_int_and || operation == OP_int_or || operation == OP_int_xor) {
        ASM(&b->as, operation, x, y);
    } else {
        ASM(&b->as, operation, x, y, (intptr_t)block_exit_generic(b));
    }
    replace_two(b, TYPE_INT, x);
}

/* The second power of an int. False if it is not that. */
static bool
square(Block *b, int kind)
{
    intptr_t exponent;
    if (kind != NB_POWER || !emit_small_int(b, 0, &exponent) || exponent != 2) {
        return false;
    }
    int x = block_int_result(b, 1, 0);
    ASM(&b->as, OP_int_multiply, x, x, (intptr_t)block_exit_generic(b));
    replace_two(b, TYPE_INT, x);
    return true;
}

/* The function for two floats where there is no operation, NULL for none. */
static FloatFunction
float_function(int kind)
{
    switch (kind) {
    case NB_POWER:
        return mathematics_power;
    case NB_FLOOR_DIVIDE:
        return mathematics_floor_divide;
    case NB_REMAINDER:
        return mathematics_modulo;
    default:
        return NULL;
    }
}

/* Two numbers of which one at least is a float. */
static void
float_arithmetic(Block *b, int kind)
{
    int y = block_float_register(b, 0, 0);
    int x = block_float_result(b, 1, 1u << y);
    if (kind == NB_TRUE_DIVIDE) {
        ASM(&b->as, OP_float_divide, x, y, (intptr_t)block_exit_generic(b));
    } else if (float_function(kind) != NULL) {
        ASM(&b->as, OP_float_function_2, x, y, (intptr_t)float_function(kind), (intptr_t)block_exit_generic(b));
    } else {
        ASM(&b->as, float_operation(kind), x, y);
    }
    replace_two(b, TYPE_FLOAT, x);
}

/* `s += t` where s is a local's string: the interpreter, too, appends in place there. */
static bool
append_string(Block *b, int kind)
{
    Entry *left = block_stack(b, 1);
    Instr store = decode_at(b->here->units, b->in.next);
    if (kind != NB_ADD || b->site != NULL || left->location != IN_LOCAL || store.opcode != STORE_FAST ||
        store.oparg != left->index || block_is_target(b, b->in.next) ||
        !learn_both(b, 1u << TYPE_STR)) {
        return false;
    }
    int i = store.oparg;
    for (int n = block_first_described(b, 2); n < b->ctx.depth; n++) {
        Entry *entry = block_stack(b, n);
        if (entry->location == IN_LOCAL && entry->index == i) {
            block_own(b, n);
        }
    }
    Entry *right = block_stack(b, 0);
    if (right->location == IN_LOCAL && right->index == i) {
        block_own(b, 0);
    }
    block_escape(b);
    intptr_t slot = block_object_slot(b, 0);
    Entry known = *block_local(b, i);
    *block_local(b, i) = (Entry){0};
    Exit *error = NULL;
    Entry alias = *block_stack(b, 1);
    *block_stack(b, 1) = (Entry){.type = TYPE_NULL, .location = IN_CONST};
    error = block_exit_error(b);
    *block_stack(b, 1) = alias;
    *block_local(b, i) = known;
    ASM(&b->as, OP_str_append, block_local_slot(b, i), slot, block_instr_address(b), (intptr_t)error);
    block_drop(b, 2);
    b->in.next = store.next;
    return true;
}

/* BINARY_OP. In place or not is the same for numbers. */
void
emit_binary_op(Block *b)
{
    int kind = b->in.oparg >= NB_INPLACE_ADD ? b->in.oparg - NB_INPLACE_ADD : b->in.oparg;
    bool ints = int_operation(kind) >= 0 || kind == NB_TRUE_DIVIDE;
    bool floats = float_operation(kind) >= 0 || float_function(kind) != NULL;
    if ((ints || floats) && learn_both(b, NUMBERS)) {
        if (block_type(b, 0) == TYPE_INT && block_type(b, 1) == TYPE_INT) {
            if (square(b, kind)) {
                return;
            }
            if (ints) {
                if (!long_arithmetic(b, kind)) {
                    int_arithmetic(b, kind);
                }
                return;
            }
        } else if (floats) {
            float_arithmetic(b, kind);
            return;
        }
    }
    if (b->ended || append_string(b, kind) || b->ended || emit_special_binary(b)) {
        return;
    }
    emit_generic(b);
}

/* UNARY_NEGATIVE. */
void
emit_unary_negative(Block *b)
{
    ValueType type = block_learn(b, 0, NUMBERS);
    if (b->ended) {
        return;
    }
    if (type == TYPE_INT) {
        int x = block_int_result(b, 0, 0);
        ASM(&b->as, OP_int_negate, x, (intptr_t)block_exit_generic(b));
        block_drop(b, 1);
        block_push_register(b, TYPE_INT, x);
    } else if (type == TYPE_FLOAT) {
        int x = block_float_result(b, 0, 0);
        ASM(&b->as, OP_float_negate, x);
        block_drop(b, 1);
        block_push_register(b, TYPE_FLOAT, x);
    } else if (!emit_special_of(b, 0)) {
        emit_generic(b);
    }
}

/* UNARY_INVERT. */
void
emit_unary_invert(Block *b)
{
    ValueType type = block_learn(b, 0, 1u << TYPE_INT);
    if (b->ended) {
        return;
    }
    if (type != TYPE_INT) {
        if (!emit_special_of(b, 0)) {
            emit_generic(b);
        }
        return;
    }
    int x = block_int_result(b, 0, 0);
    ASM(&b->as, OP_int_invert, x);
    block_drop(b, 1);
    block_push_register(b, TYPE_INT, x);
}

/* ---- comparison --------------------------------------------------------------------------------- */

/* How a comparison is done: `operation` with the operands swapped or not. */
typedef struct {
    int operation;
    bool swapped;
} Comparison;

static const Comparison int_if_true[] = {
    [Py_LT] = {OP_branch_int_lt, false}, [Py_LE] = {OP_branch_int_le, false},
    [Py_EQ] = {OP_branch_int_eq, false}, [Py_NE] = {OP_branch_int_ne, false},
    [Py_GT] = {OP_branch_int_lt, true},  [Py_GE] = {OP_branch_int_le, true},
};

static const Comparison int_if_false[] = {
    [Py_LT] = {OP_branch_int_le, true},  [Py_LE] = {OP_branch_int_lt, true},
    [Py_EQ] = {OP_branch_int_ne, false}, [Py_NE] = {OP_branch_int_eq, false},
    [Py_GT] = {OP_branch_int_le, false}, [Py_GE] = {OP_branch_int_lt, false},
};

static const int constant_if_true[] = {
    [Py_LT] = OP_branch_int_lt_constant, [Py_LE] = OP_branch_int_le_constant,
    [Py_EQ] = OP_branch_int_eq_constant, [Py_NE] = OP_branch_int_ne_constant,
    [Py_GT] = OP_branch_int_gt_constant, [Py_GE] = OP_branch_int_ge_constant,
};

static const int constant_if_false[] = {
    [Py_LT] = OP_branch_int_ge_constant, [Py_LE] = OP_branch_int_gt_constant,
    [Py_EQ] = OP_branch_int_ne_constant, [Py_NE] = OP_branch_int_eq_constant,
    [Py_GT] = OP_branch_int_le_constant, [Py_GE] = OP_branch_int_lt_constant,
};

static const Comparison float_if_true[] = {
    [Py_LT] = {OP_branch_float_lt, false}, [Py_LE] = {OP_branch_float_le, false},
    [Py_EQ] = {OP_branch_float_eq, false}, [Py_NE] = {OP_branch_float_ne, false},
    [Py_GT] = {OP_branch_float_lt, true},  [Py_GE] = {OP_branch_float_le, true},
};

static const Comparison float_if_false[] = {
    [Py_LT] = {OP_branch_float_not_lt, false}, [Py_LE] = {OP_branch_float_not_le, false},
    [Py_EQ] = {OP_branch_float_ne, false},     [Py_NE] = {OP_branch_float_eq, false},
    [Py_GT] = {OP_branch_float_not_lt, true},  [Py_GE] = {OP_branch_float_not_le, true},
};

static const Comparison int_value[] = {
    [Py_LT] = {OP_compare_int_lt, false}, [Py_LE] = {OP_compare_int_le, false},
    [Py_EQ] = {OP_compare_int_eq, false}, [Py_NE] = {OP_compare_int_ne, false},
    [Py_GT] = {OP_compare_int_lt, true},  [Py_GE] = {OP_compare_int_le, true},
};

static const Comparison float_value[] = {
    [Py_LT] = {OP_compare_float_lt, false}, [Py_LE] = {OP_compare_float_le, false},
    [Py_EQ] = {OP_compare_float_eq, false}, [Py_NE] = {OP_compare_float_ne, false},
    [Py_GT] = {OP_compare_float_lt, true},  [Py_GE] = {OP_compare_float_le, true},
};

/* Ends the block with a branch on a comparison of registers x and y, the operands on the stack. */
static void
branch_on(Block *b, const Instr *branch, bool jump_if, Comparison if_true, Comparison if_false, int x,
          int y)
{
    block_drop(b, 2);
    block_settle_stack(b);
    /* Both ways are given the order of operands of the one that will be emitted. */
    bool back = decode_jump_target(branch) <= branch->offset;
    Comparison chosen = jump_if != back ? if_true : if_false;
    intptr_t operands[2] = {chosen.swapped ? y : x, chosen.swapped ? x : y};
    emit_branch(b, branch, jump_if, chosen.operation, chosen.operation, operands, 2);
}

/* Two ints. */
static void
compare_ints(Block *b, int kind)
{
    Instr branch;
    bool jump_if;
    intptr_t constant;
    if (!emit_next_tests_bool(b, &branch, &jump_if)) {
        int y = block_int_register(b, 0, 0);
        int x = block_int_register(b, 1, 1u << y);
        Comparison value = int_value[kind];
        block_drop(b, 2);
        ASM(&b->as, value.operation, value.swapped ? y : x, value.swapped ? x : y,
            slot_of_stack(b, b->ctx.depth));
        block_push(b, TYPE_BOOL);
        return;
    }
    if (emit_small_int(b, 0, &constant)) {
        int x = block_int_register(b, 1, 0);
        intptr_t operands[2] = {x, constant};
        block_drop(b, 2);
        block_settle_stack(b);
        emit_branch(b, &branch, jump_if, constant_if_true[kind], constant_if_false[kind], operands, 2);
        return;
    }
    int y = block_int_register(b, 0, 0);
    int x = block_int_register(b, 1, 1u << y);
    branch_on(b, &branch, jump_if, int_if_true[kind], int_if_false[kind], x, y);
}

/* Does an int convert to a double without loss, as far as is known? Comparison of a float with an
 * int is exact, so it may only be done on doubles when it does. */
static bool
exact_as_double(Block *b, int n)
{
    intptr_t value;
    return block_type(b, n) == TYPE_FLOAT || emit_small_int(b, n, &value);
}

/* Two numbers of which one at least is a float. */
static void
compare_floats(Block *b, int kind)
{
    Instr branch;
    bool jump_if;
    bool fused = emit_next_tests_bool(b, &branch, &jump_if);
    int y = block_float_register(b, 0, 0);
    int x = block_float_register(b, 1, 1u << y);
    if (fused) {
        branch_on(b, &branch, jump_if, float_if_true[kind], float_if_false[kind], x, y);
        return;
    }
    Comparison value = float_value[kind];
    block_drop(b, 2);
    ASM(&b->as, value.operation, value.swapped ? y : x, value.swapped ? x : y,
        slot_of_stack(b, b->ctx.depth));
    block_push(b, TYPE_BOOL);
}

/* A branch on whether a string, which is not owned, equals a constant. False if that is not the case. */
static bool
branch_on_constant(Block *b, const Instr *branch, bool jump_if)
{
    for (int n = 0; n < 2; n++) {
        PyObject *constant = block_constant(b, block_stack(b, n));
        if (constant == NULL || block_stack(b, !n)->owned || !PyUnicode_IS_COMPACT(constant) ||
            PyUnicode_GET_LENGTH(constant) > INT32_MAX) {
            continue;
        }
        intptr_t length = PyUnicode_GET_LENGTH(constant), slot = block_object_slot(b, !n);
        bool is_character = length == 1 && PyUnicode_IS_ASCII(constant);
        block_drop(b, 2);
        block_settle_stack(b);
        if (is_character) {
            intptr_t operands[] = {slot, PyUnicode_READ_CHAR(constant, 0)};
            emit_branch(b, branch, jump_if, OP_branch_character, OP_branch_not_character, operands, 2);
        } else {
            intptr_t operands[] = {slot, (intptr_t)constant, length};
            emit_branch(b, branch, jump_if, OP_branch_text, OP_branch_not_text, operands, 3);
        }
        return true;
    }
    return false;
}

/* Equality of two strings. */
static void
compare_strings(Block *b, int kind)
{
    Instr branch;
    bool jump_if;
    bool fused = emit_next_tests_bool(b, &branch, &jump_if);
    if (fused && branch_on_constant(b, &branch, jump_if != (kind == Py_NE))) {
        return;
    }
    intptr_t y = block_object_slot(b, 0), x = block_object_slot(b, 1);
    int to = block_take_int(b, 0);
    ASM(&b->as, OP_str_equal, x, y, to);
    block_drop(b, 2);
    emit_truth(b, to, kind == Py_NE, fused ? &branch : NULL, jump_if);
}

/* May code run when one of the two operands is released? */
static bool
releasing_runs_code(Block *b)
{
    for (int n = 0; n < 2; n++) {
        const Entry *entry = block_stack(b, n);
        if (entry->owned && !type_is_plain(entry->type)) {
            return true;
        }
    }
    return false;
}

/* A comparison of anything whose truth a branch tests. */
static void
compare_any(Block *b, int kind, const Instr *branch, bool jump_if)
{
    block_escape(b); /* what is lent is owned then */
    if (releasing_runs_code(b)) { /* before the branch asks for the truth */
        emit_compare_truth(b, branch);
    } else {
        intptr_t y = block_object_slot(b, 0), x = block_object_slot(b, 1);
        intptr_t branch_at = (intptr_t)(_PyCode_CODE(b->code) + branch->offset);
        ASM(&b->as, OP_compare_any, x, y, kind, block_instr_address(b), branch_at, (intptr_t)block_exit_error(b));
        block_drop(b, 2);
    }
    emit_check_truth(b, branch->start, false);
    block_settle_stack(b);
    emit_branch(b, branch, jump_if, OP_branch_r0_true, OP_branch_r0_false, NULL, 0);
}

/* COMPARE_OP. */
void
emit_compare_op(Block *b)
{
    int kind = b->in.oparg;
    if (learn_both(b, NUMBERS)) {
        if (block_type(b, 0) == TYPE_INT && block_type(b, 1) == TYPE_INT) {
            compare_ints(b, kind);
            return;
        }
        if (exact_as_double(b, 0) && exact_as_double(b, 1)) {
            compare_floats(b, kind);
            return;
        }
    } else if (!b->ended && (kind == Py_EQ || kind == Py_NE) && learn_both(b, 1u << TYPE_STR)) {
        compare_strings(b, kind);
        return;
    }
    Instr branch;
    bool jump_if;
    if (b->ended || emit_special_compare(b)) {
        return;
    }
    if (emit_next_is_branch(b, &branch, &jump_if)) {
        compare_any(b, kind, &branch, jump_if);
    } else {
        emit_generic(b);
    }
}

/* IS_OP: oparg 1 is "is not". */
void
emit_is_op(Block *b)
{
    Instr branch;
    bool jump_if, owned = releasing_runs_code(b);
    if (b->ctx.depth > CTX_STACK || (owned && b->site != NULL)) {
        emit_generic(b);
        return;
    }
    bool negated = b->in.oparg, fused = emit_next_tests_bool(b, &branch, &jump_if);
    intptr_t y = block_object_slot(b, 0), x = block_object_slot(b, 1);
    if (!fused || owned) { /* the answer outlives the operands, of which the last reference may go */
        int to = block_take_int(b, 0);
        ASM(&b->as, negated ? OP_different : OP_identical, x, y, to);
        block_drop_upwards(b, 2);
        emit_truth(b, to, false, fused ? &branch : NULL, jump_if);
        return;
    }
    intptr_t operands[2] = {x, y};
    block_drop(b, 2); /* the slots still tell the two apart */
    block_settle_stack(b);
    emit_branch(b, &branch, jump_if != negated, OP_branch_same, OP_branch_not_same, operands, 2);
}
