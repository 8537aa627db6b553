/* Exits: branches to code not compiled yet, exceptions, last references, safepoints, and handing a
 * frame to the interpreter. Everything here runs between two pieces of compiled code. */
#include "pyjit/exits.h"

#include "pyjit/assembler.h"
#include "pyjit/block.h"
#include "pyjit/calls.h"
#include "pyjit/cold.h"
#include "pyjit/coverage.h"
#include "pyjit/engine.h"
#include "pyjit/frames.h"
#include "pyjit/inline.h"
#include "pyjit/interpret.h"
#include "pyjit/settings.h"
#include "pyjit/special.h"
#include "pyjit/state.h"
#include "pyjit/stats.h"
#include "pyjit/verify.h"

/* ---- memory as the interpreter would have it --------------------------------------------------- */

/* New int or float object for a register's value. */
static PyObject *
box_register(const Registers *regs, const Entry *entry)
{
    PyObject *box = entry->location == IN_FLOAT ? PyFloat_FromDouble(regs->floats[entry->index])
                                                : PyLong_FromLongLong(regs->ints[entry->index]);
    if (box == NULL) {
        Py_FatalError("pyjit: no memory for a number that must be shown");
    }
    return box;
}

/* Is this object, which may be an earlier value's, the box of the number in a register? A value has but one, as a
 * program can tell. */
static bool
is_box_of(const Registers *regs, const Entry *entry, PyObject *object)
{
    if (object == NULL) {
        return false;
    }
    if (entry->location == IN_FLOAT) {
        return PyFloat_CheckExact(object) &&
               memcmp(&((PyFloatObject *)object)->ob_fval, &regs->floats[entry->index], sizeof(double)) == 0;
    }
    int overflow = 1;
    return PyLong_CheckExact(object) &&
           PyLong_AsLongLongAndOverflow(object, &overflow) == regs->ints[entry->index] && overflow == 0;
}

/* Gives every local that is only in a register its box. */
static void
box_locals(const Registers *regs, const Context *ctx)
{
    PyObject **locals = regs->frame->localsplus;
    for (int i = 0; i < ctx->local_count; i++) {
        const Entry *entry = &ctx->entries[i];
        if (entry_in_register(entry) && !entry->boxed) {
            PyObject *old = locals[i];
            if (entry->lent || !is_box_of(regs, entry, old)) {
                locals[i] = box_register(regs, entry);
                Py_XDECREF(old);
            }
        }
    }
}

/* Makes stack entries what the context says they mean: boxed, owned, in their slots. Locals that are
 * only in a register have been boxed before. */
static void
own_stack(const Registers *regs, const Context *ctx)
{
    PyCodeObject *code = regs->frame->f_code;
    const CodeState *state = code_state(code);
    PyObject **locals = regs->frame->localsplus;
    PyObject **stack = locals + code->co_nlocalsplus;
    for (int i = 0; i < ctx->stack_count; i++) {
        const Entry *entry = &ctx->entries[ctx->local_count + i];
        switch (entry->location) {
        case IN_SLOT:
            if (!entry->owned) {
                Py_XINCREF(stack[i]);
            }
            break;
        case IN_LOCAL: /* what lies below on the stack is an object by now */
            stack[i] = Py_NewRef(entry->index < ALIAS_OF_STACK ? locals[entry->index]
                                                               : stack[entry->index - ALIAS_OF_STACK]);
            break;
        case IN_CONST:
            stack[i] = entry->type == TYPE_NULL
                           ? NULL
                           : Py_NewRef(code_get_constant(state, entry->index));
            break;
        case IN_FACT:
            stack[i] = Py_NewRef(fact_object(&state->facts, entry->fact));
            break;
        case IN_INT:
        case IN_FLOAT:
            if (!entry->boxed) {
                stack[i] = box_register(regs, entry);
            } else if (!entry->owned) {
                Py_INCREF(stack[i]);
            }
            break;
        }
    }
}

