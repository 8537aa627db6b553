/* C functions without a vectorcall of their own. Owns what it knows of object.__setattr__. */
#include "pyjit/natives.h"

#include "pyjit/names.h"
#include "pyjit/state.h"

#define WHILE_CALLING " while calling a Python object" /* where CPython says it */

static wrapperfunc wrap_setattr;

/* A tuple of arguments. */
PyObject *
natives_pack(PyObject *const *arguments, Py_ssize_t count)
{
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t i = 0; i < count && tuple != NULL; i++) {
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(arguments[i]));
    }
    return tuple;
}

/* ---- min() and max() ---------------------------------------------------------------------------- */

/* The first of the arguments that compares so to all others. */
static PyObject *
choose(PyObject *const *arguments, Py_ssize_t count, int comparison)
{
    if (Py_EnterRecursiveCall(WHILE_CALLING)) {
        return NULL;
    }
    PyObject *best = Py_NewRef(arguments[0]);
    for (Py_ssize_t i = 1; i < count && best != NULL; i++) {
        int better = PyObject_RichCompareBool(arguments[i], best, comparison);
        if (better < 0) {
            Py_CLEAR(best);
        } else if (better > 0) {
            Py_SETREF(best, Py_NewRef(arguments[i]));
        }
    }
    Py_LeaveRecursiveCall();
    return best;
}

PyObject *
natives_min(PyObject *Py_UNUSED(callable), PyObject *const *arguments, size_t count, PyObject *Py_UNUSED(kwnames))
{
    return choose(arguments, PyVectorcall_NARGS(count), Py_LT);
}

PyObject *
natives_max(PyObject *Py_UNUSED(callable), PyObject *const *arguments, size_t count, PyObject *Py_UNUSED(kwnames))
{
    return choose(arguments, PyVectorcall_NARGS(count), Py_GT);
}

/* ---- what they know ----------------------------------------------------------------------------- */

/* Finds the function behind __setattr__. */
void
natives_init(void)
{
    PyObject *wrapper = PyDict_GetItemWithError(PyBaseObject_Type.tp_dict, pyjit_names.dunder_setattr);
    if (wrapper != NULL && Py_IS_TYPE(wrapper, &PyWrapperDescr_Type)) {
        wrap_setattr = ((PyWrapperDescrObject *)wrapper)->d_base->wrapper;
    }
}

/* ---- classes ------------------------------------------------------------------------------------ */

PyObject *
natives_class(PyObject *callable, PyObject *const *arguments, size_t count, PyObject *Py_UNUSED(kwnames))
{
    if (Py_EnterRecursiveCall(WHILE_CALLING)) {
        return NULL;
    }
    PyObject *tuple = natives_pack(arguments, PyVectorcall_NARGS(count)), *result = NULL;
    if (tuple != NULL) {
        result = Py_TYPE(callable)->tp_call(callable, tuple, NULL);
        Py_DECREF(tuple);
    }
    Py_LeaveRecursiveCall();
    return result;
}

/* ---- slot wrappers ------------------------------------------------------------------------------ */

/* May object.__setattr__ be applied to instances of this class? Not if a base written in C has another one: of classes
 * with one, only those that look for a method written in Python are believed. */
static bool
sets_attributes_as_object(PyTypeObject *type)
{
    PyObject *mro = type->tp_mro;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(mro); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(mro, i);
        if (base->tp_setattro != PyObject_GenericSetAttr &&
            base->tp_setattro != pyjit_state.instance_setattro) {
            return false;
        }
    }
    return true;
}

/* Calls what is behind a slot wrapper. */
static PyObject *
call_wrapped(PyWrapperDescrObject *wrapper, PyObject *const *arguments, Py_ssize_t count)
{
    PyObject *self = arguments[0], *rest = natives_pack(arguments + 1, count - 1), *result = NULL;
    if (rest != NULL && wrapper->d_base->flags & PyWrapperFlag_KEYWORDS) {
        result = ((wrapperfunc_kwds)(void *)wrapper->d_base->wrapper)(self, rest, wrapper->d_wrapped, NULL);
    } else if (rest != NULL) {
        result = wrapper->d_base->wrapper(self, rest, wrapper->d_wrapped);
    }
    Py_XDECREF(rest);
    return result;
}

/* Does this slot wrapper do what object.__setattr__ does? */
static bool
is_object_setattr(const PyWrapperDescrObject *wrapper)
{
    return wrapper->d_base->wrapper == wrap_setattr && wrapper->d_wrapped == PyObject_GenericSetAttr;
}

/* Does calling this set an attribute of instances of the class as object.__setattr__ does? */
bool
natives_sets_attribute(PyObject *callable, PyTypeObject *type)
{
    return Py_IS_TYPE(callable, &PyWrapperDescr_Type) && is_object_setattr((PyWrapperDescrObject *)callable) &&
           PyType_IsSubtype(type, PyDescr_TYPE(callable)) && sets_attributes_as_object(type);
}

PyObject *
natives_wrapper(PyObject *callable, PyObject *const *arguments, size_t vector_count, PyObject *kwnames)
{
    PyWrapperDescrObject *wrapper = (PyWrapperDescrObject *)callable;
    Py_ssize_t count = PyVectorcall_NARGS(vector_count);
    if (count == 0 || kwnames != NULL || !PyObject_TypeCheck(arguments[0], PyDescr_TYPE(wrapper))) {
        return PyObject_Vectorcall(callable, arguments, vector_count, kwnames);
    }
    if (Py_EnterRecursiveCall(WHILE_CALLING)) {
        return NULL;
    }
    PyObject *result;
    if (count == 3 && is_object_setattr(wrapper) && sets_attributes_as_object(Py_TYPE(arguments[0]))) {
        result = PyObject_GenericSetAttr(arguments[0], arguments[1], arguments[2]) < 0 ? NULL : Py_NewRef(Py_None);
    } else {
        result = call_wrapped(wrapper, arguments, count);
    }
    Py_LeaveRecursiveCall();
    return result;
}
