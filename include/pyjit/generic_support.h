/* What the generic_*.c files share among themselves. */
#ifndef PYJIT_GENERIC_SUPPORT_H
#define PYJIT_GENERIC_SUPPORT_H

#include "pyjit/generic_ops.h"
#include "pyjit/names.h"

#define MAYBE_UNUSED __attribute__((unused))

/* Head of the definition of one generic operation. */
#define GENERIC(name)                                                                         \
    int generic_##name(PyThreadState *tstate MAYBE_UNUSED,                                    \
                       _PyInterpreterFrame *frame MAYBE_UNUSED, PyObject **sp MAYBE_UNUSED,   \
                       int oparg MAYBE_UNUSED)

/* Stores a result (stolen; NULL when the operation failed) in its stack slot. Returns 0 or -1. */
static inline int
leave(PyObject **slot, PyObject *result)
{
    *slot = result;
    return result != NULL ? 0 : -1;
}

/* Releases the `count` entries below sp, the top one first, as unwinding would. NULLs are
 * skipped. */
static inline void
release_entries(PyObject **sp, int count)
{
    for (int i = 1; i <= count; i++) {
        Py_XDECREF(sp[-i]);
    }
}

/* New reference to True or False. */
static inline PyObject *
bool_object(bool truth)
{
    return Py_NewRef(truth ? Py_True : Py_False);
}

/* Borrowed: name number `index` of the code. */
static inline PyObject *
code_name(_PyInterpreterFrame *frame, int index)
{
    return PyTuple_GET_ITEM(frame->f_code->co_names, index);
}

/* Rewords the pending exception of a failed merge of `kwargs` into the keyword arguments of a call
 * of `function`. */
void generic_explain_kwargs_error(PyThreadState *tstate, PyObject *function, PyObject *kwargs);

/* Does `type` qualify for `except type:`? Returns 0, or -1 with TypeError set. */
int generic_check_except_type(PyObject *type);

#endif
