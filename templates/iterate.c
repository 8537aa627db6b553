/* Iteration over builtin containers. */
#include "template.h"

#include "release.h"
#include "text.h"

/* ---- beginning ------------------------------------------------------------------------------------------ */

extern PyObject *quiet_iterator(PyObject *, PyThreadState *);
extern PyObject *quiet_new_range(int64_t);

/* The iterator of an object that is borrowed. */
OPERATION(iterate, SLOT(iterable), SLOT(to), EXIT(rare)) {
    PyObject *iterator = CALL_ASIDE_2(PyObject *, ADDRESS(quiet_iterator), iterable, tstate);
    if (unlikely(iterator == NULL)) LEAVE(rare);
    to = iterator;
}

/* The same in the place of an object that is owned. The end of that, a view or a range, runs no code: what it goes
 * over is the iterator's now. */
OPERATION(iterate_owned, SLOT(x), EXIT(rare)) {
    PyObject *iterable = x;
    PyObject *iterator = CALL_ASIDE_2(PyObject *, ADDRESS(quiet_iterator), iterable, tstate);
    if (unlikely(iterator == NULL)) LEAVE(rare);
    x = iterator;
    Py_DECREF(iterable);
}

/* The iterator of a range: of range(0), then its start, at last its stop, its step being one or not. CPython's
 * range() compares, which takes a level of recursion. */
OPERATION(range_begin, SLOT(to), EXIT(rare)) {
    if (unlikely(tstate->recursion_remaining <= 0)) LEAVE(rare);
    PyObject *iterator = CALL_ASIDE(PyObject *, quiet_new_range, (int64_t)0);
    if (unlikely(iterator == NULL)) LEAVE(rare);
    to = iterator;
}

/* Ranges of more than 2^63 steps have another iterator. (Of two numbers so far apart, the first greater, as well.) */
OPERATION(guard_range, IREG(start), IREG(stop), EXIT(rare)) {
    int64_t distance;
    if (unlikely(__builtin_sub_overflow(stop, start, &distance) || distance == INT64_MIN)) LEAVE(rare);
}

OPERATION(range_set_start, SLOT(iterator), IREG(start)) {
    ((RangeIterator *)iterator)->start = start;
}

OPERATION(range_set_stop, SLOT(iterator), IREG(stop)) {
    RangeIterator *it = (RangeIterator *)iterator;
    int64_t length = stop - it->start;
    it->length = length < 0 ? 0 : length;
}

OPERATION(range_set_stop_and_step, SLOT(iterator), IREG(stop), IMM(step)) {
    RangeIterator *it = (RangeIterator *)iterator;
    int64_t by = step, from = it->start, distance = by > 0 ? stop - from : from - stop;
    it->step = by;
    it->length = distance <= 0 ? 0 : (distance - 1) / (by > 0 ? by : -by) + 1;
}

/* ---- ranges, lists, tuples ------------------------------------------------------------------------------- */

OPERATION(range_next, SLOT(iterator), IREG(to), EXIT(done)) {
    RangeIterator *it = (RangeIterator *)iterator;
    if (unlikely(it->index >= it->length)) LEAVE(done);
    to = it->start + it->index++ * it->step;
}

OPERATION(list_next, SLOT(iterator), SLOT(to), EXIT(done)) {
    SequenceIterator *it = (SequenceIterator *)iterator;
    PyListObject *list = (PyListObject *)it->sequence;
    if (unlikely(list == NULL || it->index >= Py_SIZE(list))) LEAVE(done);
    PyObject *item = list->ob_item[it->index++];
    Py_INCREF(item);
    to = item;
}

OPERATION(tuple_next, SLOT(iterator), SLOT(to), EXIT(done)) {
    SequenceIterator *it = (SequenceIterator *)iterator;
    PyTupleObject *tuple = (PyTupleObject *)it->sequence;
    if (unlikely(tuple == NULL || it->index >= Py_SIZE(tuple))) LEAVE(done);
    PyObject *item = tuple->ob_item[it->index++];
    Py_INCREF(item);
    to = item;
}

/* ---- their ends ------------------------------------------------------------------------------------------ */

/* `going`: it is no end. */
OPERATION(range_end, SLOT(iterator), EXIT(going)) {
    RangeIterator *it = (RangeIterator *)iterator;
    if (unlikely(it->index < it->length)) LEAVE(going);
}

