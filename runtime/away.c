/* Modules being imported, young processes, traced frames: where the frame evaluator is away. Owns its absence.
 *
 * CPython 3.11 with a frame evaluator takes the long way round to call a Python function from interpreted code: by a C call
 * and another run of the interpreter. Where much is run once, as in imports, that costs more than any counting
 * brings. So while a module is being imported pyjit's evaluator is away, and everything runs as if pyjit was off, but for
 * ticks (sampler.h). If they show that something computes there, the evaluator comes back at once. What runs before the
 * program does, so that many a process ends soon afterwards, does without ticks.
 *
 * Processes that have begun by a fork often end soon, and what they run is run in no other process. Until ticks show that
 * something computes in such a process, each frame that it gives to the interpreter is treated like a module.
 *
 * What is traced or profiled is the interpreter's anyway, until a tick finds that it is no longer.
 *
 * Other threads may be in compiled code, which wants to see the evaluator, so there must not be any. If the program starts
 * one, or those that C code has made keep running, the evaluator comes back as well. */
#include "pyjit/away.h"

#include "pyjit/attribute.h"
#include "pyjit/decode.h"
#include "pyjit/divert.h"
#include "pyjit/engine.h"
#include "pyjit/keys.h"
#include "pyjit/machinery.h"
#include "pyjit/names.h"
#include "pyjit/sampler.h"
#include "pyjit/settings.h"
#include "pyjit/state.h"
#include "pyjit/stats.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#define TICKS_HOT 8         /* in one code object */
#define TICKS_HOT_LOOP 2    /* in a loop of the first module, or in one code object of a young process */
#define TICKS_YOUNG 5       /* of a young process in all, not counting imports */
#define YOUNG_MOST 60000000 /* nanoseconds of the processor's time of which no tick has found out what for */
#define TICKS_ELSEWHERE 6   /* in other threads; they become rarer, up to two a second */

static const _PyInterpreterFrame *_Atomic away_for; /* the frame while the evaluator is away, else NULL */
static PyCFunction start_thread; /* CPython's _thread.start_new_thread */
static bool traced; /* what it is away for was being traced */
static int ticks_elsewhere;
static int young_ticks;
static _Atomic int64_t seen; /* the processor's time for the process when a tick last found it running, in nanoseconds */

/* ---- coming and going -------------------------------------------------------------------------- */

/* Does the spec of a module say that it is being initialized? That is looked up without running code. */
static bool
is_initializing(PyObject *spec)
{
    Plan plan = plan_load(spec, pyjit_names.initializing, true);
    bool is_own = plan.place == PLACE_VALUES || plan.place == PLACE_SPLIT || plan.place == PLACE_DICT;
    return is_own && plan.value == Py_True;
}

/* Is this the frame of a module that is being imported? */
static bool
is_import(const _PyInterpreterFrame *frame)
{
    const PyCodeObject *code = frame->f_code;
    if ((code->co_flags & CO_OPTIMIZED) != 0 || frame->f_locals != frame->f_globals ||
        !_PyUnicode_EqualToASCIIString(code->co_name, "<module>") || !keys_is_plain_dict(frame->f_globals)) {
        return false;
    }
    PyObject *spec = keys_dict_get(frame->f_globals, pyjit_names.dunder_spec);
    return spec != NULL && is_initializing(spec);
}

/* Is this the code by which modules are looked for and imported? */
bool
away_is_search(const PyCodeObject *code)
{
    return _PyUnicode_EqualToASCIIString(code->co_name, "_find_and_load") && machinery_is_import(code);
}

/* Is a trace or profile function set? */
static bool
is_traced(const PyThreadState *tstate)
{
    return (tstate->c_tracefunc != NULL && !divert_waits(tstate)) || tstate->c_profilefunc != NULL;
}

/* Is the evaluator to be away for a frame? A process that has threads is young no longer. */
bool
away_suits(const PyThreadState *tstate, const _PyInterpreterFrame *frame)
{
    bool alone = tstate->next == NULL && tstate->prev == NULL;
    pyjit_state.young &= alone;
    bool suits = pyjit_state.young || is_traced(tstate) || away_is_search(frame->f_code) || is_import(frame) ||
                 machinery_is_site(frame->f_code);
    return alone && suits && away_for == NULL &&
           tstate->interp->eval_frame == engine_eval_frame;
}

/* Takes the evaluator away for a frame. */
void
away_begin(PyThreadState *tstate, const _PyInterpreterFrame *frame)
{
    traced = is_traced(tstate);
    if (traced) {
        STAT(traced_frames);
    } else if (pyjit_state.young) {
        STAT(young_frames);
    } else {
        STAT(imports);
    }
    sampler_lock();
    away_for = frame;
    ticks_elsewhere = 0;
    _PyInterpreterState_SetEvalFrameFunc(tstate->interp, _PyEval_EvalFrameDefault);
    sampler_unlock();
}

