/* Where attributes are. Owns nothing. */
#include "pyjit/attribute.h"

#include "pyjit/hook.h"
#include "pyjit/keys.h"
#include "pyjit/names.h"

#include <structmember.h>

/* ---- types ----------------------------------------------------------------------------------- */

/* The version of a type and of all it inherits from; 0 if it has none that guards can compare. */
uint32_t
plan_type_version(PyTypeObject *type)
{
    bool valid = PyType_HasFeature(type, Py_TPFLAGS_VALID_VERSION_TAG);
    return valid && type->tp_version_tag <= INT32_MAX ? type->tp_version_tag : 0;
}

/* Does nothing about this type ever change? */
bool
plan_type_is_fixed(PyTypeObject *type)
{
    return PyType_HasFeature(type, Py_TPFLAGS_IMMUTABLETYPE) &&
           !PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE);
}

/* Can names be looked up in this type without running code? Not when a class it inherits from has keys
 * that are no strings, which may compare themselves with the name. */
static bool
is_silent(PyTypeObject *type)
{
    PyObject *mro = type->tp_mro;
    for (Py_ssize_t i = 0; mro != NULL && i < PyTuple_GET_SIZE(mro); i++) {
        PyObject *dict = ((PyTypeObject *)PyTuple_GET_ITEM(mro, i))->tp_dict;
        if (dict == NULL || ((PyDictObject *)dict)->ma_keys->dk_kind == DICT_KEYS_GENERAL) {
            return false;
        }
    }
    return mro != NULL;
}

/* Looks a name up in a silent type and gives the type its version. Borrows. */
static PyObject *
lookup(PyTypeObject *type, PyObject *name)
{
    return type->tp_dict == NULL ? NULL : _PyType_Lookup(type, name);
}

/* What a type or what it inherits from has under a name. */
PyObject *
plan_lookup(PyTypeObject *type, PyObject *name)
{
    return is_silent(type) ? lookup(type, name) : NULL;
}

/* The method of a type under this name if it is a Python function and the type has a version. */
PyFunctionObject *
plan_method(PyTypeObject *type, PyObject *name)
{
    PyObject *found = plan_lookup(type, name);
    bool usable = found != NULL && Py_IS_TYPE(found, &PyFunction_Type) && plan_type_version(type) != 0;
    return usable ? (PyFunctionObject *)found : NULL;
}

/* Is the owner's type pinned by a guard that can be made? */
static bool
can_guard(PyTypeObject *type)
{
    return plan_type_is_fixed(type) || plan_type_version(type) != 0;
}

/* ---- instances: their own attributes --------------------------------------------------------- */

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
            plan->place = values != NULL ? PLACE_SPLIT : PLACE_DICT;
            plan->value = value;
            plan->index = index;
            plan->at = keys_entry_offset(keys, index);
        }
    } else if (keys_lack(keys, name) && keys_version(keys) != 0) {
        plan->absence = ABSENT_DICT_LACKS;
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
        plan->absence = keys_lack(keys, name) ? ABSENT_VALUES_LACK : ABSENT_UNSAID;
    } else if (values->values[index] == NULL) {
        plan->absence = ABSENT_VALUES_UNSET;
    } else {
        plan->place = PLACE_VALUES;
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
            plan->absence = ABSENT_NO_DICT;
        } else {
            plan_dict(plan, dict, name);
        }
    }
    return plan->place != PLACE_UNKNOWN || plan->absence != ABSENT_UNSAID;
}

/* ---- classes: attributes found in them ------------------------------------------------------- */

/* May objects of this class become ones of another, by assignment to __class__? Of fixed types those of modules may. */
static bool
may_be_exchanged(PyTypeObject *type)
{
    return !plan_type_is_fixed(type) || type == &PyModule_Type;
}

/* Is this value of a class attribute no descriptor, and can that be guarded? */
static bool
is_plain_value(PyObject *value)
{
    PyTypeObject *type = Py_TYPE(value);
    if (type == &PyModule_Type) {
        return false;
    }
    if (!plan_type_is_fixed(type)) {
        if (!is_silent(type)) {
            return false;
        }
        (void)lookup(type, pyjit_names.name); /* gives the type its version */
    }
    return type->tp_descr_get == NULL && type->tp_descr_set == NULL && can_guard(type);
}

/* Remembers to guard the type of what was found in the class, so that it becomes no data descriptor.
 * Returns false if it is or may already be one. */
static bool
plan_found(Plan *plan, PyObject *found)
{
    if (found == NULL || !may_be_exchanged(Py_TYPE(found))) {
        return found == NULL || Py_TYPE(found)->tp_descr_set == NULL;
    }
    plan->found = found;
    return is_plain_value(found);
}

/* Is this of the callables of which whatever else is assumed is guarded when they are used? Of what a staticmethod wraps only
 * address and type are compared. */
