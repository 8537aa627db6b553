/* Generic operations: except* clauses. Owns the splitting of exception groups that the interpreter
 * keeps to itself: what to raise when the clauses are through. */
#include "pyjit/generic_support.h"

/* ---- Matching one clause ------------------------------------------------------------------ */

/* Does `type` qualify for `except* type:`? Returns 0, or -1 with TypeError set. */
static int
check_except_star_type(PyObject *type)
{
    if (generic_check_except_type(type) < 0) {
        return -1;
    }
    bool several = PyTuple_Check(type);
    Py_ssize_t count = several ? PyTuple_GET_SIZE(type) : 1;
    for (Py_ssize_t i = 0; i < count; i++) {
        int is_group = PyObject_IsSubclass(several ? PyTuple_GET_ITEM(type, i) : type,
                                           PyExc_BaseExceptionGroup);
        if (is_group > 0) {
            PyErr_SetString(PyExc_TypeError, "catching ExceptionGroup with except* is not allowed. "
                                             "Use except instead.");
        }
        if (is_group != 0) {
            return -1;
        }
    }
    return 0;
}

/* New group without a message around a tuple or list of exceptions. NULL with an exception set. */
static PyObject *
new_group(PyObject *exceptions)
{
    return PyObject_CallFunctionObjArgs(PyExc_BaseExceptionGroup, pyjit_names.empty, exceptions,
                                        NULL);
}

/* What an except* clause takes of an exception that matches it whole: a group. New reference. */
static PyObject *
as_group(PyObject *exception)
{
    if (_PyBaseExceptionGroup_Check(exception)) {
        return Py_NewRef(exception);
    }
    PyObject *members = PyTuple_Pack(1, exception);
    if (members == NULL) {
        return NULL;
    }
    PyObject *group = new_group(members);
    Py_DECREF(members);
    return group;
}

/* Lets the group split itself by type. New references; returns 0 or -1. */
static int
split_group(PyObject *group, PyObject *type, PyObject **match, PyObject **rest)
{
    PyObject *pair = PyObject_CallMethodOneArg(group, pyjit_names.split, type);
    if (pair == NULL) {
        return -1;
    }
    /* CPython takes this for granted, although a subclass may override split. */
    if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) < 2) {
        PyErr_Format(PyExc_TypeError, "%.200s.split must return a 2-tuple",
                     Py_TYPE(group)->tp_name);
        Py_DECREF(pair);
        return -1;
    }
    *match = Py_NewRef(PyTuple_GET_ITEM(pair, 0));
    *rest = Py_NewRef(PyTuple_GET_ITEM(pair, 1));
    Py_DECREF(pair);
    return 0;
}

/* Splits an exception (None when earlier clauses took all) into what the clause takes and what it
 * leaves, None for nothing. New references; returns 0 or -1. */
static int
split_exception(PyObject *exception, PyObject *type, PyObject **match, PyObject **rest)
{
    if (!Py_IsNone(exception)) {
        if (PyErr_GivenExceptionMatches(exception, type)) {
            *match = as_group(exception);
            *rest = Py_NewRef(Py_None);
            return *match != NULL ? 0 : -1;
        }
        if (_PyBaseExceptionGroup_Check(exception)) {
            return split_group(exception, type, match, rest);
        }
    }
    *match = Py_NewRef(Py_None);
    *rest = Py_NewRef(Py_None);
    return 0;
}

/* [exception, type] -> [what is left, what matches], the latter being handled from now on;
 * [exception, None] if nothing matches */
GENERIC(check_eg_match)
{
    PyObject *exception = sp[-2], *type = sp[-1], *match, *rest;
    int status = check_except_star_type(type);
    if (status == 0) {
        status = split_exception(exception, type, &match, &rest);
    }
    Py_DECREF(type);
    if (status < 0) {
        Py_DECREF(exception);
        return -1;
    }
    sp[-1] = match;
    if (Py_IsNone(match)) {
        Py_DECREF(rest);
    }
    else {
        sp[-2] = rest;
        PyErr_SetHandledException(match);
        Py_DECREF(exception);
    }
    return 0;
}

/* ---- After the last clause ---------------------------------------------------------------- */

