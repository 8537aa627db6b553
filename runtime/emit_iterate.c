/* Emitters: `for` over ranges, lists and tuples without a call. The iterator's end, and every other
 * iterator, go the generic way. */
#include "pyjit/emit.h"

#define ITERATORS (1u << TYPE_RANGE_ITERATOR | 1u << TYPE_LIST_ITERATOR | 1u << TYPE_TUPLE_ITERATOR | \
                   1u << TYPE_GENERATOR)

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

/* FOR_ITER. */
void
emit_for_iter(Block *b)
{
    PyObject *sample = block_sample(b, 0);
    ValueType type = block_type(b, 0);
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
        if (block_must_be_generic(b) || !emit_for_pair(b, sample)) {
            emit_for_iter_generic(b);
        }
        break;
    }
}
