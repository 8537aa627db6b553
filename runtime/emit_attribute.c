/* Emitters: attributes and methods.
 *
 * A live owner is looked at when the instruction is compiled: where its attribute is and what must
 * stay so for others to have theirs in the same place. That is a Plan. Guards for it are emitted,
 * then the access itself. Attributes that take Python code to get are left to the generic operation. */
#include "pyjit/emit.h"

#include "pyjit/keys.h"
#include "pyjit/names.h"
#include "pyjit/state.h"

#include <structmember.h>

/* What an attribute is. */
typedef enum {
    UNKNOWN,       /* for the generic operation */
    VALUES,        /* among the inline values of the instance */
    MEMBER,        /* in the instance, by a member descriptor of __slots__ */
    DICT,          /* in a dict of its own */
    SPLIT,         /* in a dict that shares its keys with other instances */
    OBJECT,        /* an object found in the class, or in a module that does not change */
    METHOD,        /* a function in the class that takes the owner as its first argument */
} Place;

/* What shows that an instance has no attribute of its own that comes before that of the class. */
typedef enum {
    NOTHING,       /* it need not be shown */
    VALUES_LACK,   /* its inline values have no such name */
    VALUES_UNSET,  /* they have, but it is not set */
    NO_DICT,       /* there is no dict */
    DICT_LACKS,    /* the dict has no such name */
    MODULE_STAYS,  /* the dict has not changed at all */
} Absence;

typedef struct {
    Place place;
    Absence absence;
    PyTypeObject *type;     /* of the owner */
    PyTypeObject *of_class; /* the owner itself, if it is a class */
    PyObject *value;        /* the attribute now, or NULL; borrowed */
    PyObject *found;        /* what the class has, if its type can change; borrowed */
    PyObject *wrapper;      /* the staticmethod whose function the value is, or NULL; borrowed */
    intptr_t at;            /* byte offset of the value: in the values, the owner, or the keys */
    intptr_t dict_at;       /* byte offset in the owner of its dict */
    int index;              /* SPLIT: of the value */
    PyDictKeysObject *keys; /* of the dict, or shared by the instances */
} Plan;

/* ---- types ------------------------------------------------------------------------------------- */

/* The version of a type and of all it inherits from; 0 if it has none that guards can compare. */
static uint32_t
version_of(PyTypeObject *type)
{
    bool valid = PyType_HasFeature(type, Py_TPFLAGS_VALID_VERSION_TAG);
    return valid && type->tp_version_tag <= INT32_MAX ? type->tp_version_tag : 0;
}

/* Does nothing about this type ever change? */
static bool
is_fixed(PyTypeObject *type)
{
    return PyType_HasFeature(type, Py_TPFLAGS_IMMUTABLETYPE) &&
           !PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE);
}

/* Looks a name up in a type and gives the type its version. Borrows. */
static PyObject *
lookup(PyTypeObject *type, PyObject *name)
{
    return type->tp_dict == NULL ? NULL : _PyType_Lookup(type, name);
}

/* Is the owner's type pinned by a guard that can be made? */
static bool
can_guard(PyTypeObject *type)
{
    return is_fixed(type) || version_of(type) != 0;
}

/* Emits the guard that the n-th stack entry's type is as it is now. */
static void
guard_owner(Block *b, int n, PyTypeObject *type)
{
    PyTypeObject *known = type_object(block_type(b, n));
    if (known == type && is_fixed(type)) {
        return;
    }
    intptr_t slot = block_object_slot(b, n);
    if (!is_fixed(type)) {
        ASM(&b->as, OP_guard_type_version, slot, (intptr_t)version_of(type),
            (intptr_t)block_exit_miss(b));
        return;
    }
    ASM(&b->as, OP_guard_type, slot, (intptr_t)type, (intptr_t)block_exit_miss(b));
    for (ValueType t = TYPE_NONE; t < TYPE_OTHER; t++) {
        if (type_object(t) == type) {
            block_value(b, n)->type = (uint8_t)t;
        }
    }
}

