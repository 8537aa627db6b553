/* Emitters: calls. */
#include "pyjit/emit_calls.h"

#include "pyjit/attribute.h"
#include "pyjit/calls.h"
#include "pyjit/names.h"
#include "pyjit/state.h"

/* KW_NAMES: remembered for the CALL to come. */
void
emit_kw_names(Block *b)
{
    b->kwnames = PyTuple_GET_ITEM(b->code->co_consts, b->in.oparg);
    b->kwnames_start = b->in.start;
}

/* The result, in r0, becomes the top of the stack. */
void
emit_push_result(Block *b)
{
    ASM(&b->as, OP_call_result, slot_of_stack(b, b->ctx.depth), (intptr_t)block_exit_error(b));
    block_push(b, TYPE_UNKNOWN);
    b->kwnames = NULL;
    emit_check_run(b);
}

/* CALL of anything: a Python function's frame is run here, the rest is called in C. */
static void
call_generic(Block *b)
{
    int count = b->in.oparg + 2;
    block_escape(b);
    block_own_stack(b, count);
    intptr_t top = slot_of_stack(b, b->ctx.depth);
    block_pop(b, count);
    ASM(&b->as, OP_call, top, b->in.oparg, (intptr_t)b->kwnames, block_instr_address(b),
        IMM_CONTINUATION);
    emit_push_result(b);
}

/* ---- Python functions ------------------------------------------------------------------------- */

/* Must the compiler wait until the callable can be seen? */
static bool
must_wait(Block *b, int oparg)
{
    int n = block_type(b, oparg + 1) == TYPE_NULL ? oparg : oparg + 1;
    return b->frame != NULL && b->start != b->first && block_sample(b, n) == NULL;
}

/* Is this a call without self? Known from the context, or seen in the live frame and then guarded. */
static bool
is_plain(Block *b, int oparg)
{
    Entry *entry = block_value(b, oparg + 1);
    if (entry->type != TYPE_UNKNOWN) {
        return entry->type == TYPE_NULL;
    }
    intptr_t slot = block_object_slot(b, oparg + 1);
    if (block_sample(b, oparg + 1) != NULL) {
        ASM(&b->as, OP_check_bound, slot, (intptr_t)block_exit_miss(b));
        return false;
    }
    ASM(&b->as, OP_guard_identical, slot, 0, (intptr_t)block_exit_miss(b));
    entry->type = TYPE_NULL;
    return true;
}

/* Finds out what is likely to be called. False: nothing is known, or b->ended. */
static bool
predict(Block *b, Call *call)
{
    int oparg = b->in.oparg;
    if (block_must_be_generic(b) || b->ctx.depth > CTX_STACK) {
        return false;
    }
    if (must_wait(b, oparg)) {
        block_defer(b);
        return false;
    }
    if (b->frame == NULL && block_sample(b, oparg) == NULL && block_sample(b, oparg + 1) == NULL) {
        return false;
    }
    call->callee = is_plain(b, oparg) ? oparg : oparg + 1;
    call->first = call->callee - 1;
    call->count = call->callee;
    call->keywords = b->kwnames == NULL ? 0 : (int)PyTuple_GET_SIZE(b->kwnames);
    call->callable = block_sample(b, call->callee);
    return call->callable != NULL;
}

/* Emits the guard that the callee is a function of this code, with so many defaults if that matters. */
static void
guard_function(Block *b, int callee, PyCodeObject *code, int defaults)
{
    intptr_t slot = block_object_slot(b, callee), miss = (intptr_t)block_exit_miss(b);
    if (block_type(b, callee) == TYPE_FUNCTION) {
        ASM(&b->as, OP_guard_function_code, slot, (intptr_t)code, miss);
    } else {
        ASM(&b->as, OP_guard_function, slot, (intptr_t)code, miss);
    }
    asm_depend(&b->as, code);
    if (defaults >= 0) {
        ASM(&b->as, OP_guard_defaults, slot, defaults, miss);
    }
}

