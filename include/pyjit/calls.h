/* Calls from compiled code: pushing frames of Python functions, calling everything else. */
#ifndef PYJIT_CALLS_H
#define PYJIT_CALLS_H

#include "pyjit/code.h"
#include "pyjit/numbers.h"

/* What a call has come to: a frame to run at `target`, or (target NULL) a result, NULL on error. */
typedef struct {
    uint8_t *target;
    void *frame_or_result;
} CallOutcome;

/* CALL on the stack ending at sp. A Python function's frame is pushed and linked, anything else is
 * called. Everything on the stack is consumed either way. */
CallOutcome call_any(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject **sp, int oparg,
                     PyObject *kwnames);

/* What resuming a generator came to: a value, yielded or returned; NULL: an exception. */
typedef struct {
    PyObject *value;
    int64_t returned;
} Resumption;

/* The next item of a generator, or what it returns. */
Resumption generator_next(PyObject *generator);

/* Sends a value (stolen) to anything that SEND takes. */
Resumption generator_send(PyThreadState *tstate, PyObject *receiver, PyObject *value);

/* Raises the StopIteration of an iterator that has returned a value (stolen); None stands for no value. */
void generator_raise_stop(PyObject *value);

/* Tells the trace function of the StopIteration of a generator that a `for` has run to its end and that has returned this
 * value (stolen): there is one unless it is None. */
void generator_report_stop(PyObject *value);

/* Where compiled code of a generator or coroutine goes on, resumed by the frame that runs; NULL if it is not to run now, or
 * there is none (generator_slots.c). */
uint8_t *generator_find_target(const PyThreadState *tstate, PyGenObject *generator);

/* Sends None to what steps an asynchronous generator (generator_slots.c). */
PySendResult generator_step_async(PyThreadState *tstate, AsyncStep *step, PyObject **result);

/* Unlinks the frame of a generator that compiled code resumed, as it is suspended. */
void generator_unlink(PyThreadState *tstate, _PyInterpreterFrame *frame);

/* Ends a generator that compiled code resumed, by a return or by the pending exception. */
void generator_end(PyThreadState *tstate, _PyInterpreterFrame *frame);

/* The same for CALL_FUNCTION_EX; the entries of the stack stay. */
CallOutcome call_star(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject **sp, int oparg);

/* Unlinks and ends a frame that compiled code pushed or resumed. */
void frame_finish(PyThreadState *tstate, _PyInterpreterFrame *frame);

/* Makes room for one more item in a list. Returns 0, or -1 without an exception set. */
intptr_t list_grow(PyListObject *list);

/* New instance by object.__new__; NULL without an exception set when that fails or would set off the garbage collector. */
PyObject *instance_new(PyTypeObject *type);

/* Raises the TypeError for an __init__ that returned something (stolen) that is not None. */
void init_returned(PyObject *result);

/* Does the rest of calling a class whose __new__ has returned `result` (stolen) for these arguments, the last ones being
 * named: new reference, or NULL with an exception set. */
PyObject *new_returned(PyObject *result, PyTypeObject *type, PyObject *const *arguments, Py_ssize_t count,
                       PyObject *kwnames);

/* The result of len() for what __len__ has returned (stolen): new reference, or NULL with an exception set. */
PyObject *length_returned(PyObject *result);

/* The truth that __bool__, or __len__, stands for when it has returned this (stolen); -1 with an exception set. */
int64_t truth_returned(PyObject *result, int64_t by_length);

/* tuple.__new__(class, items): new reference, or NULL with an exception set. */
PyObject *tuple_of_class(PyObject *class, PyObject *items);

/* What a builtin function has returned, if it agrees with whether an exception is pending; else NULL and a
 * SystemError. */
PyObject *result_of_builtin(PyObject *function, PyObject *result);

/* len(object): new reference, or NULL with an exception set. */
PyObject *length_of(PyObject *object);

/* New generator, coroutine or asynchronous generator into which the frame, at its RETURN_GENERATOR,
 * has been moved; the frame is popped or left empty (generator.c). NULL without an exception when the
 * interpreter must do it; then nothing has changed. */
PyObject *generator_make(PyThreadState *tstate, _PyInterpreterFrame *frame);

#endif
