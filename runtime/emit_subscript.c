/* Emitters: subscripts and membership of builtin containers, unpacking of exact tuples and lists. */
#include "pyjit/emit.h"

#include "pyjit/keys.h"
#include "pyjit/quiet.h"
#include "pyjit/state.h"

#define SHORT_TEXT 24 /* characters that are looked through in place */
#define KNOWN_INDEX_MOST (INT32_MAX / (int)sizeof(PyObject *)) /* the offset is a hole of 32 bits */
#define SEQUENCES (1u << TYPE_LIST | 1u << TYPE_TUPLE)

/* Is the n-th entry of one of these types, as far as can be told before a guard? */
bool
emit_may_be(Block *b, int n, unsigned wanted)
{
    ValueType type = block_type(b, n);
    if (type == TYPE_UNKNOWN) {
        PyObject *sample = block_sample(b, n);
        return sample == NULL || wanted >> type_of_object(sample) & 1;
    }
    return wanted >> type & 1;
}

/* The item the live operands give, to predict with; NULL when there are none. Borrows. */
static PyObject *
sample_item(PyObject *sequence, PyObject *index)
{
    if (sequence == NULL || index == NULL || !PyLong_CheckExact(index) || Py_ABS(Py_SIZE(index)) > 1) {
        return NULL;
    }
    Py_ssize_t size = Py_SIZE(sequence), at = PyLong_AsSsize_t(index);
    at += at < 0 ? size : 0;
    if (at < 0 || at >= size) {
        return NULL;
    }
    return PyList_CheckExact(sequence)    ? PyList_GET_ITEM(sequence, at)
           : PyTuple_CheckExact(sequence) ? PyTuple_GET_ITEM(sequence, at)
                                          : NULL;
}

/* A live item of the sequence to predict the others with. Borrows. */
static PyObject *
any_item(PyObject *sequence)
{
    if (sequence == NULL || Py_SIZE(sequence) == 0) {
        return NULL;
    }
    return PyList_CheckExact(sequence)    ? PyList_GET_ITEM(sequence, 0)
           : PyTuple_CheckExact(sequence) ? PyTuple_GET_ITEM(sequence, 0)
                                          : NULL;
}

/* Is the n-th entry hashed and compared without running code, as far as can be told? False also if b->ended. */
bool
emit_is_quiet(Block *b, int n)
{
    ValueType type = block_type(b, n);
    if (type != TYPE_UNKNOWN && type != TYPE_TUPLE) {
        return type_is_plain(type);
    }
    PyObject *sample = block_sample(b, n);
    if (sample == NULL && b->frame != NULL && b->start != b->first) {
        block_defer(b);
    }
    return sample != NULL && quiet_value(sample);
}

/* The operands, two entries, are replaced by an object that is in a register until they have been released. */
static void
replace_operands(Block *b, int reg, ValueType type, PyObject *sample)
{
    block_drop(b, 2);
    ASM(&b->as, OP_store_object, reg, slot_of_stack(b, b->ctx.depth));
    block_push_sample(b, type, sample);
}

/* BINARY_SUBSCR of a dict by a key that runs no code. */
static void
subscript_quietly(Block *b)
{
    PyObject *dict = block_sample(b, 1), *key = block_sample(b, 0), *item = NULL;
    if (dict != NULL && key != NULL && PyDict_CheckExact(dict)) {
        item = quiet_dict_get(dict, key);
    }
    if (block_value(b, 0)->location == IN_INT) {
        int number = block_int_register(b, 0, 0);
        intptr_t from = block_object_slot(b, 1);
        int to = block_take_int(b, 1u << number);
        ASM(&b->as, OP_dict_get_int_quietly, from, number, to, (intptr_t)block_exit_generic(b));
        replace_operands(b, to, TYPE_UNKNOWN, item);
        return;
    }
    PyObject *name = block_constant(b, block_stack(b, 0));
    intptr_t shape, at;
    if (dict != NULL && name != NULL && keys_locate(dict, name, &shape, &at)) {
        intptr_t from = block_object_slot(b, 1), rare = (intptr_t)block_exit_generic(b);
        if (!block_stack(b, 1)->owned && !block_stack(b, 0)->owned && emit_may_lend(b)) {
            block_pop(b, 2);
            ASM(&b->as, OP_dict_lend_there, from, (intptr_t)name, shape, at, slot_of_stack(b, b->ctx.depth), rare);
            block_push_lent(b, TYPE_UNKNOWN, item);
            return;
        }
        int to = block_take_int(b, 0);
        ASM(&b->as, OP_dict_get_there, from, (intptr_t)name, shape, at, to, rare);
        replace_operands(b, to, TYPE_UNKNOWN, item);
        return;
    }
    intptr_t with = block_object_slot(b, 0), from = block_object_slot(b, 1);
    int to = block_take_int(b, 0);
    ASM(&b->as, OP_dict_get_quietly, from, with, to, (intptr_t)block_exit_generic(b));
    replace_operands(b, to, TYPE_UNKNOWN, item);
}

