/* Specimens: instances that no program has made, to predict with what those will be like that code being compiled
 * is going to make. They live as long as the block that is being compiled. */
#include "pyjit/block.h"

#include "pyjit/quiet.h"

/* Keeps a new object as a specimen; NULL, the object being dropped, if there is no room. */
static PyObject *
keep(Block *b, PyObject *object)
{
    if (object == NULL || b->specimen_count == SPECIMENS_MOST) {
        Py_XDECREF(object);
        return NULL;
    }
    if (PyObject_IS_GC(object)) {
        PyObject_GC_UnTrack(object); /* gc.get_objects() does not show it */
    }
    b->specimens[b->specimen_count++] = object;
    return object;
}

/* An instance of a class to stand for others. */
PyObject *
block_specimen(Block *b, PyTypeObject *type)
{
    bool ends_quietly = type->tp_finalize == NULL && type->tp_del == NULL;
    return ends_quietly ? keep(b, quiet_new_instance(type, _PyThreadState_GET())) : NULL;
}

/* A bound method to stand for others. */
PyObject *
block_specimen_method(Block *b, PyObject *function, PyObject *self)
{
    return keep(b, quiet_new_method(function, self));
}

/* If the n-th entry is predicted by a specimen, that gets the attribute that is about to be set. */
void
block_teach_specimen(Block *b, int n, PyObject *name, PyObject *value)
{
    PyObject *sample = block_sample(b, n);
    for (int i = 0; i < b->specimen_count; i++) {
        if (b->specimens[i] == sample && PyObject_GenericSetAttr(sample, name, value == NULL ? Py_None : value) < 0) {
            PyErr_Clear();
        }
    }
}

/* The block is done. */
void
specimens_drop(Block *b)
{
    while (b->specimen_count > 0) {
        PyObject *specimen = b->specimens[--b->specimen_count];
        inquiry clear = Py_TYPE(specimen)->tp_clear;
        if (clear != NULL) {
            (void)clear(specimen); /* it may have itself for an attribute */
        }
        if (PyObject_IS_GC(specimen)) {
            PyObject_GC_Track(specimen); /* as those who free it expect it */
        }
        Py_DECREF(specimen);
    }
}
