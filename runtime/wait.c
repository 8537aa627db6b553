/* The extension module pyjit._wait: waits, in the JIT's place, for something to compile. Owns the frame evaluator meanwhile.
 *
 * Many a process ends before there is anything for a JIT to do. Loading pyjit._pyjit, and making what it needs, is a tenth of
 * what such a process takes. This module is a fortieth of that size, and does no more than look at the frames that begin:
 * one with a loop in it, or the some hundredth, is worth a JIT. */
#include "pyjit/wait.h"

#include "pyjit/decode.h"
#include "pyjit/machinery.h"

#include <dlfcn.h>
#include <string.h>

#define FRAMES_MOST 500     /* that begin without a loop in them */
#define RECURSION_LEAST 100 /* levels that must be left to turn the JIT on */
#define CAPSULE "pyjit.wait"
#define SETTINGS_PREFIX "PYJIT_"

extern char **environ;

static struct {
    PyObject *turn_on; /* what is to be called, owned by a capsule of the interpreter's; NULL: nothing waits */
    int left;          /* frames */
    bool over;         /* it has been done, once for the process */
    _PyFrameEvalFunction evaluator; /* that comes after this one */
} waiting = {.left = FRAMES_MOST, .evaluator = _PyEval_EvalFrameDefault};

/* ---- waiting ----------------------------------------------------------------------------------- */

/* Is the frame one for which the JIT is to be turned on? CPython's own machinery is not the program. */
static bool
is_worth_it(const PyThreadState *tstate, const _PyInterpreterFrame *frame)
{
    PyCodeObject *code = frame->f_code;
    if (machinery_is_import(code) || machinery_is_start(tstate, frame)) {
        return false;
    }
    waiting.left -= waiting.left > 0;
    return waiting.left == 0 || decode_has_loop(_PyCode_CODE(code), (int)Py_SIZE(code));
}

/* Can it be turned on here, which takes some frames of Python's, without the program noticing? Signals and the like, if they
 * are known by now, are for the program's frames. */
static bool
may_turn_on(const PyThreadState *tstate)
{
    return !_Py_atomic_load_relaxed(&tstate->interp->ceval.eval_breaker) && !tstate->cframe->use_tracing && tstate->tracing == 0 &&
           tstate->recursion_remaining > RECURSION_LEAST && !_Py_IsFinalizing();
}

/* Takes the frames with these globals, the outermost, from the traceback of the pending exception. */
static void
hide(PyObject *globals)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    while (traceback != NULL) {
        PyTracebackObject *entry = (PyTracebackObject *)traceback;
        PyObject *others = PyFrame_GetGlobals(entry->tb_frame);
        Py_DECREF(others);
        if (others != globals) {
            break;
        }
        PyObject *next = Py_XNewRef((PyObject *)entry->tb_next);
        Py_SETREF(traceback, next);
    }
    PyErr_Restore(type, value, traceback);
}

static PyObject *evaluate(PyThreadState *tstate, _PyInterpreterFrame *frame, int throwflag);

/* Ends the waiting and turns the JIT on. Returns 0; or -1 with the exception of a signal handler that ran meanwhile, and
 * waits on if that kept the JIT from being turned on. */
static int
turn_on(PyInterpreterState *interp)
{
    PyObject *callable = waiting.turn_on;
    const bool was_set = _PyInterpreterState_GetEvalFrameFunc(interp) == evaluate;
    waiting.turn_on = NULL;
    if (was_set) {
        _PyInterpreterState_SetEvalFrameFunc(interp, _PyEval_EvalFrameDefault);
    }
PyObject *result = PyObject_CallNoArgs(callable);
    Py_XDECREF(result);
    if (result == NULL) {
        hide(PyFunction_GetGlobals(callable));
    }
    if (result == NULL && !waiting.over) {
        waiting.turn_on = callable;
        if (was_set) {
            _PyInterpreterState_SetEvalFrameFunc(interp, evaluate);
        }
    }
    return result == NULL ? -1 : 0;
}

/* The frame evaluator (PEP 523). */
static PyObject *
evaluate(PyThreadState *tstate, _PyInterpreterFrame *frame, int throwflag)
{
    if (waiting.turn_on != NULL && !throwflag && is_worth_it(tstate, frame) && may_turn_on(tstate)) {
        throwflag = turn_on(tstate->interp) < 0;
    }
    return waiting.evaluator(tstate, frame, throwflag);
}

