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

#endif
