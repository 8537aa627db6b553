/* The extension module pyjit._pyjit: turns the JIT on and off and answers questions about it. What
 * it reports is the engine's and the counters'. */
#include "cpython/interface.h"
#include "pyjit/away.h"
#include "pyjit/compatibility.h"
#include "pyjit/coverage.h"
#include "pyjit/engine.h"
#include "pyjit/interpret.h"
#include "pyjit/log.h"
#include "pyjit/memory.h"
#include "pyjit/settings.h"
#include "pyjit/state.h"
#include "pyjit/stats.h"

static bool engine_started;
static bool engine_ended; /* with the interpreter it was started in; what it knows went with that */

/* -- On and off -------------------------------------------------------------------------------- */

/* Is the JIT on in the current interpreter? */
static bool is_installed(void)
{
    return pyjit_state.installed && PyInterpreterState_Get() == PyInterpreterState_Main();
}

/* Says once for each reason why the JIT is off. */
static void warn_off(const char *why)
{
    static char said[256];
    if (strncmp(said, why, sizeof said - 1) != 0) {
        strncpy(said, why, sizeof said - 1);
        PySys_WriteStderr("pyjit: off: %s\n", why);
    }
}

/* Called when the interpreter has ended. */
static void note_end(void)
{
    engine_ended = true;
    pyjit_state.installed = false;
}

/* Starts the engine, once for the process. Returns 0, or -1 with a reason in *why. */
static int start(const char **why)
{
    if (engine_ended) {
        *why = "the interpreter has been started again in this process";
        return -1;
    }
    if (engine_started) {
        return 0;
    }
    if (engine_start(why) < 0) {
        return -1;
    }
    if (Py_AtExit(note_end) < 0) {
        *why = "CPython has no place left for what is to be told when it ends";
        return -1;
    }
    engine_started = true;
    if (settings_get()->stats) {
        Py_AtExit(stats_print); /* without a free place there is no table */
    }
    return 0;
}

static PyObject *enable(PyObject *Py_UNUSED(module), PyObject *make_samples)
{
    if (is_installed()) {
        away_over();
        Py_RETURN_TRUE;
    }
    char text[200];
    const char *why = text;
    if (PyInterpreterState_Get() != PyInterpreterState_Main()) {
        Py_RETURN_FALSE; /* it keeps its peace: the program has not asked for this */
    }
    if (compatibility_check(make_samples, text, sizeof text) < 0 || start(&why) < 0) {
        warn_off(why);
        log_line("off: %s", why);
        Py_RETURN_FALSE;
    }
    engine_install();
    log_line("on");
    Py_RETURN_TRUE;
}

static PyObject *watch(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none))
{
    if (is_installed()) {
        interpret_watch(PyThreadState_Get());
    }
    Py_RETURN_NONE;
}

static PyObject *disable(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none))
{
    if (is_installed()) {
        engine_remove();
        log_line("off");
    }
    Py_RETURN_NONE;
}

static PyObject *is_enabled(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none))
{
    return PyBool_FromLong(is_installed());
}

/* -- Code objects ------------------------------------------------------------------------------ */

/* The code of a function, a method or a code object. Borrows; NULL with TypeError set for others. */
static PyCodeObject *code_of(PyObject *object)
{
    if (PyMethod_Check(object)) {
        object = PyMethod_GET_FUNCTION(object);
    }
    if (PyFunction_Check(object)) {
        object = PyFunction_GET_CODE(object);
    }
    if (!PyCode_Check(object)) {
        PyErr_Format(PyExc_TypeError, "expected a Python function or a code object, not %.200s",
                     Py_TYPE(object)->tp_name);
        return NULL;
    }
    return (PyCodeObject *)object;
}

/* Has the engine anything to do with code of this interpreter? */
static bool engine_serves(void)
{
    return engine_started && !engine_ended && PyInterpreterState_Get() == PyInterpreterState_Main();
}

static PyObject *is_compiled(PyObject *Py_UNUSED(module), PyObject *object)
{
    PyCodeObject *code = code_of(object);
    if (code == NULL) {
        return NULL;
    }
    return PyBool_FromLong(engine_serves() && engine_is_compiled(code));
}

static PyObject *compile(PyObject *Py_UNUSED(module), PyObject *object)
{
    PyCodeObject *code = code_of(object);
    if (code == NULL) {
        return NULL;
    }
    if (!engine_serves()) {
        PyErr_SetString(PyExc_RuntimeError, "pyjit is off: call enable() first");
        return NULL;
    }
    if (engine_request(code) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *describe(PyObject *Py_UNUSED(module), PyObject *object)
{
    PyCodeObject *code = code_of(object);
    if (code == NULL) {
        return NULL;
    }
    return engine_serves() ? engine_describe(code) : PyList_New(0);
}

static PyObject *stats(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none))
{
    return stats_as_dict();
}

#ifdef PYJIT_COVERAGE
static PyObject *coverage(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none))
{
    return coverage_as_dict();
}
#endif

/* -- The module -------------------------------------------------------------------------------- */

/* _pyjit.fail(number, from_there_on): for tests. */
static PyObject *
fail(PyObject *Py_UNUSED(module), PyObject *args)
{
    unsigned long long at;
    int after;
    if (!PyArg_ParseTuple(args, "Kp:fail", &at, &after)) {
        return NULL;
    }
    return PyLong_FromUnsignedLongLong(fault_set(at, after != 0));
}

static PyMethodDef functions[] = {
    {"enable", enable, METH_O,
     PyDoc_STR("enable($module, make_samples, /)\n--\n\nTurn the JIT on. True if it is on now.")},
    {"watch", watch, METH_NOARGS,
     PyDoc_STR("watch($module, /)\n--\n\nLook for loops in what runs already.")},
    {"disable", disable, METH_NOARGS,
     PyDoc_STR("disable($module, /)\n--\n\nLeave all code to the interpreter from now on.")},
    {"is_enabled", is_enabled, METH_NOARGS,
     PyDoc_STR("is_enabled($module, /)\n--\n\nIs the JIT on?")},
    {"is_compiled", is_compiled, METH_O,
     PyDoc_STR("is_compiled($module, code, /)\n--\n\nHas any of this code been compiled?")},
    {"compile", compile, METH_O,
     PyDoc_STR("compile($module, code, /)\n--\n\nCompile from the next execution on.")},
    {"describe", describe, METH_O,
     PyDoc_STR("describe($module, code, /)\n--\n\nList the compiled block versions.")},
#ifdef PYJIT_COVERAGE
    {"coverage", coverage, METH_NOARGS,
     PyDoc_STR("coverage($module, /)\n--\n\nCounts of stencils, exits and bytecodes.")},
#endif
    {"stats", stats, METH_NOARGS, PyDoc_STR("stats($module, /)\n--\n\nThe counters.")},
    {"fail", fail, METH_VARARGS,
     PyDoc_STR("fail($module, number, from_there_on, /)\n--\n\n"
               "Make the number-th allocation from now on fail, 0 for none; returns how many there were\n"
               "since the last call of this.")},
    {NULL, NULL, 0, NULL},
};

/* Reads the settings when the first interpreter imports the module. */
static int execute(PyObject *Py_UNUSED(module))
{
    static bool read;
    if (!read) {
        read = true;
        settings_read();
        log_open();
    }
    return 0;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, execute},
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "pyjit._pyjit",
    .m_doc = PyDoc_STR("The C half of pyjit."),
    .m_methods = functions,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__pyjit(void);

PyMODINIT_FUNC PyInit__pyjit(void)
{
    return PyModuleDef_Init(&definition);
}
