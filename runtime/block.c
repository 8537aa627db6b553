/* The block builder: finds or makes the machine code for an offset and a context.
 *
 * Owns the walk over the bytecode, the choice between versions, transitions between contexts and
 * the making of exits. What one bytecode does is in emit_*.c, where values are in entries.c. */
#include "pyjit/block.h"

#include "pyjit/coverage.h"
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

/* The version for exactly this offset, context and chain. */
BlockVersion *
block_find(const CodeState *state, int offset, const Context *ctx, int chain)
{
    for (BlockVersion *it = code_versions(state, offset); it != NULL; it = it->next) {
        if (it->offset == offset && it->chain == chain && ctx_equal(it->ctx, ctx)) {
            return it;
        }
    }
    return NULL;
}

/* The version of the first block for a context in which the code is called, or what leads to one. */
BlockVersion *
block_find_entry(const CodeState *state, const Context *ctx)
{
    BlockVersion *version = block_find(state, 0, ctx, 0);
    return version != NULL ? version : block_find(state, 0, ctx, CHAIN_TO_ENTRY);
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
    generic.observed = ctx->observed;
    generic.site = ctx->site;
    generic.local_count = ctx->local_count;
    generic.stack_count = ctx->stack_count;
    for (int i = generic.local_count; i < ctx_entry_count(&generic); i++) {
        generic.entries[i].owned = 1;
    }
    return generic;
}

/* ---- exits ----------------------------------------------------------------------------------- */

static Exit placeholder; /* stands for an exit that could not be made: the compilation is abandoned */

/* The context as it is now, interned; NULL when out of memory, which is remembered. */
static const Context *
intern(Block *b)
{
    const Context *ctx = code_intern(b->state, &b->ctx);
    b->failed |= ctx == NULL;
    return ctx;
}

/* A new exit in the current context. */
static Exit *
new_exit(Block *b, ExitKind kind, int offset)
{
    const Context *ctx = intern(b);
    Exit *exit = ctx == NULL ? NULL : code_new_exit(b->state, kind, offset, ctx);
    b->failed |= exit == NULL;
    return exit == NULL ? &placeholder : exit;
}

/* An exit for the current context, shared with what has needed the same one lately. Only for exits that
 * do not come back to where they were left. */
static Exit *
share_exit(Block *b, ExitKind kind, int offset, int chain)
{
    const Context *ctx = intern(b);
    for (int i = 0; i < RECENT_EXITS && ctx != NULL; i++) {
        Exit *exit = b->recent[i];
        if (exit != NULL && exit->ctx == ctx && exit->offset == offset && exit->kind == kind &&
            exit->chain == chain) {
            return exit;
        }
    }
    Exit *exit = new_exit(b, kind, offset);
    exit->chain = (uint8_t)chain;
    b->recent[b->next_recent++ % RECENT_EXITS] = exit;
    return exit;
}

/* To (offset, the current context). */
static Exit *
branch_exit(Block *b, int offset, int chain)
{
    Exit *exit = share_exit(b, EXIT_BRANCH, offset, chain);
    if (exit->version == NULL) {
        exit->version = block_find(b->state, offset, &b->ctx, chain);
    }
    return exit;
}

/* How many guards have failed at this instruction on the way here. */
int
block_chain(const Block *b)
{
    return b->start == b->first ? b->chain : 0;
}

/* To this instruction again, compiled for other types. */
Exit *
block_exit_miss(Block *b)
{
    return branch_exit(b, b->start, block_chain(b) + 1);
}

/* To the generic version of this instruction. */
Exit *
block_exit_generic(Block *b)
{
    return branch_exit(b, b->start, MAX_CHAIN);
}

/* To another offset in the current context. */
Exit *
block_exit_to(Block *b, int offset)
{
    return branch_exit(b, offset, 0);
}

/* How many operands of this instruction are still on the stack and may be more than one that code notices the end of. */
static int
operands_left(const Block *b)
{
    switch (b->in.opcode) {
    case BINARY_OP:
    case BINARY_SUBSCR:
    case COMPARE_OP:
    case CONTAINS_OP:
    case STORE_ATTR:
    case STORE_SUBSCR:
        return b->ctx.depth == b->before.depth ? decode_stack_effect(&b->in).pops : 0;
    default:
        return 0;
    }
}