/* BINARY_SUBSCR of an exact dict. False when the type is another, or b->ended. */
static bool
subscript_dict(Block *b)
{
    if (!emit_may_be(b, 1, 1u << TYPE_DICT) || block_learn(b, 1, 1u << TYPE_DICT) != TYPE_DICT) {
        return false;
    }
    if (!block_must_be_generic(b) && b->ctx.depth < CTX_STACK && emit_is_quiet(b, 0)) {
        subscript_quietly(b);
        return true;
    }
    if (b->ended) {
        return true;
    }
    block_escape(b);
    intptr_t key = block_object_slot(b, 0), dict = block_object_slot(b, 1);
    ASM(&b->as, OP_dict_get, dict, key, block_instr_address(b), (intptr_t)block_exit_error(b));
    block_drop(b, 2);
    ASM(&b->as, OP_store_r0, slot_of_stack(b, b->ctx.depth));
    block_push(b, TYPE_UNKNOWN);
    emit_check_run(b);
    return true;
}

/* BINARY_SUBSCR of an exact str by an int. False when the types are others, or b->ended. */
static bool
subscript_string(Block *b)
{
    if (block_must_be_generic(b) || b->ctx.depth >= CTX_STACK || !emit_may_be(b, 1, 1u << TYPE_STR) ||
        !emit_may_be(b, 0, 1u << TYPE_INT) || block_learn(b, 1, 1u << TYPE_STR) != TYPE_STR ||
        block_learn(b, 0, 1u << TYPE_INT) != TYPE_INT) {
        return false;
    }
    PyObject *sample = block_sample(b, 1);
    int index = block_int_register(b, 0, 0);
    intptr_t from = block_object_slot(b, 1);
    int to = block_take_int(b, 1u << index);
    ASM(&b->as, OP_str_get, from, index, to, (intptr_t)block_exit_generic(b));
    replace_operands(b, to, TYPE_STR, sample == NULL ? NULL : pyjit_state.characters['a']);
    return true;
}

/* STORE_SUBSCR into an exact dict. */
static bool
store_dict(Block *b)
{
    if (!emit_may_be(b, 1, 1u << TYPE_DICT) || block_learn(b, 1, 1u << TYPE_DICT) != TYPE_DICT) {
        return false;
    }
    if (!block_must_be_generic(b) && b->ctx.depth <= CTX_STACK && b->site == NULL && emit_is_quiet(b, 0)) {
        block_forget_facts(b); /* before either exit is made */
        intptr_t with = block_object_slot(b, 0), into = block_object_slot(b, 1), from = block_object_slot(b, 2);
        intptr_t rare = (intptr_t)block_exit_generic(b);
        ASM(&b->as, OP_dict_set_quietly, into, with, from, rare, (intptr_t)block_exit_release(b));
        block_drop(b, 3);
        return true;
    }
    if (b->ended) {
        return true;
    }
    block_escape(b);
    intptr_t key = block_object_slot(b, 0), dict = block_object_slot(b, 1);
    intptr_t value = block_object_slot(b, 2);
    ASM(&b->as, OP_dict_set, dict, key, value, block_instr_address(b),
        (intptr_t)block_exit_error(b));
    block_drop(b, 3); /* the key first, as where CPython has specialized it */
    emit_check_run(b);
    return true;
}

/* CONTAINS_OP where that runs no code. False if that cannot be told, or b->ended. */
static bool
contains_quietly(Block *b, const Instr *branch, bool jump_if)
{
    PyObject *container = block_sample(b, 0);
    PyTypeObject *type = type_object(block_type(b, 0));
    if (type == NULL && container != NULL) {
        type = Py_TYPE(container);
    }
    QuietContains find = type == NULL ? NULL : quiet_contains_of(type);
    if (find == NULL || block_must_be_generic(b) || b->ctx.depth > CTX_STACK || !emit_is_quiet(b, 1)) {
        return false;
    }
    PyObject *sample = block_sample(b, 1);
    bool character = type == &PyUnicode_Type && container != NULL && PyUnicode_GET_LENGTH(container) <= SHORT_TEXT &&
                     sample != NULL && PyUnicode_CheckExact(sample) && PyUnicode_GET_LENGTH(sample) == 1 &&
                     block_learn(b, 1, 1u << TYPE_STR) == TYPE_STR;
    emit_guard_class(b, 0, type);
    intptr_t in = block_object_slot(b, 0), key = block_object_slot(b, 1);
    int to = block_take_int(b, 0);
    if (character) {
        ASM(&b->as, OP_contains_character, in, key, to, (intptr_t)block_exit_generic(b));
    } else {
        ASM(&b->as, OP_contains_quietly, in, key, (intptr_t)find, to, (intptr_t)block_exit_generic(b));
    }
    block_drop(b, 2);
    emit_truth(b, to, b->in.oparg, branch, jump_if);
    return true;
}

