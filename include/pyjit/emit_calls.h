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

/* Where a parameter's value comes from. */
typedef struct {
    int entry;        /* stack entry counted from the top, or -1: the default */
    int default_item; /* number of the default */
} Source;

/* CALL of a function that is known and has been guarded: its code is compiled in place from now on. False
 * if that does not suit; then nothing has been emitted. */
bool emit_inline_call(Block *b, const Call *call, PyFunctionObject *function, CodeState *callee,
                      const Source *sources);

/* CALL of something written in C; false if it must be called generically. */
bool emit_call_native(Block *b, const Call *call);

/* Is the next instruction a POP_TOP that nothing jumps to? Then it is passed over. */
bool emit_skip_pop_top(Block *b);

#endif
