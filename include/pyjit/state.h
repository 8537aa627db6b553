/* The one global of pyjit: what belongs to the (main) interpreter rather than to a code object. */
#ifndef PYJIT_STATE_H
#define PYJIT_STATE_H

#include "cpython/interface.h"

typedef struct PyjitState {
    PyObject *dying;       /* an object whose last reference compiled code has just dropped */
    PyObject *operand;     /* a third argument of C functions that take two (call_aside); borrowed */
    PyObject *free_ints;   /* int objects of one digit that are free, linked by ob_type */
    int free_count;
    int free_most;         /* so many are kept (numbers.h); none by builds for the debug ABI */
    struct _Py_float_state *floats; /* CPython's free floats, NULL in those builds */
    int floats_most;       /* the same of floats, there */
    PyObject *small_ints;  /* address of the int object 0; small ints lie side by side */
    bool code_full;        /* code memory ran out and none has been given back since */
    bool installed;        /* the JIT is on */
    bool suspended;        /* but the frame evaluator is not ours while code memory is full */
    bool young;            /* this process has begun by a fork, and nothing has been found hot in it (away.h) */
    const _PyInterpreterFrame *wanted; /* the interpreter is to give it up when a call returns to it (interpret.h) */
    Py_ssize_t extra_index; /* of pyjit's entry in co_extra */
    uint8_t *return_to_c;   /* permanent code: returns r0 to the C caller */
    uint8_t *entry_stub;    /* permanent code: a call of something not compiled yet */
    uint8_t *return_frame;  /* permanent code: pops the frame and continues its caller */
    uint8_t *return_last;   /* permanent code: the rare end of a return */
    /* Builtin functions and methods of builtin types, known by identity; owned, NULL if the program has put something else
     * in their place. */
    PyObject *builtin_len, *builtin_isinstance, *builtin_ord, *builtin_chr, *builtin_abs, *builtin_min, *builtin_max,
        *builtin_divmod;
    PyObject *builtin_any, *builtin_all, *builtin_sum, *builtin_sorted, *builtin_next;
    PyObject *list_append, *list_pop, *dict_get, *str_join, *tuple_new;
    PyObject *generator_send, *coroutine_send;
    destructor instance_dealloc;      /* of instances of Python classes */
    newfunc instance_new;             /* of Python classes with a __new__ */
    setattrofunc instance_setattro;   /* of Python classes with a __setattr__ or a __delattr__ */
    PyTypeObject *ascii_iterator;     /* type of the iterators of ASCII strings */
    PyObject *characters[256];        /* the strings of one Latin-1 character; owned */
} PyjitState;

extern PyjitState pyjit_state;

#endif