/* An exception raised by this instruction. */
Exit *
block_exit_error(Block *b)
{
    (void)block_needs_frame(b);
    return share_exit(b, EXIT_ERROR, b->in.offset, operands_left(b));
}

/* The same by an instruction whose operands are so many of the top entries, released like those of operators. */
Exit *
block_exit_error_with(Block *b, int operands)
{
    (void)block_needs_frame(b);
    return share_exit(b, EXIT_ERROR, b->in.offset, operands);
}

/* An exception raised again. */
Exit *
block_exit_reraise(Block *b)
{
    return share_exit(b, EXIT_RERAISE, b->in.offset, 0);
}

/* On in the interpreter. */
Exit *
block_exit_leave(Block *b, int offset)
{
    return share_exit(b, EXIT_LEAVE, offset, 0);
}

/* Forgets that locals in registers certainly have no boxes. */
static void
forget_new(Block *b)
{
    for (int i = 0; i < b->ctx.local_count; i++) {
        b->ctx.entries[i].lent = 0;
    }
}

/* A new exit that comes back. It gives locals boxes, of which is not known afterwards whether they are there. */
static Exit *
new_exit_that_returns(Block *b, ExitKind kind)
{
    Exit *exit = new_exit(b, kind, b->in.offset);
    forget_new(b);
    return exit;
}

/* The last reference of pyjit_state.dying is gone. */
Exit *
block_exit_release(Block *b)
{
    (void)block_needs_frame(b);
    block_forget_facts(b);
    return new_exit_that_returns(b, EXIT_RELEASE);
}

/* The same as the last thing the instruction does. */
Exit *
block_exit_release_last(Block *b)
{
    block_own_facts(b);
    Exit *exit = new_exit_that_returns(b, EXIT_RELEASE);
    exit->continue_at = b->in.next;
    exit->last = true;
    return exit;
}

/* The slot of the n-th entry if that has an object without a reference. */
intptr_t
block_lent_slot(Block *b, int n)
{
    const Entry *entry = block_stack(b, n);
    bool known = !entry->owned && fact_object(&b->state->facts, entry->fact) != NULL;
    return entry->location == IN_SLOT && (entry->lent || known) ? slot_of_stack(b, b->ctx.depth - 1 - n) : 0;
}

/* The eval breaker is set. */
Exit *
block_exit_safepoint(Block *b, int continue_at)
{
    (void)block_needs_frame(b);
    Exit *exit = new_exit_that_returns(b, EXIT_SAFEPOINT);
    exit->continue_at = continue_at;
    return exit;
}

/* What may have happened is to be found out; goes on after the operation or after the instruction. */
Exit *
block_exit_check(Block *b, int continue_at, CheckResult result)
{
    Exit *exit = new_exit_that_returns(b, EXIT_CHECK);
    exit->continue_at = continue_at;
    exit->chain = (uint8_t)result;
    return exit;
}

/* The instruction's method has returned. */
Exit *
block_exit_finish(Block *b, FinishResult result)
{
    return share_exit(b, EXIT_FINISH, b->in.offset, (int)result);
}

/* Back to the operation to be emitted next. */
Exit *
block_exit_back(Block *b)
{
    return new_exit(b, EXIT_BACK, b->in.offset);
}

/* The context is to be checked. */
Exit *
block_exit_verify(Block *b)
{
    return new_exit(b, EXIT_VERIFY, b->in.offset);
}

