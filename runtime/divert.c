/* Frames in the midst of CPython's interpreter whose rest is run by compiled code.
 *
 * CPython 3.11 has no way out of a frame that it is executing, but it has a way in: a trace function is called before an
 * instruction, with everything that belongs to the frame in the frame, and where the interpreter goes on is then read from
 * the frame again, as debuggers may move it. So a trace function is set for one instruction. It runs all that is left of the
 * frame, and leaves the interpreter one instruction to execute, by which it ends the frame itself: a RETURN_VALUE or
 * YIELD_VALUE with the value on the stack, or the raising of an exception that nothing handles. Whoever has entered the
 * interpreter, and whatever frames wait in it, notices nothing.
 *
 * Neither does the program: the trace function is not one of Python's, and goes before any other code can run. */
#include "pyjit/divert.h"

#include "pyjit/cframe.h"
#include "pyjit/code.h"
#include "pyjit/frames.h"
#include "pyjit/resume.h"
#include "pyjit/state.h"
#include "pyjit/stats.h"

#include <string.h>

#define DIVERTED_MOST 256
#define NESTED_MOST 8 /* of one frame that goes back to the interpreter again and again */

/* What waits for its next instruction. */
static struct {
    PyFrameObject *object; /* the frame's, owned; NULL: nothing waits */
    bool known;            /* it was there before: it may have been asked for the locals, which it remembers */
    bool lines;            /* the code's table of lines was there before */
} waiting;

static PyObject *leftover; /* a frame object that CPython still uses for a moment */

/* The frames whose rest is being run. Searched, not popped: extensions that switch stacks leave them out of order. */
static struct {
    const _PyInterpreterFrame *frames[DIVERTED_MOST];
    int count;
    unsigned long thread;
} diverted;

/* Executed in the place of the frame's own instructions: where they lie, no exception table has handlers. */
static _Py_CODEUNIT raising[] = {_Py_MAKECODEUNIT(RERAISE, 1)};

/* ---- the rest of a frame ----------------------------------------------------------------------- */

/* How many of them are this one? */
static int
count(const _PyInterpreterFrame *frame)
{
    int found = 0;
    for (int i = 0; i < diverted.count; i++) {
        found += diverted.frames[i] == frame;
    }
    return found;
}

static void
forget(const _PyInterpreterFrame *frame)
{
    int at = diverted.count - 1;
    while (at >= 0 && diverted.frames[at] != frame) {
        at--;
    }
    if (at >= 0) {
        memmove(&diverted.frames[at], &diverted.frames[at + 1],
                (size_t)(diverted.count - at - 1) * sizeof diverted.frames[0]);
        diverted.count--;
    }
}

/* Runs it as a call from C that does not count as a level of its own. */
static PyObject *
run_rest(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    Place place = {_PyInterpreterFrame_LASTI(frame), frame->stacktop - frame->f_code->co_nlocalsplus};
    bool is_entry = frame->is_entry;
    _PyCFrame cframe;
    STAT(frames_taken);
    diverted.frames[diverted.count++] = frame;
    frame->is_entry = true;
    cframe_begin(&cframe, tstate->cframe, frame);
    tstate->cframe = &cframe;
    Registers regs = {.frame = frame, .tstate = tstate};
    uint8_t *target = resume_taken(&regs, code_state(frame->f_code), place);
    PyObject *result = exits_run(&regs, target);
    tstate->cframe = cframe_end(&cframe);
    tstate->cframe->use_tracing = 0; /* what it is to be is found out on leaving the trace function */
    frame->is_entry = is_entry;
    forget(frame);
    return result;
}

/* A RETURN_VALUE of the code, if possible that by which the frame has returned. */
static _Py_CODEUNIT *
find_return(const _PyInterpreterFrame *frame)
{
    _Py_CODEUNIT *units = _PyCode_CODE(frame->f_code), *at = frame->prev_instr;
    if (_Py_OPCODE(*at) != RETURN_VALUE) {
        for (at = units; _PyOpcode_Deopt[_Py_OPCODE(*at)] != RETURN_VALUE;) {
            at += 1 + _PyOpcode_Caches[_PyOpcode_Deopt[_Py_OPCODE(*at)]];
        }
    }
    return at;
}

