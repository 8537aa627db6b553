/* Frames in CPython's interpreter. Owns the list of those with loops and of modules being imported, and takes them
 * out.
 *
 * CPython 3.11 has no way out of a frame that it is executing but an exception that nothing handles. So that is what
 * the frame gets: in a pending call, which the interpreter makes at a jump backwards, an exception is set, and
 * the frame's code is exchanged for one that handles nothing and leaves everything in the frame where it is. The
 * interpreter returns NULL to the frame evaluator, which is ours; it puts the frame right and goes on in it.
 *
 * Where calls take most of the time, the interpreter is hardly ever met at a jump. Then the frame is taken when a call
 * returns to it: with the same exception in the place of the call's result.
 *
 * A frame must have been given to the interpreter by pyjit for that, or have been called from such a frame without C,
 * as happens while the frame evaluator is away (away.c), and with __getitem__: then those in between wait as cold
 * code does. The list says which have been given. It holds no pointers into the C stack but for comparison, and is
 * searched, not popped: extensions that switch stacks leave frames out of order. */
#include "pyjit/interpret.h"

#include "pyjit/away.h"
#include "pyjit/cold.h"
#include "pyjit/decode.h"
#include "pyjit/engine.h"
#include "pyjit/sampler.h"
#include "pyjit/state.h"
#include "pyjit/stats.h"

#define WATCHED_MOST 256
#define CALLERS_MOST 8
#define TICKS_HOT 2

static struct {
    struct {
        const _PyInterpreterFrame *frame;
        const _PyCFrame *outer; /* that of the interpreter's caller */
    } frames[WATCHED_MOST];
    int count;
    unsigned long thread; /* the main one */
} watched;

/* What the frame that is being taken had before. */
static struct {
    _PyInterpreterFrame *frame; /* NULL: none is */
    const _PyInterpreterFrame *entry; /* that by which the interpreter was entered: mostly the same */
    PyCodeObject *code;
    _Py_CODEUNIT *prev_instr;
    char owner;
    PyObject *result; /* of the CALL that the frame was in; NULL if it was at a look at the eval breaker */
} taken;

static const PyCodeObject *wanted_code; /* of pyjit_state.wanted, which may be gone, and another frame in its place */

static PyCodeObject *nowhere; /* handles nothing */

/* ---- watching ---------------------------------------------------------------------------------- */

/* Its index, -1 if it is not watched. */
static int
find(const _PyInterpreterFrame *frame)
{
    int i = watched.count - 1;
    while (i >= 0 && watched.frames[i].frame != frame) {
        i--;
    }
    return i;
}

/* False if there is no room. */
static bool
watch(const PyThreadState *tstate, const _PyInterpreterFrame *frame)
{
    if (tstate->thread_id != watched.thread) { /* after a fork from another thread */
        watched.thread = tstate->thread_id;
        watched.count = 0;
    }
    if (watched.count == WATCHED_MOST) {
        return false;
    }
    watched.frames[watched.count].frame = frame;
    watched.frames[watched.count].outer = tstate->cframe;
    sampler_watch(++watched.count);
    return true;
}

static void
unwatch(const _PyInterpreterFrame *frame)
{
    int at = find(frame);
    if (at >= 0) {
        watched.count--;
        for (int i = at; i < watched.count; i++) {
            watched.frames[i] = watched.frames[i + 1];
        }
        sampler_watch(watched.count);
        if (pyjit_state.wanted == frame) {
            pyjit_state.wanted = NULL;
        }
    }
}

/* The frame with which the run of the interpreter began that this one runs in: while the frame evaluator is away the
 * interpreter calls functions without C, and a __getitem__ that it knows always. NULL if this one does not run in the
 * interpreter, as can be told from how its caller waits. */
static const _PyInterpreterFrame *
entry_of(const _PyInterpreterFrame *frame)
{
    while (!frame->is_entry) {
        frame = frame->previous;
        if (frame->stacktop < 0) {
            return NULL;
        }
    }
    return frame;
}

/* Is the frame, which runs, one that the interpreter gives back to pyjit? */
static bool
is_watched(const PyThreadState *tstate, const _PyInterpreterFrame *frame)
{
    int at = find(entry_of(frame));
    return at >= 0 && watched.frames[at].outer == tstate->cframe->previous;
}

/* ---- taking ------------------------------------------------------------------------------------ */

