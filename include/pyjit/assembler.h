/* The assembler: collects the operations of the blocks being compiled, then lays their stencils out
 * in code memory, fills the holes and makes thunks for the exits.
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
    int first_value; /* its operands' values are in Assembler.values from here */
    uint16_t operation;
    uint16_t exits; /* bit set of the operands that are exits */
    int8_t depends; /* number of the operand that names a code object in a guard, or -1 */
    uint8_t skip;   /* bytes of hot code that are left out: a load of what is loaded already */
} AsmItem;

/* A point between items where a bytecode or a block version starts. */
typedef struct {
    int item;
    int offset;            /* code units */
    uint8_t site;          /* of the bytecode */
    BlockVersion *version; /* starts here, or NULL */
} AsmMark;

typedef struct {
    AsmItem *items;
    intptr_t *values; /* EXIT operands: Exit pointers */
    AsmMark *marks;
    uint8_t *image; /* of the code being placed */
    int count, capacity;
    int value_count, value_capacity;
    int mark_count, mark_capacity;
    int image_capacity;
    bool failed; /* out of memory; the compilation is to be abandoned */
    bool doubles; /* some are in registers somewhere in this code */
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

/* An item's stencil, or that which it is the twin of with short addresses. */
const Stencil *asm_wide_stencil(const AsmItem *item);

/* Takes back the operations from number `count` on. */
void asm_truncate(Assembler *as, int count);

/* Marks that what follows belongs to this bytecode and, when version is given, starts it. */
void asm_mark(Assembler *as, int offset, uint8_t site, BlockVersion *version);

/* Takes back the marks from number `count` on, which start no versions. */
void asm_truncate_marks(Assembler *as, int count);

/* Places everything in code memory of `state`. `after` is an exit, or NULL, that is to lead to this code;
 * if its jump is the last thing in its chunk, the code is laid over that jump. *start is where the code
 * begins. Returns 0, or -1 with nothing changed. */
int asm_finish(Assembler *as, CodeState *state, Exit *after, uint8_t **start);

/* Forgets everything collected, but keeps moderate amounts of memory for the next time. */
void asm_reset(Assembler *as);

/* Sends an exit's thunk and its known jump to `target`. Returns 0 or -1. */
int asm_redirect(Exit *exit, uint8_t *target);

/* ---- per architecture (link_*.c) ------------------------------------------------------------ */

#define LINK_MAX_THUNK 16 /* bytes */
#define LINK_MAX_JUMP 8

/* Bytes of an exit's thunk, of an unconditional jump and of the hole in it, which ends the jump. */
extern const int link_thunk_size, link_jump_size, link_hole_size;

/* What goes into the holes of one stencil. */
typedef struct {
    intptr_t operands[OPERATION_MAX_OPERANDS];
    uint8_t *holes[OPERATION_MAX_OPERANDS]; /* set by link_fill: where an operand's first hole lies */
    uint8_t *next, *hot, *cold;             /* VALUE_NEXT, VALUE_HOT, VALUE_COLD */
    void *const *symbols;                   /* VALUE_SYMBOL: by number */
} LinkValues;

/* The addresses of symbols for code that has doubles in registers or, more cheaply, for code that has none. */
void *const *link_symbols(bool doubles);

/* Fills the holes of a part whose image is `bytes` and which will lie at `at`. Returns 0, or -1 when a
 * value does not fit. */
int link_fill(uint8_t *bytes, uint8_t *at, const Hole *holes, int count, LinkValues *values);

/* Makes an exit's thunk, a jump, or the content of a jump's hole for `at`. Return 0 or -1. */
int link_make_thunk(uint8_t *bytes, uint8_t *at, uint32_t exit_id);
int link_make_jump(uint8_t *bytes, const uint8_t *at, const uint8_t *target);
int link_make_hole(uint8_t *bytes, const uint8_t *hole, const uint8_t *target);

/* Bytes of the load of a slot that a stencil may begin with (Stencil.first_slot). */
extern const int link_slot_load_size;

/* Are all addresses of the interpreter such that stencils with short addresses reach them, and does this value fit? */
bool link_is_near(void);
bool link_fits_short(intptr_t value);

/* Does this hole, in code memory, belong to an unconditional jump? */
bool link_is_jump(const uint8_t *hole);

/* Makes the room for veneers. Returns 0 or -1. */
int link_init(void);

#endif
