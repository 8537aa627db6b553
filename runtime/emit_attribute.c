/* Emitters: attributes and methods.
 *
 * A live owner shows where the attribute is (attribute.h). Guards for what that relies on are emitted,
 * then the access itself. Attributes that Python functions get or set become calls of these (emit_special.c). */
#include "pyjit/emit_calls.h"

#include "pyjit/attribute.h"
#include "pyjit/keys.h"
#include "pyjit/natives.h"
#include "pyjit/state.h"

/* ---- guards ---------------------------------------------------------------------------------- */

/* Emits the guard that the type of an object that is known is as it is now. */
static void
guard_known_owner(Block *b, PyObject *object, PyTypeObject *type)
{
    if (!plan_type_is_fixed(type)) {
        ASM(&b->as, OP_guard_value_version, (intptr_t)object, (intptr_t)plan_type_version(type),
            (intptr_t)block_exit_miss(b));
    } else if (PyModule_Check(object)) { /* the one fixed type whose instances may be given another */
        ASM(&b->as, OP_guard_known_type, (intptr_t)object, (intptr_t)type, (intptr_t)block_exit_miss(b));
    }
}

/* Emits the guard that an object, of which only the address has been compared, is still of its type, or the C function that
 * it was: another one may lie there. What else there is to a function, a class or a module is guarded when it is used. */
void
emit_guard_still(Block *b, PyObject *object)
{
    if (PyCFunction_CheckExact(object)) {
        ASM(&b->as, OP_guard_known_definition, (intptr_t)object, (intptr_t)((PyCFunctionObject *)object)->m_ml,
            (intptr_t)block_exit_miss(b));
        return;
    }
    ASM(&b->as, OP_guard_known_type, (intptr_t)object, (intptr_t)Py_TYPE(object), (intptr_t)block_exit_miss(b));
}

/* What the entry, a fact or a live value says. */
PyTypeObject *
emit_class_of(Block *b, int n)
{
    PyObject *constant = block_constant(b, block_stack(b, n));
    if (constant != NULL) {
        return Py_TYPE(constant);
    }
    const Entry *value = block_value(b, n);
    PyTypeObject *known = type_object(value->type);
    if (known == NULL) {
        known = fact_class(&b->state->facts, value->fact);
    }
    if (known != NULL) {
        return known;
    }
    PyObject *sample = block_sample(b, n);
    if (sample != NULL) {
        return Py_TYPE(sample);
    }
    if (value->location == IN_SLOT && b->frame != NULL && b->start != b->first && b->ctx.depth <= CTX_STACK) {
        block_defer(b);
    }
    return NULL;
}

/* Emits the guard that the n-th stack entry's type is as it is now. */
void
emit_guard_class(Block *b, int n, PyTypeObject *type)
{
    PyObject *object = block_constant(b, block_stack(b, n));
    if (object != NULL) {
        guard_known_owner(b, object, type);
        return;
    }
    if (plan_type_is_fixed(type) ? type_object(block_type(b, n)) == type : block_is_of_class(b, n, type)) {
        return;
    }
    intptr_t slot = block_object_slot(b, n);
    if (!plan_type_is_fixed(type)) {
        ASM(&b->as, OP_guard_type_version, slot, (intptr_t)plan_type_version(type),
            (intptr_t)block_exit_miss(b));
        block_learn_class(b, n, type);
        return;
    }
    ASM(&b->as, OP_guard_type, slot, (intptr_t)type, (intptr_t)block_exit_miss(b));
    for (ValueType t = TYPE_NONE; t < TYPE_OTHER; t++) {
        if (type_object(t) == type) {
            block_value(b, n)->type = (uint8_t)t;
        }
    }
}

