/* Calls: into Python functions without the C stack, into anything else by the vectorcall protocol. */
#include "template.h"

#include "pyjit/calls.h"

/* Calls what the stack below `top` says. A Python function's frame is entered by a jump; r0 holds
 * the result where this goes on. */
RAW_CALLING_OPERATION(call, SLOT(top), IMM(oparg), PTR(kwnames), PTR(at), IMM(continuation)) {
    frame->prev_instr = at;
    CallOutcome outcome = call_any(tstate, frame, SLOT_ADDRESS(top), (int)oparg, kwnames);
    if (outcome.target != NULL) {
        frame->stacktop = (int)continuation;
        frame = outcome.frame_or_result;
        TAIL_TO(outcome.target);
    }
    r0 = (int64_t)outcome.frame_or_result;
    CONTINUE();
}

/* The result of a call arrives in r0, NULL for an exception. */
CALLING_OPERATION(call_result, SLOT(to), EXIT(error)) {
    if (unlikely(r0 == 0)) LEAVE(error);
    to = (PyObject *)r0;
}
