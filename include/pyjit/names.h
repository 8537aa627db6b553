/* Interned strings the runtime looks things up by. The interpreter's own (_Py_ID) are members
 * of a structure whose layout belongs to one build of CPython, so pyjit interns the same
 * strings itself. */
#ifndef PYJIT_NAMES_H
#define PYJIT_NAMES_H

#include "cpython/interface.h"

/* X(member, text) */
#define PYJIT_NAMES(X)                   \
    X(empty, "")                         \
    X(dunder_aenter, "__aenter__")       \
    X(dunder_aexit, "__aexit__")         \
    X(dunder_all, "__all__")             \
    X(dunder_annotations, "__annotations__") \
    X(dunder_bool, "__bool__")           \
    X(dunder_build_class, "__build_class__") \
    X(dunder_builtins, "__builtins__")   \
    X(dunder_dict, "__dict__")           \
    X(dunder_enter, "__enter__")         \
    X(dunder_exit, "__exit__")           \
    X(dunder_import, "__import__")       \
    X(dunder_init, "__init__")           \
    X(dunder_match_args, "__match_args__") \
    X(dunder_name, "__name__")           \
    X(dunder_new, "__new__")             \
    X(dunder_iter, "__iter__")           \
    X(dunder_len, "__len__")             \
    X(dunder_next, "__next__")           \
    X(dunder_notes, "__notes__")         \
    X(dunder_setattr, "__setattr__")     \
    X(dunder_spec, "__spec__")           \
    X(dunder_call, "__call__")           \
    X(dunder_contains, "__contains__")   \
    X(dunder_class, "__class__")         \
    X(dunder_get, "__get__")             \
    X(dunder_getattr, "__getattr__")     \
    X(dunder_getattribute, "__getattribute__") \
    X(dunder_getitem, "__getitem__")     \
    X(dunder_invert, "__invert__")       \
    X(dunder_neg, "__neg__")             \
    X(dunder_set, "__set__")             \
    X(dunder_setitem, "__setitem__")     \
    X(derive, "derive")                  \
    X(displayhook, "displayhook")        \
    X(get, "get")                        \
    X(initializing, "_initializing")     \
    X(mro, "mro")                        \
    X(name, "name")                      \
    X(split, "split")

/* Operators: X(NB_ number, name). The methods are __name__, __rname__ and __iname__. */
#define PYJIT_OPERATORS(X)       \
    X(NB_ADD, "add")             \
    X(NB_AND, "and")             \
    X(NB_FLOOR_DIVIDE, "floordiv") \
    X(NB_LSHIFT, "lshift")       \
    X(NB_MATRIX_MULTIPLY, "matmul") \
    X(NB_MULTIPLY, "mul")        \
    X(NB_REMAINDER, "mod")       \
    X(NB_OR, "or")               \
    X(NB_POWER, "pow")           \
    X(NB_RSHIFT, "rshift")       \
    X(NB_SUBTRACT, "sub")        \
    X(NB_TRUE_DIVIDE, "truediv") \
    X(NB_XOR, "xor")

#define OPERATOR_COUNT 13 /* an in-place operator's number is that much higher */
#define COMPARISON_COUNT 6

typedef struct {
#define DECLARE_NAME(member, text) PyObject *member;
    PYJIT_NAMES(DECLARE_NAME)
#undef DECLARE_NAME
    PyObject *operators[OPERATOR_COUNT], *reflected[OPERATOR_COUNT], *in_place[OPERATOR_COUNT];
    PyObject *comparisons[COMPARISON_COUNT]; /* by Py_LT, ... */
} PyjitNames;

extern PyjitNames pyjit_names;

/* Interns every name; call once when the module is loaded. Returns 0, or -1 with an exception
 * set. */
int names_init(void);

#endif
