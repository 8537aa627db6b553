/* Emitters: `for` over ranges, lists and tuples without a call, over other builtin containers by one that runs
 * no code. Generators are in emit_generator.c, iterators written in Python in emit_special.c. The end of other builtin
 * iterators, and every other iterator, go the generic way. */
#include "pyjit/emit_calls.h"

#include "pyjit/attribute.h"
#include "pyjit/quiet.h"
#include "pyjit/state.h"

#define ITERATORS (1u << TYPE_RANGE_ITERATOR | 1u << TYPE_LIST_ITERATOR | 1u << TYPE_TUPLE_ITERATOR | \
                   1u << TYPE_GENERATOR)

/* ---- beginning ----------------------------------------------------------------------------------- */

/* The type of the iterator of a value, TYPE_UNKNOWN if that is none of those with operations of their own. */
static ValueType
iterator_type(ValueType type)
{
    return type == TYPE_LIST ? TYPE_LIST_ITERATOR : type == TYPE_TUPLE ? TYPE_TUPLE_ITERATOR : TYPE_UNKNOWN;
}

/* GET_ITER, and GET_YIELD_FROM_ITER, which differs for coroutines only: they have no tp_iter. */
void
emit_get_iter(Block *b)
{
    PyObject *sample = block_sample(b, 0);
    PyTypeObject *type = type_object(block_type(b, 0));
    if (type == NULL && sample == NULL && b->frame != NULL && b->start != b->first && b->ctx.depth <= CTX_STACK) {
        block_defer(b);
        return;
    }
    if (type == NULL && sample != NULL) {
        type = Py_TYPE(sample);
    }
    bool is_iterator = type != NULL && type->tp_iter == PyObject_SelfIter && plan_type_is_fixed(type);
    if (type == NULL || block_must_be_generic(b) || b->ctx.depth > CTX_STACK ||
        !(is_iterator || quiet_iterates(type))) {
        if (type == NULL || block_must_be_generic(b) || !(emit_special_of(b, 0) || b->ended)) {
            emit_generic(b);
        }
        return;
    }
    emit_guard_class(b, 0, type);
    if (is_iterator) {
        return;
    }
    ValueType result = iterator_type(block_type(b, 0));
    intptr_t from = block_object_slot(b, 0), to = slot_of_stack(b, b->ctx.depth - 1);
    intptr_t rare = (intptr_t)block_exit_generic(b);
    if (block_stack(b, 0)->owned) {
        ASM(&b->as, OP_iterate_owned, from, rare);
    } else {
        ASM(&b->as, OP_iterate, from, to, rare);
    }
    block_pop(b, 1);
    block_push(b, result);
}

/* CALL of range() that a loop goes over at once: only the iterator is made. False if it is not that, or b->ended. */
bool
emit_call_range(Block *b, const Call *call)
{
    int at = b->in.next, count = call->count, last = call->first - count + 1;
    Instr next = decode_at(b->here->units, at);
    intptr_t step = 1;
    if (call->callable != (PyObject *)&PyRange_Type || call->keywords != 0 || call->callee != b->in.oparg || count < 1 ||
        count > 3 || next.opcode != GET_ITER || block_is_target(b, at) || block_type(b, b->in.oparg + 1) != TYPE_NULL ||
        (count == 3 && (!emit_small_int(b, last, &step) || step == 0))) {
        return false;
    }
    for (int n = call->first; n >= last; n--) {
        if (block_learn(b, n, 1u << TYPE_INT) != TYPE_INT) {
            return false;
        }
    }
    emit_guard_callee(b, call);
    int stop = block_int_register(b, count == 1 ? call->first : call->first - 1, 0);
    int start = count > 1 ? block_int_register(b, call->first, 1u << stop) : -1;
    intptr_t iterator = slot_of_stack(b, b->ctx.depth - 2 - b->in.oparg); /* where NULL is */
    intptr_t rare = (intptr_t)block_exit_generic(b);
    if (start >= 0) {
        ASM(&b->as, OP_guard_range, start, stop, rare);
    }
    ASM(&b->as, OP_range_begin, iterator, rare);
    if (start >= 0) {
        ASM(&b->as, OP_range_set_start, iterator, start);
    }
    if (step == 1) {
        ASM(&b->as, OP_range_set_stop, iterator, stop);
    } else {
        ASM(&b->as, OP_range_set_stop_and_step, iterator, stop, step);
    }
    block_drop(b, b->in.oparg + 1);
    block_pop(b, 1);
    block_push(b, TYPE_RANGE_ITERATOR);
    b->kwnames = NULL;
    b->in.next = next.next;
    return true;
}

