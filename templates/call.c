/* Calls: into Python functions without the C stack, into anything else by the vectorcall protocol. */
#include "template.h"

#include "release.h"

#include "pyjit/calls.h"

/* ---- anything ------------------------------------------------------------------------------- */

/* A Python function's frame is entered by a jump; else the result goes to r0. */
#define ENTER_OR_CONTINUE(outcome, continuation)                                                   \
    do {                                                                                           \
        if ((outcome).target != NULL) {                                                            \
            frame->stacktop = (int)(continuation);                                                 \
            frame = (outcome).frame_or_result;                                                     \
            TAIL_TO((outcome).target);                                                             \
        }                                                                                          \
        r0 = (int64_t)(outcome).frame_or_result;                                                   \
        CONTINUE();                                                                                \
    } while (0)

/* Calls what the stack below `top` says. A Python function's frame is entered by a jump; r0 holds
 * the result where this goes on. */
RAW_CALLING_OPERATION(call, SLOT(top), IMM(oparg), PTR(kwnames), PTR(at), IMM(continuation)) {
    frame->prev_instr = at;
    CallOutcome outcome = call_any(tstate, frame, SLOT_ADDRESS(top), (int)oparg, kwnames);
    ENTER_OR_CONTINUE(outcome, continuation);
}

/* CALL_FUNCTION_EX: the entries of the stack stay. */
RAW_CALLING_OPERATION(call_star, SLOT(top), IMM(oparg), PTR(at), IMM(continuation)) {
    frame->prev_instr = at;
    CallOutcome outcome = call_star(tstate, frame, SLOT_ADDRESS(top), (int)oparg);
    ENTER_OR_CONTINUE(outcome, continuation);
}

/* The result of a call arrives in r0, NULL for an exception. */
CALLING_OPERATION(call_result, SLOT(to), EXIT(error)) {
    if (unlikely(r0 == 0)) LEAVE(error);
    to = (PyObject *)r0;
}

/* ---- methods behind instructions: the result is in r0 -------------------------------------------------- */

RAW_CALLING_OPERATION(check_result, EXIT(error)) {
    if (unlikely(r0 == 0)) LEAVE(error);
    CONTINUE();
}

extern void hook_complete_error(PyObject *, PyObject *);

/* The same of a method that gets an attribute of an object. */
RAW_CALLING_OPERATION(check_attribute, SLOT(owner), PTR(name), EXIT(error)) {
    if (unlikely(r0 == 0)) {
        (void)CALL_ASIDE_2(void *, ADDRESS(hook_complete_error), owner, name);
        LEAVE(error);
    }
    CONTINUE();
}

extern PyObject *length_returned(PyObject *);

/* It is a length, of which len() makes an int: another one, unless it is small. */
CALLING_OPERATION(end_len) {
    PyObject *result = (PyObject *)r0;
    bool fits = result == NULL || ((void *)Py_TYPE(result) == ADDRESS(PyLong_Type) && (size_t)Py_SIZE(result) <= 1 &&
                                   ((PyLongObject *)result)->ob_digit[0] <= 256);
    if (unlikely(!fits)) r0 = (int64_t)length_returned(result);
}

extern int64_t truth_returned(PyObject *, int64_t);

/* It is what __bool__ gives, or __len__ if that is asked; the truth goes into r0. */
CALLING_OPERATION(end_truth, IMM(by_length), EXIT(error)) {
    PyObject *result = (PyObject *)r0;
    if (unlikely(result == NULL)) LEAVE(error);
    int64_t truth;
    if (!by_length && (void *)Py_TYPE(result) == ADDRESS(PyBool_Type)) {
        truth = (void *)result == ADDRESS(_Py_TrueStruct);
        Py_DECREF(result);
    } else {
        truth = truth_returned(result, by_length);
        if (unlikely(truth < 0)) LEAVE(error);
    }
    r0 = truth;
}

/* It is an iterator. */
#define IS_ITERATOR(x)                                                                             \
    (Py_TYPE(x)->tp_iternext != NULL && (void *)Py_TYPE(x)->tp_iternext != ADDRESS(_PyObject_NextNotImplemented))

RAW_CALLING_OPERATION(check_iterator, EXIT(finish)) {
    if (unlikely(!IS_ITERATOR((PyObject *)r0))) LEAVE(finish);
    CONTINUE();
}

OPERATION(guard_iterator, SLOT(x), EXIT(finish)) {
    if (unlikely(!IS_ITERATOR(x))) LEAVE(finish);
}

extern int64_t stop_iteration_clear(void);

