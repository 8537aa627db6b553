/* The engine: PEP 523's frame evaluator, the decision what to compile, and starting up.
 * Owns the permanent pieces of code that compiled code shares. */
#include "pyjit/engine.h"

#include "pyjit/assembler.h"
#include "pyjit/away.h"
#include "pyjit/block.h"
#include "pyjit/cells.h"
#include "pyjit/cframe.h"
#include "pyjit/consume.h"
#include "pyjit/exits.h"
#include "pyjit/frames.h"
#include "pyjit/hook.h"
#include "pyjit/inline.h"
#include "pyjit/interpret.h"
#include "pyjit/log.h"
#include "pyjit/machinery.h"
#include "pyjit/names.h"
#include "pyjit/natives.h"
#include "pyjit/numbers.h"
#include "pyjit/resume.h"
#include "pyjit/sampler.h"
#include "pyjit/settings.h"
#include "pyjit/state.h"
#include "pyjit/stats.h"

#include <string.h>

#define DEEP 4000 /* levels of calls */

static CodeState permanent; /* owns the memory of permanent code */

/* ---- starting ---------------------------------------------------------------------------------- */

/* Places one permanent operation. NULL on failure. */
static uint8_t *
make_permanent(int operation, const intptr_t *values, int count)
{
    Assembler as = {0};
    uint8_t *start;
    asm_emit(&as, operation, values, count);
    int result = asm_finish(&as, &permanent, NULL, &start);
    asm_reset(&as);
    return result < 0 ? NULL : start;
}

/* Finds the table of small ints and checks that it is one. */
static int
find_small_ints(void)
{
    char *base = (char *)PyLong_FromLong(0);
    for (long value = -5; value <= 256; value++) {
        PyObject *object = PyLong_FromLong(value);
        if (object == NULL || (char *)object != base + value * 32) {
            return -1;
        }
        Py_DECREF(object);
    }
    Py_DECREF((PyObject *)base);
    pyjit_state.small_ints = (PyObject *)base;
    return 0;
}

/* New reference to a function of the module builtins, NULL if the program has put something else in its place. */
static PyObject *
find_builtin(const char *name)
{
    PyObject *builtins = PyInterpreterState_Get()->builtins, *object = PyDict_GetItemString(builtins, name);
    if (object == NULL || !Py_IS_TYPE(object, &PyCFunction_Type)) {
        return NULL;
    }
    const PyCFunctionObject *function = (const PyCFunctionObject *)object;
    bool is_it = strcmp(function->m_ml->ml_name, name) == 0 && function->m_self != NULL &&
                 PyModule_Check(function->m_self) && PyModule_GetDict(function->m_self) == builtins;
    return is_it ? Py_NewRef(object) : NULL;
}

/* The same for a method of a builtin type. */
static PyObject *
find_method(PyTypeObject *type, const char *name)
{
    PyObject *object = PyDict_GetItemString(type->tp_dict, name);
    bool is_it = object != NULL && Py_IS_TYPE(object, &PyMethodDescr_Type) && PyDescr_TYPE(object) == type &&
                 strcmp(((PyMethodDescrObject *)object)->d_method->ml_name, name) == 0;
    return is_it ? Py_NewRef(object) : NULL;
}

/* The same for tuple.__new__. */
static PyObject *
find_tuple_new(void)
{
    PyObject *object = PyDict_GetItemString(PyTuple_Type.tp_dict, "__new__");
    bool is_it = object != NULL && Py_IS_TYPE(object, &PyCFunction_Type) &&
                 ((PyCFunctionObject *)object)->m_self == (PyObject *)&PyTuple_Type;
    return is_it ? Py_NewRef(object) : NULL;
}

