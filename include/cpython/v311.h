/* CPython 3.11. */
#ifndef PYJIT_CPYTHON_V311_H
#define PYJIT_CPYTHON_V311_H

#include <internal/pycore_ceval.h>
#include <internal/pycore_code.h>
#include <internal/pycore_dict.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_function.h>
#include <internal/pycore_genobject.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_long.h>
#include <internal/pycore_moduleobject.h>
#include <internal/pycore_object.h>
#include <internal/pycore_opcode.h>
#include <internal/pycore_pyerrors.h>
#include <internal/pycore_pymem.h>
#include <internal/pycore_pystate.h>
#include <internal/pycore_tuple.h>
#include <frameobject.h>
#include <opcode.h>

#include <stdbool.h>

/* What co_extra points to. */
typedef struct {
    Py_ssize_t size;
    void *entries[];
} CodeExtra;

/* The entry of a code object's co_extra at `index`, NULL if none. */
static inline void *
code_extra(PyCodeObject *code, Py_ssize_t index)
{
    CodeExtra *extra = code->co_extra;
    return extra == NULL || index >= extra->size ? NULL : extra->entries[index];
}

/* Sets that entry. _PyCode_SetExtra would make room for all entries, and then the functions that free
 * the entries of others were called for every code object that has one of pyjit's, with NULL and
 * even after their owners are gone. Returns 0, or -1 without an exception. */
static inline int
code_extra_set(PyCodeObject *code, Py_ssize_t index, void *value)
{
    CodeExtra *extra = code->co_extra;
    if (extra == NULL || extra->size <= index) {
        Py_ssize_t old = extra == NULL ? 0 : extra->size;
        extra = PyMem_Realloc(extra, sizeof *extra + (size_t)(index + 1) * sizeof(void *));
        if (extra == NULL) {
            return -1;
        }
        memset(extra->entries + old, 0, (size_t)(index + 1 - old) * sizeof(void *));
        extra->size = index + 1;
        code->co_extra = extra;
    }
    extra->entries[index] = value;
    return 0;
}

/* Does a single exception that the clauses of a try-except* raise propagate as it is? Up to 3.11.3 it
 * was wrapped in a group. */
static inline bool
except_star_keeps_single(void)
{
    return Py_Version >= 0x030B0400;
}

/* Iterators, and staticmethod, which CPython declares in their own source files only: of range; of list, tuple
 * and reversed lists; of dicts and sets; of enumerate and zip. */
typedef struct {
    PyObject_HEAD
    long index, start, step, length;
} RangeIterator;

typedef struct {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *sequence; /* NULL when exhausted */
} SequenceIterator;

typedef struct {
    PyObject_HEAD
    PyDictObject *dict; /* NULL when exhausted */
    Py_ssize_t used;    /* ma_used when it began */
    Py_ssize_t position;
    PyObject *result;
    Py_ssize_t left;
} DictIterator;

typedef struct {
    PyObject_HEAD
    PySetObject *set; /* NULL when exhausted */
    Py_ssize_t used;  /* when it began */
    Py_ssize_t position;
    Py_ssize_t left;
} SetIterator;

typedef struct {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *iterator;
    PyObject *result;
    PyObject *long_index; /* when index has reached its end */
    PyObject *one;
} EnumerateIterator;

/* array.array: how an item lies in it, and an array. */
typedef struct {
    char code;
    int size; /* bytes */
} ArrayDescription;

typedef struct {
    PyObject_VAR_HEAD
    char *items;
    Py_ssize_t allocated;
    const ArrayDescription *description;
    PyObject *weakreflist;
    Py_ssize_t exports;
} ArrayObject;

/* What an asynchronous generator yields, to tell it from what it passes on while awaiting. */
typedef struct {
    PyObject_HEAD
    PyObject *value;
} WrappedValue;

/* What steps an asynchronous generator: of `async for`, __anext__() and asend(). */
typedef struct {
    PyObject_HEAD
    PyAsyncGenObject *generator;
    PyObject *sent; /* NULL: None */
    int state;      /* ASEND_... */
} AsyncStep;

enum { ASEND_NEW, ASEND_STARTED, ASEND_DONE };

typedef struct {
    PyObject_HEAD
    Py_ssize_t count;
    PyObject *iterators; /* a tuple */
    PyObject *result;
    int strict;
} ZipIterator;

typedef struct {
    PyObject_HEAD
    PyObject *callable;
    PyObject *dict;
} StaticMethod;

#endif
