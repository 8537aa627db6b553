/* Emitters: `super().method` and `super(Class, self).method`, for which no super object is made.
 *
 * The class after which the search begins is in the cell __class__, or what a global is known to be. While a class of
 * objects keeps its version it keeps its method resolution order and the classes in it, so that the method stays where
 * it was found. */
#include "pyjit/emit_calls.h"

#include "pyjit/attribute.h"
#include "pyjit/names.h"

/* The class in the function's cell __class__, whose number among the locals is *number; NULL if there is no such
 * thing. Borrows. */
static PyTypeObject *
class_of_cell(const Block *b, int *number)
{
    PyCodeObject *code = b->code;
    for (int i = code->co_nlocalsplus - code->co_nfreevars; i < code->co_nlocalsplus; i++) {
        PyObject *name = PyTuple_GET_ITEM(code->co_localsplusnames, i);
        if (PyUnicode_Compare(name, pyjit_names.dunder_class) == 0) {
            PyObject *content = emit_cell_sample(b, i);
            *number = i;
            return content != NULL && PyType_Check(content) ? (PyTypeObject *)content : NULL;
        }
    }
    return NULL;
}

/* Is the order of a class as `type` makes it, and that of those in it? Then it has no classes but bases, with which its version
 * changes. */
static bool
has_usual_order(PyTypeObject *type)
{
    PyObject *usual = plan_lookup(&PyType_Type, pyjit_names.mro);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(type->tp_mro); i++) {
        PyTypeObject *metaclass = Py_TYPE(PyTuple_GET_ITEM(type->tp_mro, i));
        if (metaclass != &PyType_Type && plan_lookup(metaclass, pyjit_names.mro) != usual) {
            return false;
        }
    }
    return true;
}

/* The method with a name that instances of a class find behind one of its bases; NULL if that is not simple.
 * Borrows. */
static PyObject *
method_behind(PyTypeObject *type, PyTypeObject *base, PyObject *name)
{
    PyObject *order = type->tp_mro;
    Py_ssize_t count = PyTuple_GET_SIZE(order), i = 0;
    while (i < count && PyTuple_GET_ITEM(order, i) != (PyObject *)base) {
        i++;
    }
    for (i++; i < count; i++) {
        PyObject *found = PyDict_GetItemWithError(((PyTypeObject *)PyTuple_GET_ITEM(order, i))->tp_dict, name);
        if (found != NULL) {
            bool usable = Py_IS_TYPE(found, &PyFunction_Type) || Py_IS_TYPE(found, &PyMethodDescr_Type) ||
                          Py_IS_TYPE(found, &PyWrapperDescr_Type);
            return usable ? found : NULL;
        }
    }
    return NULL;
}

/* The class of the first parameter, known or seen; NULL if nothing tells. Borrows. */
static PyTypeObject *
class_of_self(Block *b)
{
    const Entry *self = block_local(b, 0);
    PyTypeObject *known = fact_class(&b->state->facts, self->fact);
    if (known != NULL) {
        return known;
    }
    return b->local_samples[0] == NULL ? NULL : Py_TYPE(b->local_samples[0]);
}

/* Is the first parameter a bound local in its slot? */
static bool
has_self(Block *b)
{
    PyCodeObject *code = b->code;
    if (code->co_argcount == 0 || _PyLocals_GetKind(code->co_localspluskinds, 0) & CO_FAST_CELL) {
        return false;
    }
    const Entry *self = block_local(b, 0);
    return self->bound && self->location == IN_SLOT;
}

/* Emits the guard that the first parameter is an instance of this class, unless that is known. */
static void
guard_self(Block *b, PyTypeObject *type)
{
    Entry *self = block_local(b, 0);
    int fact = fact_of_class(&b->state->facts, type);
    if (fact != 0 && self->fact == (unsigned)fact) {
        return;
    }
    ASM(&b->as, OP_guard_type_version, block_local_slot(b, 0), (intptr_t)plan_type_version(type),
        (intptr_t)block_exit_miss(b));
    if (self->fact == 0) {
        self->fact = (unsigned)fact & 0xff;
    }
    if (self->type == TYPE_UNKNOWN) {
        self->type = TYPE_OTHER;
    }
}

/* The first argument if it is known to be a class and the second is self; NULL otherwise. Borrows. */
static PyTypeObject *
class_of_arguments(Block *b, const Call *call)
{
    PyObject *class = block_constant(b, block_stack(b, call->first));
    const Entry *self = block_stack(b, call->first - 1);
    bool usable = class != NULL && PyType_Check(class) && self->location == IN_LOCAL && self->index == 0;
    return usable ? (PyTypeObject *)class : NULL;
}

/* CALL of super() before a LOAD_METHOD: the method and self come in the place of both. */
bool
emit_call_super(Block *b, const Call *call)
{
    int at = b->in.next, cell = -1;
    Instr load = decode_at(b->here->units, at);
    if (call->callable != (PyObject *)&PySuper_Type || (call->count != 0 && call->count != 2) ||
        call->keywords != 0 || call->callee != b->in.oparg || load.opcode != LOAD_METHOD || block_is_target(b, at) ||
        b->site != NULL || b->frame == NULL || !has_self(b)) {
        return false;
    }
    PyTypeObject *base = call->count == 0 ? class_of_cell(b, &cell) : class_of_arguments(b, call);
    PyTypeObject *type = class_of_self(b);
    PyObject *name = PyTuple_GET_ITEM(b->code->co_names, load.oparg);
    if (base == NULL || type == NULL || plan_type_is_fixed(type) || PyType_IsSubtype(type, &PyType_Type) ||
        !PyType_IsSubtype(type, base) || PyUnicode_Compare(name, pyjit_names.dunder_class) == 0) {
        return false;
    }
    bool exists = plan_lookup(type, name) != NULL && plan_type_version(type) != 0 && has_usual_order(type);
    PyObject *method = exists ? method_behind(type, base, name) : NULL;
    if (method == NULL) {
        return false;
    }
    emit_guard_callee(b, call);
    guard_self(b, type);
    if (cell >= 0) {
        ASM(&b->as, OP_guard_cell_holds, slot_of_local(cell), (intptr_t)base, (intptr_t)block_exit_miss(b));
    }
    ASM(&b->as, OP_check_recursion, 1, (intptr_t)block_exit_generic(b));
    block_drop(b, call->count + 2);
    block_push_object(b, method);
    block_push_local(b, 0);
    b->in.next = load.next;
    return true;
}