/* function(set, address of the exception as an int): PySet_Add or PySet_Contains. */
static int
with_address(int (*function)(PyObject *, PyObject *), PyObject *set, PyObject *exception)
{
    PyObject *address = PyLong_FromVoidPtr(exception);
    if (address == NULL) {
        return -1;
    }
    int result = function(set, address);
    Py_DECREF(address);
    return result;
}

/* Adds the addresses of all leaves of the exception to the set. Returns 0 or -1. */
static int
collect_leaves(PyThreadState *tstate, PyObject *exception, PyObject *leaves)
{
    if (Py_IsNone(exception)) {
        return 0;
    }
    if (!_PyBaseExceptionGroup_Check(exception)) {
        return with_address(PySet_Add, leaves, exception);
    }
    PyObject *members = ((PyBaseExceptionGroupObject *)exception)->excs;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(members); i++) {
        if (_Py_EnterRecursiveCallTstate(tstate, " in collect_exception_group_leaf_ids")) {
            return -1;
        }
        int status = collect_leaves(tstate, PyTuple_GET_ITEM(members, i), leaves);
        _Py_LeaveRecursiveCallTstate(tstate);
        if (status < 0) {
            return -1;
        }
    }
    return 0;
}

/* Gives the derived group an own copy of the original's notes, if those are a sequence. 0 or -1. */
static int
copy_notes(PyObject *original, PyObject *derived)
{
    if (!PyObject_HasAttr(original, pyjit_names.dunder_notes)) {
        return 0;
    }
    PyObject *notes = PyObject_GetAttr(original, pyjit_names.dunder_notes);
    if (notes == NULL) {
        return -1;
    }
    int status = 0;
    if (PySequence_Check(notes)) {
        Py_SETREF(notes, PySequence_List(notes));
        status = notes != NULL ? PyObject_SetAttr(derived, pyjit_names.dunder_notes, notes) : -1;
    }
    Py_XDECREF(notes);
    return status;
}

/* Gives the derived group the traceback, context, cause and notes of the original. 0 or -1. */
static int
copy_metadata(PyObject *original, PyObject *derived)
{
    PyObject *traceback = PyException_GetTraceback(original);
    if (traceback != NULL) {
        int status = PyException_SetTraceback(derived, traceback);
        Py_DECREF(traceback);
        if (status < 0) {
            return -1;
        }
    }
    PyException_SetContext(derived, PyException_GetContext(original));
    PyException_SetCause(derived, PyException_GetCause(original));
    return copy_notes(original, derived);
}

/* New group like `original` but with these members (a list). NULL with an exception set. */
static PyObject *
derive_group(PyObject *original, PyObject *members)
{
    PyObject *derived = PyObject_CallMethodOneArg(original, pyjit_names.derive, members);
    if (derived == NULL) {
        return NULL;
    }
    if (!_PyBaseExceptionGroup_Check(derived)) {
        PyErr_SetString(PyExc_TypeError, "derive must return an instance of BaseExceptionGroup");
        Py_CLEAR(derived);
    }
    else if (copy_metadata(original, derived) < 0) {
        Py_CLEAR(derived);
    }
    return derived;
}

/* Defined below: groups nest. */
static int project(PyThreadState *tstate, PyObject *exception, PyObject *leaves, PyObject **part);

/* Appends what remains of each member of the group to the list. Returns 0 or -1. */
static int
project_members(PyThreadState *tstate, PyObject *group, PyObject *leaves, PyObject *parts)
{
    PyObject *members = ((PyBaseExceptionGroupObject *)group)->excs;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(members); i++) {
        if (_Py_EnterRecursiveCallTstate(tstate, " in exceptiongroup_split_recursive")) {
            return -1;
        }
        PyObject *part;
        int status = project(tstate, PyTuple_GET_ITEM(members, i), leaves, &part);
        _Py_LeaveRecursiveCallTstate(tstate);
        if (part != NULL) {
            status = PyList_Append(parts, part);
            Py_DECREF(part);
        }
        if (status < 0) {
            return -1;
        }
    }
    return 0;
}

/* What remains of the exception when only the leaves in the set are kept, in the same nesting: new
 * reference in *part, NULL for nothing. Returns 0 or -1. */