/* Emits the guard that the owner has no attribute of its own that comes first. */
static void
guard_absence(Block *b, int n, const Plan *plan)
{
    if (plan->absence == ABSENT_UNSAID) {
        return;
    }
    PyObject *known = block_constant(b, block_stack(b, n));
    if (plan->absence == ABSENT_MODULE_STAYS && known != NULL) {
        ASM(&b->as, OP_guard_known_module, (intptr_t)known, plan->dict_at, plan->at, (intptr_t)block_exit_miss(b));
        return;
    }
    intptr_t x = block_object_slot(b, n), miss = (intptr_t)block_exit_miss(b);
    switch (plan->absence) {
    case ABSENT_UNSAID:
        break;
    case ABSENT_VALUES_LACK:
        ASM(&b->as, OP_guard_values_lack, x, (intptr_t)plan->keys, plan->keys->dk_nentries, miss);
        break;
    case ABSENT_VALUES_UNSET:
        ASM(&b->as, OP_guard_values_unset, x, plan->at, miss);
        break;
    case ABSENT_NO_DICT:
        ASM(&b->as, OP_guard_no_dict, x, plan->dict_at, miss);
        break;
    case ABSENT_DICT_LACKS:
        ASM(&b->as, OP_guard_dict_keys, x, plan->dict_at, (int32_t)plan->keys->dk_version, miss);
        break;
    case ABSENT_DICT_SEARCHED:
        ASM(&b->as, OP_guard_dict_lacks, x, plan->dict_at, (intptr_t)plan->name, miss);
        break;
    case ABSENT_MODULE_STAYS:
        ASM(&b->as, OP_guard_dict_version, x, plan->dict_at, plan->at, miss);
        break;
    }
}

/* Emits the guards of a plan for the n-th stack entry. */
void
emit_guard_plan(Block *b, int n, const Plan *plan)
{
    emit_guard_class(b, n, plan->type);
    if (plan->of_class != NULL && block_constant(b, block_stack(b, n)) == (PyObject *)plan->of_class) {
        ASM(&b->as, OP_guard_known_class, (intptr_t)plan->of_class,
            (intptr_t)plan_type_version(plan->of_class), (intptr_t)block_exit_miss(b));
    } else if (plan->of_class != NULL) {
        ASM(&b->as, OP_guard_class_version, block_object_slot(b, n),
            (intptr_t)plan_type_version(plan->of_class), (intptr_t)block_exit_miss(b));
    }
    if (plan->place == PLACE_OBJECT || plan->place == PLACE_METHOD || plan->place == PLACE_DESCRIPTOR ||
        plan->place == PLACE_HOOK) {
        guard_absence(b, n, plan);
    }
    if (plan->found != NULL) {
        ASM(&b->as, OP_guard_value_version, (intptr_t)plan->found,
            (intptr_t)plan_type_version(Py_TYPE(plan->found)), (intptr_t)block_exit_miss(b));
    }
    if (plan->place == PLACE_PROPERTY) {
        ASM(&b->as, OP_guard_accessor, (intptr_t)plan->wrapper, plan->at, (intptr_t)plan->value,
            (intptr_t)block_exit_miss(b));
        emit_guard_still(b, plan->value);
    } else if (plan->wrapper != NULL) {
        ASM(&b->as, OP_guard_static_method, (intptr_t)plan->wrapper, (intptr_t)plan->value,
            (intptr_t)block_exit_miss(b));
        emit_guard_still(b, plan->value);
    }
}

/* ---- loads ----------------------------------------------------------------------------------- */

/* Loads a number into a register; false when it is none or must be an object. */
static bool
load_number(Block *b, const Plan *plan)
{
    bool in_values = plan->place == PLACE_VALUES;
    if ((!in_values && plan->place != PLACE_MEMBER) || b->ctx.depth > CTX_STACK ||
        !emit_is_for_arithmetic(b, plan->value)) {
        return false;
    }
    bool is_float = PyFloat_CheckExact(plan->value);
    intptr_t x = block_object_slot(b, 0);
    int reg = is_float ? block_take_float(b, 0) : block_take_int(b, 0);
    intptr_t miss = (intptr_t)block_exit_miss(b);
    if (is_float) {
        ASM(&b->as, in_values ? OP_load_values_float : OP_load_member_float, x, plan->at, reg, miss);
    } else {
        ASM(&b->as, in_values ? OP_load_values_int : OP_load_member_int, x, plan->at, reg, miss);
    }
    block_release(b, 0);
    block_pop(b, 1);
    block_push_register(b, is_float ? TYPE_FLOAT : TYPE_INT, reg);
    return true;
}

