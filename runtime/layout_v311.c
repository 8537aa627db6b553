/* The layout of CPython 3.11's structs, probed on live objects: what the exported functions say must
 * be found at the offsets pyjit was compiled with. */
#include "pyjit/compatibility.h"

#include "pyjit/frames.h"

/* In a probe: names the struct or field that is not where it should be. */
#define EXPECT(condition, name)                                                                    \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            return name;                                                                           \
        }                                                                                          \
    } while (0)

/* -- Types ------------------------------------------------------------------------------------- */

#define FRAME_HEADER offsetof(_PyInterpreterFrame, localsplus)

static const struct {
    const char *name;
    PyTypeObject *type;
    size_t size;
} types[] = {
    {"PyHeapTypeObject", &PyType_Type, sizeof(PyHeapTypeObject)},
    {"PyFunctionObject", &PyFunction_Type, sizeof(PyFunctionObject)},
    {"PyCodeObject", &PyCode_Type, offsetof(PyCodeObject, co_code_adaptive)},
    {"PyFrameObject", &PyFrame_Type, offsetof(PyFrameObject, _f_frame_data) + FRAME_HEADER},
    {"PyGenObject", &PyGen_Type, offsetof(PyGenObject, gi_iframe) + FRAME_HEADER},
    {"PyCoroObject", &PyCoro_Type, offsetof(PyCoroObject, cr_iframe) + FRAME_HEADER},
    {"PyAsyncGenObject", &PyAsyncGen_Type, offsetof(PyAsyncGenObject, ag_iframe) + FRAME_HEADER},
    {"_PyAsyncGenWrappedValue", &_PyAsyncGenWrappedValue_Type, sizeof(WrappedValue)},
    {"PyAsyncGenASend", &_PyAsyncGenASend_Type, sizeof(AsyncStep)},
    {"dictiterobject", &PyDictIterItem_Type, sizeof(DictIterator)},
    {"setiterobject", &PySetIter_Type, sizeof(SetIterator)},
    {"listiterobject", &PyListIter_Type, sizeof(SequenceIterator)},
    {"tupleiterobject", &PyTupleIter_Type, sizeof(SequenceIterator)},
    {"listreviterobject", &PyListRevIter_Type, sizeof(SequenceIterator)},
    {"rangeiterobject", &PyRangeIter_Type, sizeof(RangeIterator)},
    {"enumobject", &PyEnum_Type, sizeof(EnumerateIterator)},
    {"zipobject", &PyZip_Type, sizeof(ZipIterator)},
    {"PyMethodObject", &PyMethod_Type, sizeof(PyMethodObject)},
    {"PyCFunctionObject", &PyCFunction_Type, sizeof(PyCFunctionObject)},
    {"PyCellObject", &PyCell_Type, sizeof(PyCellObject)},
    {"PySliceObject", &PySlice_Type, sizeof(PySliceObject)},
    {"PyDictObject", &PyDict_Type, sizeof(PyDictObject)},
    {"PySetObject", &PySet_Type, sizeof(PySetObject)},
    {"PyListObject", &PyList_Type, sizeof(PyListObject)},
    {"PyTupleObject", &PyTuple_Type, offsetof(PyTupleObject, ob_item)},
    {"PyLongObject", &PyLong_Type, offsetof(PyLongObject, ob_digit)},
    {"PyFloatObject", &PyFloat_Type, sizeof(PyFloatObject)},
    {"PyUnicodeObject", &PyUnicode_Type, sizeof(PyUnicodeObject)},
    {"PyBytesObject", &PyBytes_Type, offsetof(PyBytesObject, ob_sval) + 1},
};

/* The sizes types declare for their instances. */
static const char *probe_types(void)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(types); i++) {
        EXPECT((size_t)types[i].type->tp_basicsize == types[i].size, types[i].name);
    }
    return NULL;
}

/* -- The runtime ------------------------------------------------------------------------------- */