/* It is the next item of the iterator, which a StopIteration ends. */
RAW_CALLING_OPERATION(take_step, SLOT(iterator), SLOT(item), EXIT(end), EXIT(traced), EXIT(error)) {
    if (unlikely(r0 == 0)) {
        if (stop_iteration_clear() == 0) LEAVE(error);
        Py_DECREF(iterator);
        if (unlikely(tstate->cframe->use_tracing)) LEAVE(traced);
        LEAVE(end);
    }
    item = (PyObject *)r0;
    CONTINUE();
}

/* It is not NotImplemented. */
RAW_CALLING_OPERATION(check_implemented, EXIT(finish)) {
    if (unlikely((void *)r0 == ADDRESS(_Py_NotImplementedStruct))) LEAVE(finish);
    CONTINUE();
}

/* Nobody wants it. */
CALLING_OPERATION(drop_result) {
    PyObject *result = (PyObject *)r0;
    if (drop_reference(result)) FREE_ASIDE(void, free_object, result);
}

/* It is a bool and gives way to its truth. */
CALLING_OPERATION(truth_of_result, EXIT(finish)) {
    PyObject *result = (PyObject *)r0;
    bool truth = (void *)result == ADDRESS(_Py_TrueStruct);
    if (unlikely(!truth && (void *)result != ADDRESS(_Py_FalseStruct))) LEAVE(finish);
    result->ob_refcnt--;
    r0 = truth;
}

/* ---- Python functions: the new frame is in r0 while it is filled -------------------------------- */

/* A function with this very code. */
OPERATION(guard_function, SLOT(x), PTR(code), EXIT(miss)) {
    PyFunctionObject *function = (PyFunctionObject *)x;
    if (unlikely((void *)Py_TYPE(function) != ADDRESS(PyFunction_Type))) LEAVE(miss);
    if (unlikely((void *)function->func_code != code)) LEAVE(miss);
}

/* The same of what is known to be a function. */
OPERATION(guard_function_code, SLOT(x), PTR(code), EXIT(miss)) {
    if (unlikely((void *)((PyFunctionObject *)x)->func_code != code)) LEAVE(miss);
}

/* A function that is known has this version: its code and its defaults are what they were. */
OPERATION(guard_known_function, PTR(function), IMM(version), EXIT(miss)) {
    if (unlikely(DIFFERS32(((PyFunctionObject *)function)->func_version, version))) LEAVE(miss);
}

/* A function whose __defaults__ are a tuple of so many. */
OPERATION(guard_defaults, SLOT(x), IMM(count), EXIT(miss)) {
    PyObject *defaults = ((PyFunctionObject *)x)->func_defaults;
    if (unlikely(defaults == NULL || Py_SIZE(defaults) != count)) LEAVE(miss);
}

/* A bound method of this very function. */
OPERATION(guard_method, SLOT(x), PTR(function), EXIT(miss)) {
    PyMethodObject *method = (PyMethodObject *)x;
    if (unlikely((void *)Py_TYPE(method) != ADDRESS(PyMethod_Type))) LEAVE(miss);
    if (unlikely((void *)method->im_func != function)) LEAVE(miss);
}

/* Its function and its self as new references. */
OPERATION(unpack_method, SLOT(x), SLOT(function), SLOT(self)) {
    PyMethodObject *method = (PyMethodObject *)x;
    Py_INCREF(method->im_func);
    Py_INCREF(method->im_self);
    function = method->im_func;
    self = method->im_self;
}

/* The same of one that is owned, in the place of which self comes. */
OPERATION(unpack_method_owned, SLOT(x), SLOT(function), EXIT(release)) {
    PyMethodObject *method = (PyMethodObject *)x;
    Py_INCREF(method->im_func);
    Py_INCREF(method->im_self);
    function = method->im_func;
    x = method->im_self;
    RELEASE((PyObject *)method, release);
}

/* The function to be called goes into r1, where it counts as a reference. */
OPERATION(take_callee, SLOT(callee)) {
    r1 = (int64_t)callee;
}

OPERATION(take_callee_incref, SLOT(callee)) {
    PyObject *function = callee;
    Py_INCREF(function);
    r1 = (int64_t)function;
}

OPERATION(take_known_callee, PTR(function)) {
    Py_INCREF((PyObject *)function);
    r1 = (int64_t)function;
}

/* Room for so many bytes, and for so many levels of recursion as the gate says. */
OPERATION(check_room, IMM(size), PTR(gate), EXIT(rare)) {
    if (unlikely(tstate->recursion_remaining < *(int *)gate)) LEAVE(rare);
    if (unlikely((char *)tstate->datastack_limit - (char *)tstate->datastack_top <= size)) LEAVE(rare);
}

/* Room for a frame of so many bytes; takes nothing yet. */
OPERATION(frame_push, IMM(size), EXIT(rare)) {
    char *top = (char *)tstate->datastack_top;
    if (unlikely(top + size >= (char *)tstate->datastack_limit)) LEAVE(rare);
    if (unlikely(tstate->recursion_remaining <= 0)) LEAVE(rare);
    r0 = (int64_t)top;
}

