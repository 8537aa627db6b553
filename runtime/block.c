/* The block builder: finds or makes the machine code for an offset and a context.
 *
 * Owns the walk over the bytecode, the choice between versions, transitions between contexts and
 * the making of exits. What one bytecode does is in emit_*.c, where values are in entries.c. */
#include "pyjit/block.h"

#include "pyjit/emit.h"
#include "pyjit/log.h"
#include "pyjit/memory.h"
#include "pyjit/state.h"
#include "pyjit/stats.h"
#include "pyjit/transition.h"
#include "pyjit/verify.h"

#include <string.h>
#include <time.h>

#define MAX_BATCH 600 /* operations compiled at one go; then the rest waits for its turn */

/* ---- versions -------------------------------------------------------------------------------- */

/* The version for exactly this offset, context and chain, NULL if none. */
static BlockVersion *
find_version(const CodeState *state, int offset, const Context *ctx, int chain)
{
    for (BlockVersion *it = code_versions(state, offset); it != NULL; it = it->next) {
        if (it->offset == offset && it->chain == chain && ctx_equal(it->ctx, ctx)) {
            return it;
        }
    }
    return NULL;
}

/* How many versions of this offset exist, not counting those behind failed guards. */
static int
count_versions(const CodeState *state, int offset)
{
    int count = 0;
    for (BlockVersion *it = code_versions(state, offset); it != NULL; it = it->next) {
        count += it->offset == offset && it->chain == 0;
    }
    return count;
}

/* The context a jump target is entered with when no more versions of it may be made. */
static Context
generic_context(const Context *ctx)
{
    Context generic;
    memset(&generic, 0, sizeof generic);
    generic.depth = ctx->depth;
    generic.local_count = ctx->local_count;
    generic.stack_count = ctx->stack_count;
    for (int i = generic.local_count; i < ctx_entry_count(&generic); i++) {
        generic.entries[i].owned = 1;
    }
    return generic;
}

/* ---- exits ----------------------------------------------------------------------------------- */

/* A new exit in context ctx; a failure is remembered and any exit will do. */
static Exit *
new_exit(Block *b, ExitKind kind, int offset, const Context *ctx)
{
    static Exit placeholder; /* never placed: the compilation is abandoned */
    Exit *exit = code_new_exit(b->state, kind, offset, ctx);
    if (exit == NULL) {
        b->failed = true;
        return &placeholder;
    }
    return exit;
}

/* To (offset, ctx). */
static Exit *
branch_exit(Block *b, int offset, const Context *ctx, int chain)
{
    Exit *exit = new_exit(b, EXIT_BRANCH, offset, ctx);
    exit->chain = (uint8_t)chain;
    exit->version = find_version(b->state, offset, ctx, chain);
    return exit;
}

/* How many guards have failed at this instruction on the way here. */
static int
chain_here(const Block *b)
{
    return b->start == b->first ? b->chain : 0;
}

/* To this instruction again, compiled for other types. */
Exit *
block_exit_miss(Block *b)
{
    return branch_exit(b, b->start, &b->ctx, chain_here(b) + 1);
}

/* To the generic version of this instruction. */
Exit *
block_exit_generic(Block *b)
{
    return branch_exit(b, b->start, &b->ctx, MAX_CHAIN);
}

/* To another offset in the current context. */
Exit *
block_exit_to(Block *b, int offset)
{
    return branch_exit(b, offset, &b->ctx, 0);
}

/* An exception raised by this instruction. */
Exit *
block_exit_error(Block *b)
{
    return new_exit(b, EXIT_ERROR, b->in.offset, &b->ctx);
}

/* An exception raised again. */
Exit *
block_exit_reraise(Block *b)
{
    return new_exit(b, EXIT_RERAISE, b->in.offset, &b->ctx);
}

/* On in the interpreter. */
Exit *
block_exit_leave(Block *b, int offset)
{
    return new_exit(b, EXIT_LEAVE, offset, &b->ctx);
}

/* The last reference of pyjit_state.dying is gone. */
Exit *
block_exit_release(Block *b)
{
    return new_exit(b, EXIT_RELEASE, b->in.offset, &b->ctx);
}

/* The eval breaker is set. */
Exit *
block_exit_safepoint(Block *b, int continue_at)
{
    Exit *exit = new_exit(b, EXIT_SAFEPOINT, b->in.offset, &b->ctx);
    exit->continue_at = continue_at;
    return exit;
}