/* ---- beginning and end ------------------------------------------------------------------------- */

/* Does the environment set anything but PYJIT itself? Then something may have to happen, or to be said, from the start. */
static bool
has_settings(void)
{
    for (char **variable = environ; variable != NULL && *variable != NULL; variable++) {
        const char *value = strchr(*variable, '=');
        if (strncmp(*variable, SETTINGS_PREFIX, strlen(SETTINGS_PREFIX)) == 0 && value != NULL && value[1] != '\0') {
            return true;
        }
    }
    return false;
}

/* The interpreter ends. */
static void
forget(PyObject *capsule)
{
    waiting.turn_on = NULL;
    Py_DECREF((PyObject *)PyCapsule_GetContext(capsule));
}

/* Keeps the callable until the interpreter ends. */
static bool
keep(PyInterpreterState *interp, PyObject *callable)
{
    PyObject *dict = PyInterpreterState_GetDict(interp), *capsule = PyCapsule_New(&waiting, CAPSULE, NULL);
    bool done = dict != NULL && capsule != NULL && PyCapsule_SetContext(capsule, callable) == 0 &&
                PyCapsule_SetDestructor(capsule, forget) == 0;
    if (done) {
        Py_INCREF(callable);
        done = PyDict_SetItemString(dict, CAPSULE, capsule) == 0;
    }
    Py_XDECREF(capsule);
    PyErr_Clear();
    return done;
}

static PyObject *
begin(PyObject *Py_UNUSED(module), PyObject *callable)
{
    PyInterpreterState *interp = PyInterpreterState_Get();
    if (waiting.over || waiting.turn_on != NULL || interp != PyInterpreterState_Main() || has_settings() ||
        _PyInterpreterState_GetEvalFrameFunc(interp) != _PyEval_EvalFrameDefault || !keep(interp, callable)) {
        Py_RETURN_FALSE;
    }
    waiting.turn_on = callable;
    _PyInterpreterState_SetEvalFrameFunc(interp, evaluate);
    Py_RETURN_TRUE;
}

static PyObject *
end(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none))
{
    PyInterpreterState *interp = PyInterpreterState_Get();
    if (waiting.turn_on != NULL && interp == PyInterpreterState_Main() && turn_on(interp) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* ---- the other extension module ---------------------------------------------------------------- */

/* Finds its function. NULL after one line on stderr. */
static TurnOn *
find_turn_on(PyObject *file)
{
    TurnOn *found = NULL;
    PyObject *path;
    if (PyUnicode_FSConverter(file, &path)) {
        void *library = dlopen(PyBytes_AS_STRING(path), RTLD_NOW); /* for good */
        void *address = library == NULL ? NULL : dlsym(library, TURN_ON_NAME);
        memcpy(&found, &address, sizeof found);
        Py_DECREF(path);
    }
    if (found == NULL) {
        const char *why = PyErr_Occurred() ? NULL : dlerror();
        PyErr_Clear();
        PySys_WriteStderr("pyjit: off: %.800s\n", why != NULL ? why : "no memory");
    }
    return found;
}

static PyObject *
load(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *file, *samples;
    if (!PyArg_ParseTuple(args, "UO:load", &file, &samples)) {
        return NULL;
    }
    waiting.over = true;
    TurnOn *function = find_turn_on(file);
    _PyFrameEvalFunction evaluator = function == NULL ? NULL : function(samples);
    if (evaluator != NULL) {
        waiting.evaluator = evaluator;
    }
    return PyBool_FromLong(evaluator != NULL);
}

/* ---- the module -------------------------------------------------------------------------------- */

static PyMethodDef functions[] = {
    {"begin", begin, METH_O,
     PyDoc_STR("begin($module, turn_on, /)\n--\n\n"
               "Have turn_on() called when there is something to compile. False if nothing can wait here.")},
    {"end", end, METH_NOARGS, PyDoc_STR("end($module, /)\n--\n\nCall turn_on() now, if it has not been called.")},
    {"load", load, METH_VARARGS,
     PyDoc_STR("load($module, file, samples, /)\n--\n\nLoad the JIT and turn it on. True if it is on.")},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "pyjit._wait",
    .m_doc = PyDoc_STR("What waits for something to compile."),
    .m_methods = functions,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__wait(void);

PyMODINIT_FUNC
PyInit__wait(void)
{
    return PyModuleDef_Init(&definition);
}