/* Puts it back, unless things have changed meanwhile. The sampler's lock is held. */
static void
restore(void)
{
    PyInterpreterState *interp = PyInterpreterState_Main();
    away_for = NULL;
    if (pyjit_state.installed && !pyjit_state.suspended &&
        _PyInterpreterState_GetEvalFrameFunc(interp) == _PyEval_EvalFrameDefault) {
        _PyInterpreterState_SetEvalFrameFunc(interp, engine_eval_frame);
    }
}

/* The same with the lock to be had. */
static void
come_back(void)
{
    sampler_lock();
    restore();
    sampler_unlock();
}

/* The frame is done. */
void
away_end(const _PyInterpreterFrame *frame)
{
    if (away_for == frame) {
        come_back();
    }
}

/* Is the evaluator away? */
bool
away_now(void)
{
    return away_for != NULL;
}

/* Puts it back for good, but for imports and what is traced. */
void
away_over(void)
{
    pyjit_state.young = false;
    if (away_for != NULL) {
        come_back();
    }
}

/* ---- threads ----------------------------------------------------------------------------------- */

/* _thread.start_new_thread. */
static PyObject *
start_new_thread(PyObject *module, PyObject *args)
{
    away_over();
    return start_thread(module, args);
}

/* Has the functions of the module _thread by which threads are started call start_new_thread() above. Nobody can tell: the
 * objects stay the same. */
static void
see_to_threads(void)
{
    PyObject *modules = PyImport_GetModuleDict(), *module = PyDict_GetItemString(modules, "_thread");
    PyModuleDef *definition = module != NULL && PyModule_Check(module) ? PyModule_GetDef(module) : NULL;
    PyMethodDef *method = definition == NULL ? NULL : definition->m_methods;
    for (; method != NULL && method->ml_name != NULL; method++) {
        if ((strcmp(method->ml_name, "start_new_thread") == 0 || strcmp(method->ml_name, "start_new") == 0) &&
            method->ml_flags == METH_VARARGS) {
            if (start_thread == NULL) {
                start_thread = method->ml_meth;
            }
            if (method->ml_meth == start_thread) {
                method->ml_meth = start_new_thread;
            }
        }
    }
}

/* ---- young processes --------------------------------------------------------------------------- */

/* The processor's time for the process so far, in nanoseconds. */
static int64_t
used(void)
{
    struct timespec time;
    return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 ? time.tv_sec * INT64_C(1000000000) + time.tv_nsec : 0;
}

/* In a process that has just begun by a fork. Without ticks it would be young for ever; and who asks for a low threshold wants
 * executions to count from the first one on. */
static void
note_birth(void)
{
    const Settings *settings = settings_get();
    pyjit_state.young = pyjit_state.installed && settings->tick > 0 &&
                        settings->threshold >= SETTINGS_DEFAULT_THRESHOLD;
    young_ticks = 0;
    seen = used();
    if (away_for != NULL) {
        restore(); /* or there would be neither ticks nor calls of the evaluator, until the frame has ended */
    }
}

/* Has forks noticed, and threads. */
int
away_init(void)
{
    static bool done;
    if (!done) {
        see_to_threads();
    }
    done = done || pthread_atfork(NULL, NULL, note_birth) == 0;
    return done ? 0 : -1;
}

/* ---- ticks ------------------------------------------------------------------------------------- */

/* Does it run because a module is being imported? */
static bool
is_for_import(const _PyInterpreterFrame *frame)
{
    for (int i = 0; i < MACHINERY_CALLERS_MOST && frame != NULL; i++, frame = frame->previous) {
        if (is_import(frame)) {
            return true;
        }
    }
    return false;
}

/* Does what a tick has found show that something computes, or is no longer traced? */
bool
away_tick(const PyThreadState *tstate, const _PyInterpreterFrame *frame)
{
    if (is_traced(tstate)) {
        return false;
    }
    if (traced) {
        come_back();
        return true;
    }
    seen = used();
    CodeState *state = machinery_is_import(frame->f_code) ? NULL : code_state_make(frame->f_code);
    if (state == NULL) {
        return false;
    }
    const _Py_CODEUNIT *units = _PyCode_CODE(frame->f_code);
    bool in_loop = is_import(frame) && !is_for_import(frame->previous) && decode_is_check(frame->prev_instr) &&
                   decode_has_loop(units, (int)Py_SIZE(frame->f_code));
    bool young = pyjit_state.young && !is_for_import(frame);
    state->away_ticks++;
    young_ticks += young;
    if (state->away_ticks < (in_loop || young ? TICKS_HOT_LOOP : TICKS_HOT) && young_ticks < TICKS_YOUNG) {
        return false;
    }
    state->away_ticks = 0;
    away_over();
    return true;
}

/* The main thread does not run. A process that waits most of the time is hardly ever found running. */
void
away_tick_idle(bool another)
{
    bool grown_up = pyjit_state.young && used() - seen > YOUNG_MOST;
    ticks_elsewhere += another;
    if (grown_up) {
        pyjit_state.young = false;
    }
    if (away_for != NULL && (grown_up || ticks_elsewhere >= TICKS_ELSEWHERE)) {
        restore();
    }
}
