/* Freeing objects whose end runs no code but CPython's own: no __del__, no callback of a weak reference. Most
 * objects end so, and compiled code can then stay as it is. Owns nothing. */
#include "pyjit/quiet.h"

#include "pyjit/cells.h"
#include "pyjit/numbers.h"
#include "pyjit/state.h"

#include <structmember.h>

#define DROPPED_MOST 32 /* references to other than plain values; ends that drop more are not looked into */
#define ITEMS_MOST 1000 /* of a container: to look at more, twice, takes longer than an exit */

#define DEPTH_MOST 50   /* objects that are freed for each other's sake, by calls: PyTrash_UNWIND_LEVEL */

/* Builds for the debug ABI count all references. */
#ifdef Py_REF_DEBUG
#define COUNT_ONE_REFERENCE_LESS() ((void)_Py_RefTotal--)
#else
#define COUNT_ONE_REFERENCE_LESS() ((void)0)
#endif

/* The references that the end of an object drops, one after another. */
typedef struct {
    PyObject *dropped[DROPPED_MOST];
    int count;
    bool quiet; /* so far */
} End;

/* ---- what is dropped --------------------------------------------------------------------------- */

/* Can the end of such an object do nothing, and does it refer to nothing? */
static bool
is_plain(PyTypeObject *type)
{
    return type == &PyLong_Type || type == &PyUnicode_Type || type == &PyFloat_Type || type == &PyBool_Type ||
           type == &PyBytes_Type || type == &PyRangeIter_Type || type == Py_TYPE(Py_None);
}

/* A reference to other than a plain value. */
static void
add(End *end, PyObject *object)
{
    if (end->count == DROPPED_MOST) {
        end->quiet = false;
        return;
    }
    end->dropped[end->count++] = object;
}

static void
drop(End *end, PyObject *object)
{
    if (object != NULL && !is_plain(Py_TYPE(object))) {
        add(end, object);
    }
}

/* The first of these objects, from the i-th on, that is not a plain value; `count` if all are. Neighbours are often alike. */
static Py_ssize_t
skip_plain(PyObject *const *objects, Py_ssize_t i, Py_ssize_t count)
{
    const PyTypeObject *plain = NULL; /* seen last */
    for (; i < count; i++) {
        if (objects[i] == NULL || Py_TYPE(objects[i]) == plain) {
            continue;
        }
        if (!is_plain(Py_TYPE(objects[i]))) {
            break;
        }
        plain = Py_TYPE(objects[i]);
    }
    return i;
}

static void
drop_all(End *end, PyObject *const *objects, Py_ssize_t count)
{
    end->quiet &= count <= ITEMS_MOST;
    Py_ssize_t i = 0;
    while (end->quiet && (i = skip_plain(objects, i, count)) < count) {
        add(end, objects[i++]);
    }
}

static void
drop_dict(End *end, PyObject *dict)
{
    Py_ssize_t position = 0;
    PyObject *key, *value;
    end->quiet &= PyDict_GET_SIZE(dict) <= ITEMS_MOST;
    while (end->quiet && PyDict_Next(dict, &position, &key, &value)) {
        drop(end, key);
        drop(end, value);
    }
}

static void
drop_function(End *end, const PyFunctionObject *function)
{
    end->quiet &= function->func_weakreflist == NULL;
    PyObject *const parts[] = {
        function->func_globals,    function->func_builtins, function->func_name,
        function->func_qualname,   function->func_code,     function->func_defaults,
        function->func_kwdefaults, function->func_doc,      function->func_dict,
        function->func_closure,    function->func_module,   function->func_annotations,
    };
    drop_all(end, parts, (Py_ssize_t)Py_ARRAY_LENGTH(parts));
}

