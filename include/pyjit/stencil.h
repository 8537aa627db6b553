/* Stencils: the data the generator (tools/stencilgen) writes and the linker reads.
 *
 * An *operation* is what the emitter asks for by name (OP_float_add). It has operands; those that
 * are machine registers choose one of the operation's *stencils* (variants), the others are values
 * patched into the stencil's *holes*. This file owns the shape of that data and nothing else. */
#ifndef PYJIT_STENCIL_H
#define PYJIT_STENCIL_H

#include <stdint.h>

/* How many machine registers of each kind a template may name. */
#define INT_REGISTERS 8    /* int64: r0 and r1 survive a C call, the others do not */
#define FLOAT_REGISTERS 8  /* double: none survives a C call */

/* What an operand of an operation is. */
typedef enum {
    OPERAND_INT_REGISTER,    /* IREG(x): int64 register number, selects the variant */
    OPERAND_FLOAT_REGISTER,  /* FREG(x): double register number, selects the variant */
    OPERAND_SLOT,            /* SLOT(x): byte offset of a frame slot from the frame, signed 32 bits */
    OPERAND_IMMEDIATE,       /* IMM(x): signed 32-bit number */
    OPERAND_POINTER,         /* PTR(x): any 64-bit value */
    OPERAND_FUNCTION,        /* FUNC(x): address of a C function to call */
    OPERAND_EXIT,            /* EXIT(x): code address to jump to */
} OperandKind;

/* How a hole is written. */
typedef enum {
    HOLE_X86_64_ABS32S,    /* signed 32-bit absolute value in place */
    HOLE_X86_64_ABS64,     /* 64-bit absolute value in place */
    HOLE_X86_64_REL32,     /* 32-bit distance from the hole (target + addend - hole address) */
    HOLE_AARCH64_BRANCH26, /* B/BL: 26-bit word distance */
    HOLE_AARCH64_BRANCH19, /* B.cond/CBZ/CBNZ: 19-bit word distance */
    HOLE_AARCH64_BRANCH14, /* TBZ/TBNZ: 14-bit word distance */
    HOLE_AARCH64_MOVW_G0,  /* MOVZ/MOVK: bits 0-15 of the value */
    HOLE_AARCH64_MOVW_G1,  /* MOVZ/MOVK: bits 16-31 */
    HOLE_AARCH64_MOVW_G2,  /* MOVZ/MOVK: bits 32-47 */
    HOLE_AARCH64_MOVW_G3,  /* MOVZ/MOVK: bits 48-63 */
} HoleKind;

/* What is written into a hole. */
typedef enum {
    VALUE_OPERAND, /* the value of operand number `index` */
    VALUE_NEXT,    /* the address after this stencil's hot part */
    VALUE_HOT,     /* the start of this stencil's own hot part */
    VALUE_COLD,    /* the start of this stencil's own cold part */
    VALUE_SYMBOL,  /* the address of pyjit_symbols[index] */
} HoleValue;

typedef struct {
    uint16_t offset;    /* of the hole from the start of its part, in bytes */
    uint8_t kind : 4;   /* HoleKind */
    uint8_t value : 4;  /* HoleValue */
    uint8_t index;      /* operand or symbol number */
    int32_t addend;
} Hole;

/* The bytes of all stencils lie one after the other in pyjit_code, of each the hot ones first; so do the holes in
 * pyjit_holes. There are no pointers, so that nothing is to be relocated when the module is loaded. */
typedef struct {
    uint32_t code, holes;         /* where its own begin */
    uint16_t hot_size, cold_size; /* bytes */
    uint8_t hot_hole_count, cold_hole_count;
    int8_t first_slot; /* number of the slot operand whose load into the scratch register it begins with, or -1 */
    int8_t last_slot;  /* of the one that is there after it, -1: unknown, SLOT_KEPT: the same as before it */
} Stencil;

#define SLOT_KEPT (-2)

#define OPERATION_MAX_OPERANDS 10

typedef struct {
    const char *name;
    uint16_t first_stencil;  /* index into pyjit_stencils of the variant with all registers 0 */
    uint16_t narrow;         /* what is to be added for that with short addresses; 0: there is none */
    uint16_t registers;      /* bit set of the operands that are registers */
    uint16_t exits;          /* and of those that are exits */
    uint16_t pointers;       /* and of those that are pointers */
    uint8_t operand_count;
    uint8_t calls;           /* a CALLING_OPERATION: r2, r3 and all doubles are dead after it */
    uint8_t operand_kinds[OPERATION_MAX_OPERANDS];   /* OperandKind */
    uint16_t operand_strides[OPERATION_MAX_OPERANDS]; /* register operands: stencils per register */
} Operation;

#endif