/* Gets hold of the builtins that are done in place. */
static void
find_builtins(void)
{
    Py_XSETREF(pyjit_state.builtin_len, find_builtin("len"));
    Py_XSETREF(pyjit_state.builtin_isinstance, find_builtin("isinstance"));
    Py_XSETREF(pyjit_state.builtin_abs, find_builtin("abs"));
    Py_XSETREF(pyjit_state.builtin_min, find_builtin("min"));
    Py_XSETREF(pyjit_state.builtin_max, find_builtin("max"));
    Py_XSETREF(pyjit_state.builtin_divmod, find_builtin("divmod"));
    Py_XSETREF(pyjit_state.builtin_ord, find_builtin("ord"));
    Py_XSETREF(pyjit_state.builtin_chr, find_builtin("chr"));
    Py_XSETREF(pyjit_state.builtin_any, find_builtin("any"));
    Py_XSETREF(pyjit_state.builtin_all, find_builtin("all"));
    Py_XSETREF(pyjit_state.builtin_next, find_builtin("next"));
    Py_XSETREF(pyjit_state.builtin_sum, find_builtin("sum"));
    Py_XSETREF(pyjit_state.builtin_sorted, find_builtin("sorted"));
    Py_XSETREF(pyjit_state.str_join, find_method(&PyUnicode_Type, "join"));
    Py_XSETREF(pyjit_state.generator_send, find_method(&PyGen_Type, "send"));
    Py_XSETREF(pyjit_state.coroutine_send, find_method(&PyCoro_Type, "send"));
    Py_XSETREF(pyjit_state.tuple_new, find_tuple_new());
    Py_XSETREF(pyjit_state.list_append, find_method(&PyList_Type, "append"));
    Py_XSETREF(pyjit_state.dict_get, find_method(&PyDict_Type, "get"));
    Py_XSETREF(pyjit_state.list_pop, find_method(&PyList_Type, "pop"));
}

/* Gets hold of the strings of one character that exist once, and of the type of iterators of such. */
static int
find_characters(void)
{
    for (Py_UCS4 i = 0; i < Py_ARRAY_LENGTH(pyjit_state.characters); i++) {
        PyObject *character = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, &i, 1);
        if (character == NULL) {
            return -1;
        }
        Py_XSETREF(pyjit_state.characters[i], character);
    }
    PyObject *iterator = PyObject_GetIter(pyjit_state.characters['a']);
    if (iterator == NULL) {
        return -1;
    }
    pyjit_state.ascii_iterator = Py_TYPE(iterator);
    Py_DECREF(iterator);
    return 0;
}

/* Makes code memory and the permanent code. */
int
engine_start(const char **why)
{
    static bool has_index;
    if (!has_index && code_init() < 0) {
        *why = "CPython has no place left for pyjit's data in code objects";
        return -1;
    }
    has_index = true;
    if (names_init() < 0 || hook_init() < 0) {
        *why = "no memory";
        return -1;
    }
    numbers_init();
    if (find_small_ints() < 0) {
        *why = "small ints are not where CPython 3.11 has them";
        return -1;
    }
    if (find_characters() < 0 || consume_init() < 0) {
        PyErr_Clear();
        *why = "no memory";
        return -1;
    }
    find_builtins();
    natives_init();
    if (away_init() < 0) {
        *why = "no memory";
        return -1;
    }
    if (codemem_init((const void *)_PyEval_EvalFrameDefault, settings_get()->code_limit) < 0) {
        *why = "no memory that may be executed can be had";
        return -1;
    }
    permanent = (CodeState){0};
    if (link_init() < 0 || exits_init() < 0) {
        *why = "not enough code memory";
        return -1;
    }
    intptr_t base = (intptr_t)codemem_base();
    pyjit_state.return_to_c = make_permanent(OP_return_to_c, NULL, 0);
    pyjit_state.return_frame = make_permanent(OP_return_frame, &base, 1);
    pyjit_state.return_last = make_permanent(OP_return_last, &base, 1);
    if (pyjit_state.return_to_c == NULL || pyjit_state.return_frame == NULL ||
        pyjit_state.return_last == NULL) {
        *why = "not enough code memory";
        return -1;
    }
    return 0;
}

/* Sets the frame evaluator together with what says why. The sampler's thread reads both (away.h). */
static void
set_evaluator(_PyFrameEvalFunction evaluator, bool *reason, bool holds)
{
    sampler_lock();
    _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState_Main(), evaluator);
    *reason = holds;
    sampler_unlock();
}

/* Installs the frame evaluator. */
void
engine_install(void)
{
    generator_slots_install();
    set_evaluator(engine_eval_frame, &pyjit_state.installed, true);
}

/* Removes the frame evaluator. */
void
engine_remove(void)
{
    frames_free_spare();
    cells_free();
    generator_slots_remove();
    away_over();
    set_evaluator(_PyEval_EvalFrameDefault, &pyjit_state.installed, false);
}

/* Code memory is full: code that is not compiled is better off without a frame evaluator, which takes
 * call inlining away from the interpreter. Compiled code goes on calling compiled code. */
static void
suspend(void)
{
    set_evaluator(_PyEval_EvalFrameDefault, &pyjit_state.suspended, true);
    log_line("code memory is full: no more is compiled");
}

/* Some code memory has been given back. */
void
engine_memory_freed(void)
{
    pyjit_state.code_full = false;
    if (pyjit_state.suspended && pyjit_state.installed) {
        set_evaluator(engine_eval_frame, &pyjit_state.suspended, false);
    }
    pyjit_state.suspended = false;
}