#define ARGUMENT(offset) (*(PyObject **)((char *)r0 + (offset)))

OPERATION(argument_move, SLOT(from), IMM(offset)) {
    ARGUMENT(offset) = from;
}

OPERATION(argument_copy, SLOT(from), IMM(offset)) {
    PyObject *object = from;
    Py_INCREF(object);
    ARGUMENT(offset) = object;
}

OPERATION(argument_constant, PTR(object), IMM(offset)) {
    Py_INCREF((PyObject *)object);
    ARGUMENT(offset) = object;
}

/* The self of a bound method. */
OPERATION(argument_self, SLOT(method), IMM(offset)) {
    PyObject *object = ((PyMethodObject *)method)->im_self;
    Py_INCREF(object);
    ARGUMENT(offset) = object;
}

extern PyObject *quiet_new_method(PyObject *, PyObject *);

/* A context manager becomes the argument of __enter__; its bound __exit__ comes in its place. */
OPERATION(enter_manager, SLOT(x), PTR(function), IMM(offset), EXIT(rare)) {
    PyObject *manager = x, *method = CALL_ASIDE_2(PyObject *, ADDRESS(quiet_new_method), function, manager);
    if (unlikely(method == NULL)) LEAVE(rare);
    ARGUMENT(offset) = manager;
    x = method;
}

/* A default of the function in r1, by its offset in the tuple. */
OPERATION(argument_default, IMM(item), IMM(offset)) {
    PyObject *object = *(PyObject **)((char *)((PyFunctionObject *)r1)->func_defaults + item);
    Py_INCREF(object);
    ARGUMENT(offset) = object;
}

OPERATION(argument_null, IMM(offset)) {
    ARGUMENT(offset) = NULL;
}

OPERATION(argument_nulls, IMM(offset), IMM(end)) {
    PyObject **slot = &ARGUMENT(offset), **last = &ARGUMENT(end);
    do {
        *slot = NULL;
        __asm__ volatile("" : "+r"(slot)); /* a loop, not a call of memset */
    } while (++slot != last);
}

extern int64_t quiet_pack(char *, const void *);

/* *args and **kwargs, by a plan (quiet.h). */
OPERATION(pack_arguments, PTR(plan), EXIT(rare)) {
    if (unlikely(!CALL_ASIDE_2(int64_t, ADDRESS(quiet_pack), r0, plan))) LEAVE(rare);
}

/* Fills the rest of the frame and links it. Steals the callee's reference. */
static inline __attribute__((always_inline)) void
enter_frame(Frame *frame, PyThreadState *tstate, Frame *pushed, PyFunctionObject *function,
            PyCodeObject *code, int64_t size, void *at)
{
    Py_INCREF(code);
    pushed->f_func = function;
    pushed->f_globals = function->func_globals;
    pushed->f_builtins = function->func_builtins;
    pushed->f_locals = NULL;
    pushed->f_code = code;
    pushed->frame_obj = NULL;
    pushed->previous = frame;
    pushed->prev_instr = _PyCode_CODE(code) - 1;
    pushed->stacktop = -1;
    pushed->is_entry = false;
    pushed->owner = FRAME_OWNED_BY_THREAD;
    tstate->datastack_top = (PyObject **)((char *)pushed + size);
    tstate->recursion_remaining--;
    tstate->cframe->current_frame = pushed;
    frame->prev_instr = at;
}

/* Runs the function in r1; `entry` is where its code's entry is kept. */
RAW_CALLING_OPERATION(call_function, PTR(code), IMM(size), PTR(at), IMM(continuation), PTR(entry)) {
    Frame *pushed = (Frame *)r0;
    enter_frame(frame, tstate, pushed, (PyFunctionObject *)r1, code, size, at);
    STORE32(frame->stacktop, continuation);
    frame = pushed;
    TAIL_TO(*(void **)entry);
}

/* The same when there is compiled code to jump to. */
RAW_CALLING_OPERATION(call_function_at, PTR(code), IMM(size), PTR(at), IMM(continuation), FUNC(entry)) {
    Frame *pushed = (Frame *)r0;
    enter_frame(frame, tstate, pushed, (PyFunctionObject *)r1, code, size, at);
    STORE32(frame->stacktop, continuation);
    frame = pushed;
    TAIL_TO((void *)entry);
}

/* The same with arguments in registers, for which the code at `entry` is. */
RAW_OPERATION(call_function_typed, PTR(code), IMM(size), PTR(at), IMM(continuation), EXIT(entry)) {
    Frame *pushed = (Frame *)r0;
    enter_frame(frame, tstate, pushed, (PyFunctionObject *)r1, code, size, at);
    STORE32(frame->stacktop, continuation);
    frame = pushed;
    LEAVE(entry);
}