/* The values of __slots__ that a class itself has. */
static void
drop_members(End *end, PyObject *object, PyTypeObject *type)
{
    const PyMemberDef *member = type->tp_members;
    for (Py_ssize_t i = 0; member != NULL && i < Py_SIZE(type) && end->quiet; i++, member++) {
        if (member->type == T_OBJECT_EX && !(member->flags & READONLY)) {
            drop(end, *(PyObject **)((char *)object + member->offset));
        }
    }
}

/* An instance of a Python class that inherits from Python classes and `object` only. */
static void
drop_instance(End *end, PyObject *object, PyTypeObject *type)
{
    PyTypeObject *base = type;
    end->quiet &= type->tp_finalize == NULL && type->tp_del == NULL;
    for (; base->tp_dealloc == pyjit_state.instance_dealloc; base = base->tp_base) {
        drop_members(end, object, base);
    }
    Py_ssize_t weak = type->tp_weaklistoffset;
    if (base != &PyBaseObject_Type || weak < 0 || (weak > 0 && *(PyObject **)((char *)object + weak) != NULL)) {
        end->quiet = false;
    } else if (PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT)) {
        PyDictValues *values = *_PyObject_ValuesPointer(object);
        if (values != NULL) {
            drop_all(end, values->values, ((PyHeapTypeObject *)type)->ht_cached_keys->dk_nentries);
        } else {
            drop(end, *_PyObject_ManagedDictPointer(object));
        }
    } else {
        end->quiet &= type->tp_dictoffset == 0;
    }
}

/* What the end of this object drops. */
static void
look_into(End *end, PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (type->tp_dealloc == pyjit_state.instance_dealloc) {
        drop_instance(end, object, type);
    } else if (type == &PyList_Type) {
        drop_all(end, ((PyListObject *)object)->ob_item, PyList_GET_SIZE(object));
    } else if (type == &PyTuple_Type) {
        drop_all(end, ((PyTupleObject *)object)->ob_item, PyTuple_GET_SIZE(object));
    } else if (type == &PyDict_Type) {
        drop_dict(end, object);
    } else if (type == &PyListIter_Type || type == &PyTupleIter_Type) {
        drop(end, ((SequenceIterator *)object)->sequence);
    } else if (type == &PyCell_Type) {
        drop(end, PyCell_GET(object));
    } else if (type == &PyMethod_Type) {
        end->quiet &= ((PyMethodObject *)object)->im_weakreflist == NULL;
        drop(end, PyMethod_GET_FUNCTION(object));
        drop(end, PyMethod_GET_SELF(object));
    } else if (type == &PyFunction_Type) {
        drop_function(end, (PyFunctionObject *)object);
    } else {
        end->quiet = is_plain(type);
    }
}

/* ---- whether ----------------------------------------------------------------------------------- */

/* How many of the dropped references are to this object. */
static Py_ssize_t
count_dropped(const End *end, PyObject *object)
{
    Py_ssize_t count = 0;
    for (int i = 0; i < end->count; i++) {
        count += end->dropped[i] == object;
    }
    return count;
}

/* Does the end of this object run no code? */
static bool
ends_quietly(PyObject *object)
{
    End end; /* most of it stays unused */
    end.count = 0;
    end.quiet = true;
    look_into(&end, object);
    for (int i = 0; i < end.count && end.quiet; i++) {
        if (Py_REFCNT(end.dropped[i]) == 1) {
            look_into(&end, end.dropped[i]);
        }
    }
    for (int i = 0; i < end.count && end.quiet; i++) { /* those that have other references must keep one */
        Py_ssize_t references = Py_REFCNT(end.dropped[i]);
        end.quiet = references == 1 || count_dropped(&end, end.dropped[i]) < references;
    }
    return end.quiet;
}

/* ---- freeing ------------------------------------------------------------------------------------ */

