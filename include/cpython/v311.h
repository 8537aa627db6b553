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
#include <internal/pycore_object.h>
#include <internal/pycore_opcode.h>
#include <internal/pycore_pyerrors.h>
#include <internal/pycore_pystate.h>
#include <internal/pycore_tuple.h>
#include <frameobject.h>
#include <opcode.h>

/* The entry of a code object's co_extra at `index`, NULL if none. */
static inline void *
code_extra(PyCodeObject *code, Py_ssize_t index)
{
    struct {
        Py_ssize_t size;
        void *entries[1];
    } *extra = code->co_extra;
    return extra == NULL || index >= extra->size ? NULL : extra->entries[index];
}

/* Does a single exception that the clauses of a try-except* raise propagate as it is? Up to 3.11.3 it
 * was wrapped in a group. */
static inline bool
except_star_keeps_single(void)
{
    return Py_Version >= 0x030B0400;
}

/* The iterators of range, list and tuple, which CPython declares in their own source files only. */
typedef struct {
    PyObject_HEAD
    long index, start, step, length;
} RangeIterator;

typedef struct {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *sequence; /* NULL when exhausted */
} SequenceIterator;

#endif