/* Everything in memory: locals boxed, stack entries owned and in their slots. */
static void
materialize(const Registers *regs, const Context *ctx)
{
    box_locals(regs, ctx);
    own_stack(regs, ctx);
}

/* ---- exceptions -------------------------------------------------------------------------------- */

/* An exception is pending in the frame: on in its handler, or in a caller. */
static uint8_t *
unwind(Registers *regs, CodeState *state, Place place, bool add_traceback)
{
    uint8_t *elsewhere = resume_unwind(regs, state, &place, add_traceback);
    return elsewhere != NULL ? elsewhere : resume_at(regs, state, place);
}

/* A generator's frame was resumed with an exception: it is pending, as raised where it waits. */
uint8_t *
exits_throw(Registers *regs, CodeState *state)
{
    _PyInterpreterFrame *frame = regs->frame;
    int depth = frame->stacktop - frame->f_code->co_nlocalsplus;
    return unwind(regs, state, (Place){_PyInterpreterFrame_LASTI(frame), depth}, true);
}

/* What comes of going on there. */
PyObject *
exits_run(const Registers *regs, uint8_t *target)
{
    return target == pyjit_state.return_to_c ? (PyObject *)(intptr_t)regs->ints[0]
                                             : trampoline_enter(regs->frame, regs->tstate, target);
}

/* ---- kinds of exits ----------------------------------------------------------------------------- */

/* Everything in memory, with the frames of code that was compiled in place: `place` is brought up to date.
 * Returns the state of the code that regs->frame runs. */
static CodeState *
show_frames(Registers *regs, Exit *exit, Place *place)
{
    CodeState *state = exit_group(exit)->code;
    *place = (Place){exit->offset, exit->ctx->depth};
    if (exit->ctx->site == 0) {
        materialize(regs, exit->ctx);
        return state;
    }
    box_locals(regs, exit->ctx);
    return inline_push_frames(regs, state, exit->ctx, &place->depth);
}

/* Counts that frames had to be pushed here. */
static void
note_frames(Exit *exit)
{
    if (exit->taken < UINT8_MAX) {
        inline_note_frames(exit_group(exit)->code, exit->ctx->site, ++exit->taken);
    }
}

/* To code that is compiled now if nobody was here before. */
static uint8_t *
take_branch(Registers *regs, Exit *exit)
{
    if (exit->chain > 0) {
        STAT(guard_exits);
    } else {
        STAT(branch_exits);
    }
    if (exit->target == 0) {
        CodeState *state = exit_group(exit)->code;
        Place place;
        bool exists = block_find(state, exit->offset, exit->ctx, exit->chain) != NULL;
        if (!exists && !exit->at_once && ++exit->taken < settings_get()->branch_heat) {
            state = show_frames(regs, exit, &place);
            return cold_run(regs, state, place);
        }
        uint8_t *target = block_find_or_compile(state, regs->frame, exit->offset, exit->ctx, exit->chain, exit);
        if (target == NULL) {
            show_frames(regs, exit, &place);
            return resume_interpreted(regs, place, REASON_NO_MEMORY);
        }
    }
    return codemem_base() + exit->target;
}

/* To the code of a function that finds its arguments in registers, compiled if that has been done often here; until then to
 * the function's ordinary entry. */
static uint8_t *
take_call(Registers *regs, Exit *exit)
{
    CodeState *callee = exit->callee;
    STAT(branch_exits);
    if (exit->target == 0) {
        exit->taken += exit->taken < UINT8_MAX;
        bool worth_it = exit->taken >= settings_get()->branch_heat || block_find_entry(callee, exit->ctx) != NULL;
        if (!worth_it || block_find_or_compile(callee, regs->frame, 0, exit->ctx, 0, exit) == NULL) {
            exit->taken = worth_it ? 0 : exit->taken; /* not again at once */
            materialize(regs, exit->ctx);
            return callee->entry;
        }
    }
    return codemem_base() + exit->target;
}