/* A list or tuple is let go by its iterator. */
#define END_SEQUENCE(Sequence, iterator, going, exit)                                              \
    SequenceIterator *it = (SequenceIterator *)iterator;                                           \
    Sequence *sequence = (Sequence *)it->sequence;                                                 \
    if (unlikely(sequence == NULL)) CONTINUE();                                                    \
    if (unlikely(it->index < Py_SIZE(sequence))) LEAVE(going);                                     \
    it->sequence = NULL;                                                                           \
    RELEASE((PyObject *)sequence, exit)

OPERATION(list_end, SLOT(iterator), EXIT(going), EXIT(dying)) {
    END_SEQUENCE(PyListObject, iterator, going, dying);
}

OPERATION(tuple_end, SLOT(iterator), EXIT(going), EXIT(dying)) {
    END_SEQUENCE(PyTupleObject, iterator, going, dying);
}

extern void cells_release_iterator(PyObject *);

/* The iterator itself goes. */
OPERATION(free_ended, SLOT(iterator)) {
    CALL_ASIDE(void, cells_release_iterator, iterator);
}

/* zip() of two iterables, to judge by its count. */
OPERATION(guard_zip_of_two, SLOT(x), EXIT(miss)) {
    if (unlikely(((ZipIterator *)x)->count != 2)) LEAVE(miss);
}

/* ---- strings, dicts, sets, reversed lists ------------------------------------------------------------- */

OPERATION(str_next, SLOT(iterator), SLOT(to), EXIT(done)) {
    SequenceIterator *it = (SequenceIterator *)iterator;
    PyObject *string = it->sequence;
    if (unlikely(string == NULL || it->index >= ((PyASCIIObject *)string)->length)) LEAVE(done);
    const uint8_t *characters = latin1_characters(string);
    if (unlikely(characters == NULL)) LEAVE(done);
    to = character_object(characters[it->index++]);
}

OPERATION(reversed_list_next, SLOT(iterator), SLOT(to), EXIT(done)) {
    SequenceIterator *it = (SequenceIterator *)iterator;
    PyListObject *list = (PyListObject *)it->sequence;
    if (unlikely(list == NULL || (size_t)it->index >= (size_t)Py_SIZE(list))) LEAVE(done);
    PyObject *item = list->ob_item[it->index--];
    Py_INCREF(item);
    to = item;
}

/* Goes to the next entry of a dict that has not changed and has its values beside its keys. */
static inline __attribute__((always_inline)) bool
step_in_dict(PyObject *iterator, PyObject **key, PyObject **value)
{
    DictIterator *it = (DictIterator *)iterator;
    PyDictObject *dict = it->dict;
    if (unlikely(dict == NULL || it->used != dict->ma_used || it->left <= 0 || dict->ma_values != NULL)) return false;
    PyDictKeysObject *keys = dict->ma_keys;
    bool general = keys->dk_kind == DICT_KEYS_GENERAL;
    int64_t words = general ? 3 : 2, index = it->position, end = keys->dk_nentries;
    PyObject **entries = (PyObject **)((char *)keys->dk_indices + ((int64_t)1 << keys->dk_log2_index_bytes));
    for (PyObject **entry = entries + index * words + general;; entry += words) {
        if (unlikely(index >= end)) return false;
        index++;
        if (likely(entry[1] != NULL)) {
            *key = entry[0];
            *value = entry[1];
            break;
        }
    }
    it->position = index;
    it->left--;
    return true;
}

OPERATION(dict_key_next, SLOT(iterator), SLOT(to), EXIT(done)) {
    PyObject *key, *value;
    if (!step_in_dict(iterator, &key, &value)) LEAVE(done);
    Py_INCREF(key);
    to = key;
}

OPERATION(dict_value_next, SLOT(iterator), SLOT(to), EXIT(done)) {
    PyObject *key, *value;
    if (!step_in_dict(iterator, &key, &value)) LEAVE(done);
    Py_INCREF(value);
    to = value;
}

OPERATION(dict_item_next, SLOT(iterator), SLOT(second), SLOT(first), EXIT(done)) {
    PyObject *key, *value;
    if (!step_in_dict(iterator, &key, &value)) LEAVE(done);
    Py_INCREF(key);
    Py_INCREF(value);
    second = value;
    first = key;
}

