/* Going on in frames whose state is all in memory. Owns the counting of how often that happens where. */
#include "pyjit/resume.h"

#include "pyjit/block.h"
#include "pyjit/calls.h"
#include "pyjit/cold.h"
#include "pyjit/frames.h"
#include "pyjit/interpret.h"
#include "pyjit/memory.h"
#include "pyjit/settings.h"
#include "pyjit/special.h"
#include "pyjit/state.h"
#include "pyjit/stats.h"

/* ---- in the caller ----------------------------------------------------------------------------- */

/* On in the caller of a frame that is done. */
uint8_t *
resume_caller(Registers *regs, _PyInterpreterFrame *caller, PyObject *result)
{
    regs->ints[0] = (int64_t)(intptr_t)result;
    regs->frame = caller;
    return codemem_base() - caller->stacktop;
}

/* ---- in the interpreter ------------------------------------------------------------------------ */

/* Has this frame of a generator yielded? */
static bool
is_suspended(const _PyInterpreterFrame *frame)
{
    const PyGenObject *generator =
        (const PyGenObject *)((const char *)frame - offsetof(PyGenObject, gi_iframe));
    return generator->gi_frame_state == FRAME_SUSPENDED;
}

/* Runs the rest of the frame in the interpreter. */
uint8_t *
resume_interpreted(Registers *regs, Place place, const char *reason)
{
    PyThreadState *tstate = regs->tstate;
    _PyInterpreterFrame *frame = regs->frame, *caller = frame->previous;
    bool is_entry = frame->is_entry;
    stats_count_exit(reason);
    frame->prev_instr = _PyCode_CODE(frame->f_code) + place.offset - 1;
    frame->stacktop = frame->f_code->co_nlocalsplus + place.depth;
    tstate->cframe->current_frame = caller;
    tstate->recursion_remaining++; /* the interpreter counts this frame itself */
    PyObject *result = interpret(tstate, frame, 0);
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
    return resume_caller(regs, caller, result);
}

/* ---- in compiled code -------------------------------------------------------------------------- */

/* The table of counts and code; NULL when out of memory. */
static uint32_t *
table_of(CodeState *state)
{
    if (state->resume == NULL) {
        state->resume = pj_calloc((size_t)state->unit_count, sizeof *state->resume);
    }
    return state->resume;
}

/* Has execution come to this offset often? */
bool
resume_is_hot(CodeState *state, int offset, int heat)
{
    if (heat <= 1) {
        return true;
    }
    uint32_t *table = table_of(state);
    if (table == NULL) {
        return false;
    }
    if (table[offset] < RESUME_MOST_COUNTED) {
        table[offset]++;
    }
    return table[offset] >= (uint32_t)heat;
}

/* Code for a place. */
uint8_t *
resume_compiled(CodeState *state, _PyInterpreterFrame *frame, Place place)
{
    uint8_t *target = resume_known(state, place.offset);
    if (target != NULL) {
        return target;
    }
    Context ctx = ctx_generic(state->code->co_nlocalsplus, place.depth);
    ctx.observed = frame->frame_obj != NULL; /* as in every handler: the traceback has it */
    target = block_find_or_compile(state, frame, place.offset, &ctx, 0, NULL);
    if (target != NULL && table_of(state) != NULL) {
        state->resume[place.offset] = (uint32_t)(target - codemem_base());
    }
    return target;
}

/* Goes on at a place. */
uint8_t *
resume_at(Registers *regs, CodeState *state, Place place)
{
    if (regs->tstate->cframe->use_tracing) {
        return resume_interpreted(regs, place, REASON_TRACED);
    }
    regs->frame->stacktop = -1;
    uint8_t *target = resume_known(state, place.offset);
    if (target == NULL && resume_is_hot(state, place.offset, settings_get()->branch_heat)) {
        target = resume_compiled(state, regs->frame, place);
        if (target == NULL) {
            return resume_interpreted(regs, place, REASON_NO_MEMORY);
        }
    }
    return target != NULL ? target : cold_run(regs, state, place);
}