/* Is still true what was known at the exit before code ran? What entries are known to be lies in their slots. */
static bool
facts_hold(const Registers *regs, Exit *exit)
{
    const FactTable *table = &exit_group(exit)->code->facts;
    const Context *ctx = exit->ctx;
    const _PyInterpreterFrame *frame = regs->frame;
    if ((ctx->globals != 0 && !fact_holds_of_dict(table, ctx->globals, frame->f_globals)) ||
        (ctx->builtins != 0 && !fact_holds_of_dict(table, ctx->builtins, frame->f_builtins))) {
        return false;
    }
    PyObject *const *locals = frame->localsplus, *const *stack = locals + frame->f_code->co_nlocalsplus;
    for (int i = 0; i < ctx_entry_count(ctx); i++) {
        const Entry *entry = &ctx->entries[i];
        PyObject *value = i < ctx->local_count ? locals[i] : stack[i - ctx->local_count];
        if (entry->fact != 0 && entry->location == IN_SLOT && !fact_holds(table, entry->fact, value)) {
            return false;
        }
    }
    return true;
}

/* On with the next instruction, nothing being known. */
static uint8_t *
forget_facts(Registers *regs, Exit *exit)
{
    own_stack(regs, exit->ctx);
    return resume_at(regs, exit_group(exit)->code, (Place){exit->continue_at, exit->ctx->depth});
}

/* Why compiled code has asked to leave. */
static const char *
reason_to_leave(const Registers *regs)
{
    return regs->tstate->cframe->use_tracing ? REASON_TRACED
           : regs->frame->frame_obj != NULL  ? REASON_SEEN
                                             : REASON_UNBOUND;
}

/* Frees an object. Values of code compiled in place may lie beyond the end of the frame (inline.h): what runs
 * now must not take their memory. */
static void
free_dying(Registers *regs, const Exit *exit, PyObject *dying)
{
    PyThreadState *tstate = regs->tstate;
    int beyond = exit->ctx->depth - regs->frame->f_code->co_stacksize;
    if (beyond < 0) {
        beyond = 0;
    }
    tstate->datastack_top += beyond;
    _Py_Dealloc(dying);
    tstate->datastack_top -= beyond;
}

/* Frees the object whose last reference is gone. What is lent to the instruction has a reference until then. */
static uint8_t *
take_release(Registers *regs, Exit *exit)
{
    PyObject *dying = pyjit_state.dying;
    PyObject *held = exit->held == 0 ? NULL : Py_NewRef(*(PyObject **)((char *)regs->frame + exit->held));
    STAT(release_exits);
    if (exit->ctx->site != 0) {
        Place place;
        CodeState *state = show_frames(regs, exit, &place);
        note_frames(exit);
        regs->frame->prev_instr = _PyCode_CODE(regs->frame->f_code) + exit->offset;
        _Py_Dealloc(dying);
        Py_XDECREF(held);
        return resume_at(regs, state, (Place){exit->continue_at, place.depth});
    }
    box_locals(regs, exit->ctx);
    regs->frame->prev_instr = _PyCode_CODE(regs->frame->f_code) + exit->offset;
    free_dying(regs, exit, dying);
    Py_XDECREF(held);
    if (exit->last && !facts_hold(regs, exit)) {
        return forget_facts(regs, exit);
    }
    return codemem_base() + exit->resume;
}

/* The instruction has raised an exception. The operands that it has left are released as the interpreter does: the
 * lowest first, and before the exception goes on. */
static uint8_t *
take_error(Registers *regs, Exit *exit)
{
    CodeState *state = exit_group(exit)->code;
    materialize(regs, exit->ctx);
    int depth = exit->ctx->depth - exit->chain;
    special_release(regs->frame->localsplus + state->code->co_nlocalsplus + exit->ctx->depth, exit->chain);
    return unwind(regs, state, (Place){exit->offset, depth}, true);
}

