/* New objects made without anybody noticing: the garbage collector, which might run anything, or tracemalloc, which
 * looks at frames. Where they would, objects are not made; the generic operation then does it all. Owns nothing. */
#include "pyjit/quiet.h"

#include "pyjit/cells.h"
#include "pyjit/keys.h"
#include "pyjit/names.h"

/* Would so many more objects set off the garbage collector? */
bool
quiet_collects(const PyThreadState *tstate, int count)
{
    const struct _gc_runtime_state *gc = &tstate->interp->gc;
    const struct gc_generation *young = &gc->generations[0];
    return young->count + count > young->threshold && gc->enabled && young->threshold != 0 && !gc->collecting;
}

/* Would they, or is it noted which line makes which object? */
static inline bool
are_noticed(const PyThreadState *tstate, int count)
{
    return quiet_collects(tstate, count) || _Py_tracemalloc_config.tracing;
}

/* The same of one. */
static inline bool
is_noticed(const PyThreadState *tstate)
{
    return are_noticed(tstate, 1);
}

/* A new generator or coroutine whose fields are all to be set. */
PyGenObject *
quiet_new_generator(PyTypeObject *type, int room, PyThreadState *tstate)
{
    return is_noticed(tstate) ? NULL : cells_take_generator(type, room, tstate);
}

/* The object, or NULL without an exception. */
static PyObject *
without_error(PyObject *object)
{
    if (object == NULL) {
        PyErr_Clear(); /* no memory: the generic operation will find so, too */
    }
    return object;
}

/* ---- instances --------------------------------------------------------------------------------- */

/* Can instances of this class be made by quiet_new_instance()? */
bool
quiet_makes(PyTypeObject *type)
{
    return type->tp_new == PyBaseObject_Type.tp_new && type->tp_alloc == PyType_GenericAlloc &&
           type->tp_itemsize == 0 && PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) &&
           !PyType_HasFeature(type, Py_TPFLAGS_IS_ABSTRACT) &&
           (type->tp_dictoffset == 0 || PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT)) &&
           (!PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT) ||
            ((PyHeapTypeObject *)type)->ht_cached_keys != NULL);
}

/* Gives an instance its inline values, none of which is set. */
static bool
add_values(PyObject *instance, PyTypeObject *type)
{
    PyDictKeysObject *keys = ((PyHeapTypeObject *)type)->ht_cached_keys;
    if (keys->dk_usable > 1) {
        keys->dk_usable--;
    }
    size_t size = (size_t)(keys->dk_nentries + keys->dk_usable);
    size_t prefix = _Py_SIZE_ROUND_UP(size + 2, sizeof(PyObject *));
    char *memory = PyMem_Malloc(prefix + size * sizeof(PyObject *));
    if (memory == NULL) {
        return false;
    }
    PyDictValues *values = (PyDictValues *)(memory + prefix);
    ((uint8_t *)values)[-1] = (uint8_t)prefix;
    ((uint8_t *)values)[-2] = 0; /* names in the order in which they were set */
    for (size_t i = 0; i < size; i++) {
        values->values[i] = NULL;
    }
    *_PyObject_ValuesPointer(instance) = values;
    return true;
}

/* A new instance of a class for which quiet_makes() holds. */
PyObject *
quiet_new_instance(PyTypeObject *type, PyThreadState *tstate)
{
    if (is_noticed(tstate)) {
        return NULL;
    }
    bool has_values = PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT);
    PyObject *instance = has_values ? cells_take(type, tstate) : NULL;
    if (instance != NULL) {
        return instance;
    }
    instance = without_error(PyType_GenericAlloc(type, 0));
    if (instance != NULL && has_values && !add_values(instance, type)) {
        Py_CLEAR(instance);
    }
    return instance;
}

/* ---- cells and iterators ----------------------------------------------------------------------- */

/* A new cell that holds this value, which is stolen, or nothing if that is NULL. */
PyObject *
quiet_new_cell(PyObject *value, PyThreadState *tstate)
{
    PyObject *cell = is_noticed(tstate) ? NULL : without_error(PyCell_New(NULL));
    if (cell != NULL) {
        PyCell_SET(cell, value);
    }
    return cell;
}

/* A new bound method. */
PyObject *
quiet_new_method(PyObject *function, PyObject *self)
{
    return is_noticed(_PyThreadState_GET()) ? NULL : without_error(PyMethod_New(function, self));
}

/* Is iter() of such an object a matter of CPython's own? */
bool
quiet_iterates(PyTypeObject *type)
{
    return type == &PyList_Type || type == &PyTuple_Type || type == &PyDict_Type || type == &PySet_Type ||
           type == &PyFrozenSet_Type || type == &PyUnicode_Type || type == &PyRange_Type ||
           type == &PyDictKeys_Type || type == &PyDictValues_Type || type == &PyDictItems_Type;
}

