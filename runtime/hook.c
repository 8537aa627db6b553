/* Classes with __getattr__. Owns the address of CPython's slot function for them. */
#include "pyjit/hook.h"

#include "pyjit/names.h"
#include "pyjit/state.h"

static getattrofunc slot; /* of classes with __getattr__, or with a __getattribute__ of their own */

/* Finds the slot functions, which are in every class that defines __getattr__, __new__ or __setattr__. */
int
hook_init(void)
{
    if (slot == NULL) {
        PyObject *class = PyObject_CallFunction((PyObject *)&PyType_Type, "s(){OOOOOO}", "pyjit",
                                                pyjit_names.dunder_getattr, Py_None, pyjit_names.dunder_new, Py_None,
                                                pyjit_names.dunder_setattr, Py_None);
        if (class == NULL) {
            PyErr_Clear();
            return -1;
        }
        slot = ((PyTypeObject *)class)->tp_getattro;
        pyjit_state.instance_dealloc = ((PyTypeObject *)class)->tp_dealloc;
        pyjit_state.instance_new = ((PyTypeObject *)class)->tp_new;
        pyjit_state.instance_setattro = ((PyTypeObject *)class)->tp_setattro;
        Py_TYPE(class)->tp_clear(class); /* it refers to itself, and is not for the garbage collector */
        Py_DECREF(class);
    }
    return 0;
}

/* Has the class __getattr__ besides this way to the attributes of its instances? */
static bool
applies_besides(PyTypeObject *type, getattrofunc way)
{
    if (type->tp_getattro != slot || _PyType_Lookup(type, pyjit_names.dunder_getattr) == NULL) {
        return false;
    }
    PyObject *ordinary = _PyType_Lookup(type, pyjit_names.dunder_getattribute);
    return ordinary == NULL || (Py_IS_TYPE(ordinary, &PyWrapperDescr_Type) &&
                                ((PyWrapperDescrObject *)ordinary)->d_wrapped == (void *)way);
}

/* Do instances of this class have __getattr__ besides the ordinary way to their attributes? */
bool
hook_applies(PyTypeObject *type)
{
    return applies_besides(type, PyObject_GenericGetAttr);
}

/* Do the classes that are instances of this metaclass? */
bool
hook_applies_to_classes(PyTypeObject *type)
{
    return applies_besides(type, PyType_Type.tp_getattro);
}

/* What __getattr__, stolen, gives for an attribute. */
static PyObject *
ask(PyObject *hook, PyObject *owner, PyObject *name)
{
    PyObject *result;
    if (Py_IS_TYPE(hook, &PyFunction_Type)) {
        PyObject *arguments[] = {owner, name};
        result = PyObject_Vectorcall(hook, arguments, 2, NULL);
    } else {
        descrgetfunc get = Py_TYPE(hook)->tp_descr_get;
        if (get != NULL) {
            Py_SETREF(hook, get(hook, owner, (PyObject *)Py_TYPE(owner)));
        }
        result = hook == NULL ? NULL : PyObject_CallOneArg(hook, name);
    }
    Py_XDECREF(hook);
    return result;
}

/* Tells a pending AttributeError what was wanted of which object, if it does not know yet, as
 * PyObject_GetAttr does. */
void
hook_complete_error(PyObject *owner, PyObject *name)
{
    if (!PyErr_ExceptionMatches(PyExc_AttributeError)) {
        return;
    }
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (PyErr_GivenExceptionMatches(value, PyExc_AttributeError)) {
        PyAttributeErrorObject *error = (PyAttributeErrorObject *)value;
        if (error->name == NULL && error->obj == NULL &&
            (PyObject_SetAttrString(value, "name", name) < 0 || PyObject_SetAttrString(value, "obj", owner) < 0)) {
            Py_XDECREF(type);
            Py_XDECREF(value);
            Py_XDECREF(traceback);
            return;
        }
    }
    PyErr_Restore(type, value, traceback);
}

/* New reference to an attribute. */
PyObject *
hook_get_attribute(PyObject *owner, PyObject *name)
{
    PyTypeObject *type = Py_TYPE(owner);
    bool of_class = type->tp_getattro == slot && PyType_Check(owner) && hook_applies_to_classes(type);
    if (type->tp_getattro != slot || !(of_class || hook_applies(type))) {
        return PyObject_GetAttr(owner, name);
    }
    PyObject *hook = Py_NewRef(_PyType_Lookup(type, pyjit_names.dunder_getattr));
    PyObject *found = of_class ? PyType_Type.tp_getattro(owner, name)
                               : _PyObject_GenericGetAttrWithDict(owner, name, NULL, 1);
    if (found == NULL && of_class && PyErr_ExceptionMatches(PyExc_AttributeError)) {
        PyErr_Clear();
    }
    if (found == NULL && !PyErr_Occurred()) {
        found = ask(Py_NewRef(hook), owner, name);
    }
    Py_DECREF(hook);
    if (found == NULL) {
        hook_complete_error(owner, name);
    }
    return found;
}
