/* Binding the arguments of a call to the parameters of a Python function, with CPython's semantics
 * and messages. Owns nothing but that; the frame's memory is in frames.c. */
#include "pyjit/frames.h"

/* One call being bound. The slots of the new frame own what has been bound; values not yet bound
 * are owned by whoever still has them to handle. */
typedef struct {
    PyFunctionObject *func;
    PyCodeObject *code;
    PyObject **slots;
    PyObject *const *values; /* positional values, then the keywords' */
    Py_ssize_t positional;   /* number of positional values */
    PyObject *kwnames;       /* tuple or NULL */
    Py_ssize_t keywords;     /* length of kwnames */
} Call;

/* -- Messages ---------------------------------------------------------------------------------- */

/* "'a'", "'a' and 'b'", "'a', 'b', and 'c'". New reference, or NULL with an exception set. */
static PyObject *enumerate_names(PyObject *names)
{
    Py_ssize_t last = PyList_GET_SIZE(names) - 1;
    PyObject *final = PyList_GET_ITEM(names, last);
    if (last == 0) {
        return Py_NewRef(final);
    }
    if (last == 1) {
        return PyUnicode_FromFormat("%U and %U", PyList_GET_ITEM(names, 0), final);
    }
    PyObject *text = NULL, *joined = NULL;
    PyObject *others = PyList_GetSlice(names, 0, last);
    PyObject *comma = PyUnicode_FromString(", ");
    if (others != NULL && comma != NULL) {
        joined = PyUnicode_Join(comma, others);
    }
    if (joined != NULL) {
        text = PyUnicode_FromFormat("%U, and %U", joined, final);
    }
    Py_XDECREF(joined);
    Py_XDECREF(comma);
    Py_XDECREF(others);
    return text;
}

/* Sets the TypeError for the unbound parameters among slots [from, to). */
static void report_missing(const Call *call, Py_ssize_t from, Py_ssize_t to, const char *kind)
{
    PyObject *names = PyList_New(0);
    if (names == NULL) {
        return;
    }
    for (Py_ssize_t i = from; i < to; i++) {
        if (call->slots[i] != NULL) {
            continue;
        }
        PyObject *name = PyObject_Repr(PyTuple_GET_ITEM(call->code->co_localsplusnames, i));
        int failed = name == NULL || PyList_Append(names, name) < 0;
        Py_XDECREF(name);
        if (failed) {
            Py_DECREF(names);
            return;
        }
    }
    PyObject *text = enumerate_names(names);
    if (text != NULL) {
        Py_ssize_t count = PyList_GET_SIZE(names);
        PyErr_Format(PyExc_TypeError, "%U() missing %zd required %s argument%s: %U",
                     call->func->func_qualname, count, kind, count == 1 ? "" : "s", text);
        Py_DECREF(text);
    }
    Py_DECREF(names);
}

/* Sets the TypeError for more positional values than parameters. */
static void report_too_many(const Call *call)
{
    Py_ssize_t most = call->code->co_argcount, given = call->positional, keyword_only = 0;
    for (Py_ssize_t i = most; i < most + call->code->co_kwonlyargcount; i++) {
        keyword_only += call->slots[i] != NULL;
    }
    PyObject *defaults = call->func->func_defaults;
    Py_ssize_t optional = defaults == NULL ? 0 : PyTuple_GET_SIZE(defaults);
    PyObject *takes = optional != 0
                          ? PyUnicode_FromFormat("from %zd to %zd", most - optional, most)
                          : PyUnicode_FromFormat("%zd", most);
    PyObject *extra =
        keyword_only != 0
            ? PyUnicode_FromFormat(" positional argument%s (and %zd keyword-only argument%s)",
                                   given == 1 ? "" : "s", keyword_only,
                                   keyword_only == 1 ? "" : "s")
            : PyUnicode_New(0, 0);
    if (takes != NULL && extra != NULL) {
        PyErr_Format(PyExc_TypeError, "%U() takes %U positional argument%s but %zd%U %s given",
                     call->func->func_qualname, takes, optional == 0 && most == 1 ? "" : "s",
                     given, extra, given == 1 && keyword_only == 0 ? "was" : "were");
    }
    Py_XDECREF(takes);
    Py_XDECREF(extra);
}

/* Adds to `found` the keywords of the call that name this positional-only parameter.
 * Returns 0, or -1 with an exception set. */
static int collect_conflicts(const Call *call, PyObject *parameter, PyObject *found)
{
    for (Py_ssize_t i = 0; i < call->keywords; i++) {
        PyObject *keyword = PyTuple_GET_ITEM(call->kwnames, i);
        int same = PyObject_RichCompareBool(parameter, keyword, Py_EQ);
        if (same < 0 || (same > 0 && PyList_Append(found, keyword) < 0)) {
            return -1;
        }
    }
    return 0;
}

/* Sets the TypeError if keywords of the call name positional-only parameters.
 * Returns 0 if none does, -1 with an exception set. */
