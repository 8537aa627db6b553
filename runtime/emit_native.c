/* Emitters: calls of C functions and builtin types by their own convention. */
#include "pyjit/emit_calls.h"

#include "pyjit/attribute.h"
#include "pyjit/calls.h"
#include "pyjit/names.h"
#include "pyjit/natives.h"
#include "pyjit/state.h"
#include "pyjit/text.h"

#include <string.h>

/* ---- arguments and results -------------------------------------------------------------------- */

/* Puts the values of entries side by side into their slots. */
intptr_t
emit_line_up(Block *b, int n, int count)
{
    intptr_t first = slot_of_stack(b, b->ctx.depth - 1 - n);
    for (; count > 0; n--, count--) {
        Entry *entry = block_stack(b, n);
        if (entry->location == IN_LOCAL) {
            intptr_t from = block_object_slot(b, n);
            ASM(&b->as, OP_copy_borrowed, from, slot_of_stack(b, b->ctx.depth - 1 - n));
            *entry = (Entry){.type = block_type(b, n)};
        } else {
            block_object_slot(b, n);
        }
    }
    return first;
}

/* Emits the guard that the callee is this very object. */
void
emit_guard_callee(Block *b, const Call *call)
{
    if (block_constant(b, block_stack(b, call->callee)) != call->callable) {
        ASM(&b->as, OP_guard_identical, block_object_slot(b, call->callee), (intptr_t)call->callable,
            (intptr_t)block_exit_miss(b));
    }
}

/* Releases callable and arguments, after which the result is in r0 still, and pops them. */
void
emit_release_call(Block *b)
{
    block_drop_upwards(b, b->in.oparg + 2);
}

/* The result, in r0, becomes the top of the stack. */
static void
push_unchecked(Block *b)
{
    ASM(&b->as, OP_call_result, slot_of_stack(b, b->ctx.depth), (intptr_t)block_exit_error(b));
    block_push(b, TYPE_UNKNOWN);
    b->kwnames = NULL;
}

/* The same after a C function has run that belongs to a type. */
void
emit_push_call_result(Block *b)
{
    push_unchecked(b);
    emit_check_call(b);
}

/* ---- builtin functions ------------------------------------------------------------------------- */

#define FLAGS_OF_CALL                                                                              \
    (METH_VARARGS | METH_FASTCALL | METH_NOARGS | METH_O | METH_KEYWORDS | METH_METHOD)

/* Does the function look at the reference count of its argument, which must then be as usual? */
static bool
counts_references(const PyCFunctionObject *function)
{
    return strcmp(function->m_ml->ml_name, "getrefcount") == 0;
}

/* CALL of something by a vectorcall of natives.h. */
static void
call_by(Block *b, const Call *call, vectorcallfunc run)
{
    intptr_t callee = block_object_slot(b, call->callee);
    block_escape(b);
    ASM(&b->as, OP_call_vectorcall, (intptr_t)run, callee, emit_line_up(b, call->first, call->count),
        call->count - call->keywords, (intptr_t)b->kwnames, block_instr_address(b));
    emit_release_call(b);
    emit_push_call_result(b);
}

/* CALL of min() or max() of what is not two numbers. */
static bool
call_choice(Block *b, const Call *call)
{
    bool smallest = call->callable == pyjit_state.builtin_min;
    if (call->count < 2 || call->keywords > 0 || (!smallest && call->callable != pyjit_state.builtin_max)) {
        return false;
    }
    emit_guard_callee(b, call);
    call_by(b, call, smallest ? natives_min : natives_max);
    return true;
}

/* CALL of a slot wrapper. */
static bool
call_wrapper(Block *b, const Call *call)
{
    if (call->count == 0 || call->keywords > 0) {
        return false;
    }
    ASM(&b->as, OP_guard_type, block_object_slot(b, call->callee), (intptr_t)&PyWrapperDescr_Type,
        (intptr_t)block_exit_miss(b));
    call_by(b, call, natives_wrapper);
    return true;
}

