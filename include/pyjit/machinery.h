/* Code of CPython's own that runs before the program does, or for its import statements. */
#ifndef PYJIT_MACHINERY_H
#define PYJIT_MACHINERY_H

#include "cpython/interface.h"

#include <string.h>

#define MACHINERY_CALLERS_MOST 100 /* looked at */

/* Is the code in this file? */
static inline bool
machinery_is_in(const PyCodeObject *code, const char *file)
{
    return PyUnicode_GET_LENGTH(code->co_filename) == (Py_ssize_t)strlen(file) &&
           _PyUnicode_EqualToASCIIString(code->co_filename, file);
}

/* Is this code of the machinery of importing, whose time is that of system calls and of unmarshalling? */
static inline bool
machinery_is_import(const PyCodeObject *code)
{
    return machinery_is_in(code, "<frozen importlib._bootstrap>") ||
           machinery_is_in(code, "<frozen importlib._bootstrap_external>") || machinery_is_in(code, "<frozen zipimport>");
}

/* Is this code of the module site, which prepares the interpreter before the program runs? */
static inline bool
machinery_is_site(const PyCodeObject *code)
{
    return machinery_is_in(code, "<frozen site>");
}

/* Will a frame run while the interpreter is being prepared? It is not linked to its callers yet. */
static inline bool
machinery_is_start(const PyThreadState *tstate, const _PyInterpreterFrame *frame)
{
    bool found = machinery_is_site(frame->f_code);
    const _PyInterpreterFrame *caller = tstate->cframe->current_frame;
    for (int i = 0; i < MACHINERY_CALLERS_MOST && caller != NULL && !found; i++, caller = caller->previous) {
        found = machinery_is_site(caller->f_code);
    }
    return found;
}

#endif
