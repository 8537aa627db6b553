/* Generators and coroutines: resumed by a jump, suspended by a jump back. r0 and r1 bring what came of
 * it: a value and 0 when it was yielded, 1 when it was returned; NULL for an exception. */
#include "template.h"

#include "pyjit/calls.h"
#include "pyjit/resume.h"

extern Resumption generator_next(PyObject *);
extern Resumption generator_send(PyThreadState *, PyObject *, PyObject *);
extern uint8_t *generator_find_target(const PyThreadState *, PyGenObject *);

#define RESUMABLE(generator, code)                                                                 \
    ((void *)(generator)->gi_code == (code) && (generator)->gi_frame_state < FRAME_EXECUTING &&    \
     tstate->recursion_remaining > 0)

/* Where a suspended frame goes on, as a distance from the code memory's base; small: not compiled. */
static inline __attribute__((always_inline)) uint32_t
resume_distance(const Frame *frame, const void *code, const void *resume)
{
    const _Py_CODEUNIT *next = frame->prev_instr + 1;
    return *(const uint32_t *)((const char *)resume +
                               ((const char *)next - (const char *)_PyCode_CODE((PyCodeObject *)code)) *
                                   (intptr_t)(sizeof(uint32_t) / sizeof(_Py_CODEUNIT)));
}

/* Declares `target`, where compiled code of a generator goes on that is likely to be of this code; NULL if it does not. */
#define FIND_TARGET(generator, code, resume, base)                                                 \
    char *target = NULL;                                                                           \
    if (likely(RESUMABLE(generator, code))) {                                                      \
        uint32_t distance_ = resume_distance((Frame *)generator->gi_iframe, code, resume);         \
        if (likely(distance_ > RESUME_MOST_COUNTED)) target = (char *)base + distance_;            \
    }                                                                                              \
    if (unlikely(target == NULL)) target = (char *)generator_find_target(tstate, generator)

/* Links a generator's frame, which then runs, above the frame that waits for it. */
static inline __attribute__((always_inline)) Frame *
wake(Frame *frame, PyThreadState *tstate, PyGenObject *generator, PyObject *value, void *at)
{
    Frame *woken = (Frame *)generator->gi_iframe;
    woken->localsplus[woken->stacktop] = value;
    woken->stacktop = -1;
    woken->is_entry = false;
    woken->previous = frame;
    generator->gi_exc_state.previous_item = tstate->exc_info;
    tstate->exc_info = &generator->gi_exc_state;
    generator->gi_frame_state = FRAME_EXECUTING;
    tstate->recursion_remaining--;
    tstate->cframe->current_frame = woken;
    frame->prev_instr = at;
    return woken;
}

/* The next item of a generator. */
RAW_CALLING_OPERATION(resume_next, SLOT(iterator), PTR(code), PTR(resume), PTR(at),
                      IMM(continuation), PTR(base)) {
    PyGenObject *generator = (PyGenObject *)iterator;
    FIND_TARGET(generator, code, resume, base);
    if (likely(target != NULL)) {
        PyObject *none = ADDRESS(_Py_NoneStruct);
        Py_INCREF(none);
        STORE32(frame->stacktop, continuation);
        frame = wake(frame, tstate, generator, none, at);
        TAIL_TO(target);
    }
    frame->prev_instr = at;
    Resumption resumption = generator_next((PyObject *)generator);
    r0 = (int64_t)resumption.value;
    r1 = resumption.returned;
    CONTINUE_RARELY();
}

extern void generator_report_stop(PyObject *);

/* Takes what resume_next has brought. The end of the iterator releases it; while tracing, what it returns is an event. */
RAW_CALLING_OPERATION(take_next, SLOT(iterator), SLOT(item), EXIT(end), EXIT(traced), EXIT(error)) {
    if (unlikely(r0 == 0)) LEAVE(error);
    if (unlikely(r1 != 0)) {
        if (unlikely(tstate->cframe->use_tracing)) {
            generator_report_stop((PyObject *)r0);
            Py_DECREF(iterator);
            LEAVE(traced);
        }
        Py_DECREF((PyObject *)r0);
        Py_DECREF(iterator);
        LEAVE(end);
    }
    item = (PyObject *)r0;
    CONTINUE();
}

extern void generator_raise_stop(PyObject *);

/* What resume_next or resume_send has brought becomes the result of next() or send(), in r0: what is returned is raised. */
CALLING_OPERATION(take_only) {
    if (unlikely(r1 != 0) && r0 != 0) {
        generator_raise_stop((PyObject *)r0);
        r0 = 0;
    }
}

/* Has the generator or coroutine not begun yet? */
OPERATION(guard_unstarted, SLOT(x), EXIT(miss)) {
    if (unlikely(((PyGenObject *)x)->gi_frame_state != FRAME_CREATED)) LEAVE(miss);
}

/* Sends a value, whose reference is taken, to a generator or coroutine. */
RAW_CALLING_OPERATION(resume_send, SLOT(receiver), SLOT(value), PTR(code), PTR(resume), PTR(at),
                      IMM(continuation), PTR(base)) {
    PyGenObject *generator = (PyGenObject *)receiver;
    PyObject *sent = value;
    if (likely(generator->gi_frame_state == FRAME_SUSPENDED || (void *)sent == ADDRESS(_Py_NoneStruct))) {
        FIND_TARGET(generator, code, resume, base);
        if (likely(target != NULL)) {
            STORE32(frame->stacktop, continuation);
            frame = wake(frame, tstate, generator, sent, at);
            TAIL_TO(target);
        }
    }
    frame->prev_instr = at;
    Resumption resumption = generator_send(tstate, (PyObject *)generator, sent);
    r0 = (int64_t)resumption.value;
    r1 = resumption.returned;
    CONTINUE_RARELY();
}

/* Takes what resume_send has brought: a yielded value goes where the sent one was, a returned one
 * where the receiver was. */
RAW_CALLING_OPERATION(take_sent, SLOT(receiver), SLOT(value), EXIT(returned), EXIT(traced),
                      EXIT(error)) {
    if (unlikely(r0 == 0)) LEAVE(error);
    if (r1 != 0) {
        PyObject *finished = receiver;
        receiver = (PyObject *)r0;
        Py_DECREF(finished);
        if (unlikely(tstate->cframe->use_tracing)) LEAVE(traced);
        LEAVE(returned);
    }
    value = (PyObject *)r0;
    CONTINUE();
}

/* Suspends the generator whose frame this is. */
RAW_CALLING_OPERATION(yield_value, SLOT(value), IMM(top), PTR(at), PTR(base)) {
    PyObject *object = value;
    frame->prev_instr = at;
    STORE32(frame->stacktop, top);
    PyGenObject *generator = (PyGenObject *)((char *)frame - offsetof(PyGenObject, gi_iframe));
    generator->gi_frame_state = FRAME_SUSPENDED;
    if (unlikely(frame->is_entry)) return object;
    Frame *waiting = frame->previous;
    frame->previous = NULL;
    tstate->exc_info = generator->gi_exc_state.previous_item;
    generator->gi_exc_state.previous_item = NULL;
    tstate->recursion_remaining++;
    tstate->cframe->current_frame = waiting;
    frame = waiting;
    r0 = (int64_t)object;
    r1 = 0;
    TAIL_TO((char *)base - frame->stacktop);
}
