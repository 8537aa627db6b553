/* Generators and coroutines stepped by C: by map() and itertools, by asyncio's tasks, by sum() and the like when they are
 * not called from compiled code.
 *
 * While the JIT is on, the slots of their types that C steps them through are those of this file. They enter compiled
 * code at once where there is some to go on in; everything else is left to CPython's, whose slots they stand for.
 * Owns those. */
#include "pyjit/from_c.h"

#include "pyjit/calls.h"
#include "pyjit/resume.h"

static iternextfunc plain_next; /* NULL: never installed */
static sendfunc plain_send;

/* Where compiled code of the generator or coroutine goes on; NULL if it is not to run or there is none. */
uint8_t *
generator_find_target(const PyThreadState *tstate, PyGenObject *generator)
{
    if (generator->gi_frame_state >= FRAME_EXECUTING || !from_c_allowed(tstate)) {
        return NULL;
    }
    const _PyInterpreterFrame *frame = (const _PyInterpreterFrame *)generator->gi_iframe;
    const CodeState *state = code_state(generator->gi_code);
    return state == NULL || state->status != CODE_ACTIVE ? NULL : resume_known(state, _PyInterpreterFrame_LASTI(frame) + 1);
}

/* Runs the generator to its next yield, its return or an exception, `sent` being what its yield gives. */
static PySendResult
resume(PyThreadState *tstate, PyGenObject *generator, uint8_t *target, PyObject *sent, PyObject **result)
{
    _PyInterpreterFrame *frame = (_PyInterpreterFrame *)generator->gi_iframe;
    frame->localsplus[frame->stacktop] = Py_NewRef(sent);
    generator->gi_exc_state.previous_item = tstate->exc_info;
    tstate->exc_info = &generator->gi_exc_state;
    generator->gi_frame_state = FRAME_EXECUTING;
    *result = from_c_run(tstate, frame, target);
    if (*result == NULL) {
        return PYGEN_ERROR;
    }
    return generator->gi_frame_state == FRAME_SUSPENDED ? PYGEN_NEXT : PYGEN_RETURN;
}

/* tp_iternext of generators. */
static PyObject *
next(PyObject *self)
{
    PyThreadState *tstate = _PyThreadState_GET();
    uint8_t *target = generator_find_target(tstate, (PyGenObject *)self);
    if (target == NULL) {
        return plain_next(self);
    }
    PyObject *result;
    if (resume(tstate, (PyGenObject *)self, target, Py_None, &result) == PYGEN_RETURN) {
        if (result != Py_None) {
            _PyGen_SetStopIterationValue(result);
        }
        Py_CLEAR(result);
    }
    return result;
}

/* am_send of generators, coroutines and asynchronous generators. */
static PySendResult
send(PyObject *self, PyObject *value, PyObject **result)
{
    PyThreadState *tstate = _PyThreadState_GET();
    PyGenObject *generator = (PyGenObject *)self;
    uint8_t *target = generator_find_target(tstate, generator);
    return target == NULL || (generator->gi_frame_state == FRAME_CREATED && value != Py_None)
               ? plain_send(self, value, result)
               : resume(tstate, generator, target, value, result);
}

/* Ends a step of an asynchronous generator that has not passed anything on. */
static PySendResult
finish_async(AsyncStep *step, PySendResult status)
{
    step->state = ASEND_DONE;
    step->generator->ag_running_async = 0;
    return status;
}

/* Sends None to what steps an asynchronous generator. What that yields is returned, where CPython has it raise a
 * StopIteration. */
PySendResult
generator_step_async(PyThreadState *tstate, AsyncStep *step, PyObject **result)
{
    PyAsyncGenObject *generator = step->generator;
    PyObject *sent = step->state == ASEND_NEW && step->sent != NULL ? step->sent : Py_None;
    uint8_t *target = generator_find_target(tstate, (PyGenObject *)generator);
    if (target == NULL || step->state == ASEND_DONE || (step->state == ASEND_NEW && generator->ag_running_async) ||
        (generator->ag_frame_state == FRAME_CREATED && sent != Py_None)) {
        return PyIter_Send((PyObject *)step, Py_None, result);
    }
    step->state = ASEND_STARTED;
    generator->ag_running_async = 1;
    PySendResult status = resume(tstate, (PyGenObject *)generator, target, sent, result);
    if (status == PYGEN_NEXT && Py_IS_TYPE(*result, &_PyAsyncGenWrappedValue_Type)) {
        PyObject *value = Py_NewRef(((WrappedValue *)*result)->value);
        Py_SETREF(*result, value);
        return finish_async(step, PYGEN_RETURN);
    }
    if (status == PYGEN_NEXT) {
        return status;
    }
    if (status == PYGEN_RETURN) {
        Py_CLEAR(*result);
        PyErr_SetNone(PyExc_StopAsyncIteration);
    }
    if (PyErr_ExceptionMatches(PyExc_StopAsyncIteration) || PyErr_ExceptionMatches(PyExc_GeneratorExit)) {
        generator->ag_closed = 1;
    }
    return finish_async(step, PYGEN_ERROR);
}

/* Puts functions into the slots. */
static void
set_slots(iternextfunc next_function, sendfunc send_function)
{
    PyGen_Type.tp_iternext = next_function;
    PyGen_Type.tp_as_async->am_send = send_function;
    PyCoro_Type.tp_as_async->am_send = send_function;
    PyAsyncGen_Type.tp_as_async->am_send = send_function;
}

/* Has C step generators and coroutines by this file. */
void
generator_slots_install(void)
{
    plain_next = plain_next == NULL ? PyGen_Type.tp_iternext : plain_next;
    plain_send = plain_send == NULL ? PyGen_Type.tp_as_async->am_send : plain_send;
    set_slots(next, send);
}

/* The opposite. */
void
generator_slots_remove(void)
{
    set_slots(plain_next, plain_send);
}
