/* Generic operations: building containers and strings, adding to them, taking them apart. */
#include "pyjit/generic_support.h"

#include "pyjit/text.h"

/* ---- Building ----------------------------------------------------------------------------- */

/* Releases the `count` top entries, which were the inputs of `result`, and puts it (stolen, NULL on
 * failure) in place of the lowest. */
static int
replace_entries(PyObject **sp, int count, PyObject *result)
{
    release_entries(sp, count);
    return leave(sp - count, result);
}

/* [items...] -> [tuple] */
GENERIC(build_tuple)
{
    PyObject *tuple = PyTuple_New(oparg);
    if (tuple == NULL) {
        return replace_entries(sp, oparg, NULL);
    }
    PyObject **items = sp - oparg;
    for (int i = 0; i < oparg; i++) {
        PyTuple_SET_ITEM(tuple, i, items[i]);
    }
    items[0] = tuple;
    return 0;
}

/* [items...] -> [list] */
GENERIC(build_list)
{
    PyObject *list = PyList_New(oparg);
    if (list == NULL) {
        return replace_entries(sp, oparg, NULL);
    }
    PyObject **items = sp - oparg;
    for (int i = 0; i < oparg; i++) {
        PyList_SET_ITEM(list, i, items[i]);
    }
    items[0] = list;
    return 0;
}

/* [items...] -> [set] */
GENERIC(build_set)
{
    PyObject *set = PySet_New(NULL);
    if (set == NULL) {
        return replace_entries(sp, oparg, NULL);
    }
    PyObject **items = sp - oparg;
    int status = 0;
    for (int i = 0; i < oparg; i++) {
        if (status == 0) {
            status = PySet_Add(set, items[i]);
        }
        Py_DECREF(items[i]);
    }
    if (status != 0) {
        Py_DECREF(set);
        return -1;
    }
    items[0] = set;
    return 0;
}

/* An empty dict about to receive these keys. Only a dict of general keys can be made large from the
 * start; one of strings alone grows to the same size. New reference or NULL. */
static PyObject *
new_dict_for(PyObject *const *keys, int key_stride, int count)
{
    for (int i = 0; i < count; i++) {
        if (!PyUnicode_CheckExact(keys[i * key_stride])) {
            return _PyDict_NewPresized(count);
        }
    }
    return PyDict_New();
}

/* A dict of count keys and values, each found `stride` entries after the one before. Borrows them;
 * new reference or NULL. */
static PyObject *
dict_from_entries(PyObject *const *keys, int key_stride, PyObject *const *values, int value_stride,
                  int count)
{
    PyObject *dict = new_dict_for(keys, key_stride, count);
    if (dict == NULL) {
        return NULL;
    }
    for (int i = 0; i < count; i++) {
        if (PyDict_SetItem(dict, keys[i * key_stride], values[i * value_stride]) < 0) {
            Py_DECREF(dict);
            return NULL;
        }
    }
    return dict;
}

/* [key, value, key, value, ...] -> [dict] */
GENERIC(build_map)
{
    PyObject **entries = sp - 2 * oparg;
    return replace_entries(sp, 2 * oparg,
                           dict_from_entries(entries, 2, entries + 1, 2, oparg));
}

/* [values..., tuple of keys] -> [dict] */
GENERIC(build_const_key_map)
{
    PyObject *keys = sp[-1], *dict = NULL;
    if (PyTuple_CheckExact(keys) && PyTuple_GET_SIZE(keys) == oparg) {
        dict = dict_from_entries(_PyTuple_ITEMS(keys), 1, sp - 1 - oparg, 1, oparg);
    }
    else {
        PyErr_SetString(PyExc_SystemError, "bad BUILD_CONST_KEY_MAP keys argument");
    }
    return replace_entries(sp, oparg + 1, dict);
}

/* [strings...] -> [their concatenation] */
GENERIC(build_string)
{
    return replace_entries(sp, oparg, _PyUnicode_JoinArray(pyjit_names.empty, sp - oparg, oparg));
}

/* [list] -> [tuple] */
GENERIC(list_to_tuple)
{
    return replace_entries(sp, 1, PyList_AsTuple(sp[-1]));
}

/* ---- Adding: the container lies oparg entries below what is added ------------------------- */

/* [list ... item] -> [list ...] */
GENERIC(list_append)
{
    PyObject *item = sp[-1];
    int status = PyList_Append(sp[-1 - oparg], item);
    Py_DECREF(item);
    return status;
}

/* [set ... item] -> [set ...] */
GENERIC(set_add)
{
    PyObject *item = sp[-1];
    int status = PySet_Add(sp[-1 - oparg], item);
    Py_DECREF(item);
    return status;
}

