/* Contexts: what is known at a point of the bytecode about every local and every operand-stack entry.
 *
 * A context is small plain data; equal knowledge is equal bytes, so contexts are compared and hashed
 * as bytes. This file owns the representation; what an operation does to a context is the emitter's. */
#ifndef PYJIT_CONTEXT_H
#define PYJIT_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CTX_LOCALS 40 /* locals with a higher number are never known */
#define CTX_STACK 40  /* deeper stack entries are always owned references in their slot */

/* Exact types a value can be known to have. */
typedef enum {
    TYPE_UNKNOWN,
    TYPE_NULL, /* no object: the NULL that PUSH_NULL leaves */
    TYPE_NONE,
    TYPE_BOOL,
    TYPE_INT,
    TYPE_FLOAT,
    TYPE_STR,
    TYPE_BYTES,
    TYPE_LIST,
    TYPE_TUPLE,
    TYPE_DICT,
    TYPE_SET,
    TYPE_RANGE_ITERATOR,
    TYPE_LIST_ITERATOR,
    TYPE_TUPLE_ITERATOR,
    TYPE_FUNCTION,
    TYPE_GENERATOR,
    TYPE_OTHER, /* known to be none of the above that have fast paths */
    TYPE_COUNT,
} ValueType;

/* Where a value is. */
typedef enum {
    IN_SLOT,  /* its own frame slot */
    IN_LOCAL, /* stack entry: the same as local `index` (borrowed), or as an entry of the stack (inline.h) */
    IN_CONST, /* stack entry: constant `index` of the code object, or one further on that the code state
                 has (borrowed) */
    IN_FACT,  /* stack entry: the object of its fact (borrowed) */
    IN_INT,   /* int64 register `index` */
    IN_FLOAT, /* double register `index` */
} Location;

#define CTX_INDEX_MAX 4095

typedef struct {
    uint32_t type : 5;     /* ValueType */
    uint32_t location : 3; /* Location */
    uint32_t bound : 1;    /* local: cannot be unbound */
    uint32_t boxed : 1;    /* in a register: the slot holds its box as well */
    uint32_t owned : 1;    /* stack entry in its slot or boxed: the slot owns its reference */
    uint32_t fact : 8;     /* number of what else is known, 0 for nothing (facts.h) */
    uint32_t lent : 1;     /* stack entry in its slot: a container has the reference, see docs/architecture.md;
                              local only in a register: what is in the slot is certainly no box of it */
    uint32_t index : 12;
} Entry;

_Static_assert(sizeof(Entry) == 4, "contexts are compared as bytes");

/* Is the value in a register? */
static inline bool
entry_in_register(const Entry *entry)
{
    return entry->location == IN_INT || entry->location == IN_FLOAT;
}

typedef struct {
    uint16_t depth;      /* operand-stack entries, known or not */
    uint8_t local_count; /* locals described: min(co_nlocalsplus, CTX_LOCALS) */
    uint8_t stack_count; /* stack entries described: min(depth, CTX_STACK) */
    uint8_t observed;    /* 1: the frame has a frame object, through which locals may be written */
    uint8_t site;        /* whose code this is if it is not that of the frame (inline.h), else 0 */
    uint8_t globals;     /* facts that these dicts are in a certain state: the globals seen last, */
    uint8_t builtins;    /* and the builtins; 0: nothing known */
    Entry entries[CTX_LOCALS + CTX_STACK]; /* locals, then the stack from the bottom */
} Context;

#define CTX_HEADER offsetof(Context, entries)

/* The context that knows nothing: locals perhaps unbound, `depth` owned references on the stack. */
Context ctx_generic(int local_count, int depth);

/* Entries in use. */
static inline int
ctx_entry_count(const Context *ctx)
{
    return ctx->local_count + ctx->stack_count;
}

/* Bytes in use, for copies and comparisons. */
static inline uint32_t
ctx_size(const Context *ctx)
{
    return (uint32_t)(CTX_HEADER + (size_t)ctx_entry_count(ctx) * sizeof(Entry));
}

/* Makes `to` the same as `from`; entries not in use are left as they are. */
static inline void
ctx_copy(Context *to, const Context *from)
{
    memcpy(to, from, ctx_size(from));
}

bool ctx_equal(const Context *a, const Context *b);
uint32_t ctx_hash(const Context *ctx);

/* Forgets all facts. No entry may be IN_FACT. */
void ctx_forget_facts(Context *ctx);

/* Forgets everything about locals, which are all in memory. */
void ctx_forget_locals(Context *ctx);

/* Is nothing in a register and every stack entry an owned reference in its slot? */
bool ctx_is_canonical(const Context *ctx);

/* Text for people: "x:int=r0 y:float | str, const 3". Writes at most size bytes with the final 0. */
void ctx_describe(const Context *ctx, char *text, int size);

#endif
