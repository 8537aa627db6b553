/* Steps of iterators that run no code but CPython's own. An iterator that comes to its end lets go of what it
 * goes over, which may be the end of that; so the last step is left to the generic operation. Owns nothing. */
#include "pyjit/quiet.h"

#include "pyjit/numbers.h"
#include "pyjit/state.h"

/* ---- single items ------------------------------------------------------------------------------ */

static bool
list_is_ready(const PyObject *iterator)
{
    const SequenceIterator *it = (const SequenceIterator *)iterator;
    return it->sequence != NULL && it->index < Py_SIZE(it->sequence);
}

static PyObject *
step_list(PyObject *iterator)
{
    SequenceIterator *it = (SequenceIterator *)iterator;
    return list_is_ready(iterator) ? Py_NewRef(PyList_GET_ITEM(it->sequence, it->index++)) : NULL;
}

static PyObject *
step_tuple(PyObject *iterator)
{
    SequenceIterator *it = (SequenceIterator *)iterator;
    return list_is_ready(iterator) ? Py_NewRef(PyTuple_GET_ITEM(it->sequence, it->index++)) : NULL;
}

static bool
reversed_list_is_ready(const PyObject *iterator)
{
    const SequenceIterator *it = (const SequenceIterator *)iterator;
    return it->sequence != NULL && it->index >= 0 && it->index < Py_SIZE(it->sequence);
}

static PyObject *
step_reversed_list(PyObject *iterator)
{
    SequenceIterator *it = (SequenceIterator *)iterator;
    return reversed_list_is_ready(iterator) ? Py_NewRef(PyList_GET_ITEM(it->sequence, it->index--)) : NULL;
}

static bool
range_is_ready(const PyObject *iterator)
{
    const RangeIterator *it = (const RangeIterator *)iterator;
    return it->index < it->length;
}

static PyObject *
step_range(PyObject *iterator)
{
    RangeIterator *it = (RangeIterator *)iterator;
    return range_is_ready(iterator) ? box_int(it->start + it->index++ * it->step) : NULL;
}

/* The iterator of a string lets go of nothing that could run code. */
static PyObject *
step_string(PyObject *iterator)
{
    PyObject *item = Py_TYPE(iterator)->tp_iternext(iterator);
    if (item == NULL && PyErr_Occurred()) {
        PyErr_Clear(); /* no memory: the generic operation will find so, too */
    }
    return item;
}

/* ---- dicts and sets ---------------------------------------------------------------------------- */

/* The next item of a dict, its place in *position; false if there is none or the dict has changed. */
static bool
find_item(const DictIterator *it, Py_ssize_t *position, PyObject **key, PyObject **value)
{
    const PyDictObject *dict = it->dict;
    if (dict == NULL || it->used != dict->ma_used || dict->ma_values != NULL || it->left <= 0) {
        return false;
    }
    PyDictKeysObject *keys = dict->ma_keys;
    for (Py_ssize_t i = it->position; i < keys->dk_nentries; i++) {
        if (DK_IS_UNICODE(keys)) {
            *key = DK_UNICODE_ENTRIES(keys)[i].me_key;
            *value = DK_UNICODE_ENTRIES(keys)[i].me_value;
        } else {
            *key = DK_ENTRIES(keys)[i].me_key;
            *value = DK_ENTRIES(keys)[i].me_value;
        }
        if (*value != NULL) {
            *position = i;
            return true;
        }
    }
    return false;
}

/* Is there one? */
static bool
dict_is_ready(const PyObject *iterator)
{
    Py_ssize_t position;
    PyObject *key, *value;
    return find_item((const DictIterator *)iterator, &position, &key, &value);
}

/* Goes over it. */
static bool
take_item(PyObject *iterator, PyObject **key, PyObject **value)
{
    DictIterator *it = (DictIterator *)iterator;
    Py_ssize_t position;
    if (!find_item(it, &position, key, value)) {
        return false;
    }
    it->position = position + 1;
    it->left--;
    return true;
}

static PyObject *
step_keys(PyObject *iterator)
{
    PyObject *key, *value;
    return take_item(iterator, &key, &value) ? Py_NewRef(key) : NULL;
}