static int
project(PyThreadState *tstate, PyObject *exception, PyObject *leaves, PyObject **part)
{
    *part = NULL;
    if (!_PyBaseExceptionGroup_Check(exception)) {
        int kept = with_address(PySet_Contains, leaves, exception);
        if (kept > 0) {
            *part = Py_NewRef(exception);
        }
        return kept < 0 ? -1 : 0;
    }
    PyObject *parts = PyList_New(0);
    if (parts == NULL) {
        return -1;
    }
    int status = project_members(tstate, exception, leaves, parts);
    if (status == 0 && PyList_GET_SIZE(parts) > 0) {
        *part = derive_group(exception, parts);
        status = *part != NULL ? 0 : -1;
    }
    Py_DECREF(parts);
    return status;
}

/* What remains of `original` with the leaves of these groups: new reference in *part, NULL for
 * nothing. Returns 0 or -1. */
static int
project_onto(PyThreadState *tstate, PyObject *original, PyObject *groups, PyObject **part)
{
    PyObject *leaves = PySet_New(NULL);
    if (leaves == NULL) {
        return -1;
    }
    int status = 0;
    for (Py_ssize_t i = 0; status == 0 && i < PyList_GET_SIZE(groups); i++) {
        status = collect_leaves(tstate, PyList_GET_ITEM(groups, i), leaves);
    }
    if (status == 0) {
        status = project(tstate, original, leaves, part);
    }
    Py_DECREF(leaves);
    return status;
}

/* Was the exception split off the original and reraised, rather than raised anew? */
static bool
is_part_of(PyObject *exception, PyObject *original)
{
    PyBaseExceptionObject *a = (PyBaseExceptionObject *)exception;
    PyBaseExceptionObject *b = (PyBaseExceptionObject *)original;
    return a->notes == b->notes && a->traceback == b->traceback && a->cause == b->cause &&
           a->context == b->context;
}

/* Sorts the exceptions that the clauses left into reraised parts of the original and new ones. */
static int
sort_exceptions(PyObject *original, PyObject *exceptions, PyObject *raised, PyObject *reraised)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(exceptions); i++) {
        PyObject *exception = PyList_GET_ITEM(exceptions, i);
        if (Py_IsNone(exception)) {
            continue;
        }
        if (PyList_Append(is_part_of(exception, original) ? reraised : raised, exception) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Joins what was raised anew (a list, which is changed) and the reraised rest of the original: new
 * reference, NULL with an exception set. */
static PyObject *
join_exceptions(PyThreadState *tstate, PyObject *original, PyObject *raised, PyObject *reraised)
{
    PyObject *part;
    if (project_onto(tstate, original, reraised, &part) < 0) {
        return NULL;
    }
    if (PyList_GET_SIZE(raised) == 0) {
        return part != NULL ? part : Py_NewRef(Py_None);
    }
    if (part != NULL) {
        int status = PyList_Append(raised, part);
        Py_DECREF(part);
        if (status < 0) {
            return NULL;
        }
    }
    if (PyList_GET_SIZE(raised) == 1 && except_star_keeps_single()) {
        return Py_NewRef(PyList_GET_ITEM(raised, 0));
    }
    return new_group(raised);
}

/* The exception to raise after all except* clauses for `original` left these, or None. New
 * reference; NULL with an exception set. */
static PyObject *
prepare_reraise(PyThreadState *tstate, PyObject *original, PyObject *exceptions)
{
    if (PyList_GET_SIZE(exceptions) == 0) {
        return Py_NewRef(Py_None);
    }
    if (!_PyBaseExceptionGroup_Check(original)) {
        return Py_NewRef(PyList_GET_ITEM(exceptions, 0)); /* only one clause can have matched */
    }
    PyObject *result = NULL, *reraised = NULL, *raised = PyList_New(0);
    if (raised != NULL && (reraised = PyList_New(0)) != NULL &&
        sort_exceptions(original, exceptions, raised, reraised) == 0) {
        result = join_exceptions(tstate, original, raised, reraised);
    }
    Py_XDECREF(raised);
    Py_XDECREF(reraised);
    return result;
}

/* [original exception, list of exceptions] -> [exception to raise or None] */
GENERIC(prep_reraise_star)
{
    PyObject *original = sp[-2], *exceptions = sp[-1];
    PyObject *result = prepare_reraise(tstate, original, exceptions);
    Py_DECREF(exceptions);
    Py_DECREF(original);
    return leave(&sp[-2], result);
}
