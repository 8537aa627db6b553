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

/* Are these two exact strings equal? */
static bool
same_text(PyObject *a, PyObject *b)
{
    return a == b || PyUnicode_Compare(a, b) == 0;
}

/* ---- Mapping patterns --------------------------------------------------------------------- */

/* Raises the ValueError for a key that a pattern has twice. */
static void
report_duplicate(PyObject *key)
{
    PyErr_Format(PyExc_ValueError, "mapping pattern checks duplicate key (%R)", key);
}

/* Are all of these keys exact strings, of which it does not show how they are compared? */
static bool
are_strings(PyObject *keys)
{
    Py_ssize_t i = 0;
    while (i < PyTuple_GET_SIZE(keys) && PyUnicode_CheckExact(PyTuple_GET_ITEM(keys, i))) {
        i++;
    }
    return i == PyTuple_GET_SIZE(keys);
}

/* Puts the values that an exact dict has for keys that are strings into the new tuple `values`: 1 if every key is there, 0
 * if one is not, -1 on an exception. */
static int
take_values(PyObject *dict, PyObject *keys, PyObject *values)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(keys); i++) {
        PyObject *key = PyTuple_GET_ITEM(keys, i);
        for (Py_ssize_t j = 0; j < i; j++) {
            if (same_text(PyTuple_GET_ITEM(keys, j), key)) {
                report_duplicate(key);
                return -1;
            }
        }
        PyObject *value = PyDict_GetItemWithError(dict, key);
        if (value == NULL) {
            return PyErr_Occurred() ? -1 : 0;
        }
        PyTuple_SET_ITEM(values, i, Py_NewRef(value));
    }
    return 1;
}

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
        int again = PySet_Contains(seen, key);
        if (again > 0) {
            report_duplicate(key);
        }
        if (again != 0 || PySet_Add(seen, key) < 0) {
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

/* The same for any mapping and any keys. */
static int
ask_for_values(PyObject *map, PyObject *keys, PyObject *values)
{
    /* map.get does not create a missing entry as a defaultdict's [] would. */
    PyObject *get = NULL, *seen = NULL, *missing = NULL;
    bool is_method = _PyObject_GetMethod(map, pyjit_names.get, &get);
    int matched = -1;
    if (get != NULL && (seen = PySet_New(NULL)) != NULL &&
        (missing = PyObject_CallNoArgs((PyObject *)&PyBaseObject_Type)) != NULL) {
        matched = collect_values(map, keys, get, is_method, missing, seen, values);
    }
    Py_XDECREF(get);
    Py_XDECREF(seen);
    Py_XDECREF(missing);
    return matched;
}

/* New reference to the tuple of the keys' values in map, or to None if a key is missing; NULL on an
 * exception. */
static PyObject *
match_keys(PyObject *map, PyObject *keys)
{
    if (PyTuple_GET_SIZE(keys) == 0) {
        return PyTuple_New(0);
    }
    PyObject *values = PyTuple_New(PyTuple_GET_SIZE(keys));
    if (values == NULL) {
        return NULL;
    }
    int matched = PyDict_CheckExact(map) && are_strings(keys) ? take_values(map, keys, values)
                                                              : ask_for_values(map, keys, values);
    if (matched <= 0) {
        Py_XSETREF(values, matched == 0 ? Py_NewRef(Py_None) : NULL);
    }
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
    PyObject *names;  /* __match_args__, of which the first `count` are looked at, or NULL */
    PyObject *values; /* tuple of attributes, for the subpatterns */
    Py_ssize_t found; /* of them */
} ClassMatch;

/* Is the name among the first `count` ones? */
static bool
is_among(PyObject *name, PyObject *names, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        if (same_text(PyTuple_GET_ITEM(names, i), name)) {
            return true;
        }
    }
    return false;
}

/* Raises the TypeError for an attribute that is looked at twice. */
static void
report_repeated(const ClassMatch *match, PyObject *name)
{
    PyErr_Format(PyExc_TypeError, "%s() got multiple sub-patterns for attribute %R", match->type->tp_name, name);
}

/* Looks at one attribute: 1 if the subject has it, 0 if not, -1 on an exception. */
static int
match_attribute(PyThreadState *tstate, ClassMatch *match, PyObject *name)
{
    PyObject *value = PyObject_GetAttr(match->subject, name);
    if (value == NULL) {
        if (!_PyErr_ExceptionMatches(tstate, PyExc_AttributeError)) {
            return -1;
        }
        _PyErr_Clear(tstate);
        return 0;
    }
    PyTuple_SET_ITEM(match->values, match->found++, value);
    return 1;
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
        if (is_among(name, names, i)) {
            report_repeated(match, name);
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
        PyTuple_SET_ITEM(match->values, match->found++, Py_NewRef(match->subject));
        matched = 1;
    }
    else {
        matched = match_positional(tstate, match, names, count);
        match->names = Py_NewRef(names);
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
        PyObject *name = PyTuple_GET_ITEM(keywords, i);
        bool repeated = is_among(name, keywords, i) ||
                        (match->names != NULL && is_among(name, match->names, positional));
        if (repeated) {
            report_repeated(match, name);
        }
        matched = repeated ? -1 : match_attribute(tstate, match, name);
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
    match.values = PyTuple_New(positional + PyTuple_GET_SIZE(keywords));
    if (match.values == NULL) {
        return NULL;
    }
    matched = match_subpatterns(tstate, &match, positional, keywords);
    Py_XDECREF(match.names);
    if (matched <= 0) {
        Py_SETREF(match.values, matched == 0 ? Py_NewRef(Py_None) : NULL);
    }
    return match.values;
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