/* ---- other steps that run no code: all registers stay ---------------------------------------------------- */

/* A step by a function of quiet.h. */
OPERATION(step_quietly, SLOT(iterator), PTR(step), SLOT(to), EXIT(done)) {
    PyObject *item = CALL_ASIDE_2(PyObject *, step, iterator, NULL);
    if (unlikely(item == NULL)) LEAVE(done);
    to = item;
}

/* zip() of two. */
extern int64_t quiet_step_zip(PyObject *, PyObject **);

OPERATION(zip_quietly, SLOT(iterator), SLOT(items), EXIT(done)) {
    int64_t going = CALL_ASIDE_2(int64_t, ADDRESS(quiet_step_zip), iterator, SLOT_ADDRESS(items));
    if (unlikely(!going)) LEAVE(done);
}

/* enumerate() of an iterator that is stepped by a function of quiet.h. */
OPERATION(enumerate_next, SLOT(iterator), PTR(type), PTR(step), SLOT(item), IREG(index), EXIT(done)) {
    EnumerateIterator *it = (EnumerateIterator *)iterator;
    if (unlikely((void *)Py_TYPE(it->iterator) != type || it->index >> 59)) LEAVE(done);
    PyObject *next = CALL_ASIDE_2(PyObject *, step, it->iterator, NULL);
    if (unlikely(next == NULL)) LEAVE(done);
    item = next;
    index = it->index++;
}

/* Declares `it`, an iterator of this type, of lists or tuples, that has another item; leaves if it is another. */
#define READY(it, iterator, type, done)                                                            \
    SequenceIterator *it = (SequenceIterator *)(iterator);                                         \
    if (unlikely((void *)Py_TYPE(it) != ADDRESS(type))) LEAVE(done);                               \
    if (unlikely(it->sequence == NULL)) LEAVE(done);                                               \
    if (unlikely(it->index >= Py_SIZE(it->sequence))) LEAVE(done)

static inline __attribute__((always_inline)) PyObject *
take_from_list(SequenceIterator *it)
{
    PyObject *item = ((PyListObject *)it->sequence)->ob_item[it->index++];
    Py_INCREF(item);
    return item;
}

static inline __attribute__((always_inline)) PyObject *
take_from_tuple(SequenceIterator *it)
{
    PyObject *item = ((PyTupleObject *)it->sequence)->ob_item[it->index++];
    Py_INCREF(item);
    return item;
}

/* enumerate() of a list. */
OPERATION(enumerate_list_next, SLOT(iterator), SLOT(item), IREG(index), EXIT(done)) {
    EnumerateIterator *it = (EnumerateIterator *)iterator;
    READY(list, it->iterator, PyListIter_Type, done);
    if (unlikely(it->index >> 59)) LEAVE(done);
    item = take_from_list(list);
    index = it->index++;
}

/* zip() of two lists or tuples. */
#define ZIP(iterator, type_1, take_1, first, type_2, take_2, second, done)                         \
    PyObject **iterators = ((PyTupleObject *)((ZipIterator *)iterator)->iterators)->ob_item;       \
    if (unlikely(iterators[0] == iterators[1])) LEAVE(done);                                       \
    READY(a, iterators[0], type_1, done);                                                          \
    READY(b, iterators[1], type_2, done);                                                          \
    second = take_2(b);                                                                            \
    first = take_1(a)

OPERATION(zip_lists_next, SLOT(iterator), SLOT(second), SLOT(first), EXIT(done)) {
    ZIP(iterator, PyListIter_Type, take_from_list, first, PyListIter_Type, take_from_list, second, done);
}

OPERATION(zip_list_tuple_next, SLOT(iterator), SLOT(second), SLOT(first), EXIT(done)) {
    ZIP(iterator, PyListIter_Type, take_from_list, first, PyTupleIter_Type, take_from_tuple, second, done);
}

OPERATION(zip_tuple_list_next, SLOT(iterator), SLOT(second), SLOT(first), EXIT(done)) {
    ZIP(iterator, PyTupleIter_Type, take_from_tuple, first, PyListIter_Type, take_from_list, second, done);
}

OPERATION(zip_tuples_next, SLOT(iterator), SLOT(second), SLOT(first), EXIT(done)) {
    ZIP(iterator, PyTupleIter_Type, take_from_tuple, first, PyTupleIter_Type, take_from_tuple, second, done);
}