static bool
is_guarded_when_used(PyObject *value)
{
    return PyFunction_Check(value) || PyType_Check(value) || PyCFunction_CheckExact(value);
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
        if (simple || (plan_type_is_fixed(type) && !through_class)) {
            plan->place = through_class ? PLACE_OBJECT : PLACE_METHOD;
            plan->value = found;
        }
    } else if (type == &PyStaticMethod_Type) {
        plan->wrapper = found;
        plan->value = ((StaticMethod *)found)->callable;
        plan->place = plan->value != NULL && is_guarded_when_used(plan->value) ? PLACE_OBJECT : PLACE_UNKNOWN;
    } else if (type == &PyClassMethod_Type && through_class) {
        plan->wrapper = found;
        plan->value = ((StaticMethod *)found)->callable; /* a classmethod has the same layout */
        plan->place = plan->value != NULL && PyFunction_Check(plan->value) ? PLACE_METHOD
                                                                           : PLACE_UNKNOWN;
    } else if (is_plain_value(found)) {
        plan->place = PLACE_OBJECT;
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

/* Finds the function of a property that gets (`accessor` "fget") or sets ("fset") the attribute. */
static void
plan_property(Plan *plan, PyObject *found, const char *accessor)
{
    for (const PyMemberDef *it = PyProperty_Type.tp_members; it->name != NULL; it++) {
        if (strcmp(it->name, accessor) == 0) {
            PyObject *function = *(PyObject **)((char *)found + it->offset);
            if (function != NULL && Py_IS_TYPE(function, &PyFunction_Type)) {
                plan->place = PLACE_PROPERTY;
                plan->wrapper = found;
                plan->value = function;
                plan->at = it->offset;
            }
            return;
        }
    }
}

/* Finds the method, written in Python, by which a descriptor gets or sets the attribute. */
static void
plan_descriptor(Plan *plan, PyObject *found, PyObject *accessor)
{
    PyFunctionObject *method = plan_type_is_fixed(Py_TYPE(found)) ? NULL : plan_method(Py_TYPE(found), accessor);
    if (method != NULL) {
        plan->place = PLACE_DESCRIPTOR;
        plan->value = (PyObject *)method;
        plan->found = found;
    }
}

/* Is this a descriptor that comes after the instance's own attributes, by a method written in Python? */
static bool
is_late_descriptor(PyObject *found)
{
    PyTypeObject *type = Py_TYPE(found);
    return !plan_type_is_fixed(type) && type->tp_descr_set == NULL && type->tp_descr_get != NULL &&
           plan_method(type, pyjit_names.dunder_get) != NULL;
}

/* ---- plans ----------------------------------------------------------------------------------- */

/* How to get an attribute of a class. */
static void
plan_load_of_class(Plan *plan, PyObject *owner, PyObject *name)
{
    PyTypeObject *type = (PyTypeObject *)owner;
    if (!is_silent(type) || !is_silent(plan->type)) {
        return;
    }
    PyObject *found = lookup(type, name), *of_metaclass = lookup(plan->type, name);
    bool comes_first = of_metaclass != NULL && (Py_TYPE(of_metaclass)->tp_descr_set != NULL ||
                                                may_be_exchanged(Py_TYPE(of_metaclass)));
    if (comes_first || found == NULL || plan_type_version(type) == 0 || !can_guard(plan->type)) {
        return;
    }
    plan->of_class = type;
    if (plan_found(plan, found)) {
        plan_class_attribute(plan, found, true);
    } else if (plan->type->tp_getattro == PyType_Type.tp_getattro) { /* else an AttributeError has the hook asked */
        plan_descriptor(plan, found, pyjit_names.dunder_get);
    }
}

/* How to get an attribute of a module. */
static void
plan_load_of_module(Plan *plan, PyObject *owner, PyObject *name, bool stable)
{
    plan->dict_at = plan->type->tp_dictoffset;
    PyObject *dict = *(PyObject **)((char *)owner + plan->dict_at);
    if (lookup(plan->type, name) != NULL || !keys_is_plain_dict(dict)) {
        return;
    }
    plan_dict(plan, dict, name);
    if (plan->place == PLACE_DICT && stable && ((PyDictObject *)dict)->ma_version_tag <= INT32_MAX) {
        plan->place = PLACE_OBJECT;
        plan->absence = ABSENT_MODULE_STAYS;
        plan->at = (intptr_t)((PyDictObject *)dict)->ma_version_tag;
    } else if (plan->place != PLACE_DICT) {
        plan->place = PLACE_UNKNOWN;
    }
}

/* How to get a method of a type whose instances have nothing of their own. */
Plan
plan_load_by_type(PyTypeObject *type, PyObject *name)
{
    Plan plan = {.type = type};
    if (plan_type_is_fixed(plan.type) && plan.type->tp_dictoffset == 0 &&
        plan.type->tp_getattro == PyObject_GenericGetAttr) {
        PyObject *found = lookup(plan.type, name);
        if (found != NULL && plan_found(&plan, found)) {
            plan_class_attribute(&plan, found, false);
        }
    }
    return plan;
}

/* How to get an attribute. */
Plan
plan_load(PyObject *owner, PyObject *name, bool stable)
{
    Plan plan = {.type = Py_TYPE(owner), .name = name};
    if (PyModule_CheckExact(owner)) {
        plan_load_of_module(&plan, owner, name, stable);
        return plan;
    }
    if (PyType_Check(owner)) {
        if (plan.type->tp_getattro == PyType_Type.tp_getattro ||
            (is_silent(plan.type) && hook_applies_to_classes(plan.type))) {
            plan_load_of_class(&plan, owner, name);
        }
        return plan;
    }
    if (!is_silent(plan.type)) {
        return plan;
    }
    PyObject *found = lookup(plan.type, name);
    bool hooked = plan.type->tp_getattro != PyObject_GenericGetAttr;
    if ((hooked && !hook_applies(plan.type)) || !can_guard(plan.type)) {
        return plan;
    }
    if (found != NULL && !hooked && name == pyjit_names.dunder_class && found == lookup(&PyBaseObject_Type, name)) {
        plan.place = PLACE_OBJECT;
        plan.value = (PyObject *)plan.type;
        return plan;
    }
    if (found != NULL && Py_TYPE(found)->tp_descr_set != NULL) {
        plan.at = member_offset(plan.type, found, PY_AUDIT_READ);
        if (plan.at > 0) {
            plan.place = PLACE_MEMBER;
            plan.value = *(PyObject **)((char *)owner + plan.at);
        } else if (Py_IS_TYPE(found, &PyProperty_Type) && !hooked) { /* an AttributeError has the hook asked */
            plan_property(&plan, found, "fget");
        } else if (!hooked) {
            plan_descriptor(&plan, found, pyjit_names.dunder_get);
        }
        return plan;
    }
    bool late = found != NULL && is_late_descriptor(found);
    if ((!late && !plan_found(&plan, found)) || !plan_instance(&plan, owner, name)) {
        plan.place = PLACE_UNKNOWN;
        return plan;
    }
    if (late) {
        plan.found = found; /* that it is none that comes first is to be guarded in any case */
    }
    if (plan.place == PLACE_UNKNOWN && late && !hooked) {
        plan_descriptor(&plan, found, pyjit_names.dunder_get);
    } else if (plan.place == PLACE_UNKNOWN && found != NULL) {
        plan_class_attribute(&plan, found, false);
    } else if (plan.place == PLACE_UNKNOWN && hooked) {
        PyFunctionObject *hook = plan_method(plan.type, pyjit_names.dunder_getattr);
        plan.place = hook == NULL ? PLACE_UNKNOWN : PLACE_HOOK;
        plan.value = (PyObject *)hook;
    }
    if (plan.absence == ABSENT_DICT_LACKS && !stable) {
        plan.absence = ABSENT_DICT_SEARCHED;
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

/* How to set an attribute, whatever __setattr__ the class has. */
Plan
plan_store_as_object(PyObject *owner, PyObject *name)
{
    Plan plan = {.type = Py_TYPE(owner)};
    if (!is_silent(plan.type)) {
        return plan;
    }
    PyObject *found = lookup(plan.type, name);
    if (plan_type_version(plan.type) == 0) {
        return plan;
    }
    if (found != NULL && Py_TYPE(found)->tp_descr_set != NULL) {
        plan.at = member_offset(plan.type, found, READONLY);
        if (plan.at > 0) {
            plan.place = PLACE_MEMBER;
            plan.value = *(PyObject **)((char *)owner + plan.at);
        } else if (Py_IS_TYPE(found, &PyProperty_Type)) {
            plan_property(&plan, found, "fset");
        } else {
            plan_descriptor(&plan, found, pyjit_names.dunder_set);
        }
        return plan;
    }
    if (!plan_found(&plan, found)) {
        return plan;
    }
    if (!PyType_HasFeature(plan.type, Py_TPFLAGS_MANAGED_DICT)) {
        return plan;
    }
    PyDictValues *values = *_PyObject_ValuesPointer(owner);
    if (values == NULL) {
        plan.place = *_PyObject_ManagedDictPointer(owner) == NULL ? PLACE_UNKNOWN : PLACE_DICT;
        plan.dict_at = MANAGED_DICT_OFFSET;
        return plan;
    }
    plan_values(&plan, values, name);
    if (plan.absence == ABSENT_VALUES_LACK) {
        teach_name(owner, name);
        values = *_PyObject_ValuesPointer(owner);
        plan.absence = ABSENT_UNSAID;
        if (values != NULL) {
            plan_values(&plan, values, name);
        }
    }
    if (plan.absence == ABSENT_VALUES_UNSET) {
        plan.place = PLACE_VALUES;
    }
    return plan;
}

/* How to set an attribute. */
Plan
plan_store(PyObject *owner, PyObject *name)
{
    PyTypeObject *type = Py_TYPE(owner);
    return type->tp_setattro == PyObject_GenericSetAttr ? plan_store_as_object(owner, name) : (Plan){.type = type};
}