/* CALL of a builtin function. */
static bool
call_builtin(Block *b, const Call *call)
{
    PyCFunctionObject *function = (PyCFunctionObject *)call->callable;
    int flags = function->m_ml->ml_flags & FLAGS_OF_CALL;
    intptr_t at = block_instr_address(b);
    if (function->vectorcall == NULL || counts_references(function) ||
        (call->keywords > 0 && !(flags & METH_KEYWORDS)) ||
        (flags == METH_NOARGS && call->count != 0) || (flags == METH_O && call->count != 1)) {
        return false;
    }
    intptr_t callee = block_object_slot(b, call->callee);
    ASM(&b->as, OP_guard_builtin, callee, (intptr_t)function->vectorcall,
        (intptr_t)block_exit_miss(b));
    block_escape(b);
    switch (flags) {
    case METH_NOARGS:
        ASM(&b->as, OP_call_builtin_noargs, callee, at, (intptr_t)block_exit_generic(b));
        break;
    case METH_O: {
        intptr_t argument = block_object_slot(b, call->first);
        ASM(&b->as, OP_call_builtin_o, callee, argument, at, (intptr_t)block_exit_generic(b));
        break;
    }
    case METH_FASTCALL:
        ASM(&b->as, OP_call_builtin_fast, callee, emit_line_up(b, call->first, call->count), call->count,
            at);
        break;
    case METH_FASTCALL | METH_KEYWORDS:
        ASM(&b->as, OP_call_builtin_fast_keywords, callee, emit_line_up(b, call->first, call->count),
            call->count - call->keywords, (intptr_t)b->kwnames, at);
        break;
    default:
        ASM(&b->as, OP_call_vectorcall, (intptr_t)function->vectorcall, callee,
            emit_line_up(b, call->first, call->count), call->count - call->keywords,
            (intptr_t)b->kwnames, at);
        break;
    }
    if (flags == METH_O || flags & METH_FASTCALL) {
        block_release_upwards(b, call->count - 1, 0); /* before the callable, as CPython does in its specialized calls */
    }
    emit_release_call(b);
    push_unchecked(b);
    emit_check_builtin(b);
    return true;
}

/* ---- methods of builtin types --------------------------------------------------------------------- */

/* Emits the guard that this is the method and `self`, the n-th stack entry, of this type, its own or one
 * that inherits from it. False if there can be none. */
static bool
guard_descriptor(Block *b, const PyMethodDescrObject *descriptor, intptr_t callee, int n, PyTypeObject *type)
{
    PyTypeObject *wanted = PyDescr_TYPE(descriptor);
    intptr_t vectorcall = (intptr_t)descriptor->vectorcall, miss = (intptr_t)block_exit_miss(b);
    if (type == wanted) {
        ASM(&b->as, OP_guard_descriptor, callee, block_object_slot(b, n), vectorcall, miss);
        return true;
    }
    (void)plan_lookup(type, pyjit_names.dunder_init); /* gives the type its version */
    if (!PyType_IsSubtype(type, wanted) || block_must_be_generic(b) || plan_type_version(type) == 0) {
        return false;
    }
    emit_guard_class(b, n, type);
    ASM(&b->as, OP_guard_descriptor_of, callee, (intptr_t)wanted, vectorcall, miss);
    return true;
}

/* CALL of a method descriptor with its self. */
static bool
call_descriptor(Block *b, const Call *call)
{
    PyMethodDescrObject *descriptor = (PyMethodDescrObject *)call->callable;
    int flags = descriptor->d_method->ml_flags & FLAGS_OF_CALL;
    int count = call->count - 1, self_entry = call->first;
    intptr_t at = block_instr_address(b);
    if (call->count == 0 || descriptor->vectorcall == NULL || (call->keywords > 0 && !(flags & METH_KEYWORDS)) ||
        (flags == METH_NOARGS && count != 0) || (flags == METH_O && count != 1)) {
        return false;
    }
    PyTypeObject *type = emit_class_of(b, self_entry);
    if (type == NULL) {
        return b->ended;
    }
    intptr_t callee = block_object_slot(b, call->callee), self = block_object_slot(b, self_entry);
    if (!guard_descriptor(b, descriptor, callee, self_entry, type)) {
        return false;
    }
    block_escape(b);
    bool is_specialized = call->keywords == 0 && type == PyDescr_TYPE(descriptor); /* by CPython's interpreter */
    bool counts_level = flags & METH_FASTCALL && !is_specialized;
    if (counts_level) {
        ASM(&b->as, OP_check_recursion, 1, (intptr_t)block_exit_generic(b));
        ASM(&b->as, OP_enter_level);
    }
    switch (flags) {
    case METH_NOARGS:
        ASM(&b->as, OP_call_descriptor_noargs, callee, self, at, (intptr_t)block_exit_generic(b));
        break;
    case METH_O: {
        intptr_t argument = block_object_slot(b, self_entry - 1);
        ASM(&b->as, OP_call_descriptor_o, callee, self, argument, at,
            (intptr_t)block_exit_generic(b));
        break;
    }
    case METH_FASTCALL:
        ASM(&b->as, OP_call_descriptor_fast, callee, self, emit_line_up(b, self_entry - 1, count), count,
            at);
        break;
    case METH_FASTCALL | METH_KEYWORDS:
        ASM(&b->as, OP_call_descriptor_fast_keywords, callee, self,
            emit_line_up(b, self_entry - 1, count), count - call->keywords, (intptr_t)b->kwnames, at);
        break;
    default:
        ASM(&b->as, OP_call_vectorcall, (intptr_t)descriptor->vectorcall, callee,
            emit_line_up(b, self_entry, count + 1), count + 1 - call->keywords, (intptr_t)b->kwnames, at);
        break;
    }
    if (counts_level) {
        ASM(&b->as, OP_leave_level);
    } else if (flags & METH_FASTCALL) {
        block_release_upwards(b, count - 1, 0); /* before self, as CPython does in its specialized calls */
    }
    emit_release_call(b);
    emit_push_call_result(b);
    return true;
}