/* The address prev_instr has while this instruction runs. */
intptr_t
block_instr_address(const Block *b)
{
    return (intptr_t)(_PyCode_CODE(b->code) + b->in.offset);
}

/* Ends the block so that compilation goes on here when it is reached. Guards of this instruction are
 * taken back: were they kept, a context that knows what they know might be sent to a version that is
 * these guards and nothing else. */
void
block_defer(Block *b)
{
    b->ctx = b->before;
    b->as.count = b->emitted_before;
    /* A version that has only just begun here would be a jump to itself. */
    BlockVersion *version = find_version(b->state, b->start, &b->ctx, 0);
    if (version != NULL && version->hot == NULL) {
        code_remove_version(b->state, version);
        for (int i = 0; i < b->as.mark_count; i++) {
            if (b->as.marks[i].version == version) {
                b->as.marks[i].version = NULL;
            }
        }
    }
    ASM(&b->as, OP_jump, (intptr_t)branch_exit(b, b->start, &b->ctx, 0));
    b->ended = true;
    STAT(deferred_blocks);
}

/* ---- transitions ------------------------------------------------------------------------------ */

/* Emits what makes everything as the generic context of this depth says. */
static void
make_generic(Block *b)
{
    block_escape(b);
    block_own_stack(b, b->ctx.depth < CTX_STACK ? b->ctx.depth : 0);
    for (int n = b->ctx.depth - 1; b->ctx.depth >= CTX_STACK && n >= 0; n--) {
        block_own(b, n);
    }
    b->ctx = generic_context(&b->ctx);
}

/* Starts a version here, in the current context. */
static BlockVersion *
start_version(Block *b, int offset, int chain)
{
    BlockVersion *version = code_allocate(b->state, sizeof *version);
    const Context *ctx = code_intern(b->state, &b->ctx);
    if (version == NULL || ctx == NULL) {
        b->failed = true;
        return NULL;
    }
    version->offset = offset;
    version->chain = (uint8_t)chain;
    version->ctx = ctx;
    code_add_version(b->state, version);
    asm_mark(&b->as, offset, version);
    STAT(blocks_compiled);
    return version;
}

/* Emits a jump to a version that exists or will when it is reached. */
static void
emit_jump(Block *b, int offset)
{
    ASM(&b->as, OP_jump, (intptr_t)branch_exit(b, offset, &b->ctx, 0));
    b->ended = true;
}

/* The version of this offset that the current context is joined to with least effort. */
static const BlockVersion *
best_version(const Block *b, int offset, int *cost)
{
    const BlockVersion *best = NULL;
    for (const BlockVersion *it = code_versions(b->state, offset); it != NULL; it = it->next) {
        if (it->offset != offset || it->chain != 0) {
            continue;
        }
        int this_cost = transition_cost(&b->ctx, it->ctx);
        if (this_cost >= 0 && (best == NULL || this_cost < *cost)) {
            best = it;
            *cost = this_cost;
        }
    }
    return best;
}

/* Brings the context to one that a version of this offset has or may be made for. */
static void
settle_context(Block *b, int offset)
{
    int cost = 0;
    const BlockVersion *version = best_version(b, offset, &cost);
    bool full = count_versions(b->state, offset) >= MAX_VERSIONS;
    if (version != NULL && cost > 0 && (cost <= TRANSITION_CHEAP || full)) {
        transition_emit(b, version->ctx);
    } else if (version == NULL && full) {
        make_generic(b);
    }
}

/* Arrives at a jump target: goes on in a new version, or jumps to one. Returns false when the path
 * has ended. */
static bool
enter_target(Block *b, int offset)
{
    block_own_stack(b, b->ctx.depth);
    settle_context(b, offset);
    if (find_version(b->state, offset, &b->ctx, 0) != NULL || b->as.count > MAX_BATCH) {
        emit_jump(b, offset);
        return false;
    }
    if (start_version(b, offset, 0) == NULL) {
        b->ended = true;
    }
    return !b->ended;
}

/* Ends the block with a jump to `offset` in the current context. */
void
block_jump(Block *b, int offset)
{
    if (enter_target(b, offset)) {
        b->in.next = offset; /* goes on there, in a new version */
        b->jumped = true;
    }
}

/* ---- compiling -------------------------------------------------------------------------------- */