static void
push(_PyInterpreterFrame *frame, PyObject *object)
{
    frame->localsplus[frame->stacktop++] = object;
}

/* Has the interpreter end the frame with what has come of it. */
static void
leave_to_interpreter(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject *result)
{
    if (result == NULL) {
        PyObject *exception = unwind_take_exception(tstate), *at = PyLong_FromLong(_PyInterpreterFrame_LASTI(frame));
        PyErr_Clear();
        frame->stacktop = frame->f_code->co_nlocalsplus;
        push(frame, at != NULL ? at : Py_NewRef(pyjit_state.small_ints));
        push(frame, exception);
        frame->prev_instr = raising;
        return;
    }
    PyGenObject *generator = (PyGenObject *)((char *)frame - offsetof(PyGenObject, gi_iframe));
    if (frame->owner == FRAME_OWNED_BY_GENERATOR && generator->gi_frame_state == FRAME_SUSPENDED) {
        generator->gi_frame_state = FRAME_EXECUTING; /* prev_instr is where it yields */
    } else {
        frame->prev_instr = find_return(frame);
    }
    push(frame, result);
}

/* ---- tracing that has been turned on meanwhile --------------------------------------------------- */

/* The program's trace and profile functions, while one event is kept from them. */
static struct {
    Py_tracefunc trace, profile;
} kept;

/* In the place of the program's trace function: the frame's end has been reported before, where it was. */
static int
keep_from_trace(PyObject *self, PyFrameObject *object, int what, PyObject *argument)
{
    _PyThreadState_GET()->c_tracefunc = kept.trace;
    return what == PyTrace_RETURN ? 0 : kept.trace(self, object, what, argument);
}

/* The same in the place of its profile function. */
static int
keep_from_profile(PyObject *self, PyFrameObject *object, int what, PyObject *argument)
{
    _PyThreadState_GET()->c_profilefunc = kept.profile;
    return what == PyTrace_RETURN ? 0 : kept.profile(self, object, what, argument);
}

/* Has the interpreter end the frame without reporting it. No other event comes before. */
static void
end_untraced(PyThreadState *tstate)
{
    if (tstate->c_tracefunc != NULL) {
        kept.trace = tstate->c_tracefunc;
        tstate->c_tracefunc = keep_from_trace;
    }
    if (tstate->c_profilefunc != NULL) {
        kept.profile = tstate->c_profilefunc;
        tstate->c_profilefunc = keep_from_profile;
    }
}

/* ---- the next instruction ---------------------------------------------------------------------- */

static int next_instruction(PyObject *self, PyFrameObject *object, int what, PyObject *argument);

/* A pending call: the frame object is not used any more. */
static int
drop_leftover(void *Py_UNUSED(argument))
{
    Py_CLEAR(leftover);
    return 0;
}

/* Nothing waits any more. The frame is not to have a frame object because of this: compiled code would think that someone
 * looks at its locals. Returns the object if it is nobody's now, else NULL. */
static PyObject *
stop_waiting(PyThreadState *tstate)
{
    PyFrameObject *object = waiting.object;
    _PyInterpreterFrame *frame = object->f_frame;
    waiting.object = NULL;
    if (tstate->c_tracefunc == next_instruction) {
        tstate->c_tracefunc = NULL;
    }
    object->f_trace_opcodes = 0;
    object->f_trace_lines = 1;
    object->f_lineno = 0; /* by which it is to tell its line in the trace function */
    if (!waiting.lines) {
        PyMem_Free(frame->f_code->_co_linearray);
        frame->f_code->_co_linearray = NULL;
    }
    if (waiting.known || frame->frame_obj != object || Py_REFCNT(object) > 2) {
        Py_DECREF(object);
        return NULL;
    }
    frame->frame_obj = NULL;
    object->f_frame = (_PyInterpreterFrame *)object->_f_frame_data;
    object->f_frame->owner = FRAME_OWNED_BY_THREAD;
    Py_DECREF(object); /* the frame's */
    return (PyObject *)object;
}

