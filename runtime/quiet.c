/* Lookups that run no code but CPython's own: in dicts, sets, sequences and strings. Owns nothing. */
#include "pyjit/quiet.h"

#include "pyjit/keys.h"
#include "pyjit/state.h"

/* ---- values ------------------------------------------------------------------------------------ */

/* Is this a number, a string or None? */
bool
quiet_value(PyObject *value)
{
    PyTypeObject *type = Py_TYPE(value);
    return type == &PyUnicode_Type || type == &PyLong_Type || type == &PyFloat_Type || type == &PyBool_Type ||
           value == Py_None || (type == &PyBytes_Type && !Py_BytesWarningFlag); /* with that, comparing them may warn */
}

/* Are two exact ints equal? */
static inline bool
ints_equal(const PyObject *a, const PyObject *b)
{
    Py_ssize_t digits = Py_ABS(Py_SIZE(a));
    if (Py_SIZE(a) != Py_SIZE(b)) {
        return false;
    }
    for (Py_ssize_t i = 0; i < digits; i++) {
        if (((const PyLongObject *)a)->ob_digit[i] != ((const PyLongObject *)b)->ob_digit[i]) {
            return false;
        }
    }
    return true;
}

/* Are two values equal, the first of which is quiet? 1, 0, or -1 if the other one is not. */
static inline int
equal(PyObject *quiet, PyObject *other)
{
    if (quiet == other) {
        return 1;
    }
    if (PyLong_CheckExact(quiet) && PyLong_CheckExact(other)) {
        return ints_equal(quiet, other);
    }
    if (PyUnicode_CheckExact(quiet) && PyUnicode_CheckExact(other) && PyUnicode_IS_READY(quiet) &&
        PyUnicode_IS_READY(other)) {
        return (int)quiet_strings_equal(quiet, other);
    }
    if (!quiet_value(other)) {
        return -1;
    }
    int result = PyObject_RichCompareBool(quiet, other, Py_EQ);
    if (result < 0) { /* no memory */
        PyErr_Clear();
    }
    return result;
}

/* Are two exact strings equal? */
int64_t
quiet_strings_equal(PyObject *a, PyObject *b)
{
    if (!PyUnicode_IS_READY(a) || !PyUnicode_IS_READY(b)) {
        int order = PyUnicode_Compare(a, b);
        if (order == -1 && PyErr_Occurred()) { /* no memory to make it ready */
            PyErr_Clear();
        }
        return order == 0;
    }
    return PyUnicode_GET_LENGTH(a) == PyUnicode_GET_LENGTH(b) && PyUnicode_KIND(a) == PyUnicode_KIND(b) &&
           memcmp(PyUnicode_DATA(a), PyUnicode_DATA(b),
                  (size_t)PyUnicode_GET_LENGTH(a) * PyUnicode_KIND(a)) == 0;
}

/* After what has not succeeded, for the generic operation to try again. */
void
forget_error(int64_t Py_UNUSED(nothing))
{
    PyErr_Clear();
}

/* ---- dicts ------------------------------------------------------------------------------------- */

/* Where the value of an entry of a dict's keys is. */
static PyObject **
place_of(const PyDictObject *dict, Py_ssize_t index)
{
    PyDictKeysObject *keys = dict->ma_keys;
    if (dict->ma_values != NULL) {
        return &dict->ma_values->values[index];
    }
    return DK_IS_UNICODE(keys) ? &DK_UNICODE_ENTRIES(keys)[index].me_value : &DK_ENTRIES(keys)[index].me_value;
}

/* The value of such an entry. */
static PyObject *
value_at(const PyDictObject *dict, Py_ssize_t index)
{
    return *place_of(dict, index);
}

/* The index of a string's entry, which is looked for by its hash. */
static Py_ssize_t
find_string(PyDictKeysObject *keys, PyObject *key, Py_hash_t hash)
{
    const PyDictUnicodeEntry *entries = DK_UNICODE_ENTRIES(keys);
    KeysProbe probe = keys_probe(keys, hash);
    for (Py_ssize_t i = keys_probed(&probe); i != KEYS_ABSENT; i = keys_next(&probe)) {
        PyObject *other = i < 0 ? NULL : entries[i].me_key;
        if (other == key || (other != NULL && ((PyASCIIObject *)other)->hash == hash &&
                             quiet_strings_equal(other, key))) {
            return i;
        }
    }
    return KEYS_ABSENT;
}

