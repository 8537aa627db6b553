/* Returning from compiled functions. */
#include "template.h"

/* ---- the result ------------------------------------------------------------------------------- */

CALLING_OPERATION(load_return, SLOT(x)) {
    r0 = (int64_t)x;
}

CALLING_OPERATION(load_return_incref, SLOT(x)) {
    PyObject *object = x;
    Py_INCREF(object);
    r0 = (int64_t)object;
}

CALLING_OPERATION(load_return_constant, PTR(object)) {
    Py_INCREF((PyObject *)object);
    r0 = (int64_t)object;
}

/* ---- the frame's end: unlinked, emptied slot by slot, popped ------------------------------------- */

/* Does this frame go the long way? One that C waits for does, or one that somebody has seen. */
static inline __attribute__((always_inline)) bool
is_special(const Frame *frame)
{
    return unlikely(((intptr_t)frame->frame_obj | (intptr_t)frame->f_locals | frame->is_entry) != 0);
}

/* Unlinks the frame. r0 holds the result. Whoever holds its frame object sees where it ended. */
RAW_CALLING_OPERATION(return_begin, IMM(locals), PTR(at), PTR(return_frame)) {
    if (is_special(frame)) {
        frame->prev_instr = at;
        frame->stacktop = (int)locals;
        TAIL_TO(return_frame);
    }
    tstate->cframe->current_frame = frame->previous;
    CONTINUE();
}

/* The same when the result is a local, which then has lost its reference. */
RAW_CALLING_OPERATION(return_begin_local, SLOT(x), IMM(locals), PTR(at), PTR(return_frame)) {
    r0 = (int64_t)x;
    if (is_special(frame)) {
        Py_INCREF((PyObject *)r0);
        frame->prev_instr = at;
        frame->stacktop = (int)locals;
        TAIL_TO(return_frame);
    }
    tstate->cframe->current_frame = frame->previous;
    CONTINUE();
}

/* The end of a local, which may run Python code: the frame is not visible any more. */
CALLING_OPERATION(end_local, SLOT(x)) {
    PyObject *object = x;
    if (drop_reference(object)) FREE_ASIDE(void, free_object, object);
}

/* The same where it may be unbound. */
CALLING_OPERATION(end_local_unsure, SLOT(x)) {
    PyObject *object = x;
    if (object != NULL && drop_reference(object)) FREE_ASIDE(void, free_object, object);
}

/* Many of them. */
CALLING_OPERATION(end_locals, SLOT(first), SLOT(end)) {
    for (PyObject **slot = SLOT_ADDRESS(first); slot != SLOT_ADDRESS(end); slot++) {
        PyObject *object = *slot;
        if (object != NULL && drop_reference(object)) FREE_ASIDE(void, free_object, object);
    }
}

/* Gives the frame's memory back and continues the caller. This code may be freed with the code
 * object, whose last reference therefore goes in permanent code. */
RAW_CALLING_OPERATION(return_end, PTR(base), PTR(return_last)) {
    PyObject *function = (PyObject *)frame->f_func;
    if (unlikely(drop_reference(function))) FREE_ASIDE(void, free_object, function);
    PyObject *code = (PyObject *)frame->f_code;
    if (unlikely((PyObject **)frame == tstate->datastack_chunk->data)) TAIL_TO(return_last);
    if (unlikely(drop_reference(code))) {
        __asm__ volatile("" ::: "memory"); /* the count is read again, not kept */
        take_reference(code);
        TAIL_TO(return_last);
    }
    tstate->datastack_top = (PyObject **)frame;
    tstate->recursion_remaining++;
    frame = frame->previous;
    TAIL_TO((char *)base - frame->stacktop);
}

extern void frame_finish(PyThreadState *, Frame *);
extern void frame_pop(PyThreadState *, Frame *);

/* Permanent code: the rest of return_end. */
RAW_CALLING_OPERATION(return_last, PTR(base)) {
    Frame *caller = frame->previous;
    PyObject *code = (PyObject *)frame->f_code;
    if (drop_reference(code)) _Py_Dealloc(code);
    frame_pop(tstate, frame);
    tstate->recursion_remaining++;
    frame = caller;
    TAIL_TO((char *)base - frame->stacktop);
}

/* Permanent code: ends the frame and continues its caller, or returns to C. */
RAW_CALLING_OPERATION(return_frame, PTR(base)) {
    if (frame->is_entry) return (PyObject *)r0;
    Frame *caller = frame->previous;
    frame_finish(tstate, frame);
    r1 = 1; /* a generator has returned, not yielded */
    frame = caller;
    TAIL_TO((char *)base - caller->stacktop);
}

/* A generator's return: r0 holds the result. */
RAW_CALLING_OPERATION(return_value, IMM(locals), PTR(at), PTR(return_frame)) {
    frame->prev_instr = at;
    frame->stacktop = (int)locals;
    TAIL_TO(return_frame);
}

/* Permanent code: returns r0 to C. */
RAW_CALLING_OPERATION(return_to_c) {
    return (PyObject *)r0;
}

extern PyObject *generator_make(PyThreadState *, Frame *);

/* Returns the generator that the frame becomes. */
RAW_CALLING_OPERATION(return_generator, PTR(at), PTR(base), EXIT(leave)) {
    frame->prev_instr = at;
    Frame *caller = frame->previous;
    bool is_entry = frame->is_entry;
    PyObject *generator = generator_make(tstate, frame);
    if (unlikely(generator == NULL)) LEAVE(leave);
    if (is_entry) return generator;
    r0 = (int64_t)generator;
    frame = caller;
    TAIL_TO((char *)base - caller->stacktop);
}