/* The interpreter state. */
static const char *probe_interpreter(PyInterpreterState *interp)
{
    _PyFrameEvalFunction evaluator =
        interp->eval_frame == NULL ? _PyEval_EvalFrameDefault : interp->eval_frame;
    EXPECT(_PyRuntime.interpreters.main == PyInterpreterState_Main(), "_PyRuntimeState");
    EXPECT(_Py_IsMainThread() == _PyOS_IsMainThread(), "_PyRuntimeState.main_thread");
    EXPECT(_PyThreadState_GET() == PyThreadState_Get(), "_PyRuntimeState.gilstate");
    EXPECT(interp->runtime == &_PyRuntime, "PyInterpreterState.runtime");
    EXPECT(interp->id == PyInterpreterState_GetID(interp), "PyInterpreterState.id");
    EXPECT(interp->modules == PyImport_GetModuleDict(), "PyInterpreterState.modules");
    PyObject *dict = PyInterpreterState_GetDict(interp); /* made when first asked for */
    EXPECT(interp->dict == dict, "PyInterpreterState.dict");
    EXPECT(_PyInterpreterState_GetEvalFrameFunc(interp) == evaluator,
           "PyInterpreterState.eval_frame");
    EXPECT(interp->ceval.recursion_limit == Py_GetRecursionLimit(),
           "PyInterpreterState.ceval.recursion_limit");
    return NULL;
}

/* The eval breaker and what sets it: asks for an asynchronous exception and takes it back. */
static const char *probe_breaker(PyThreadState *tstate)
{
    struct _ceval_state *ceval = &tstate->interp->ceval;
    if (tstate->async_exc != NULL || ceval->pending.async_exc != 0) {
        return NULL; /* there is one already: leave it alone */
    }
    PyThreadState_SetAsyncExc(tstate->thread_id, PyExc_KeyError);
    bool thread_knows = tstate->async_exc == PyExc_KeyError;
    bool ceval_knows =
        ceval->pending.async_exc == 1 && _Py_atomic_load_relaxed(&ceval->eval_breaker) == 1;
    PyThreadState_SetAsyncExc(tstate->thread_id, NULL);
    EXPECT(thread_knows && tstate->async_exc == NULL, "PyThreadState.async_exc");
    EXPECT(ceval_knows, "PyInterpreterState.ceval.eval_breaker");
    ceval->pending.async_exc = 0;
    safepoint_recompute(tstate->interp);
    return NULL;
}

/* The thread state, without the frames it leads to. */
static const char *probe_thread(PyThreadState *tstate)
{
    EXPECT(tstate->interp == PyThreadState_GetInterpreter(tstate), "PyThreadState.interp");
    EXPECT(tstate->id == PyThreadState_GetID(tstate), "PyThreadState.id");
    EXPECT(tstate->thread_id == PyThread_get_thread_ident(), "PyThreadState.thread_id");
    EXPECT(tstate->recursion_limit == Py_GetRecursionLimit(), "PyThreadState.recursion_limit");
    int remaining = tstate->recursion_remaining;
    bool entered = Py_EnterRecursiveCall("") == 0;
    bool counted = tstate->recursion_remaining == remaining - 1;
    if (entered) {
        Py_LeaveRecursiveCall();
    }
    EXPECT(!entered || counted, "PyThreadState.recursion_remaining");
    PyErr_Restore(Py_NewRef(PyExc_KeyError), NULL, NULL); /* an exception may be being handled */
    bool raised = tstate->curexc_type == PyExc_KeyError && tstate->curexc_value == NULL;
    PyErr_Clear();
    EXPECT(raised, "PyThreadState.curexc_type");
    return NULL;
}

/* What the garbage collector does: it counts new objects, and is turned off. (The module gc is not imported for this:
 * the program would see it.) */
