/* Memory of objects that compiled code has freed, kept for those that it makes next: of instances of classes written in
 * Python without __slots__, with the memory of their attributes; of iterators of lists and tuples; of functions; of
 * generators and coroutines; of short lists, with the memory of their items, and tuples. Owns it.
 *
 * What is kept is no object any more. That of instances depends on no class: only on how many attributes there is room
 * for. */
#include "pyjit/cells.h"

#define BODY (sizeof(PyObject) + sizeof(PyObject *)) /* of an instance; what follows PyObject is for weak references */
#define VALUES_AT -4 /* words from it, where the pointer to the values is */
#define ROOM_MOST 30   /* attributes */
#define FRAME_MOST 24  /* locals and stack entries of a generator */
#if BUILT_FOR_DEBUG
#define KEPT_MOST 0    /* these count all objects */
#else
#define KEPT_MOST 48   /* of a kind */
#endif

typedef struct {
    PyObject *first; /* linked by ob_type */
    int count;
} Kept;

static Kept kept[ROOM_MOST + 1]; /* instances, by room */
static Kept iterators; /* of lists and tuples */
static Kept ranges;    /* iterators of these */
static Kept functions;
static Kept generators[FRAME_MOST + 1]; /* and coroutines, by locals and stack entries */
static Kept tuples[CELLS_ITEMS_MOST + 1]; /* by size */
static Kept lists[CELLS_ITEMS_MOST + 1];  /* by room */

/* Takes the first. NULL if there is none. */
static inline PyObject *
take(Kept *from)
{
    PyObject *object = from->first;
    if (object != NULL) {
        from->first = (PyObject *)Py_TYPE(object);
        from->count--;
    }
    return object;
}

/* May one more be kept? */
static inline bool
has_room(const Kept *in)
{
    return in->count < KEPT_MOST && !_Py_tracemalloc_config.tracing;
}

/* Keeps the memory of an object that the garbage collector does not track any more. There must be room. */
static inline void
keep_uncounted(Kept *in, PyObject *object)
{
    Py_SET_TYPE(object, (PyTypeObject *)in->first);
    in->first = object;
    in->count++;
}

/* The same of one that has been counted as allocated. False if there is no room: it is to be freed. */
static inline bool
keep(Kept *in, PyObject *object)
{
    if (!has_room(in)) {
        return false;
    }
    keep_uncounted(in, object);
    struct gc_generation *young = &_PyThreadState_GET()->interp->gc.generations[0];
    young->count -= young->count > 0;
    return true;
}

/* Makes an object of its memory. */
static inline void
begin_untracked(PyObject *object)
{
    Py_SET_REFCNT(object, 1);
    PyGC_Head *head = _Py_AS_GC(object);
    head->_gc_next = 0;
    head->_gc_prev = 0;
}

/* The same of one that the garbage collector tracks. */
static inline void
begin_uncounted(PyObject *object)
{
    begin_untracked(object);
    _PyObject_GC_TRACK(object);
}

/* The same, counted as allocated. */
static inline void
begin(PyObject *object, PyThreadState *tstate)
{
    tstate->interp->gc.generations[0].count++;
    begin_uncounted(object);
}

/* ---- instances --------------------------------------------------------------------------------- */

/* How many attributes there is room for in new instances of a class; -1 if what is kept is of no use for them. It is how
 * many names the class has, and may yet have: each instance that is made takes one off the latter until there is one left,
 * and a new name turns one of the latter into one of the former. So it never grows, and instances that are older have at
 * least as much room. */
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
    PyObject *object = room < 0 ? NULL : take(&kept[room]);
    if (object == NULL) {
        return NULL;
    }
    Py_SET_TYPE(object, (PyTypeObject *)Py_NewRef(type));
    PyDictValues *values = *_PyObject_ValuesPointer(object);
    ((uint8_t *)values)[-2] = 0; /* names in the order in which they were set */
    clear(values->values, room);
    *_PyObject_ManagedDictPointer(object) = NULL;
    *(PyObject **)(object + 1) = NULL;
    begin(object, tstate);
    return object;
}

