/* The check at load that this interpreter is the one pyjit was built for: version, kind of build,
 * bytecode, frame evaluator. How structs are laid out is checked by layout_v311.c. */
#include "pyjit/compatibility.h"

#include "cpython/identity.h"
#include "pyjit/engine.h"

#include <stdarg.h>
#include <stdio.h>

/* Where the reason goes. */
typedef struct {
    char *text;
    size_t size;
} Reason;

/* Writes the reason. Returns -1. */
__attribute__((format(printf, 2, 3))) static int differs(const Reason *why, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(why->text, why->size, format, values);
    va_end(values);
    PyErr_Clear();
    return -1;
}

/* The version that runs, whatever headers pyjit was compiled with. */
static int check_version(const Reason *why)
{
    unsigned long running = Py_Version >> 16, built = PY_VERSION_HEX >> 16;
    if (running != built) {
        return differs(why, "built for CPython %lu.%lu, this is %lu.%lu", built >> 8, built & 0xff,
                       running >> 8, running & 0xff);
    }
    return 0;
}

/* The kind of build: what a debug build counts and checks, compiled code must count and check too. */
static int check_build(const Reason *why)
{
    static const char *const kinds[] = {"release", "debug"};
    bool debug = PySys_GetObject("gettotalrefcount") != NULL;
    if (debug != BUILT_FOR_DEBUG) {
        return differs(why, "built for a %s build of CPython, this is a %s build",
                       kinds[BUILT_FOR_DEBUG], kinds[debug]);
    }
    if (PyBaseObject_Type.tp_basicsize != sizeof(PyObject)) {
        return differs(why, "objects start with %zd bytes here, not %zu",
                       PyBaseObject_Type.tp_basicsize, sizeof(PyObject));
    }
    return 0;
}

/* -- Bytecode ---------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int number;
} opcodes[] = {
#define ENTRY(name) {#name, name},
    CPYTHON_OPCODES(ENTRY)
#undef ENTRY
};

/* Runs the standard library's opcode.py, found where os.py is so that no module of the program's
 * can stand in for it, and without making it known to the program. */
static const char opmap_source[] =
    "import os\n"
    "from _frozen_importlib import module_from_spec\n"
    "from _frozen_importlib_external import PathFinder\n"
    "spec = PathFinder.find_spec('opcode', [os.path.dirname(os.__file__)])\n"
    "if spec is not None:\n"
    "    module = module_from_spec(spec)\n"
    "    spec.loader.exec_module(module)\n"
    "    opmap = module.opmap\n";

/* New reference to the opcode module's opmap. NULL without an exception when this Python comes
 * without one (as frozen programs do). */
static PyObject *load_opmap(void)
{
    PyObject *space = PyDict_New();
    if (space == NULL || PyDict_SetItemString(space, "__builtins__", PyEval_GetBuiltins()) < 0) {
        PyErr_Clear();
        Py_XDECREF(space);
        return NULL;
    }
    PyObject *done = PyRun_String(opmap_source, Py_file_input, space, space);
    PyObject *opmap = done == NULL ? NULL : PyDict_GetItemString(space, "opmap");
    if (opmap != NULL && !PyDict_Check(opmap)) {
        opmap = NULL;
    }
    Py_XINCREF(opmap);
    Py_XDECREF(done);
    Py_DECREF(space);
    PyErr_Clear();
    return opmap;
}

/* The numbers of the opcodes. */
static int check_opcodes(const Reason *why)
{
    PyObject *opmap = load_opmap();
    if (opmap == NULL) {
        return 0;
    }
    int result = 0;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(opcodes) && result == 0; i++) {
        PyObject *number = PyDict_GetItemString(opmap, opcodes[i].name);
        if (number == NULL || PyLong_AsLong(number) != opcodes[i].number) {
            result = differs(why, "opcode %s is not number %d here", opcodes[i].name,
                             opcodes[i].number);
        }
    }
    Py_ssize_t count = (Py_ssize_t)Py_ARRAY_LENGTH(opcodes);
    if (result == 0 && PyDict_GET_SIZE(opmap) != count) {
        result = differs(why, "there are %zd opcodes here, not %zd", PyDict_GET_SIZE(opmap), count);
    }
    Py_DECREF(opmap);
    return result;
}

/* The bytecode's version, then its opcodes. */
static int check_bytecode(const Reason *why)
{
    long magic = PyImport_GetMagicNumber();
    if (magic != CPYTHON_MAGIC) {
        return differs(why, "built for bytecode %ld, this is %ld", CPYTHON_MAGIC & 0xffff,
                       magic & 0xffff);
    }
    return check_opcodes(why);
}

/* -- The interpreter we are in ----------------------------------------------------------------- */

/* This interpreter is the main one, and nobody else evaluates its frames. */
static int check_interpreter(const Reason *why)
{
    PyInterpreterState *interp = PyInterpreterState_Get();
    if (interp != PyInterpreterState_Main()) {
        return differs(why, "runs in the main interpreter only, this is a subinterpreter");
    }
    _PyFrameEvalFunction evaluator = _PyInterpreterState_GetEvalFrameFunc(interp);
    if (evaluator != _PyEval_EvalFrameDefault && evaluator != engine_eval_frame) {
        return differs(why, "another extension has set a frame evaluator");
    }
    return 0;
}

int compatibility_check(char *text, size_t size)
{
    static bool fits; /* what cannot change has been checked */
    Reason why = {text, size};
    if (check_version(&why) < 0 || check_interpreter(&why) < 0) {
        return -1;
    }
    if (fits) {
        return 0;
    }
    if (check_build(&why) < 0 || check_bytecode(&why) < 0) {
        return -1;
    }
    const char *struct_name = layout_check();
    if (struct_name != NULL) {
        return differs(&why, "%s is laid out differently here", struct_name);
    }
    fits = true;
    return 0;
}
