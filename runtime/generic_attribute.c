/* Generic operations: attributes and method lookup. */
#include "pyjit/generic_support.h"

#include "pyjit/hook.h"

/* [owner] -> [owner.name] */
GENERIC(load_attr)
{
    PyObject *owner = sp[-1];
    PyObject *result = hook_get_attribute(owner, code_name(frame, oparg));
    Py_DECREF(owner);
    return leave(&sp[-1], result);
}

/* [value, owner] -> [], owner.name = value */
GENERIC(store_attr)
{
    PyObject *value = sp[-2], *owner = sp[-1];
    int status = PyObject_SetAttr(owner, code_name(frame, oparg), value);
    Py_DECREF(value);
    Py_DECREF(owner);
    return status;
}

/* [owner] -> [], del owner.name */
GENERIC(delete_attr)
{
    PyObject *owner = sp[-1];
    int status = PyObject_SetAttr(owner, code_name(frame, oparg), NULL);
    Py_DECREF(owner);
    return status;
}

/* [owner] -> [unbound method, owner], or [NULL, attribute] when it is not such a method */
GENERIC(load_method)
{
    PyObject *owner = sp[-1], *attribute = NULL, *name = code_name(frame, oparg);
    int unbound = 0;
    if (Py_TYPE(owner)->tp_getattro == PyObject_GenericGetAttr) {
        unbound = _PyObject_GetMethod(owner, name, &attribute);
    }
    else {
        attribute = hook_get_attribute(owner, name);
    }
    if (attribute == NULL) {
        Py_DECREF(owner);
        return -1;
    }
    if (unbound) {
        sp[-1] = attribute;
        sp[0] = owner;
    }
    else {
        sp[-1] = NULL;
        Py_DECREF(owner);
        sp[0] = attribute;
    }
    return 0;
}
