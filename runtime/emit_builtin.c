/* Emitters: builtin functions that are done in place, but for those of numbers. */
#include "pyjit/emit_calls.h"

#include "pyjit/attribute.h"
#include "pyjit/calls.h"
#include "pyjit/hook.h"
#include "pyjit/names.h"
#include "pyjit/state.h"

/* ---- len() ------------------------------------------------------------------------------------- */

/* The operation that gets the length of a value of this type. */
int
emit_length_operation(ValueType type)
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
    emit_guard_callee(b, call);
    block_escape(b);
    ASM(&b->as, OP_call_one, (intptr_t)length_of, block_object_slot(b, call->first),
        block_instr_address(b));
    emit_release_call(b);
    emit_push_call_result(b);
}

/* len() of an instance whose class has __len__ in Python. False if it has not. */
static bool
call_len_method(Block *b, const Call *call)
{
    PyObject *sample = b->site == NULL && !block_must_be_generic(b) ? block_sample(b, call->first) : NULL;
    PyFunctionObject *method = sample == NULL ? NULL : plan_method(Py_TYPE(sample), pyjit_names.dunder_len);
    Call inner = {(PyObject *)method, call->callee, call->first, 1, 0};
    Binding binding;
    CodeState *state = method == NULL || b->ctx.depth > CTX_STACK ? NULL : emit_bind(b, &inner, method, &binding);
    if (state == NULL) {
        return false;
    }
    emit_guard_callee(b, call);
    emit_guard_class(b, call->first, Py_TYPE(sample));
    if (!emit_guard_bound(b, method, &binding)) {
        return false;
    }
    if (emit_call_through(b, method, state, &binding, 1)) {
        ASM(&b->as, OP_end_len);
        emit_release_call(b);
        ASM(&b->as, OP_call_result, slot_of_stack(b, b->ctx.depth), (intptr_t)block_exit_error(b));
        block_push(b, TYPE_INT);
        b->kwnames = NULL;
        emit_check_run(b);
    }
    return true;
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
    int operation = emit_length_operation(block_learn(b, call->first, known));
    if (b->ended) {
        return true;
    }
    if (operation < 0) {
        if (!call_len_method(b, call)) {
            call_length_of(b, call);
        }
        return true;
    }
    emit_guard_callee(b, call);
    intptr_t slot = block_object_slot(b, call->first);
    int reg = block_take_int(b, 0);
    ASM(&b->as, operation, slot, reg);
    emit_release_call(b);
    block_push_register(b, TYPE_INT, reg);
    return true;
}

/* ---- isinstance() ------------------------------------------------------------------------------ */

/* Is isinstance(x, class) the same for all of this type in its present state? Only if they do not say
 * themselves what their __class__ is. */
static bool
is_decided_by_type(PyTypeObject *type)
{
    PyObject *class = plan_lookup(type, pyjit_names.dunder_class);
    return class != NULL && class == plan_lookup(&PyBaseObject_Type, pyjit_names.dunder_class) &&
           (type->tp_getattro == PyObject_GenericGetAttr || type->tp_getattro == PyType_Type.tp_getattro ||
            hook_applies(type)) &&
           (plan_type_is_fixed(type) || plan_type_version(type) != 0);
}

/* Finds what isinstance() says of the n-th entry and these classes, if that follows from the entry's class. False if it
 * does not, or b->ended. */
bool
emit_judge(Block *b, int n, PyObject *const *classes, Py_ssize_t count, Verdict *verdict)
{
    if (block_must_be_generic(b) || b->ctx.depth > CTX_STACK) {
        return false;
    }
    *verdict = (Verdict){.type = emit_class_of(b, n), .answer = Py_False};
    if (verdict->type == NULL || !is_decided_by_type(verdict->type)) {
        return false;
    }
    for (; verdict->asked < count && verdict->answer == Py_False; verdict->asked++) {
        PyObject *class = classes[verdict->asked];
        if (!PyType_CheckExact(class)) { /* a metaclass has a say, or it is a tuple again */
            return false;
        }
        verdict->answer = PyType_IsSubtype(verdict->type, (PyTypeObject *)class) ? Py_True : Py_False;
    }
    verdict->number = code_constant(b->state, verdict->answer);
    return verdict->number >= 0;
}

/* Emits the guards on which the verdict rests. */
void
emit_guard_verdict(Block *b, int n, PyObject *const *classes, const Verdict *verdict)
{
    for (int i = 0; i < verdict->asked; i++) {
        if (!plan_type_is_fixed((PyTypeObject *)classes[i])) {
            ASM(&b->as, OP_guard_known_type, (intptr_t)classes[i], (intptr_t)&PyType_Type, (intptr_t)block_exit_miss(b));
        }
    }
    emit_guard_class(b, n, verdict->type);
}

/* The verdict takes the place of the call. */
static void
replace_by_verdict(Block *b, const Verdict *verdict)
{
    emit_release_call(b);
    block_push_entry(
        b, (Entry){.type = TYPE_BOOL, .location = IN_CONST, .index = (unsigned)verdict->number & CTX_INDEX_MAX},
        verdict->answer);
    b->kwnames = NULL;
}

/* isinstance() whose answer follows from the class of the first argument, the second being known or predicted to be this
 * class, or known to be a tuple of these. False if that is not so, or b->ended. */
static bool
decide_isinstance(Block *b, const Call *call, PyObject *const *classes, Py_ssize_t count)
{
    int n = call->first - 1;
    Verdict verdict;
    if (!emit_judge(b, call->first, classes, count, &verdict)) {
        return false;
    }
    emit_guard_callee(b, call);
    if (block_constant(b, block_stack(b, n)) == NULL) {
        ASM(&b->as, OP_guard_identical, block_object_slot(b, n), (intptr_t)classes[0], (intptr_t)block_exit_miss(b));
    }
    emit_guard_verdict(b, call->first, classes, &verdict);
    replace_by_verdict(b, &verdict);
    return true;
}