/* Replaces the owner on top of the stack, which is not owned, by the attribute, without a reference. */
static void
lend_object(Block *b, const Plan *plan, PyObject *name)
{
    intptr_t x = block_object_slot(b, 0), miss = (intptr_t)block_exit_miss(b);
    intptr_t shape = plan->keys == NULL ? 0 : keys_shape(plan->keys);
    intptr_t value_at = plan->index * (intptr_t)sizeof(PyObject *);
    block_pop(b, 1);
    intptr_t to = slot_of_stack(b, b->ctx.depth);
    switch (plan->place) {
    case PLACE_VALUES:
        ASM(&b->as, OP_lend_values, x, plan->at, to, miss);
        break;
    case PLACE_MEMBER:
        ASM(&b->as, OP_lend_member, x, plan->at, to, miss);
        break;
    case PLACE_DICT:
        ASM(&b->as, OP_lend_dict, x, plan->dict_at, shape, plan->at, (intptr_t)name, to, miss);
        break;
    case PLACE_SPLIT:
        ASM(&b->as, OP_lend_split, x, plan->dict_at, shape, plan->at, (intptr_t)name, value_at, to, miss);
        break;
    default:
        Py_UNREACHABLE();
    }
    block_push_lent(b, TYPE_UNKNOWN, plan->value);
}

/* Replaces the owner on top of the stack by the attribute, whose guards have passed. With `null` the
 * NULL that marks no method comes first. */
static void
load_object(Block *b, const Plan *plan, PyObject *name, bool null)
{
    bool owned = block_stack(b, 0)->owned;
    if (plan->place == PLACE_OBJECT && !owned) {
        block_pop(b, 1);
        if (null) {
            block_push_null(b);
        }
        block_push_object(b, plan->value);
        return;
    }
    if (!owned && !null && plan->place != PLACE_OBJECT && emit_may_lend(b)) {
        lend_object(b, plan, name);
        return;
    }
    if (owned) {
        block_own_facts_below(b, 1); /* as the exit for releasing finds them; the other one must find the same */
    }
    intptr_t x = block_object_slot(b, 0);
    intptr_t miss = (intptr_t)block_exit_miss(b);
    block_pop(b, 1);
    if (null && !owned) {
        block_push_null(b);
    }
    intptr_t to = slot_of_stack(b, b->ctx.depth);
    block_push_sample(b, plan->place == PLACE_OBJECT ? type_of_object(plan->value) : TYPE_UNKNOWN,
                      plan->value);
    intptr_t release = owned ? (intptr_t)block_exit_release(b) : 0;
    intptr_t shape = plan->keys == NULL ? 0 : keys_shape(plan->keys);
    intptr_t value_at = plan->index * (intptr_t)sizeof(PyObject *);
    switch (plan->place) {
    case PLACE_VALUES:
        if (owned) {
            ASM(&b->as, OP_load_values_owned, x, plan->at, miss, release);
        } else {
            ASM(&b->as, OP_load_values, x, plan->at, to, miss);
        }
        break;
    case PLACE_MEMBER:
        if (owned) {
            ASM(&b->as, OP_load_member_owned, x, plan->at, miss, release);
        } else {
            ASM(&b->as, OP_load_member, x, plan->at, to, miss);
        }
        break;
    case PLACE_DICT:
        if (owned) {
            ASM(&b->as, OP_load_dict_owned, x, plan->dict_at, shape, plan->at, (intptr_t)name, miss,
                release);
        } else {
            ASM(&b->as, OP_load_dict, x, plan->dict_at, shape, plan->at, (intptr_t)name, to, miss);
        }
        break;
    case PLACE_SPLIT:
        if (owned) {
            ASM(&b->as, OP_load_split_owned, x, plan->dict_at, shape, plan->at, (intptr_t)name,
                value_at, miss, release);
        } else {
            ASM(&b->as, OP_load_split, x, plan->dict_at, shape, plan->at, (intptr_t)name, value_at,
                to, miss);
        }
        break;
    case PLACE_OBJECT:
        ASM(&b->as, OP_load_object_owned, x, (intptr_t)plan->value, release);
        break;
    default:
        Py_UNREACHABLE();
    }
    if (null && owned) {
        Entry entry = *block_stack(b, 0);
        block_pop(b, 1);
        block_push_null(b);
        ASM(&b->as, OP_copy_borrowed, to, slot_of_stack(b, b->ctx.depth));
        block_push_sample(b, entry.type, plan->value);
    }
}