/* ---- ranges, lists, tuples ------------------------------------------------------------------------ */

/* The item a live iterator gives next, to predict with. Borrows. */
static PyObject *
next_item(PyObject *iterator, ValueType type)
{
    if (iterator == NULL || type_of_object(iterator) != type) {
        return NULL;
    }
    const SequenceIterator *it = (const SequenceIterator *)iterator;
    if (it->sequence == NULL || it->index >= Py_SIZE(it->sequence)) {
        return NULL;
    }
    return type == TYPE_LIST_ITERATOR ? PyList_GET_ITEM(it->sequence, it->index)
                                      : PyTuple_GET_ITEM(it->sequence, it->index);
}

/* ---- other builtin containers ------------------------------------------------------------------- */

/* The operation that steps an iterator of this type, -1 if there is none. */
static int
step_operation(PyTypeObject *type)
{
    if (type == &PyDictIterKey_Type) {
        return OP_dict_key_next;
    }
    if (type == &PyDictIterValue_Type) {
        return OP_dict_value_next;
    }
    if (type == &PyListRevIter_Type) {
        return OP_reversed_list_next;
    }
    return type == &PyUnicodeIter_Type || type == pyjit_state.ascii_iterator ? OP_str_next : -1;
}

/* FOR_ITER over an iterator like this one; false if there is no way that runs no code. */
static bool
step_quietly(Block *b, PyObject *iterator)
{
    PyTypeObject *type = iterator == NULL ? NULL : Py_TYPE(iterator);
    QuietStep step = type == NULL ? NULL : quiet_step_of(type);
    int operation = type == NULL ? -1 : step_operation(type);
    if ((step == NULL && operation < 0) || b->ctx.depth >= CTX_STACK) {
        return false;
    }
    intptr_t slot = slot_of_stack(b, b->ctx.depth - 1), item = slot_of_stack(b, b->ctx.depth);
    intptr_t done = (intptr_t)block_exit_generic(b);
    ASM(&b->as, OP_guard_type, slot, (intptr_t)type, (intptr_t)block_exit_miss(b));
    if (operation >= 0) {
        ASM(&b->as, operation, slot, item, done);
    } else {
        ASM(&b->as, OP_step_quietly, slot, (intptr_t)step, item, done);
    }
    block_push(b, operation == OP_str_next ? TYPE_STR : TYPE_UNKNOWN);
    return true;
}

/* ---- pairs ---------------------------------------------------------------------------------------- */

/* The operation for a step of zip() of two such iterators, of lists and tuples; -1 if there is none. */
static int
zip_operation(PyObject *iterator)
{
    static const int operations[2][2] = {
        {OP_zip_lists_next, OP_zip_list_tuple_next},
        {OP_zip_tuple_list_next, OP_zip_tuples_next},
    };
    PyObject *iterators = ((ZipIterator *)iterator)->iterators;
    int which[2];
    for (int i = 0; i < 2; i++) {
        PyTypeObject *type = Py_TYPE(PyTuple_GET_ITEM(iterators, i));
        if (type != &PyListIter_Type && type != &PyTupleIter_Type) {
            return -1;
        }
        which[i] = type == &PyTupleIter_Type;
    }
    return operations[which[0]][which[1]];
}

/* A step of dict.items() or zip() of two without running code: both items are objects. */
static void
step_pair(Block *b, PyObject *iterator, intptr_t slot)
{
    intptr_t second = slot_of_stack(b, b->ctx.depth), first = slot_of_stack(b, b->ctx.depth + 1);
    intptr_t done = (intptr_t)block_exit_generic(b);
    if (Py_IS_TYPE(iterator, &PyDictIterItem_Type)) {
        ASM(&b->as, OP_dict_item_next, slot, second, first, done);
    } else if (zip_operation(iterator) >= 0) {
        ASM(&b->as, zip_operation(iterator), slot, second, first, done);
    } else {
        ASM(&b->as, OP_zip_quietly, slot, second, done);
    }
    block_push(b, TYPE_UNKNOWN);
    block_push(b, TYPE_UNKNOWN);
}

/* A step of enumerate(): the number is in a register. */
static void
step_enumerate(Block *b, const EnumerateIterator *iterator, intptr_t slot)
{
    PyTypeObject *type = Py_TYPE(iterator->iterator);
    int number = block_take_int(b, 0);
    intptr_t item = slot_of_stack(b, b->ctx.depth), done = (intptr_t)block_exit_generic(b);
    if (type == &PyListIter_Type) {
        ASM(&b->as, OP_enumerate_list_next, slot, item, number, done);
    } else {
        ASM(&b->as, OP_enumerate_next, slot, (intptr_t)type, (intptr_t)quiet_step_of(type), item, number, done);
    }
    block_push(b, TYPE_UNKNOWN);
    block_push_register(b, TYPE_INT, number);
}

