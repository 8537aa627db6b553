/* Attributes: of instances, modules and classes, and methods.
 *
 * Each load comes twice: its owner x is borrowed and the result goes to a slot of its own, or its
 * owner is an owned stack entry, which the result replaces; then the owner is released last. */
#include "template.h"

#include "number.h"
#include "release.h"

#include "pyjit/keys.h"

/* The result replaces the owner. */
#define REPLACE(x, value, exit)                                                                    \
    do {                                                                                           \
        PyObject *owner_ = x;                                                                      \
        x = value;                                                                                 \
        RELEASE(owner_, exit);                                                                     \
    } while (0)

/* ---- guards ---------------------------------------------------------------------------------- */

/* A version identifies a type, and a state of it and of its bases. */
OPERATION(guard_type_version, SLOT(x), IMM(version), EXIT(miss)) {
    if (unlikely(DIFFERS32(Py_TYPE(x)->tp_version_tag, version))) LEAVE(miss);
}

/* The same of a class itself. */
OPERATION(guard_class_version, SLOT(x), IMM(version), EXIT(miss)) {
    if (unlikely(DIFFERS32(((PyTypeObject *)x)->tp_version_tag, version))) LEAVE(miss);
}

/* The same of a class that is known. */
OPERATION(guard_known_class, PTR(class), IMM(version), EXIT(miss)) {
    if (unlikely(DIFFERS32(((PyTypeObject *)class)->tp_version_tag, version))) LEAVE(miss);
}

/* An object that is known has this type. */
OPERATION(guard_known_type, PTR(object), PTR(type), EXIT(miss)) {
    if (unlikely((void *)Py_TYPE(object) != type)) LEAVE(miss);
}

/* A dict that is known is unchanged. */
OPERATION(guard_known_dict, PTR(dict), IMM(version), EXIT(miss)) {
    if (unlikely(((PyDictObject *)dict)->ma_version_tag != (uint64_t)version)) LEAVE(miss);
}

/* A module that is known has its dict unchanged: an earlier one at its address had another dict. */
OPERATION(guard_known_module, PTR(module), IMM(offset), IMM(version), EXIT(miss)) {
    PyDictObject *dict = DICT_AT(module, offset);
    if (unlikely(dict == NULL || dict->ma_version_tag != (uint64_t)version)) LEAVE(miss);
}

/* The same of the type of an object that lives. */
OPERATION(guard_value_version, PTR(object), IMM(version), EXIT(miss)) {
    if (unlikely(DIFFERS32(Py_TYPE(object)->tp_version_tag, version))) LEAVE(miss);
}

/* A staticmethod or classmethod still wraps the same callable. */
OPERATION(guard_static_method, PTR(wrapper), PTR(callable), EXIT(miss)) {
    if (unlikely((void *)((StaticMethod *)wrapper)->callable != callable)) LEAVE(miss);
}

/* A property still has this function. */
OPERATION(guard_accessor, PTR(property), IMM(offset), PTR(function), EXIT(miss)) {
    if (unlikely(*(void **)((char *)property + offset) != function)) LEAVE(miss);
}

#define VALUES(x) (((PyDictValues **)(x))[-4])
#define DICT_AT(x, offset) (*(PyDictObject **)((char *)(x) + offset))

/* The instance has inline values, and no instance has had more than these names. */
OPERATION(guard_values_lack, SLOT(x), PTR(keys), IMM(count), EXIT(miss)) {
    if (unlikely(VALUES(x) == NULL)) LEAVE(miss);
    if (unlikely(((PyDictKeysObject *)keys)->dk_nentries != count)) LEAVE(miss);
}

/* The instance has inline values, of which this one is not set. */
OPERATION(guard_values_unset, SLOT(x), IMM(at), EXIT(miss)) {
    char *values = (char *)VALUES(x);
    if (unlikely(values == NULL)) LEAVE(miss);
    if (unlikely(*(PyObject **)(values + at) != NULL)) LEAVE(miss);
}

/* The instance has no dict yet. */
OPERATION(guard_no_dict, SLOT(x), IMM(offset), EXIT(miss)) {
    if (unlikely(DICT_AT(x, offset) != NULL)) LEAVE(miss);
}

/* The keys of the instance's dict are those that had this version. */
OPERATION(guard_dict_keys, SLOT(x), IMM(offset), IMM(version), EXIT(miss)) {
    PyDictObject *dict = DICT_AT(x, offset);
    if (unlikely(dict == NULL)) LEAVE(miss);
    if (unlikely(DIFFERS32(dict->ma_keys->dk_version, version))) LEAVE(miss);
}

extern int64_t quiet_dict_lacks(PyObject *, PyObject *);

/* The instance has a dict, which has no such name. */
OPERATION(guard_dict_lacks, SLOT(x), IMM(offset), PTR(name), EXIT(miss)) {
    PyDictObject *dict = DICT_AT(x, offset);
    if (unlikely(dict == NULL)) LEAVE(miss);
    if (unlikely(!CALL_ASIDE_2(int64_t, ADDRESS(quiet_dict_lacks), dict, name))) LEAVE(miss);
}