static const char *probe_collector(const PyInterpreterState *interp)
{
    const struct _gc_runtime_state *gc = &interp->gc;
    int enabled = PyGC_Disable();
    int before = gc->generations[0].count;
    PyObject *cell = PyCell_New(NULL);
    bool counted = cell == NULL || gc->generations[0].count == before + 1;
    Py_XDECREF(cell);
    bool disabled = !gc->enabled;
    if (enabled) {
        PyGC_Enable();
    }
    EXPECT(cell != NULL, "the garbage collector");
    EXPECT(counted && disabled && gc->enabled == enabled, "PyInterpreterState.gc");
    return NULL;
}

/* The frame that runs and the data stack it is on. Without a Python frame nothing is known. */
static const char *probe_frame(PyThreadState *tstate)
{
    PyFrameObject *object = PyEval_GetFrame();
    if (object == NULL) {
        return NULL;
    }
    _PyInterpreterFrame *frame = tstate->cframe->current_frame;
    while (frame != NULL && _PyFrame_IsIncomplete(frame)) {
        frame = frame->previous;
    }
    EXPECT(frame != NULL && object->f_frame == frame, "PyThreadState.cframe");
    EXPECT(frame->frame_obj == object, "_PyInterpreterFrame.frame_obj");
    EXPECT(frame->f_globals == PyEval_GetGlobals(), "_PyInterpreterFrame.f_globals");
    EXPECT(frame->f_builtins == PyEval_GetBuiltins(), "_PyInterpreterFrame.f_builtins");
    PyCodeObject *code = PyFrame_GetCode(object);
    bool same_code = frame->f_code == code;
    Py_DECREF(code);
    EXPECT(same_code, "_PyInterpreterFrame.f_code");
    int last = _PyInterpreterFrame_LASTI(frame) * (int)sizeof(_Py_CODEUNIT);
    EXPECT(last == PyFrame_GetLasti(object), "_PyInterpreterFrame.prev_instr");
    EXPECT((PyObject *)frame->f_func->func_code == (PyObject *)code, "_PyInterpreterFrame.f_func");
    _PyStackChunk *chunk = tstate->datastack_chunk;
    EXPECT(chunk->data < tstate->datastack_top && tstate->datastack_top <= tstate->datastack_limit,
           "PyThreadState.datastack_top");
    EXPECT((char *)chunk + chunk->size == (char *)tstate->datastack_limit,
           "PyThreadState.datastack_limit");
    return NULL;
}

/* -- Objects ----------------------------------------------------------------------------------- */

/* Does the object's attribute equal this number? */
static bool attribute_is(PyObject *object, const char *name, long number)
{
    PyObject *value = PyObject_GetAttrString(object, name);
    bool same = value != NULL && PyLong_Check(value) && PyLong_AsLong(value) == number;
    Py_XDECREF(value);
    return same;
}

/* Is the object's attribute this one? */
static bool attribute_is_this(PyObject *object, const char *name, PyObject *value)
{
    PyObject *found = PyObject_GetAttrString(object, name);
    Py_XDECREF(found);
    return found == value;
}

