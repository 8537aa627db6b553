/* The state pyjit keeps for a code object: its making, its tables, its end.
 * Owns the co_extra entry, the table of exits and the dependencies between code objects. */
#include "pyjit/code.h"

#include "pyjit/decode.h"
#include "pyjit/engine.h"
#include "pyjit/inline.h"
#include "pyjit/memory.h"
#include "pyjit/state.h"
#include "pyjit/stats.h"

#include <string.h>

#define ARENA_BLOCK 2000 /* bytes */

struct Arena {
    Arena *next;
    size_t used, size;
    char data[];
};

#define DEPTH_MOST 60000 /* of the operand stack; code compiled in place adds to it */

/* A 64-bit hole in machine code of `user` that names the code object `target`; with no site, a call compiled in place. */
typedef struct Dependency {
    struct Dependency *next_of_target, *next_of_user;
    CodeState *target, *user;
    uint8_t *site;
} Dependency;

/* Groups of exits by number. Number 0 is never given. */
static struct {
    ExitGroup **groups;
    uint32_t count, capacity;
    uint32_t free_head; /* chain of free numbers through groups, 0 = none */
} exit_table;

PyjitState pyjit_state;

/* ---- co_extra ------------------------------------------------------------------------------- */

/* Asks CPython for the co_extra index. */
int
code_init(void)
{
    pyjit_state.extra_index = _PyEval_RequestCodeExtraIndex(code_state_free);
    return pyjit_state.extra_index < 0 ? -1 : 0;
}

/* The state of a code object, made when there is none yet. */
CodeState *
code_state_make(PyCodeObject *code)
{
    CodeState *state = code_state(code);
    if (state != NULL) {
        return state;
    }
    state = pj_calloc(1, sizeof *state);
    if (state == NULL) {
        return NULL;
    }
    state->code = code;
    state->entry = pyjit_state.entry_stub;
    if (code_extra_set(code, pyjit_state.extra_index, state) < 0) {
        pj_free(state);
        return NULL;
    }
    return state;
}

/* Finds out which offsets are jumped to. */
static void
mark_targets(CodeState *state)
{
    for (int at = 0; at < state->unit_count;) {
        Instr in = decode_at(state->units, at);
        int target = decode_jump_target(&in);
        if (target >= 0) {
            state->targets[target >> 3] |= (uint8_t)(1 << (target & 7));
        }
        at = in.next;
    }
}

/* Gets the state ready for compiling. */
int
code_activate(CodeState *state)
{
    PyCodeObject *code = state->code;
    if (code->co_stacksize > DEPTH_MOST) {
        state->status = CODE_REFUSED;
        stats_count_refusal("a stack deeper than contexts can tell");
        return -1;
    }
    if (state->units == NULL) {
        int count = (int)Py_SIZE(code);
        state->units = pj_malloc((size_t)count * sizeof *state->units);
        if (state->units == NULL) {
            return -1;
        }
        decode_generic(_PyCode_CODE(code), count, state->units);
        state->unit_count = count;
        state->has_loop = decode_has_loop(state->units, state->unit_count);
    }
    if (state->targets == NULL) {
        state->targets = pj_calloc((size_t)state->unit_count / 8 + 1, 1);
        if (state->targets == NULL) {
            return -1;
        }
        mark_targets(state);
    }
    if (state->buckets == NULL) {
        int count = 8;
        while (count < state->unit_count / 8) {
            count *= 2;
        }
        state->buckets = pj_calloc((size_t)count, sizeof *state->buckets);
        if (state->buckets == NULL) {
            return -1;
        }
        state->bucket_count = count;
    }
    state->simple_call = (code->co_flags & (CO_VARARGS | CO_VARKEYWORDS)) == 0 &&
                         code->co_kwonlyargcount == 0 && (code->co_flags & CO_OPTIMIZED);
    state->status = CODE_ACTIVE;
    STAT(codes_compiled);
    return 0;
}

/* ---- memory --------------------------------------------------------------------------------- */

/* Memory that lives as long as the code object. */
void *
code_allocate(CodeState *state, size_t size)
{
    size = (size + 7) & ~(size_t)7;
    Arena *arena = state->arena;
    if (arena == NULL || arena->size - arena->used < size) {
        size_t room = size > ARENA_BLOCK ? size : ARENA_BLOCK;
        arena = pj_malloc(sizeof *arena + room);
        if (arena == NULL) {
            return NULL;
        }
        arena->next = state->arena;
        arena->used = 0;
        arena->size = room;
        state->arena = arena;
    }
    void *result = arena->data + arena->used;
    arena->used += size;
    memset(result, 0, size);
    return result;
}

/* ---- contexts ------------------------------------------------------------------------------- */

