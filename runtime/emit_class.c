/* Emitters: calls of Python classes. The instance is made here; its __init__ runs in the place of the call or has
 * a frame of its own. A class with a __new__ in Python and no __init__ has __new__ called by a frame. */
#include "pyjit/emit_calls.h"

#include "pyjit/attribute.h"
#include "pyjit/names.h"
#include "pyjit/quiet.h"

/* Are instances of the class made by object.__new__, the class being callable as usual? */
static bool
is_plain(PyTypeObject *type)
{
    return Py_IS_TYPE(type, &PyType_Type) && type->tp_new == PyBaseObject_Type.tp_new &&
           type->tp_vectorcall == NULL && !PyType_HasFeature(type, Py_TPFLAGS_IS_ABSTRACT);
}

/* The __init__ of a class whose instances are made by object.__new__ and which has one in Python;
 * NULL if it is not so simple. Borrows. */
static PyFunctionObject *
plain_init(PyTypeObject *type)
{
    return is_plain(type) ? plan_method(type, pyjit_names.dunder_init) : NULL;
}

/* Emits the guard that the callee is this class in its present state. */
static void
guard_callee_class(Block *b, const Call *call, PyTypeObject *type)
{
    intptr_t version = (intptr_t)plan_type_version(type), miss = (intptr_t)block_exit_miss(b);
    if (block_constant(b, block_stack(b, call->callee)) == (PyObject *)type) {
        ASM(&b->as, OP_guard_known_type, (intptr_t)type, (intptr_t)&PyType_Type, miss);
        ASM(&b->as, OP_guard_known_class, (intptr_t)type, version, miss);
    } else {
        ASM(&b->as, OP_guard_plain_class, block_object_slot(b, call->callee), version, miss);
    }
}

/* Can the instance be made here? */
static bool
can_make_here(Block *b, PyTypeObject *type)
{
    return b->ctx.depth <= CTX_STACK && quiet_makes(type) &&
           block_stack(b, b->in.oparg + 1)->type == TYPE_NULL && !block_stack(b, b->in.oparg + 1)->owned;
}

/* Puts a new instance where the call's stack begins, and lets go of the class. */
static void
make_here(Block *b, PyTypeObject *type, PyObject *specimen)
{
    int n = b->in.oparg + 1, number = b->ctx.depth - 1 - n;
    ASM(&b->as, OP_make_instance_quietly, (intptr_t)type, slot_of_stack(b, number), (intptr_t)block_exit_generic(b));
    *block_stack(b, n) = (Entry){.owned = 1};
    b->stack_samples[number] = specimen;
    block_learn_class(b, n, type);
    if (block_stack(b, n - 1)->owned) { /* never the last one: a class refers to itself */
        ASM(&b->as, OP_release_plain, slot_of_stack(b, number + 1));
    }
    *block_stack(b, n - 1) = (Entry){.type = TYPE_NULL, .location = IN_CONST};
}

/* CALL of a class whose __init__ is object's, without arguments. */
static bool
call_without_init(Block *b, const Call *call, PyTypeObject *type)
{
    PyObject *init = is_plain(type) ? plan_lookup(type, pyjit_names.dunder_init) : NULL;
    if (init == NULL || init != plan_lookup(&PyBaseObject_Type, pyjit_names.dunder_init) ||
        type->tp_init != PyBaseObject_Type.tp_init || plan_type_version(type) == 0 || call->count != 0 ||
        call->callee != b->in.oparg || !can_make_here(b, type)) {
        return false;
    }
    PyObject *specimen = block_specimen(b, type);
    guard_callee_class(b, call, type);
    ASM(&b->as, OP_check_recursion, 1, (intptr_t)block_exit_generic(b));
    make_here(b, type, specimen);
    block_pop(b, 1);
    return true;
}

/* CALL of a class whose __init__ is compiled in place; `inner` is the call of that. */
static bool
call_in_place(Block *b, const Call *inner, PyTypeObject *type, CodeState *state, const Source *sources)
{
    PyFunctionObject *init = (PyFunctionObject *)inner->callable;
    if (!can_make_here(b, type)) {
        return false;
    }
    PyObject *specimen = block_specimen(b, type);
    if (specimen == NULL) {
        return false;
    }
    guard_callee_class(b, inner, type);
    if (!emit_guard_known_function(b, init)) {
        return false;
    }
    int number = emit_begin_init(b, inner, state, sources);
    if (number == 0) {
        return false;
    }
    make_here(b, type, specimen);
    emit_inline_init(b, inner, number, sources);
    return true;
}