/* Goes on in a frame that has been the interpreter's so far. */
uint8_t *
resume_taken(Registers *regs, CodeState *state, Place place)
{
    regs->frame->stacktop = -1;
    uint8_t *target = resume_compiled(state, regs->frame, place);
    return target != NULL ? target : cold_run(regs, state, place);
}

/* ---- in a handler ------------------------------------------------------------------------------ */

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

/* The handlers of the offsets where exceptions came from last, and the lines, by offset. An entry of offset 0 is
 * empty. */
#define HANDLERS_CACHED 8

typedef struct HandlerCache {
    struct {
        int offset;
        bool found;
        Handler handler;
    } entries[HANDLERS_CACHED];
    struct {
        int offset;
        int line;
    } lines[HANDLERS_CACHED];
} HandlerCache;

/* Those of a code object, NULL if there is no memory. */
static HandlerCache *
handlers_of(CodeState *state)
{
    if (state->handlers == NULL) {
        state->handlers = code_allocate(state, sizeof *state->handlers);
    }
    return state->handlers;
}

/* The line of the instruction where a frame stands; 0 or less if that is not known. */
static int
line_of(CodeState *state, const _PyInterpreterFrame *frame)
{
    HandlerCache *cache = handlers_of(state);
    int offset = _PyInterpreterFrame_LASTI(frame), at = offset % HANDLERS_CACHED;
    if (cache == NULL || offset <= 0) {
        return 0;
    }
    if (cache->lines[at].offset != offset) {
        cache->lines[at].offset = offset;
        cache->lines[at].line = PyCode_Addr2Line(state->code, offset * (int)sizeof(_Py_CODEUNIT));
    }
    return cache->lines[at].line;
}

/* Looks an offset up in the exception table; false if nothing handles it. */
static bool
find_handler(CodeState *state, int offset, Handler *handler)
{
    HandlerCache *cache = handlers_of(state);
    if (cache == NULL || offset == 0) {
        return unwind_find_handler(state->code, offset, handler);
    }
    int at = offset % HANDLERS_CACHED;
    if (cache->entries[at].offset != offset) {
        cache->entries[at].offset = offset;
        cache->entries[at].found = unwind_find_handler(state->code, offset, &cache->entries[at].handler);
    }
    *handler = cache->entries[at].handler;
    return cache->entries[at].found;
}

/* Finds the handler of the pending exception, or ends the frame. */
uint8_t *
resume_unwind(Registers *regs, CodeState *state, Place *place, bool add_traceback)
{
    PyThreadState *tstate = regs->tstate;
    _PyInterpreterFrame *frame = regs->frame;
    frame->stacktop = -1;
    STAT(error_exits);
    if (tstate->curexc_type == NULL) {
        PyErr_SetString(PyExc_SystemError, "error return without exception set");
    }
    if (add_traceback) {
        unwind_add_traceback(tstate, frame, line_of(state, frame));
        unwind_trace_exception(tstate, frame);
    }
    Handler handler;
    int depth = place->depth;
    while (find_handler(state, place->offset, &handler)) {
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
        *place = (Place){handler.target, depth};
        return NULL;
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
    return resume_caller(regs, caller, NULL);
}

/* Does the rest of an instruction whose method has returned. */
uint8_t *
resume_finish(Registers *regs, CodeState *state, Place place, PyObject *result)
{
    _PyInterpreterFrame *frame = regs->frame;
    Instr in = decode_at(state->units, place.offset);
    PyObject **top = frame->localsplus + state->code->co_nlocalsplus + place.depth;
    frame->prev_instr = _PyCode_CODE(state->code) + place.offset;
    frame->stacktop = -1;
    int pushed = special_finish(regs->tstate, top, &in, result);
    place.depth -= special_operands(in.opcode);
    if (pushed >= 0) {
        return resume_at(regs, state, (Place){in.next, place.depth + pushed});
    }
    uint8_t *elsewhere = resume_unwind(regs, state, &place, true);
    return elsewhere != NULL ? elsewhere : resume_at(regs, state, place);
}