/* FOR_ITER and the UNPACK_SEQUENCE after it over a dict's items, enumerate() or zip() of two; false if that is not
 * what comes. */
static bool
step_pairs(Block *b, PyObject *iterator)
{
    Instr unpack = decode_at(b->here->units, b->in.next);
    bool pairs = iterator != NULL &&
                 (Py_IS_TYPE(iterator, &PyDictIterItem_Type) || Py_IS_TYPE(iterator, &PyEnum_Type) ||
                  (Py_IS_TYPE(iterator, &PyZip_Type) && ((ZipIterator *)iterator)->count == 2));
    if (!pairs || unpack.opcode != UNPACK_SEQUENCE || unpack.oparg != 2 || block_is_target(b, b->in.next) ||
        b->ctx.depth + 2 >= CTX_STACK) {
        return false;
    }
    intptr_t slot = slot_of_stack(b, b->ctx.depth - 1), miss = (intptr_t)block_exit_miss(b);
    ASM(&b->as, OP_guard_type, slot, (intptr_t)Py_TYPE(iterator), miss);
    if (Py_IS_TYPE(iterator, &PyZip_Type)) {
        ASM(&b->as, OP_guard_zip_of_two, slot, miss);
    }
    if (!quiet_steps_pairs(iterator)) {
        emit_for_pair_generic(b, &unpack);
        return true;
    }
    if (Py_IS_TYPE(iterator, &PyEnum_Type)) {
        step_enumerate(b, (const EnumerateIterator *)iterator, slot);
    } else {
        step_pair(b, iterator, slot);
    }
    b->in.next = unpack.next;
    return true;
}

/* FOR_ITER over an iterator of a known type, which has come to its end: compiled where a step has found no more items. */
static void
end_loop(Block *b, ValueType type)
{
    block_own(b, 0);
    if (type != TYPE_RANGE_ITERATOR) {
        block_forget_facts(b); /* a list or tuple may end; before the exits, which have one context then */
    }
    intptr_t slot = slot_of_stack(b, b->ctx.depth - 1), going = (intptr_t)block_exit_leave(b, b->start);
    if (type == TYPE_RANGE_ITERATOR) {
        ASM(&b->as, OP_range_end, slot, going);
    } else {
        int operation = type == TYPE_LIST_ITERATOR ? OP_list_end : OP_tuple_end;
        ASM(&b->as, operation, slot, going, (intptr_t)block_exit_release(b));
    }
    ASM(&b->as, OP_free_ended, slot);
    block_pop(b, 1);
    block_jump(b, decode_jump_target(&b->in));
}

/* FOR_ITER. */
void
emit_for_iter(Block *b)
{
    PyObject *sample = block_sample(b, 0);
    ValueType type = block_type(b, 0);
    if (block_must_be_generic(b) && b->ctx.depth <= CTX_STACK &&
        (type == TYPE_RANGE_ITERATOR || type == TYPE_LIST_ITERATOR || type == TYPE_TUPLE_ITERATOR)) {
        end_loop(b, type);
        return;
    }
    if (!block_must_be_generic(b) && b->ctx.depth < CTX_STACK) {
        type = block_learn(b, 0, ITERATORS);
        if (b->ended) {
            return;
        }
    } else {
        type = TYPE_UNKNOWN;
    }
    block_own(b, 0);
    intptr_t iterator = slot_of_stack(b, b->ctx.depth - 1);
    intptr_t item = slot_of_stack(b, b->ctx.depth);
    switch (type) {
    case TYPE_RANGE_ITERATOR: {
        int reg = block_take_int(b, 0);
        ASM(&b->as, OP_range_next, iterator, reg, (intptr_t)block_exit_generic(b));
        block_push_register(b, TYPE_INT, reg);
        break;
    }
    case TYPE_LIST_ITERATOR:
    case TYPE_TUPLE_ITERATOR:
        ASM(&b->as, type == TYPE_LIST_ITERATOR ? OP_list_next : OP_tuple_next, iterator, item,
            (intptr_t)block_exit_generic(b));
        block_push_sample(b, TYPE_UNKNOWN, next_item(sample, type));
        break;
    case TYPE_GENERATOR:
        if (!emit_for_iter_generator(b)) {
            emit_for_iter_generic(b);
        }
        break;
    default:
        if (block_must_be_generic(b) ||
            !(step_pairs(b, sample) || step_quietly(b, sample) || emit_special_next(b) || b->ended)) {
            emit_for_iter_generic(b);
        }
        break;
    }
}