/* Sees to the eval breaker. */
static uint8_t *
take_safepoint(Registers *regs, Exit *exit)
{
    PyThreadState *tstate = regs->tstate;
    STAT(safepoints);
    box_locals(regs, exit->ctx);
    regs->frame->prev_instr = _PyCode_CODE(regs->frame->f_code) + exit->offset;
    if (safepoint_handle(tstate) < 0) {
        /* The interpreter has gone on by then and takes the handler of what it would do next. */
        own_stack(regs, exit->ctx);
        Place next = {exit->continue_at - 1, exit->ctx->depth};
        return unwind(regs, exit_group(exit)->code, next, true);
    }
    if (tstate->cframe->use_tracing) {
        own_stack(regs, exit->ctx);
        return resume_interpreted(regs, (Place){exit->continue_at, exit->ctx->depth}, REASON_TRACED);
    }
    return facts_hold(regs, exit) ? codemem_base() + exit->resume : forget_facts(regs, exit);
}

/* Puts the bool on the stack that it lacks; returns how many entries there are then. */
static int
complete_stack(const Registers *regs, const Exit *exit)
{
    int depth = exit->ctx->depth;
    if (exit->chain != CHECK_COMPLETE) {
        bool truth = (regs->ints[0] != 0) == (exit->chain == CHECK_TRUTH);
        regs->frame->localsplus[regs->frame->f_code->co_nlocalsplus + depth] = PyBool_FromLong(truth);
        depth++;
    }
    return depth;
}

/* A frame object has come into being: on in code that does not trust it. */
static uint8_t *
go_on_observed(Registers *regs, Exit *exit)
{
    CodeState *state = exit_group(exit)->code;
    own_stack(regs, exit->ctx);
    Place place = {exit->continue_at, complete_stack(regs, exit)};
    if (exit->observed == 0) {
        Context ctx = ctx_generic(state->code->co_nlocalsplus, place.depth);
        ctx.observed = 1;
        uint8_t *target = block_find_or_compile(state, regs->frame, place.offset, &ctx, 0, NULL);
        if (target == NULL) {
            return resume_interpreted(regs, place, REASON_NO_MEMORY);
        }
        exit->observed = (uint32_t)(target - codemem_base());
    }
    return codemem_base() + exit->observed;
}

/* Sees to what may have happened while other code ran. */
static uint8_t *
take_check(Registers *regs, Exit *exit)
{
    PyThreadState *tstate = regs->tstate;
    STAT(checks);
    bool broken = exit->calls && _Py_atomic_load_relaxed(&tstate->interp->ceval.eval_breaker);
    if (broken && safepoint_handle(tstate) < 0) {
        own_stack(regs, exit->ctx);
        Place next = {exit->continue_at - 1, complete_stack(regs, exit)};
        return unwind(regs, exit_group(exit)->code, next, true);
    }
    bool traced = tstate->cframe->use_tracing;
    if (traced || tstate->interp->eval_frame != engine_eval_frame) {
        own_stack(regs, exit->ctx);
        Place next = {exit->continue_at, complete_stack(regs, exit)};
        return resume_interpreted(regs, next, traced ? REASON_TRACED : REASON_REPLACED);
    }
    if (exit->news && regs->frame->frame_obj != NULL) {
        return go_on_observed(regs, exit);
    }
    return codemem_base() + exit->resume;
}

/* Does the rest of an instruction whose method has returned. */
static uint8_t *
take_finish(Registers *regs, Exit *exit)
{
    Place place;
    PyObject *result = (PyObject *)(intptr_t)regs->ints[0];
    CodeState *state = show_frames(regs, exit, &place);
    if (exit->chain == FINISH_STACK) {
        place.depth--;
        result = regs->frame->localsplus[state->code->co_nlocalsplus + place.depth];
    }
    return resume_finish(regs, state, place, result);
}

/* ---- entry -------------------------------------------------------------------------------------- */

