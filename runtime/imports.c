/* Modules that are being imported.
 *
 * CPython 3.11 with a frame evaluator takes the long way round to call a Python function from interpreted code: by a C call
 * and another run of the interpreter. Where much is run once, as in imports, that costs more than any counting
 * brings. So while a module is being imported pyjit's evaluator is away, and everything runs as if pyjit was off, but for
 * ticks (sampler.h). If they show that something computes there, the evaluator comes back at once.
 *
 * Other threads may be in compiled code, which wants to see the evaluator, so there must not be any. */
#include "pyjit/imports.h"

#include "pyjit/decode.h"
#include "pyjit/engine.h"
#include "pyjit/names.h"
#include "pyjit/state.h"
#include "pyjit/stats.h"

#define TICKS_HOT 8      /* in one code object */
#define TICKS_HOT_LOOP 2 /* in a loop of the module itself */

static const _PyInterpreterFrame *importing; /* the module's frame while the evaluator is away, else NULL */

/* Is this the frame of a module that is being imported? */
bool
imports_is_one(const _PyInterpreterFrame *frame)
{
    const PyCodeObject *code = frame->f_code;
    if ((code->co_flags & CO_OPTIMIZED) != 0 || frame->f_locals != frame->f_globals ||
        !_PyUnicode_EqualToASCIIString(code->co_name, "<module>") || !PyDict_CheckExact(frame->f_globals)) {
        return false;
    }
    PyObject *spec = PyDict_GetItemWithError(frame->f_globals, pyjit_names.dunder_spec);
    return spec != NULL && _PyModuleSpec_IsInitializing(spec);
}

/* Takes the evaluator away for the import of a module. */
bool
imports_begin(PyThreadState *tstate, const _PyInterpreterFrame *frame)
{
    if (importing != NULL || tstate->next != NULL || tstate->prev != NULL || tstate->cframe->use_tracing ||
        tstate->interp->eval_frame != engine_eval_frame) {
        return false;
    }
    importing = frame;
    STAT(imports);
    _PyInterpreterState_SetEvalFrameFunc(tstate->interp, _PyEval_EvalFrameDefault);
    return true;
}

/* Puts it back, unless things have changed meanwhile. */
static void
restore(void)
{
    PyInterpreterState *interp = PyInterpreterState_Get();
    importing = NULL;
    if (pyjit_state.installed && !pyjit_state.suspended &&
        _PyInterpreterState_GetEvalFrameFunc(interp) == _PyEval_EvalFrameDefault) {
        _PyInterpreterState_SetEvalFrameFunc(interp, engine_eval_frame);
    }
}

/* The module has been run. */
void
imports_end(const _PyInterpreterFrame *frame)
{
    if (importing == frame) {
        restore();
    }
}

/* Is the evaluator away? */
bool
imports_running(void)
{
    return importing != NULL;
}

/* Is this code of the machinery of importing, whose time is that of system calls and of unmarshalling? */
static bool
is_machinery(const PyCodeObject *code)
{
    return _PyUnicode_EqualToASCIIString(code->co_filename, "<frozen importlib._bootstrap>") ||
           _PyUnicode_EqualToASCIIString(code->co_filename, "<frozen importlib._bootstrap_external>");
}

/* Does what a tick has found make the import one that computes? */
bool
imports_tick(const _PyInterpreterFrame *frame)
{
    CodeState *state = is_machinery(frame->f_code) ? NULL : code_state_make(frame->f_code);
    if (state == NULL) {
        return false;
    }
    bool in_loop = frame == importing && state->has_loop && decode_is_check(frame->prev_instr);
    state->import_ticks++;
    if (state->import_ticks < (in_loop ? TICKS_HOT_LOOP : TICKS_HOT)) {
        return false;
    }
    state->import_ticks = 0;
    restore();
    return true;
}
