/* Subscripts of exact lists and tuples by unboxed ints, of dicts by strings and ints; unpacking. */
#include "template.h"

#include "index.h"
#include "release.h"
#include "text.h"

#include "pyjit/keys.h"

/* Each of these declares `item`, borrowed: by an index in a register, by one that is known, 0 or more, of which
 * `offset` is what it adds to an address, by one that is known and less than 0. */
#define ITEM(object, items, index, rare)                                                           \
    int64_t size_ = Py_SIZE(object);                                                               \
    PLACE(at_, index, size_, rare)                                                                 \
    PyObject *item = (items)[at_]

#define ITEM_AT(object, items, at, offset, rare)                                                   \
    if (unlikely(Py_SIZE(object) <= at)) LEAVE(rare);                                              \
    PyObject *item = *(PyObject **)((char *)(items) + offset)

#define ITEM_FROM_END(object, items, at, rare)                                                     \
    int64_t at_ = Py_SIZE(object) + at;                                                            \
    if (unlikely(at_ < 0)) LEAVE(rare);                                                            \
    PyObject *item = (items)[at_]

#define LIST_ITEMS(object) ((PyListObject *)(object))->ob_item
#define TUPLE_ITEMS(object) ((PyTupleObject *)(object))->ob_item

OPERATION(list_get, SLOT(list), IREG(index), SLOT(to), EXIT(rare)) {
    ITEM(list, LIST_ITEMS(list), index, rare);
    Py_INCREF(item);
    to = item;
}

OPERATION(list_get_at, SLOT(list), IMM(at), IMM(offset), SLOT(to), EXIT(rare)) {
    ITEM_AT(list, LIST_ITEMS(list), at, offset, rare);
    Py_INCREF(item);
    to = item;
}

OPERATION(list_get_from_end, SLOT(list), IMM(at), SLOT(to), EXIT(rare)) {
    ITEM_FROM_END(list, LIST_ITEMS(list), at, rare);
    Py_INCREF(item);
    to = item;
}

OPERATION(tuple_get, SLOT(tuple), IREG(index), SLOT(to), EXIT(rare)) {
    ITEM(tuple, TUPLE_ITEMS(tuple), index, rare);
    Py_INCREF(item);
    to = item;
}

OPERATION(tuple_get_at, SLOT(tuple), IMM(at), IMM(offset), SLOT(to), EXIT(rare)) {
    ITEM_AT(tuple, TUPLE_ITEMS(tuple), at, offset, rare);
    Py_INCREF(item);
    to = item;
}

OPERATION(tuple_get_from_end, SLOT(tuple), IMM(at), SLOT(to), EXIT(rare)) {
    ITEM_FROM_END(tuple, TUPLE_ITEMS(tuple), at, rare);
    Py_INCREF(item);
    to = item;
}

/* The same without a reference. */
OPERATION(list_lend, SLOT(list), IREG(index), SLOT(to), EXIT(rare)) {
    ITEM(list, LIST_ITEMS(list), index, rare);
    to = item;
}

OPERATION(list_lend_at, SLOT(list), IMM(at), IMM(offset), SLOT(to), EXIT(rare)) {
    ITEM_AT(list, LIST_ITEMS(list), at, offset, rare);
    to = item;
}

OPERATION(list_lend_from_end, SLOT(list), IMM(at), SLOT(to), EXIT(rare)) {
    ITEM_FROM_END(list, LIST_ITEMS(list), at, rare);
    to = item;
}

OPERATION(tuple_lend, SLOT(tuple), IREG(index), SLOT(to), EXIT(rare)) {
    ITEM(tuple, TUPLE_ITEMS(tuple), index, rare);
    to = item;
}

OPERATION(tuple_lend_at, SLOT(tuple), IMM(at), IMM(offset), SLOT(to), EXIT(rare)) {
    ITEM_AT(tuple, TUPLE_ITEMS(tuple), at, offset, rare);
    to = item;
}

OPERATION(tuple_lend_from_end, SLOT(tuple), IMM(at), SLOT(to), EXIT(rare)) {
    ITEM_FROM_END(tuple, TUPLE_ITEMS(tuple), at, rare);
    to = item;
}

/* Gives the list the value's reference; the old item goes last. */
OPERATION(list_set, SLOT(list), IREG(index), SLOT(value), EXIT(rare), EXIT(release)) {
    PyListObject *object = (PyListObject *)list;
    int64_t size = Py_SIZE(object);
    PLACE(at, index, size, rare)
    PyObject *old = object->ob_item[at];
    object->ob_item[at] = value;
    RELEASE(old, release);
}

OPERATION(check_size, SLOT(x), IMM(size), EXIT(miss)) {
    if (unlikely(Py_SIZE(x) != size)) LEAVE(miss);
}