/* [dict ... key, value] -> [dict ...] */
GENERIC(map_add)
{
    PyObject *key = sp[-2], *value = sp[-1];
    int status = PyDict_SetItem(sp[-2 - oparg], key, value);
    Py_DECREF(key);
    Py_DECREF(value);
    return status;
}

/* [list ... iterable] -> [list ...] */
GENERIC(list_extend)
{
    PyObject *iterable = sp[-1];
    PyObject *none = _PyList_Extend((PyListObject *)sp[-1 - oparg], iterable);
    if (none == NULL && _PyErr_ExceptionMatches(tstate, PyExc_TypeError) &&
        Py_TYPE(iterable)->tp_iter == NULL && !PySequence_Check(iterable)) {
        PyErr_Format(PyExc_TypeError, "Value after * must be an iterable, not %.200s",
                     Py_TYPE(iterable)->tp_name);
    }
    int status = none == NULL ? -1 : 0;
    Py_XDECREF(none);
    Py_DECREF(iterable);
    return status;
}

/* [set ... iterable] -> [set ...] */
GENERIC(set_update)
{
    PyObject *iterable = sp[-1];
    int status = _PySet_Update(sp[-1 - oparg], iterable);
    Py_DECREF(iterable);
    return status < 0 ? -1 : 0;
}

/* [dict ... mapping] -> [dict ...] */
GENERIC(dict_update)
{
    PyObject *mapping = sp[-1];
    int status = PyDict_Update(sp[-1 - oparg], mapping);
    if (status < 0 && _PyErr_ExceptionMatches(tstate, PyExc_AttributeError)) {
        PyErr_Format(PyExc_TypeError, "'%.200s' object is not a mapping",
                     Py_TYPE(mapping)->tp_name);
    }
    Py_DECREF(mapping);
    return status;
}

/* [function, args, dict ... mapping] -> [function, args, dict ...], refusing keys that are there */
GENERIC(dict_merge)
{
    PyObject *mapping = sp[-1];
    int status = _PyDict_MergeEx(sp[-1 - oparg], mapping, 2);
    if (status < 0) {
        generic_explain_kwargs_error(tstate, sp[-3 - oparg], mapping);
    }
    Py_DECREF(mapping);
    return status < 0 ? -1 : 0;
}

/* ---- Taking apart ------------------------------------------------------------------------- */

/* Raises ValueError unless the iterator is exhausted. Returns 0 or -1. */
static int
expect_exhausted(PyThreadState *tstate, PyObject *iterator, int expected)
{
    PyObject *extra = PyIter_Next(iterator);
    if (extra == NULL) {
        return _PyErr_Occurred(tstate) ? -1 : 0;
    }
    Py_DECREF(extra);
    PyErr_Format(PyExc_ValueError, "too many values to unpack (expected %d)", expected);
    return -1;
}

/* Stores the rest of the iterator below *slot: a list, and below that its last `after` items, which
 * it loses. *slot follows. Returns 0 or -1. */
static int
unpack_rest(PyObject *iterator, int before, int after, PyObject ***slot)
{
    PyObject *rest = PySequence_List(iterator);
    if (rest == NULL) {
        return -1;
    }
    *--*slot = rest;
    Py_ssize_t length = PyList_GET_SIZE(rest);
    if (length < after) {
        PyErr_Format(PyExc_ValueError,
                     "not enough values to unpack (expected at least %d, got %zd)", before + after,
                     before + length);
        return -1;
    }
    for (Py_ssize_t i = length - after; i < length; i++) {
        *--*slot = PyList_GET_ITEM(rest, i);
    }
    Py_SET_SIZE(rest, length - after);
    return 0;
}

/* Unpacks into the slots below `top`, the first item highest. `after` is -1 without a starred
 * target, else the number of targets after it. Borrows the iterable. Returns 0 or -1 (nothing is
 * stored). */
static int
unpack(PyThreadState *tstate, PyObject *iterable, int before, int after, PyObject **top)
{
    PyObject *iterator = PyObject_GetIter(iterable);
    if (iterator == NULL) {
        if (_PyErr_ExceptionMatches(tstate, PyExc_TypeError) &&
            Py_TYPE(iterable)->tp_iter == NULL && !PySequence_Check(iterable)) {
            PyErr_Format(PyExc_TypeError, "cannot unpack non-iterable %.200s object",
                         Py_TYPE(iterable)->tp_name);
        }
        return -1;
    }
    PyObject **slot = top;
    int status = 0;
    while (top - slot < before) {
        PyObject *item = PyIter_Next(iterator);
        if (item == NULL) {
            status = -1;
            break;
        }
        *--slot = item;
    }
    if (status < 0) {
        if (!_PyErr_Occurred(tstate)) {
            PyErr_Format(PyExc_ValueError, "not enough values to unpack (expected %s%d, got %d)",
                         after < 0 ? "" : "at least ", before + (after < 0 ? 0 : after),
                         (int)(top - slot));
        }
    }
    else if (after < 0) {
        status = expect_exhausted(tstate, iterator, before);
    }
    else {
        status = unpack_rest(iterator, before, after, &slot);
    }
    if (status < 0) {
        while (slot < top) {
            Py_DECREF(*slot++);
        }
    }
    Py_DECREF(iterator);
    return status;
}

