/* Generic operations: the import statement. */
#include "pyjit/generic_support.h"

/* ---- import name -------------------------------------------------------------------------- */

/* Runs the builtins' __import__. Borrows everything; new reference or NULL. */
static PyObject *
import_module(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject *name, PyObject *fromlist,
              PyObject *level)
{
    PyObject *function = _PyDict_GetItemWithError(frame->f_builtins, pyjit_names.dunder_import);
    if (function == NULL) {
        if (!_PyErr_Occurred(tstate)) {
            PyErr_SetString(PyExc_ImportError, "__import__ not found");
        }
        return NULL;
    }
    PyObject *locals = frame->f_locals != NULL ? frame->f_locals : Py_None;
    if (function == tstate->interp->import_func) {
        int depth = _PyLong_AsInt(level);
        if (depth == -1 && _PyErr_Occurred(tstate)) {
            return NULL;
        }
        return PyImport_ImportModuleLevelObject(name, frame->f_globals, locals, fromlist, depth);
    }
    PyObject *args[] = {name, frame->f_globals, locals, fromlist, level};
    Py_INCREF(function);
    PyObject *module = PyObject_Vectorcall(function, args, Py_ARRAY_LENGTH(args), NULL);
    Py_DECREF(function);
    return module;
}

/* [level, fromlist] -> [module] */
GENERIC(import_name)
{
    PyObject *level = sp[-2], *fromlist = sp[-1];
    PyObject *module = import_module(tstate, frame, code_name(frame, oparg), fromlist, level);
    Py_DECREF(level);
    Py_DECREF(fromlist);
    return leave(&sp[-2], module);
}

/* ---- from module import name -------------------------------------------------------------- */

/* Raises the ImportError for a name that `module` does not have. `package` is the module's name, or
 * NULL if it has no proper one. */
static void
raise_cannot_import(PyThreadState *tstate, PyObject *module, PyObject *package, PyObject *name)
{
    PyObject *path = PyModule_GetFilenameObject(module);
    PyObject *shown = package != NULL ? Py_NewRef(package)
                                      : PyUnicode_FromString("<unknown module name>");
    if (shown == NULL) {
        Py_XDECREF(path);
        return;
    }
    PyObject *message;
    if (path == NULL) {
        _PyErr_Clear(tstate);
        message = PyUnicode_FromFormat("cannot import name %R from %R (unknown location)", name,
                                       shown);
    }
    else {
        PyObject *spec = PyObject_GetAttr(module, pyjit_names.dunder_spec);
        bool initializing = _PyModuleSpec_IsInitializing(spec);
        Py_XDECREF(spec);
        message = PyUnicode_FromFormat(
            initializing ? "cannot import name %R from partially initialized module %R "
                           "(most likely due to a circular import) (%S)"
                         : "cannot import name %R from %R (%S)",
            name, shown, path);
    }
    PyErr_SetImportError(message, package, path);
    Py_XDECREF(message);
    Py_DECREF(shown);
    Py_XDECREF(path);
}

/* New reference to the attribute `name` of the module or, as long as an import in progress has not
 * set that yet, to the submodule in sys.modules. NULL with an exception set. */
static PyObject *
import_attribute(PyThreadState *tstate, PyObject *module, PyObject *name)
{
    PyObject *value;
    if (_PyObject_LookupAttr(module, name, &value) != 0) {
        return value;
    }
    PyObject *package = PyObject_GetAttr(module, pyjit_names.dunder_name);
    if (package != NULL && !PyUnicode_Check(package)) {
        Py_CLEAR(package);
    }
    if (package != NULL) {
        PyObject *submodule = PyUnicode_FromFormat("%U.%U", package, name);
        if (submodule == NULL) {
            Py_DECREF(package);
            return NULL;
        }
        value = PyImport_GetModule(submodule);
        Py_DECREF(submodule);
        if (value != NULL || _PyErr_Occurred(tstate)) {
            Py_DECREF(package);
            return value;
        }
    }
    raise_cannot_import(tstate, module, package, name);
    Py_XDECREF(package);
    return NULL;
}

/* [module] -> [module, value] */
GENERIC(import_from)
{
    return leave(&sp[0], import_attribute(tstate, sp[-1], code_name(frame, oparg)));
}

/* ---- from module import * ----------------------------------------------------------------- */