/* ---- deciding ---------------------------------------------------------------------------------- */

/* Is the thread so deep in calls that they had better not go through C? Each level of interpreted calls takes half a KB of
 * the C stack, which programs that raise the recursion limit do not expect. */
static inline bool
is_deep(const PyThreadState *tstate)
{
    return tstate->recursion_limit - tstate->recursion_remaining > DEEP;
}

/* Would one more execution change nothing but their count? The first one is another matter, and so are loops. */
static inline bool
is_still_cold(const PyThreadState *tstate, const CodeState *state)
{
    return state->status == CODE_COLD && !state->has_loop && !state->is_search && state->executions > 0 &&
           state->executions + 1 < engine_threshold() && !is_deep(tstate);
}

/* Counts an execution of the code. */
CodeState *
engine_state(PyCodeObject *code)
{
    CodeState *state = code_state(code);
    if (state != NULL && state->status == CODE_ACTIVE) {
        state->executions += state->executions < INT_MAX;
        return state;
    }
    state = code_state_make(code);
    if (state == NULL || state->status == CODE_REFUSED) {
        return NULL;
    }
    state->executions++;
    if (state->executions == 1) {
        state->has_loop = decode_has_loop(_PyCode_CODE(code), (int)Py_SIZE(code));
        state->is_search = away_is_search(code);
    }
    const PyThreadState *tstate = _PyThreadState_GET();
    if (is_deep(tstate)) {
        state->executions = Py_MAX(state->executions, engine_threshold());
    }
    if (state->executions < engine_threshold() &&
        (!state->has_loop || machinery_is_site(code) || interpret_can_take(tstate))) {
        STAT(executions_cold);
        return NULL;
    }
    return code_activate(state) < 0 ? NULL : state;
}

/* ---- the frame evaluator ------------------------------------------------------------------------ */

/* Makes a frame, its evaluation being counted, the one that runs; `cframe` is to live as long. */
static inline void
begin(PyThreadState *tstate, _PyInterpreterFrame *frame, _PyCFrame *cframe)
{
    _PyCFrame *outer = tstate->cframe;
    STAT(entries);
    cframe_begin(cframe, outer, frame);
    tstate->cframe = cframe;
    frame->is_entry = true;
    frame->previous = outer->current_frame;
}

/* The opposite. */
static inline PyObject *
end(PyThreadState *tstate, _PyCFrame *cframe, PyObject *result)
{
    tstate->cframe = cframe_end(cframe);
    tstate->recursion_remaining++;
    return result;
}

/* Runs a frame from compiled code on. */
static inline PyObject *
run(PyThreadState *tstate, _PyInterpreterFrame *frame, uint8_t *target)
{
    _PyCFrame cframe;
    if (_Py_EnterRecursiveCallTstate(tstate, "")) {
        return NULL;
    }
    begin(tstate, frame, &cframe);
    frame->stacktop = -1;
    return end(tstate, &cframe, trampoline_enter(frame, tstate, target));
}

/* Runs a frame for which there is more to do than to jump to compiled code, from its prev_instr on, or from where the
 * pending exception takes it. */
static PyObject *
run_slowly(PyThreadState *tstate, _PyInterpreterFrame *frame, CodeState *state, bool throwing)
{
    _PyCFrame cframe;
    if (_Py_EnterRecursiveCallTstate(tstate, "")) {
        return NULL;
    }
    begin(tstate, frame, &cframe);
    Registers regs = {.frame = frame, .tstate = tstate};
    uint8_t *target = throwing ? exits_throw(&regs, state) : exits_enter(&regs, state);
    return end(tstate, &cframe, exits_run(&regs, target));
}

/* A frame that is not simply to go on in compiled code. */
static PyObject *
eval_frame_slowly(PyThreadState *tstate, _PyInterpreterFrame *frame, int throwflag)
{
    if (pyjit_state.code_full) {
        suspend();
    } else if (!tstate->cframe->use_tracing) {
        CodeState *state = engine_state(frame->f_code);
        if (state != NULL) {
            return run_slowly(tstate, frame, state, throwflag != 0);
        }
    }
    return interpret(tstate, frame, throwflag);
}