/* CONTAINS_OP: oparg 1 is "not in". A branch that follows tests the answer directly. */
void
emit_contains_op(Block *b)
{
    Instr branch;
    bool jump_if, negated = b->in.oparg;
    bool fused = emit_next_tests_bool(b, &branch, &jump_if);
    if (contains_quietly(b, fused ? &branch : NULL, jump_if) || b->ended || emit_special_of(b, 0)) {
        return;
    }
    block_escape(b);
    intptr_t container = block_object_slot(b, 0), key = block_object_slot(b, 1);
    ASM(&b->as, OP_contains, container, key, block_instr_address(b),
        (intptr_t)block_exit_error(b));
    block_drop_upwards(b, 2);
    if (fused) {
        emit_check_truth(b, branch.start, negated);
        block_settle_stack(b);
        emit_branch(b, &branch, jump_if != negated, OP_branch_r0_true, OP_branch_r0_false, NULL, 0);
        return;
    }
    if (negated) {
        ASM(&b->as, OP_not_r0, 1);
    }
    ASM(&b->as, OP_box_status, slot_of_stack(b, b->ctx.depth));
    block_push(b, TYPE_BOOL);
    emit_check_run(b);
}

/* LIST_APPEND, of a comprehension: the list is exact. */
void
emit_list_append(Block *b)
{
    int n = b->in.oparg;
    if (b->ctx.depth > CTX_STACK) {
        emit_generic(b);
        return;
    }
    block_own(b, 0);
    block_own(b, n);
    int top = b->ctx.depth - 1;
    ASM(&b->as, OP_list_append, slot_of_stack(b, top - n), slot_of_stack(b, top),
        (intptr_t)block_exit_generic(b));
    block_pop(b, 1);
}

/* Emits the reading of an item of the second entry, a list or tuple, by the index in a register or, if that is -1, by
 * the known one. */
static void
get_item(Block *b, ValueType type, bool lent, int index, intptr_t known, intptr_t to)
{
    static const struct {
        int by_register, at, from_end;
    } operations[2][2] = {
        {{OP_list_get, OP_list_get_at, OP_list_get_from_end}, {OP_list_lend, OP_list_lend_at, OP_list_lend_from_end}},
        {{OP_tuple_get, OP_tuple_get_at, OP_tuple_get_from_end},
         {OP_tuple_lend, OP_tuple_lend_at, OP_tuple_lend_from_end}},
    };
    intptr_t from = block_object_slot(b, 1), rare = (intptr_t)block_exit_generic(b);
    int is_tuple = type == TYPE_TUPLE;
    if (index >= 0) {
        ASM(&b->as, operations[is_tuple][lent].by_register, from, index, to, rare);
    } else if (known >= 0) {
        ASM(&b->as, operations[is_tuple][lent].at, from, known, known * (intptr_t)sizeof(PyObject *), to, rare);
    } else {
        ASM(&b->as, operations[is_tuple][lent].from_end, from, known, to, rare);
    }
}

/* BINARY_SUBSCR. */
void
emit_binary_subscr(Block *b)
{
    if (subscript_dict(b) || b->ended || subscript_string(b) || b->ended || emit_buffer_get(b) || b->ended) {
        return;
    }
    if (!emit_may_be(b, 1, SEQUENCES) || !emit_may_be(b, 0, 1u << TYPE_INT)) {
        if (!emit_special_of(b, 1)) {
            emit_generic(b);
        }
        return;
    }
    PyObject *sequence = block_sample(b, 1), *number = block_sample(b, 0);
    ValueType type = block_learn(b, 1, SEQUENCES);
    ValueType index_type = b->ended ? TYPE_UNKNOWN : block_learn(b, 0, 1u << TYPE_INT);
    if (b->ended) {
        return;
    }
    if (!(SEQUENCES >> type & 1) || index_type != TYPE_INT) {
        emit_generic(b);
        return;
    }
    PyObject *item = NULL;
    if (sequence != NULL && Py_TYPE(sequence) == type_object(type)) {
        item = number != NULL ? sample_item(sequence, number) : any_item(sequence);
    }
    bool owned = block_stack(b, 1)->owned;
    bool lent = !owned && !block_stack(b, 0)->owned && emit_may_lend(b);
    intptr_t known = 0;
    bool is_known = emit_small_int(b, 0, &known) && known <= KNOWN_INDEX_MOST;
    int index = is_known ? -1 : block_int_register(b, 0, 0);
    intptr_t result = slot_of_stack(b, b->ctx.depth - 2);
    if (!owned) {
        get_item(b, type, lent, index, known, result);
        block_release(b, 0);
        block_pop(b, 2);
    } else {
        /* The item takes the index's place until the sequence has been released. */
        intptr_t place = slot_of_stack(b, b->ctx.depth - 1);
        Entry *top = block_stack(b, 0);
        if (top->owned) {
            block_release(b, 0);
            top->owned = top->boxed = 0;
        }
        get_item(b, type, false, index, known, place);
        *top = (Entry){.owned = 1};
        block_release(b, 1);
        ASM(&b->as, OP_copy_borrowed, place, result);
        block_pop(b, 2);
    }
    if (lent) {
        block_push_lent(b, TYPE_UNKNOWN, item);
    } else {
        block_push_sample(b, TYPE_UNKNOWN, item);
    }
}

