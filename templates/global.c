/* Names: globals, builtins, names of module and class bodies, cells. */
#include "template.h"

#include "number.h"
#include "release.h"

#include "pyjit/keys.h"

/* The shape of a dict's keys. */
static inline __attribute__((always_inline)) int64_t
shape_of(const PyDictKeysObject *keys)
{
    return *(const uint32_t *)&keys->dk_log2_size & KEYS_SHAPE_MASK;
}

/* ---- while a namespace does not change at all ------------------------------------------------ */

/* A version identifies a dict, and a state of it: that state holds the object. */
OPERATION(guard_globals, IMM(version), EXIT(miss)) {
    PyDictObject *globals = (PyDictObject *)frame->f_globals;
    if (unlikely(globals->ma_version_tag != (uint64_t)version)) LEAVE(miss);
}

OPERATION(guard_builtins, IMM(version), EXIT(miss)) {
    PyDictObject *builtins = (PyDictObject *)frame->f_builtins; /* or whatever `__builtins__` was */
    if (unlikely((void *)Py_TYPE(builtins) != ADDRESS(PyDict_Type))) LEAVE(miss);
    if (unlikely(builtins->ma_version_tag != (uint64_t)version)) LEAVE(miss);
}

/* ---- while the name stays in its place ------------------------------------------------------- */

/* Declares `dict`, the namespace at a byte offset in the frame, and `place`, where the value of the
 * entry at byte offset `at` of its keys is, if they have this shape and the entry is the name's. */
#define FIND_NAME(namespace, shape, at, name, miss)                                                \
    PyDictObject *dict = *(PyDictObject **)((char *)frame + namespace);                            \
    if (unlikely(dict == NULL)) LEAVE(miss);                                                       \
    if (unlikely((void *)Py_TYPE(dict) != ADDRESS(PyDict_Type))) LEAVE(miss);                      \
    if (unlikely(shape_of(dict->ma_keys) != shape)) LEAVE(miss);                                   \
    PyDictUnicodeEntry *entry_ = (PyDictUnicodeEntry *)((char *)dict->ma_keys + at);               \
    if (unlikely((void *)entry_->me_key != name)) LEAVE(miss);                                     \
    PyObject **place = &entry_->me_value;                                                          \
    if (unlikely(*place == NULL)) LEAVE(miss)

OPERATION(load_name, IMM(namespace), IMM(shape), IMM(at), PTR(name), SLOT(to), EXIT(miss)) {
    FIND_NAME(namespace, shape, at, name, miss);
    PyObject *value = *place;
    Py_INCREF(value);
    to = value;
}

/* The name's value is this very object. */
OPERATION(guard_name_is, IMM(namespace), IMM(shape), IMM(at), PTR(name), PTR(value), EXIT(miss)) {
    FIND_NAME(namespace, shape, at, name, miss);
    if (unlikely((void *)*place != value)) LEAVE(miss);
}

/* The same in a dict that is known. */
OPERATION(guard_known_name_is, PTR(known), IMM(shape), IMM(at), PTR(name), PTR(value), EXIT(miss)) {
    PyDictKeysObject *keys = ((PyDictObject *)known)->ma_keys;
    if (unlikely(shape_of(keys) != shape)) LEAVE(miss);
    PyDictUnicodeEntry *entry = (PyDictUnicodeEntry *)((char *)keys + at);
    if (unlikely((void *)entry->me_key != name || (void *)entry->me_value != value)) LEAVE(miss);
}

OPERATION(load_name_int, IMM(namespace), IMM(shape), IMM(at), PTR(name), IREG(to), EXIT(miss)) {
    FIND_NAME(namespace, shape, at, name, miss);
    TAKE_INT(to, miss);
}

OPERATION(load_name_float, IMM(namespace), IMM(shape), IMM(at), PTR(name), FREG(to), EXIT(miss)) {
    FIND_NAME(namespace, shape, at, name, miss);
    TAKE_FLOAT(to, miss);
}

/* The dict changes: it gets a version no dict has had. */
extern uint64_t keys_last_dict_version;

#define CHANGE(dict)                                                                               \
    ((dict)->ma_version_tag = ++*(uint64_t *)ADDRESS(keys_last_dict_version))

#define PUT(value, release)                                                                        \
    PyObject *old = *place;                                                                        \
    CHANGE(dict);                                                                                  \
    *place = value;                                                                                \
    RELEASE(old, release)

/* A dict that the garbage collector does not look into yet may have to be from now on. */
#define CHECK_TRACKED(dict, miss)                                                                  \
    if (unlikely(((PyGC_Head *)(dict))[-1]._gc_next == 0)) LEAVE(miss)

OPERATION(store_name, SLOT(value), IMM(namespace), IMM(shape), IMM(at), PTR(name), EXIT(miss),
          EXIT(release)) {
    FIND_NAME(namespace, shape, at, name, miss);
    CHECK_TRACKED(dict, miss);
    PUT(value, release);
}

