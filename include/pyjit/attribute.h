/* Where attributes are: a live owner is looked at, and what is found is a Plan, good for every owner for
 * which what it relies on holds. Knows objects; nothing of blocks or machine code. */
#ifndef PYJIT_ATTRIBUTE_H
#define PYJIT_ATTRIBUTE_H

#include "cpython/interface.h"

#include <stdbool.h>

/* What an attribute is. */
typedef enum {
    PLACE_UNKNOWN, /* for the generic operation */
    PLACE_VALUES,  /* among the inline values of the instance */
    PLACE_MEMBER,  /* in the instance, by a member descriptor of __slots__ */
    PLACE_DICT,    /* in a dict of its own; to set: in whatever dict the owner has */
    PLACE_SPLIT,   /* in a dict that shares its keys with other instances */
    PLACE_OBJECT,  /* an object found in the class, or in a module that does not change */
    PLACE_METHOD,  /* a function in the class that takes the owner as its first argument */
    PLACE_PROPERTY, /* what a property's function gives or takes */
    PLACE_DESCRIPTOR, /* what __get__ or __set__ of an object in the class gives or takes */
    PLACE_HOOK,       /* what __getattr__ gives, there being no such attribute */
} Place;

/* What shows that an instance has no attribute of its own that comes before that of the class. */
typedef enum {
    ABSENT_UNSAID,       /* it need not be shown */
    ABSENT_VALUES_LACK,  /* its inline values have no such name */
    ABSENT_VALUES_UNSET, /* they have, but it is not set */
    ABSENT_NO_DICT,      /* there is no dict */
    ABSENT_DICT_LACKS,   /* the dict has no such name, nor has any with the same keys */
    ABSENT_DICT_SEARCHED, /* looking for it shows that the dict has no such name */
    ABSENT_MODULE_STAYS, /* the dict has not changed at all */
} Absence;

typedef struct {
    Place place;
    Absence absence;
    PyObject *name;         /* borrowed */
    PyTypeObject *type;     /* of the owner */
    PyTypeObject *of_class; /* the owner itself, if it is a class */
    PyObject *value;        /* the attribute now, or NULL; the function of a property, descriptor or hook; borrowed */
    PyObject *found;        /* what the class has, if its type can change; a descriptor; borrowed */
    PyObject *wrapper;      /* static or class method or property whose function the value is, or NULL */
    intptr_t at;            /* byte offset of the value: in the values, the owner, the keys, the property */
    intptr_t dict_at;       /* byte offset in the owner of its dict */
    int index;              /* PLACE_SPLIT: of the value */
    PyDictKeysObject *keys; /* of the dict, or shared by the instances */
} Plan;

/* How to get an attribute. `stable`: a module's attributes are expected not to change at all, and instances with dicts
 * of their own to be one only. */
Plan plan_load(PyObject *owner, PyObject *name, bool stable);

/* How to get a method of a type whose instances have nothing of their own; the type is fixed. */
Plan plan_load_by_type(PyTypeObject *type, PyObject *name);

/* How to set an attribute. */
Plan plan_store(PyObject *owner, PyObject *name);

/* The same as object.__setattr__ does it, whatever __setattr__ the class has. */
Plan plan_store_as_object(PyObject *owner, PyObject *name);

/* The version of a type and of all it inherits from; 0 if it has none that guards can compare. */
uint32_t plan_type_version(PyTypeObject *type);

/* What a type or what it inherits from has under a name, the type being given a version; NULL when
 * there is nothing or looking it up could run code. Borrows. */
PyObject *plan_lookup(PyTypeObject *type, PyObject *name);

/* The method of a type under this name if it is a Python function and the type has a version. Borrows. */
PyFunctionObject *plan_method(PyTypeObject *type, PyObject *name);

/* Does nothing about this type ever change? */
bool plan_type_is_fixed(PyTypeObject *type);

#endif