/* Can the frames that the interpreter has called this one from wait for it outside of the interpreter? */
static bool
callers_can_wait(const _PyInterpreterFrame *frame)
{
    while (!frame->is_entry) {
        frame = frame->previous;
        const PyCodeObject *code = frame->f_code;
        int depth = frame->stacktop - code->co_nlocalsplus;
        CodeState *state = code_state_make(frame->f_code);
        if (depth > COLD_DEPTH_MOST || state == NULL || state->status == CODE_REFUSED ||
            (state->status != CODE_ACTIVE && code_activate(state) < 0)) {
            return false;
        }
    }
    return true;
}

/* Gets the interpreter to give the frame up, and those that it has called it from: makes an exception that nothing
 * handles, and has the interpreter believe that it was entered by this frame. Takes over the result. */
static void
take(_PyInterpreterFrame *frame, PyObject *result)
{
    taken.result = result;
    taken.frame = frame;
    taken.entry = entry_of(frame);
    frame->is_entry = true;
    taken.code = frame->f_code;
    taken.prev_instr = frame->prev_instr;
    taken.owner = frame->owner;
    frame->f_code = nowhere;
    frame->prev_instr = _PyCode_CODE(nowhere) - 1; /* incomplete, so it gets no traceback, */
    frame->owner = FRAME_OWNED_BY_THREAD;          /* which generators always are not */
    PyErr_Restore(Py_NewRef(PyExc_SystemError), NULL, NULL);
}

/* Puts the frames right again. Where the innermost goes on. */
static Place
put_right(void)
{
    _PyInterpreterFrame *frame = taken.frame;
    frame->is_entry = frame == taken.entry;
    for (_PyInterpreterFrame *it = frame; it != taken.entry;) {
        it = it->previous;
        it->stacktop = cold_continuation(it->stacktop - it->f_code->co_nlocalsplus);
    }
    frame->f_code = taken.code;
    frame->prev_instr = taken.prev_instr;
    frame->owner = taken.owner;
    taken.frame = NULL;
    PyErr_Clear();
    STAT(frames_taken);
    const CodeState *state = code_state(frame->f_code);
    Place place = {.depth = frame->stacktop - frame->f_code->co_nlocalsplus};
    if (taken.result != NULL) {
        place.offset = decode_find(state->units, _PyInterpreterFrame_LASTI(frame)).next;
        frame->localsplus[frame->stacktop - 1] = taken.result;
    } else {
        place.offset = decode_check_at(state->units, _PyInterpreterFrame_LASTI(frame));
    }
    return place;
}

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

/* The same for the nearest frame that waits for this one in the interpreter: its time passes as well. True if that was
 * not known to be hot. */
