/* What the emitters of calls share. */
#ifndef PYJIT_EMIT_CALLS_H
#define PYJIT_EMIT_CALLS_H

#include "pyjit/emit.h"

/* The stack of a CALL as the emitters see it. Entries are counted from the top. */
typedef struct {
    PyObject *callable; /* predicted; borrowed */
    int callee;         /* its entry */
    int first;          /* entry of the first argument */
    int count;          /* arguments, with self and keywords */
    int keywords;       /* of them, named by b->kwnames */
} Call;

/* CALL of something written in C; false if it must be called generically. */
bool emit_call_native(Block *b, const Call *call);

/* Is the next instruction a POP_TOP that nothing jumps to? Then it is passed over. */
bool emit_skip_pop_top(Block *b);

#endif