/* A live owner for the n-th stack entry, or NULL: then the instruction has been compiled otherwise, or
 * the block has ended. */
static PyObject *
live_owner(Block *b, int n)
{
    Location location = block_value(b, n)->location;
    PyObject *owner = location == IN_INT || location == IN_FLOAT ? NULL : block_sample(b, n);
    if (owner == NULL && location == IN_SLOT && b->frame != NULL && b->start != b->first &&
        b->ctx.depth <= CTX_STACK) {
        block_defer(b);
    } else if (owner == NULL) {
        emit_generic(b);
    }
    return owner;
}

/* Has a guard failed at this instruction before? */
static bool
has_missed(const Block *b)
{
    return b->start == b->first && b->chain > 0;
}

/* Is a function to be called for the attribute? */
static bool
is_called(const Plan *plan)
{
    return plan->place == PLACE_PROPERTY || plan->place == PLACE_DESCRIPTOR || plan->place == PLACE_HOOK;
}

/* Gets an attribute of the object on top of the stack by a call; its guards have passed. */
static void
load_by_call(Block *b, const Plan *plan, PyObject *name)
{
    Special special = {
        .function = (PyFunctionObject *)plan->value,
        .completes_error = special_completes_error(b->in.opcode, plan->type),
    };
    if (plan->place == PLACE_PROPERTY) {
        special.count = 1;
    } else if (plan->place == PLACE_HOOK) {
        special.count = 2;
        special.arguments[1] = SPECIAL_OBJECT;
        special.objects[1] = name;
    } else {
        special.count = 3;
        special.arguments[0] = special.arguments[2] = SPECIAL_OBJECT;
        special.objects[0] = plan->found;
        special.objects[2] = (PyObject *)plan->type;
        if (plan->of_class != NULL) {
            special.arguments[1] = SPECIAL_OBJECT;
            special.objects[1] = Py_None;
            special.objects[2] = (PyObject *)plan->of_class;
        }
    }
    if (!emit_special_attribute(b, &special)) {
        emit_generic(b);
    }
}

/* Sets an attribute of the object on top of the stack, to the value below it, by a call; its guards have passed. */
static void
store_by_call(Block *b, const Plan *plan)
{
    Special special = {.function = (PyFunctionObject *)plan->value, .count = 2, .arguments = {0, 1}};
    if (plan->place == PLACE_DESCRIPTOR) {
        special = (Special){.function = special.function, .count = 3, .arguments = {SPECIAL_OBJECT, 0, 1},
                            .objects = {plan->found}};
    }
    if (!emit_special_attribute(b, &special)) {
        emit_generic(b);
    }
}

/* LOAD_ATTR. */
void
emit_load_attr(Block *b)
{
    PyObject *name = PyTuple_GET_ITEM(b->code->co_names, b->in.oparg);
    PyObject *owner = live_owner(b, 0);
    if (owner == NULL) {
        return;
    }
    Plan plan = plan_load(owner, name, !has_missed(b));
    if (plan.place == PLACE_UNKNOWN || plan.place == PLACE_METHOD) {
        emit_generic(b);
        return;
    }
    emit_guard_plan(b, 0, &plan);
    if (is_called(&plan)) {
        load_by_call(b, &plan, name);
        return;
    }
    if (!load_number(b, &plan)) {
        load_object(b, &plan, name, false);
    }
}

