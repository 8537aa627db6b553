/* Calls of C functions without the detour over vectorcall, and what some builtins do. */
#include "template.h"

#include "pyjit/quiet_methods.h"

#include "text.h"

/* ---- guards ----------------------------------------------------------------------------------- */

/* A builtin function of this kind: its vectorcall function tells how its C function is called. */
OPERATION(guard_builtin, SLOT(x), PTR(vectorcall), EXIT(miss)) {
    PyCFunctionObject *function = (PyCFunctionObject *)x;
    if (unlikely((void *)Py_TYPE(function) != ADDRESS(PyCFunction_Type))) LEAVE(miss);
    if (unlikely((void *)function->vectorcall != vectorcall)) LEAVE(miss);
}

/* Declares `function`, which is a C function of this definition. */
#define DEFINED_BY(x, definition, miss)                                                            \
    PyCFunctionObject *function = (PyCFunctionObject *)(x);                                        \
    if (unlikely((void *)Py_TYPE(function) != ADDRESS(PyCFunction_Type))) LEAVE(miss);             \
    if (unlikely((void *)function->m_ml != (definition))) LEAVE(miss)

OPERATION(guard_definition, SLOT(x), PTR(definition), EXIT(miss)) {
    DEFINED_BY(x, definition, miss);
}

/* The same of an object that is known, but for what may have come to its address. */
OPERATION(guard_known_definition, PTR(known), PTR(definition), EXIT(miss)) {
    DEFINED_BY(known, definition, miss);
}

/* A method of a builtin type, of an exact string. */
OPERATION(guard_builtin_method, SLOT(x), PTR(definition), EXIT(miss)) {
    DEFINED_BY(x, definition, miss);
    if (unlikely((void *)Py_TYPE(function->m_self) != ADDRESS(PyUnicode_Type))) LEAVE(miss);
}

/* A method descriptor of this kind, with a `self` of exactly its type. */
OPERATION(guard_descriptor, SLOT(x), SLOT(self), PTR(vectorcall), EXIT(miss)) {
    PyMethodDescrObject *descriptor = (PyMethodDescrObject *)x;
    if (unlikely((void *)Py_TYPE(descriptor) != ADDRESS(PyMethodDescr_Type))) LEAVE(miss);
    if (unlikely((void *)descriptor->vectorcall != vectorcall)) LEAVE(miss);
    if (unlikely(Py_TYPE(self) != PyDescr_TYPE(descriptor))) LEAVE(miss);
}

/* The same of one whose `self` has been guarded. */
OPERATION(guard_descriptor_of, SLOT(x), PTR(type), PTR(vectorcall), EXIT(miss)) {
    PyMethodDescrObject *descriptor = (PyMethodDescrObject *)x;
    if (unlikely((void *)Py_TYPE(descriptor) != ADDRESS(PyMethodDescr_Type))) LEAVE(miss);
    if (unlikely((void *)descriptor->vectorcall != vectorcall)) LEAVE(miss);
    if (unlikely((void *)PyDescr_TYPE(descriptor) != type)) LEAVE(miss);
}

/* ---- calls: the result goes into r0 --------------------------------------------------------------- */

typedef PyObject *(*Fast)(PyObject *, PyObject *const *, Py_ssize_t);
typedef PyObject *(*FastKeywords)(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);

#define SELF(function) PyCFunction_GET_SELF(function)
#define METHOD_DEF(function) (((PyCFunctionObject *)(function))->m_ml)
#define DESCRIPTOR_DEF(descriptor) (((PyMethodDescrObject *)(descriptor))->d_method)

extern PyObject *result_of_builtin(PyObject *, PyObject *);

/* METH_NOARGS and METH_O count as a level of recursion. The interpreter has no instruction of its own for
 * METH_NOARGS, so that it finds results that contradict themselves. */
CALLING_OPERATION(call_builtin_noargs, SLOT(callee), PTR(at), EXIT(rare)) {
    if (unlikely(tstate->recursion_remaining <= 0)) LEAVE(rare);
    frame->prev_instr = at;
    PyObject *function = callee;
    tstate->recursion_remaining--;
    PyObject *result = METHOD_DEF(function)->ml_meth(SELF(function), NULL);
    tstate->recursion_remaining++;
    if (unlikely((result == NULL) != (tstate->curexc_type != NULL))) {
        result = result_of_builtin(function, result);
    }
    r0 = (int64_t)result;
}