static bool
warm_caller(const _PyInterpreterFrame *frame)
{
    frame = frame->previous;
    for (int i = 0; i < CALLERS_MOST && frame != NULL; i++, frame = frame->previous) {
        if (find(entry_of(frame)) >= 0) {
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

/* May frames be taken now? */
static bool
may_take(const PyThreadState *tstate)
{
    return !tstate->cframe->use_tracing && tstate->c_tracefunc == NULL && !pyjit_state.code_full &&
           tstate->interp->eval_frame == engine_eval_frame;
}

/* Looks at the frame that runs, and says in *take whether it is to be taken. */
static Sample
look_at(const PyThreadState *tstate, const _PyInterpreterFrame *frame, bool *take)
{
    *take = false;
    if (away_now() && (frame == NULL || !away_tick(tstate, frame))) {
        return SAMPLE_SEEN;
    }
    CodeState *state = frame == NULL ? NULL : code_state(frame->f_code);
    if (state == NULL || state->status == CODE_REFUSED || !may_take(tstate)) {
        return SAMPLE_NOTHING;
    }
    bool news = state->ticks < TICKS_HOT, hot = warm(state);
    if (!is_watched(tstate, frame)) {
        return warm_caller(frame) || news ? SAMPLE_SEEN : SAMPLE_NOTHING;
    }
    if (!hot) {
        return SAMPLE_SEEN;
    }
    /* The interpreter looks at the breaker after calls as well, but there the C function that is called might. */
    if (!decode_is_check(frame->prev_instr)) {
        return SAMPLE_AGAIN;
    }
    *take = (state->status == CODE_ACTIVE || code_activate(state) == 0) && callers_can_wait(frame);
    return SAMPLE_SEEN;
}

/* The pending call of the sampler's. Returns 0, or -1 with an exception set that is to take the frame that runs out of
 * the interpreter. */
static int
look(void *Py_UNUSED(argument))
{
    const PyThreadState *tstate = _PyThreadState_GET();
    _PyInterpreterFrame *frame = tstate->cframe->current_frame;
    bool wanted;
    sampler_answered(look_at(tstate, frame, &wanted));
    if (!wanted) {
        return 0;
    }
    take(frame, NULL);
    return -1;
}

/* Does nothing of the program's run when the references to these objects are dropped? */
static bool
are_quiet_to_drop(PyObject *const *objects, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *object = objects[i];
        Py_ssize_t dropped = 0;
        for (Py_ssize_t j = 0; j < count; j++) {
            dropped += objects[j] == object;
        }
        if (Py_REFCNT(object) <= dropped && !PyLong_CheckExact(object) && !PyFloat_CheckExact(object) &&
            !PyUnicode_CheckExact(object) && !PyBytes_CheckExact(object)) {
            return false;
        }
    }
    return true;
}

/* Is this the call of the CALL where the frame stands, with nothing in between? The arguments then lie on its stack,
 * above the function, and below that is NULL, or the function has been taken from a bound method, whose object is the
 * first of them. They are dropped before the frame is given up. */
static bool
is_own_call(const CodeState *state, const _PyInterpreterFrame *frame, PyObject *callable, PyObject *const *args,
            Py_ssize_t count)
{
    PyObject *const *stack = frame->localsplus + frame->f_code->co_nlocalsplus;
    if (_PyOpcode_Deopt[_Py_OPCODE(*frame->prev_instr)] != CALL || args < stack + 2 ||
        args + count > stack + frame->f_code->co_stacksize || args[-1] != callable) {
        return false;
    }
    Instr in = decode_find(state->units, _PyInterpreterFrame_LASTI(frame));
    bool own = count == in.oparg ? args[-2] == NULL : count == in.oparg + 1;
    return own && are_quiet_to_drop(args - 1, count + 1);
}

/* The vectorcall of a Python function is about to return to the frame that runs. */
PyObject *
interpret_returned(PyThreadState *tstate, PyObject *callable, PyObject *const *args, Py_ssize_t count, PyObject *result)
{
    _PyInterpreterFrame *frame = tstate->cframe->current_frame;
    CodeState *state = frame->f_code == wanted_code ? code_state(frame->f_code) : NULL;
    if (state == NULL || state->status == CODE_REFUSED || result == NULL || !may_take(tstate) ||
        !is_watched(tstate, frame) || (state->status != CODE_ACTIVE && code_activate(state) < 0) ||
        !callers_can_wait(frame) || !is_own_call(state, frame, callable, args, count)) {
        return result;
    }
    take(frame, result);
    return NULL;
}

/* ---- running ----------------------------------------------------------------------------------- */

/* The code that a frame has while it is being taken out: no stack entry lies beyond so many locals. */
static bool
make_nowhere(void)
{
    if (nowhere == NULL) {
        nowhere = PyCode_NewEmpty("pyjit", "nowhere", 0);
        if (nowhere == NULL) {
            PyErr_Clear();
            return false;
        }
        nowhere->co_nlocalsplus = 1 << 24;
    }
    return true;
}

/* Can loops be taken out of the interpreter in this thread? CPython's debug builds would notice the stack. */
bool
interpret_can_take(const PyThreadState *tstate)
{
    return !BUILT_FOR_DEBUG && tstate->thread_id == _PyRuntime.main_thread && make_nowhere() &&
           sampler_start(look, away_tick_idle);
}

/* Runs a frame in the interpreter. */
_PyInterpreterFrame *
interpret(PyThreadState *tstate, _PyInterpreterFrame *frame, int throwflag, PyObject **result, Place *place)
{
    bool better_away = away_suits(tstate, frame);
    const CodeState *state = better_away ? code_state_make(frame->f_code) : code_state(frame->f_code);
    bool watching =
        state != NULL && (state->has_loop || better_away) && interpret_can_take(tstate) && watch(tstate, frame);
    if (watching && better_away) {
        away_begin(tstate, frame);
    }
    *result = _PyEval_EvalFrameDefault(tstate, frame, throwflag);
    if (watching && better_away) {
        away_end(frame);
    }
    if (watching) {
        unwatch(frame);
    }
    if (*result != NULL || taken.frame == NULL || taken.entry != frame) {
        return NULL;
    }
    frame = taken.frame;
    *place = put_right();
    return frame;
}
