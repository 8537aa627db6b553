/* Emitters: calls of C functions, builtin types, and the builtins that are done in place. */
#include "pyjit/emit_calls.h"

#include "pyjit/calls.h"
#include "pyjit/state.h"
#include "pyjit/text.h"

#include <string.h>

/* ---- arguments and results -------------------------------------------------------------------- */

/* Puts the values of `count` entries, the n-th from the top first, side by side into their slots.
 * Those not owned stay so. Returns the first slot. */
static intptr_t
line_up(Block *b, int n, int count)
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

/* Releases callable and arguments, after which the result is in r0 still, and pops them. */
static void
release_call(Block *b)
{
    int count = b->in.oparg + 2;
    for (int n = count - 1; n >= 0; n--) {
        block_release(b, n);
        *block_stack(b, n) = (Entry){0};
    }
    block_pop(b, count);
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
static void
push_result(Block *b)
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
        ASM(&b->as, OP_call_builtin_fast, callee, line_up(b, call->first, call->count), call->count,
            at);
        break;
    case METH_FASTCALL | METH_KEYWORDS:
        ASM(&b->as, OP_call_builtin_fast_keywords, callee, line_up(b, call->first, call->count),
            call->count - call->keywords, (intptr_t)b->kwnames, at);
        break;
    default:
        ASM(&b->as, OP_call_vectorcall, (intptr_t)function->vectorcall, callee,
            line_up(b, call->first, call->count), call->count - call->keywords,
            (intptr_t)b->kwnames, at);
        break;
    }
    release_call(b);
    push_unchecked(b);
    emit_check_builtin(b);
    return true;
}

/* ---- methods of builtin types --------------------------------------------------------------------- */

/* CALL of a method descriptor with its self. */
static bool
call_descriptor(Block *b, const Call *call)
{
    PyMethodDescrObject *descriptor = (PyMethodDescrObject *)call->callable;
    int flags = descriptor->d_method->ml_flags & FLAGS_OF_CALL;
    int count = call->count - 1, self_entry = call->first;
    intptr_t at = block_instr_address(b);
    PyObject *self_sample = call->count > 0 ? block_sample(b, self_entry) : NULL;
    if (descriptor->vectorcall == NULL || self_sample == NULL ||
        Py_TYPE(self_sample) != PyDescr_TYPE(descriptor) ||
        (call->keywords > 0 && !(flags & METH_KEYWORDS)) ||
        (flags == METH_NOARGS && count != 0) || (flags == METH_O && count != 1)) {
        return false;
    }
    intptr_t callee = block_object_slot(b, call->callee), self = block_object_slot(b, self_entry);
    ASM(&b->as, OP_guard_descriptor, callee, self, (intptr_t)descriptor->vectorcall,
        (intptr_t)block_exit_miss(b));
    block_escape(b);
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
        ASM(&b->as, OP_call_descriptor_fast, callee, self, line_up(b, self_entry - 1, count), count,
            at);
        break;
    case METH_FASTCALL | METH_KEYWORDS:
        ASM(&b->as, OP_call_descriptor_fast_keywords, callee, self,
            line_up(b, self_entry - 1, count), count - call->keywords, (intptr_t)b->kwnames, at);
        break;
    default:
        ASM(&b->as, OP_call_vectorcall, (intptr_t)descriptor->vectorcall, callee,
            line_up(b, self_entry, count + 1), count + 1 - call->keywords, (intptr_t)b->kwnames, at);
        break;
    }
    release_call(b);
    push_result(b);
    return true;
}

/* Is the next instruction a POP_TOP that nothing jumps to? Then it is passed over. */
bool
emit_skip_pop_top(Block *b)
{
    int at = b->in.next;
    Instr next = decode_at(b->here->units, at);
    if (next.opcode != POP_TOP || block_is_target(b, at)) {
        return false;
    }
    b->in.next = next.next;
    return true;
}

/* list.append: True when done. The result, None, is popped by the next instruction or pushed. */
static bool
append_to_list(Block *b, const Call *call)
{
    int list = call->first, item = call->first - 1;
    if (call->count != 2 || call->keywords != 0 || call->callable != pyjit_state.list_append ||
        block_learn(b, list, 1u << TYPE_LIST) != TYPE_LIST) {
        return false;
    }
    ASM(&b->as, OP_guard_identical, block_object_slot(b, call->callee),
        (intptr_t)pyjit_state.list_append, (intptr_t)block_exit_miss(b));
    block_own(b, item);
    intptr_t to = block_object_slot(b, list);
    ASM(&b->as, OP_list_append, to, slot_of_stack(b, b->ctx.depth - 1 - item),
        (intptr_t)block_exit_generic(b));
    *block_stack(b, item) = (Entry){0}; /* the list has its reference */
    release_call(b);
    b->kwnames = NULL;
    if (!emit_skip_pop_top(b)) {
        ASM(&b->as, OP_store_constant, (intptr_t)Py_None, slot_of_stack(b, b->ctx.depth));
        block_push(b, TYPE_NONE);
    }
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
    intptr_t callee = block_object_slot(b, call->callee);
    ASM(&b->as, OP_guard_identical, callee, (intptr_t)type, (intptr_t)block_exit_miss(b));
    block_escape(b);
    if (is_type_of) {
        ASM(&b->as, OP_type_of, block_object_slot(b, call->first));
    } else if (is_str_of) {
        ASM(&b->as, OP_call_one, (intptr_t)text_of, block_object_slot(b, call->first),
            block_instr_address(b));
    } else {
        ASM(&b->as, OP_call_vectorcall, (intptr_t)type->tp_vectorcall, callee,
            line_up(b, call->first, call->count), call->count - call->keywords,
            (intptr_t)b->kwnames, block_instr_address(b));
    }
    release_call(b);
    push_result(b);
    return true;
}