/* Doubles the table of contexts. */
static int
grow_contexts(CodeState *state)
{
    int capacity = state->context_capacity ? state->context_capacity * 2 : 16;
    const Context **table = pj_calloc((size_t)capacity, sizeof *table);
    if (table == NULL) {
        return -1;
    }
    for (int i = 0; i < state->context_capacity; i++) {
        const Context *ctx = state->contexts[i];
        if (ctx != NULL) {
            uint32_t at = ctx_hash(ctx) & (capacity - 1);
            while (table[at] != NULL) {
                at = (at + 1) & (capacity - 1);
            }
            table[at] = ctx;
        }
    }
    pj_free(state->contexts);
    state->contexts = table;
    state->context_capacity = capacity;
    return 0;
}

/* The one copy of this context kept for the code object. */
const Context *
code_intern(CodeState *state, const Context *ctx)
{
    if (state->last_context != NULL && ctx_equal(state->last_context, ctx)) {
        return state->last_context;
    }
    if (state->context_count * 2 >= state->context_capacity && grow_contexts(state) < 0) {
        return NULL;
    }
    uint32_t mask = (uint32_t)state->context_capacity - 1;
    uint32_t at = ctx_hash(ctx) & mask;
    for (; state->contexts[at] != NULL; at = (at + 1) & mask) {
        if (ctx_equal(state->contexts[at], ctx)) {
            return state->last_context = state->contexts[at];
        }
    }
    Context *copy = code_allocate(state, ctx_size(ctx));
    if (copy == NULL) {
        return NULL;
    }
    memcpy(copy, ctx, ctx_size(ctx));
    state->contexts[at] = copy;
    state->context_count++;
    return state->last_context = copy;
}

/* ---- constants ------------------------------------------------------------------------------ */

/* The number of a constant of other code. */
int
code_constant(CodeState *state, PyObject *constant)
{
    int own = (int)PyTuple_GET_SIZE(state->code->co_consts);
    for (int i = 0; i < state->constant_count; i++) {
        if (state->constants[i] == constant) {
            return own + i;
        }
    }
    if (own + state->constant_count >= CTX_INDEX_MAX) {
        return -1;
    }
    if (state->constant_count == state->constant_capacity) {
        int capacity = state->constant_capacity == 0 ? 8 : state->constant_capacity * 2;
        PyObject **constants = pj_realloc(state->constants, (size_t)capacity * sizeof *constants);
        if (constants == NULL) {
            return -1;
        }
        state->constants = constants;
        state->constant_capacity = capacity;
    }
    state->constants[state->constant_count++] = Py_NewRef(constant);
    return own + state->constant_count - 1;
}

/* ---- exits ---------------------------------------------------------------------------------- */

/* Gives a group its number. */
int
exit_register(ExitGroup *group)
{
    if (exit_table.free_head != 0) {
        group->number = exit_table.free_head;
        exit_table.free_head = (uint32_t)(uintptr_t)exit_table.groups[group->number];
    } else {
        if (exit_table.count == exit_table.capacity) {
            uint32_t capacity = exit_table.capacity ? exit_table.capacity * 2 : 128;
            ExitGroup **groups = pj_realloc(exit_table.groups, capacity * sizeof *groups);
            if (groups == NULL) {
                return -1;
            }
            exit_table.groups = groups;
            exit_table.capacity = capacity;
        }
        exit_table.count += exit_table.count == 0;
        group->number = exit_table.count++;
    }
    exit_table.groups[group->number] = group;
    return 0;
}

/* Gives a group's number back. */
static void
release_group(ExitGroup *group)
{
    exit_table.groups[group->number] = (ExitGroup *)(uintptr_t)exit_table.free_head;
    exit_table.free_head = group->number;
}

/* The exit with this id. */
Exit *
exit_by_id(uint32_t id)
{
    return &exit_table.groups[id / EXIT_GROUP]->exits[id % EXIT_GROUP];
}

/* A new exit. */
Exit *
code_new_exit(CodeState *state, ExitKind kind, int offset, const Context *ctx)
{
    ExitGroup *group = state->exits;
    if (group == NULL || group->count == EXIT_GROUP) {
        group = code_allocate(state, sizeof *group);
        if (group == NULL || exit_register(group) < 0) {
            return NULL;
        }
        group->code = state;
        group->next = state->exits;
        state->exits = group;
    }
    Exit *exit = &group->exits[group->count];
    exit->slot = (uint8_t)group->count++;
    exit->ctx = ctx;
    exit->offset = offset;
    exit->kind = (uint8_t)kind;
    return exit;
}

/* The context of a function's first instruction: parameters are bound, other locals are not. */
Context
code_entry_context(const PyCodeObject *code)
{
    Context ctx = ctx_generic(code->co_nlocalsplus, 0);
    int parameters = code->co_argcount + code->co_kwonlyargcount +
                     !!(code->co_flags & CO_VARARGS) + !!(code->co_flags & CO_VARKEYWORDS);
    for (int i = 0; i < ctx.local_count; i++) {
        if (i < parameters) {
            ctx.entries[i].bound = 1;
        } else if (i < code->co_nlocals) {
            ctx.entries[i].type = TYPE_NULL;
        }
    }
    return ctx;
}

