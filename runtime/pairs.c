/* `for a, b in ...` over a dict's items, enumerate() and zip() of two: the pair is never made. */
#include "pyjit/steps.h"

#include "pyjit/generic_ops.h"

/* Any iterator of tuples of two: as for FOR_ITER, with the tuple taken apart. */
static int
next_of_any(PyObject *iterator, PyObject **first, PyObject **second)
{
    PyObject *pair;
    int status = generic_for_iter(iterator, &pair);
    if (status == 1) {
        *first = Py_NewRef(PyTuple_GET_ITEM(pair, 0));
        *second = Py_NewRef(PyTuple_GET_ITEM(pair, 1));
        Py_DECREF(pair);
    }
    return status;
}

/* The next item of a dict that has not changed, with its place in *position; false at the end. */
static bool
find_item(const PyDictObject *dict, Py_ssize_t *position, PyObject **key, PyObject **value)
{
    PyDictKeysObject *keys = dict->ma_keys;
    Py_ssize_t i = *position;
    for (; i < keys->dk_nentries; i++) {
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

/* Of dict.items(). */
static int
next_of_items(PyObject *iterator, PyObject **first, PyObject **second)
{
    DictIterator *it = (DictIterator *)iterator;
    PyDictObject *dict = it->dict;
    Py_ssize_t position = it->position;
    PyObject *key, *value;
    if (dict == NULL || it->used != dict->ma_used || dict->ma_values != NULL || it->left <= 0 ||
        !find_item(dict, &position, &key, &value)) {
        return next_of_any(iterator, first, second);
    }
    it->position = position + 1;
    it->left--;
    *first = Py_NewRef(key);
    *second = Py_NewRef(value);
    return 1;
}

/* Of enumerate(). */
static int
next_of_enumerate(PyObject *iterator, PyObject **first, PyObject **second)
{
    EnumerateIterator *it = (EnumerateIterator *)iterator;
    if (it->index == PY_SSIZE_T_MAX) {
        return next_of_any(iterator, first, second);
    }
    int status = generic_for_iter(it->iterator, second);
    if (status != 1) {
        return status;
    }
    *first = PyLong_FromSsize_t(it->index);
    if (*first == NULL) {
        Py_DECREF(*second);
        return -1;
    }
    it->index++;
    return 1;
}

/* Of zip() of two iterables. */
static int
next_of_zip(PyObject *iterator, PyObject **first, PyObject **second)
{
    ZipIterator *it = (ZipIterator *)iterator;
    if (it->strict) {
        return next_of_any(iterator, first, second);
    }
    int status = generic_for_iter(PyTuple_GET_ITEM(it->iterators, 0), first);
    if (status != 1) {
        return status;
    }
    status = generic_for_iter(PyTuple_GET_ITEM(it->iterators, 1), second);
    if (status != 1) {
        Py_DECREF(*first);
    }
    return status;
}

/* FOR_ITER and UNPACK_SEQUENCE 2 over one of these iterators. */
STEP(step_for_pair)
{
    (void)tstate, (void)frame, (void)oparg;
    PyObject *iterator = sp[-1];
    int (*next)(PyObject *, PyObject **, PyObject **) = Py_IS_TYPE(iterator, &PyDictIterItem_Type) ? next_of_items
                                                        : Py_IS_TYPE(iterator, &PyEnum_Type) ? next_of_enumerate
                                                                                             : next_of_zip;
    int status = next(iterator, &sp[1], &sp[0]);
    if (status == 0) {
        Py_DECREF(iterator);
    }
    return status;
}