/* The dict is the one that had this version, and unchanged. */
OPERATION(guard_dict_version, SLOT(x), IMM(offset), IMM(version), EXIT(miss)) {
    PyDictObject *dict = DICT_AT(x, offset);
    if (unlikely(dict == NULL)) LEAVE(miss);
    if (unlikely(dict->ma_version_tag != (uint64_t)version)) LEAVE(miss);
}

/* ---- finding --------------------------------------------------------------------------------- */

/* Each of these declares `place`, a pointer to where the attribute's value is. */
#define IN_VALUES(x, at, miss)                                                                     \
    char *values_ = (char *)VALUES(x);                                                             \
    if (unlikely(values_ == NULL)) LEAVE(miss);                                                    \
    PyObject **place = (PyObject **)(values_ + at)

#define IN_MEMBER(x, at) PyObject **place = (PyObject **)((char *)(x) + at)

#define FIND_KEY(x, offset, shape, at, name, miss)                                                 \
    PyDictObject *dict = DICT_AT(x, offset);                                                       \
    if (unlikely(dict == NULL)) LEAVE(miss);                                                       \
    const uint32_t *shape_ = (const uint32_t *)&dict->ma_keys->dk_log2_size;                       \
    if (unlikely((int64_t)(*shape_ & KEYS_SHAPE_MASK) != shape)) LEAVE(miss);                      \
    PyDictUnicodeEntry *entry_ = (PyDictUnicodeEntry *)((char *)dict->ma_keys + at);               \
    if (unlikely((void *)entry_->me_key != name)) LEAVE(miss)

#define IN_DICT(x, offset, shape, at, name, miss)                                                  \
    FIND_KEY(x, offset, shape, at, name, miss);                                                    \
    PyObject **place = &entry_->me_value

#define IN_SPLIT(x, offset, shape, at, name, index, miss)                                          \
    FIND_KEY(x, offset, shape, at, name, miss);                                                    \
    PyObject **place = (PyObject **)((char *)dict->ma_values + index)

/* ---- loads ----------------------------------------------------------------------------------- */

#define LEND(miss)                                                                                 \
    PyObject *value = *place;                                                                      \
    if (unlikely(value == NULL)) LEAVE(miss)

#define TAKE(miss)                                                                                 \
    LEND(miss);                                                                                    \
    Py_INCREF(value)

OPERATION(load_values, SLOT(x), IMM(at), SLOT(to), EXIT(miss)) {
    IN_VALUES(x, at, miss);
    TAKE(miss);
    to = value;
}

OPERATION(lend_values, SLOT(x), IMM(at), SLOT(to), EXIT(miss)) {
    IN_VALUES(x, at, miss);
    LEND(miss);
    to = value;
}

OPERATION(load_values_owned, SLOT(x), IMM(at), EXIT(miss), EXIT(release)) {
    IN_VALUES(x, at, miss);
    TAKE(miss);
    REPLACE(x, value, release);
}

OPERATION(load_member, SLOT(x), IMM(at), SLOT(to), EXIT(miss)) {
    IN_MEMBER(x, at);
    TAKE(miss);
    to = value;
}

OPERATION(lend_member, SLOT(x), IMM(at), SLOT(to), EXIT(miss)) {
    IN_MEMBER(x, at);
    LEND(miss);
    to = value;
}

OPERATION(load_member_owned, SLOT(x), IMM(at), EXIT(miss), EXIT(release)) {
    IN_MEMBER(x, at);
    TAKE(miss);
    REPLACE(x, value, release);
}

OPERATION(load_dict, SLOT(x), IMM(offset), IMM(shape), IMM(at), PTR(name), SLOT(to), EXIT(miss)) {
    IN_DICT(x, offset, shape, at, name, miss);
    TAKE(miss);
    to = value;
}

OPERATION(lend_dict, SLOT(x), IMM(offset), IMM(shape), IMM(at), PTR(name), SLOT(to), EXIT(miss)) {
    IN_DICT(x, offset, shape, at, name, miss);
    LEND(miss);
    to = value;
}

OPERATION(load_dict_owned, SLOT(x), IMM(offset), IMM(shape), IMM(at), PTR(name), EXIT(miss),
          EXIT(release)) {
    IN_DICT(x, offset, shape, at, name, miss);
    TAKE(miss);
    REPLACE(x, value, release);
}

OPERATION(load_split, SLOT(x), IMM(offset), IMM(shape), IMM(at), PTR(name), IMM(index), SLOT(to),
          EXIT(miss)) {
    IN_SPLIT(x, offset, shape, at, name, index, miss);
    TAKE(miss);
    to = value;
}

OPERATION(lend_split, SLOT(x), IMM(offset), IMM(shape), IMM(at), PTR(name), IMM(index), SLOT(to),
          EXIT(miss)) {
    IN_SPLIT(x, offset, shape, at, name, index, miss);
    LEND(miss);
    to = value;
}

OPERATION(load_split_owned, SLOT(x), IMM(offset), IMM(shape), IMM(at), PTR(name), IMM(index),
          EXIT(miss), EXIT(release)) {
    IN_SPLIT(x, offset, shape, at, name, index, miss);
    TAKE(miss);
    REPLACE(x, value, release);
}

