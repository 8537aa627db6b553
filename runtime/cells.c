/* Memory of instances that compiled code has freed, kept for those that it makes next: of classes written in Python
 * without __slots__, with the memory of their attributes. Owns it.
 *
 * What is kept is no object any more. It depends on no class: only on how many attributes there is room for. */
#include "pyjit/cells.h"

#define BODY (sizeof(PyObject) + sizeof(PyObject *)) /* of an instance; what follows PyObject is for weak references */
#define VALUES_AT -4 /* words from it, where the pointer to the values is */
#define ROOM_MOST 30   /* attributes */
#if BUILT_FOR_DEBUG
#define KEPT_MOST 0    /* these count all objects */
#else
#define KEPT_MOST 48   /* for so many attributes */
#endif

static struct {
    PyObject *first; /* linked by ob_type */
    int count;
} kept[ROOM_MOST + 1];

/* How many attributes there is room for in new instances of a class; -1 if what is kept is of no use for them. That
 * changes until the names of attributes have settled, and then never grows. */
static int
room_of(PyTypeObject *type)
{
    const PyDictKeysObject *keys = ((PyHeapTypeObject *)type)->ht_cached_keys;
    bool settled = keys != NULL && keys->dk_usable <= 1;
    int room = settled ? (int)(keys->dk_nentries + keys->dk_usable) : -1;
    return type->tp_basicsize == BODY && room <= ROOM_MOST ? room : -1;
}

/* Makes so many values NULL, one after the other: there are few, for which memset() takes longer. */
static inline void
clear(PyObject **values, int count)
{
    for (int i = 0; i < count; i++) {
        values[i] = NULL;
        __asm__ volatile("" : : : "memory"); /* keeps the compiler from making it one */
    }
}

/* A new instance of a class that has its attributes in values, none of which is set; NULL if nothing is kept for it. The
 * garbage collector's turn must not have come. */
PyObject *
cells_take(PyTypeObject *type, PyThreadState *tstate)
{
    int room = room_of(type);
    if (room < 0 || kept[room].first == NULL) {
        return NULL;
    }
    PyObject *object = kept[room].first;
    kept[room].first = (PyObject *)Py_TYPE(object);
    kept[room].count--;
    Py_SET_TYPE(object, (PyTypeObject *)Py_NewRef(type));
    PyDictValues *values = *_PyObject_ValuesPointer(object);
    ((uint8_t *)values)[-2] = 0; /* names in the order in which they were set */
    clear(values->values, room);
    *_PyObject_ManagedDictPointer(object) = NULL;
    *(PyObject **)(object + 1) = NULL;
    Py_SET_REFCNT(object, 1);
    PyGC_Head *head = _Py_AS_GC(object);
    head->_gc_next = 0;
    head->_gc_prev = 0;
    tstate->interp->gc.generations[0].count++;
    _PyObject_GC_TRACK(object);
    return object;
}

/* Keeps the memory of an instance of this class whose attributes, in values, have been released and which the garbage
 * collector does not track any more. False if it is to be freed. */
bool
cells_keep(PyObject *object, PyTypeObject *type)
{
    int room = room_of(type);
    if (room < 0 || kept[room].count >= KEPT_MOST || _Py_tracemalloc_config.tracing) {
        return false;
    }
    struct gc_generation *young = &_PyThreadState_GET()->interp->gc.generations[0];
    young->count -= young->count > 0;
    Py_SET_TYPE(object, (PyTypeObject *)kept[room].first);
    kept[room].first = object;
    kept[room].count++;
    return true;
}

/* Frees all that is kept. */
void
cells_free(void)
{
    for (int room = 0; room <= ROOM_MOST; room++) {
        while (kept[room].first != NULL) {
            PyObject *object = kept[room].first;
            kept[room].first = (PyObject *)Py_TYPE(object);
            char *values = ((char **)object)[VALUES_AT];
            PyMem_Free(values - ((uint8_t *)values)[-1]); /* the byte before is the size of what precedes them */
            PyObject_Free((char *)object - 2 * sizeof(PyObject *) - sizeof(PyGC_Head));
        }
        kept[room].count = 0;
    }
}