/* ---- classes: the instance is made here, __init__ is called like any function --------------------- */

/* A class in this state, of the metaclass `type`. */
OPERATION(guard_plain_class, SLOT(x), IMM(version), EXIT(miss)) {
    PyTypeObject *class = (PyTypeObject *)x;
    if (unlikely((void *)Py_TYPE(class) != ADDRESS(PyType_Type))) LEAVE(miss);
    if (unlikely(DIFFERS32(class->tp_version_tag, version))) LEAVE(miss);
}

/* This function, which its class keeps alive, has this code. */
OPERATION(guard_code_of, PTR(function), PTR(code), EXIT(miss)) {
    if (unlikely((void *)((PyFunctionObject *)function)->func_code != code)) LEAVE(miss);
}

OPERATION(guard_defaults_of, PTR(function), IMM(count), EXIT(miss)) {
    PyObject *defaults = ((PyFunctionObject *)function)->func_defaults;
    if (unlikely(defaults == NULL || Py_SIZE(defaults) != count)) LEAVE(miss);
}

/* The call of a class counts as a level of recursion besides that of __init__. */
OPERATION(check_recursion, IMM(levels), EXIT(rare)) {
    if (unlikely(tstate->recursion_remaining < levels)) LEAVE(rare);
}

OPERATION(enter_level) {
    tstate->recursion_remaining--;
}

OPERATION(leave_level) {
    tstate->recursion_remaining++;
}

extern PyObject *instance_new(PyTypeObject *);
extern void init_returned(PyObject *);

/* Makes an instance of the class, whose reference goes; __init__ goes into r1. */
CALLING_OPERATION(make_instance, SLOT(callee), SLOT(self), PTR(init), PTR(at), EXIT(rare)) {
    frame->prev_instr = at;
    PyObject *class = callee;
    Py_INCREF((PyObject *)init);
    r1 = (int64_t)init;
    PyObject *instance = instance_new((PyTypeObject *)class);
    if (unlikely(instance == NULL)) {
        Py_DECREF((PyObject *)init);
        LEAVE(rare);
    }
    self = instance;
    Py_DECREF(class);
    tstate->recursion_remaining--;
}

extern PyObject *quiet_new_instance(PyTypeObject *, PyThreadState *);

/* The same without the garbage collector coming by; all registers stay. */
OPERATION(make_instance_quietly, PTR(type), SLOT(to), EXIT(rare)) {
    PyObject *instance = CALL_ASIDE_2(PyObject *, ADDRESS(quiet_new_instance), type, tstate);
    if (unlikely(instance == NULL)) LEAVE(rare);
    to = instance;
}

/* A display of so many items by a function of quiet.h. It comes in the place of the first. */
OPERATION(build_quietly, SLOT(items), IMM(count), PTR(make), EXIT(rare)) {
    PyObject *object = CALL_ASIDE_2(PyObject *, make, SLOT_ADDRESS(items), count);
    if (unlikely(object == NULL)) LEAVE(rare);
    items = object;
}

extern PyObject *quiet_new_map(PyObject **, const PyObject *);

/* A dict with the keys of a model and values from here on. */
OPERATION(build_map_quietly, SLOT(values), SLOT(to), PTR(model), EXIT(rare)) {
    PyObject *object = CALL_ASIDE_2(PyObject *, ADDRESS(quiet_new_map), SLOT_ADDRESS(values), model);
    if (unlikely(object == NULL)) LEAVE(rare);
    to = object;
}

extern PyObject *new_returned(PyObject *, PyTypeObject *, PyObject *const *, Py_ssize_t, PyObject *);

/* __new__ of a class without __init__ has returned. What is not of this class may be of a subclass that has one. */
CALLING_OPERATION(end_new, PTR(type), SLOT(arguments), IMM(count), PTR(kwnames)) {
    PyObject *result = (PyObject *)r0;
    bool has_init = ((PyTypeObject *)type)->tp_init != ((PyTypeObject *)ADDRESS(PyBaseObject_Type))->tp_init; /* by now */
    if (result != NULL && unlikely((void *)Py_TYPE(result) != type || has_init)) {
        r0 = (int64_t)new_returned(result, type, SLOT_ADDRESS(arguments), count, kwnames);
    }
}

/* __init__ has returned, with None if all is well. */
CALLING_OPERATION(end_init, EXIT(error)) {
    tstate->recursion_remaining++;
    PyObject *result = (PyObject *)r0;
    if (unlikely((void *)result != ADDRESS(_Py_NoneStruct))) {
        if (result != NULL) CALL_ASIDE(void, init_returned, result);
        LEAVE(error);
    }
    Py_DECREF(result);
}
