/* New objects made without the garbage collector coming by, which might run anything. When its turn has come
 * they are not made; the generic operation then does it all. Owns nothing. */
#include "pyjit/quiet.h"

/* Would another object set off the garbage collector? */
static bool
collector_is_due(const PyThreadState *tstate)
{
    const struct _gc_runtime_state *gc = &tstate->interp->gc;
    const struct gc_generation *young = &gc->generations[0];
    return young->count >= young->threshold && gc->enabled && young->threshold != 0 && !gc->collecting;
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

/* Can instances of this class be made by instance_new_quietly()? */
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
    PyObject *instance = collector_is_due(tstate) ? NULL : without_error(PyType_GenericAlloc(type, 0));
    if (instance != NULL && PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT) && !add_values(instance, type)) {
        Py_CLEAR(instance);
    }
    return instance;
}

/* ---- displays ---------------------------------------------------------------------------------- */

/* A new list of so many items, which are stolen. */
PyObject *
quiet_new_list(PyObject **items, Py_ssize_t count)
{
    PyObject *list = collector_is_due(_PyThreadState_GET()) ? NULL : without_error(PyList_New(count));
    if (list != NULL) {
        memcpy(((PyListObject *)list)->ob_item, items, (size_t)count * sizeof *items);
    }
    return list;
}

/* A new tuple of so many items, which are stolen. */
PyObject *
quiet_new_tuple(PyObject **items, Py_ssize_t count)
{
    PyObject *tuple = collector_is_due(_PyThreadState_GET()) ? NULL : without_error(PyTuple_New(count));
    if (tuple != NULL && count > 0) {
        memcpy(((PyTupleObject *)tuple)->ob_item, items, (size_t)count * sizeof *items);
    }
    return tuple;
}

/* A new dict, empty. */
PyObject *
quiet_new_dict(PyObject **Py_UNUSED(items), Py_ssize_t Py_UNUSED(count))
{
    return collector_is_due(_PyThreadState_GET()) ? NULL : without_error(PyDict_New());
}
