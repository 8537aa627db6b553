/* The extension module pyjit._pyjit: turns the JIT on and off and answers questions about it. What
 * it reports is the engine's and the counters'. */
#include "cpython/interface.h"
#include "pyjit/coverage.h"
#include "pyjit/engine.h"
#include "pyjit/interpret.h"
#include "pyjit/memory.h"
#include "pyjit/stats.h"
#include "pyjit/switch.h"

/* -- On and off -------------------------------------------------------------------------------- */

static PyObject *enable(PyObject *Py_UNUSED(module), PyObject *samples)
{
    return PyBool_FromLong(switch_on(samples));
}

static PyObject *watch(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none))
{
    if (switch_is_on()) {
        interpret_watch(PyThreadState_Get());
    }
    Py_RETURN_NONE;
}

static PyObject *disable(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none))
{
    switch_off();
    Py_RETURN_NONE;
}

static PyObject *is_enabled(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none))
{
    return PyBool_FromLong(switch_is_on());
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

static PyObject *is_compiled(PyObject *Py_UNUSED(module), PyObject *object)
{
    PyCodeObject *code = code_of(object);
    if (code == NULL) {
        return NULL;
    }
    return PyBool_FromLong(switch_serves() && engine_is_compiled(code));
}

static PyObject *compile(PyObject *Py_UNUSED(module), PyObject *object)
{
    PyCodeObject *code = code_of(object);
    if (code == NULL) {
        return NULL;
    }
    if (!switch_serves()) {
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
    return switch_serves() ? engine_describe(code) : PyList_New(0);
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
     PyDoc_STR("enable($module, samples, /)\n--\n\nTurn the JIT on. True if it is on now.")},
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

/* What is to be done when an interpreter imports the module. */
static int execute(PyObject *Py_UNUSED(module))
{
    switch_prepare();
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
