/* Generic operations: one C function for each bytecode that does all of what the interpreter does
 * for it, on the frame's operand stack in memory. Fast paths are elsewhere; these handle everything.
 *
 * Contract. `sp` points one past the top of the operand stack in `frame`; every entry is an owned
 * reference. The function pops its inputs and stores its outputs where the interpreter would leave
 * them. It returns 0, or -1 with an exception set; then its inputs have been consumed (released)
 * all the same and nothing was pushed. An entry the bytecode only peeks at stays. `frame->prev_instr`
 * has been set by the caller. Neither `frame->stacktop` (negative while a frame executes) nor sp
 * may be stored into the frame. */
#ifndef PYJIT_GENERIC_H
#define PYJIT_GENERIC_H

#include "cpython/interface.h"

typedef int (*GenericOp)(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject **sp, int oparg);

typedef struct {
    GenericOp run;         /* NULL: the emitter handles this bytecode itself */
    uint8_t no_escape : 1; /* can never run Python code, release an object with a finalizer, or
                              switch threads, whatever its operands */
    uint8_t no_error : 1;  /* always returns 0 */
} GenericEntry;

/* By opcode of the generic (not specialized) bytecode. */
extern const GenericEntry generic_table[256];

#endif