/* Puts a method below its owner, which is on top of the stack. */
static void
load_method(Block *b, const Plan *plan)
{
    if (b->ctx.depth >= CTX_STACK) {
        block_own(b, 0); /* it comes to where contexts describe nothing */
    }
    Entry owner = *block_stack(b, 0);
    PyObject *sample = block_sample(b, 0), *constant = block_constant(b, &owner);
    intptr_t from = owner.location == IN_SLOT ? slot_of_stack(b, b->ctx.depth - 1) : 0;
    bool in_register = owner.location == IN_INT || owner.location == IN_FLOAT;
    if (from == 0 && owner.location != IN_LOCAL && (in_register || constant == NULL)) {
        from = block_object_slot(b, 0); /* a number, which now has its box there */
        owner = (Entry){.type = owner.type, .owned = block_stack(b, 0)->owned};
    }
    block_pop(b, 1);
    if (from != 0) { /* before something else comes into its slot */
        ASM(&b->as, OP_copy_borrowed, from, slot_of_stack(b, b->ctx.depth + 1));
    }
    block_push_object(b, plan->value);
    if (from == 0) {
        block_push_entry(b, owner, sample);
    } else {
        block_push_sample(b, owner.type, sample);
        block_stack(b, 0)->owned = owner.owned;
        block_stack(b, 0)->lent = owner.lent;
        block_stack(b, 0)->fact = owner.fact;
    }
}

/* LOAD_METHOD. */
void
emit_load_method(Block *b)
{
    PyObject *name = PyTuple_GET_ITEM(b->code->co_names, b->in.oparg);
    Plan plan = {.place = PLACE_UNKNOWN};
    PyTypeObject *type = type_object(block_type(b, 0));
    if (type != NULL) {
        plan = plan_load_by_type(type, name);
    }
    if (plan.place != PLACE_METHOD) {
        PyObject *owner = live_owner(b, 0);
        if (owner == NULL) {
            return;
        }
        plan = plan_load(owner, name, !has_missed(b));
    }
    if (plan.place == PLACE_UNKNOWN) {
        emit_generic(b);
        return;
    }
    emit_guard_plan(b, 0, &plan);
    if (is_called(&plan)) {
        load_by_call(b, &plan, name);
    } else if (plan.place == PLACE_METHOD) {
        load_method(b, &plan);
    } else {
        load_object(b, &plan, name, true);
    }
}

/* ---- stores ---------------------------------------------------------------------------------- */

/* A store: where on the stack its owner and its value are, and how many entries go with it. */
typedef struct {
    int owner, value, operands;
    bool last; /* nothing happens after the old value has been released */
} Store;

/* The exit for releasing the old value. If that is the last that happens the operands are popped before. */
static intptr_t
exit_of_store(Block *b, const Store *store)
{
    if (!store->last) {
        return (intptr_t)block_exit_release(b);
    }
    intptr_t held = block_lent_slot(b, store->owner);
    block_pop(b, store->operands);
    Exit *exit = block_exit_release_last(b);
    exit->held = held;
    return (intptr_t)exit;
}

/* Emits the store of a number that is only in a register. */
static void
store_number(Block *b, const Plan *plan, const Store *store)
{
    const Entry *value = block_stack(b, store->value);
    bool in_values = plan->place == PLACE_VALUES;
    bool is_float = value->location == IN_FLOAT;
    block_own_facts_below(b, store->operands); /* as the exit for releasing finds them; the other one must find the same */
    intptr_t x = block_object_slot(b, store->owner), reg = value->index, miss = (intptr_t)block_exit_miss(b);
    intptr_t release = exit_of_store(b, store);
    intptr_t zero = (intptr_t)pyjit_state.small_ints;
    if (is_float && in_values) {
        ASM(&b->as, OP_store_values_float, x, plan->at, reg, miss, release);
    } else if (is_float) {
        ASM(&b->as, OP_store_member_float, x, plan->at, reg, release);
    } else if (in_values) {
        ASM(&b->as, OP_store_values_int, x, plan->at, reg, zero, miss, release);
    } else {
        ASM(&b->as, OP_store_member_int, x, plan->at, reg, zero, release);
    }
}

