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
    _PyInterpreterFrame *frame; /* NULL: nothing does */
    PyFrameObject *object;      /* its frame object, owned by it */
    bool lines;                 /* the code's table of lines was there before */
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

/* ---- the next instruction ---------------------------------------------------------------------- */

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
    _PyInterpreterFrame *frame = waiting.frame;
    PyFrameObject *object = waiting.object;
    waiting.frame = NULL;
    tstate->c_tracefunc = NULL;
    object->f_trace_opcodes = 0;
    object->f_trace_lines = 1;
    if (!waiting.lines) {
        PyMem_Free(frame->f_code->_co_linearray);
        frame->f_code->_co_linearray = NULL;
    }
    object->f_lineno = 0; /* by which it is to tell its line in the trace function */
    if (Py_REFCNT(object) > 1) {
        return NULL;
    }
    frame->frame_obj = NULL;
    object->f_frame = (_PyInterpreterFrame *)object->_f_frame_data;
    object->f_frame->owner = FRAME_OWNED_BY_THREAD;
    return (PyObject *)object;
}

/* The trace function. */
static int
next_instruction(PyObject *Py_UNUSED(self), PyFrameObject *object, int what, PyObject *Py_UNUSED(argument))
{
    PyThreadState *tstate = _PyThreadState_GET();
    bool is_it = what == PyTrace_OPCODE && object == waiting.object;
    _PyInterpreterFrame *frame = waiting.frame;
    PyObject *unused = stop_waiting(tstate);
    if (is_it) {
        tstate->tracing--; /* it is not the program that is traced */
        PyObject *result = run_rest(tstate, frame);
        tstate->tracing++;
        leave_to_interpreter(tstate, frame, result);
    }
    if (unused != NULL) {
        Py_XSETREF(leftover, unused);
        Py_AddPendingCall(drop_leftover, NULL);
    }
    return 0;
}

/* Can it be done, and is it not once too often? Each time takes some of the C stack until the frame is done. */
bool
divert_suits(const PyThreadState *tstate, const _PyInterpreterFrame *frame)
{
    Handler handler;
    PyCodeObject *code = frame->f_code;
    if (tstate->thread_id != diverted.thread) { /* the first time, and after a fork from another thread */
        diverted.thread = tstate->thread_id;
        diverted.count = 0;
        waiting.frame = NULL;
    }
    return waiting.frame == NULL && diverted.count < DIVERTED_MOST && count(frame) < NESTED_MOST &&
           code->co_stacksize >= 2 && !_PyFrame_IsIncomplete((_PyInterpreterFrame *)frame) &&
           !unwind_find_handler(code, (int)(raising - _PyCode_CODE(code)), &handler);
}

/* Has the next instruction noticed. */
bool
divert(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    PyFrameObject *object = PyThreadState_GetFrame(tstate);
    if (object == NULL) {
        return false;
    }
    Py_DECREF(object); /* the frame has it */
    if (object->f_trace != NULL || object->f_trace_opcodes || !object->f_trace_lines) {
        return false; /* the program has plans for it */
    }
    waiting.frame = frame;
    waiting.object = object;
    waiting.lines = frame->f_code->_co_linearray != NULL;
    object->f_trace_opcodes = 1;
    object->f_trace_lines = 0;
    tstate->c_tracefunc = next_instruction;
    tstate->cframe->use_tracing = 255;
    return true;
}
