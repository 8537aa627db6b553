/* What pyjit keeps for a code object: its block versions, exits, contexts and code memory.
 *
 * A *block version* is machine code for one bytecode offset in one context. An *exit* is a place
 * where machine code may jump out of a block: to another block, to the unwinder, to the interpreter.
 * Both live as long as the code object. This file owns the data; block.c, exits.c fill it. */
#ifndef PYJIT_CODE_H
#define PYJIT_CODE_H

#include "cpython/interface.h"
#include "pyjit/codemem.h"
#include "pyjit/context.h"
#include "pyjit/facts.h"
#include "pyjit/liveness.h"
#include "pyjit/state.h"

#include <stddef.h>

typedef struct CodeState CodeState;

/* A bytecode of a block version. */
typedef struct {
    uint16_t bytes; /* of hot code between the one before it and this one */
    uint8_t site;   /* whose bytecode it is (inline.h) */
    int offset;     /* code units */
} CodePosition;

/* Code addresses are kept as distances from codemem_base(); 0 stands for none. */
typedef struct BlockVersion {
    struct BlockVersion *next; /* in the bucket of its offset */
    const Context *ctx;
    CodePosition *positions; /* of its bytecodes */
    uint32_t position_count;
    uint32_t hot, cold;
    uint32_t hot_size, cold_size; /* bytes */
    int offset;                   /* code units */
    uint8_t chain;                /* guards that failed here before this version */
} BlockVersion;

typedef enum {
    EXIT_BRANCH,  /* continue at (offset, ctx): compile it when first reached */
    EXIT_ERROR,   /* an exception is pending, raised by the instruction at offset */
    EXIT_LEAVE,   /* continue in the interpreter at offset */
    EXIT_RELEASE, /* pyjit_state.dying has lost its last reference: free it, then go on */
    EXIT_SAFEPOINT, /* the eval breaker is set: see to it, then go on */
    EXIT_CHECK,   /* the eval breaker, a trace function or a frame object: see to it, then go on */
    EXIT_RERAISE, /* as EXIT_ERROR, but the traceback has this frame already */
    EXIT_FINISH,  /* an instruction's method has returned: do the rest (special.h) */
    EXIT_UNINLINE, /* code compiled in place needs its frame: continue at offset with one */
    EXIT_ENTRY,   /* a call of code that has no entry yet */
    EXIT_CALL,    /* a call of other code, in the frame that has been pushed for it: ctx is what that begins with */
    EXIT_RETURNED, /* a return to a frame that waits in cold code; offset: its stack's depth */
    EXIT_BACK,    /* to an operation of the same block before it: the first that has this exit */
    EXIT_VERIFY,  /* debug builds: check the context (verify.h), then go on */
} ExitKind;

/* What the stack lacks at an EXIT_CHECK, if it does not go on after the operation: nothing, or a bool
 * that is the truth in r0 or its opposite. */
typedef enum {
    CHECK_COMPLETE,
    CHECK_TRUTH,
    CHECK_FALSEHOOD,
} CheckResult;

#ifdef PYJIT_COVERAGE
#define EXIT_OWNERS 6 /* remembered */

/* An operand that an exit is. */
typedef struct {
    uint16_t operation;
    uint8_t operand;
    bool known;
} ExitOwner;
#endif

/* Where the method's result is at an EXIT_FINISH: in r0, or on top of the stack. */
typedef enum {
    FINISH_REGISTER,
    FINISH_STACK,
} FinishResult;