/* Raises the TypeError for a member of __all__ or key of __dict__ (`source`) that is not a
 * string. */
static void
raise_bad_public_name(PyObject *module, PyObject *name, const char *kind, const char *source)
{
    PyObject *module_name = PyObject_GetAttr(module, pyjit_names.dunder_name);
    if (module_name == NULL) {
        return;
    }
    if (!PyUnicode_Check(module_name)) {
        PyErr_Format(PyExc_TypeError, "module __name__ must be a string, not %.100s",
                     Py_TYPE(module_name)->tp_name);
    }
    else {
        PyErr_Format(PyExc_TypeError, "%s in %U.%s must be str, not %.100s", kind, module_name,
                     source, Py_TYPE(name)->tp_name);
    }
    Py_DECREF(module_name);
}

/* New reference to the sequence of names to import: __all__, or the keys of __dict__ and then
 * *skip_private is set. NULL with an exception set. */
static PyObject *
public_names(PyObject *module, bool *skip_private)
{
    PyObject *names, *dict;
    *skip_private = false;
    if (_PyObject_LookupAttr(module, pyjit_names.dunder_all, &names) != 0) {
        return names;
    }
    if (_PyObject_LookupAttr(module, pyjit_names.dunder_dict, &dict) < 0) {
        return NULL;
    }
    if (dict == NULL) {
        PyErr_SetString(PyExc_ImportError, "from-import-* object has no __dict__ and no __all__");
        return NULL;
    }
    *skip_private = true;
    names = PyMapping_Keys(dict);
    Py_DECREF(dict);
    return names;
}

/* locals[name] = module.name, unless the name is private and those are skipped. Returns 0 or -1. */
static int
import_public(PyObject *module, PyObject *locals, PyObject *name, bool skip_private)
{
    if (!PyUnicode_Check(name)) {
        if (skip_private) {
            raise_bad_public_name(module, name, "Key", "__dict__");
        }
        else {
            raise_bad_public_name(module, name, "Item", "__all__");
        }
        return -1;
    }
    if (skip_private) {
        if (PyUnicode_READY(name) < 0) {
            return -1;
        }
        if (PyUnicode_READ_CHAR(name, 0) == '_') {
            return 0;
        }
    }
    PyObject *value = PyObject_GetAttr(module, name);
    if (value == NULL) {
        return -1;
    }
    int status = PyDict_CheckExact(locals) ? PyDict_SetItem(locals, name, value)
                                           : PyObject_SetItem(locals, name, value);
    Py_DECREF(value);
    return status;
}

/* Copies every public name of the module into locals. Returns 0 or -1. */
static int
import_all(PyThreadState *tstate, PyObject *module, PyObject *locals)
{
    bool skip_private;
    PyObject *names = public_names(module, &skip_private);
    if (names == NULL) {
        return -1;
    }
    int status = 0;
    for (Py_ssize_t i = 0; status == 0; i++) {
        PyObject *name = PySequence_GetItem(names, i);
        if (name == NULL) {
            if (_PyErr_ExceptionMatches(tstate, PyExc_IndexError)) {
                _PyErr_Clear(tstate);
            }
            else {
                status = -1;
            }
            break;
        }
        status = import_public(module, locals, name, skip_private);
        Py_DECREF(name);
    }
    Py_DECREF(names);
    return status;
}

/* Imports into a frame that keeps variables outside its namespace: through the frame object, which
 * copies them into the namespace and back. Returns 0 or -1. */
static int
import_all_with_fast_locals(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject *module)
{
    PyFrameObject *object = PyThreadState_GetFrame(tstate);
    if (object == NULL) {
        PyErr_SetString(PyExc_SystemError, "no locals found during 'import *'");
        return -1;
    }
    int status = PyFrame_FastToLocalsWithError(object);
    if (status == 0) {
        status = import_all(tstate, module, frame->f_locals);
        PyFrame_LocalsToFast(object, 0);
    }
    Py_DECREF(object);
    return status;
}

/* [module] -> [] */
GENERIC(import_star)
{
    PyObject *module = sp[-1];
    int status;
    if (frame->f_locals != NULL && frame->f_code->co_nlocalsplus == 0) {
        status = import_all(tstate, module, frame->f_locals);
    }
    else {
        status = import_all_with_fast_locals(tstate, frame, module);
    }
    Py_DECREF(module);
    return status;
}