/* Frames are to be pushed, and to go on with the instruction that begins here. */
static Exit *
exit_uninline(Block *b, int start)
{
    return share_exit(b, EXIT_UNINLINE, start, 0);
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
    ctx_copy(&b->ctx, &b->before);
    asm_truncate(&b->as, b->emitted_before);
    block_set_site(b);
    /* A version that has only just begun here would be a jump to itself. */
    BlockVersion *version = block_find(b->state, b->start, &b->ctx, 0);
    if (version != NULL && version->hot == 0) {
        code_remove_version(b->state, version);
        for (int i = 0; i < b->as.mark_count; i++) {
            if (b->as.marks[i].version == version) {
                b->as.marks[i].version = NULL;
            }
        }
    }
    Exit *onward = branch_exit(b, b->start, 0);
    onward->at_once = true;
    ASM(&b->as, OP_jump, (intptr_t)onward);
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
    const Context *ctx = intern(b);
    if (version == NULL || ctx == NULL) {
        b->failed = true;
        return NULL;
    }
    version->offset = offset;
    version->chain = (uint8_t)chain;
    version->ctx = ctx;
    asm_mark(&b->as, offset, b->ctx.site, version);
    if (b->as.failed) {
        return NULL; /* without a mark it would not be forgotten */
    }
    code_add_version(b->state, version);
    STAT(blocks_compiled);
    return version;
}

/* Emits a jump to a version that exists or will when it is reached. */
static void
emit_jump(Block *b, int offset)
{
    Exit *onward = branch_exit(b, offset, 0);
    onward->at_once = true;
    ASM(&b->as, OP_jump, (intptr_t)onward);
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

/* ---- code in place ---------------------------------------------------------------------------- */

/* Goes over to the code of the context's site. */
void
block_set_site(Block *b)
{
    b->site = inline_get(b->state, b->ctx.site);
    b->here = b->site == NULL ? b->state : b->site->callee;
    b->code = b->here->code;
    if (b->site != NULL) {
        b->globals = b->site->function->func_globals;
        b->builtins = b->site->function->func_builtins;
    } else {
        b->globals = b->frame == NULL ? NULL : b->frame->f_globals;
        b->builtins = b->frame == NULL ? NULL : b->frame->f_builtins;
    }
}

/* Notes that this instruction needs a frame, if it has none. */
bool
block_needs_frame(Block *b)
{
    b->uninline |= b->site != NULL;
    return b->uninline;
}

/* Takes back what has been emitted and marked from some point on. */
static void
take_back(Block *b, int operations, int marks)
{
    for (int i = marks; i < b->as.mark_count; i++) {
        if (b->as.marks[i].version != NULL) {
            code_remove_version(b->state, b->as.marks[i].version);
        }
    }
    asm_truncate(&b->as, operations);
    asm_truncate_marks(&b->as, marks);
}

/* The innermost call that is being tried in place on the way to here, NULL if there is none. */
static Attempt *
current_attempt(Block *b)
{
    for (const InlineSite *site = b->site; site != NULL; site = inline_get(b->state, site->outer)) {
        Attempt *attempt = &b->attempts[site->nesting - 1];
        if (attempt->active) {
            return attempt;
        }
    }
    return NULL;
}

/* Gives up a call in place: the CALL is compiled again as a call. */
static void
give_up_attempt(Block *b, Attempt *attempt)
{
    attempt->active = false;
    attempt->callee->inline_failures++;
    take_back(b, attempt->operations, attempt->marks);
    ctx_copy(&b->ctx, &attempt->ctx);
    block_set_site(b);
    memcpy(b->local_samples, attempt->local_samples, sizeof b->local_samples);
    memcpy(b->stack_samples, attempt->stack_samples, sizeof b->stack_samples);
    b->in = attempt->in;
    b->first = attempt->first;
    b->chain = attempt->chain;
    b->kwnames = attempt->kwnames;
    b->kwnames_start = attempt->kwnames_start;
    ctx_copy(&b->before, &attempt->ctx); /* a CALL after KW_NAMES does not set these itself */
    b->emitted_before = attempt->operations;
    b->marks_before = attempt->marks_before;
    b->start_before = attempt->kwnames_start;
    b->ended = false;
    b->no_attempts = true;
}

/* The instruction just compiled needs a frame: what it emitted is taken back. */
static void
leave_site(Block *b)
{
    take_back(b, b->emitted_before, b->marks_before);
    ctx_copy(&b->ctx, &b->before);
    block_set_site(b);
    ASM(&b->as, OP_leave_always, (intptr_t)exit_uninline(b, b->start_before));
    b->ended = true;
}

/* Is this the head of a loop over other things than a range, the items of which come as objects? */
static bool
brings_objects(Block *b, int offset)
{
    return b->ctx.depth > 0 && decode_at(b->here->units, offset).opcode == FOR_ITER &&
           block_type(b, 0) != TYPE_RANGE_ITERATOR;
}

/* Forgets what is known about locals in memory that are not read any more from this jump target on. What is in a register
 * as well is forgotten if it is an item of a loop, which comes as an object every time; others may come here without a
 * box, and with one their slot is used again. */
static void
forget_dead_locals(Block *b, int offset)
{
    if (b->site != NULL) {
        return;
    }
    LocalSet live = liveness_at(b->state->live, b->state->live_count, offset);
    LocalSet items = brings_objects(b, offset) ? b->state->assigned.items : 0;
    for (int i = 0; i < b->ctx.local_count; i++) {
        const Entry *entry = &b->ctx.entries[i];
        if (!(live >> i & 1) && (entry->location == IN_SLOT || (entry->boxed && (items >> i & 1)))) {
            b->ctx.entries[i] = (Entry){0};
        }
    }
}

/* Forgets that locals in registers have boxes as well, or certainly have none, which would only tell versions apart: a box
 * that is needed again will be found in the slot. Parameters to which nothing is assigned always have one. */
static void
forget_boxes(Block *b)
{
    forget_new(b);
    for (int i = 0; i < b->ctx.local_count; i++) {
        if (b->ctx.entries[i].location != IN_SLOT && (b->site != NULL || b->state->assigned.any >> i & 1)) {
            b->ctx.entries[i].boxed = 0;
        }
    }
}

/* Brings the context to one that a version of this offset has or may be made for. */
static void
settle_context(Block *b, int offset)
{
    static const int worth[MAX_VERSIONS] = {0, 12, 24, 48, 96}; /* one more version, by how many there are */
    int cost = 0, count = count_versions(b->state, offset);
    const BlockVersion *version = best_version(b, offset, &cost);
    bool full = count >= MAX_VERSIONS;
    if (version != NULL && (full || cost <= worth[count])) {
        transition_emit(b, version->ctx); /* nothing, if the contexts are equal */
    } else if (version == NULL && full && !block_needs_frame(b)) {
        make_generic(b);
    }
}

/* Arrives at a jump target: goes on in a new version, or jumps to one. Returns false when the path
 * has ended. */
static bool
enter_target(Block *b, int offset)
{
    block_settle_stack(b);
    forget_dead_locals(b, offset);
    forget_boxes(b);
    settle_context(b, offset);
    if (block_find(b->state, offset, &b->ctx, 0) != NULL || b->as.count > MAX_BATCH) {
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
            b->stack_samples[i] = locals[b->state->code->co_nlocalsplus + i];
        }
    }
}

