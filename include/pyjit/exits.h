/* Exits: what happens when compiled code leaves a block. */
#ifndef PYJIT_EXITS_H
#define PYJIT_EXITS_H

#include "pyjit/code.h"
#include "pyjit/stencil.h"

/* The registers of compiled code, as trampoline_exit saves and restores them. */
typedef struct {
    _PyInterpreterFrame *frame;
    PyThreadState *tstate;
    int64_t ints[INT_REGISTERS];
    double floats[FLOAT_REGISTERS];
} Registers;

/* Takes the exit with this id: returns where compiled code goes on, registers changed as needed. */
uint8_t *exits_take(Registers *regs, uint32_t id);

/* Runs a frame that starts or resumes at its prev_instr, as the interpreter would have it before:
 * returns where to go on. */
uint8_t *exits_enter(Registers *regs, CodeState *state);

/* Unwinds a frame (in the state the interpreter has at the label `error`: `depth` owned stack
 * entries, an exception pending) that was resumed with an exception: returns where to go on. */
uint8_t *exits_throw(Registers *regs, CodeState *state);

/* What comes of going on at an address that these functions have returned, or those of resume.h. */
PyObject *exits_run(const Registers *regs, uint8_t *target);

/* Makes the exits that belong to no code object. Returns 0 or -1. */
int exits_init(void);

/* C, from the driver: runs compiled code at `target`. */
PyObject *trampoline_enter(_PyInterpreterFrame *frame, PyThreadState *tstate, uint8_t *target);

#endif