/* Predictions from the live frame. */
static void
take_samples(Block *b)
{
    if (b->frame == NULL) {
        return;
    }
    PyObject **locals = b->frame->localsplus;
    for (int i = 0; i < b->ctx.local_count; i++) {
        b->local_samples[i] = locals[i];
        if (b->ctx.entries[i].location != IN_SLOT && !b->ctx.entries[i].boxed) {
            b->local_samples[i] = NULL;
        }
    }
    for (int i = 0; i < b->ctx.stack_count; i++) {
        const Entry *entry = &b->ctx.entries[b->ctx.local_count + i];
        if (entry->location == IN_SLOT || entry->boxed) {
            b->stack_samples[i] = locals[b->code->co_nlocalsplus + i];
        }
    }
}

/* Compiles one instruction. */
static void
compile_instruction(Block *b)
{
    b->start = b->in.start;
    b->jumped = false;
    if (b->kwnames != NULL) {
        b->start = b->kwnames_start;
    }
    asm_mark(&b->as, b->in.offset, NULL);
    if (b->kwnames == NULL) {
        b->before = b->ctx;
        b->emitted_before = b->as.count;
    }
    verify_emit(b);
    Emitter emit = emitters[b->in.opcode];
    if (block_must_be_generic(b) && generic_table[b->in.opcode].run != NULL &&
        emit != emit_local_changing) {
        emit_generic(b);
    } else if (emit != NULL) {
        emit(b);
    } else if (generic_table[b->in.opcode].run != NULL) {
        emit_generic(b);
    } else {
        ASM(&b->as, OP_leave_always, (intptr_t)block_exit_leave(b, b->start));
        b->ended = true;
    }
}

/* Compiles from `offset` on until the path ends. */
static void
compile_path(Block *b, int offset)
{
    int at = offset;
    while (!b->ended && !b->failed && !b->as.failed) {
        b->in = decode_at(b->state->units, at);
        compile_instruction(b);
        at = b->in.next;
        if (b->ended) {
            return;
        }
        if (b->kwnames == NULL) {
            b->first = -1; /* coming here again in a loop is not coming here first */
        }
        if (b->as.count > MAX_BATCH && b->kwnames == NULL) {
            emit_jump(b, at);
        } else if (b->state->targets[at >> 3] >> (at & 7) & 1 && !b->jumped) {
            enter_target(b, at);
        }
    }
}

/* Takes back what a failed compilation added to the tables. */
static void
forget_versions(Block *b)
{
    for (int i = 0; i < b->as.mark_count; i++) {
        if (b->as.marks[i].version != NULL) {
            code_remove_version(b->state, b->as.marks[i].version);
        }
    }
}

/* Compiles a version for (offset, ctx, chain), or glue to the generic version. */
static uint8_t *
compile(CodeState *state, _PyInterpreterFrame *frame, int offset, const Context *ctx, int chain,
        Exit *after)
{
    Block *b = pj_calloc(1, sizeof *b);
    if (b == NULL) {
        return NULL;
    }
    b->state = state;
    b->code = state->code;
    b->frame = frame;
    memcpy(&b->ctx, ctx, ctx_size(ctx)); /* more than that there need not be: *ctx may be interned */
    b->first = offset;
    b->chain = chain;
    take_samples(b);

    uint8_t *result = NULL;
    bool settled = false;
    if (chain == 0) {
        asm_mark(&b->as, offset, NULL);
        settle_context(b, offset);
        settled = b->as.count > 0;
    }
    if (chain == 0 && find_version(state, offset, &b->ctx, 0) != NULL) {
        emit_jump(b, offset);
    } else {
        start_version(b, offset, chain);
    }
    if (settled) {
        b->frame = NULL; /* the samples' places have changed */
    }
    if (!b->ended) {
        compile_path(b, offset);
    }
    if (b->failed || asm_finish(&b->as, state, after, &result) < 0) {
        forget_versions(b);
        STAT(abandoned);
        result = NULL;
    }
    asm_reset(&b->as);
    pj_free(b);
    return result;
}

/* Nanoseconds on a clock that only goes forward. */
static uint64_t
now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* The machine code for (offset, ctx), compiled now when there is none. */
uint8_t *
block_find_or_compile(CodeState *state, _PyInterpreterFrame *frame, int offset, const Context *ctx,
                      int chain, Exit *after)
{
    BlockVersion *version = find_version(state, offset, ctx, chain);
    if (version != NULL) {
        return version->hot;
    }
    if (state->status != CODE_ACTIVE || pyjit_state.code_full) {
        return NULL;
    }
    uint64_t start = now();
    uint8_t *result = compile(state, frame, offset, ctx, chain, after);
    STAT_ADD(compile_ns, now() - start);
    return result;
}
