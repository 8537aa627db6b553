/* The extension module pyjit._wait: waits, in the JIT's place, for something to compile. Owns the frame evaluator meanwhile.
 *
 * Many a process ends before there is anything for a JIT to do. Loading pyjit._pyjit, and making what it needs, takes half a
 * millisecond, of eight that such a process takes. This module is a fiftieth of that size, and does no more than look at the
 * frames that begin: one with a loop in it, or the some hundredth, is worth a JIT. */
#include "pyjit/wait.h"

#include "pyjit/decode.h"
#include "pyjit/machinery.h"

#include <dlfcn.h>
#include <string.h>

#define FRAMES_MOST 500    /* that begin without a loop in them */
#define RECURSION_LEAST 20 /* levels of calls that must be left to turn the JIT on */
#define CAPSULE "pyjit.wait"
#define SETTINGS_PREFIX "PYJIT_"

extern char **environ;

static struct {
    PyObject *samples; /* for the JIT's check of layouts, owned by a capsule of the interpreter's; NULL: nothing waits */
    char *file;        /* the JIT's */
    int left;          /* frames */
    bool over;         /* it has been turned on, or has failed to be, once for the process */
    _PyFrameEvalFunction evaluator; /* that comes after this one */
} waiting = {.left = FRAMES_MOST, .evaluator = _PyEval_EvalFrameDefault};

/* ---- turning the JIT on ------------------------------------------------------------------------ */

/* Finds the function of the other extension module. NULL after one line on stderr. */
static TurnOn *
find_turn_on(void)
{
    TurnOn *found = NULL;
    void *library = dlopen(waiting.file, RTLD_NOW); /* for good */
    void *address = library == NULL ? NULL : dlsym(library, TURN_ON_NAME);
    memcpy(&found, &address, sizeof found);
    if (found == NULL) {
        const char *why = dlerror();
        PySys_WriteStderr("pyjit: off: %.800s\n", why != NULL ? why : "not loaded");
    }
    return found;
}

static PyObject *evaluate(PyThreadState *tstate, _PyInterpreterFrame *frame, int throwflag);

/* Ends the waiting. No code of Python's runs, that of finalizers included: the program may be anywhere. */
static void
turn_on(PyInterpreterState *interp)
{
    PyObject *samples = waiting.samples;
    waiting.samples = NULL;
    waiting.over = true;
    if (_PyInterpreterState_GetEvalFrameFunc(interp) == evaluate) {
        _PyInterpreterState_SetEvalFrameFunc(interp, _PyEval_EvalFrameDefault);
    }
    int collects = PyGC_Disable();
    TurnOn *function = find_turn_on();
    _PyFrameEvalFunction evaluator = function == NULL ? NULL : function(samples);
    if (evaluator != NULL) {
        waiting.evaluator = evaluator;
    }
    if (collects) {
        PyGC_Enable();
    }
}

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

/* The frame evaluator (PEP 523). If another extension has taken its place, and calls it, it has nothing to say; if one has put
 * it back after its time, it sees to that. */
static PyObject *
evaluate(PyThreadState *tstate, _PyInterpreterFrame *frame, int throwflag)
{
    if (_PyInterpreterState_GetEvalFrameFunc(tstate->interp) == evaluate) {
        if (waiting.samples == NULL) {
            _PyInterpreterState_SetEvalFrameFunc(tstate->interp, waiting.evaluator);
        } else if (!throwflag && is_worth_it(tstate, frame) && tstate->recursion_remaining > RECURSION_LEAST &&
                   !_Py_IsFinalizing()) {
            turn_on(tstate->interp);
        }
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
    waiting.samples = NULL;
    Py_DECREF((PyObject *)PyCapsule_GetPointer(capsule, CAPSULE));
}

/* Keeps the samples until the interpreter ends. */
static bool
keep_samples(PyInterpreterState *interp, PyObject *samples)
{
    PyObject *dict = PyInterpreterState_GetDict(interp), *capsule = PyCapsule_New(samples, CAPSULE, forget);
    if (capsule != NULL) {
        Py_INCREF(samples);
    }
    bool done = dict != NULL && capsule != NULL && PyDict_SetItemString(dict, CAPSULE, capsule) == 0;
    Py_XDECREF(capsule);
    PyErr_Clear();
    return done;
}

/* Keeps the name of the file for good. */
static bool
keep_file(PyObject *file)
{
    PyObject *path;
    if (!PyUnicode_FSConverter(file, &path)) {
        PyErr_Clear();
        return false;
    }
    PyMem_RawFree(waiting.file);
    waiting.file = PyMem_RawMalloc((size_t)PyBytes_GET_SIZE(path) + 1);
    if (waiting.file != NULL) {
        strcpy(waiting.file, PyBytes_AS_STRING(path));
    }
    Py_DECREF(path);
    return waiting.file != NULL;
}

/* May something wait in this interpreter? */
static bool
may_wait(PyInterpreterState *interp)
{
    return !waiting.over && waiting.samples == NULL && !has_settings() &&
           _PyInterpreterState_GetEvalFrameFunc(interp) == _PyEval_EvalFrameDefault;
}

static PyObject *
begin(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *file, *samples;
    PyInterpreterState *interp = PyInterpreterState_Get();
    if (!PyArg_ParseTuple(args, "UO:begin", &file, &samples)) {
        return NULL;
    }
    if (interp != PyInterpreterState_Main()) {
        Py_RETURN_TRUE;
    }
    if (!may_wait(interp) || !keep_file(file) || !keep_samples(interp, samples)) {
        Py_RETURN_FALSE;
    }
    waiting.samples = samples;
    _PyInterpreterState_SetEvalFrameFunc(interp, evaluate);
    Py_RETURN_TRUE;
}

static PyObject *
end(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none))
{
    PyInterpreterState *interp = PyInterpreterState_Get();
    if (waiting.samples != NULL && interp == PyInterpreterState_Main()) {
        turn_on(interp);
    }
    Py_RETURN_NONE;
}

/* ---- the module -------------------------------------------------------------------------------- */

static PyMethodDef functions[] = {
    {"begin", begin, METH_VARARGS,
     PyDoc_STR("begin($module, file, samples, /)\n--\n\n"
               "Load the JIT when there is something to compile, and turn it on. False if nothing can wait here.")},
    {"end", end, METH_NOARGS, PyDoc_STR("end($module, /)\n--\n\nDo so now, if it has not been done.")},
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
