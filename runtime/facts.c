/* Facts about values. Owns the versions it gives to functions. */
#include "pyjit/facts.h"

#include "pyjit/attribute.h"
#include "pyjit/memory.h"

#include <string.h>

#define FIRST_VERSION UINT32_MAX /* downwards; the interpreter counts upwards from 1 */
#define LAST_VERSION (UINT32_MAX / 2)

/* A number that the function has until its code or its defaults change. */
uint32_t
fact_function_version(PyFunctionObject *function)
{
    static uint32_t next = FIRST_VERSION;
    if (function->func_version == 0 && next > LAST_VERSION) {
        function->func_version = next--;
    }
    return function->func_version;
}

#define ITEMS_MOST 16 /* of a tuple that is known */
#define DEPTH_MOST 3  /* of tuples in tuples */

static uint64_t stamp_within(PyObject *object, int depth);

/* One number of two. */
static uint64_t
mixed(uint64_t a, uint64_t b)
{
    uint64_t x = (a ^ (b + 0x9e3779b97f4a7c15u)) * 0xff51afd7ed558ccdu; /* as in splitmix and murmur */
    return x ^ x >> 32;
}

/* What tells the content of an object of a builtin type apart: machine code may be made for that. 0 if it is too much, or not
 * certain. Nothing is made of the content of other objects. */
static uint64_t
stamp_of_content(PyObject *object, int depth)
{
    if (PyLong_CheckExact(object)) {
        int overflow = 0;
        long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
        return overflow != 0 ? 0 : mixed((uint64_t)value, 2);
    }
    if (PyFloat_CheckExact(object)) {
        uint64_t bits;
        memcpy(&bits, &((PyFloatObject *)object)->ob_fval, sizeof bits);
        return mixed(bits, 1);
    }
    if (PyUnicode_CheckExact(object) || PyBytes_CheckExact(object)) {
        Py_hash_t hash = PyObject_Hash(object);
        if (hash == -1) {
            PyErr_Clear();
            return 0;
        }
        return mixed((uint64_t)hash, (uint64_t)PyObject_Size(object));
    }
    uint64_t stamp = 1;
    if (PyTuple_CheckExact(object)) {
        Py_ssize_t count = PyTuple_GET_SIZE(object);
        stamp = count > ITEMS_MOST || depth == DEPTH_MOST ? 0 : mixed(stamp, (uint64_t)count);
        for (Py_ssize_t i = 0; i < count && stamp != 0; i++) {
            PyObject *item = PyTuple_GET_ITEM(object, i);
            uint64_t of_item = stamp_within(item, depth + 1);
            stamp = of_item == 0 ? 0 : mixed(mixed(stamp, (uintptr_t)item), of_item);
        }
    }
    return stamp;
}

/* What besides its address tells an object apart, as far as machine code depends on it; 0: there can be no fact of it. */
static uint64_t
stamp_within(PyObject *object, int depth)
{
    PyTypeObject *type = Py_TYPE(object);
    if (type == &PyFunction_Type) {
        return fact_function_version((PyFunctionObject *)object);
    }
    if (type == &PyModule_Type) {
        PyObject *dict = ((PyModuleObject *)object)->md_dict;
        return dict == NULL ? 0 : ((PyDictObject *)dict)->ma_version_tag;
    }
    if (type == &PyCFunction_Type) {
        return (uint64_t)(uintptr_t)((PyCFunctionObject *)object)->m_ml;
    }
    if (type == &PyMethodDescr_Type) {
        return (uint64_t)(uintptr_t)((PyMethodDescrObject *)object)->d_method;
    }
    if (PyType_Check(object) && !plan_type_is_fixed((PyTypeObject *)object)) {
        return plan_type_version((PyTypeObject *)object);
    }
    if (!plan_type_is_fixed(type)) {
        return plan_type_version(type);
    }
    uint64_t content = stamp_of_content(object, depth);
    return content == 0 ? 0 : mixed((uintptr_t)type, content);
}

/* The same of what is in no tuple. */
static uint64_t
stamp_of(PyObject *object)
{
    return stamp_within(object, 0);
}

/* The number of a fact, noted now if it is new; 0 if there is no room. */
static int
number_of(FactTable *table, Fact fact)
{
    for (int i = table->count - 1; i >= 0; i--) {
        const Fact *it = &table->facts[i];
        if (it->object == fact.object && it->stamp == fact.stamp && it->is_object == fact.is_object) {
            return i + 1;
        }
    }
    if (table->count == table->capacity) {
        int capacity = table->capacity == 0 ? 8 : table->capacity * 2;
        Fact *facts = capacity > FACTS_MOST + 1 ? NULL : pj_realloc(table->facts, (size_t)capacity * sizeof *facts);
        if (facts == NULL) {
            return 0;
        }
        table->facts = facts;
        table->capacity = capacity;
    }
    if (table->count == FACTS_MOST) {
        return 0;
    }
    table->facts[table->count++] = fact;
    return table->count;
}

/* The number of the fact that a value is of this class. */
int
fact_of_class(FactTable *table, PyTypeObject *type)
{
    uint32_t version = plan_type_version(type);
    return version == 0 ? 0 : number_of(table, (Fact){type, version, false});
}

/* The number of the fact that a dict is this one, unchanged. */
int
fact_of_dict(FactTable *table, PyObject *dict)
{
    return number_of(table, (Fact){dict, ((PyDictObject *)dict)->ma_version_tag, true});
}

/* The number of the fact that a value is this object. */
int
fact_of_object(FactTable *table, PyObject *object)
{
    uint64_t stamp = stamp_of(object);
    return stamp == 0 ? 0 : number_of(table, (Fact){object, stamp, true});
}

/* The object of an object's fact. */
PyObject *
fact_object(const FactTable *table, int number)
{
    return number > 0 && table->facts[number - 1].is_object ? table->facts[number - 1].object : NULL;
}

/* The class that a fact is about. */
PyTypeObject *
fact_class(const FactTable *table, int number)
{
    return number > 0 && !table->facts[number - 1].is_object ? table->facts[number - 1].object : NULL;
}

/* Is a fact true of the value now? */
bool
fact_holds(const FactTable *table, int number, PyObject *value)
{
    const Fact *fact = &table->facts[number - 1];
    if (value == NULL) {
        return false;
    }
    if (fact->is_object) {
        return (void *)value == fact->object && stamp_of(value) == fact->stamp;
    }
    return (void *)Py_TYPE(value) == fact->object && plan_type_version(Py_TYPE(value)) == fact->stamp;
}

/* Is a fact about a dict true of this one now? */
bool
fact_holds_of_dict(const FactTable *table, int number, PyObject *dict)
{
    const Fact *fact = &table->facts[number - 1];
    return (void *)dict == fact->object && ((PyDictObject *)dict)->ma_version_tag == fact->stamp;
}