/* STORE_SUBSCR. */
void
emit_store_subscr(Block *b)
{
    if (store_dict(b) || b->ended || emit_buffer_set(b) || b->ended) {
        return;
    }
    if (!emit_may_be(b, 1, 1u << TYPE_LIST) || !emit_may_be(b, 0, 1u << TYPE_INT)) {
        if (!emit_special_of(b, 1)) {
            emit_generic(b);
        }
        return;
    }
    ValueType type = block_learn(b, 1, 1u << TYPE_LIST);
    ValueType index_type = b->ended ? TYPE_UNKNOWN : block_learn(b, 0, 1u << TYPE_INT);
    if (b->ended) {
        return;
    }
    if (type != TYPE_LIST || index_type != TYPE_INT) {
        emit_generic(b);
        return;
    }
    int index = block_int_register(b, 0, 0);
    intptr_t list = block_object_slot(b, 1);
    block_own(b, 2);
    bool last = !block_stack(b, 0)->owned && !block_stack(b, 1)->owned; /* after it nothing is released any more */
    intptr_t value = slot_of_stack(b, b->ctx.depth - 3);
    if (last) {
        block_own_facts_below(b, 3); /* before either exit is made */
    } else {
        block_forget_facts(b);
    }
    intptr_t rare = (intptr_t)block_exit_generic(b);
    if (last) {
        intptr_t held = block_lent_slot(b, 1);
        block_pop(b, 3);
        Exit *release = block_exit_release_last(b);
        release->held = held;
        ASM(&b->as, OP_list_set, list, index, value, rare, (intptr_t)release);
        return;
    }
    ASM(&b->as, OP_list_set, list, index, value, rare, (intptr_t)block_exit_release(b));
    block_release(b, 0);
    block_release(b, 1);
    block_pop(b, 3);
}

/* UNPACK_SEQUENCE: the first item ends on top. */
void
emit_unpack_sequence(Block *b)
{
    int count = b->in.oparg;
    if (count == 0 || !emit_may_be(b, 0, SEQUENCES) || b->ctx.depth + count >= CTX_STACK) {
        emit_generic(b);
        return;
    }
    PyObject *sample = block_sample(b, 0);
    ValueType type = block_learn(b, 0, SEQUENCES);
    if (b->ended) {
        return;
    }
    if (!(SEQUENCES >> type & 1) || block_must_be_generic(b)) {
        emit_generic(b);
        return;
    }
    bool is_tuple = type == TYPE_TUPLE;
    intptr_t base = is_tuple ? (intptr_t)offsetof(PyTupleObject, ob_item) : 0;
    intptr_t from = block_object_slot(b, 0);
    ASM(&b->as, OP_check_size, from, count, (intptr_t)block_exit_generic(b));
    int bottom = b->ctx.depth - 1;
    bool owned = block_stack(b, 0)->owned;
    for (int i = 0; i < count - 1; i++) {
        ASM(&b->as, is_tuple ? OP_tuple_item : OP_list_item, from, base + 8 * i,
            slot_of_stack(b, bottom + count - 1 - i));
    }
    intptr_t last = base + 8 * (count - 1);
    if (owned) {
        ASM(&b->as, is_tuple ? OP_tuple_item_last : OP_list_item_last, from, last,
            (intptr_t)block_exit_release(b));
    } else {
        ASM(&b->as, is_tuple ? OP_tuple_item : OP_list_item, from, last, slot_of_stack(b, bottom));
    }
    block_pop(b, 1);
    bool known = sample != NULL && Py_TYPE(sample) == type_object(type) && Py_SIZE(sample) == count;
    for (int i = count - 1; i >= 0; i--) {
        PyObject *item = !known      ? NULL
                         : is_tuple ? PyTuple_GET_ITEM(sample, i)
                                    : PyList_GET_ITEM(sample, i);
        block_push_sample(b, TYPE_UNKNOWN, item);
    }
}