/* Compiles one instruction. */
static void
compile_instruction(Block *b)
{
    b->start = b->in.start;
    b->jumped = false;
    b->uninline = false;
    if (b->kwnames != NULL) {
        b->start = b->kwnames_start;
    } else {
        b->marks_before = b->as.mark_count;
    }
    asm_mark(&b->as, b->in.offset, b->ctx.site, NULL);
    if (b->kwnames == NULL) {
        ctx_copy(&b->before, &b->ctx);
        b->emitted_before = b->as.count;
        b->start_before = b->start;
    }
    verify_emit(b);
    coverage_bytecode(b->in.opcode, COVERAGE_COMPILED);
    Emitter emit = emitters[b->in.opcode];
    if (block_must_be_generic(b) && generic_table[b->in.opcode].run != NULL && emit != emit_make_cell &&
        emit != emit_copy_free_vars) {
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

/* Compiles one instruction, and again if it turns out to need a frame that it has not. */
static void
compile_instruction_here(Block *b)
{
    compile_instruction(b);
    while (b->uninline && !b->failed && !b->as.failed) {
        Attempt *attempt = current_attempt(b);
        if (attempt == NULL) {
            leave_site(b);
            return;
        }
        give_up_attempt(b, attempt);
        compile_instruction(b);
        b->no_attempts = false;
    }
}

/* Compiles from `offset` on until the path ends. */
static void
compile_path(Block *b, int offset)
{
    int at = offset;
    while (!b->ended && !b->failed && !b->as.failed) {
        b->in = decode_at(b->here->units, at);
        STAT(bytecodes_compiled);
        STAT_ADD(bytes_bytecode, (b->in.next - b->in.start) * (int)sizeof(_Py_CODEUNIT));
        compile_instruction_here(b);
        at = b->in.next;
        if (b->ended) {
            return;
        }
        if (b->kwnames == NULL) {
            b->first = -1; /* coming here again in a loop is not coming here first */
        }
        if (b->as.count > MAX_BATCH && b->kwnames == NULL) {
            emit_jump(b, at);
        } else if (block_is_target(b, at) && !b->jumped) {
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

/* The one block under construction. Compiling runs no Python code, so one is enough. */
static Block the_block;

/* What has been emitted leads from a context in which the code is called to a version of its first block: others who call it
 * so are to find that. */
static void
note_way_to_entry(Block *b, const Context *ctx)
{
    BlockVersion *version = code_allocate(b->state, sizeof *version);
    const Context *interned = code_intern(b->state, ctx);
    if (version == NULL || interned == NULL || b->as.failed) {
        b->failed = true;
        return;
    }
    version->chain = CHAIN_TO_ENTRY;
    version->ctx = interned;
    b->as.marks[0].version = version; /* at the very beginning */
    code_add_version(b->state, version);
}

/* Compiles a version for (offset, ctx, chain), or glue to the generic version. */
static uint8_t *
compile(CodeState *state, _PyInterpreterFrame *frame, int offset, const Context *ctx, int chain,
        Exit *after)
{
    if (state->live == NULL) {
        state->live = liveness_find(state->units, state->unit_count, state->targets, &state->live_count,
                                    &state->assigned);
        if (state->live == NULL) {
            return NULL;
        }
    }
    Block *b = &the_block;
    memset(b, 0, offsetof(Block, ctx));
    for (int i = 0; i < SITES_NESTED; i++) {
        b->attempts[i].active = false;
    }
    b->state = state;
    b->frame = frame;
    ctx_copy(&b->ctx, ctx);
    for (int i = 0; i < ctx_entry_count(ctx); i++) {
        b->as.doubles |= ctx->entries[i].location == IN_FLOAT;
    }
    block_set_site(b);
    b->first = offset;
    b->chain = chain;
    take_samples(b);

    uint8_t *result = NULL;
    bool settled = false;
    if (chain == 0) {
        asm_mark(&b->as, offset, b->ctx.site, NULL);
        if (block_is_target(b, offset)) {
            forget_new(b); /* as on all ways there */
        }
        forget_dead_locals(b, offset);
        settle_context(b, offset);
        settled = b->as.count > 0;
    }
    if (chain == 0 && block_find(state, offset, &b->ctx, 0) != NULL) {
        emit_jump(b, offset);
    } else {
        start_version(b, offset, chain);
    }
    if (b->ended && after != NULL && after->kind == EXIT_CALL) {
        note_way_to_entry(b, ctx);
    }
    if (settled) {
        b->frame = NULL; /* the samples' places have changed */
        block_set_site(b);
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
    specimens_drop(b);
    return result;
}

/* Nanoseconds on a clock that only goes forward. */
static uint64_t
now(void)
{
    struct timespec time = {0};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* The machine code for (offset, ctx), compiled now when there is none. */
uint8_t *
block_find_or_compile(CodeState *state, _PyInterpreterFrame *frame, int offset, const Context *ctx,
                      int chain, Exit *after)
{
    bool is_call = after != NULL && after->kind == EXIT_CALL;
    BlockVersion *version = is_call ? block_find_entry(state, ctx) : block_find(state, offset, ctx, chain);
    if (version != NULL) {
        uint8_t *target = codemem_base() + version->hot;
        return after != NULL && asm_redirect(after, target) < 0 ? NULL : target;
    }
    if (state->status != CODE_ACTIVE || pyjit_state.code_full) {
        return NULL;
    }
    uint64_t start = now();
    uint8_t *result = compile(state, frame, offset, ctx, chain, after);
    STAT_ADD(compile_ns, now() - start);
    return result;
}
