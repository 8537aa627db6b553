/* Generic operations: structural pattern matching. */
#include "pyjit/generic_support.h"

/* [subject] -> [subject, whether it is a mapping] */
GENERIC(match_mapping)
{
    sp[0] = bool_object(PyType_HasFeature(Py_TYPE(sp[-1]), Py_TPFLAGS_MAPPING));
    return 0;
}

/* [subject] -> [subject, whether it is a sequence] */
GENERIC(match_sequence)
{
    sp[0] = bool_object(PyType_HasFeature(Py_TYPE(sp[-1]), Py_TPFLAGS_SEQUENCE));
    return 0;
}

/* Adds the key to the set: 1 if it was there before, 0 if not, -1 on an exception. */
static int
seen_before(PyObject *seen, PyObject *key)
{
    int found = PySet_Contains(seen, key);
    return found != 0 ? found : PySet_Add(seen, key);
}

/* ---- Mapping patterns --------------------------------------------------------------------- */

/* map.get(key, missing); `get` is an unbound method if is_method. New reference or NULL. */
static PyObject *
call_get(PyObject *get, bool is_method, PyObject *map, PyObject *key, PyObject *missing)
{
    PyObject *args[] = {map, key, missing};
    return is_method ? PyObject_Vectorcall(get, args, 3, NULL)
                     : PyObject_Vectorcall(get, args + 1, 2, NULL);
}

/* Puts the values of all keys into the new tuple `values`: 1 if every key is there, 0 if one is
 * not, -1 on an exception. */
static int
collect_values(PyObject *map, PyObject *keys, PyObject *get, bool is_method, PyObject *missing,
               PyObject *seen, PyObject *values)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(keys); i++) {
        PyObject *key = PyTuple_GET_ITEM(keys, i);
        int again = seen_before(seen, key);
        if (again > 0) {
            PyErr_Format(PyExc_ValueError, "mapping pattern checks duplicate key (%R)", key);
        }
        if (again != 0) {
            return -1;
        }
        PyObject *value = call_get(get, is_method, map, key, missing);
        if (value == NULL) {
            return -1;
        }
        if (value == missing) {
            Py_DECREF(value);
            return 0;
        }
        PyTuple_SET_ITEM(values, i, value);
    }
    return 1;
}

/* New reference to the tuple of the keys' values in map, or to None if a key is missing; NULL on an
 * exception. */
static PyObject *
match_keys(PyObject *map, PyObject *keys)
{
    if (PyTuple_GET_SIZE(keys) == 0) {
        return PyTuple_New(0);
    }
    /* map.get does not create a missing entry as a defaultdict's [] would. */
    PyObject *get = NULL, *seen = NULL, *missing = NULL, *values = NULL;
    bool is_method = _PyObject_GetMethod(map, pyjit_names.get, &get);
    int matched = -1;
    if (get != NULL && (seen = PySet_New(NULL)) != NULL &&
        (missing = PyObject_CallNoArgs((PyObject *)&PyBaseObject_Type)) != NULL &&
        (values = PyTuple_New(PyTuple_GET_SIZE(keys))) != NULL) {
        matched = collect_values(map, keys, get, is_method, missing, seen, values);
    }
    if (matched <= 0) {
        Py_XSETREF(values, matched == 0 ? Py_NewRef(Py_None) : NULL);
    }
    Py_XDECREF(get);
    Py_XDECREF(seen);
    Py_XDECREF(missing);
    return values;
}

/* [subject, keys] -> [subject, keys, tuple of values or None] */
GENERIC(match_keys)
{
    return leave(&sp[0], match_keys(sp[-2], sp[-1]));
}

/* ---- Class patterns ----------------------------------------------------------------------- */

/* What a class pattern has found out so far. */
typedef struct {
    PyObject *subject;
    PyTypeObject *type;
    PyObject *seen;       /* set of the attribute names looked at */
    PyObject *attributes; /* list of their values, for the subpatterns */
} ClassMatch;

/* Looks at one attribute: 1 if the subject has it, 0 if not, -1 on an exception. */
static int
match_attribute(PyThreadState *tstate, ClassMatch *match, PyObject *name)
{
    int again = seen_before(match->seen, name);
    if (again > 0) {
        PyErr_Format(PyExc_TypeError, "%s() got multiple sub-patterns for attribute %R",
                     match->type->tp_name, name);
    }
    if (again != 0) {
        return -1;
    }
    PyObject *value = PyObject_GetAttr(match->subject, name);
    if (value == NULL) {
        if (!_PyErr_ExceptionMatches(tstate, PyExc_AttributeError)) {
            return -1;
        }
        _PyErr_Clear(tstate);
        return 0;
    }
    int status = PyList_Append(match->attributes, value);
    Py_DECREF(value);
    return status < 0 ? -1 : 1;
}

