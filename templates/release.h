/* Releasing references in leaf operations. */
#ifndef PYJIT_RELEASE_H
#define PYJIT_RELEASE_H

#include "template.h"

#include "pyjit/state.h"

#define STATE ((PyjitState *)ADDRESS(pyjit_state))

/* The last reference of an object is gone: an exit frees it. */
#define DYING(object) (STATE->dying = (object))

/* Is it a number or a string? Its end runs no Python code. */
static inline __attribute__((always_inline)) bool
ends_quietly(PyObject *object)
{
    void *type = Py_TYPE(object);
    return type == ADDRESS(PyLong_Type) || type == ADDRESS(PyFloat_Type) ||
           type == ADDRESS(PyUnicode_Type);
}

/* Drops a reference, as the last thing an operation does. */
#define RELEASE(object, exit)                                                                      \
    do {                                                                                           \
        PyObject *released_ = (object);                                                            \
        if (unlikely(drop_reference(released_))) {                                               \
            if (!ends_quietly(released_)) {                                                        \
                DYING(released_);                                                                  \
                LEAVE(exit);                                                                       \
            }                                                                                      \
            CALL_ASIDE(void, free_object, released_);                                              \
        }                                                                                          \
    } while (0)

#endif
