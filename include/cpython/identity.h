/* What identifies a CPython version's bytecode: the number in .pyc files and the opcode names.
 * opcode.h has the numbers. */
#ifndef PYJIT_CPYTHON_IDENTITY_H
#define PYJIT_CPYTHON_IDENTITY_H

#include "cpython/interface.h"

#if PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030C0000
#include "cpython/identity_v311.h"
#else
#error "pyjit does not support this CPython version yet"
#endif

#endif