/* Frees the memory of values; the byte before them is the size of what precedes them. */
static void
free_values(char *values)
{
    PyMem_Free(values - ((uint8_t *)values)[-1]);
}

/* Keeps or frees the memory of an instance whose attributes, in values, have been released and which the garbage collector
 * does not track any more. */
void
cells_release_instance(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    int room = room_of(type);
    if (room < 0 || !keep(&kept[room], object)) {
        free_values((char *)*_PyObject_ValuesPointer(object));
        *_PyObject_ValuesPointer(object) = NULL;
        PyObject_GC_Del(object);
    }
    Py_DECREF(type);
}

/* ---- iterators --------------------------------------------------------------------------------- */

/* A new iterator of a list or tuple; NULL if none is kept. The garbage collector's turn must not have come. */
PyObject *
cells_take_iterator(PyObject *sequence, PyThreadState *tstate)
{
    SequenceIterator *iterator = (SequenceIterator *)take(&iterators);
    if (iterator == NULL) {
        return NULL;
    }
    Py_SET_TYPE((PyObject *)iterator, PyList_CheckExact(sequence) ? &PyListIter_Type : &PyTupleIter_Type);
    iterator->index = 0;
    iterator->sequence = Py_NewRef(sequence);
    begin((PyObject *)iterator, tstate);
    return (PyObject *)iterator;
}

/* Memory for an iterator of a range, which the garbage collector does not know. */
PyObject *
cells_take_range(void)
{
    PyObject *iterator = take(&ranges);
    if (iterator != NULL) {
        Py_SET_TYPE(iterator, &PyRangeIter_Type);
        Py_SET_REFCNT(iterator, 1);
    }
    return iterator;
}

/* Keeps the memory of one. */
bool
cells_free_range(PyObject *iterator)
{
    bool usable = has_room(&ranges);
    if (usable) {
        keep_uncounted(&ranges, iterator);
    }
    return usable;
}

/* Releases an iterator that has come to its end. */
void
cells_release_iterator(PyObject *iterator)
{
    PyTypeObject *type = Py_TYPE(iterator);
    if (type == &PyRangeIter_Type && Py_REFCNT(iterator) == 1 && cells_free_range(iterator)) {
        return;
    }
    bool usable = KEPT_MOST > 0 && (type == &PyListIter_Type || type == &PyTupleIter_Type) &&
                  Py_REFCNT(iterator) == 1 && ((SequenceIterator *)iterator)->sequence == NULL;
    if (usable) {
        PyObject_GC_UnTrack(iterator);
        if (keep(&iterators, iterator)) {
            return;
        }
        _PyObject_GC_TRACK(iterator);
    }
    Py_DECREF(iterator);
}

/* Frees an iterator that need not have come to its end. */
bool
cells_free_iterator(PyObject *iterator)
{
    if (!has_room(&iterators)) {
        return false;
    }
    PyObject *sequence = ((SequenceIterator *)iterator)->sequence;
    PyObject_GC_UnTrack(iterator);
    (void)keep(&iterators, iterator);
    Py_XDECREF(sequence);
    return true;
}

/* ---- functions --------------------------------------------------------------------------------- */

/* A new function whose fields are to be set; NULL if none is kept. */
PyFunctionObject *
cells_take_function(PyThreadState *tstate)
{
    PyObject *function = take(&functions);
    if (function != NULL) {
        Py_SET_TYPE(function, &PyFunction_Type);
        tstate->interp->gc.generations[0].count++;
        begin_untracked(function);
    }
    return (PyFunctionObject *)function;
}

/* Keeps or frees the memory of a function of which nothing is left. */
void
cells_release_function(PyFunctionObject *function)
{
    if (!keep(&functions, (PyObject *)function)) {
        PyObject_GC_Del(function);
    }
}