/* The iterator of an object of such a type. */
PyObject *
quiet_iterator(PyObject *iterable, PyThreadState *tstate)
{
    if (are_noticed(tstate, PyDictItems_Check(iterable) ? 2 : 1)) {
        return NULL;
    }
    bool is_sequence = PyList_CheckExact(iterable) || PyTuple_CheckExact(iterable);
    PyObject *iterator = is_sequence ? cells_take_iterator(iterable, tstate) : NULL;
    return iterator != NULL ? iterator : without_error(Py_TYPE(iterable)->tp_iter(iterable));
}

/* The iterator of range(0), to be filled in. */
PyObject *
quiet_new_range(int64_t Py_UNUSED(nothing))
{
    if (_Py_tracemalloc_config.tracing) {
        return NULL;
    }
    RangeIterator *iterator = (RangeIterator *)cells_take_range();
    if (iterator == NULL) {
        iterator = PyObject_New(RangeIterator, &PyRangeIter_Type);
    }
    if (iterator != NULL) {
        iterator->index = iterator->start = iterator->length = 0;
        iterator->step = 1;
    }
    return without_error((PyObject *)iterator);
}

/* ---- displays ---------------------------------------------------------------------------------- */

/* A new list of so many items, which are stolen. */
PyObject *
quiet_new_list(PyObject **items, Py_ssize_t count)
{
    if (is_noticed(_PyThreadState_GET())) {
        return NULL;
    }
    PyObject *list = count <= CELLS_ITEMS_MOST ? cells_take_list(count) : NULL;
    if (list == NULL) {
        list = without_error(PyList_New(count));
    }
    if (list != NULL && count > 0) {
        memcpy(((PyListObject *)list)->ob_item, items, (size_t)count * sizeof *items);
    }
    return list;
}

/* A new tuple of so many items, which are stolen. */
PyObject *
quiet_new_tuple(PyObject **items, Py_ssize_t count)
{
    if (is_noticed(_PyThreadState_GET())) {
        return NULL;
    }
    PyObject *tuple = count <= CELLS_ITEMS_MOST ? cells_take_tuple(count) : NULL;
    if (tuple == NULL) {
        tuple = without_error(PyTuple_New(count));
    }
    if (tuple != NULL && count > 0) {
        memcpy(((PyTupleObject *)tuple)->ob_item, items, (size_t)count * sizeof *items);
    }
    return tuple;
}

/* A new dict, empty. */
PyObject *
quiet_new_dict(PyObject **Py_UNUSED(items), Py_ssize_t Py_UNUSED(count))
{
    return is_noticed(_PyThreadState_GET()) ? NULL : without_error(PyDict_New());
}

/* ---- dicts with known keys ----------------------------------------------------------------------- */

/* A dict with these keys, in which every value is None. NULL if they are not strings, all different, or as for new objects. */
PyObject *
quiet_new_model(PyObject *const *keys, Py_ssize_t count)
{
    PyObject *model = count == 0 || is_noticed(_PyThreadState_GET()) ? NULL : without_error(PyDict_New());
    for (Py_ssize_t i = 0; i < count && model != NULL; i++) {
        if (!PyUnicode_CheckExact(keys[i]) || PyDict_SetItem(model, keys[i], Py_None) < 0) {
            PyErr_Clear();
            Py_CLEAR(model);
        }
    }
    if (model != NULL && PyDict_GET_SIZE(model) != count) {
        Py_CLEAR(model);
    }
    return model;
}

/* A new dict with the keys of a model and these values, which are stolen. */
PyObject *
quiet_new_map(PyObject **values, const PyObject *model)
{
    PyThreadState *tstate = _PyThreadState_GET();
    PyObject *dict = is_noticed(tstate) ? NULL : without_error(PyDict_New());
    if (dict != NULL && !keys_fill((PyDictObject *)dict, (const PyDictObject *)model, values, tstate)) {
        Py_CLEAR(dict);
    }
    return dict;
}

/* ---- functions --------------------------------------------------------------------------------- */

/* What new functions get from their globals. Borrows. */
typedef struct {
    PyObject *globals;
    uint64_t version; /* of that dict, by which it is known to be the same, with the same values */
    PyObject *builtins, *module;
} FromGlobals;

#define KNOWN 16 /* dicts of globals; a power of two */

static FromGlobals known[KNOWN];

/* What new functions with these globals get. NULL if that is not simple. */
static const FromGlobals *
from_globals(PyObject *globals)
{
    FromGlobals *from = &known[((uintptr_t)globals >> 6) % KNOWN];
    uint64_t version = ((PyDictObject *)globals)->ma_version_tag;
    if (from->globals != globals || from->version != version) {
        from->globals = globals;
        from->version = version;
        from->builtins = quiet_dict_get(globals, pyjit_names.dunder_builtins);
        if (from->builtins != NULL && PyModule_Check(from->builtins)) {
            from->builtins = PyModule_GetDict(from->builtins);
        }
        from->module = quiet_dict_get(globals, pyjit_names.dunder_name);
    }
    return from->builtins == NULL || from->module == NULL ? NULL : from;
}

