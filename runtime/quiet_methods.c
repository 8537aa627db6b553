/* Methods of builtin types that run no code of the program's: what they do is done by CPython's own functions. */
#include "pyjit/quiet_methods.h"

#include "pyjit/quiet.h"

#define STRING (1u << TYPE_STR)
#define SEQUENCE (1u << TYPE_LIST | 1u << TYPE_TUPLE)
#define PLAIN (1u << TYPE_STR | 1u << TYPE_INT | 1u << TYPE_FLOAT | 1u << TYPE_BOOL | 1u << TYPE_NONE)

typedef PyObject *(*FastFunction)(PyObject *, PyObject *const *, Py_ssize_t);

/* ---- results --------------------------------------------------------------------------------------- */

/* Is the line noted where memory is taken? Compiled code does not tell it here. */
static bool
is_noted(void)
{
    return _Py_tracemalloc_config.tracing;
}

/* What is told of an object. If there is none there is an exception, and no garbage collection has come with it. */
static int64_t
object(PyObject *result)
{
    if (result == NULL) {
        PyErr_Clear();
        return QUIET_UNSURE;
    }
    return (int64_t)result;
}

/* What is told of a number; `failed` is what there is of an exception. */
static int64_t
number(Py_ssize_t result, Py_ssize_t failed)
{
    if (result == failed) {
        PyErr_Clear();
        return QUIET_UNSURE;
    }
    return result;
}

/* What is told of a method that returns None. */
static int64_t
nothing(PyObject *none)
{
    if (none == NULL) {
        PyErr_Clear();
        return QUIET_UNSURE;
    }
    Py_DECREF(none);
    return 0;
}

/* ---- calls by convention --------------------------------------------------------------------------- */

static int64_t
truth_without(PyObject *const *items, void *function)
{
    PyObject *result = ((PyCFunction)function)(items[0], NULL);
    if (result == NULL) {
        return object(NULL);
    }
    Py_DECREF(result); /* True or False */
    return result == Py_True;
}

static int64_t
object_without(PyObject *const *items, void *function)
{
    return is_noted() ? QUIET_UNSURE : object(((PyCFunction)function)(items[0], NULL));
}

static int64_t
object_fast_0(PyObject *const *items, void *function)
{
    return is_noted() ? QUIET_UNSURE : object(((FastFunction)function)(items[0], items + 1, 0));
}

static int64_t
object_fast_1(PyObject *const *items, void *function)
{
    return is_noted() ? QUIET_UNSURE : object(((FastFunction)function)(items[0], items + 1, 1));
}

static int64_t
object_fast_2(PyObject *const *items, void *function)
{
    return is_noted() ? QUIET_UNSURE : object(((FastFunction)function)(items[0], items + 1, 2));
}

static int64_t
nothing_of_one(PyObject *const *items, void *function)
{
    return is_noted() ? QUIET_UNSURE : nothing(((PyCFunction)function)(items[0], items[1]));
}

/* ---- strings, where CPython's methods would take their arguments out of a tuple -------------------- */

static int64_t
starts_with(PyObject *const *items, void *Py_UNUSED(function))
{
    return number(PyUnicode_Tailmatch(items[0], items[1], 0, PY_SSIZE_T_MAX, -1), -1);
}

static int64_t
ends_with(PyObject *const *items, void *Py_UNUSED(function))
{
    return number(PyUnicode_Tailmatch(items[0], items[1], 0, PY_SSIZE_T_MAX, 1), -1);
}

static int64_t
find(PyObject *const *items, void *Py_UNUSED(function))
{
    return number(PyUnicode_Find(items[0], items[1], 0, PY_SSIZE_T_MAX, 1), -2);
}

static int64_t
find_last(PyObject *const *items, void *Py_UNUSED(function))
{
    return number(PyUnicode_Find(items[0], items[1], 0, PY_SSIZE_T_MAX, -1), -2);
}

static int64_t
count(PyObject *const *items, void *Py_UNUSED(function))
{
    return number(PyUnicode_Count(items[0], items[1], 0, PY_SSIZE_T_MAX), -1);
}

/* Of what are not all strings an exception with a message would come. */
static int64_t
join(PyObject *const *items, void *Py_UNUSED(function))
{
    PyObject *sequence = items[1];
    PyObject **parts = PySequence_Fast_ITEMS(sequence);
    for (Py_ssize_t i = PySequence_Fast_GET_SIZE(sequence); i > 0; i--) {
        if (!PyUnicode_CheckExact(parts[i - 1])) {
            return QUIET_UNSURE;
        }
    }
    return is_noted() ? QUIET_UNSURE : object(PyUnicode_Join(items[0], sequence));
}