/* The static method that is the __new__ of a class, if that is a Python function and the class has no __init__. Borrows. */
static StaticMethod *
plain_new(PyTypeObject *type)
{
    PyObject *found = plan_lookup(type, pyjit_names.dunder_new);
    bool simple = Py_IS_TYPE(type, &PyType_Type) && type->tp_vectorcall == NULL &&
                  type->tp_init == PyBaseObject_Type.tp_init && plan_type_version(type) != 0 && found != NULL &&
                  Py_IS_TYPE(found, &PyStaticMethod_Type) && ((StaticMethod *)found)->callable != NULL &&
                  Py_IS_TYPE(((StaticMethod *)found)->callable, &PyFunction_Type);
    return simple ? (StaticMethod *)found : NULL;
}

/* CALL of a class with a __new__ in Python and no __init__, as named tuples are: __new__'s frame runs. It counts for two
 * levels of recursion. */
static bool
call_new(Block *b, const Call *call, PyTypeObject *type)
{
    StaticMethod *method = call->callee == b->in.oparg ? plain_new(type) : NULL;
    PyFunctionObject *function = method == NULL ? NULL : (PyFunctionObject *)method->callable;
    Call inner = {(PyObject *)function, call->callee, call->callee, call->count + 1, call->keywords};
    Binding binding;
    CodeState *state = function == NULL ? NULL : emit_bind(b, &inner, function, &binding);
    if (state == NULL) {
        return false;
    }
    guard_callee_class(b, call, type);
    ASM(&b->as, OP_guard_static_method, (intptr_t)method, (intptr_t)function, (intptr_t)block_exit_miss(b));
    emit_guard_still(b, (PyObject *)function);
    if (!emit_guard_bound(b, function, &binding)) {
        return false;
    }
    block_own_stack(b, call->count);
    intptr_t arguments = slot_of_stack(b, b->ctx.depth - 1 - call->first);
    if (emit_call_through(b, function, state, &binding, 2)) {
        ASM(&b->as, OP_end_new, (intptr_t)type, arguments, call->count, (intptr_t)b->kwnames);
        emit_release_call(b);
        emit_push_result(b);
    }
    return true;
}

/* CALL of a Python class: the instance is made, __init__'s frame runs. False when it is not simple. */
bool
emit_call_class(Block *b, const Call *call)
{
    PyTypeObject *type = (PyTypeObject *)call->callable;
    PyFunctionObject *init = call->callee == b->in.oparg ? plain_init(type) : NULL;
    if (init == NULL) {
        return call_without_init(b, call, type) || call_new(b, call, type);
    }
    PyCodeObject *code = (PyCodeObject *)init->func_code;
    Call inner = {(PyObject *)init, call->callee, call->callee, call->count + 1, call->keywords};
    Binding binding;
    int self = b->in.oparg + 1;
    CodeState *state = emit_bind(b, &inner, init, &binding);
    if (state == NULL || !binding.is_plain || code->co_argcount == 0) {
        return false;
    }
    if (call_in_place(b, &inner, type, state, binding.sources)) {
        return true;
    }
    binding.sources[0].entry = self;
    intptr_t at = block_instr_address(b), miss = (intptr_t)block_exit_miss(b);
    guard_callee_class(b, call, type);
    ASM(&b->as, OP_guard_code_of, (intptr_t)init, (intptr_t)code, miss);
    asm_depend(&b->as, code);
    if (binding.defaults >= 0) {
        ASM(&b->as, OP_guard_defaults_of, (intptr_t)init, binding.defaults, miss);
    }
    block_escape(b);
    block_own(b, call->callee);
    intptr_t callee = slot_of_stack(b, b->ctx.depth - 1 - call->callee);
    intptr_t rare = (intptr_t)block_exit_generic(b);
    ASM(&b->as, OP_check_recursion, 2, rare);
    ASM(&b->as, OP_frame_push, emit_frame_size(code), rare);
    ASM(&b->as, OP_make_instance, callee, slot_of_stack(b, b->ctx.depth - 1 - self), (intptr_t)init,
        at, rare);
    *block_stack(b, self) = (Entry){.owned = 1};
    ASM(&b->as, OP_increment, slot_of_stack(b, b->ctx.depth - 1 - self));
    emit_run_frame(b, &(NewFrame){.state = state, .sources = binding.sources, .at = at});
    block_pop(b, b->in.oparg + 1);
    ASM(&b->as, OP_end_init, (intptr_t)block_exit_error(b));
    b->kwnames = NULL;
    emit_check_call(b);
    return true;
}

