/* Exits: branches to code not compiled yet, exceptions, last references, safepoints, and handing a
 * frame to the interpreter. Everything here runs between two pieces of compiled code. */
#include "pyjit/exits.h"

#include "pyjit/block.h"
#include "pyjit/calls.h"
#include "pyjit/frames.h"
#include "pyjit/memory.h"
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

/* Gives every local that is only in a register its box. */
static void
box_locals(const Registers *regs, const Context *ctx)
{
    PyObject **locals = regs->frame->localsplus;
    for (int i = 0; i < ctx->local_count; i++) {
        const Entry *entry = &ctx->entries[i];
        if ((entry->location == IN_INT || entry->location == IN_FLOAT) && !entry->boxed) {
            PyObject *old = locals[i];
            locals[i] = box_register(regs, entry);
            Py_XDECREF(old);
        }
    }
}

/* Makes stack entries what the context says they mean: boxed, owned, in their slots. Locals that are
 * only in a register have been boxed before. */
static void
own_stack(const Registers *regs, const Context *ctx)
{
    PyCodeObject *code = regs->frame->f_code;
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
        case IN_LOCAL:
            stack[i] = Py_NewRef(locals[entry->index]);
            break;
        case IN_CONST:
            stack[i] = entry->type == TYPE_NULL
                           ? NULL
                           : Py_NewRef(PyTuple_GET_ITEM(code->co_consts, entry->index));
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

/* ---- going on elsewhere ------------------------------------------------------------------------ */

/* The frame is done with `result` (NULL: an exception) and has been popped if it was pushed by
 * compiled code: on in its caller. */
static uint8_t *
continue_caller(Registers *regs, _PyInterpreterFrame *caller, PyObject *result)
{
    regs->ints[0] = (int64_t)(intptr_t)result;
    regs->frame = caller;
    return codemem_base() - caller->stacktop;
}

/* Has this frame of a generator yielded? */
static bool
is_suspended(const _PyInterpreterFrame *frame)
{
    const PyGenObject *generator =
        (const PyGenObject *)((const char *)frame - offsetof(PyGenObject, gi_iframe));
    return generator->gi_frame_state == FRAME_SUSPENDED;
}

/* Runs the rest of the frame in the interpreter, from `offset` with `depth` stack entries. */
static uint8_t *
leave(Registers *regs, int offset, int depth)
{
    PyThreadState *tstate = regs->tstate;
    _PyInterpreterFrame *frame = regs->frame, *caller = frame->previous;
    bool is_entry = frame->is_entry;
    STAT(exits_to_interpreter);
    frame->prev_instr = _PyCode_CODE(frame->f_code) + offset - 1;
    frame->stacktop = frame->f_code->co_nlocalsplus + depth;
    tstate->cframe->current_frame = caller;
    tstate->recursion_remaining++; /* the interpreter counts this frame itself */
    PyObject *result = _PyEval_EvalFrameDefault(tstate, frame, 0);
    if (is_entry) {
        tstate->recursion_remaining--; /* the driver counts it off */
        regs->ints[0] = (int64_t)(intptr_t)result;
        return pyjit_state.return_to_c;
    }
    regs->ints[1] = 1; /* if it is a generator's frame, it has returned */
    if (frame->owner != FRAME_OWNED_BY_GENERATOR) {
        frame_clear_and_pop(tstate, frame);
    } else if (result != NULL && is_suspended(frame)) {
        generator_unlink(tstate, frame);
        regs->ints[1] = 0;
    } else {
        generator_end(tstate, frame);
    }
    return continue_caller(regs, caller, result);
}

/* Code for `offset` in the generic context, compiled now if need be; NULL when that fails. */
static uint8_t *
resume_point(CodeState *state, _PyInterpreterFrame *frame, int offset, int depth)
{
    if (state->resume == NULL) {
        state->resume = pj_calloc((size_t)state->unit_count, sizeof *state->resume);
    }
    if (state->resume != NULL && state->resume[offset] != 0) {
        return codemem_base() + state->resume[offset];
    }
    Context ctx = ctx_generic(state->code->co_nlocalsplus, depth);
    uint8_t *target = block_find_or_compile(state, frame, offset, &ctx, 0, NULL);
    if (target != NULL && state->resume != NULL) {
        state->resume[offset] = (uint32_t)(target - codemem_base());
    }
    return target;
}

/* On at `offset` with everything in memory: in compiled code, or else in the interpreter. */
static uint8_t *
continue_at(Registers *regs, CodeState *state, int offset, int depth)
{
    if (!regs->tstate->cframe->use_tracing) {
        uint8_t *target = resume_point(state, regs->frame, offset, depth);
        if (target != NULL) {
            regs->frame->stacktop = -1;
            return target;
        }
    }
    return leave(regs, offset, depth);
}

/* ---- exceptions -------------------------------------------------------------------------------- */

/* Pops stack entries down to `depth`. */
static void
drop_stack(_PyInterpreterFrame *frame, int from, int depth)
{
    PyObject **stack = frame->localsplus + frame->f_code->co_nlocalsplus;
    while (from > depth) {
        from--;
        Py_XDECREF(stack[from]);
    }
}

/* An exception is pending in the frame, whose stack has `depth` owned entries; `offset` is that of
 * the instruction that raised it. Finds the handler, here or in a caller. */
static uint8_t *
unwind(Registers *regs, CodeState *state, int offset, int depth, bool add_traceback)
{
    PyThreadState *tstate = regs->tstate;
    _PyInterpreterFrame *frame = regs->frame;
    frame->stacktop = -1;
    STAT(error_exits);
    if (tstate->curexc_type == NULL) {
        PyErr_SetString(PyExc_SystemError, "error return without exception set");
    }
    if (add_traceback) {
        unwind_add_traceback(tstate, frame);
        unwind_trace_exception(tstate, frame);
    }
    Handler handler;
    while (unwind_find_handler(state->code, offset, &handler)) {
        PyObject **stack = frame->localsplus + frame->f_code->co_nlocalsplus;
        drop_stack(frame, depth, handler.depth);
        depth = handler.depth;
        if (handler.push_lasti) {
            PyObject *lasti = PyLong_FromLong(_PyInterpreterFrame_LASTI(frame));
            if (lasti == NULL) {
                continue;
            }
            stack[depth++] = lasti;
        }
        stack[depth++] = unwind_take_exception(tstate);
        return continue_at(regs, state, handler.target, depth);
    }
    drop_stack(frame, depth, 0);
    frame->stacktop = frame->f_code->co_nlocalsplus;
    unwind_trace_return(tstate, frame);
    if (frame->is_entry) {
        regs->ints[0] = 0;
        return pyjit_state.return_to_c;
    }
    _PyInterpreterFrame *caller = frame->previous;
    frame_finish(tstate, frame);
    return continue_caller(regs, caller, NULL);
}

/* A generator's frame was resumed with an exception: it is pending, as raised where it waits. */
uint8_t *
exits_throw(Registers *regs, CodeState *state)
{
    _PyInterpreterFrame *frame = regs->frame;
    int depth = frame->stacktop - frame->f_code->co_nlocalsplus;
    int offset = _PyInterpreterFrame_LASTI(frame);
    return unwind(regs, state, offset, depth, true);
}

/* ---- kinds of exits ----------------------------------------------------------------------------- */

/* To code that is compiled now if nobody was here before. */
static uint8_t *
take_branch(Registers *regs, Exit *exit)
{
    if (exit->chain > 0) {
        STAT(guard_exits);
    } else {
        STAT(branch_exits);
    }
    if (exit->target == NULL) {
        codemem_begin();
        uint8_t *target = block_find_or_compile(exit->code, regs->frame, exit->offset, exit->ctx,
                                                exit->chain, exit);
        int result = target == NULL ? -1 : asm_redirect(exit, target);
        codemem_end();
        if (result < 0) {
            materialize(regs, exit->ctx);
            return leave(regs, exit->offset, exit->ctx->depth);
        }
    }
    return exit->target;
}

/* Frees the object whose last reference is gone. */
static uint8_t *
take_release(Registers *regs, Exit *exit)
{
    PyObject *dying = pyjit_state.dying;
    STAT(release_exits);
    box_locals(regs, exit->ctx);
    regs->frame->prev_instr = _PyCode_CODE(exit->code->code) + exit->offset;
    _Py_Dealloc(dying);
    return exit->resume;
}

/* Sees to the eval breaker. */
static uint8_t *
take_safepoint(Registers *regs, Exit *exit)
{
    PyThreadState *tstate = regs->tstate;
    STAT(safepoints);
    box_locals(regs, exit->ctx);
    regs->frame->prev_instr = _PyCode_CODE(exit->code->code) + exit->offset;
    if (safepoint_handle(tstate) < 0) {
        /* The interpreter has gone on by then and takes the handler of what it would do next. */
        own_stack(regs, exit->ctx);
        return unwind(regs, exit->code, exit->continue_at - 1, exit->ctx->depth, true);
    }
    if (tstate->cframe->use_tracing) {
        own_stack(regs, exit->ctx);
        return leave(regs, exit->continue_at, exit->ctx->depth);
    }
    return exit->resume;
}

/* ---- entry -------------------------------------------------------------------------------------- */

/* The context of a function's first instruction: parameters are bound, other locals are not. */
static Context
entry_context(const PyCodeObject *code)
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

/* Code for a frame to start or resume at its prev_instr. */
uint8_t *
exits_entry(CodeState *state, _PyInterpreterFrame *frame)
{
    int offset = _PyInterpreterFrame_LASTI(frame) + 1;
    if (offset == 0) {
        if (state->entry != pyjit_state.entry_stub) {
            return state->entry;
        }
        Context ctx = entry_context(state->code);
        uint8_t *target = block_find_or_compile(state, frame, 0, &ctx, 0, NULL);
        if (target != NULL) {
            state->entry = target;
        }
        return target;
    }
    return resume_point(state, frame, offset, frame->stacktop - state->code->co_nlocalsplus);
}

/* A compiled caller has pushed the frame of a function that has no entry yet. */
static uint8_t *
take_entry(Registers *regs)
{
    _PyInterpreterFrame *frame = regs->frame;
    CodeState *state = code_state_make(frame->f_code);
    if (state != NULL && state->status == CODE_COLD) {
        code_activate(state);
    }
    if (state != NULL && state->status == CODE_ACTIVE && !regs->tstate->cframe->use_tracing) {
        uint8_t *target = exits_entry(state, frame);
        if (target != NULL) {
            frame->stacktop = -1;
            return target;
        }
    }
    return leave(regs, 0, 0);
}

static Exit entry_exit = {.kind = EXIT_ENTRY};

/* Makes the exit that stands for calls of code that has no entry yet. */
int
exits_init(void)
{
    CodeChunk *chunk = codemem_alloc(LINK_MAX_THUNK);
    if (chunk == NULL || exit_register(&entry_exit) < 0 ||
        codemem_open(chunk->start, LINK_MAX_THUNK) < 0) {
        return -1;
    }
    int result = link_write_thunk(chunk->start, entry_exit.id);
    codemem_close(chunk->start, LINK_MAX_THUNK);
    pyjit_state.entry_stub = chunk->start;
    return result;
}

/* Takes the exit with this id. */
uint8_t *
exits_take(Registers *regs, uint32_t id)
{
    Exit *exit = exit_by_id(id);
    verify_exit(regs, exit);
    switch ((ExitKind)exit->kind) {
    case EXIT_BRANCH:
        return take_branch(regs, exit);
    case EXIT_ERROR:
        materialize(regs, exit->ctx);
        return unwind(regs, exit->code, exit->offset, exit->ctx->depth, true);
    case EXIT_RERAISE:
        materialize(regs, exit->ctx);
        return unwind(regs, exit->code, exit->offset, exit->ctx->depth, false);
    case EXIT_LEAVE:
        materialize(regs, exit->ctx);
        return leave(regs, exit->offset, exit->ctx->depth);
    case EXIT_RELEASE:
        return take_release(regs, exit);
    case EXIT_SAFEPOINT:
        return take_safepoint(regs, exit);
    case EXIT_ENTRY:
        return take_entry(regs);
    case EXIT_VERIFY:
        return exit->resume;
    }
    Py_UNREACHABLE();
}