/* Is there nothing to an instance of this class but its attributes, which are not in a dict? */
static bool
has_only_values(PyObject *object, PyTypeObject *type)
{
    PyTypeObject *base = type;
    for (; base->tp_dealloc == pyjit_state.instance_dealloc; base = base->tp_base) {
        if (Py_SIZE(base) != 0) { /* it has __slots__ */
            return false;
        }
    }
    return base == &PyBaseObject_Type && base != type && type->tp_free == PyObject_GC_Del &&
           PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT) && *_PyObject_ValuesPointer(object) != NULL;
}

/* Does nothing want to know when the instance goes, neither a finalizer nor a weak reference? */
static bool
goes_unnoticed(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    Py_ssize_t weak = type->tp_weaklistoffset;
    return type->tp_dealloc == pyjit_state.instance_dealloc && type->tp_finalize == NULL && type->tp_del == NULL &&
           has_only_values(object, type) && (weak <= 0 || *(PyObject **)((char *)object + weak) == NULL);
}

/* Frees such an instance, and such ones that only it holds. It does what subtype_dealloc does in the end, without what that
 * looks at before; levels are counted as there, since beyond some CPython puts off what is left. */
static void
free_unnoticed(PyObject *object, PyThreadState *tstate)
{
    PyTypeObject *type = Py_TYPE(object);
    PyDictValues *values = *_PyObject_ValuesPointer(object);
    Py_ssize_t count = ((PyHeapTypeObject *)type)->ht_cached_keys->dk_nentries;
    PyObject_GC_UnTrack(object);
    tstate->trash_delete_nesting++;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *value = values->values[i];
        if (value == NULL) {
            continue;
        }
        if (Py_REFCNT(value) == 1 && tstate->trash_delete_nesting < DEPTH_MOST && goes_unnoticed(value)) {
            free_unnoticed(value, tstate);
            COUNT_ONE_REFERENCE_LESS();
        } else {
            Py_DECREF(value);
        }
    }
    cells_release_instance(object);
    _PyTrash_end(tstate); /* frees what has been put off, at the outermost level */
}

/* Frees an instance whose last reference is gone, if nothing wants to know. */
bool
free_instance(PyObject *object)
{
    PyThreadState *tstate = _PyThreadState_GET();
    bool simple = tstate->trash_delete_nesting < DEPTH_MOST && goes_unnoticed(object);
    if (simple) {
        free_unnoticed(object, tstate);
    }
    return simple;
}

/* Drops a reference to a plain value, which is a number as a rule: these go where compiled code takes new ones from. */
static inline void
release_plain(PyObject *value)
{
    if (Py_REFCNT(value) > 1 || !numbers_keep(value)) {
        Py_DECREF(value);
    }
}

/* Lets go of the plain values at the end of a list whose last reference is gone, as its end would begin. */
static void
empty_list(PyListObject *list)
{
    Py_ssize_t count = Py_SIZE(list);
    while (count > 0 && list->ob_item[count - 1] != NULL && is_plain(Py_TYPE(list->ob_item[count - 1]))) {
        release_plain(list->ob_item[--count]);
    }
    Py_SET_SIZE(list, count);
    numbers_kept();
}

/* Frees a list or tuple that holds plain values only, if its memory is to be kept. Else it has still to be freed, and a long list
 * may have been emptied in part. */
bool
free_sequence(PyObject *object)
{
    bool is_list = Py_IS_TYPE(object, &PyList_Type), is_kept = cells_keep_sequence(object);
    PyObject **items = is_list ? ((PyListObject *)object)->ob_item : ((PyTupleObject *)object)->ob_item;
    Py_ssize_t count = Py_SIZE(object);
    if (is_kept && skip_plain(items, 0, count) == count) {
        for (Py_ssize_t i = 0; i < count; i++) {
            if (items[i] != NULL) {
                release_plain(items[i]);
                items[i] = NULL;
            }
        }
        cells_release_sequence(object);
        return true;
    }
    if (is_list && count > CELLS_ITEMS_MOST && !_Py_tracemalloc_config.tracing) {
        empty_list((PyListObject *)object);
    }
    return false;
}