/* Fills in all fields but those that MAKE_FUNCTION has on the stack, as PyFunction_New does. Steals the code. */
static void
fill_function(PyFunctionObject *function, const FromGlobals *from, PyCodeObject *code)
{
    PyObject *consts = code->co_consts;
    PyObject *doc = PyTuple_GET_SIZE(consts) > 0 && PyUnicode_Check(PyTuple_GET_ITEM(consts, 0)) ? PyTuple_GET_ITEM(consts, 0)
                                                                                                 : Py_None;
    function->func_globals = Py_NewRef(from->globals);
    function->func_builtins = Py_NewRef(from->builtins);
    function->func_name = Py_NewRef(code->co_name);
    function->func_qualname = Py_NewRef(code->co_qualname);
    function->func_code = (PyObject *)code;
    function->func_doc = Py_NewRef(doc);
    function->func_dict = NULL;
    function->func_weakreflist = NULL;
    function->func_module = Py_NewRef(from->module);
    function->vectorcall = _PyFunction_Vectorcall;
    function->func_version = 0;
}

/* A new function of what is on the stack. */
PyObject *
quiet_new_function(PyObject **items, Py_ssize_t oparg)
{
    PyThreadState *tstate = _PyThreadState_GET();
    PyObject *globals = tstate->cframe->current_frame->f_globals;
    if (is_noticed(tstate) || !PyDict_CheckExact(globals)) {
        return NULL;
    }
    const FromGlobals *from = from_globals(globals);
    if (from == NULL) {
        return NULL;
    }
    PyFunctionObject *function = cells_take_function(tstate);
    if (function == NULL) {
        function = PyObject_GC_New(PyFunctionObject, &PyFunction_Type);
    }
    if (function == NULL) {
        return without_error(NULL);
    }
    function->func_defaults = oparg & 0x01 ? *items++ : NULL;
    function->func_kwdefaults = oparg & 0x02 ? *items++ : NULL;
    function->func_annotations = oparg & 0x04 ? *items++ : NULL;
    function->func_closure = oparg & 0x08 ? *items++ : NULL;
    fill_function(function, from, (PyCodeObject *)*items);
    _PyObject_GC_TRACK(function);
    return (PyObject *)function;
}

/* ---- *args and **kwargs -------------------------------------------------------------------------- */

/* A new dict of keywords; their values stay. */
static PyObject *
new_keywords(const QuietPack *pack, PyObject **values)
{
    Py_ssize_t count = pack->names == NULL ? 0 : PyTuple_GET_SIZE(pack->names);
    if (pack->model != NULL) {
        PyObject *made = quiet_new_map(values, pack->model);
        for (Py_ssize_t i = 0; i < count && made != NULL; i++) {
            Py_INCREF(values[i]);
        }
        return made;
    }
    PyObject *dict = PyDict_New();
    for (Py_ssize_t i = 0; i < count && dict != NULL; i++) {
        if (PyDict_SetItem(dict, PyTuple_GET_ITEM(pack->names, i), values[i]) < 0) {
            Py_CLEAR(dict);
        }
    }
    return without_error(dict);
}

/* Makes *args and **kwargs in a new frame. */
int64_t
quiet_pack(char *frame, const QuietPack *pack)
{
    PyThreadState *tstate = _PyThreadState_GET();
    PyObject **items = (PyObject **)((char *)tstate->cframe->current_frame + pack->items);
    PyObject **keywords = items + pack->positional, *tuple = NULL, *dict = NULL;
    if (are_noticed(tstate, 2)) {
        return 0;
    }
    if (pack->dict_at != 0 && (dict = new_keywords(pack, keywords)) == NULL) {
        return 0;
    }
    if (pack->tuple_at != 0 && (tuple = without_error(PyTuple_New(pack->positional))) == NULL) {
        Py_XDECREF(dict);
        return 0;
    }
    for (int i = 0; i < pack->positional; i++) {
        PyTuple_SET_ITEM(tuple, i, pack->keep ? Py_NewRef(items[i]) : items[i]);
    }
    for (Py_ssize_t i = 0; !pack->keep && pack->names != NULL && i < PyTuple_GET_SIZE(pack->names); i++) {
        Py_DECREF(keywords[i]); /* the dict has another reference */
    }
    if (tuple != NULL) {
        *(PyObject **)(frame + pack->tuple_at) = tuple;
    }
    if (dict != NULL) {
        *(PyObject **)(frame + pack->dict_at) = dict;
    }
    return 1;
}
