/* Generic operations: names in namespaces, cells and free variables. */
#include "pyjit/generic_support.h"

/* ---- Errors about names ------------------------------------------------------------------- */

/* Gives the pending NameError its `name` attribute, for the suggestions in tracebacks. */
static void
attach_name(PyObject *name)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (PyErr_GivenExceptionMatches(value, PyExc_NameError) &&
        ((PyNameErrorObject *)value)->name == NULL) {
        (void)PyObject_SetAttr(value, pyjit_names.name, name);
    }
    PyErr_Restore(type, value, traceback); /* drops what a failed SetAttr has set */
}

/* Raises `exception` with `format`, whose %s is the name. */
static void
raise_about_name(PyObject *exception, const char *format, PyObject *name)
{
    const char *text = PyUnicode_AsUTF8(name);
    if (text == NULL) {
        return;
    }
    PyErr_Format(exception, format, text);
    if (exception == PyExc_NameError) {
        attach_name(name);
    }
}

/* Raises NameError for a name found nowhere. */
static void
raise_undefined(PyObject *name)
{
    raise_about_name(PyExc_NameError, "name '%.200s' is not defined", name);
}

/* Sets the UnboundLocalError for the fast local `index`. */
void
generic_unbound_local(PyThreadState *tstate MAYBE_UNUSED, _PyInterpreterFrame *frame, int index)
{
    raise_about_name(PyExc_UnboundLocalError,
                     "cannot access local variable '%s' where it is not associated with a value",
                     PyTuple_GET_ITEM(frame->f_code->co_localsplusnames, index));
}

/* Sets the error for reading an empty cell: of a variable of this function, or of an outer one. */
static void
raise_empty_cell(PyThreadState *tstate, _PyInterpreterFrame *frame, int index)
{
    PyCodeObject *code = frame->f_code;
    if (_PyErr_Occurred(tstate)) {
        return;
    }
    if (index < code->co_nlocals + code->co_nplaincellvars) {
        generic_unbound_local(tstate, frame, index);
    }
    else {
        raise_about_name(PyExc_NameError,
                         "cannot access free variable '%s' where it is not associated with a value"
                         " in enclosing scope",
                         PyTuple_GET_ITEM(code->co_localsplusnames, index));
    }
}

/* ---- Namespaces --------------------------------------------------------------------------- */

/* Looks the name up in a mapping: 1 with a new reference in *value, 0 if it is not there (*value is
 * NULL then), -1 on any other exception than KeyError. */
static int
namespace_get(PyThreadState *tstate, PyObject *mapping, PyObject *name, PyObject **value)
{
    if (PyDict_CheckExact(mapping)) {
        *value = Py_XNewRef(PyDict_GetItemWithError(mapping, name));
        if (*value != NULL) {
            return 1;
        }
        return _PyErr_Occurred(tstate) ? -1 : 0;
    }
    *value = PyObject_GetItem(mapping, name);
    if (*value != NULL) {
        return 1;
    }
    if (!_PyErr_ExceptionMatches(tstate, PyExc_KeyError)) {
        return -1;
    }
    _PyErr_Clear(tstate);
    return 0;
}

/* mapping[name] = value. Returns 0 or -1. */
static int
namespace_set(PyObject *mapping, PyObject *name, PyObject *value)
{
    if (PyDict_CheckExact(mapping)) {
        return PyDict_SetItem(mapping, name, value);
    }
    return PyObject_SetItem(mapping, name, value);
}

/* Looks the name up in the builtins; a missing one is a NameError. New reference or NULL. */
static PyObject *
load_builtin(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject *name)
{
    PyObject *value;
    if (namespace_get(tstate, frame->f_builtins, name, &value) == 0) {
        raise_undefined(name);
    }
    return value;
}

/* [] -> [value], searched in the locals, the globals, the builtins */
GENERIC(load_name)
{
    PyObject *name = code_name(frame, oparg), *value;
    if (frame->f_locals == NULL) {
        PyErr_Format(PyExc_SystemError, "no locals when loading %R", name);
        return -1;
    }
    int found = namespace_get(tstate, frame->f_locals, name, &value);
    if (found != 0) {
        return leave(&sp[0], value);
    }
    /* The globals are read as a plain dict here even if they are an instance of a subclass. */
    value = Py_XNewRef(PyDict_GetItemWithError(frame->f_globals, name));
    if (value == NULL && !_PyErr_Occurred(tstate)) {
        value = load_builtin(tstate, frame, name);
    }
    return leave(&sp[0], value);
}

/* [value] -> [] */
GENERIC(store_name)
{
    PyObject *name = code_name(frame, oparg), *value = sp[-1];
    int status = -1;
    if (frame->f_locals == NULL) {
        PyErr_Format(PyExc_SystemError, "no locals found when storing %R", name);
    }
    else {
        status = namespace_set(frame->f_locals, name, value);
    }
    Py_DECREF(value);
    return status;
}