static int report_positional_only(const Call *call)
{
    PyObject *found = PyList_New(0);
    if (found == NULL) {
        return -1;
    }
    int result = 0;
    for (int i = 0; i < call->code->co_posonlyargcount && result == 0; i++) {
        PyObject *parameter = PyTuple_GET_ITEM(call->code->co_localsplusnames, i);
        result = collect_conflicts(call, parameter, found);
    }
    if (result == 0 && PyList_GET_SIZE(found) != 0) {
        result = -1;
        PyObject *comma = PyUnicode_FromString(", ");
        PyObject *names = comma == NULL ? NULL : PyUnicode_Join(comma, found);
        if (names != NULL) {
            PyErr_Format(PyExc_TypeError,
                         "%U() got some positional-only arguments passed as keyword arguments: "
                         "'%U'",
                         call->func->func_qualname, names);
        }
        Py_XDECREF(names);
        Py_XDECREF(comma);
    }
    Py_DECREF(found);
    return result;
}

/* -- Binding ----------------------------------------------------------------------------------- */

/* Releases values [from, to). */
static void release(PyObject *const *values, Py_ssize_t from, Py_ssize_t to)
{
    for (Py_ssize_t i = from; i < to; i++) {
        Py_DECREF(values[i]);
    }
}

/* Slots of parameters that can be named or filled from the left, without *args and **kwargs. */
static Py_ssize_t parameter_count(const Call *call)
{
    return call->code->co_argcount + call->code->co_kwonlyargcount;
}

/* Binds the positional values and *args. Steals the positional values.
 * Returns 0, or -1 with an exception set. */
static int bind_positional(const Call *call)
{
    Py_ssize_t direct = Py_MIN(call->positional, call->code->co_argcount);
    for (Py_ssize_t i = 0; i < direct; i++) {
        call->slots[i] = call->values[i];
    }
    if (!(call->code->co_flags & CO_VARARGS)) {
        release(call->values, direct, call->positional);
        return 0;
    }
    PyObject *rest = PyTuple_New(call->positional - direct);
    if (rest == NULL) {
        release(call->values, direct, call->positional);
        return -1;
    }
    for (Py_ssize_t i = direct; i < call->positional; i++) {
        PyTuple_SET_ITEM(rest, i - direct, call->values[i]);
    }
    call->slots[parameter_count(call)] = rest;
    return 0;
}

/* The slot of the parameter a keyword names: its number, the number of parameters if there is none,
 * -1 with an exception set. */
static Py_ssize_t find_parameter(const Call *call, PyObject *keyword)
{
    PyObject *names = call->code->co_localsplusnames;
    Py_ssize_t first = call->code->co_posonlyargcount, end = parameter_count(call);
    for (Py_ssize_t i = first; i < end; i++) { /* those of code objects are interned, and keywords as a rule */
        if (PyTuple_GET_ITEM(names, i) == keyword) {
            return i;
        }
    }
    if (PyUnicode_CheckExact(keyword) && PyUnicode_CHECK_INTERNED(keyword)) {
        return end;
    }
    for (Py_ssize_t i = first; i < end; i++) {
        int same = PyObject_RichCompareBool(keyword, PyTuple_GET_ITEM(names, i), Py_EQ);
        if (same != 0) {
            return same < 0 ? -1 : i;
        }
    }
    return end;
}

/* Binds one keyword's value; steals it on success only. `extra` is the dictionary of **kwargs or
 * NULL. Returns 0, or -1 with an exception set. */
static int bind_keyword(const Call *call, PyObject *keyword, PyObject *value, PyObject *extra)
{
    PyObject *function = call->func->func_qualname;
    if (keyword == NULL || !PyUnicode_Check(keyword)) {
        PyErr_Format(PyExc_TypeError, "%U() keywords must be strings", function);
        return -1;
    }
    Py_ssize_t slot = find_parameter(call, keyword);
    if (slot < 0) {
        return -1;
    }
    if (slot == parameter_count(call)) {
        if (extra != NULL) {
            if (PyDict_SetItem(extra, keyword, value) < 0) {
                return -1;
            }
            Py_DECREF(value);
            return 0;
        }
        if (call->code->co_posonlyargcount == 0 || report_positional_only(call) == 0) {
            PyErr_Format(PyExc_TypeError, "%U() got an unexpected keyword argument '%S'", function,
                         keyword);
        }
        return -1;
    }
    if (call->slots[slot] != NULL) {
        PyErr_Format(PyExc_TypeError, "%U() got multiple values for argument '%S'", function,
                     keyword);
        return -1;
    }
    call->slots[slot] = value;
    return 0;
}

/* Binds all keywords. Steals their values. Returns 0, or -1 with an exception set. */
static int bind_keywords(const Call *call, PyObject *extra)
{
    PyObject *const *values = call->values + call->positional;
    for (Py_ssize_t i = 0; i < call->keywords; i++) {
        if (bind_keyword(call, PyTuple_GET_ITEM(call->kwnames, i), values[i], extra) < 0) {
            release(values, i, call->keywords);
            return -1;
        }
    }
    return 0;
}

