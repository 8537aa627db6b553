/* Cold code: bytecode that is executed too rarely to be worth compiling, run one generic operation after
 * another. It starts where compiled code would, in frames that compiled code has pushed or left, and ends
 * as soon as there is compiled code to go on with. */
#ifndef PYJIT_COLD_H
#define PYJIT_COLD_H

#include "pyjit/resume.h"

/* Runs the frame from a place on. Returns where to go on, as the functions of resume.h do. */
uint8_t *cold_run(Registers *regs, CodeState *state, Place place);

/* A frame that waits in cold code has its callee's result, in r0: goes on behind the call, the stack
 * having `depth` entries without the result. */
uint8_t *cold_returned(Registers *regs, int depth);

/* What a frame's stacktop is while it waits for a call and is to go on in cold code, the stack having
 * `depth` entries, at most COLD_DEPTH_MOST, below the call. */
#define COLD_DEPTH_MOST 63
int cold_continuation(int depth);

/* Makes the permanent code by which calls return to cold code. Returns 0 or -1. */
int cold_init(void);

#endif
