/* Frames in CPython's interpreter. Owns the finding out which of them are hot.
 *
 * Ticks (sampler.h) show what the interpreter is executing. What they find twice is hot: its executions count as enough, and
 * the rest of the frame is run by compiled code (divert.h), whoever has called it.
 *
 * Where calls take most of the time, the interpreter is hardly ever met itself: compiled code is, that it has called. Then
 * what waits is hot as well, and it is diverted when a call returns to it. */
#include "pyjit/interpret.h"

#include "pyjit/away.h"
#include "pyjit/cframe.h"
#include "pyjit/decode.h"
#include "pyjit/divert.h"
#include "pyjit/engine.h"
#include "pyjit/machinery.h"
#include "pyjit/sampler.h"
#include "pyjit/settings.h"
#include "pyjit/state.h"
#include "pyjit/stats.h"

#define CFRAMES_MOST 8 /* looked at for a caller that waits */
#define FRAMES_MOST 1000
#define TICKS_HOT 2

/* How many frames have been given to the interpreter and are not done. */
static struct {
    int count;
    unsigned long thread; /* the main one */
} given;

static const PyCodeObject *wanted_code; /* of pyjit_state.wanted, which may be gone, and another frame in its place */

/* ---- what runs in the interpreter -------------------------------------------------------------- */

/* The frame that the interpreter executes in this run of it, or with which it waits for what that has called; NULL if it
 * is none of its runs. Compiled code that is entered without the frame evaluator (from_c.h) puts its frames on top. */
static _PyInterpreterFrame *
executed_by(const _PyCFrame *cframe)
{
    _PyInterpreterFrame *frame = cframe->current_frame, *found = frame;
    if (frame == NULL || cframe_is_own(cframe)) {
        return NULL;
    }
    for (int i = 0; !frame->is_entry; i++) {
        frame = frame->previous;
        if (frame == NULL || i == FRAMES_MOST) {
            return NULL;
        }
        if (frame->stacktop < 0) {
            found = frame;
        }
    }
    return found;
}

/* One more, or one less, has been given to the interpreter. */
static void
note_given(const PyThreadState *tstate, int change)
{
    if (tstate->thread_id != given.thread) { /* the first time, and after a fork from another thread */
        given.thread = tstate->thread_id;
        given.count = 0;
    }
    given.count = Py_MAX(given.count + change, 0);
    sampler_watch(given.count);
}

/* ---- what is hot ------------------------------------------------------------------------------- */

/* A tick has found the code running. True if it is hot by now. */
static bool
warm(CodeState *state)
{
    state->ticks += state->ticks < TICKS_HOT;
    if (state->ticks == TICKS_HOT) {
        state->executions = Py_MAX(state->executions, engine_threshold());
    }
    return state->ticks == TICKS_HOT;
}

/* The same for the nearest frame with which the interpreter waits for this one: its time passes as well. True if that was
 * not known to be hot. */
static bool
warm_caller(const PyThreadState *tstate)
{
    const _PyCFrame *cframe = tstate->cframe;
    for (int i = 0; i < CFRAMES_MOST && cframe != NULL; i++, cframe = cframe->previous) {
        _PyInterpreterFrame *frame = executed_by(cframe);
        if (frame != NULL && (i > 0 || frame != cframe->current_frame)) {
            CodeState *state = code_state_make(frame->f_code);
            bool news = pyjit_state.wanted != frame;
            if (state != NULL && warm(state)) {
                pyjit_state.wanted = frame;
                wanted_code = frame->f_code;
            }
            return news;
        }
    }
    return false;
}

/* May frames be diverted now? */
static bool
may_divert(const PyThreadState *tstate)
{
    return !tstate->cframe->use_tracing && !pyjit_state.code_full &&
           tstate->interp->eval_frame == engine_eval_frame && tstate->thread_id == _PyRuntime.main_thread;
}

