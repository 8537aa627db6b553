/* The interned strings of names.h: owns their creation. They live as long as the process. */
#include "pyjit/names.h"

PyjitNames pyjit_names;

/* Interns prefix + name + "__". Returns 0 or -1. */
static int
intern_parts(PyObject **member, const char *prefix, const char *name)
{
    if (*member == NULL) {
        PyObject *text = PyUnicode_FromFormat("%s%s__", prefix, name);
        if (text == NULL) {
            return -1;
        }
        PyUnicode_InternInPlace(&text);
        *member = text;
    }
    return 0;
}

/* Interns every name. */
int
names_init(void)
{
#define INTERN_NAME(member, text)                                   \
    if (pyjit_names.member == NULL) {                               \
        pyjit_names.member = PyUnicode_InternFromString(text);      \
        if (pyjit_names.member == NULL) {                           \
            return -1;                                              \
        }                                                           \
    }
    PYJIT_NAMES(INTERN_NAME)
#undef INTERN_NAME
#define INTERN_OPERATOR(number, name)                                             \
    if (intern_parts(&pyjit_names.operators[number], "__", name) < 0 ||          \
        intern_parts(&pyjit_names.reflected[number], "__r", name) < 0 ||         \
        intern_parts(&pyjit_names.in_place[number], "__i", name) < 0) {          \
        return -1;                                                                \
    }
    PYJIT_OPERATORS(INTERN_OPERATOR)
#undef INTERN_OPERATOR
    static const char *const comparisons[COMPARISON_COUNT] = {
        [Py_LT] = "lt", [Py_LE] = "le", [Py_EQ] = "eq", [Py_NE] = "ne", [Py_GT] = "gt", [Py_GE] = "ge",
    };
    for (int i = 0; i < COMPARISON_COUNT; i++) {
        if (intern_parts(&pyjit_names.comparisons[i], "__", comparisons[i]) < 0) {
            return -1;
        }
    }
    return 0;
}