CALLING_OPERATION(call_builtin_o, SLOT(callee), SLOT(argument), PTR(at), EXIT(rare)) {
    if (unlikely(tstate->recursion_remaining <= 0)) LEAVE(rare);
    frame->prev_instr = at;
    PyObject *function = callee;
    tstate->recursion_remaining--;
    r0 = (int64_t)METHOD_DEF(function)->ml_meth(SELF(function), argument);
    tstate->recursion_remaining++;
}

CALLING_OPERATION(call_builtin_fast, SLOT(callee), SLOT(arguments), IMM(count), PTR(at)) {
    frame->prev_instr = at;
    PyObject *function = callee;
    Fast run = (Fast)(void *)METHOD_DEF(function)->ml_meth;
    r0 = (int64_t)run(SELF(function), SLOT_ADDRESS(arguments), count);
}

CALLING_OPERATION(call_builtin_fast_keywords, SLOT(callee), SLOT(arguments), IMM(count), PTR(names),
                  PTR(at)) {
    frame->prev_instr = at;
    PyObject *function = callee;
    FastKeywords run = (FastKeywords)(void *)METHOD_DEF(function)->ml_meth;
    r0 = (int64_t)run(SELF(function), SLOT_ADDRESS(arguments), count, names);
}

/* A method of quiet_methods.h; the call of most of them counts as a level of recursion. */
OPERATION(call_quietly, SLOT(items), PTR(call), PTR(function), IREG(to), EXIT(rare)) {
    if (unlikely(tstate->recursion_remaining <= 0)) LEAVE(rare);
    int64_t result = CALL_ASIDE_2(int64_t, call, SLOT_ADDRESS(items), function);
    if (unlikely(result == QUIET_UNSURE)) LEAVE(rare);
    to = result;
}

CALLING_OPERATION(call_descriptor_noargs, SLOT(callee), SLOT(self), PTR(at), EXIT(rare)) {
    if (unlikely(tstate->recursion_remaining <= 0)) LEAVE(rare);
    frame->prev_instr = at;
    tstate->recursion_remaining--;
    r0 = (int64_t)DESCRIPTOR_DEF(callee)->ml_meth(self, NULL);
    tstate->recursion_remaining++;
}

CALLING_OPERATION(call_descriptor_o, SLOT(callee), SLOT(self), SLOT(argument), PTR(at), EXIT(rare)) {
    if (unlikely(tstate->recursion_remaining <= 0)) LEAVE(rare);
    frame->prev_instr = at;
    tstate->recursion_remaining--;
    r0 = (int64_t)DESCRIPTOR_DEF(callee)->ml_meth(self, argument);
    tstate->recursion_remaining++;
}

CALLING_OPERATION(call_descriptor_fast, SLOT(callee), SLOT(self), SLOT(arguments), IMM(count),
                  PTR(at)) {
    frame->prev_instr = at;
    Fast run = (Fast)(void *)DESCRIPTOR_DEF(callee)->ml_meth;
    r0 = (int64_t)run(self, SLOT_ADDRESS(arguments), count);
}

CALLING_OPERATION(call_descriptor_fast_keywords, SLOT(callee), SLOT(self), SLOT(arguments),
                  IMM(count), PTR(names), PTR(at)) {
    frame->prev_instr = at;
    FastKeywords run = (FastKeywords)(void *)DESCRIPTOR_DEF(callee)->ml_meth;
    r0 = (int64_t)run(self, SLOT_ADDRESS(arguments), count, names);
}

/* A vectorcall function that is known. */
CALLING_OPERATION(call_vectorcall, FUNC(run), SLOT(callee), SLOT(arguments), PTR(count), PTR(names),
                  PTR(at)) {
    frame->prev_instr = at;
    r0 = (int64_t)CALL(run, PyObject *, (PyObject *, PyObject *const *, size_t, PyObject *))(
        callee, SLOT_ADDRESS(arguments), (size_t)count, names);
}

/* A C function of one object. */
CALLING_OPERATION(call_one, FUNC(run), SLOT(x), PTR(at)) {
    frame->prev_instr = at;
    r0 = (int64_t)CALL(run, PyObject *, (PyObject *))(x);
}