/* Diverts the frame that runs, if that is possible, and if there may be much left to do. */
static void
try_to_divert(PyThreadState *tstate, _PyInterpreterFrame *frame, CodeState *state)
{
    bool has_loop = decode_has_loop(_PyCode_CODE(frame->f_code), (int)Py_SIZE(frame->f_code));
    if (has_loop && divert_suits(tstate, frame) && (state->status == CODE_ACTIVE || code_activate(state) == 0)) {
        divert(tstate, frame);
    }
}

/* Looks at the frame that runs, and diverts it if it is hot. */
static Sample
look_at(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    if (away_now() && (frame == NULL || !away_tick(tstate, frame))) {
        return SAMPLE_SEEN;
    }
    CodeState *state = frame == NULL || !may_divert(tstate) ? NULL : code_state_make(frame->f_code);
    if (state == NULL || state->status == CODE_REFUSED) {
        return SAMPLE_NOTHING;
    }
    bool news = state->ticks < TICKS_HOT, hot = warm(state);
    if (executed_by(tstate->cframe) != frame) {
        return warm_caller(tstate) || news ? SAMPLE_SEEN : SAMPLE_NOTHING;
    }
    if (hot) {
        try_to_divert(tstate, frame, state);
    }
    return SAMPLE_SEEN;
}

/* The pending call of the sampler's. */
static int
look(void *Py_UNUSED(argument))
{
    PyThreadState *tstate = _PyThreadState_GET();
    sampler_answered(look_at(tstate, tstate->cframe->current_frame));
    return 0;
}

/* The pending call for a frame that was wanted. */
static int
look_at_wanted(void *Py_UNUSED(argument))
{
    PyThreadState *tstate = _PyThreadState_GET();
    _PyInterpreterFrame *frame = tstate->cframe->current_frame;
    CodeState *state = frame != NULL && frame->f_code == wanted_code ? code_state(frame->f_code) : NULL;
    if (state != NULL && state->status != CODE_REFUSED && may_divert(tstate) && executed_by(tstate->cframe) == frame) {
        try_to_divert(tstate, frame, state);
    }
    return 0;
}

/* A call from C has returned to the wanted frame. C may be at work for it still, so it is looked at when the interpreter
 * looks at the eval breaker, which it does at the end of a CALL. */
void
interpret_returned(PyThreadState *tstate)
{
    if (tstate->thread_id == _PyRuntime.main_thread) {
        pyjit_state.wanted = NULL; /* until the next tick */
        Py_AddPendingCall(look_at_wanted, NULL);
    }
}

/* ---- running ----------------------------------------------------------------------------------- */

/* Can loops be diverted in this thread? */
bool
interpret_can_take(const PyThreadState *tstate)
{
    return tstate->thread_id == _PyRuntime.main_thread && sampler_start(look, away_tick_idle);
}

/* Counts what runs already as given, once for the process: it never comes to an end. */
void
interpret_watch(const PyThreadState *tstate)
{
    static bool done;
    if (!done && interpret_can_take(tstate)) {
        done = true;
        note_given(tstate, 1);
    }
}

/* Runs a frame in the interpreter. */
PyObject *
interpret(PyThreadState *tstate, _PyInterpreterFrame *frame, int throwflag)
{
    bool better_away = away_suits(tstate, frame);
    const CodeState *state = better_away ? code_state_make(frame->f_code) : code_state(frame->f_code);
    bool without_ticks = better_away && settings_get()->tick > 0 && machinery_is_start(tstate, frame);
    bool watching =
        state != NULL && !without_ticks && (state->has_loop || better_away) && interpret_can_take(tstate);
    if (!watching && !without_ticks) {
        return _PyEval_EvalFrameDefault(tstate, frame, throwflag);
    }
    if (watching) {
        note_given(tstate, 1);
    }
    if (better_away) {
        away_begin(tstate, frame);
    }
    PyObject *result = _PyEval_EvalFrameDefault(tstate, frame, throwflag);
    if (better_away) {
        away_end(frame);
    }
    if (watching) {
        note_given(tstate, -1);
    }
    return result;
}
