/* Objects for numbers that compiled code has in registers. Owns a list of ints that are free, since CPython
 * has none: most ints that compiled code makes do not live long. */
#include "pyjit/numbers.h"

#include "pyjit/cells.h"

#include "pyjit/quiet.h"
#include "pyjit/state.h"

/* So many are kept of those that end one by one. */
#define INTS_USUALLY 256
#define FLOATS_USUALLY 100 /* PyFloat_MAXFREELIST */

/* call_aside_x86_64.S knows these. */
_Static_assert(offsetof(PyjitState, free_ints) == 16 && offsetof(PyjitState, free_count) == 24 &&
                   offsetof(PyjitState, free_most) == 28 && offsetof(PyjitState, floats) == 32 &&
                   offsetof(PyjitState, floats_most) == 40,
               "free_aside finds free objects elsewhere");
_Static_assert(offsetof(struct _Py_float_state, numfree) == 0 && offsetof(struct _Py_float_state, free_list) == 8,
               "free_aside finds free floats elsewhere");

/* Says how many ints are kept and where CPython keeps floats. Builds for the debug ABI keep none: CPython counts
 * references there. */
void
numbers_init(void)
{
#if !BUILT_FOR_DEBUG
    pyjit_state.free_most = INTS_USUALLY;
    pyjit_state.floats_most = FLOATS_USUALLY;
    pyjit_state.floats = &PyInterpreterState_Get()->float_state;
#endif
}

/* ---- ints -------------------------------------------------------------------------------------- */

/* New object for an int, not a small one, that fits two digits; NULL when out of memory. */
static PyObject *
new_int(uint64_t magnitude, bool negative)
{
    PyLongObject *object = PyObject_Malloc(offsetof(PyLongObject, ob_digit) + 2 * sizeof(digit));
    if (object == NULL) {
        return NULL;
    }
    Py_ssize_t digits = magnitude >> PyLong_SHIFT ? 2 : 1;
    object->ob_digit[0] = (digit)(magnitude & PyLong_MASK);
    object->ob_digit[1] = (digit)(magnitude >> PyLong_SHIFT);
    _PyObject_InitVar((PyVarObject *)object, &PyLong_Type, negative ? -digits : digits);
    return (PyObject *)object;
}

/* One of the free ints as a new object for an int of one digit. */
static PyObject *
take_free_int(digit magnitude, bool negative)
{
    PyLongObject *object = (PyLongObject *)pyjit_state.free_ints;
    pyjit_state.free_ints = (PyObject *)Py_TYPE(object);
    pyjit_state.free_count--;
    object->ob_digit[0] = magnitude;
    _PyObject_InitVar((PyVarObject *)object, &PyLong_Type, negative ? -1 : 1);
    return (PyObject *)object;
}

/* New object for an int. */
PyObject *
box_int(int64_t value)
{
    uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
    if (magnitude > 256 && magnitude <= PyLong_MASK && pyjit_state.free_ints != NULL) {
        return take_free_int((digit)magnitude, value < 0);
    }
    PyObject *object = magnitude > 256 && magnitude >> (2 * PyLong_SHIFT) == 0
                           ? new_int(magnitude, value < 0)
                           : PyLong_FromLongLong(value);
    if (object == NULL) {
        Py_FatalError("pyjit: no memory for an int");
    }
    return object;
}

/* ---- floats ------------------------------------------------------------------------------------ */

/* New object for a float. */
PyObject *
box_float(double value)
{
    PyObject *object = PyFloat_FromDouble(value);
    if (object == NULL) {
        Py_FatalError("pyjit: no memory for a float");
    }
    return object;
}

/* ---- the end of objects ------------------------------------------------------------------------ */

/* Keeps the memory of an int, whose last reference is gone, for those that compiled code makes. False if it is too long, or
 * `most` are kept. */
static bool
keep_int(PyObject *object, int most)
{
    bool usable = (size_t)(Py_SIZE(object) + 1) <= 2 && pyjit_state.free_count < most;
    if (usable) {
        object->ob_type = (PyTypeObject *)pyjit_state.free_ints;
        pyjit_state.free_ints = object;
        pyjit_state.free_count++;
    }
    return usable;
}

/* The same of a float, in CPython's own list, from which C takes new ones as well. */
static bool
keep_float(PyObject *object, int most)
{
    struct _Py_float_state *floats = pyjit_state.floats;
    bool usable = floats != NULL && floats->numfree < most;
    if (usable) {
        object->ob_type = (PyTypeObject *)floats->free_list;
        floats->free_list = (PyFloatObject *)object;
        floats->numfree++;
    }
    return usable;
}

/* Keeps the memory of one number of many that end at once. */
bool
numbers_keep(PyObject *object)
{
    if (PyFloat_CheckExact(object)) {
        return keep_float(object, NUMBERS_MOST);
    }
    return PyLong_CheckExact(object) && pyjit_state.free_most != 0 && keep_int(object, NUMBERS_MOST);
}

/* Many have ended: those that end one by one are kept from now on as well, as long as there are no more of them. */
void
numbers_kept(void)
{
    if (pyjit_state.floats != NULL) {
        pyjit_state.free_most = Py_MAX(pyjit_state.free_most, pyjit_state.free_count);
        pyjit_state.floats_most = Py_MAX(pyjit_state.floats_most, pyjit_state.floats->numfree);
    }
}

/* Frees an object whose last reference is gone. */
void
free_object(PyObject *object)
{
    const PyTypeObject *type = Py_TYPE(object);
    bool freed = false;
    if (type == &PyLong_Type) {
        freed = keep_int(object, pyjit_state.free_most);
    } else if (type == &PyFloat_Type) {
        freed = keep_float(object, pyjit_state.floats_most);
    } else if (type == &PyList_Type || type == &PyTuple_Type) {
        freed = free_sequence(object);
    } else if (type == &PyFunction_Type) {
        freed = free_function((PyFunctionObject *)object);
    } else if (type == &PyListIter_Type || type == &PyTupleIter_Type) {
        freed = cells_free_iterator(object);
    } else if (type == &PyRangeIter_Type) {
        freed = cells_free_range(object);
    } else if (type == &PyGen_Type || type == &PyCoro_Type) {
        freed = free_generator((PyGenObject *)object);
    } else {
        freed = free_instance(object);
    }
    if (!freed) {
        _Py_Dealloc(object);
    }
}