CALLING_OPERATION(call_two, FUNC(run), SLOT(x), SLOT(y), PTR(at)) {
    frame->prev_instr = at;
    r0 = (int64_t)CALL(run, PyObject *, (PyObject *, PyObject *))(x, y);
}

/* ---- what some builtins do ------------------------------------------------------------------------- */

/* type(x). */
CALLING_OPERATION(type_of, SLOT(x)) {
    PyObject *type = (PyObject *)Py_TYPE(x);
    Py_INCREF(type);
    r0 = (int64_t)type;
}

/* len(x) of list, tuple, bytes. */
OPERATION(size_to_int, SLOT(x), IREG(to)) {
    to = Py_SIZE(x);
}

OPERATION(str_length_to_int, SLOT(x), IREG(to)) {
    to = text_length(x);
}

OPERATION(dict_size_to_int, SLOT(x), IREG(to)) {
    to = ((PyDictObject *)x)->ma_used;
}

OPERATION(set_size_to_int, SLOT(x), IREG(to)) {
    to = ((PySetObject *)x)->used;
}

/* isinstance(x, type) into r0: 0, 1. The class is one whose metaclass is `type`. */
CALLING_OPERATION(is_instance, SLOT(x), SLOT(class), PTR(at), EXIT(error)) {
    PyObject *object = x;
    r0 = 1;
    if ((PyObject *)Py_TYPE(object) != class) {
        frame->prev_instr = at;
        int result = PyObject_IsInstance(object, class);
        r0 = result;
        if (unlikely(result < 0)) LEAVE(error);
    }
}

/* A truth in r0 to a bool object. */
CALLING_OPERATION(store_truth, SLOT(to)) {
    PyObject *object = r0 ? ADDRESS(_Py_TrueStruct) : ADDRESS(_Py_FalseStruct);
    Py_INCREF(object);
    to = object;
}

extern intptr_t list_grow(PyListObject *);

/* list.append: takes the item's reference over. */
OPERATION(list_append, SLOT(list), SLOT(item), EXIT(rare)) {
    PyListObject *x = (PyListObject *)list;
    Py_ssize_t size = Py_SIZE(x);
    if (unlikely(x->allocated <= size)) {
        if (CALL_ASIDE(intptr_t, list_grow, x) < 0) LEAVE(rare);
    }
    PyList_SET_ITEM(x, size, item);
    Py_SET_SIZE(x, size + 1);
}

/* list.pop(): the list stays as large as it is, so it must not have become too large. */
OPERATION(list_pop, SLOT(list), IREG(to), EXIT(rare)) {
    PyListObject *x = (PyListObject *)list;
    Py_ssize_t last = Py_SIZE(x) - 1;
    if (unlikely(last < 0 || last < x->allocated >> 1)) LEAVE(rare);
    to = (int64_t)x->ob_item[last];
    Py_SET_SIZE(x, last);
}

/* ord() of a string of one Latin-1 character. */
OPERATION(ord_to_int, SLOT(string), IREG(to), EXIT(rare)) {
    const uint8_t *characters = latin1_characters(string);
    if (unlikely(characters == NULL || ((PyASCIIObject *)string)->length != 1)) LEAVE(rare);
    to = *characters;
}

/* chr() of a Latin-1 character into a register, a new reference. */
OPERATION(chr_of_int, IREG(number), IREG(to), EXIT(rare)) {
    if (unlikely((uint64_t)number >= 256)) LEAVE(rare);
    to = (int64_t)character_object((uint8_t)number);
}

/* ---- text ------------------------------------------------------------------------------------- */

extern PyObject *text_of_int(int64_t);
extern PyObject *text_joined(PyObject *const *, Py_ssize_t);

OPERATION(int_to_text, IREG(number), IREG(to), EXIT(rare)) {
    PyObject *text = CALL_ASIDE(PyObject *, text_of_int, number);
    if (unlikely(text == NULL)) LEAVE(rare);
    to = (int64_t)text;
}

OPERATION(join_texts, SLOT(parts), IMM(count), IREG(to), EXIT(rare)) {
    PyObject *text = CALL_ASIDE_2(PyObject *, ADDRESS(text_joined), SLOT_ADDRESS(parts), count);
    if (unlikely(text == NULL)) LEAVE(rare);
    to = (int64_t)text;
}