/* The item at a byte offset in a tuple. */
OPERATION(tuple_item, SLOT(tuple), IMM(offset), SLOT(to)) {
    PyObject *item = *(PyObject **)((char *)tuple + offset);
    Py_INCREF(item);
    to = item;
}

OPERATION(list_item, SLOT(list), IMM(offset), SLOT(to)) {
    PyObject *item = *(PyObject **)((char *)((PyListObject *)list)->ob_item + offset);
    Py_INCREF(item);
    to = item;
}

/* The same in place of the tuple or list, which is released. */
OPERATION(tuple_item_last, SLOT(tuple), IMM(offset), EXIT(release)) {
    PyObject *old = tuple, *item = *(PyObject **)((char *)old + offset);
    Py_INCREF(item);
    tuple = item;
    RELEASE(old, release);
}

OPERATION(list_item_last, SLOT(list), IMM(offset), EXIT(release)) {
    PyObject *old = list, *item = *(PyObject **)((char *)((PyListObject *)old)->ob_item + offset);
    Py_INCREF(item);
    list = item;
    RELEASE(old, release);
}

/* Appends to a string that a local holds; where nobody else does, in place. */
CALLING_OPERATION(str_append, SLOT(target), SLOT(right), PTR(at), EXIT(error)) {
    frame->prev_instr = at;
    PyUnicode_Append(SLOT_ADDRESS(target), right);
    if (unlikely(target == NULL)) LEAVE(error);
}

/* ---- dicts and membership ------------------------------------------------------------------------ */

extern PyObject *dict_get_item(PyObject *, PyObject *);

/* dict[key] into r0, which stays there while the operands are released. */
CALLING_OPERATION(dict_get, SLOT(dict), SLOT(key), PTR(at), EXIT(error)) {
    frame->prev_instr = at;
    PyObject *result = dict_get_item(dict, key);
    if (unlikely(result == NULL)) LEAVE(error);
    r0 = (int64_t)result;
}

CALLING_OPERATION(dict_set, SLOT(dict), SLOT(key), SLOT(value), PTR(at), EXIT(error)) {
    frame->prev_instr = at;
    if (unlikely(PyDict_SetItem(dict, key, value) < 0)) LEAVE(error);
}

extern int list_set_slice(PyObject *, PyObject *, PyObject *, PyObject *);

CALLING_OPERATION(list_set_slice, SLOT(list), SLOT(start), SLOT(stop), SLOT(value), PTR(at), EXIT(error)) {
    frame->prev_instr = at;
    if (unlikely(list_set_slice(list, start, stop, value) < 0)) LEAVE(error);
}

CALLING_OPERATION(list_delete_slice, SLOT(list), SLOT(start), SLOT(stop), PTR(at), EXIT(error)) {
    frame->prev_instr = at;
    if (unlikely(list_set_slice(list, start, stop, NULL) < 0)) LEAVE(error);
}

/* key in container, 0 or 1, into r0. */
CALLING_OPERATION(contains, SLOT(container), SLOT(key), PTR(at), EXIT(error)) {
    frame->prev_instr = at;
    int result = PySequence_Contains(container, key);
    if (unlikely(result < 0)) LEAVE(error);
    r0 = result;
}

CALLING_OPERATION(not_r0, IMM(one)) {
    r0 ^= one;
}

CALLING_OPERATION(store_r0, SLOT(to)) {
    to = (PyObject *)r0;
}

/* ---- what runs no code: all registers stay ---------------------------------------------------------- */

extern PyObject *quiet_dict_get(PyObject *, PyObject *);
extern PyObject *quiet_dict_get_int(PyObject *, int64_t);

/* dict[key] into a register, a new reference. */
OPERATION(dict_get_quietly, SLOT(dict), SLOT(key), IREG(to), EXIT(rare)) {
    PyObject *item = CALL_ASIDE_2(PyObject *, ADDRESS(quiet_dict_get), dict, key);
    if (unlikely(item == NULL)) LEAVE(rare);
    Py_INCREF(item);
    to = (int64_t)item;
}

OPERATION(dict_get_int_quietly, SLOT(dict), IREG(key), IREG(to), EXIT(rare)) {
    PyObject *item = CALL_ASIDE_2(PyObject *, ADDRESS(quiet_dict_get_int), dict, key);
    if (unlikely(item == NULL)) LEAVE(rare);
    Py_INCREF(item);
    to = (int64_t)item;
}

/* The value of a string in a dict, if it is where it is in dicts like this one, else NULL. Declares `item`, borrowed. */
#define ITEM_THERE(dict, key, shape, at)                                                           \
    PyDictObject *dict_ = (PyDictObject *)dict;                                                    \
    PyDictKeysObject *keys_ = dict_->ma_keys;                                                      \
    PyDictUnicodeEntry *entry_ = (PyDictUnicodeEntry *)((char *)keys_ + at);                       \
    bool there_ = (int64_t)(*(uint32_t *)&keys_->dk_log2_size & KEYS_SHAPE_MASK) == shape &&       \
                  (void *)entry_->me_key == key && dict_->ma_values == NULL;                       \
    PyObject *item = likely(there_) ? entry_->me_value : NULL