/* ---- builtins done in place ----------------------------------------------------------------------- */

/* The operation that gets the length of a value of this type. */
static int
length_operation(ValueType type)
{
    switch (type) {
    case TYPE_LIST:
    case TYPE_TUPLE:
    case TYPE_BYTES:
        return OP_size_to_int;
    case TYPE_STR:
        return OP_str_length_to_int;
    case TYPE_DICT:
        return OP_dict_size_to_int;
    case TYPE_SET:
        return OP_set_size_to_int;
    default:
        return -1;
    }
}

/* len() of anything, which does not count as a level of recursion. */
static void
call_length_of(Block *b, const Call *call)
{
    ASM(&b->as, OP_guard_identical, block_object_slot(b, call->callee),
        (intptr_t)pyjit_state.builtin_len, (intptr_t)block_exit_miss(b));
    block_escape(b);
    ASM(&b->as, OP_call_one, (intptr_t)length_of, block_object_slot(b, call->first),
        block_instr_address(b));
    release_call(b);
    push_result(b);
}

/* len(): of a builtin container an int in a register. */
static bool
call_len(Block *b, const Call *call)
{
    const unsigned known = 1u << TYPE_LIST | 1u << TYPE_TUPLE | 1u << TYPE_BYTES | 1u << TYPE_STR |
                           1u << TYPE_DICT | 1u << TYPE_SET;
    if (call->count != 1 || call->keywords != 0) {
        return false;
    }
    int operation = length_operation(block_learn(b, call->first, known));
    if (b->ended) {
        return true;
    }
    if (operation < 0) {
        call_length_of(b, call);
        return true;
    }
    ASM(&b->as, OP_guard_identical, block_object_slot(b, call->callee),
        (intptr_t)pyjit_state.builtin_len, (intptr_t)block_exit_miss(b));
    intptr_t slot = block_object_slot(b, call->first);
    int reg = block_take_int(b, 0);
    ASM(&b->as, operation, slot, reg);
    release_call(b);
    block_push_register(b, TYPE_INT, reg);
    return true;
}

/* isinstance() with an ordinary class: a branch, or a bool. */
static bool
call_isinstance(Block *b, const Call *call)
{
    PyObject *class = call->count == 2 ? block_sample(b, call->first - 1) : NULL;
    if (class == NULL || call->keywords != 0 || !PyType_CheckExact(class)) {
        return false;
    }
    intptr_t callee = block_object_slot(b, call->callee);
    ASM(&b->as, OP_guard_identical, callee, (intptr_t)pyjit_state.builtin_isinstance,
        (intptr_t)block_exit_miss(b));
    ASM(&b->as, OP_guard_type, block_object_slot(b, call->first - 1), (intptr_t)&PyType_Type,
        (intptr_t)block_exit_miss(b));
    block_escape(b);
    ASM(&b->as, OP_is_instance, block_object_slot(b, call->first),
        block_object_slot(b, call->first - 1), block_instr_address(b),
        (intptr_t)block_exit_error(b));
    release_call(b);
    Instr branch;
    bool jump_if;
    if (emit_next_is_branch(b, &branch, &jump_if)) {
        emit_check_truth(b, branch.start, false);
        block_settle_stack(b);
        emit_branch(b, &branch, jump_if, OP_branch_r0_true, OP_branch_r0_false, NULL, 0);
        return true;
    }
    ASM(&b->as, OP_store_truth, slot_of_stack(b, b->ctx.depth));
    block_push(b, TYPE_BOOL);
    emit_check_call(b);
    return true;
}

/* ---- which -------------------------------------------------------------------------------------- */

/* CALL of something written in C; false if it must be called generically. */
bool
emit_call_native(Block *b, const Call *call)
{
    PyTypeObject *type = Py_TYPE(call->callable);
    if (emit_call_numeric(b, call) || b->ended || emit_call_super(b, call)) {
        return true;
    }
    if (type == &PyCFunction_Type) {
        if (call->callable == pyjit_state.builtin_len && call_len(b, call)) {
            return true;
        }
        if (call->callable == pyjit_state.builtin_isinstance && call_isinstance(b, call)) {
            return true;
        }
        return call_builtin(b, call);
    }
    if (type == &PyMethodDescr_Type && call->callee == b->in.oparg + 1) {
        return append_to_list(b, call) || b->ended || call_descriptor(b, call);
    }
    return type == &PyType_Type && call_type(b, call);
}