/* New reference to the __match_args__ of the type, a tuple; an empty one if it has none, and then
 * *match_self tells whether its one positional subpattern is matched against the subject itself.
 * NULL on an exception. */
static PyObject *
get_match_args(PyThreadState *tstate, PyTypeObject *type, bool *match_self)
{
    *match_self = false;
    PyObject *names = PyObject_GetAttr((PyObject *)type, pyjit_names.dunder_match_args);
    if (names == NULL) {
        if (!_PyErr_ExceptionMatches(tstate, PyExc_AttributeError)) {
            return NULL;
        }
        _PyErr_Clear(tstate);
        *match_self = PyType_HasFeature(type, _Py_TPFLAGS_MATCH_SELF);
        return PyTuple_New(0);
    }
    if (!PyTuple_CheckExact(names)) {
        PyErr_Format(PyExc_TypeError, "%s.__match_args__ must be a tuple (got %s)", type->tp_name,
                     Py_TYPE(names)->tp_name);
        Py_CLEAR(names);
    }
    return names;
}

/* Looks at the attributes that the first `count` of __match_args__ name: 1, 0 or -1 as above. */
static int
match_positional(PyThreadState *tstate, ClassMatch *match, PyObject *names, int count)
{
    for (int i = 0; i < count; i++) {
        PyObject *name = PyTuple_GET_ITEM(names, i);
        if (!PyUnicode_CheckExact(name)) {
            PyErr_Format(PyExc_TypeError, "__match_args__ elements must be strings (got %s)",
                         Py_TYPE(name)->tp_name);
            return -1;
        }
        int matched = match_attribute(tstate, match, name);
        if (matched <= 0) {
            return matched;
        }
    }
    return 1;
}

/* Matches `count` positional subpatterns: 1, 0 or -1. */
static int
match_positionals(PyThreadState *tstate, ClassMatch *match, int count)
{
    bool match_self;
    PyObject *names = get_match_args(tstate, match->type, &match_self);
    if (names == NULL) {
        return -1;
    }
    int matched = -1;
    Py_ssize_t allowed = match_self ? 1 : PyTuple_GET_SIZE(names);
    if (allowed < count) {
        PyErr_Format(PyExc_TypeError, "%s() accepts %zd positional sub-pattern%s (%d given)",
                     match->type->tp_name, allowed, allowed == 1 ? "" : "s", count);
    }
    else if (match_self) {
        matched = PyList_Append(match->attributes, match->subject) < 0 ? -1 : 1;
    }
    else {
        matched = match_positional(tstate, match, names, count);
    }
    Py_DECREF(names);
    return matched;
}

/* Matches the subpatterns, positional ones first: 1, 0 or -1. */
static int
match_subpatterns(PyThreadState *tstate, ClassMatch *match, int positional, PyObject *keywords)
{
    int matched = positional > 0 ? match_positionals(tstate, match, positional) : 1;
    for (Py_ssize_t i = 0; matched > 0 && i < PyTuple_GET_SIZE(keywords); i++) {
        matched = match_attribute(tstate, match, PyTuple_GET_ITEM(keywords, i));
    }
    return matched;
}

/* New reference to the tuple of values for the subpatterns, or to None if the subject does not
 * match; NULL on an exception. */
static PyObject *
match_class(PyThreadState *tstate, PyObject *subject, PyObject *type, int positional,
            PyObject *keywords)
{
    if (!PyType_Check(type)) {
        PyErr_SetString(PyExc_TypeError, "called match pattern must be a type");
        return NULL;
    }
    int matched = PyObject_IsInstance(subject, type);
    if (matched <= 0) {
        return matched == 0 ? Py_NewRef(Py_None) : NULL;
    }
    ClassMatch match = {.subject = subject, .type = (PyTypeObject *)type};
    PyObject *result = NULL;
    if ((match.seen = PySet_New(NULL)) != NULL && (match.attributes = PyList_New(0)) != NULL) {
        matched = match_subpatterns(tstate, &match, positional, keywords);
        if (matched > 0) {
            result = PyList_AsTuple(match.attributes);
        }
        else if (matched == 0) {
            result = Py_NewRef(Py_None);
        }
    }
    Py_XDECREF(match.attributes);
    Py_XDECREF(match.seen);
    return result;
}

/* [subject, type, keyword names] -> [tuple of values or None]; oparg positional subpatterns */
GENERIC(match_class)
{
    PyObject *subject = sp[-3], *type = sp[-2], *keywords = sp[-1];
    PyObject *result = match_class(tstate, subject, type, oparg, keywords);
    Py_DECREF(keywords);
    Py_DECREF(type);
    Py_DECREF(subject);
    return leave(&sp[-3], result);
}
