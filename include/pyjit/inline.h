/* Calls whose callee is compiled in place: no frame is pushed while the callee does nothing that anybody
 * could see it by.
 *
 * A *site* says which function runs in the place of which call. Contexts carry the number of their site
 * (0: none); it stands for the function's frame and for those of the sites it is in. The callee's locals
 * and its operand stack are further entries of the code object's own operand stack, above what lies below
 * the call, in memory that belongs to nobody beyond the frame. When something happens that does need
 * frames, they are pushed then. */
#ifndef PYJIT_INLINE_H
#define PYJIT_INLINE_H

#include "pyjit/exits.h"

#define SITES_MOST 255 /* of a code object */
#define SITES_NESTED 3

/* How an entry's `index` says that it aliases an entry of the stack: this more than its number there. */
#define ALIAS_OF_STACK 2048

typedef struct InlineSite {
    PyFunctionObject *function; /* borrowed: code that runs it has seen that it is there */
    CodeState *callee;          /* of its code; NULL when that is gone */
    uint32_t version;           /* of the function */
    uint8_t outer;              /* the site that the call is in, 0: none */
    uint8_t nesting;            /* 1 for outer 0 */
    uint8_t levels;             /* of recursion that the call counts for */
    uint8_t recursion;          /* levels with those of the sites it is in */
    int *gate;                  /* what compiled code asks of recursion_remaining here: `recursion`, or
                                   INT_MAX when the site has turned out not to be worth while */
    int call;                   /* where prev_instr is meanwhile: offset of a CALL's last cache entry, of
                                   another instruction itself (special.h) */
    int below;                  /* stack entries below what the call takes off */
    int locals;                 /* number of the stack entry that is its first local */
    int stack;                  /* and of the first of its operand stack */
} InlineSite;

/* The number of this site, noted now if it is new; 0 if there is no room or the site was given up. */
int inline_site(CodeState *state, InlineSite site);

/* The site with a number; NULL for 0. */
static inline const InlineSite *
inline_get(const CodeState *state, int number)
{
    return number == 0 ? NULL : &state->sites[number - 1];
}

/* The code of some sites is going: nothing will run there any more. */
void inline_forget(CodeState *state, const CodeState *callee);

/* Notes that the frames of a site had to be pushed at an exit, for the `count`th time. */
void inline_note_frames(CodeState *state, int number, int count);

/* Is this code of a kind that can be compiled in place? */
bool inline_suits(CodeState *callee);

/* Pushes the frames that the exit's context stands for, everything being moved to memory: then regs->frame
 * is the innermost one. Returns its code's state; *depth is that of its operand stack. */
CodeState *inline_push_frames(Registers *regs, CodeState *state, const Context *ctx, int *depth);

#endif
