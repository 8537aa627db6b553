/* Methods of builtin types that run no code of the program's and make no containers: split() and items() took longer in this way
 * (docs/performance.md). */
#ifndef PYJIT_QUIET_METHODS_H
#define PYJIT_QUIET_METHODS_H

#include "pyjit/context.h"

#include "cpython/interface.h"

#define QUIET_UNSURE (-2) /* nothing has been done; the call is to be made as any other */

/* Calls the method, of which `function` is the C function, for self and the arguments that lie from `items` on. What comes
 * of it, or QUIET_UNSURE: a truth, a number, a new reference or, if that is None, 0. */
typedef int64_t (*QuietCall)(PyObject *const *items, void *function);

typedef struct {
    const char *name;
    ValueType self;     /* its type */
    int count;          /* arguments besides self, positional */
    unsigned arguments; /* bit set of the types that each of them may have */
    int flags;          /* how CPython calls its C function, if `call` does so; else 0 */
    ValueType result;   /* TYPE_BOOL: a truth, TYPE_INT: a number, TYPE_NONE: None, others: an object */
    QuietCall call;
} QuietMethod;

/* The description of a method descriptor as it is called with so many arguments besides self; NULL if there is none. */
const QuietMethod *quiet_method_find(PyObject *callable, int count);

#endif