/* A code object. */
static const char *probe_code(PyCodeObject *code)
{
    PyObject *object = (PyObject *)code;
    EXPECT(attribute_is(object, "co_argcount", code->co_argcount), "PyCodeObject.co_argcount");
    EXPECT(attribute_is(object, "co_kwonlyargcount", code->co_kwonlyargcount),
           "PyCodeObject.co_kwonlyargcount");
    EXPECT(attribute_is(object, "co_stacksize", code->co_stacksize), "PyCodeObject.co_stacksize");
    EXPECT(attribute_is(object, "co_nlocals", code->co_nlocals) &&
               code->co_nlocalsplus == code->co_nlocals,
           "PyCodeObject.co_nlocalsplus");
    EXPECT(attribute_is(object, "co_flags", code->co_flags), "PyCodeObject.co_flags");
    EXPECT(attribute_is(object, "co_firstlineno", code->co_firstlineno),
           "PyCodeObject.co_firstlineno");
    EXPECT(PyTuple_CheckExact(code->co_consts) && PyTuple_CheckExact(code->co_names) &&
               PyTuple_CheckExact(code->co_localsplusnames) &&
               PyBytes_CheckExact(code->co_exceptiontable),
           "PyCodeObject");
    PyObject *generic = PyCode_GetCode(code);
    if (generic == NULL) {
        return "PyCodeObject.co_code_adaptive";
    }
    /* Instructions the interpreter specializes or quickens change; those at the end of this
     * function do not. */
    Py_ssize_t size = PyBytes_GET_SIZE(generic), tail = 2 * (Py_ssize_t)sizeof(_Py_CODEUNIT);
    bool same = size == _PyCode_NBYTES(code) && size > tail &&
                memcmp(PyBytes_AS_STRING(generic) + size - tail,
                       code->co_code_adaptive + size - tail, (size_t)tail) == 0;
    Py_DECREF(generic);
    EXPECT(same, "PyCodeObject.co_code_adaptive");
    return NULL;
}

/* A function of two positional parameters, one with a default, and a keyword-only one with one. */
static const char *probe_function(PyFunctionObject *function)
{
    PyObject *object = (PyObject *)function;
    EXPECT(function->func_code == PyFunction_GetCode(object), "PyFunctionObject.func_code");
    EXPECT(function->func_globals == PyFunction_GetGlobals(object), "PyFunctionObject.func_globals");
    EXPECT(attribute_is_this(object, "__builtins__", function->func_builtins), "PyFunctionObject.func_builtins");
    EXPECT(function->func_defaults == PyFunction_GetDefaults(object) &&
               PyTuple_GET_SIZE(function->func_defaults) == 1,
           "PyFunctionObject.func_defaults");
    EXPECT(function->func_kwdefaults == PyFunction_GetKwDefaults(object) &&
               PyDict_GET_SIZE(function->func_kwdefaults) == 1,
           "PyFunctionObject.func_kwdefaults");
    EXPECT(function->func_closure == NULL, "PyFunctionObject.func_closure");
    EXPECT(function->vectorcall == PyVectorcall_Function(object), "PyFunctionObject.vectorcall");
    return probe_code((PyCodeObject *)function->func_code);
}

/* A generator suspended at a yield; `code` is its function's. */
static const char *probe_generator(PyGenObject *generator, PyObject *code)
{
    _PyInterpreterFrame *frame = (_PyInterpreterFrame *)generator->gi_iframe;
    EXPECT((PyObject *)generator->gi_code == code, "PyGenObject.gi_code");
    EXPECT(generator->gi_frame_state == FRAME_SUSPENDED, "PyGenObject.gi_frame_state");
    EXPECT((PyObject *)frame->f_code == code && frame->owner == FRAME_OWNED_BY_GENERATOR &&
               _PyFrame_GetGenerator(frame) == generator,
           "PyGenObject.gi_iframe");
    EXPECT(frame->stacktop == frame->f_code->co_nlocalsplus, "_PyInterpreterFrame.stacktop");
    return NULL;
}

/* Is this str the first key in this table of keys? */
static bool begins_with_key(PyDictKeysObject *keys, PyObject *key)
{
    return keys->dk_kind != DICT_KEYS_GENERAL && keys->dk_nentries > 0 &&
           DK_UNICODE_ENTRIES(keys)[0].me_key == key;
}

/* Where the memory of the keys of a dict goes that ends. */
static const char *probe_end_of_dict(PyDictObject *dict)
{
    const struct _Py_dict_state *kept = &PyInterpreterState_Get()->dict_state;
    const PyDictKeysObject *keys = dict->ma_keys;
    int before = kept->keys_numfree;
    bool has_room = before >= 0 && before < PyDict_MAXFREELIST;
    Py_DECREF(dict);
    EXPECT(has_room ? kept->keys_numfree == before + 1 && kept->keys_free_list[before] == keys
                    : before == PyDict_MAXFREELIST,
           "PyInterpreterState.dict_state");
    return NULL;
}

