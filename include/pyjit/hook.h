/* Classes with __getattr__: what they have is found as in other classes, and __getattr__ is called for what
 * they have not, without an AttributeError being made first (but for attributes of classes). */
#ifndef PYJIT_HOOK_H
#define PYJIT_HOOK_H

#include "cpython/interface.h"

#include <stdbool.h>

/* Finds CPython's slot function for such classes. Returns 0 or -1, without an exception. */
int hook_init(void);

/* Do instances of this class have __getattr__ besides the ordinary way to their attributes? */
bool hook_applies(PyTypeObject *type);

/* The same for a metaclass: have the classes that are its instances __getattr__ besides the ordinary way to their attributes?
 * False for a class that is no metaclass. */
bool hook_applies_to_classes(PyTypeObject *type);

/* Tells a pending AttributeError what was wanted of which object, if it does not know yet. */
void hook_complete_error(PyObject *owner, PyObject *name);

/* New reference to an attribute of an instance of any class, as PyObject_GetAttr; NULL with an exception. */
PyObject *hook_get_attribute(PyObject *owner, PyObject *name);

#endif
