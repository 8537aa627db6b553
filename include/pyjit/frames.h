/* Interpreter frames: pushing, argument binding, clearing, popping; exceptions' way through them. */
#ifndef PYJIT_FRAMES_H
#define PYJIT_FRAMES_H

#include "cpython/interface.h"

/* Pushes a frame for a call of `func` on the thread's data stack and binds the arguments exactly as
 * CPython does (defaults, keywords, *args, **kwargs, the same TypeErrors). `args` holds positional
 * values, then the values for `kwnames` (a tuple or NULL). Steals func, locals (may be NULL) and
 * every reference in args, also on failure. The frame is not linked (previous is not set).
 * Returns NULL with an exception set on failure. */
_PyInterpreterFrame *frame_push_call(PyThreadState *tstate, PyFunctionObject *func, PyObject *locals,
                                     PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames);

/* Takes `size` words (frame specials + locals + stack) from the thread's data stack.
 * Returns NULL with MemoryError set. */
_PyInterpreterFrame *frame_allocate(PyThreadState *tstate, size_t size);

/* Gives the memory of the topmost frame back to the data stack; its references have gone elsewhere
 * (into a generator's frame, say). */
void frame_pop(PyThreadState *tstate, _PyInterpreterFrame *frame);

/* Frees the memory that is kept for data stacks to grow. */
void frames_free_spare(void);

/* Releases what a finished frame holds (stacktop says how many slots), or hands it to the frame object
 * if someone else has that. Its memory stays. May run Python code. */
void frame_clear(PyThreadState *tstate, _PyInterpreterFrame *frame);

/* Clears a finished frame (stacktop says how many slots hold references; frame objects take the
 * frame over, as in CPython) and gives its memory back to the data stack. The frame must already be
 * unlinked (cframe->current_frame is its caller). Keeps the pending exception and may run Python code. */
void frame_clear_and_pop(PyThreadState *tstate, _PyInterpreterFrame *frame);

/* Adds the frame to the traceback of the pending exception, as the interpreter does on an error
 * at prev_instr, which is on this line (0: not known); does nothing for an incomplete frame. */
void unwind_add_traceback(PyThreadState *tstate, _PyInterpreterFrame *frame, int line);

typedef struct {
    int target;      /* handler's offset in code units */
    int depth;       /* operand-stack entries to keep */
    bool push_lasti; /* push the raising instruction's offset before the exception */
} Handler;

/* Looks the offset (code units) up in the exception table; false if nothing handles it. */
bool unwind_find_handler(PyCodeObject *code, int offset, Handler *handler);

/* Fetches and normalizes the pending exception as the interpreter does before a handler:
 * returns a new reference to the exception with its traceback set. */
PyObject *unwind_take_exception(PyThreadState *tstate);

/* Trace events of a frame that is unwound while a trace or profile function is on (observation.c):
 * "exception" for the pending exception, and "return" when the exception ends the frame. */
void unwind_trace_exception(PyThreadState *tstate, _PyInterpreterFrame *frame);
void unwind_trace_return(PyThreadState *tstate, _PyInterpreterFrame *frame);

/* What the interpreter does when the eval breaker is set: signals, pending calls, a GIL drop
 * request, an asynchronous exception. Returns 0, or -1 with an exception set. */
int safepoint_handle(PyThreadState *tstate);

/* Sets the eval breaker anew from the requests that stand. */
void safepoint_recompute(PyInterpreterState *interp);

#endif
