/* Specimens: instances that no program has made, to predict with what those will be like that code being compiled
 * is going to make. They live as long as the block that is being compiled. */
#include "pyjit/block.h"

#include "pyjit/quiet.h"

/* An instance of a class to stand for others. */
PyObject *
block_specimen(Block *b, PyTypeObject *type)
{
    if (b->specimen_count == SPECIMENS_MOST || type->tp_finalize != NULL || type->tp_del != NULL) {
        return NULL;
    }
    PyObject *specimen = quiet_new_instance(type, _PyThreadState_GET());
    if (specimen != NULL) {
        PyObject_GC_UnTrack(specimen); /* gc.get_objects() does not show it */
        b->specimens[b->specimen_count++] = specimen;
    }
    return specimen;
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
        Py_DECREF(b->specimens[--b->specimen_count]);
    }
}