/* CALL of a Python function: its frame is made here. False when it is not simple. */
static bool
call_function(Block *b, const Call *call)
{
    PyFunctionObject *function = (PyFunctionObject *)call->callable;
    PyCodeObject *code = (PyCodeObject *)function->func_code;
    Binding binding;
    CodeState *state = emit_bind(b, call, function, &binding);
    if (state == NULL) {
        return false;
    }
    bool known = block_constant(b, block_stack(b, call->callee)) == call->callable &&
                 emit_guard_known_function(b, function);
    if (known && binding.is_plain && emit_inline_call(b, call, function, state, binding.sources)) {
        return true;
    }
    if (binding.keyword_defaults != NULL && !(known && emit_guard_keyword_defaults(b, &binding))) {
        return false;
    }
    if (!known) {
        guard_function(b, call->callee, code, binding.defaults);
    }
    emit_own_packed(b, &binding);
    TypedArguments typed;
    bool is_typed = emit_find_typed(b, &binding, state, &typed);
    block_escape_but(b, b->in.oparg + 2, is_typed ? typed.count : 0);
    if (is_typed) {
        emit_move_typed(b, &binding, state, &typed);
    }
    ASM(&b->as, OP_frame_push, emit_frame_size(code), (intptr_t)block_exit_generic(b));
    if (!emit_pack(b, &binding, code, false)) {
        b->failed = true;
        return true;
    }
    Entry *callee = block_stack(b, call->callee);
    if (callee->location == IN_FACT) {
        ASM(&b->as, OP_take_known_callee, (intptr_t)function);
    } else {
        intptr_t slot = block_object_slot(b, call->callee);
        ASM(&b->as, callee->owned ? OP_take_callee : OP_take_callee_incref, slot);
    }
    emit_run_frame(b, &(NewFrame){
                          .state = state,
                          .sources = binding.sources,
                          .known = known ? function : NULL,
                          .at = (intptr_t)(_PyCode_CODE(b->code) + b->in.next - 1),
                          .typed = is_typed ? &typed : NULL,
                      });
    block_pop(b, b->in.oparg + 2);
    ctx_forget_facts(&b->ctx);
    emit_push_result(b);
    return true;
}

/* ---- bound methods and instances that are called ------------------------------------------------- */

/* CALL of a bound method: its function and its self come to where the stack has NULL and the method. */
static void
unpack_method(Block *b, Call *call)
{
    PyObject *method = call->callable, *function = PyMethod_GET_FUNCTION(method);
    int n = call->callee, number = b->ctx.depth - 1 - n;
    intptr_t from = block_object_slot(b, n), to = slot_of_stack(b, number - 1);
    ASM(&b->as, OP_guard_method, from, (intptr_t)function, (intptr_t)block_exit_miss(b));
    emit_guard_still(b, function);
    bool owned = block_stack(b, n)->owned;
    *block_stack(b, n + 1) = (Entry){.owned = 1, .type = TYPE_FUNCTION};
    if (owned) {
        ASM(&b->as, OP_unpack_method_owned, from, to, (intptr_t)block_exit_release(b));
    } else {
        ASM(&b->as, OP_unpack_method, from, to, slot_of_stack(b, number));
    }
    *block_stack(b, n) = (Entry){.owned = 1};
    block_stack(b, n + 1)->fact = (unsigned)fact_of_object(&b->state->facts, function) & 0xff;
    b->stack_samples[number - 1] = function;
    b->stack_samples[number] = PyMethod_GET_SELF(method);
    call->callee = n + 1;
    call->first = n;
    call->count++;
    call->callable = function;
}

/* Is the callee a bound method of a Python function, NULL being below it? */
static bool
is_bound_method(Block *b, const Call *call)
{
    return Py_IS_TYPE(call->callable, &PyMethod_Type) && call->callee == b->in.oparg &&
           Py_IS_TYPE(PyMethod_GET_FUNCTION(call->callable), &PyFunction_Type) &&
           (b->site == NULL || !block_stack(b, call->callee)->owned);
}

/* The __call__ of a class if it is a Python function. Borrows. */
static PyFunctionObject *
call_method_of(PyTypeObject *type)
{
    return PyType_HasFeature(type, Py_TPFLAGS_HAVE_VECTORCALL) ? NULL : plan_method(type, pyjit_names.dunder_call);
}

