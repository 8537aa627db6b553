/* Releasing references in leaf operations. */
#ifndef PYJIT_RELEASE_H
#define PYJIT_RELEASE_H

#include "template.h"

#include "pyjit/state.h"

#define STATE ((PyjitState *)ADDRESS(pyjit_state))

extern int64_t free_quietly(PyObject *);

/* Drops a reference, as the last thing an operation does. If it was the last one and the end of the object may
 * run code, an exit frees it. */
#define RELEASE(object, exit)                                                                      \
    do {                                                                                           \
        PyObject *released_ = (object);                                                            \
        if (unlikely(drop_reference(released_)) && !FREE_ASIDE(int64_t, free_quietly, released_)) LEAVE(exit); \
    } while (0)

#endif
