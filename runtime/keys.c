/* The insides of dicts, as guards see them. Owns the counters of versions it gives out. */
#include "pyjit/keys.h"

#include <string.h>

#define FIRST_VERSION UINT32_MAX /* downwards; the interpreter counts upwards from 1 */
#define LAST_VERSION (UINT32_MAX / 2)

#define KEPT_LOG2_SIZE 3 /* of the tables whose memory the interpreter keeps */

uint64_t keys_last_dict_version = (uint64_t)1 << 63;

/* The shape of these keys. */
intptr_t
keys_shape(const PyDictKeysObject *keys)
{
    uint32_t word;
    memcpy(&word, &keys->dk_log2_size, sizeof word);
    return word & KEYS_SHAPE_MASK;
}

/* The index of the entry whose key is this very string. */
int
keys_index(PyDictKeysObject *keys, PyObject *name)
{
    if (keys->dk_kind == DICT_KEYS_GENERAL) {
        return -1;
    }
    const PyDictUnicodeEntry *entries = DK_UNICODE_ENTRIES(keys);
    for (Py_ssize_t i = 0; i < keys->dk_nentries; i++) {
        if (entries[i].me_key == name) {
            return (int)i;
        }
    }
    return -1;
}

/* Is it certain that no key is equal to the name? */
bool
keys_lack(PyDictKeysObject *keys, PyObject *name)
{
    if (keys->dk_kind == DICT_KEYS_GENERAL) {
        return false;
    }
    const PyDictUnicodeEntry *entries = DK_UNICODE_ENTRIES(keys);
    Py_hash_t hash = PyObject_Hash(name);
    for (Py_ssize_t i = 0; i < keys->dk_nentries; i++) {
        PyObject *key = entries[i].me_key;
        if (key == name ||
            (key != NULL && PyObject_Hash(key) == hash && PyUnicode_Compare(key, name) == 0)) {
            return false;
        }
    }
    return true;
}

/* Byte offset from the keys object of the entry. */
intptr_t
keys_entry_offset(const PyDictKeysObject *keys, int index)
{
    return (intptr_t)(sizeof(PyDictKeysObject) + ((size_t)1 << keys->dk_log2_index_bytes) +
                      (size_t)index * sizeof(PyDictUnicodeEntry));
}

/* Where the value of a string is. */
bool
keys_locate(PyObject *dict, PyObject *name, intptr_t *shape, intptr_t *at)
{
    if (!PyDict_CheckExact(dict) || ((PyDictObject *)dict)->ma_values != NULL) {
        return false;
    }
    PyDictKeysObject *keys = ((PyDictObject *)dict)->ma_keys;
    int index = keys_index(keys, name);
    if (index >= 0) {
        *shape = keys_shape(keys);
        *at = keys_entry_offset(keys, index);
    }
    return index >= 0;
}

/* A number that these keys have until a key is added or removed. */
uint32_t
keys_version(PyDictKeysObject *keys)
{
    static uint32_t next = FIRST_VERSION;
    if (keys->dk_version == 0 && next > LAST_VERSION) {
        keys->dk_version = next--;
    }
    return keys->dk_version;
}

/* The value of a name in an exact dict with string keys. */
PyObject *
keys_dict_get(PyObject *dict, PyObject *name)
{
    return _PyDict_GetItem_KnownHash(dict, name, PyObject_Hash(name));
}

/* ---- copies ------------------------------------------------------------------------------------- */

/* The size of the memory of keys that are strings. */
static size_t
size_of(const PyDictKeysObject *keys)
{
    return (size_t)keys_entry_offset(keys, (int)(keys->dk_usable + keys->dk_nentries));
}

/* Memory for keys of this size; NULL if there is none. */
static PyDictKeysObject *
allocate(size_t size, uint8_t log2_size, PyThreadState *tstate)
{
    struct _Py_dict_state *kept = &tstate->interp->dict_state;
    if (log2_size == KEPT_LOG2_SIZE && kept->keys_numfree > 0) {
        return kept->keys_free_list[--kept->keys_numfree];
    }
    return PyObject_Malloc(size);
}

/* Gives a new dict the keys of another one. */
bool
keys_fill(PyDictObject *dict, const PyDictObject *model, PyObject *const *values, PyThreadState *tstate)
{
    const PyDictKeysObject *from = model->ma_keys;
    size_t size = size_of(from);
    PyDictKeysObject *keys = allocate(size, from->dk_log2_size, tstate);
    if (keys == NULL) {
        return false;
    }
    memcpy(keys, from, size);
    keys->dk_refcnt = 1;
    keys->dk_version = 0;
    bool tracked = false;
    PyDictUnicodeEntry *entries = DK_UNICODE_ENTRIES(keys);
    for (Py_ssize_t i = 0; i < keys->dk_nentries; i++) {
        Py_INCREF(entries[i].me_key);
        entries[i].me_value = values[i];
        tracked |= PyType_IS_GC(Py_TYPE(values[i])) && _PyObject_GC_MAY_BE_TRACKED(values[i]);
    }
    dict->ma_keys->dk_refcnt--; /* those of all empty dicts */
    dict->ma_keys = keys;
    dict->ma_used = keys->dk_nentries;
    if (tracked) {
        PyObject_GC_Track(dict);
    }
    return true;
}
