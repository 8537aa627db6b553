/* Generic operations: attributes and method lookup. */
#include "pyjit/generic_support.h"

/* [owner] -> [owner.name] */
GENERIC(load_attr)
{
    PyObject *owner = sp[-1];
    PyObject *result = PyObject_GetAttr(owner, code_name(frame, oparg));
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
    PyObject *owner = sp[-1], *attribute = NULL;
    int unbound = _PyObject_GetMethod(owner, code_name(frame, oparg), &attribute);
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