/* ---- instances: their own attributes ------------------------------------------------------------- */

/* Finds a name in an instance's dict, which is at plan->dict_at. */
static void
plan_dict(Plan *plan, PyObject *dict, PyObject *name)
{
    if (!PyDict_CheckExact(dict)) {
        return;
    }
    PyDictKeysObject *keys = ((PyDictObject *)dict)->ma_keys;
    int index = keys_index(keys, name);
    plan->keys = keys;
    if (index >= 0) {
        PyDictValues *values = ((PyDictObject *)dict)->ma_values;
        PyObject *value = values != NULL ? values->values[index]
                                         : DK_UNICODE_ENTRIES(keys)[index].me_value;
        if (value != NULL) {
            plan->place = values != NULL ? SPLIT : DICT;
            plan->value = value;
            plan->index = index;
            plan->at = keys_entry_offset(keys, index);
        }
    } else if (keys_lack(keys, name) && keys_version(keys) != 0) {
        plan->absence = DICT_LACKS;
    }
}

/* Finds a name among an instance's inline values. */
static void
plan_values(Plan *plan, PyDictValues *values, PyObject *name)
{
    PyDictKeysObject *keys = ((PyHeapTypeObject *)plan->type)->ht_cached_keys;
    int index = keys_index(keys, name);
    plan->keys = keys;
    plan->at = index * (intptr_t)sizeof(PyObject *);
    if (index < 0) {
        plan->absence = keys_lack(keys, name) ? VALUES_LACK : NOTHING;
    } else if (values->values[index] == NULL) {
        plan->absence = VALUES_UNSET;
    } else {
        plan->place = VALUES;
        plan->value = values->values[index];
    }
}

/* Finds an instance's own attribute: sets plan->place, or plan->absence when there is none. Returns
 * false if neither can be told. */
static bool
plan_instance(Plan *plan, PyObject *owner, PyObject *name)
{
    PyTypeObject *type = plan->type;
    if (type->tp_dictoffset == 0) {
        return true;
    }
    if (PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT)) {
        PyDictValues *values = *_PyObject_ValuesPointer(owner);
        PyObject *dict = *_PyObject_ManagedDictPointer(owner);
        plan->dict_at = MANAGED_DICT_OFFSET;
        if (values != NULL) {
            plan_values(plan, values, name);
        } else if (dict != NULL) {
            plan_dict(plan, dict, name);
        }
    } else if (type->tp_dictoffset > 0) {
        plan->dict_at = type->tp_dictoffset;
        PyObject *dict = *(PyObject **)((char *)owner + plan->dict_at);
        if (dict == NULL) {
            plan->absence = NO_DICT;
        } else {
            plan_dict(plan, dict, name);
        }
    }
    return plan->place != UNKNOWN || plan->absence != NOTHING;
}

/* ---- classes: attributes found in them ------------------------------------------------------------ */

/* Is this value of a class attribute no descriptor, and can that be guarded? */
static bool
is_plain_value(PyObject *value)
{
    PyTypeObject *type = Py_TYPE(value);
    if (!is_fixed(type)) {
        (void)lookup(type, pyjit_names.name); /* gives the type its version */
    }
    return type->tp_descr_get == NULL && type->tp_descr_set == NULL && can_guard(type);
}

/* Remembers to guard the type of what was found in the class, so that it becomes no data descriptor.
 * Returns false if it is or may already be one. */
static bool
plan_found(Plan *plan, PyObject *found)
{
    if (found == NULL || is_fixed(Py_TYPE(found))) {
        return found == NULL || Py_TYPE(found)->tp_descr_set == NULL;
    }
    plan->found = found;
    return is_plain_value(found);
}

/* What a non-data descriptor or a plain value in the class gives; `through_class`: to the class
 * itself. */
