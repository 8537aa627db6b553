/* Subscripts of exact lists and tuples by unboxed ints; unpacking. */
#include "template.h"

#include "release.h"

OPERATION(list_get, SLOT(list), IREG(index), SLOT(to), EXIT(rare)) {
    PyListObject *object = (PyListObject *)list;
    int64_t size = Py_SIZE(object), at = index;
    if (at < 0) at += size;
    if (unlikely((uint64_t)at >= (uint64_t)size)) LEAVE(rare);
    PyObject *item = object->ob_item[at];
    Py_INCREF(item);
    to = item;
}

OPERATION(tuple_get, SLOT(tuple), IREG(index), SLOT(to), EXIT(rare)) {
    PyTupleObject *object = (PyTupleObject *)tuple;
    int64_t size = Py_SIZE(object), at = index;
    if (at < 0) at += size;
    if (unlikely((uint64_t)at >= (uint64_t)size)) LEAVE(rare);
    PyObject *item = object->ob_item[at];
    Py_INCREF(item);
    to = item;
}

/* Gives the list the value's reference; the old item goes last. */
OPERATION(list_set, SLOT(list), IREG(index), SLOT(value), EXIT(rare), EXIT(release)) {
    PyListObject *object = (PyListObject *)list;
    int64_t size = Py_SIZE(object), at = index;
    if (at < 0) at += size;
    if (unlikely((uint64_t)at >= (uint64_t)size)) LEAVE(rare);
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