/* [] -> [] */
GENERIC(delete_name)
{
    PyObject *name = code_name(frame, oparg);
    if (frame->f_locals == NULL) {
        PyErr_Format(PyExc_SystemError, "no locals when deleting %R", name);
        return -1;
    }
    if (PyObject_DelItem(frame->f_locals, name) != 0) {
        raise_undefined(name); /* whatever the mapping raised */
        return -1;
    }
    return 0;
}

/* [] -> [value] or, if oparg is odd, [NULL, value] */
GENERIC(load_global)
{
    PyObject *name = code_name(frame, oparg >> 1), *value;
    if (namespace_get(tstate, frame->f_globals, name, &value) == 0) {
        value = load_builtin(tstate, frame, name);
    }
    sp[0] = NULL;
    return leave(&sp[oparg & 1], value);
}

/* [value] -> [] */
GENERIC(store_global)
{
    PyObject *value = sp[-1];
    int status = PyDict_SetItem(frame->f_globals, code_name(frame, oparg), value);
    Py_DECREF(value);
    return status;
}

/* [] -> [] */
GENERIC(delete_global)
{
    PyObject *name = code_name(frame, oparg);
    int status = PyDict_DelItem(frame->f_globals, name);
    if (status != 0 && _PyErr_ExceptionMatches(tstate, PyExc_KeyError)) {
        raise_undefined(name);
    }
    return status;
}

/* [] -> [], makes sure that the locals have __annotations__ */
GENERIC(setup_annotations)
{
    PyObject *locals = frame->f_locals, *annotations;
    if (locals == NULL) {
        PyErr_SetString(PyExc_SystemError, "no locals found when setting up annotations");
        return -1;
    }
    int found = namespace_get(tstate, locals, pyjit_names.dunder_annotations, &annotations);
    if (found < 0) {
        return -1;
    }
    int status = 0;
    if (!found) {
        annotations = PyDict_New();
        if (annotations == NULL) {
            return -1;
        }
        status = namespace_set(locals, pyjit_names.dunder_annotations, annotations);
    }
    Py_DECREF(annotations);
    return status;
}

/* [] -> [builtins.__build_class__] */
GENERIC(load_build_class)
{
    PyObject *value;
    if (namespace_get(tstate, frame->f_builtins, pyjit_names.dunder_build_class, &value) == 0) {
        PyErr_SetString(PyExc_NameError, "__build_class__ not found");
    }
    return leave(&sp[0], value);
}

/* [] -> [AssertionError] */
GENERIC(load_assertion_error)
{
    sp[0] = Py_NewRef(PyExc_AssertionError);
    return 0;
}

/* ---- Cells -------------------------------------------------------------------------------- */

/* [] -> [value in cell oparg] */
GENERIC(load_deref)
{
    PyObject *value = PyCell_GET(frame->localsplus[oparg]);
    if (value == NULL) {
        raise_empty_cell(tstate, frame, oparg);
        return -1;
    }
    sp[0] = Py_NewRef(value);
    return 0;
}

/* [] -> [value], from the class namespace or else from cell oparg */
GENERIC(load_classderef)
{
    PyObject *name = PyTuple_GET_ITEM(frame->f_code->co_localsplusnames, oparg), *value;
    int found = namespace_get(tstate, frame->f_locals, name, &value);
    if (found != 0) {
        return leave(&sp[0], value);
    }
    return generic_load_deref(tstate, frame, sp, oparg);
}

/* [value] -> [] */
GENERIC(store_deref)
{
    PyObject *cell = frame->localsplus[oparg];
    PyObject *old = PyCell_GET(cell);
    PyCell_SET(cell, sp[-1]);
    Py_XDECREF(old);
    return 0;
}

/* [] -> [] */
GENERIC(delete_deref)
{
    PyObject *cell = frame->localsplus[oparg];
    PyObject *old = PyCell_GET(cell);
    if (old == NULL) {
        raise_empty_cell(tstate, frame, oparg);
        return -1;
    }
    PyCell_SET(cell, NULL);
    Py_DECREF(old);
    return 0;
}

/* [] -> [cell oparg itself] */
GENERIC(load_closure)
{
    PyObject *cell = frame->localsplus[oparg];
    if (cell == NULL) {
        generic_unbound_local(tstate, frame, oparg);
        return -1;
    }
    sp[0] = Py_NewRef(cell);
    return 0;
}

/* [] -> [], puts local oparg, which may have no value yet, into a cell of its own */
GENERIC(make_cell)
{
    PyObject *initial = frame->localsplus[oparg];
    PyObject *cell = PyCell_New(initial);
    if (cell == NULL) {
        return -1;
    }
    frame->localsplus[oparg] = cell;
    Py_XDECREF(initial);
    return 0;
}

/* [] -> [], takes over the oparg cells of the function's closure */
GENERIC(copy_free_vars)
{
    PyCodeObject *code = frame->f_code;
    PyObject **cells = frame->localsplus + code->co_nlocals + code->co_nplaincellvars;
    PyObject *closure = frame->f_func->func_closure;
    for (int i = 0; i < oparg; i++) {
        cells[i] = Py_NewRef(PyTuple_GET_ITEM(closure, i));
    }
    return 0;
}