/* Runs a frame from its beginning: compiled if that is worth it, else interpreted, or cold if that might be for ever. */
static uint8_t *
enter(Registers *regs, CodeState *state)
{
    _PyInterpreterFrame *frame = regs->frame;
    frame->stacktop = -1;
    if (state->entry != pyjit_state.entry_stub) {
        return state->entry;
    }
    if (state->executions < engine_threshold() && interpret_can_take(regs->tstate)) {
        return resume_interpreted(regs, (Place){0, 0}, REASON_COLD);
    }
    if (state->executions < settings_get()->loop_heat) {
        return cold_run(regs, state, (Place){0, 0});
    }
    Context ctx = code_entry_context(state->code);
    uint8_t *target = block_find_or_compile(state, frame, 0, &ctx, 0, NULL);
    if (target == NULL) {
        return resume_interpreted(regs, (Place){0, 0}, REASON_NO_MEMORY);
    }
    return state->entry = target;
}

/* Runs a frame that starts or resumes at its prev_instr. */
uint8_t *
exits_enter(Registers *regs, CodeState *state)
{
    _PyInterpreterFrame *frame = regs->frame;
    int offset = _PyInterpreterFrame_LASTI(frame) + 1;
    if (offset == 0) {
        return enter(regs, state);
    }
    return resume_at(regs, state, (Place){offset, frame->stacktop - state->code->co_nlocalsplus});
}

/* A compiled caller has pushed the frame of a function that has no entry yet. */
static uint8_t *
take_entry(Registers *regs)
{
    bool traced = regs->tstate->cframe->use_tracing;
    CodeState *state = traced ? NULL : engine_state(regs->frame->f_code);
    if (state == NULL) {
        return resume_interpreted(regs, (Place){0, 0}, traced ? REASON_TRACED : REASON_COLD);
    }
    return enter(regs, state);
}

static ExitGroup permanent_exits = {.count = 1, .exits = {{.kind = EXIT_ENTRY}}};

/* Makes the exits that belong to no code object. */
int
exits_init(void)
{
    uint8_t bytes[LINK_MAX_THUNK];
    CodeChunk *chunk = codemem_alloc(LINK_MAX_THUNK);
    if (chunk == NULL || exit_register(&permanent_exits) < 0 ||
        link_make_thunk(bytes, chunk->start, exit_id(&permanent_exits.exits[0])) < 0 ||
        codemem_write(chunk->start, bytes, (size_t)link_thunk_size) < 0 || codemem_flush() < 0) {
        return -1;
    }
    pyjit_state.entry_stub = chunk->start;
    return cold_init();
}

/* Takes the exit with this id. */
uint8_t *
exits_take(Registers *regs, uint32_t id)
{
    Exit *exit = exit_by_id(id);
    CodeState *state;
    Place place;
    verify_exit(regs, exit);
    coverage_taken(exit);
    switch ((ExitKind)exit->kind) {
    case EXIT_BRANCH:
        return take_branch(regs, exit);
    case EXIT_ERROR:
        return take_error(regs, exit);
    case EXIT_RERAISE:
        materialize(regs, exit->ctx);
        return unwind(regs, exit_group(exit)->code, (Place){exit->offset, exit->ctx->depth}, false);
    case EXIT_LEAVE:
        show_frames(regs, exit, &place);
        return resume_interpreted(regs, place, reason_to_leave(regs));
    case EXIT_FINISH:
        return take_finish(regs, exit);
    case EXIT_UNINLINE:
        state = show_frames(regs, exit, &place);
        note_frames(exit);
        return resume_at(regs, state, place);
    case EXIT_RELEASE:
        return take_release(regs, exit);
    case EXIT_SAFEPOINT:
        return take_safepoint(regs, exit);
    case EXIT_CHECK:
        return take_check(regs, exit);
    case EXIT_ENTRY:
        return take_entry(regs);
    case EXIT_CALL:
        return take_call(regs, exit);
    case EXIT_RETURNED:
        return cold_returned(regs, exit->offset);
    case EXIT_VERIFY:
        return codemem_base() + exit->resume;
    case EXIT_BACK: /* has no thunk */
        break;
    }
    Py_UNREACHABLE();
}