static void
plan_class_attribute(Plan *plan, PyObject *found, bool through_class)
{
    PyTypeObject *type = Py_TYPE(found);
    if (PyType_HasFeature(type, Py_TPFLAGS_METHOD_DESCRIPTOR)) {
        bool simple = type == &PyFunction_Type || type == &PyMethodDescr_Type ||
                      type == &PyWrapperDescr_Type;
        if (simple || (is_fixed(type) && !through_class)) {
            plan->place = through_class ? OBJECT : METHOD;
            plan->value = found;
        }
    } else if (type == &PyStaticMethod_Type) {
        plan->wrapper = found;
        plan->value = ((StaticMethod *)found)->callable;
        plan->place = plan->value == NULL ? UNKNOWN : OBJECT;
    } else if (is_plain_value(found)) {
        plan->place = OBJECT;
        plan->value = found;
    }
}

/* Byte offset in the instance of the object a member descriptor stands for; 0 if it is no such. */
static intptr_t
member_offset(PyTypeObject *type, PyObject *descriptor, int forbidden)
{
    PyMemberDescrObject *descr = (PyMemberDescrObject *)descriptor;
    if (!Py_IS_TYPE(descriptor, &PyMemberDescr_Type)) {
        return 0;
    }
    PyMemberDef *member = descr->d_member;
    bool simple = member->type == T_OBJECT_EX && !(member->flags & forbidden) &&
                  PyType_IsSubtype(type, descr->d_common.d_type);
    return simple ? member->offset : 0;
}

/* ---- plans ------------------------------------------------------------------------------------- */

/* How to get an attribute of a class. */
static void
plan_load_of_class(Plan *plan, PyObject *owner, PyObject *name)
{
    PyTypeObject *type = (PyTypeObject *)owner;
    PyObject *found = lookup(type, name);
    if (lookup(plan->type, name) != NULL || found == NULL || version_of(type) == 0 ||
        !can_guard(plan->type)) {
        return;
    }
    plan->of_class = type;
    if (plan_found(plan, found)) {
        plan_class_attribute(plan, found, true);
    }
}

/* How to get an attribute of a module. */
static void
plan_load_of_module(Block *b, Plan *plan, PyObject *owner, PyObject *name)
{
    plan->dict_at = plan->type->tp_dictoffset;
    PyObject *dict = *(PyObject **)((char *)owner + plan->dict_at);
    if (lookup(plan->type, name) != NULL || !keys_is_plain_dict(dict)) {
        return;
    }
    plan_dict(plan, dict, name);
    bool first = b->start != b->first || b->chain == 0;
    if (plan->place == DICT && first && ((PyDictObject *)dict)->ma_version_tag <= INT32_MAX) {
        plan->place = OBJECT;
        plan->absence = MODULE_STAYS;
        plan->at = (intptr_t)((PyDictObject *)dict)->ma_version_tag;
    } else if (plan->place != DICT) {
        plan->place = UNKNOWN;
    }
}

/* How to get a method of a type whose instances have nothing of their own. */
static Plan
plan_load_by_type(ValueType known, PyObject *name)
{
    Plan plan = {.type = type_object(known)};
    if (plan.type != NULL && is_fixed(plan.type) && plan.type->tp_dictoffset == 0 &&
        plan.type->tp_getattro == PyObject_GenericGetAttr) {
        PyObject *found = lookup(plan.type, name);
        if (found != NULL && plan_found(&plan, found)) {
            plan_class_attribute(&plan, found, false);
        }
    }
    return plan;
}