/* The items of an exact list or tuple, which are unpacked without an iterator; NULL of anything else, and of
 * a list that has no room for any. */
static PyObject *const *
items_of(PyObject *sequence)
{
    return PyTuple_CheckExact(sequence)  ? _PyTuple_ITEMS(sequence)
           : PyList_CheckExact(sequence) ? ((PyListObject *)sequence)->ob_item
                                         : NULL;
}

/* Unpacks at least `before` + `after` items, as unpack() does. The list has the room that it would have from an
 * iterator. */
static int
unpack_items(PyObject *const *items, Py_ssize_t count, int before, int after, PyObject **top)
{
    Py_ssize_t left = count - before, length = left - after;
    PyObject *rest = PyList_New((left + 1) & ~(Py_ssize_t)1);
    if (rest == NULL) {
        return -1;
    }
    Py_SET_SIZE(rest, length);
    for (int i = 0; i < before; i++) {
        *--top = Py_NewRef(items[i]);
    }
    *--top = rest;
    for (Py_ssize_t i = 0; i < length; i++) {
        PyList_SET_ITEM(rest, i, Py_NewRef(items[before + i]));
    }
    for (Py_ssize_t i = count - after; i < count; i++) {
        *--top = Py_NewRef(items[i]);
    }
    return 0;
}

/* [sequence] -> [item oparg - 1, ..., item 0] */
GENERIC(unpack_sequence)
{
    PyObject *sequence = sp[-1];
    PyObject **top = sp - 1 + oparg;
    PyObject *const *items = items_of(sequence);
    int status = 0;
    if (items != NULL && Py_SIZE(sequence) == oparg) {
        for (int i = 0; i < oparg; i++) {
            top[-1 - i] = Py_NewRef(items[i]);
        }
    }
    else {
        status = unpack(tstate, sequence, oparg, -1, top);
    }
    Py_DECREF(sequence);
    return status;
}

/* [sequence] -> [last items ..., list, ..., item 0]: oparg has the number of targets before the
 * starred one in its low byte, of those after it above */
GENERIC(unpack_ex)
{
    PyObject *sequence = sp[-1];
    int before = oparg & 0xFF, after = oparg >> 8;
    PyObject **top = sp + before + after;
    PyObject *const *items = items_of(sequence);
    bool simple = items != NULL && Py_SIZE(sequence) >= before + after;
    int status = simple ? unpack_items(items, Py_SIZE(sequence), before, after, top)
                        : unpack(tstate, sequence, before, after, top);
    Py_DECREF(sequence);
    return status;
}

/* [x] -> [x, len(x)] */
GENERIC(get_len)
{
    Py_ssize_t length = PyObject_Length(sp[-1]);
    return leave(&sp[0], length < 0 ? NULL : PyLong_FromSsize_t(length));
}

/* ---- f-strings ---------------------------------------------------------------------------- */

/* By the conversion in the oparg of FORMAT_VALUE; NULL for none. */
static const unaryfunc conversions[FVC_MASK + 1] = {
    [FVC_STR] = text_of,
    [FVC_REPR] = PyObject_Repr,
    [FVC_ASCII] = PyObject_ASCII,
};

/* [value] or [value, format specification] -> [string] */
GENERIC(format_value)
{
    bool has_spec = (oparg & FVS_MASK) == FVS_HAVE_SPEC;
    PyObject **slot = sp - 1 - has_spec;
    PyObject *value = slot[0], *spec = has_spec ? slot[1] : NULL;
    unaryfunc convert = conversions[oparg & FVC_MASK];
    if (convert != NULL) {
        Py_SETREF(value, convert(value));
        if (value == NULL) {
            Py_XDECREF(spec);
            return -1;
        }
    }
    if (spec == NULL && PyLong_CheckExact(value)) {
        Py_SETREF(value, text_of(value));
    }
    else if (spec != NULL || !PyUnicode_CheckExact(value)) {
        Py_SETREF(value, PyObject_Format(value, spec));
        Py_XDECREF(spec);
    }
    return leave(slot, value);
}