typedef struct Exit {
    const Context *ctx;    /* at the exit */
    union {
        BlockVersion *version; /* EXIT_BRANCH: where it leads, once known */
        CodeState *callee;     /* EXIT_CALL: of the other code, whose ctx is; gone if a guard keeps anyone from here */
        uint32_t observed;     /* EXIT_CHECK: where a frame goes on that has a frame object */
        intptr_t held;         /* EXIT_RELEASE: byte offset in the frame of what must not end before; 0: of nothing */
    };
    uint32_t thunk;        /* code that brings this exit to exits_take */
    int offset;            /* code units: where to continue (BRANCH, LEAVE) or the instruction */
    union {
        uint32_t target; /* EXIT_BRANCH, EXIT_CALL: compiled code, once there is some; EXIT_BACK: where it leads, once placed */
        uint32_t resume; /* EXIT_RELEASE, EXIT_SAFEPOINT, EXIT_CHECK: where compiled code goes on */
    };
    union {
        uint32_t site;   /* EXIT_BRANCH, EXIT_CALL: the hole of a jump here that is to be redirected */
        int continue_at; /* EXIT_SAFEPOINT, EXIT_CHECK, EXIT_RELEASE that is `last`: offset of the next
                            instruction */
    };
    uint8_t kind;  /* ExitKind */
    uint8_t chain; /* EXIT_BRANCH: guards that already failed at this offset; EXIT_CHECK: CheckResult;
                      EXIT_FINISH: FinishResult; EXIT_ERROR: operands of the instruction that are left */
    uint8_t slot;  /* in its group */
    uint8_t taken;     /* EXIT_BRANCH, EXIT_CALL: how often, up to when it was worth compiling; EXIT_UNINLINE,
                          EXIT_RELEASE of code in place: how often, up to 255 */
    bool at_once : 1;  /* EXIT_BRANCH: it is compiled the first time */
    bool counted : 1;  /* room for its thunk has been counted */
    bool calls : 1;    /* EXIT_CHECK: the eval breaker matters */
    bool news : 1;     /* EXIT_CHECK: a frame object matters */
    bool last : 1;     /* EXIT_RELEASE: then the instruction is done; facts are to be looked at again */
#ifdef PYJIT_COVERAGE
    ExitOwner owners[EXIT_OWNERS];
#endif
} Exit;

#define EXIT_GROUP 16

/* Exits of one code object, with neighbouring ids. */
typedef struct ExitGroup {
    struct ExitGroup *next; /* of the same code object */
    CodeState *code;        /* NULL: of none */
    uint32_t number;        /* ids start at EXIT_GROUP times this */
    uint32_t count;
    Exit exits[EXIT_GROUP];
} ExitGroup;

/* Why a code object is not (or no longer) compiled. */
typedef enum {
    CODE_COLD,    /* not executed often enough yet */
    CODE_ACTIVE,  /* compiled block by block as it is reached */
    CODE_REFUSED, /* never compiled */
} CodeStatus;

typedef struct Arena Arena;

/* A dict with the keys that dicts made by some code have. */
typedef struct DictModel {
    struct DictModel *next; /* of the same code object */
    PyObject *dict;         /* owned; nothing else refers to it */
} DictModel;

struct CodeState {
    uint8_t *entry;         /* where a call jumps to: a block, or the stub that makes one */
    uint8_t *targets;       /* bit set of the offsets that are jumped to */
    LivePoint *live;        /* the locals live there; NULL until something is compiled */
    int live_count;
    Assigned assigned; /* found with `live` */
    PyCodeObject *code;     /* borrowed: the state dies with it */
    _Py_CODEUNIT *units;    /* generic bytecode, owned */
    int unit_count;
    int executions;         /* up to when it was worth compiling */
    uint8_t status; /* CodeStatus */
    uint8_t has_loop;        /* known from the first execution on */
    uint8_t is_search;       /* the same; see away_is_search */
    uint8_t ticks;           /* of the sampler, that found this code being interpreted, up to when it was hot */
    uint8_t away_ticks;      /* the same while the frame evaluator is away (away.h) */
    uint8_t simple_call;     /* positional arguments only: frames can be pushed inline */
    uint8_t unstable_global; /* its globals change under it: cache keys, not values */
    uint32_t *resume;       /* by offset: code for the generic context, or how often execution came
                               there without (resume.h). NULL until first needed */
    int block_count;
    BlockVersion **buckets; /* by offset */
    int bucket_count;       /* a power of two */
    const Context **contexts; /* interned */
    const Context *last_context; /* the one interned last */
    int context_count, context_capacity;
    FactTable facts;
    struct InlineSite *sites; /* calls compiled in place, by number from 1 */
    int site_count, site_capacity;
    PyObject **constants; /* of code that is compiled in place: numbers follow those of co_consts; owned */
    int constant_count, constant_capacity;
    struct DictModel *models; /* dicts that others are made like (emit_build.c) */
    uint8_t inline_failures; /* how often compiling this code in place has failed */
    bool in_place;           /* this code has been compiled in the place of a call */
    struct HandlerCache *handlers; /* for the offsets where exceptions came from last (resume.c) */
    ExitGroup *exits;
    CodeChunk *chunks; /* the newest first */
    Arena *arena;
    struct Dependency *dependents; /* machine code that assumes this code object exists */
    struct Dependency *assumptions; /* made by this code's machine code about others */
};