/* ---- sets ------------------------------------------------------------------------------------------ */

static int64_t
add(PyObject *const *items, void *Py_UNUSED(function))
{
    int64_t is_there = quiet_contains_of(&PySet_Type)(items[0], items[1]);
    if (is_there < 0 || is_noted()) {
        return QUIET_UNSURE;
    }
    return is_there ? 0 : number(PySet_Add(items[0], items[1]), -1);
}

/* ---- which ----------------------------------------------------------------------------------------- */

#define TRUTH_OF_STRING(name) {name, TYPE_STR, 0, 0, METH_NOARGS, TYPE_BOOL, truth_without}
#define OTHER_STRING(name) {name, TYPE_STR, 0, 0, METH_NOARGS, TYPE_STR, object_without}

static const QuietMethod methods[] = {
    {"startswith", TYPE_STR, 1, STRING, 0, TYPE_BOOL, starts_with},
    {"endswith", TYPE_STR, 1, STRING, 0, TYPE_BOOL, ends_with},
    {"join", TYPE_STR, 1, SEQUENCE, 0, TYPE_STR, join},
    {"replace", TYPE_STR, 2, STRING, METH_FASTCALL, TYPE_STR, object_fast_2},
    {"strip", TYPE_STR, 0, 0, METH_FASTCALL, TYPE_STR, object_fast_0},
    {"strip", TYPE_STR, 1, STRING, METH_FASTCALL, TYPE_STR, object_fast_1},
    {"lstrip", TYPE_STR, 0, 0, METH_FASTCALL, TYPE_STR, object_fast_0},
    {"lstrip", TYPE_STR, 1, STRING, METH_FASTCALL, TYPE_STR, object_fast_1},
    {"rstrip", TYPE_STR, 0, 0, METH_FASTCALL, TYPE_STR, object_fast_0},
    {"rstrip", TYPE_STR, 1, STRING, METH_FASTCALL, TYPE_STR, object_fast_1},
    {"find", TYPE_STR, 1, STRING, 0, TYPE_INT, find},
    {"rfind", TYPE_STR, 1, STRING, 0, TYPE_INT, find_last},
    {"count", TYPE_STR, 1, STRING, 0, TYPE_INT, count},
    TRUTH_OF_STRING("isdigit"),
    TRUTH_OF_STRING("isalpha"),
    TRUTH_OF_STRING("isalnum"),
    TRUTH_OF_STRING("isspace"),
    TRUTH_OF_STRING("isupper"),
    TRUTH_OF_STRING("islower"),
    TRUTH_OF_STRING("isdecimal"),
    TRUTH_OF_STRING("isnumeric"),
    TRUTH_OF_STRING("isidentifier"),
    TRUTH_OF_STRING("isprintable"),
    TRUTH_OF_STRING("isascii"),
    OTHER_STRING("lower"),
    OTHER_STRING("upper"),
    OTHER_STRING("title"),
    OTHER_STRING("capitalize"),
    OTHER_STRING("casefold"),
    OTHER_STRING("swapcase"),
    {"add", TYPE_SET, 1, PLAIN, 0, TYPE_NONE, add},
    {"extend", TYPE_LIST, 1, SEQUENCE, METH_O, TYPE_NONE, nothing_of_one},
};

/* The type whose methods are meant. */
static PyTypeObject *
type_of_self(ValueType type)
{
    return type == TYPE_STR    ? &PyUnicode_Type
           : type == TYPE_LIST ? &PyList_Type
           : type == TYPE_DICT ? &PyDict_Type
                               : &PySet_Type;
}

/* Is this one of the methods that the type has from CPython? */
static bool
is_own(const PyTypeObject *type, const PyMethodDef *method)
{
    for (const PyMethodDef *own = type->tp_methods; own != NULL && own->ml_name != NULL; own++) {
        if (own == method) {
            return true;
        }
    }
    return false;
}

const QuietMethod *
quiet_method_find(PyObject *callable, int count)
{
    const PyMethodDescrObject *descriptor = (PyMethodDescrObject *)callable;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(methods); i++) {
        const QuietMethod *method = &methods[i];
        if (method->count == count && PyDescr_TYPE(descriptor) == type_of_self(method->self) &&
            strcmp(method->name, descriptor->d_method->ml_name) == 0) {
            bool known = method->flags == 0 || method->flags == descriptor->d_method->ml_flags;
            return known && is_own(PyDescr_TYPE(descriptor), descriptor->d_method) ? method : NULL;
        }
    }
    return NULL;
}