/* How to get an attribute. */
static Plan
plan_load(Block *b, PyObject *owner, PyObject *name)
{
    Plan plan = {.type = Py_TYPE(owner)};
    if (PyModule_CheckExact(owner)) {
        plan_load_of_module(b, &plan, owner, name);
        return plan;
    }
    if (PyType_Check(owner)) {
        if (plan.type->tp_getattro == PyType_Type.tp_getattro) {
            plan_load_of_class(&plan, owner, name);
        }
        return plan;
    }
    PyObject *found = lookup(plan.type, name);
    if (plan.type->tp_getattro != PyObject_GenericGetAttr || !can_guard(plan.type)) {
        return plan;
    }
    if (found != NULL && Py_TYPE(found)->tp_descr_set != NULL) {
        plan.at = member_offset(plan.type, found, PY_AUDIT_READ);
        if (plan.at > 0) {
            plan.place = MEMBER;
            plan.value = *(PyObject **)((char *)owner + plan.at);
        }
        return plan;
    }
    if (!plan_found(&plan, found) || !plan_instance(&plan, owner, name)) {
        plan.place = UNKNOWN;
        return plan;
    }
    if (plan.place == UNKNOWN && found != NULL) {
        plan_class_attribute(&plan, found, false);
    }
    return plan;
}

/* Teaches the instances of a type a name, so that it has a place among their values; the owner does
 * not have it yet but will in a moment. */
static void
teach_name(PyObject *owner, PyObject *name)
{
    PyDictKeysObject *keys = ((PyHeapTypeObject *)Py_TYPE(owner))->ht_cached_keys;
    if (keys->dk_usable > 0 && (PyObject_GenericSetAttr(owner, name, Py_None) < 0 ||
                                PyObject_GenericSetAttr(owner, name, NULL) < 0)) {
        PyErr_Clear();
    }
}

/* How to set an attribute. */
static Plan
plan_store(PyObject *owner, PyObject *name)
{
    Plan plan = {.type = Py_TYPE(owner)};
    PyObject *found = lookup(plan.type, name);
    if (plan.type->tp_setattro != PyObject_GenericSetAttr || version_of(plan.type) == 0) {
        return plan;
    }
    if (found != NULL && Py_TYPE(found)->tp_descr_set != NULL) {
        plan.at = member_offset(plan.type, found, READONLY);
        if (plan.at > 0) {
            plan.place = MEMBER;
            plan.value = *(PyObject **)((char *)owner + plan.at);
        }
        return plan;
    }
    if (!plan_found(&plan, found)) {
        return plan;
    }
    PyDictValues *values = NULL;
    if (PyType_HasFeature(plan.type, Py_TPFLAGS_MANAGED_DICT)) {
        values = *_PyObject_ValuesPointer(owner);
    }
    if (values == NULL) {
        return plan;
    }
    plan_values(&plan, values, name);
    if (plan.absence == VALUES_LACK) {
        teach_name(owner, name);
        values = *_PyObject_ValuesPointer(owner);
        plan.absence = NOTHING;
        if (values != NULL) {
            plan_values(&plan, values, name);
        }
    }
    if (plan.absence == VALUES_UNSET) {
        plan.place = VALUES;
    }
    return plan;
}

/* ---- emitting ------------------------------------------------------------------------------------ */

/* Emits the guard that the owner has no attribute of its own that comes first. */
static void
guard_absence(Block *b, int n, const Plan *plan)
{
    if (plan->absence == NOTHING) {
        return;
    }
    intptr_t x = block_object_slot(b, n), miss = (intptr_t)block_exit_miss(b);
    switch (plan->absence) {
    case NOTHING:
        break;
    case VALUES_LACK:
        ASM(&b->as, OP_guard_values_lack, x, (intptr_t)plan->keys, plan->keys->dk_nentries, miss);
        break;
    case VALUES_UNSET:
        ASM(&b->as, OP_guard_values_unset, x, plan->at, miss);
        break;
    case NO_DICT:
        ASM(&b->as, OP_guard_no_dict, x, plan->dict_at, miss);
        break;
    case DICT_LACKS:
        ASM(&b->as, OP_guard_dict_keys, x, plan->dict_at, (int32_t)plan->keys->dk_version, miss);
        break;
    case MODULE_STAYS:
        ASM(&b->as, OP_guard_dict_version, x, plan->dict_at, plan->at, miss);
        break;
    }
}

