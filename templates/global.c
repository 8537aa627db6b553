/* Names: globals, builtins, names of module and class bodies, cells. */
#include "template.h"

#include "release.h"

#include "pyjit/keys.h"

/* The shape of a dict's keys. */
static inline __attribute__((always_inline)) int64_t
shape_of(const PyDictKeysObject *keys)
{
    return *(const uint32_t *)&keys->dk_log2_size & KEYS_SHAPE_MASK;
}

/* ---- while a namespace does not change at all ---------------------------------------------------- */

/* A version identifies a dict, and a state of it: that state holds the object. */
OPERATION(guard_globals, IMM(version), EXIT(miss)) {
    PyDictObject *globals = (PyDictObject *)frame->f_globals;
    if (unlikely(globals->ma_version_tag != (uint64_t)version)) LEAVE(miss);
}

OPERATION(guard_builtins, IMM(version), EXIT(miss)) {
    PyDictObject *builtins = (PyDictObject *)frame->f_builtins;
    if (unlikely(builtins->ma_version_tag != (uint64_t)version)) LEAVE(miss);
}

/* ---- while the name stays in its place ------------------------------------------------------------ */

/* The entry at byte offset `at` of a dict's keys if they have this shape and it is the name's. */
#define FIND_ENTRY(found, namespace, shape, at, name, miss)                                        \
    PyDictObject *dict_ = (PyDictObject *)(namespace);                                             \
    if (unlikely((void *)Py_TYPE(dict_) != ADDRESS(PyDict_Type))) LEAVE(miss);                     \
    if (unlikely(shape_of(dict_->ma_keys) != shape)) LEAVE(miss);                                  \
    PyDictUnicodeEntry *found = (PyDictUnicodeEntry *)((char *)dict_->ma_keys + at);               \
    if (unlikely((void *)found->me_key != name)) LEAVE(miss)

#define LOAD_ENTRY(namespace, shape, at, name, to, miss)                                           \
    FIND_ENTRY(found_, namespace, shape, at, name, miss);                                          \
    PyObject *value_ = found_->me_value;                                                           \
    if (unlikely(value_ == NULL)) LEAVE(miss);                                                     \
    Py_INCREF(value_);                                                                             \
    to = value_

OPERATION(load_from_globals, IMM(shape), IMM(at), PTR(name), SLOT(to), EXIT(miss)) {
    LOAD_ENTRY(frame->f_globals, shape, at, name, to, miss);
}

OPERATION(load_from_builtins, IMM(shape), IMM(at), PTR(name), SLOT(to), EXIT(miss)) {
    LOAD_ENTRY(frame->f_builtins, shape, at, name, to, miss);
}

OPERATION(load_from_locals, IMM(shape), IMM(at), PTR(name), SLOT(to), EXIT(miss)) {
    if (unlikely(frame->f_locals == NULL)) LEAVE(miss);
    LOAD_ENTRY(frame->f_locals, shape, at, name, to, miss);
}

/* A version of keys is that of a set of names: the globals have no other names. */
OPERATION(guard_globals_keys, IMM(version), EXIT(miss)) {
    PyDictObject *globals = (PyDictObject *)frame->f_globals;
    if (unlikely((void *)Py_TYPE(globals) != ADDRESS(PyDict_Type))) LEAVE(miss);
    if (unlikely((int32_t)globals->ma_keys->dk_version != (int32_t)version)) LEAVE(miss);
}

OPERATION(guard_locals_are_globals, EXIT(miss)) {
    if (unlikely(frame->f_locals != frame->f_globals)) LEAVE(miss);
}

/* ---- cells ---------------------------------------------------------------------------------------- */

OPERATION(load_deref, SLOT(cell), SLOT(to), EXIT(empty)) {
    PyObject *value = ((PyCellObject *)cell)->ob_ref;
    if (unlikely(value == NULL)) LEAVE(empty);
    Py_INCREF(value);
    to = value;
}

OPERATION(store_deref, SLOT(value), SLOT(cell), EXIT(release)) {
    PyCellObject *variable = (PyCellObject *)cell;
    PyObject *old = variable->ob_ref;
    variable->ob_ref = value;
    if (old != NULL) RELEASE(old, release);
}

OPERATION(store_deref_incref, SLOT(value), SLOT(cell), EXIT(release)) {
    PyCellObject *variable = (PyCellObject *)cell;
    PyObject *object = value, *old = variable->ob_ref;
    Py_INCREF(object);
    variable->ob_ref = object;
    if (old != NULL) RELEASE(old, release);
}
