/* Verification, in debug builds only (Py_DEBUG): is what contexts say true of the live frame? Asked at
 * every exit, and with PYJIT_VERIFY=1 at every bytecode. An answer of no ends the process with a
 * message that names the bytecode, the context and the entry. */
#ifndef PYJIT_VERIFY_H
#define PYJIT_VERIFY_H

#include "pyjit/block.h"
#include "pyjit/exits.h"

#if BUILT_FOR_DEBUG

/* Checks the frame and the registers against the exit's context. */
void verify_exit(const Registers *regs, const Exit *exit);

/* Emits the check of the current context where that is asked for. */
void verify_emit(Block *b);

/* Compiled code has dropped a reference there was not. */
void reference_count_negative(PyObject *object);

#else

static inline void
verify_exit(const Registers *regs, const Exit *exit)
{
    (void)regs, (void)exit;
}

static inline void
verify_emit(Block *b)
{
    (void)b;
}

#endif
#endif
