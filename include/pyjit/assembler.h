/* The assembler: collects the operations of the blocks being compiled, then lays their stencils out
 * in code memory, patches the holes and makes thunks for the exits.
 *
 * Layout: hot parts follow one another upwards from the start of a chunk, cold parts and thunks
 * downwards from its end. Knows stencils and exits; nothing of bytecode or contexts. */
#ifndef PYJIT_ASSEMBLER_H
#define PYJIT_ASSEMBLER_H

#include "pyjit/code.h"
#include "pyjit/stencil.h"

/* Value of an immediate operand: where compiled code goes on after this operation, in the form
 * a frame keeps it in while it waits for a call (see frame_continuation). */
#define IMM_CONTINUATION INTPTR_MIN

typedef struct {
    const Stencil *stencil;
    uint16_t operation;
    uint16_t value_count;
    intptr_t values[OPERATION_MAX_OPERANDS]; /* EXIT operands: Exit pointers */
    PyCodeObject *depends_on; /* a pointer operand is this code object, or NULL */
} AsmItem;

/* A point between items where a bytecode or a block version starts. */
typedef struct {
    int item;
    int offset;            /* code units */
    BlockVersion *version; /* starts here, or NULL */
} AsmMark;

typedef struct {
    AsmItem *items;
    AsmMark *marks;
    int count, capacity;
    int mark_count, mark_capacity;
    bool failed; /* out of memory; the compilation is to be abandoned */
} Assembler;

/* Appends an operation. `values` are its operands in order: register numbers, byte offsets,
 * numbers, addresses or Exit pointers. */
void asm_emit(Assembler *as, int operation, const intptr_t *values, int count);

#define ASM(as, operation, ...)                                                                    \
    asm_emit((as), (operation), (const intptr_t[]){__VA_ARGS__},                                   \
             (int)(sizeof((const intptr_t[]){__VA_ARGS__}) / sizeof(intptr_t)))

/* The operation just appended names this code object in a pointer operand, as a guard against which
 * nothing may match once the code object is gone. */
void asm_depend(Assembler *as, PyCodeObject *code);

/* Marks that what follows belongs to this bytecode and, when version is given, starts it. */
void asm_mark(Assembler *as, int offset, BlockVersion *version);

/* Places everything in code memory of `state`. When `after` is an exit whose jump is the last
 * thing in its chunk, the code is laid over that jump. *start is where the code begins.
 * Returns 0, or -1 with nothing changed. */
int asm_finish(Assembler *as, CodeState *state, Exit *after, uint8_t **start);

/* Forgets everything collected. */
void asm_reset(Assembler *as);

/* Sends an exit's thunk and its known jump to `target`. Returns 0 or -1. */
int asm_redirect(Exit *exit, uint8_t *target);

/* ---- per architecture (link_*.c) ------------------------------------------------------------ */

#define LINK_MAX_THUNK 16 /* bytes */

/* Bytes of an exit's thunk and of an unconditional jump. */
extern const int link_thunk_size, link_jump_size;

/* Writes the value into the hole. Returns 0, or -1 when it does not fit. */
int link_patch(uint8_t *hole, int kind, intptr_t value);

/* Writes an exit's thunk. Returns 0 or -1. */
int link_write_thunk(uint8_t *at, uint32_t exit_id);

/* Writes a jump to `target`. Returns 0 or -1. */
int link_write_jump(uint8_t *at, const uint8_t *target);

/* Given a hole of a jump: where the jump instruction starts if it is an unconditional jump, or NULL. */
uint8_t *link_jump_of_hole(uint8_t *hole, int kind);

/* Can a call or jump hole at `at` reach the target? If not, returns the address of a veneer that
 * does; NULL when there is no room for one. */
const uint8_t *link_reach(const uint8_t *at, const uint8_t *target);

/* Makes the room for veneers. Returns 0 or -1. */
int link_init(void);

#endif
