/* The engine as the rest of the module sees it: start, stop, the frame evaluator, introspection. */
#ifndef PYJIT_ENGINE_H
#define PYJIT_ENGINE_H

#include "cpython/interface.h"

#include "pyjit/code.h"
#include "pyjit/settings.h"
#include "pyjit/stats.h"

/* Makes code memory and the permanent stubs. Returns 0, or -1 with a reason in *why (static text). */
int engine_start(const char **why);

/* Installs or removes the frame evaluator of the current interpreter (the main one). */
void engine_install(void);
void engine_remove(void);

/* Code memory that was full has room again (code.c tells). */
void engine_memory_freed(void);

/* The frame evaluator (PEP 523). */
PyObject *engine_eval_frame(PyThreadState *tstate, _PyInterpreterFrame *frame, int throwflag);

/* Has C call the function without detours from now on, where that can be (vectorcall.c). */
void vectorcall_adopt(PyFunctionObject *function, const CodeState *state);

/* Has C step generators and coroutines without detours, or as CPython does (generator_slots.c). */
void generator_slots_install(void);
void generator_slots_remove(void);

/* Counts an execution of the code. Its state if this one is pyjit's business, decoded; NULL if the
 * interpreter is to run it. */
CodeState *engine_state(PyCodeObject *code);

/* The execution of a code object that compiles it. A program that has run for a while will run for longer: then what
 * is executed rarely is worth more. */
static inline int
engine_threshold(void)
{
    const Settings *settings = settings_get();
    return pyjit_stats.executions_cold < SETTINGS_LATE ? settings->threshold : settings->late_threshold;
}

/* Has at least one block of this code been compiled, by itself or in the place of a call? */
bool engine_is_compiled(PyCodeObject *code);

/* Asks that the code be compiled from its next execution on, whatever the threshold.
 * Returns 0, or -1 with a Python exception set. */
int engine_request(PyCodeObject *code);

/* New list, one dict a block version in order of address: "offset" (bytecode offset in bytes),
 * "context" (text), "address" (int), "hot" and "cold" (bytes), "cold_address" (int),
 * "map" (list of (position in hot, bytecode offset in bytes, code object) tuples, by position; the code
 * object is that of a function compiled in place, or None). */
PyObject *engine_describe(PyCodeObject *code);

#endif