#define CELLS_MOST 8 /* of a closure that is looked into here */

/* Does everything in a closure have references besides those of the closure? */
static bool
cells_stay(PyObject *closure)
{
    Py_ssize_t count = PyTuple_GET_SIZE(closure);
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *cell = PyTuple_GET_ITEM(closure, i);
        Py_ssize_t own = 0;
        for (Py_ssize_t j = 0; j < count; j++) {
            own += PyTuple_GET_ITEM(closure, j) == cell;
        }
        if (Py_REFCNT(cell) <= own) {
            return false;
        }
    }
    return count <= CELLS_MOST;
}

/* Is this an exact string or None? */
static inline bool
is_text_or_none(PyObject *object)
{
    return object == Py_None || (object != NULL && PyUnicode_CheckExact(object));
}

/* Does nothing end with the function but itself, its closure and strings? */
static bool
ends_alone(const PyFunctionObject *function)
{
    PyObject *closure = function->func_closure, *defaults = function->func_defaults;
    Py_ssize_t of_globals = function->func_globals == function->func_builtins ? 2 : 1;
    return function->func_weakreflist == NULL && function->func_dict == NULL && function->func_annotations == NULL &&
           function->func_kwdefaults == NULL && Py_REFCNT(function->func_globals) > of_globals &&
           Py_REFCNT(function->func_builtins) > 1 && Py_REFCNT(function->func_code) > 1 &&
           is_text_or_none(function->func_module) && is_text_or_none(function->func_doc) &&
           is_text_or_none(function->func_name) && is_text_or_none(function->func_qualname) &&
           (defaults == NULL || Py_REFCNT(defaults) > 1) &&
           (closure == NULL || Py_REFCNT(closure) > 1 || cells_stay(closure));
}

/* Frees a function with which nothing else ends. */
bool
free_function(PyFunctionObject *function)
{
    if (!ends_alone(function)) {
        return false;
    }
    PyObject_GC_UnTrack(function);
    Py_DECREF(function->func_globals);
    Py_DECREF(function->func_builtins);
    Py_DECREF(function->func_code);
    Py_DECREF(function->func_name);
    Py_DECREF(function->func_qualname);
    Py_DECREF(function->func_doc);
    Py_DECREF(function->func_module);
    Py_XDECREF(function->func_defaults);
    Py_XDECREF(function->func_closure);
    cells_release_function(function);
    return true;
}

/* Frees a generator or coroutine that has ended and with which nothing else ends. */
bool
free_generator(PyGenObject *generator)
{
    PyCodeObject *code = generator->gi_code;
    if (generator->gi_frame_state != FRAME_CLEARED || generator->gi_weakreflist != NULL ||
        generator->gi_origin_or_finalizer != NULL || generator->gi_exc_state.exc_value != NULL ||
        Py_REFCNT(code) == 1 || !is_text_or_none(generator->gi_name) || !is_text_or_none(generator->gi_qualname)) {
        return false;
    }
    PyObject_GC_UnTrack(generator);
    Py_DECREF(generator->gi_name);
    Py_DECREF(generator->gi_qualname);
    cells_release_generator(generator, code->co_nlocalsplus + code->co_stacksize);
    Py_DECREF(code);
    return true;
}

/* Frees an object whose last reference is gone if that runs no code: 1. Else it is pyjit_state.dying now: 0. */
int64_t
free_quietly(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if ((type == &PyList_Type || type == &PyTuple_Type) && free_sequence(object)) {
        return 1;
    }
    if (type == &PyFunction_Type && free_function((PyFunctionObject *)object)) {
        return 1;
    }
    if ((type == &PyGen_Type || type == &PyCoro_Type) && free_generator((PyGenObject *)object)) {
        return 1;
    }
    if (is_plain(type) || ends_quietly(object)) {
        free_object(object);
        return 1;
    }
    pyjit_state.dying = object;
    return 0;
}