/* Fills unbound positional parameters from __defaults__. Returns 0, or -1 with an exception set. */
static int fill_defaults(const Call *call)
{
    PyObject *defaults = call->func->func_defaults;
    Py_ssize_t end = call->code->co_argcount;
    Py_ssize_t optional = end - (defaults == NULL ? 0 : PyTuple_GET_SIZE(defaults));
    for (Py_ssize_t i = call->positional; i < optional; i++) {
        if (call->slots[i] == NULL) {
            report_missing(call, 0, optional, "positional");
            return -1;
        }
    }
    for (Py_ssize_t i = Py_MAX(call->positional, optional); i < end; i++) {
        if (call->slots[i] == NULL) {
            call->slots[i] = Py_NewRef(PyTuple_GET_ITEM(defaults, i - optional));
        }
    }
    return 0;
}

/* Fills unbound keyword-only parameters from __kwdefaults__. Returns 0, or -1 with an exception. */
static int fill_keyword_defaults(const Call *call)
{
    PyObject *defaults = call->func->func_kwdefaults;
    Py_ssize_t first = call->code->co_argcount, end = parameter_count(call);
    bool missing = false;
    for (Py_ssize_t i = first; i < end; i++) {
        if (call->slots[i] != NULL) {
            continue;
        }
        PyObject *value = NULL;
        if (defaults != NULL) {
            PyObject *name = PyTuple_GET_ITEM(call->code->co_localsplusnames, i);
            value = PyDict_GetItemWithError(defaults, name);
            if (value == NULL && PyErr_Occurred()) {
                return -1;
            }
        }
        if (value == NULL) {
            missing = true;
        }
        call->slots[i] = Py_XNewRef(value);
    }
    if (missing) {
        report_missing(call, first, end, "keyword-only");
        return -1;
    }
    return 0;
}

/* Binds any call. Steals all values. Returns 0, or -1 with an exception set. */
static int bind(const Call *call)
{
    Py_ssize_t all = call->positional + call->keywords;
    PyObject *extra = NULL;
    if (call->code->co_flags & CO_VARKEYWORDS) {
        extra = PyDict_New();
        if (extra == NULL) {
            release(call->values, 0, all);
            return -1;
        }
        bool varargs = call->code->co_flags & CO_VARARGS;
        call->slots[parameter_count(call) + varargs] = extra;
    }
    if (bind_positional(call) < 0) {
        release(call->values, call->positional, all);
        return -1;
    }
    if (bind_keywords(call, extra) < 0) {
        return -1;
    }
    if (call->positional > call->code->co_argcount && !(call->code->co_flags & CO_VARARGS)) {
        report_too_many(call);
        return -1;
    }
    return fill_defaults(call) < 0 || fill_keyword_defaults(call) < 0 ? -1 : 0;
}

/* Is every value bound to the parameter of the same number, and no parameter left? */
static bool matches_exactly(PyCodeObject *code, Py_ssize_t nargs, PyObject *kwnames)
{
    return kwnames == NULL && nargs == code->co_argcount && code->co_kwonlyargcount == 0 &&
           !(code->co_flags & (CO_VARARGS | CO_VARKEYWORDS));
}

_PyInterpreterFrame *frame_push_call(PyThreadState *tstate, PyFunctionObject *func,
                                     PyObject *locals, PyObject *const *args, Py_ssize_t nargs,
                                     PyObject *kwnames)
{
    PyCodeObject *code = (PyCodeObject *)func->func_code;
    Py_ssize_t keywords = kwnames == NULL ? 0 : PyTuple_GET_SIZE(kwnames);
    size_t size = (size_t)code->co_nlocalsplus + (size_t)code->co_stacksize + FRAME_SPECIALS_SIZE;
    _PyInterpreterFrame *frame = frame_allocate(tstate, size);
    if (frame == NULL) {
        release(args, 0, nargs + keywords);
        Py_XDECREF(locals);
        Py_DECREF(func);
        return NULL;
    }
    _PyFrame_InitializeSpecials(frame, func, NULL, code->co_nlocalsplus);
    frame->f_locals = locals;
    PyObject **slots = frame->localsplus;
    if (matches_exactly(code, nargs, kwnames)) {
        Py_ssize_t i = 0;
        for (; i < nargs; i++) {
            slots[i] = args[i];
        }
        for (; i < code->co_nlocalsplus; i++) {
            slots[i] = NULL;
        }
        return frame;
    }
    memset(slots, 0, (size_t)code->co_nlocalsplus * sizeof *slots);
    Call call = {func, code, slots, args, nargs, kwnames, keywords};
    if (bind(&call) < 0) {
        frame_clear_and_pop(tstate, frame);
        return NULL;
    }
    return frame;
}