/* isinstance() with an ordinary class, or a known tuple of such: a branch, or a bool. */
static bool
call_isinstance(Block *b, const Call *call)
{
    if (call->count != 2 || call->keywords != 0) {
        return false;
    }
    PyObject *known = block_constant(b, block_stack(b, call->first - 1));
    if (known != NULL && PyTuple_CheckExact(known)) {
        return decide_isinstance(b, call, &PyTuple_GET_ITEM(known, 0), PyTuple_GET_SIZE(known)) || b->ended;
    }
    PyObject *class = block_sample(b, call->first - 1);
    if (class == NULL || !PyType_CheckExact(class)) {
        return false;
    }
    if (decide_isinstance(b, call, &class, 1) || b->ended) {
        return true;
    }
    emit_guard_callee(b, call);
    ASM(&b->as, OP_guard_type, block_object_slot(b, call->first - 1), (intptr_t)&PyType_Type,
        (intptr_t)block_exit_miss(b));
    block_escape(b);
    ASM(&b->as, OP_is_instance, block_object_slot(b, call->first),
        block_object_slot(b, call->first - 1), block_instr_address(b),
        (intptr_t)block_exit_error(b));
    emit_release_call(b);
    Instr branch;
    bool jump_if;
    if (emit_next_tests_bool(b, &branch, &jump_if)) {
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

#define CLASSES_MOST 8 /* of a tuple that is not made */

/* BUILD_TUPLE as the second argument of isinstance(), of known classes that decide the answer: no tuple is made. */
bool
emit_isinstance_of_several(Block *b)
{
    int count = b->in.oparg;
    Instr before = decode_at(b->here->units, b->in.next);
    if (count == 0 || count > CLASSES_MOST || before.opcode != PRECALL || before.oparg != 2 ||
        block_is_target(b, before.start) || b->ctx.depth < count + 3 || b->ctx.depth > CTX_STACK ||
        block_type(b, count + 2) != TYPE_NULL ||
        block_constant(b, block_stack(b, count + 1)) != pyjit_state.builtin_isinstance) {
        return false;
    }
    Instr call = decode_at(b->here->units, before.next); /* a CALL: nothing else follows a PRECALL */
    if (call.opcode != CALL || block_is_target(b, call.start)) {
        return false;
    }
    PyObject *classes[CLASSES_MOST];
    for (int i = 0; i < count; i++) {
        classes[i] = block_constant(b, block_stack(b, count - 1 - i));
        if (classes[i] == NULL || block_stack(b, count - 1 - i)->owned) {
            return false;
        }
    }
    Verdict verdict;
    if (!emit_judge(b, count, classes, count, &verdict)) {
        return b->ended;
    }
    emit_guard_verdict(b, count, classes, &verdict);
    block_pop(b, count - 1); /* the one that is left stands for the tuple */
    b->in = call;
    replace_by_verdict(b, &verdict);
    return true;
}

/* ---- ord() and chr() --------------------------------------------------------------------------- */

/* ord() of a string of one character. */
static bool
call_ord(Block *b, const Call *call)
{
    if (call->count != 1 || call->keywords != 0 ||
        block_learn(b, call->first, 1u << TYPE_STR) != TYPE_STR) {
        return b->ended;
    }
    emit_guard_callee(b, call);
    intptr_t from = block_object_slot(b, call->first);
    int to = block_take_int(b, 0);
    ASM(&b->as, OP_ord_to_int, from, to, (intptr_t)block_exit_generic(b));
    emit_replace_call(b, TYPE_INT, to);
    return true;
}

/* chr() of a small number. */
static bool
call_chr(Block *b, const Call *call)
{
    if (call->count != 1 || call->keywords != 0 ||
        block_learn(b, call->first, 1u << TYPE_INT) != TYPE_INT) {
        return b->ended;
    }
    emit_guard_callee(b, call);
    int number = block_int_register(b, call->first, 0), to = block_take_int(b, 1u << number);
    ASM(&b->as, OP_chr_of_int, number, to, (intptr_t)block_exit_generic(b));
    block_drop(b, b->in.oparg + 2);
    emit_push_object(b, TYPE_STR, to, NULL);
    return true;
}

/* ---- tuple.__new__() ----------------------------------------------------------------------------- */

/* tuple.__new__() of a class and items, with which classes made by namedtuple() make their instances. */
static bool
call_tuple_new(Block *b, const Call *call)
{
    if (call->count != 2 || call->keywords != 0 || call->callee != b->in.oparg) {
        return false;
    }
    emit_guard_callee(b, call);
    block_escape(b);
    ASM(&b->as, OP_call_two, (intptr_t)tuple_of_class, block_object_slot(b, call->first),
        block_object_slot(b, call->first - 1), block_instr_address(b));
    emit_release_call(b);
    emit_push_call_result(b);
    return true;
}

/* CALL of a builtin function that is done in place. */
bool
emit_call_builtin(Block *b, const Call *call)
{
    PyObject *callable = call->callable;
    if (block_must_be_generic(b)) {
        return false;
    }
    return (callable == pyjit_state.builtin_len && call_len(b, call)) ||
           (callable == pyjit_state.builtin_isinstance && call_isinstance(b, call)) ||
           (callable == pyjit_state.tuple_new && call_tuple_new(b, call)) ||
           (callable == pyjit_state.builtin_ord && call_ord(b, call)) ||
           (callable == pyjit_state.builtin_chr && call_chr(b, call));
}