/* Emits the call of a function that has been guarded, as CPython makes it through C. */
bool
emit_call_through(Block *b, PyFunctionObject *function, CodeState *state, const Binding *binding, int levels)
{
    emit_own_packed(b, binding);
    block_escape(b);
    intptr_t rare = (intptr_t)block_exit_generic(b);
    ASM(&b->as, OP_check_recursion, levels, rare);
    ASM(&b->as, OP_frame_push, emit_frame_size(state->code), rare);
    if (!emit_pack(b, binding, state->code, true)) {
        b->failed = true;
        return false;
    }
    if (levels > 1) {
        ASM(&b->as, OP_enter_level);
    }
    ASM(&b->as, OP_take_known_callee, (intptr_t)function);
    emit_run_frame(b, &(NewFrame){
                          .state = state,
                          .sources = binding->sources,
                          .known = function,
                          .keep = true,
                          .at = block_instr_address(b),
                      });
    if (levels > 1) {
        ASM(&b->as, OP_leave_level);
    }
    return true;
}

/* CALL of an instance whose class has __call__ in Python. It counts as a level of recursion besides that of
 * __call__. */
static bool
call_instance(Block *b, const Call *call)
{
    PyTypeObject *type = Py_TYPE(call->callable);
    PyFunctionObject *method = call->callee == b->in.oparg ? call_method_of(type) : NULL;
    Call inner = {(PyObject *)method, call->callee, call->callee, call->count + 1, call->keywords};
    Binding binding;
    CodeState *state = method == NULL ? NULL : emit_bind(b, &inner, method, &binding);
    if (state == NULL) {
        return false;
    }
    emit_guard_class(b, call->callee, type);
    if (!emit_guard_bound(b, method, &binding)) {
        return false;
    }
    if (emit_call_through(b, method, state, &binding, 2)) {
        emit_release_call(b);
        emit_push_result(b);
    }
    return true;
}

/* Is the callee a bound method of a Python function, another value being above it as if it were self? So it is at
 * the end of a `with`. */
static bool
is_bound_twice(Block *b, const Call *call)
{
    return Py_IS_TYPE(call->callable, &PyMethod_Type) && call->callee == b->in.oparg + 1 && call->keywords == 0 &&
           Py_IS_TYPE(PyMethod_GET_FUNCTION(call->callable), &PyFunction_Type);
}

/* CALL of such. */
static bool
call_bound_twice(Block *b, const Call *call)
{
    PyFunctionObject *function = (PyFunctionObject *)PyMethod_GET_FUNCTION(call->callable);
    const PyCodeObject *code = (PyCodeObject *)function->func_code;
    Call inner = {(PyObject *)function, call->callee, call->callee, call->count + 1, 0};
    Binding binding;
    CodeState *state = code->co_argcount == 0 ? NULL : emit_bind(b, &inner, function, &binding);
    if (state == NULL) {
        return false;
    }
    binding.sources[0].entry = SELF_OF_CALLEE;
    ASM(&b->as, OP_guard_method, block_object_slot(b, call->callee), (intptr_t)function, (intptr_t)block_exit_miss(b));
    emit_guard_still(b, (PyObject *)function);
    if (!emit_guard_bound(b, function, &binding)) {
        return false;
    }
    block_own(b, call->callee);
    if (emit_call_through(b, function, state, &binding, 1)) {
        emit_release_call(b);
        emit_push_result(b);
    }
    return true;
}

/* CALL_FUNCTION_EX. */
void
emit_call_function_ex(Block *b)
{
    int count = 3 + (b->in.oparg & 1);
    if (b->ctx.depth > CTX_STACK) {
        emit_generic(b);
        return;
    }
    block_escape(b);
    block_own_stack(b, count);
    ASM(&b->as, OP_call_star, slot_of_stack(b, b->ctx.depth), b->in.oparg, block_instr_address(b), IMM_CONTINUATION);
    *block_stack(b, count - 1) = (Entry){.type = TYPE_NULL, .location = IN_CONST}; /* always, known or not */
    block_drop_upwards(b, count);
    emit_push_result(b);
}

/* CALL. */
void
emit_call(Block *b)
{
    Call call;
    if (!predict(b, &call)) {
        if (!b->ended) {
            call_generic(b);
        }
        return;
    }
    if (is_bound_method(b, &call)) {
        unpack_method(b, &call);
    }
    bool done = false;
    if (is_bound_twice(b, &call)) {
        done = call_bound_twice(b, &call);
    } else if (Py_IS_TYPE(call.callable, &PyFunction_Type)) {
        done = call_function(b, &call);
    } else {
        done = emit_call_native(b, &call) || (PyType_Check(call.callable) && emit_call_class(b, &call)) ||
               emit_call_any_class(b, &call) || call_instance(b, &call);
    }
    if (!done) {
        call_generic(b);
    }
}
