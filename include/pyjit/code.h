/* What pyjit keeps for a code object: its block versions, exits, contexts and code memory.
 *
 * A *block version* is machine code for one bytecode offset in one context. An *exit* is a place
 * where machine code may jump out of a block: to another block, to the unwinder, to the interpreter.
 * Both live as long as the code object. This file owns the data; blocks.c, exits.c fill it. */
#ifndef PYJIT_CODE_H
#define PYJIT_CODE_H

#include "cpython/interface.h"
#include "pyjit/codemem.h"
#include "pyjit/context.h"

typedef struct CodeState CodeState;

/* Position in the machine code where a bytecode starts. */
typedef struct {
    uint32_t position; /* bytes from the start of the block's hot part */
    uint32_t offset;   /* code units */
} CodePosition;

typedef struct BlockVersion {
    struct BlockVersion *next; /* in the bucket of its offset */
    const Context *ctx;
    uint8_t *hot, *cold;
    uint32_t hot_size, cold_size; /* bytes */
    int offset;                   /* code units */
    uint8_t chain;                /* guards that failed here before this version */
    uint32_t position_count;
    CodePosition *positions;
} BlockVersion;

typedef enum {
    EXIT_BRANCH,  /* continue at (offset, ctx): compile it when first reached */
    EXIT_ERROR,   /* an exception is pending, raised by the instruction at offset */
    EXIT_LEAVE,   /* continue in the interpreter at offset */
    EXIT_RELEASE, /* pyjit_state.dying has lost its last reference: free it, then go on */
    EXIT_SAFEPOINT, /* the eval breaker is set: see to it, then go on */
    EXIT_RERAISE, /* as EXIT_ERROR, but the traceback has this frame already */
    EXIT_ENTRY,   /* a call of code that has no entry yet */
    EXIT_VERIFY,  /* debug builds: check the context (verify.h), then go on */
} ExitKind;

typedef struct Exit {
    struct Exit *next;  /* in the code's list */
    const Context *ctx; /* at the exit */
    CodeState *code;
    uint32_t id;        /* index into the table of exits */
    int offset;         /* code units: where to continue (BRANCH, LEAVE) or the instruction */
    int continue_at;    /* EXIT_SAFEPOINT: offset of the next instruction */
    uint8_t kind;       /* ExitKind */
    uint8_t chain;      /* EXIT_BRANCH: guards that already failed at this offset */
    uint8_t *thunk;     /* code that brings this exit to exits_take */
    uint8_t *resume;    /* EXIT_RELEASE, EXIT_SAFEPOINT, EXIT_VERIFY: where compiled code goes on */
    uint8_t *site;      /* a direct jump to this exit that may be redirected, or NULL */
    uint8_t *target;    /* EXIT_BRANCH: compiled code, once there is some */
    BlockVersion *version; /* EXIT_BRANCH: where it leads, once compiled */
} Exit;

/* Why a code object is not (or no longer) compiled. */
typedef enum {
    CODE_COLD,    /* not executed often enough yet */
    CODE_ACTIVE,  /* compiled block by block as it is reached */
    CODE_REFUSED, /* never compiled */
} CodeStatus;

typedef struct Arena Arena;

struct CodeState {
    uint8_t *entry;         /* where a call jumps to: a block, or the stub that makes one */
    uint8_t *targets;       /* bit set of the offsets that are jumped to */
    PyCodeObject *code;     /* borrowed: the state dies with it */
    _Py_CODEUNIT *units;    /* generic bytecode, owned */
    int unit_count;
    int executions;
    uint8_t status; /* CodeStatus */
    uint8_t has_loop;
    uint8_t simple_call;     /* positional arguments only: frames can be pushed inline */
    uint8_t unstable_global; /* its globals change under it: cache keys, not values */
    uint32_t *resume;       /* by offset: code for the generic context, as a distance from
                               codemem_base(); 0: none yet. NULL until first needed */
    int block_count;
    BlockVersion **buckets; /* by offset */
    int bucket_count;       /* a power of two */
    const Context **contexts; /* interned */
    int context_count, context_capacity;
    Exit *exits;
    CodeChunk *chunks; /* the newest first */
    Arena *arena;
    struct Dependency *dependents; /* machine code that assumes this code object exists */
    struct Dependency *assumptions; /* made by this code's machine code about others */
};

/* The state of a code object, NULL if none. Borrows. */
CodeState *code_state(PyCodeObject *code);

/* The state of a code object, made when there is none yet; NULL when out of memory. */
CodeState *code_state_make(PyCodeObject *code);

/* Gets the state ready for compiling: decodes what must be known. Returns 0 or -1. */
int code_activate(CodeState *state);

/* Memory that lives as long as the code object; NULL when out of memory. */
void *code_allocate(CodeState *state, size_t size);

/* The one copy of this context kept for the code object; NULL when out of memory. */
const Context *code_intern(CodeState *state, const Context *ctx);

/* A new exit, with an id; NULL when out of memory. */
Exit *code_new_exit(CodeState *state, ExitKind kind, int offset, const Context *ctx);

/* Gives an exit that belongs to no code object its id. Returns 0 or -1. */
int exit_register(Exit *exit);

/* The exit with this id. */
Exit *exit_by_id(uint32_t id);

/* Adds a finished version to the table. Returns 0 or -1. */
int code_add_version(CodeState *state, BlockVersion *version);

/* Takes a version out of the table again. */
void code_remove_version(CodeState *state, BlockVersion *version);

/* Frees everything of a code object; the callback of its co_extra entry. */
void code_state_free(void *state);

/* Block versions in the bucket for `offset`; filter by version->offset. */
BlockVersion *code_versions(const CodeState *state, int offset);

/* Registers that the 64-bit hole at `site` in machine code of `user` holds the address of `target`,
 * so that it is made impossible to match when target dies. Returns 0 or -1. */
int code_depend(CodeState *user, PyCodeObject *target, uint8_t *site);

/* Takes back what code_depend was told about sites from `start` to before `end`. */
void code_forget_dependencies(CodeState *user, const uint8_t *start, const uint8_t *end);

/* Asks CPython for the co_extra index. Returns 0 or -1. */
int code_init(void);

#endif