/* Emits the store into an instance's own place. An entry of the value that is owned gives its reference away. */
static void
store_in_place(Block *b, const Plan *plan, PyObject *name, const Store *store)
{
    block_teach_specimen(b, store->owner, name, block_sample(b, store->value));
    Entry value = *block_stack(b, store->value);
    bool last = store->last;
    if (entry_in_register(&value) && !value.boxed) {
        store_number(b, plan, store);
        return;
    }
    if ((value.location != IN_LOCAL && value.location != IN_SLOT) || (value.lent && !last)) {
        block_own(b, store->value);
    }
    block_own_facts_below(b, store->operands);
    intptr_t x = block_object_slot(b, store->owner), from = block_object_slot(b, store->value);
    intptr_t miss = (intptr_t)block_exit_miss(b);
    bool owned = block_stack(b, store->value)->owned;
    intptr_t release = exit_of_store(b, store);
    if (plan->place == PLACE_VALUES) {
        ASM(&b->as, owned ? OP_store_values : OP_store_values_incref, x, plan->at, from, miss, release);
    } else {
        ASM(&b->as, owned ? OP_store_member : OP_store_member_incref, x, plan->at, from, release);
    }
}

/* Emits the store into the dict of an instance, which may be that of a module. */
static void
store_in_dict(Block *b, const Plan *plan, PyObject *name)
{
    block_forget_facts(b); /* before either exit is made */
    intptr_t x = block_object_slot(b, 0), from = block_object_slot(b, 1);
    intptr_t rare = (intptr_t)block_exit_generic(b);
    ASM(&b->as, OP_store_dict, x, plan->dict_at, (intptr_t)name, from, rare, (intptr_t)block_exit_release(b));
    block_drop_upwards(b, 2);
}

/* STORE_ATTR. */
void
emit_store_attr(Block *b)
{
    PyObject *name = PyTuple_GET_ITEM(b->code->co_names, b->in.oparg);
    PyObject *owner = live_owner(b, 0);
    if (owner == NULL) {
        return;
    }
    Plan plan = plan_store(owner, name);
    if (plan.place == PLACE_UNKNOWN || b->ctx.depth > CTX_STACK) {
        emit_generic(b);
        return;
    }
    emit_guard_plan(b, 0, &plan);
    if (is_called(&plan)) {
        store_by_call(b, &plan);
        return;
    }
    if (plan.place == PLACE_DICT) {
        store_in_dict(b, &plan, name);
        return;
    }
    Store store = {.owner = 0, .value = 1, .operands = 2, .last = !block_stack(b, 0)->owned};
    store_in_place(b, &plan, name, &store);
    if (!store.last) {
        block_release(b, 0);
        block_pop(b, 2);
    }
}

/* CALL of object.__setattr__ with an instance, a name that is known, and a value, whose result nobody wants. */
bool
emit_call_setattr(Block *b, const Call *call)
{
    PyObject *owner = call->count == 3 && call->keywords == 0 ? block_sample(b, call->first) : NULL;
    PyObject *name = block_constant(b, block_stack(b, 1));
    if (owner == NULL || block_must_be_generic(b) || b->ctx.depth > CTX_STACK || name == NULL || !PyUnicode_CheckExact(name) ||
        !natives_sets_attribute(call->callable, Py_TYPE(owner)) || !emit_next_is_pop_top(b)) {
        return false;
    }
    for (int n = 0; n < b->in.oparg + 2; n++) {
        if (block_stack(b, n)->owned) {
            return false;
        }
    }
    Plan plan = plan_store_as_object(owner, name);
    if (plan.place != PLACE_VALUES && plan.place != PLACE_MEMBER) {
        return false;
    }
    emit_guard_callee(b, call);
    emit_guard_plan(b, call->first, &plan);
    ASM(&b->as, OP_check_recursion, 1, (intptr_t)block_exit_generic(b));
    (void)emit_skip_pop_top(b);
    store_in_place(b, &plan, name, &(Store){call->first, 0, b->in.oparg + 2, true});
    return true;
}
