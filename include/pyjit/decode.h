/* Decoding of CPython bytecode: one instruction at a time, with prefixes and inline caches folded
 * in. Offsets are in code units (two bytes) from the first instruction. */
#ifndef PYJIT_DECODE_H
#define PYJIT_DECODE_H

#include "cpython/interface.h"

typedef struct {
    int opcode; /* of the generic bytecode */
    int oparg;  /* with EXTENDED_ARG prefixes applied */
    int start;  /* of the first prefix: where the interpreter may resume to run it */
    int offset; /* of the instruction proper: what prev_instr points to while it runs */
    int next;   /* of the following instruction, after the inline caches */
} Instr;

/* Decodes the instruction that starts at `start`, of generic bytecode. */
static inline Instr
decode_at(const _Py_CODEUNIT *units, int start)
{
    int at = start;
    int opcode = _Py_OPCODE(units[at]);
    int oparg = _Py_OPARG(units[at]);
    while (opcode == EXTENDED_ARG) {
        at++;
        opcode = _Py_OPCODE(units[at]);
        oparg = oparg << 8 | _Py_OPARG(units[at]);
    }
    return (Instr){
        .opcode = opcode,
        .oparg = oparg,
        .start = start,
        .offset = at,
        .next = at + 1 + _PyOpcode_Caches[opcode],
    };
}

/* Where a jumping instruction goes when it jumps, or -1 when it is not a jump. */
int decode_jump_target(const Instr *in);

/* How many operand-stack entries the instruction takes from the top and how many it then leaves
 * there (for a jump: when it falls through). `reads` is how deep it looks. */
typedef struct {
    int reads, pops, pushes;
} StackEffect;

StackEffect decode_stack_effect(const Instr *in);

/* Copies bytecode, which may be specialized, as generic instructions with empty caches, as co_code shows it. */
void decode_generic(const _Py_CODEUNIT *units, int count, _Py_CODEUNIT *generic);

/* Does any loop (backward jump) occur in this bytecode, which may be specialized? */
bool decode_has_loop(const _Py_CODEUNIT *units, int count);

/* Is this, of bytecode that may be specialized, an instruction that looks at the eval breaker and does not call C functions
 * that might do so: a RESUME, a jump backwards, or one that is done with a comparison? */
bool decode_is_check(const _Py_CODEUNIT *unit);

/* The instruction at this offset, of generic bytecode. */
Instr decode_find(const _Py_CODEUNIT *units, int offset);

#endif
