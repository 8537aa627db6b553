/* The version layer's one door: picks the header of the CPython being built against.
 * Everything that differs between CPython versions is behind this interface. */
#ifndef PYJIT_CPYTHON_INTERFACE_H
#define PYJIT_CPYTHON_INTERFACE_H

#define PY_SSIZE_T_CLEAN
#define Py_BUILD_CORE_MODULE 1
#include <Python.h>

/* Are these the headers of a debug build (its total of references, its assertions)? */
#ifdef Py_DEBUG
#define BUILT_FOR_DEBUG 1
#else
#define BUILT_FOR_DEBUG 0
#endif

#if PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030C0000
#include "cpython/v311.h"
#else
#error "pyjit does not support this CPython version yet"
#endif

#endif