static PyObject *
step_values(PyObject *iterator)
{
    PyObject *key, *value;
    return take_item(iterator, &key, &value) ? Py_NewRef(value) : NULL;
}

/* The next entry of a set; NULL if there is none or the set has changed. */
static const setentry *
next_in_set(const SetIterator *it)
{
    const PySetObject *set = it->set;
    if (set == NULL || it->used != set->used || it->left <= 0) {
        return NULL;
    }
    for (Py_ssize_t i = it->position; i <= set->mask; i++) {
        if (set->table[i].key != NULL && set->table[i].key != _PySet_Dummy) {
            return &set->table[i];
        }
    }
    return NULL;
}

static bool
set_is_ready(const PyObject *iterator)
{
    return next_in_set((const SetIterator *)iterator) != NULL;
}

static PyObject *
step_set(PyObject *iterator)
{
    SetIterator *it = (SetIterator *)iterator;
    const setentry *entry = next_in_set(it);
    if (entry == NULL) {
        return NULL;
    }
    it->position = entry - it->set->table + 1;
    it->left--;
    return Py_NewRef(entry->key);
}

/* ---- which ------------------------------------------------------------------------------------- */

typedef struct {
    PyTypeObject *type;
    QuietStep step;
    bool (*is_ready)(const PyObject *); /* would a step succeed? NULL: that cannot be told */
} Quiet;

static const Quiet quiet[] = {
    {&PyListIter_Type, step_list, list_is_ready},
    {&PyTupleIter_Type, step_tuple, list_is_ready},
    {&PyRangeIter_Type, step_range, range_is_ready},
    {&PyDictIterKey_Type, step_keys, dict_is_ready},
    {&PyDictIterValue_Type, step_values, dict_is_ready},
    {&PyListRevIter_Type, step_reversed_list, reversed_list_is_ready},
    {&PySetIter_Type, step_set, set_is_ready},
    {&PyUnicodeIter_Type, step_string, NULL},
};

static const Quiet *
find(PyTypeObject *type)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(quiet); i++) {
        if (quiet[i].type == type) {
            return &quiet[i];
        }
    }
    static const Quiet ascii = {NULL, step_string, NULL}; /* whose type is not exported */
    return type == pyjit_state.ascii_iterator ? &ascii : NULL;
}

/* The function for iterators of this type. */
QuietStep
quiet_step_of(PyTypeObject *type)
{
    const Quiet *it = find(type);
    return it == NULL ? NULL : it->step;
}

/* ---- pairs ------------------------------------------------------------------------------------- */

/* A step of zip() of two: the second item goes to `items`, the first behind it. */
int64_t
quiet_step_zip(PyObject *iterator, PyObject **items)
{
    ZipIterator *it = (ZipIterator *)iterator;
    PyObject *first = PyTuple_GET_ITEM(it->iterators, 0), *second = PyTuple_GET_ITEM(it->iterators, 1);
    const Quiet *of_first = find(Py_TYPE(first)), *of_second = find(Py_TYPE(second));
    if (of_first == NULL || of_second == NULL || of_second->is_ready == NULL || first == second ||
        !of_second->is_ready(second) || (items[1] = of_first->step(first)) == NULL) {
        return 0;
    }
    items[0] = of_second->step(second);
    return 1;
}

/* Can this iterator of dict.items(), enumerate() or zip() of two be stepped quietly? */
bool
quiet_steps_pairs(PyObject *iterator)
{
    if (Py_IS_TYPE(iterator, &PyEnum_Type)) {
        return find(Py_TYPE(((EnumerateIterator *)iterator)->iterator)) != NULL;
    }
    if (Py_IS_TYPE(iterator, &PyZip_Type)) {
        PyObject *iterators = ((ZipIterator *)iterator)->iterators;
        const Quiet *second = find(Py_TYPE(PyTuple_GET_ITEM(iterators, 1)));
        return second != NULL && second->is_ready != NULL && find(Py_TYPE(PyTuple_GET_ITEM(iterators, 0))) != NULL;
    }
    return Py_IS_TYPE(iterator, &PyDictIterItem_Type);
}
