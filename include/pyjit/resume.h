/* Where a frame goes on whose state is all in memory, as the interpreter would have it: locals boxed, every
 * stack entry an owned reference in its slot. In compiled code, in cold code (cold.c), in the
 * interpreter; in its caller when it has ended. All of these return the address at which compiled code
 * or the trampolines continue, with regs->frame and what is in registers changed as that needs. */
#ifndef PYJIT_RESUME_H
#define PYJIT_RESUME_H

#include "pyjit/exits.h"

/* An instruction and how many entries the operand stack has before it. */
typedef struct {
    int offset; /* code units */
    int depth;
} Place;

/* CodeState.resume holds for each offset either how often execution has come there without compiled code
 * to go on with, or the distance of that code from codemem_base(). */
#define RESUME_MOST_COUNTED 255 /* no code lies that near to the base */

/* Goes on at a place: compiled if that is worth it by now, else cold. */
uint8_t *resume_at(Registers *regs, CodeState *state, Place place);

/* Goes on in a frame that is hot and has been the interpreter's so far (divert.h). */
uint8_t *resume_taken(Registers *regs, CodeState *state, Place place);

/* Code for a place, made now if there is none; NULL when that fails. */
uint8_t *resume_compiled(CodeState *state, _PyInterpreterFrame *frame, Place place);

/* Has execution now come to this offset so often that it is worth compiling? Counts it. False also when
 * there is no memory for counting. */
bool resume_is_hot(CodeState *state, int offset, int heat);

/* Compiled code for this offset, NULL if there is none. */
static inline uint8_t *
resume_known(const CodeState *state, int offset)
{
    uint32_t distance = state->resume == NULL ? 0 : state->resume[offset];
    return distance > RESUME_MOST_COUNTED ? codemem_base() + distance : NULL;
}

/* Runs the rest of the frame in the interpreter. The reason (static text) is counted. */
uint8_t *resume_interpreted(Registers *regs, Place place, const char *reason);

/* Reasons. */
#define REASON_TRACED "a trace or profile function is set"
#define REASON_NO_MEMORY "no memory to compile"
#define REASON_COLD "called too rarely to compile"
#define REASON_UNBOUND "an unbound local"
#define REASON_REPLACED "another frame evaluator is set"
#define REASON_SEEN "a frame object shows locals"
#define REASON_UNUSUAL "an unusual instruction"

/* The frame is done with `result` (NULL: an exception) and has been popped if it was pushed by compiled
 * code: on in its caller, which waits for it. */
uint8_t *resume_caller(Registers *regs, _PyInterpreterFrame *caller, PyObject *result);

/* The method that stands behind the instruction at place.offset has returned `result` (stolen), the frame's
 * stack having place.depth entries without it: does the rest of the instruction (special.h) and goes on. */
uint8_t *resume_finish(Registers *regs, CodeState *state, Place place, PyObject *result);

/* An exception is pending in the frame, raised at place->offset. Finds the handler: NULL, and *place is
 * where it begins. Or the frame has ended; then where to go on. */
uint8_t *resume_unwind(Registers *regs, CodeState *state, Place *place, bool add_traceback);

#endif
