/* Emitters: what handlers of exceptions ask. */
#include "pyjit/emit.h"

#include "pyjit/attribute.h"
#include "pyjit/names.h"

/* Does it follow from an exception's class whether it matches this one of an `except`? If that is a class of the program
 * which does not match, something else may be at its address one day, while a class that matches lives as long as its
 * subclass. */
static bool
is_decided(PyTypeObject *type, PyObject *class, bool matches)
{
    return PyExceptionClass_Check(class) && PyType_IsSubtype(type, (PyTypeObject *)PyExc_BaseException) &&
           (matches || plan_type_is_fixed((PyTypeObject *)class)) &&
           (plan_type_is_fixed(type) || plan_type_version(type) != 0);
}

/* CHECK_EXC_MATCH. */
void
emit_check_exc_match(Block *b)
{
    PyObject *class = block_must_be_generic(b) || b->ctx.depth > CTX_STACK ? NULL : block_sample(b, 0);
    PyTypeObject *type = class == NULL ? NULL : emit_class_of(b, 1);
    if (b->ended) {
        return;
    }
    if (type != NULL) {
        (void)plan_lookup(type, pyjit_names.dunder_class); /* gives the type its version */
    }
    bool matches = type != NULL && PyType_Check(class) && PyType_IsSubtype(type, (PyTypeObject *)class);
    int answer = type != NULL && is_decided(type, class, matches) ? code_constant(b->state, matches ? Py_True : Py_False) : -1;
    if (answer < 0) {
        emit_generic(b);
        return;
    }
    if (block_constant(b, block_stack(b, 0)) != class) {
        ASM(&b->as, OP_guard_identical, block_object_slot(b, 0), (intptr_t)class, (intptr_t)block_exit_miss(b));
    }
    emit_guard_class(b, 1, type);
    block_drop(b, 1);
    block_push_entry(b, (Entry){.type = TYPE_BOOL, .location = IN_CONST, .index = (unsigned)answer & CTX_INDEX_MAX},
                     matches ? Py_True : Py_False);
}