/* A dictionary, made here. */
static const char *probe_dict(PyObject *key, PyObject *value)
{
    PyDictObject *dict = (PyDictObject *)PyDict_New();
    uint64_t version = dict == NULL ? 0 : dict->ma_version_tag;
    const char *differs = NULL;
    if (dict == NULL || PyDict_SetItem((PyObject *)dict, key, value) < 0 || dict->ma_used != 1 ||
        dict->ma_values != NULL || dict->ma_version_tag == version) {
        differs = "PyDictObject";
    } else if (!begins_with_key(dict->ma_keys, key) ||
               DK_UNICODE_ENTRIES(dict->ma_keys)[0].me_value != value) {
        differs = "PyDictKeysObject";
    } else {
        return probe_end_of_dict(dict);
    }
    Py_XDECREF(dict);
    return differs;
}

/* An instance with its attributes inline, of which this is the first. */
static const char *probe_instance(PyObject *instance, PyObject *key, PyObject *value)
{
    PyTypeObject *type = Py_TYPE(instance);
    EXPECT(PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT), "PyTypeObject.tp_flags");
    PyDictKeysObject *keys = ((PyHeapTypeObject *)type)->ht_cached_keys;
    EXPECT(keys != NULL && begins_with_key(keys, key), "PyHeapTypeObject.ht_cached_keys");
    PyDictValues *values = *_PyObject_ValuesPointer(instance);
    EXPECT(values != NULL && values->values[0] == value, "PyDictValues");
    return NULL;
}

/* The ints that exist once, side by side. */
static const char *probe_small_ints(void)
{
    const char *previous = NULL, *differs = NULL;
    for (long i = -_PY_NSMALLNEGINTS; i < _PY_NSMALLPOSINTS && differs == NULL; i++) {
        PyObject *number = PyLong_FromLong(i);
        if (number == NULL ||
            (previous != NULL && (char *)number != previous + sizeof(PyLongObject))) {
            differs = "the table of small ints";
        }
        previous = (char *)number;
        Py_XDECREF(number);
    }
    return differs;
}

/* -- The samples ------------------------------------------------------------------------------- */

/* The probes that need objects of Python code: those that pyjit/__init__.py makes. */
static const char *probe_samples(PyObject *samples)
{
    PyObject *function, *generate, *generator, *instance, *key, *value;
    const char *differs = "the samples";
    if (PyTuple_Check(samples) && PyArg_ParseTuple(samples, "O!O!O!OUO", &PyFunction_Type, &function, &PyFunction_Type, &generate,
                                            &PyGen_Type, &generator, &instance, &key, &value)) {
        differs = probe_function((PyFunctionObject *)function);
        if (differs == NULL) {
            differs = probe_generator((PyGenObject *)generator, PyFunction_GetCode(generate));
        }
        if (differs == NULL) {
            differs = probe_dict(key, value);
        }
        if (differs == NULL) {
            differs = probe_instance(instance, key, value);
        }
    }
    return differs;
}

const char *layout_check(PyObject *samples)
{
    PyThreadState *tstate = PyThreadState_Get();
    const char *differs = probe_types();
    if (differs == NULL) {
        differs = probe_interpreter(PyThreadState_GetInterpreter(tstate));
    }
    if (differs == NULL) {
        differs = probe_thread(tstate);
    }
    if (differs == NULL) {
        differs = probe_breaker(tstate);
    }
    if (differs == NULL) {
        differs = probe_collector(PyThreadState_GetInterpreter(tstate));
    }
    if (differs == NULL) {
        differs = probe_frame(tstate);
    }
    if (differs == NULL) {
        differs = probe_small_ints();
    }
    if (differs == NULL) {
        differs = probe_samples(samples);
    }
    PyErr_Clear();
    return differs;
}