/* Emits the guards of a plan for the n-th stack entry. */
static void
guard_plan(Block *b, int n, const Plan *plan)
{
    guard_owner(b, n, plan->type);
    if (plan->of_class != NULL) {
        ASM(&b->as, OP_guard_class_version, block_object_slot(b, n),
            (intptr_t)version_of(plan->of_class), (intptr_t)block_exit_miss(b));
    }
    if (plan->place == OBJECT || plan->place == METHOD) {
        guard_absence(b, n, plan);
    }
    if (plan->found != NULL) {
        ASM(&b->as, OP_guard_value_version, (intptr_t)plan->found,
            (intptr_t)version_of(Py_TYPE(plan->found)), (intptr_t)block_exit_miss(b));
    }
    if (plan->wrapper != NULL) {
        ASM(&b->as, OP_guard_static_method, (intptr_t)plan->wrapper, (intptr_t)plan->value,
            (intptr_t)block_exit_miss(b));
    }
}

/* Loads a number into a register; false when it is none or must be an object. */
static bool
load_number(Block *b, const Plan *plan)
{
    bool in_values = plan->place == VALUES;
    if ((!in_values && plan->place != MEMBER) || b->ctx.depth > CTX_STACK ||
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

/* Replaces the owner on top of the stack by the attribute, whose guards have passed. With `null` the
 * NULL that marks no method comes first. */
static void
load_object(Block *b, const Plan *plan, PyObject *name, bool null)
{
    bool owned = block_stack(b, 0)->owned;
    intptr_t x = plan->place == OBJECT && !owned ? 0 : block_object_slot(b, 0);
    intptr_t miss = (intptr_t)block_exit_miss(b);
    block_pop(b, 1);
    if (null && !owned) {
        block_push_null(b);
    }
    intptr_t to = slot_of_stack(b, b->ctx.depth);
    block_push_sample(b, plan->place == OBJECT ? type_of_object(plan->value) : TYPE_UNKNOWN,
                      plan->value);
    intptr_t release = owned ? (intptr_t)block_exit_release(b) : 0;
    intptr_t shape = plan->keys == NULL ? 0 : keys_shape(plan->keys);
    intptr_t value_at = plan->index * (intptr_t)sizeof(PyObject *);
    switch (plan->place) {
    case VALUES:
        if (owned) {
            ASM(&b->as, OP_load_values_owned, x, plan->at, miss, release);
        } else {
            ASM(&b->as, OP_load_values, x, plan->at, to, miss);
        }
        break;
    case MEMBER:
        if (owned) {
            ASM(&b->as, OP_load_member_owned, x, plan->at, miss, release);
        } else {
            ASM(&b->as, OP_load_member, x, plan->at, to, miss);
        }
        break;
    case DICT:
        if (owned) {
            ASM(&b->as, OP_load_dict_owned, x, plan->dict_at, shape, plan->at, (intptr_t)name, miss,
                release);
        } else {
            ASM(&b->as, OP_load_dict, x, plan->dict_at, shape, plan->at, (intptr_t)name, to, miss);
        }
        break;
    case SPLIT:
        if (owned) {
            ASM(&b->as, OP_load_split_owned, x, plan->dict_at, shape, plan->at, (intptr_t)name,
                value_at, miss, release);
        } else {
            ASM(&b->as, OP_load_split, x, plan->dict_at, shape, plan->at, (intptr_t)name, value_at,
                to, miss);
        }
        break;
    case OBJECT:
        if (owned) {
            ASM(&b->as, OP_load_object_owned, x, (intptr_t)plan->value, release);
        } else {
            ASM(&b->as, OP_store_constant, (intptr_t)plan->value, to);
        }
        break;
    case METHOD:
    case UNKNOWN:
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

/* LOAD_ATTR. */
void
emit_load_attr(Block *b)
{
    PyObject *name = PyTuple_GET_ITEM(b->code->co_names, b->in.oparg);
    PyObject *owner = live_owner(b, 0);
    if (owner == NULL) {
        return;
    }
    Plan plan = plan_load(b, owner, name);
    if (plan.place == UNKNOWN || plan.place == METHOD) {
        emit_generic(b);
        return;
    }
    guard_plan(b, 0, &plan);
    if (!load_number(b, &plan)) {
        load_object(b, &plan, name, false);
    }
}

/* Puts a method below its owner, which is on top of the stack. */
static void
load_method(Block *b, const Plan *plan)
{
    Entry owner = *block_stack(b, 0);
    PyObject *sample = block_sample(b, 0);
    intptr_t to = slot_of_stack(b, b->ctx.depth - 1);
    ValueType type = block_type(b, 0);
    if (owner.location == IN_LOCAL || owner.location == IN_CONST) {
        block_pop(b, 1);
        ASM(&b->as, OP_store_constant, (intptr_t)plan->value, to);
        block_push_sample(b, type_of_object(plan->value), plan->value);
        if (owner.location == IN_LOCAL) {
            block_push_local(b, owner.index);
        } else {
            block_push_constant(b, owner.index);
        }
        return;
    }
    block_own(b, 0);
    block_pop(b, 1);
    block_push_sample(b, type_of_object(plan->value), plan->value);
    block_push_sample(b, type, sample);
    ASM(&b->as, OP_load_method_owned, to, (intptr_t)plan->value, slot_of_stack(b, b->ctx.depth - 1));
}

/* LOAD_METHOD. */
void
emit_load_method(Block *b)
{
    PyObject *name = PyTuple_GET_ITEM(b->code->co_names, b->in.oparg);
    Plan plan = plan_load_by_type(block_type(b, 0), name);
    if (plan.place != METHOD) {
        PyObject *owner = live_owner(b, 0);
        if (owner == NULL) {
            return;
        }
        plan = plan_load(b, owner, name);
    }
    if (plan.place == UNKNOWN) {
        emit_generic(b);
        return;
    }
    guard_plan(b, 0, &plan);
    if (plan.place == METHOD) {
        load_method(b, &plan);
    } else {
        load_object(b, &plan, name, true);
    }
}

/* Emits the store of a number that is only in a register. */
static void
store_number(Block *b, const Plan *plan, const Entry *value)
{
    bool in_values = plan->place == VALUES;
    intptr_t x = block_object_slot(b, 0), reg = value->index, miss = (intptr_t)block_exit_miss(b);
    intptr_t release = (intptr_t)block_exit_release(b), zero = (intptr_t)pyjit_state.small_ints;
    if (value->location == IN_FLOAT && in_values) {
        ASM(&b->as, OP_store_values_float, x, plan->at, reg, miss, release);
    } else if (value->location == IN_FLOAT) {
        ASM(&b->as, OP_store_member_float, x, plan->at, reg, release);
    } else if (in_values) {
        ASM(&b->as, OP_store_values_int, x, plan->at, reg, zero, miss, release);
    } else {
        ASM(&b->as, OP_store_member_int, x, plan->at, reg, zero, release);
    }
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
    if (plan.place == UNKNOWN || b->ctx.depth > CTX_STACK) {
        emit_generic(b);
        return;
    }
    guard_plan(b, 0, &plan);
    Entry value = *block_stack(b, 1);
    if ((value.location == IN_FLOAT || value.location == IN_INT) && !value.boxed) {
        store_number(b, &plan, &value);
    } else {
        if (value.location != IN_LOCAL && value.location != IN_SLOT) {
            block_own(b, 1);
        }
        intptr_t x = block_object_slot(b, 0), from = block_object_slot(b, 1);
        intptr_t miss = (intptr_t)block_exit_miss(b);
        bool owned = block_stack(b, 1)->owned;
        intptr_t release = (intptr_t)block_exit_release(b);
        if (plan.place == VALUES) {
            ASM(&b->as, owned ? OP_store_values : OP_store_values_incref, x, plan.at, from, miss,
                release);
        } else {
            ASM(&b->as, owned ? OP_store_member : OP_store_member_incref, x, plan.at, from, release);
        }
    }
    block_release(b, 0);
    block_pop(b, 2);
}
