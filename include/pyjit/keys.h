/* The insides of dicts, as guards see them: where in a dict's keys a name is, and that it is not
 * there.
 *
 * A guard that compares the *shape* of a dict's keys (size of the table, kind of the entries) may
 * read any entry such a table has: entries not in use are zero. If the entry's key is the name then
 * the entry's value is the value of that name, whichever dict this is. */
#ifndef PYJIT_KEYS_H
#define PYJIT_KEYS_H

#include "cpython/interface.h"

#include <stdbool.h>

/* The part of a keys object that is its shape. */
#define KEYS_SHAPE_MASK 0xffffff

/* The shape of these keys, as the four bytes after dk_refcnt under KEYS_SHAPE_MASK. */
intptr_t keys_shape(const PyDictKeysObject *keys);

/* The index of the entry whose key is this very string; -1 if none or if they are not strings. */
int keys_index(PyDictKeysObject *keys, PyObject *name);

/* Is it certain that no key is equal to the name? */
bool keys_lack(PyDictKeysObject *keys, PyObject *name);

/* Byte offset from the keys object of the entry of string keys. */
intptr_t keys_entry_offset(const PyDictKeysObject *keys, int index);

/* Where the value of this very string is in an exact dict that has its values in its keys: the shape of the keys, and the
 * offset of the entry from them. False if it is not there. */
bool keys_locate(PyObject *dict, PyObject *name, intptr_t *shape, intptr_t *at);

/* A number that these keys have until a key is added or removed, and no others ever; 0: none left. */
uint32_t keys_version(PyDictKeysObject *keys);

/* The last version given to a dict by machine code; those of the interpreter stay below. */
extern uint64_t keys_last_dict_version;

/* The value of a name in an exact dict with string keys, NULL if none. Borrows. */
PyObject *keys_dict_get(PyObject *dict, PyObject *name);

/* Gives a new dict, empty, the keys of another one that has string keys only, with its values beside them, and has never lost
 * any; and these values, which are stolen. False, with the dict as it was, if there is no memory. */
bool keys_fill(PyDictObject *dict, const PyDictObject *model, PyObject *const *values, PyThreadState *tstate);

/* ---- looking for a hash ------------------------------------------------------------------------- */

#define KEYS_ABSENT (-1)  /* the end of a search */
#define KEYS_REMOVED (-2) /* an entry that is no more */
#define KEYS_UNSURE (-3)  /* whether there is such an entry */

/* A search through the table of some keys. */
typedef struct {
    const PyDictKeysObject *keys;
    size_t mask, perturb, slot;
} KeysProbe;

/* The index of the entry that the search has come to, KEYS_REMOVED or KEYS_ABSENT. */
static inline Py_ssize_t
keys_probed(const KeysProbe *probe)
{
    const PyDictKeysObject *keys = probe->keys;
    switch (keys->dk_log2_index_bytes - keys->dk_log2_size) {
    case 0:
        return ((const int8_t *)keys->dk_indices)[probe->slot];
    case 1:
        return ((const int16_t *)keys->dk_indices)[probe->slot];
    case 2:
        return ((const int32_t *)keys->dk_indices)[probe->slot];
    default:
        return (Py_ssize_t)((const int64_t *)keys->dk_indices)[probe->slot];
    }
}

/* Begins a search. */
static inline KeysProbe
keys_probe(const PyDictKeysObject *keys, Py_hash_t hash)
{
    size_t mask = ((size_t)1 << keys->dk_log2_size) - 1;
    return (KeysProbe){keys, mask, (size_t)hash, (size_t)hash & mask};
}

/* Goes on with one. */
static inline Py_ssize_t
keys_next(KeysProbe *probe)
{
    probe->perturb >>= 5;
    probe->slot = (probe->slot * 5 + probe->perturb + 1) & probe->mask;
    return keys_probed(probe);
}

/* Is this an exact dict all of whose keys are strings, with its values beside them? */
static inline bool
keys_is_plain_dict(PyObject *dict)
{
    return dict != NULL && PyDict_CheckExact(dict) &&
           ((PyDictObject *)dict)->ma_keys->dk_kind == DICT_KEYS_UNICODE;
}

#endif