/* The same of any quiet key in a table of any keys; KEYS_UNSURE if it meets one that is not quiet. */
static Py_ssize_t
find_any(PyDictKeysObject *keys, PyObject *key, Py_hash_t hash)
{
    const PyDictKeyEntry *entries = DK_ENTRIES(keys);
    KeysProbe probe = keys_probe(keys, hash);
    for (Py_ssize_t i = keys_probed(&probe); i != KEYS_ABSENT; i = keys_next(&probe)) {
        if (i >= 0 && entries[i].me_hash == hash && entries[i].me_key != NULL) {
            int same = equal(key, entries[i].me_key);
            if (same != 0) {
                return same > 0 ? i : KEYS_UNSURE;
            }
        }
    }
    return KEYS_ABSENT;
}

/* The same of any key in any exact dict. */
static Py_ssize_t
find(PyObject *dict, PyObject *key)
{
    PyDictKeysObject *keys = ((PyDictObject *)dict)->ma_keys;
    if (PyUnicode_CheckExact(key)) {
        Py_hash_t hash = ((PyASCIIObject *)key)->hash;
        hash = hash == -1 ? PyObject_Hash(key) : hash;
        return DK_IS_UNICODE(keys) ? find_string(keys, key, hash) : find_any(keys, key, hash);
    }
    if (!quiet_value(key)) {
        return KEYS_UNSURE;
    }
    return DK_IS_UNICODE(keys) ? KEYS_ABSENT : find_any(keys, key, PyObject_Hash(key));
}

/* The value of a key in an exact dict. */
PyObject *
quiet_dict_get(PyObject *dict, PyObject *key)
{
    Py_ssize_t index = find(dict, key);
    return index < 0 ? NULL : value_at((PyDictObject *)dict, index);
}

/* The same, or the default if the key is not there; NULL if that cannot be told. */
PyObject *
quiet_dict_get_or(PyObject *dict, PyObject *key)
{
    Py_ssize_t index = find(dict, key);
    PyObject *value = index < 0 ? NULL : value_at((PyDictObject *)dict, index);
    return index == KEYS_UNSURE ? NULL : value != NULL ? value : pyjit_state.operand;
}

/* Puts another value in the place of one, as PyDict_SetItem() does. Returns the old one, whose reference is the
 * caller's now. */
static PyObject *
replace_value(PyDictObject *dict, PyObject **place, PyObject *value)
{
    PyObject *old = *place;
    if (!_PyObject_GC_IS_TRACKED(dict) && _PyObject_GC_MAY_BE_TRACKED(value)) {
        PyObject_GC_Track(dict);
    }
    *place = Py_NewRef(value);
    dict->ma_version_tag = ++keys_last_dict_version;
    return old;
}

/* Sets the value of a key: 1; or 0 if the old value is pyjit_state.dying now, -1 if it cannot be told. */
int64_t
quiet_dict_set(PyObject *dict, PyObject *key)
{
    Py_ssize_t index = find(dict, key);
    PyObject **place = index < 0 ? NULL : place_of((PyDictObject *)dict, index);
    if (place == NULL || *place == NULL) {
        bool is_noted = _Py_tracemalloc_config.tracing; /* which line makes the dict grow */
        if (index == KEYS_UNSURE || is_noted || PyDict_SetItem(dict, key, pyjit_state.operand) < 0) {
            PyErr_Clear(); /* no memory: the generic operation will find so, too */
            return -1;
        }
        return 1;
    }
    PyObject *old = replace_value((PyDictObject *)dict, place, pyjit_state.operand);
    if (Py_REFCNT(old) == 1) {
        Py_SET_REFCNT(old, 0);
        return free_quietly(old);
    }
    Py_DECREF(old);
    return 1;
}

/* Is this object an exact int of this value, which has at most 60 bits? */
static bool
is_int(PyObject *object, int64_t value)
{
    if (!PyLong_CheckExact(object)) {
        return false;
    }
    const digit *digits = ((PyLongObject *)object)->ob_digit;
    uint64_t magnitude = (uint64_t)(value < 0 ? -value : value);
    switch (Py_SIZE(object)) {
    case 0:
        return value == 0;
    case 1:
    case -1:
        return digits[0] == magnitude && (value < 0) == (Py_SIZE(object) < 0);
    case 2:
    case -2:
        return (digits[0] | (uint64_t)digits[1] << PyLong_SHIFT) == magnitude &&
               (value < 0) == (Py_SIZE(object) < 0);
    default:
        return false;
    }
}