/* The same, or what is found elsewhere. */
#define ITEM_OF(dict, key, shape, at, rare)                                                        \
    ITEM_THERE(dict, key, shape, at);                                                              \
    if (unlikely(item == NULL)) {                                                                  \
        item = CALL_ASIDE_2(PyObject *, ADDRESS(quiet_dict_get), dict, key);                       \
        if (unlikely(item == NULL)) LEAVE(rare);                                                   \
    }

/* dict[key] of a string, looked for first where it is likely to be. */
OPERATION(dict_get_there, SLOT(dict), PTR(key), IMM(shape), IMM(at), IREG(to), EXIT(rare)) {
    ITEM_OF(dict, key, shape, at, rare);
    Py_INCREF(item);
    to = (int64_t)item;
}

/* The same without a reference. */
OPERATION(dict_lend_there, SLOT(dict), PTR(key), IMM(shape), IMM(at), SLOT(to), EXIT(rare)) {
    ITEM_OF(dict, key, shape, at, rare);
    to = item;
}

extern PyObject *quiet_dict_get_or(PyObject *, PyObject *);
extern int64_t quiet_dict_set(PyObject *, PyObject *);

/* dict.get(key, default) into a register, a new reference. */
OPERATION(dict_get_or_quietly, SLOT(dict), SLOT(key), SLOT(otherwise), IREG(to), EXIT(rare)) {
    STATE->operand = otherwise;
    PyObject *item = CALL_ASIDE_2(PyObject *, ADDRESS(quiet_dict_get_or), dict, key);
    if (unlikely(item == NULL)) LEAVE(rare);
    Py_INCREF(item);
    to = (int64_t)item;
}

OPERATION(dict_get_or_there, SLOT(dict), PTR(key), SLOT(otherwise), IMM(shape), IMM(at), IREG(to), EXIT(rare)) {
    ITEM_THERE(dict, key, shape, at);
    if (unlikely(item == NULL)) {
        STATE->operand = otherwise;
        item = CALL_ASIDE_2(PyObject *, ADDRESS(quiet_dict_get_or), dict, key);
        if (unlikely(item == NULL)) LEAVE(rare);
    }
    Py_INCREF(item);
    to = (int64_t)item;
}

/* dict[key] = value, all of which stay. */
OPERATION(dict_set_quietly, SLOT(dict), SLOT(key), SLOT(value), EXIT(rare), EXIT(release)) {
    STATE->operand = value;
    int64_t done = CALL_ASIDE_2(int64_t, ADDRESS(quiet_dict_set), dict, key);
    if (unlikely(done < 0)) LEAVE(rare);
    if (unlikely(done == 0)) LEAVE(release);
}

/* sequence[start:stop] into stop's register, a new reference. */
OPERATION(slice_quietly, SLOT(sequence), PTR(slice), IREG(start), IREG(stop), EXIT(rare)) {
    STATE->operand = (PyObject *)stop;
    PyObject *result = CALL_ASIDE_2(PyObject *, slice, sequence, start);
    if (unlikely(result == NULL)) LEAVE(rare);
    stop = (int64_t)result;
}

/* An object from a register to its slot. */
OPERATION(store_object, IREG(from), SLOT(to)) {
    to = (PyObject *)from;
}

/* key in container, 0 or 1, by a function of quiet.h. */
OPERATION(contains_quietly, SLOT(container), SLOT(key), PTR(find), IREG(to), EXIT(rare)) {
    int64_t found = CALL_ASIDE_2(int64_t, find, container, key);
    if (unlikely(found < 0)) LEAVE(rare);
    to = found;
}

/* string[index] into a register: one of the strings that exist once, a new reference. */
OPERATION(str_get, SLOT(string), IREG(index), IREG(to), EXIT(rare)) {
    int64_t size = ((PyASCIIObject *)string)->length;
    PLACE(at, index, size, rare)
    const uint8_t *characters = latin1_characters(string);
    if (unlikely(characters == NULL)) LEAVE(rare);
    to = (int64_t)character_object(characters[at]);
}

/* key in string, 0 or 1, where the key is one Latin-1 character; the string is expected to be short. */
OPERATION(contains_character, SLOT(string), SLOT(key), IREG(to), EXIT(rare)) {
    int64_t size = ((PyASCIIObject *)string)->length;
    const uint8_t *characters = latin1_characters(string), *wanted = latin1_characters(key);
    if (unlikely(characters == NULL || wanted == NULL || ((PyASCIIObject *)key)->length != 1)) LEAVE(rare);
    uint8_t character = *wanted;
    const uint8_t *end = characters + size;
    to = 0;
    for (; characters != end; characters++) {
        if (*characters == character) {
            to = 1;
            break;
        }
    }
}