/* Is the frame before an instruction where everything about it is in it? Between KW_NAMES and CALL the names are not. */
static bool
is_complete(const _PyInterpreterFrame *frame)
{
    return frame->owner != FRAME_OWNED_BY_FRAME_OBJECT && _PyOpcode_Deopt[_Py_OPCODE(*frame->prev_instr)] != CALL;
}

/* The trace function. */
static int
next_instruction(PyObject *Py_UNUSED(self), PyFrameObject *object, int what, PyObject *Py_UNUSED(argument))
{
    PyThreadState *tstate = _PyThreadState_GET();
    _PyInterpreterFrame *frame = object->f_frame;
    bool is_it = what == PyTrace_OPCODE && object == waiting.object && tstate->c_profilefunc == NULL && is_complete(frame);
    PyObject *unused = stop_waiting(tstate);
    if (is_it) {
        tstate->tracing--; /* it is not the program that is traced */
        tstate->tracing_what = 0;
        PyObject *result = run_rest(tstate, frame);
        tstate->tracing++;
        leave_to_interpreter(tstate, frame, result);
        end_untraced(tstate);
    }
    if (unused != NULL) {
        Py_XSETREF(leftover, unused);
        Py_AddPendingCall(drop_leftover, NULL);
    }
    return 0;
}

/* Might a trace function be called, or one be set? */
static bool
is_traced(const PyThreadState *tstate)
{
    return tstate->tracing != 0 || tstate->c_tracefunc != NULL || tstate->c_profilefunc != NULL;
}

/* What waited waits in vain: someone has set a trace function. */
static void
stop_waiting_in_vain(PyThreadState *tstate)
{
    if (tstate->thread_id != diverted.thread) { /* the first time, and after a fork from another thread */
        diverted.thread = tstate->thread_id;
        diverted.count = 0;
        waiting.object = NULL;
    } else if (waiting.object != NULL && tstate->c_tracefunc != next_instruction) {
        Py_XDECREF(stop_waiting(tstate));
    }
}

/* Can it be done, and is it not once too often? Each time takes some of the C stack until the frame is done. */
bool
divert_suits(PyThreadState *tstate, const _PyInterpreterFrame *frame)
{
    Handler handler;
    PyCodeObject *code = frame->f_code;
    stop_waiting_in_vain(tstate);
    return waiting.object == NULL && !is_traced(tstate) && diverted.count < DIVERTED_MOST && count(frame) < NESTED_MOST &&
           code->co_stacksize >= 2 && !_PyFrame_IsIncomplete((_PyInterpreterFrame *)frame) &&
           !unwind_find_handler(code, (int)(raising - _PyCode_CODE(code)), &handler);
}

/* Has the next instruction noticed. */
void
divert(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    bool known = frame->frame_obj != NULL;
    PyFrameObject *object = PyThreadState_GetFrame(tstate); /* may collect garbage, and run finalizers */
    if (object == NULL || object->f_frame != frame || is_traced(tstate) || waiting.object != NULL ||
        object->f_trace != NULL || object->f_trace_opcodes || !object->f_trace_lines) { /* the program has plans for it */
        Py_XDECREF(object);
        return;
    }
    waiting.object = object;
    waiting.known = known;
    waiting.lines = frame->f_code->_co_linearray != NULL;
    object->f_trace_opcodes = 1;
    object->f_trace_lines = 0;
    tstate->c_tracefunc = next_instruction;
    tstate->cframe->use_tracing = 255;
}

/* Is this thread's trace function there for a frame that waits, and not the program's? */
bool
divert_waits(const PyThreadState *tstate)
{
    return tstate->c_tracefunc == next_instruction;
}