/* The same for an int. */
PyObject *
quiet_dict_get_int(PyObject *dict, int64_t key)
{
    PyDictKeysObject *keys = ((PyDictObject *)dict)->ma_keys;
    if (DK_IS_UNICODE(keys)) {
        return NULL;
    }
    Py_hash_t hash = key == -1 ? -2 : key; /* of ints below 2**61 - 1 */
    const PyDictKeyEntry *entries = DK_ENTRIES(keys);
    KeysProbe probe = keys_probe(keys, hash);
    for (Py_ssize_t i = keys_probed(&probe); i != KEYS_ABSENT; i = keys_next(&probe)) {
        if (i < 0 || entries[i].me_hash != hash || entries[i].me_key == NULL) {
            continue;
        }
        if (is_int(entries[i].me_key, key)) {
            return value_at((PyDictObject *)dict, i);
        }
        if (!PyLong_CheckExact(entries[i].me_key)) {
            return NULL; /* perhaps equal to it all the same */
        }
    }
    return NULL;
}

static int64_t
in_dict(PyObject *dict, PyObject *key)
{
    Py_ssize_t index = find(dict, key);
    if (index == KEYS_UNSURE) {
        return -1;
    }
    return index >= 0 && value_at((PyDictObject *)dict, index) != NULL;
}

/* Is a string certainly no key of the dict? */
int64_t
quiet_dict_lacks(PyObject *dict, PyObject *key)
{
    return in_dict(dict, key) == 0;
}

/* ---- sets -------------------------------------------------------------------------------------- */

#define SET_NEIGHBOURS 9 /* entries that are looked at one after another */
#define SET_PERTURB_SHIFT 5

static int64_t
in_set(PyObject *container, PyObject *key)
{
    const PySetObject *set = (PySetObject *)container;
    if (!quiet_value(key)) {
        return -1;
    }
    Py_hash_t hash = PyObject_Hash(key);
    size_t perturb = (size_t)hash, mask = (size_t)set->mask, i = (size_t)hash & mask;
    for (;;) {
        size_t last = i + SET_NEIGHBOURS <= mask ? i + SET_NEIGHBOURS : i;
        for (const setentry *entry = &set->table[i]; entry <= &set->table[last]; entry++) {
            if (entry->key == NULL) {
                return 0;
            }
            int same = entry->hash == hash ? equal(key, entry->key) : 0;
            if (same != 0) {
                return same;
            }
        }
        perturb >>= SET_PERTURB_SHIFT;
        i = (i * 5 + 1 + perturb) & mask;
    }
}

/* ---- sequences and strings --------------------------------------------------------------------- */

static int64_t
in_items(PyObject *const *items, Py_ssize_t count, PyObject *key)
{
    if (!quiet_value(key)) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        int same = equal(key, items[i]);
        if (same != 0) {
            return same;
        }
    }
    return 0;
}

static int64_t
in_list(PyObject *list, PyObject *key)
{
    return in_items(((PyListObject *)list)->ob_item, PyList_GET_SIZE(list), key);
}

static int64_t
in_tuple(PyObject *tuple, PyObject *key)
{
    return in_items(((PyTupleObject *)tuple)->ob_item, PyTuple_GET_SIZE(tuple), key);
}

static int64_t
in_string(PyObject *string, PyObject *key)
{
    if (!PyUnicode_CheckExact(key)) {
        return -1;
    }
    int found = PyUnicode_Contains(string, key);
    if (found < 0) {
        PyErr_Clear();
    }
    return found;
}

/* The function for containers of this type. */
QuietContains
quiet_contains_of(PyTypeObject *type)
{
    return type == &PyDict_Type                                   ? in_dict
           : type == &PySet_Type || type == &PyFrozenSet_Type ? in_set
           : type == &PyUnicode_Type                              ? in_string
           : type == &PyTuple_Type                                ? in_tuple
           : type == &PyList_Type                                 ? in_list
                                                                  : NULL;
}