/* ---- types ------------------------------------------------------------------------------------- */

/* CALL of a type that is part of CPython. */
static bool
call_type(Block *b, const Call *call)
{
    PyTypeObject *type = (PyTypeObject *)call->callable;
    if ((type->tp_flags & Py_TPFLAGS_HEAPTYPE) || !Py_IS_TYPE(type, &PyType_Type) ||
        call->callee != b->in.oparg) {
        return false;
    }
    bool is_type_of = type == &PyType_Type && call->count == 1 && call->keywords == 0;
    bool is_str_of = type == &PyUnicode_Type && call->count == 1 && call->keywords == 0;
    if (!is_type_of && !is_str_of && type->tp_vectorcall == NULL) {
        return false;
    }
    emit_guard_callee(b, call);
    block_escape(b);
    if (is_type_of) {
        ASM(&b->as, OP_type_of, block_object_slot(b, call->first));
    } else if (is_str_of) {
        ASM(&b->as, OP_call_one, (intptr_t)text_of, block_object_slot(b, call->first),
            block_instr_address(b));
    } else {
        ASM(&b->as, OP_call_vectorcall, (intptr_t)type->tp_vectorcall,
            block_object_slot(b, call->callee), emit_line_up(b, call->first, call->count), call->count - call->keywords,
            (intptr_t)b->kwnames, block_instr_address(b));
    }
    emit_release_call(b);
    emit_push_call_result(b);
    return true;
}

/* CALL of a class for which there is no other way. The guard of its type comes first, since the class need not live as long
 * as this code. */
bool
emit_call_any_class(Block *b, const Call *call)
{
    if (call->keywords > 0 || call->callee != b->in.oparg || !Py_IS_TYPE(call->callable, &PyType_Type)) {
        return false;
    }
    ASM(&b->as, OP_guard_type, block_object_slot(b, call->callee), (intptr_t)&PyType_Type, (intptr_t)block_exit_miss(b));
    emit_guard_callee(b, call);
    call_by(b, call, natives_class);
    return true;
}

/* ---- which -------------------------------------------------------------------------------------- */

/* CALL of something written in C; false if it must be called generically. */
bool
emit_call_native(Block *b, const Call *call)
{
    PyTypeObject *type = Py_TYPE(call->callable);
    if (emit_call_consumer(b, call) || emit_call_numeric(b, call) || b->ended || emit_call_super(b, call) ||
        emit_call_range(b, call) || b->ended) {
        return true;
    }
    if (type == &PyCFunction_Type) {
        return emit_call_builtin(b, call) || b->ended || call_choice(b, call) || call_builtin(b, call);
    }
    if (type == &PyMethodDescr_Type && call->callee == b->in.oparg + 1) {
        return emit_call_method(b, call) || b->ended || call_descriptor(b, call);
    }
    return (type == &PyWrapperDescr_Type && (emit_call_setattr(b, call) || call_wrapper(b, call))) ||
           (type == &PyType_Type && call_type(b, call));
}
