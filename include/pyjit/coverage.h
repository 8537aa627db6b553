/* Coverage: which stencils have been placed in code memory, which exits have been taken, which bytecodes have
 * been run which way. Only in builds with -Dcoverage=true; in all others nothing of it exists. */
#ifndef PYJIT_COVERAGE_H
#define PYJIT_COVERAGE_H

#include "pyjit/assembler.h"

#ifdef PYJIT_COVERAGE

/* Counts what has just been placed, and remembers which operations its exits belong to. */
void coverage_placed(const Assembler *as);

/* Counts an exit taken. */
void coverage_taken(const Exit *exit);

/* Counts a bytecode compiled, compiled by its generic operation, or run cold. */
typedef enum { COVERAGE_COMPILED, COVERAGE_GENERIC, COVERAGE_COLD } CoverageWay;

void coverage_bytecode(int opcode, CoverageWay way);

/* New dict of dicts of counts: "stencils" by operation and number of the variant, "exits" by operation and
 * operand, "kinds" by kind of exit and opcode, "bytecodes" by way and opcode. NULL with an exception set. */
PyObject *coverage_as_dict(void);

#else

#define coverage_placed(as) ((void)0)
#define coverage_taken(exit) ((void)0)
#define coverage_bytecode(opcode, way) ((void)0)

#endif

#endif