/* An object that guards have shown to be the attribute. */
OPERATION(load_object_owned, SLOT(x), PTR(object), EXIT(release)) {
    Py_INCREF((PyObject *)object);
    REPLACE(x, object, release);
}

/* ---- loads of numbers for arithmetic: no reference is taken ---------------------------------- */

OPERATION(load_values_float, SLOT(x), IMM(at), FREG(to), EXIT(miss)) {
    IN_VALUES(x, at, miss);
    TAKE_FLOAT(to, miss);
}

OPERATION(load_values_int, SLOT(x), IMM(at), IREG(to), EXIT(miss)) {
    IN_VALUES(x, at, miss);
    TAKE_INT(to, miss);
}

OPERATION(load_member_float, SLOT(x), IMM(at), FREG(to), EXIT(miss)) {
    IN_MEMBER(x, at);
    TAKE_FLOAT(to, miss);
}

OPERATION(load_member_int, SLOT(x), IMM(at), IREG(to), EXIT(miss)) {
    IN_MEMBER(x, at);
    TAKE_INT(to, miss);
}

/* ---- methods --------------------------------------------------------------------------------- */

/* ---- stores: the value's reference is taken over --------------------------------------------- */

/* The names of inline values are kept in the order in which they were set, below the values. */
static inline __attribute__((always_inline)) void
add_to_order(char *values, int64_t at)
{
    uint8_t *size = (uint8_t *)values - 2;
    uint8_t count = ++*size;
    size[-(int)count] = (uint8_t)(at / (int64_t)sizeof(PyObject *));
}

/* Puts the value in its place and releases the old one. */
#define PUT(value, release)                                                                        \
    PyObject *old = *place;                                                                        \
    *place = value;                                                                                \
    if (old != NULL) RELEASE(old, release)

/* The same among the inline values. */
#define PUT_VALUE(value, at, release)                                                              \
    PyObject *old = *place;                                                                        \
    *place = value;                                                                                \
    if (unlikely(old == NULL)) {                                                                   \
        add_to_order(values_, at);                                                                 \
        CONTINUE();                                                                                \
    }                                                                                              \
    RELEASE(old, release)

OPERATION(store_values, SLOT(x), IMM(at), SLOT(value), EXIT(miss), EXIT(release)) {
    IN_VALUES(x, at, miss);
    PUT_VALUE(value, at, release);
}

OPERATION(store_values_incref, SLOT(x), IMM(at), SLOT(value), EXIT(miss), EXIT(release)) {
    IN_VALUES(x, at, miss);
    PyObject *object = value;
    Py_INCREF(object);
    PUT_VALUE(object, at, release);
}

OPERATION(store_member, SLOT(x), IMM(at), SLOT(value), EXIT(release)) {
    IN_MEMBER(x, at);
    PUT(value, release);
}

OPERATION(store_member_incref, SLOT(x), IMM(at), SLOT(value), EXIT(release)) {
    IN_MEMBER(x, at);
    PyObject *object = value;
    Py_INCREF(object);
    PUT(object, release);
}

extern int64_t quiet_dict_set(PyObject *, PyObject *);

/* In the instance's dict, which takes a reference of its own. */
OPERATION(store_dict, SLOT(x), IMM(offset), PTR(name), SLOT(value), EXIT(rare), EXIT(release)) {
    PyDictObject *dict = DICT_AT(x, offset);
    if (unlikely(dict == NULL)) LEAVE(rare);
    STATE->operand = value;
    int64_t done = CALL_ASIDE_2(int64_t, ADDRESS(quiet_dict_set), dict, name);
    if (unlikely(done < 0)) LEAVE(rare);
    if (unlikely(done == 0)) LEAVE(release);
}

OPERATION(store_values_float, SLOT(x), IMM(at), FREG(number), EXIT(miss), EXIT(release)) {
    IN_VALUES(x, at, miss);
    if (put_in_place(*place, number)) CONTINUE();
    PyObject *object = CALL_ASIDE(PyObject *, box_float, number);
    PUT_VALUE(object, at, release);
}

OPERATION(store_member_float, SLOT(x), IMM(at), FREG(number), EXIT(release)) {
    IN_MEMBER(x, at);
    if (put_in_place(*place, number)) CONTINUE();
    PyObject *object = CALL_ASIDE(PyObject *, box_float, number);
    PUT(object, release);
}

OPERATION(store_values_int, SLOT(x), IMM(at), IREG(number), PTR(zero), EXIT(miss), EXIT(release)) {
    IN_VALUES(x, at, miss);
    if (put_int_in_place(*place, number)) CONTINUE();
    PyObject *object = new_int(number, zero);
    PUT_VALUE(object, at, release);
}

OPERATION(store_member_int, SLOT(x), IMM(at), IREG(number), PTR(zero), EXIT(release)) {
    IN_MEMBER(x, at);
    if (put_int_in_place(*place, number)) CONTINUE();
    PyObject *object = new_int(number, zero);
    PUT(object, release);
}