/* The state of a code object, NULL if none. Borrows. */
static inline CodeState *
code_state(PyCodeObject *code)
{
    return code_extra(code, pyjit_state.extra_index);
}

/* The state of a code object, made when there is none yet; NULL when out of memory. */
CodeState *code_state_make(PyCodeObject *code);

/* Gets the state ready for compiling: decodes what must be known. Returns 0 or -1. */
int code_activate(CodeState *state);

/* Memory that lives as long as the code object; NULL when out of memory. */
void *code_allocate(CodeState *state, size_t size);

/* The one copy of this context kept for the code object; NULL when out of memory. */
const Context *code_intern(CodeState *state, const Context *ctx);

/* A new exit in an interned context; NULL when out of memory. */
Exit *code_new_exit(CodeState *state, ExitKind kind, int offset, const Context *ctx);

/* Gives a group that belongs to no code object its number. Returns 0 or -1. */
int exit_register(ExitGroup *group);

/* The group an exit is in, its id, and the exit with an id. */
static inline ExitGroup *
exit_group(Exit *exit)
{
    return (ExitGroup *)((char *)(exit - exit->slot) - offsetof(ExitGroup, exits));
}

static inline uint32_t
exit_id(Exit *exit)
{
    return exit_group(exit)->number * EXIT_GROUP + exit->slot;
}

/* Is what the exit leads to code that may not exist yet? */
static inline bool
exit_is_to_code(const Exit *exit)
{
    return exit->kind == EXIT_BRANCH || exit->kind == EXIT_CALL;
}

/* Does compiled code go on behind the operation that has taken the exit? */
static inline bool
exit_comes_back(const Exit *exit)
{
    return exit->kind == EXIT_RELEASE || exit->kind == EXIT_SAFEPOINT || exit->kind == EXIT_CHECK ||
           exit->kind == EXIT_VERIFY;
}

/* Whose frame runs at the exit, unless code is in place there; NULL if it belongs to no code. */
static inline CodeState *
exit_code(Exit *exit)
{
    return exit->kind == EXIT_CALL ? exit->callee : exit_group(exit)->code;
}

Exit *exit_by_id(uint32_t id);

/* Adds a version to the table. */
void code_add_version(CodeState *state, BlockVersion *version);

/* Takes a version out of the table again. */
void code_remove_version(CodeState *state, BlockVersion *version);

/* Frees everything of a code object; the callback of its co_extra entry. */
void code_state_free(void *state);

/* Block versions in the bucket for `offset`; filter by version->offset. */
BlockVersion *code_versions(const CodeState *state, int offset);

/* Registers that the 64-bit hole at `site` in machine code of `user` holds the address of `target`,
 * so that it is made impossible to match when target dies; if it is NULL, that calls compiled in place name it, which then
 * forget it. Returns 0 or -1. */
int code_depend(CodeState *user, PyCodeObject *target, uint8_t *site);

/* Takes back what code_depend was told about sites from `start` to before `end`. */
void code_forget_dependencies(CodeState *user, const uint8_t *start, const uint8_t *end);

/* The number of a constant of other code that is compiled in the place of a call; -1 if there is no room. */
int code_constant(CodeState *state, PyObject *constant);

/* The constant with a number. Borrows. */
static inline PyObject *
code_get_constant(const CodeState *state, int number)
{
    int own = (int)PyTuple_GET_SIZE(state->code->co_consts);
    return number < own ? PyTuple_GET_ITEM(state->code->co_consts, number) : state->constants[number - own];
}

/* Asks CPython for the co_extra index. Returns 0 or -1. */
int code_init(void);

/* The context of a function's first instruction: parameters are bound, other locals are not. */
Context code_entry_context(const PyCodeObject *code);

#endif
