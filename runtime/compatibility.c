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
    if (PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_MemoryError)) {
        snprintf(why->text, why->size, "no memory");
    }
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

#define EFFECT_ARGUMENT 3

static const struct {
    const char *name;
    int number, effect; /* of the number as an opcode, on the operand stack */
} opcodes[] = {
#define ENTRY(name, effect) {#name, name, effect},
    CPYTHON_OPCODES(ENTRY)
#undef ENTRY
};

/* What the compiler in this interpreter says about the effect of an opcode; PY_INVALID_STACK_EFFECT if it is none. */
static int effect_of(int number)
{
    return PyCompile_OpcodeStackEffect(number, number < HAVE_ARGUMENT ? 0 : EFFECT_ARGUMENT);
}

/* The numbers of the opcodes, by what they do. */
static int check_opcodes(const Reason *why)
{
    size_t count = 0;
    for (int number = 0; number <= UINT8_MAX; number++) {
        count += effect_of(number) != PY_INVALID_STACK_EFFECT;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(opcodes); i++) {
        if (effect_of(opcodes[i].number) != opcodes[i].effect) {
            return differs(why, "opcode %s is not number %d here", opcodes[i].name, opcodes[i].number);
        }
    }
    if (count != Py_ARRAY_LENGTH(opcodes)) {
        return differs(why, "there are %zu opcodes here, not %zu", count, Py_ARRAY_LENGTH(opcodes));
    }
    return 0;
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

int compatibility_check(PyObject *samples, char *text, size_t size)
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
    const char *struct_name = layout_check(samples);
    if (struct_name != NULL) {
        return differs(&why, "%s is laid out differently here", struct_name);
    }
    fits = true;
    return 0;
}