/* ---- generators ---------------------------------------------------------------------------------- */

/* A new generator or coroutine whose fields are to be set; NULL if none is kept. */
PyGenObject *
cells_take_generator(PyTypeObject *type, int room, PyThreadState *tstate)
{
    PyObject *generator = room > FRAME_MOST ? NULL : take(&generators[room]);
    if (generator != NULL) {
        Py_SET_TYPE(generator, type);
        tstate->interp->gc.generations[0].count++;
        begin_untracked(generator);
    }
    return (PyGenObject *)generator;
}

/* Keeps or frees the memory of one of which nothing is left. */
void
cells_release_generator(PyGenObject *generator, int room)
{
    if (room > FRAME_MOST || !keep(&generators[room], (PyObject *)generator)) {
        PyObject_GC_Del(generator);
    }
}

/* ---- lists and tuples ---------------------------------------------------------------------------- */

/* CPython keeps free ones as well, which its garbage collector does not count as allocated when they are used again. */

/* A new tuple of so many items, at most CELLS_ITEMS_MOST, which are to be set at once; NULL if none is kept. */
PyObject *
cells_take_tuple(Py_ssize_t count)
{
    PyObject *tuple = take(&tuples[count]);
    if (tuple != NULL) {
        Py_SET_TYPE(tuple, &PyTuple_Type);
        begin_uncounted(tuple);
    }
    return tuple;
}

/* The same of a list with room for so many items. */
PyObject *
cells_take_list(Py_ssize_t count)
{
    PyObject *list = take(&lists[count]);
    if (list != NULL) {
        Py_SET_SIZE(list, count);
        Py_SET_TYPE(list, &PyList_Type);
        begin_uncounted(list);
    }
    return list;
}

/* Where the memory of a list or tuple would be kept; NULL if nowhere. */
static inline Kept *
place_of(PyObject *object)
{
    bool is_list = Py_IS_TYPE(object, &PyList_Type);
    Py_ssize_t room = is_list ? ((PyListObject *)object)->allocated : Py_SIZE(object);
    return room <= 0 || room > CELLS_ITEMS_MOST ? NULL : is_list ? &lists[room] : &tuples[room];
}

/* Is there room for it? What CPython makes, compiled code makes no use of: then CPython is to have it back. */
bool
cells_keep_sequence(PyObject *object)
{
    const Kept *place = place_of(object);
    return place != NULL && has_room(place);
}

/* Keeps the memory of a list or tuple of which no references to items are left. */
void
cells_release_sequence(PyObject *object)
{
    PyObject_GC_UnTrack(object);
    keep_uncounted(place_of(object), object);
}

/* ---- the end ------------------------------------------------------------------------------------- */

/* Frees all that is kept. */
void
cells_free(void)
{
    PyObject *object;
    for (int room = 0; room <= ROOM_MOST; room++) {
        while ((object = take(&kept[room])) != NULL) {
            free_values(((char **)object)[VALUES_AT]);
            PyObject_Free((char *)object - 2 * sizeof(PyObject *) - sizeof(PyGC_Head));
        }
    }
    while ((object = take(&iterators)) != NULL || (object = take(&functions)) != NULL) {
        PyObject_Free((char *)object - sizeof(PyGC_Head));
    }
    while ((object = take(&ranges)) != NULL) {
        PyObject_Free(object);
    }
    for (int room = 0; room <= FRAME_MOST; room++) {
        while ((object = take(&generators[room])) != NULL) {
            PyObject_Free((char *)object - sizeof(PyGC_Head));
        }
    }
    for (int count = 0; count <= CELLS_ITEMS_MOST; count++) {
        while ((object = take(&tuples[count])) != NULL) {
            PyObject_Free((char *)object - sizeof(PyGC_Head));
        }
        while ((object = take(&lists[count])) != NULL) {
            PyMem_Free(((PyListObject *)object)->ob_item);
            PyObject_Free((char *)object - sizeof(PyGC_Head));
        }
    }
}