OPERATION(store_name_incref, SLOT(value), IMM(namespace), IMM(shape), IMM(at), PTR(name),
          EXIT(miss), EXIT(release)) {
    FIND_NAME(namespace, shape, at, name, miss);
    CHECK_TRACKED(dict, miss);
    PyObject *object = value;
    Py_INCREF(object);
    PUT(object, release);
}

OPERATION(store_name_int, IREG(number), PTR(zero), IMM(namespace), IMM(shape), IMM(at), PTR(name),
          EXIT(miss), EXIT(release)) {
    FIND_NAME(namespace, shape, at, name, miss);
    if (put_int_in_place(*place, number)) {
        CHANGE(dict);
        CONTINUE();
    }
    PyObject *object = new_int(number, zero);
    PUT(object, release);
}

OPERATION(store_name_float, FREG(number), IMM(namespace), IMM(shape), IMM(at), PTR(name),
          EXIT(miss), EXIT(release)) {
    FIND_NAME(namespace, shape, at, name, miss);
    if (put_in_place(*place, number)) {
        CHANGE(dict);
        CONTINUE();
    }
    PyObject *object = CALL_ASIDE(PyObject *, box_float, number);
    PUT(object, release);
}

/* A version of keys is that of a set of names: the namespace has no other names. */
OPERATION(guard_names, IMM(namespace), IMM(version), EXIT(miss)) {
    PyDictObject *dict = *(PyDictObject **)((char *)frame + namespace);
    if (unlikely(dict == NULL)) LEAVE(miss);
    if (unlikely((void *)Py_TYPE(dict) != ADDRESS(PyDict_Type))) LEAVE(miss);
    if (unlikely(DIFFERS32(dict->ma_keys->dk_version, version))) LEAVE(miss);
}

/* The same of a dict that is known. */
OPERATION(guard_known_names, PTR(known), IMM(version), EXIT(miss)) {
    if (unlikely(DIFFERS32(((PyDictObject *)known)->ma_keys->dk_version, version))) LEAVE(miss);
}

OPERATION(guard_locals_are_globals, EXIT(miss)) {
    if (unlikely(frame->f_locals != frame->f_globals)) LEAVE(miss);
}

/* ---- cells ----------------------------------------------------------------------------------- */

/* A cell with this content. */
OPERATION(guard_cell_holds, SLOT(cell), PTR(content), EXIT(miss)) {
    if (unlikely((void *)((PyCellObject *)cell)->ob_ref != content)) LEAVE(miss);
}

OPERATION(load_deref, SLOT(cell), SLOT(to), EXIT(empty)) {
    PyObject *value = ((PyCellObject *)cell)->ob_ref;
    if (unlikely(value == NULL)) LEAVE(empty);
    Py_INCREF(value);
    to = value;
}

/* The same without a reference. */
OPERATION(lend_deref, SLOT(cell), SLOT(to), EXIT(empty)) {
    PyObject *value = ((PyCellObject *)cell)->ob_ref;
    if (unlikely(value == NULL)) LEAVE(empty);
    to = value;
}

/* Cell number `item` (as a byte offset) of the running function's closure. */
OPERATION(copy_free_variable, IMM(item), SLOT(to)) {
    PyObject *cell = *(PyObject **)((char *)frame->f_func->func_closure + item);
    Py_INCREF(cell);
    to = cell;
}

extern PyObject *quiet_new_cell(PyObject *, PyThreadState *);

/* A local's value moves into a cell, which takes its place. */
OPERATION(make_cell_quietly, SLOT(local), EXIT(rare)) {
    PyObject *cell = CALL_ASIDE_2(PyObject *, ADDRESS(quiet_new_cell), local, tstate);
    if (unlikely(cell == NULL)) LEAVE(rare);
    local = cell;
}

OPERATION(load_deref_int, SLOT(cell), IREG(to), EXIT(miss)) {
    PyObject **place = &((PyCellObject *)cell)->ob_ref;
    TAKE_INT(to, miss);
}

OPERATION(load_deref_float, SLOT(cell), FREG(to), EXIT(miss)) {
    PyObject **place = &((PyCellObject *)cell)->ob_ref;
    TAKE_FLOAT(to, miss);
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

OPERATION(store_deref_int, IREG(number), PTR(zero), SLOT(cell), EXIT(release)) {
    PyObject **place = &((PyCellObject *)cell)->ob_ref, *old = *place;
    if (put_int_in_place(old, number)) CONTINUE();
    *place = new_int(number, zero);
    if (old != NULL) RELEASE(old, release);
}

OPERATION(store_deref_float, FREG(number), SLOT(cell), EXIT(release)) {
    PyObject **place = &((PyCellObject *)cell)->ob_ref, *old = *place;
    if (put_in_place(old, number)) CONTINUE();
    *place = CALL_ASIDE(PyObject *, box_float, number);
    if (old != NULL) RELEASE(old, release);
}