/* ---- versions ------------------------------------------------------------------------------- */

/* Block versions in the bucket for `offset`. */
BlockVersion *
code_versions(const CodeState *state, int offset)
{
    return state->buckets[offset & (state->bucket_count - 1)];
}

/* Adds a version to the table. */
void
code_add_version(CodeState *state, BlockVersion *version)
{
    BlockVersion **bucket = &state->buckets[version->offset & (state->bucket_count - 1)];
    version->next = *bucket;
    *bucket = version;
    state->block_count++;
}

/* Takes a version out of the table again. */
void
code_remove_version(CodeState *state, BlockVersion *version)
{
    BlockVersion **at = &state->buckets[version->offset & (state->bucket_count - 1)];
    while (*at != version) {
        at = &(*at)->next;
    }
    *at = version->next;
    state->block_count--;
    for (ExitGroup *group = state->exits; group != NULL; group = group->next) {
        for (uint32_t i = 0; i < group->count; i++) {
            Exit *exit = &group->exits[i];
            if (exit->kind == EXIT_BRANCH && exit->version == version) {
                exit->version = NULL;
            }
        }
    }
}

/* ---- dependencies --------------------------------------------------------------------------- */

/* Registers that the hole at `site`, or a call compiled in place, holds the address of the code object `target`. */
int
code_depend(CodeState *user, PyCodeObject *target, uint8_t *site)
{
    CodeState *state = code_state_make(target);
    if (state == NULL) {
        return -1;
    }
    if (state == user) {
        return 0;
    }
    Dependency *dependency = pj_malloc(sizeof *dependency);
    if (dependency == NULL) {
        return -1;
    }
    *dependency = (Dependency){
        .next_of_target = state->dependents,
        .next_of_user = user->assumptions,
        .target = state,
        .user = user,
        .site = site,
    };
    state->dependents = dependency;
    user->assumptions = dependency;
    return 0;
}

/* Takes a dependency out of the list of its user. */
static void
unlink_from_user(Dependency *dependency)
{
    Dependency **at = &dependency->user->assumptions;
    while (*at != dependency) {
        at = &(*at)->next_of_user;
    }
    *at = dependency->next_of_user;
}

/* Takes a dependency out of the list of its target. */
static void
unlink_from_target(Dependency *dependency)
{
    Dependency **at = &dependency->target->dependents;
    while (*at != dependency) {
        at = &(*at)->next_of_target;
    }
    *at = dependency->next_of_target;
}

/* Takes back what code_depend was told about sites from `start` to before `end`. */
void
code_forget_dependencies(CodeState *user, const uint8_t *start, const uint8_t *end)
{
    for (Dependency **at = &user->assumptions; *at != NULL;) {
        Dependency *it = *at;
        if (it->site >= start && it->site < end) {
            *at = it->next_of_user;
            unlink_from_target(it);
            pj_free(it);
        } else {
            at = &it->next_of_user;
        }
    }
}

/* The code object is going: nothing may match its address again. */
static void
invalidate_dependents(CodeState *state)
{
    for (Dependency *it = state->dependents, *next; it != NULL; it = next) {
        next = it->next_of_target;
        if (it->site == NULL) {
            inline_forget(it->user, state);
        } else {
            static const uint64_t never = 1; /* no object lies at address 1 */
            codemem_overwrite(it->site, &never, sizeof never);
        }
        unlink_from_user(it);
        pj_free(it);
    }
}

/* Frees everything of a code object. */
void
code_state_free(void *extra)
{
    CodeState *state = extra;
    if (state == NULL) {
        return;
    }
    invalidate_dependents(state);
    for (Dependency *it = state->assumptions, *next; it != NULL; it = next) {
        next = it->next_of_user;
        unlink_from_target(it);
        pj_free(it);
    }
    for (ExitGroup *group = state->exits; group != NULL; group = group->next) {
        release_group(group);
    }
    for (CodeChunk *chunk = state->chunks, *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        codemem_free(chunk);
        if (pyjit_state.code_full) {
            engine_memory_freed();
        }
    }
    for (const DictModel *model = state->models; model != NULL; model = model->next) {
        Py_DECREF(model->dict);
    }
    for (Arena *arena = state->arena, *next; arena != NULL; arena = next) {
        next = arena->next;
        pj_free(arena);
    }
    pj_free(state->contexts);
    pj_free(state->facts.facts);
    pj_free(state->sites);
    for (int i = 0; i < state->constant_count; i++) {
        Py_DECREF(state->constants[i]);
    }
    pj_free(state->constants);
    pj_free(state->buckets);
    pj_free(state->targets);
    pj_free(state->live);
    pj_free(state->resume);
    pj_free(state->units);
    pj_free(state);
}
