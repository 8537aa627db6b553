/* What is checked while compiled code runs, in debug builds only. Owns no state. */
#include "pyjit/verify.h"

/* Compiled code has dropped a reference there was not. */
void
reference_count_negative(PyObject *object)
{
    _PyObject_ASSERT_FAILED_MSG(object, "pyjit: compiled code made the reference count negative");
}