/* PEP 523. */
PyObject *
engine_eval_frame(PyThreadState *tstate, _PyInterpreterFrame *frame, int throwflag)
{
    CodeState *state = code_state(frame->f_code);
    if (state == NULL || throwflag || pyjit_state.code_full || tstate->cframe->use_tracing) {
        return eval_frame_slowly(tstate, frame, throwflag);
    }
    if (is_still_cold(tstate, state) && !pyjit_state.young) {
        state->executions++;
        STAT(executions_cold);
        return _PyEval_EvalFrameDefault(tstate, frame, 0);
    }
    if (state->status != CODE_ACTIVE) {
        return eval_frame_slowly(tstate, frame, 0);
    }
    int offset = _PyInterpreterFrame_LASTI(frame) + 1;
    uint8_t *target = NULL;
    if (offset > 0) { /* a generator that goes on */
        target = resume_known(state, offset);
    } else if (state->entry != pyjit_state.entry_stub) {
        target = state->entry;
        vectorcall_adopt(frame->f_func, state);
    }
    return target != NULL ? run(tstate, frame, target) : eval_frame_slowly(tstate, frame, 0);
}

/* ---- introspection ------------------------------------------------------------------------------ */

/* Has at least one block of this code been compiled? */
bool
engine_is_compiled(PyCodeObject *code)
{
    CodeState *state = code_state(code);
    return state != NULL && (state->block_count > 0 || state->in_place);
}

/* Asks that the code be compiled from its next execution on. */
int
engine_request(PyCodeObject *code)
{
    CodeState *state = code_state_make(code);
    bool is_ready = state != NULL && (state->status != CODE_COLD || code_activate(state) == 0);
    if (state != NULL && state->status == CODE_REFUSED) {
        return 0;
    }
    if (!is_ready) {
        PyErr_NoMemory();
        return -1;
    }
    state->executions = INT_MAX;
    away_over();
    return 0;
}

/* New list of (position, bytecode offset, code compiled in place or None) tuples. */
static PyObject *
describe_positions(const CodeState *state, const BlockVersion *version)
{
    unsigned bytes = 0;
    PyObject *list = PyList_New(version->position_count);
    for (uint32_t i = 0; list != NULL && i < version->position_count; i++) {
        bytes += version->positions[i].bytes;
        int offset = version->positions[i].offset;
        const InlineSite *site = inline_get(state, version->positions[i].site);
        for (; site != NULL && site->callee == NULL; site = inline_get(state, site->outer)) {
            offset = site->call; /* the code is gone: all of it is shown as the call's */
        }
        PyObject *code = Py_NewRef(site == NULL ? Py_None : (PyObject *)site->callee->code);
        PyObject *pair = Py_BuildValue("(IiN)", bytes, offset * 2, code);
        if (pair == NULL) {
            Py_CLEAR(list);
            break;
        }
        PyList_SET_ITEM(list, i, pair);
    }
    return list;
}

/* New dict that describes one version. */
static PyObject *
describe_version(const CodeState *state, const BlockVersion *version)
{
    char context[1000];
    ctx_describe(version->ctx, context, sizeof context);
    PyObject *map = describe_positions(state, version);
    if (map == NULL) {
        return NULL;
    }
    const uint8_t *hot = codemem_base() + version->hot, *cold = codemem_base() + version->cold;
    return Py_BuildValue("{s:i, s:s, s:K, s:y#, s:y#, s:K, s:N}", "offset", version->offset * 2, "context",
                         context, "address", (unsigned long long)(uintptr_t)hot, "hot", hot,
                         (Py_ssize_t)version->hot_size, "cold", cold, (Py_ssize_t)version->cold_size,
                         "cold_address", (unsigned long long)(uintptr_t)cold, "map", map);
}

/* By address, for qsort. */
static int
compare_versions(const void *a, const void *b)
{
    const BlockVersion *const *x = a, *const *y = b;
    return (*x)->hot < (*y)->hot ? -1 : (*x)->hot > (*y)->hot;
}

/* New list, one dict a block version in order of address. */
PyObject *
engine_describe(PyCodeObject *code)
{
    CodeState *state = code_state(code);
    if (state == NULL || state->block_count == 0) {
        return PyList_New(0);
    }
    const BlockVersion **versions = PyMem_Calloc((size_t)state->block_count, sizeof *versions);
    if (versions == NULL) {
        return PyErr_NoMemory();
    }
    int count = 0;
    for (int i = 0; i < state->bucket_count; i++) {
        for (const BlockVersion *it = state->buckets[i]; it != NULL; it = it->next) {
            versions[count++] = it;
        }
    }
    qsort(versions, (size_t)count, sizeof *versions, compare_versions);
    PyObject *list = PyList_New(count);
    for (int i = 0; list != NULL && i < count; i++) {
        PyObject *item = describe_version(state, versions[i]);
        if (item == NULL) {
            Py_CLEAR(list);
            break;
        }
        PyList_SET_ITEM(list, i, item);
    }
    PyMem_Free(versions);
    return list;
}
