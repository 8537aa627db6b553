/* Compiled code entered by C without the frame evaluator: calls of functions (vectorcall.c), steps of generators
 * (generator_slots.c). */
#ifndef PYJIT_FROM_C_H
#define PYJIT_FROM_C_H

#include "pyjit/codemem.h"
#include "pyjit/engine.h"
#include "pyjit/exits.h"
#include "pyjit/state.h"
#include "pyjit/stats.h"

/* May compiled code be entered here? The frame that runs must be one that can wait for it. */
static inline bool
from_c_allowed(const PyThreadState *tstate)
{
    const _PyInterpreterFrame *caller = tstate->cframe->current_frame;
    return tstate->cframe->use_tracing == 0 && caller != NULL && caller->stacktop < 0 &&
           tstate->recursion_remaining > 0 && tstate->interp->eval_frame == engine_eval_frame && !pyjit_state.code_full;
}

/* Runs a frame, which is not linked yet, as the callee of the frame that runs. That one waits with `return_to_c` for
 * where to go on, compiled code ending or suspending its callees itself. What the frame returns or yields; NULL with an
 * exception set. */
static inline PyObject *
from_c_run(PyThreadState *tstate, _PyInterpreterFrame *frame, uint8_t *target)
{
    _PyInterpreterFrame *caller = tstate->cframe->current_frame;
    int caller_waits_at = caller->stacktop; /* negative, and no concern of ours */
    STAT(entries);
    tstate->cframe->current_frame = frame;
    tstate->recursion_remaining--;
    caller->stacktop = (int)(codemem_base() - pyjit_state.return_to_c);
    frame->previous = caller;
    frame->is_entry = false;
    frame->stacktop = -1;
    PyObject *result = trampoline_enter(frame, tstate, target);
    caller->stacktop = caller_waits_at;
    return result;
}

#endif
