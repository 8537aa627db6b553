/* Emitters: globals, builtins, names of module and class bodies, cells.
 *
 * A global that is found at compile time is a constant as long as its dict has the same version. For
 * code whose globals change all the time the name's place in the dict is remembered instead. */
#include "pyjit/emit.h"

#include "pyjit/keys.h"
#include "pyjit/state.h"

#include <string.h>

/* Byte offsets in the frame of the namespaces. */
#define GLOBALS ((intptr_t)offsetof(_PyInterpreterFrame, f_globals))
#define BUILTINS ((intptr_t)offsetof(_PyInterpreterFrame, f_builtins))
#define LOCALS ((intptr_t)offsetof(_PyInterpreterFrame, f_locals))

/* ---- what comes next ------------------------------------------------------------------------- */

/* May the result of this operator and ints be the left one? */
static bool
may_return_left(int oparg)
{
    return oparg == NB_REMAINDER || oparg == NB_INPLACE_REMAINDER || oparg == NB_RSHIFT || oparg == NB_INPLACE_RSHIFT;
}

/* Is what is about to be pushed used by arithmetic next, and is the sample of it a number that a
 * register holds? Then it need not be an object. */
bool
emit_is_for_arithmetic(const Block *b, PyObject *sample)
{
    int at = b->in.next, above = 0;
    if (sample == NULL || !(PyFloat_CheckExact(sample) ||
                            (PyLong_CheckExact(sample) && Py_ABS(Py_SIZE(sample)) <= 2))) {
        return false;
    }
    for (int i = 0; i < 8; i++) {
        if (block_is_target(b, at)) {
            return false;
        }
        Instr in = decode_at(b->here->units, at);
        switch (in.opcode) {
        case LOAD_FAST:
        case LOAD_CONST:
        case LOAD_DEREF:
        case LOAD_NAME:
            above++;
            break;
        case LOAD_GLOBAL:
            above += 1 + (in.oparg & 1);
            break;
        case LOAD_ATTR:
            if (above == 0) {
                return false;
            }
            break;
        case UNARY_NEGATIVE:
            if (above == 0) {
                return true;
            }
            break;
        case COMPARE_OP:
        case BINARY_OP:
            if (above <= 1) {
                return above == 0 || in.opcode == COMPARE_OP || !may_return_left(in.oparg) || PyFloat_CheckExact(sample);
            }
            above--;
            break;
        default:
            return false;
        }
        at = in.next;
    }
    return false;
}

/* ---- places in namespaces -------------------------------------------------------------------- */

/* Where a name is in a namespace. */
typedef struct {
    intptr_t namespace; /* byte offset in the frame */
    intptr_t shape;     /* of the keys */
    intptr_t at;        /* byte offset of the entry in the keys */
    intptr_t name;      /* its key */
    PyObject *value;    /* its value now, borrowed; NULL: it is not there */
} Place;

/* Finds a name in a dict that the live frame has at `namespace`. */
static Place
find_place(PyObject *dict, intptr_t namespace, PyObject *name)
{
    Place place = {.namespace = namespace, .name = (intptr_t)name};
    if (keys_is_plain_dict(dict)) {
        PyDictKeysObject *keys = ((PyDictObject *)dict)->ma_keys;
        int index = keys_index(keys, name);
        if (index >= 0) {
            place.shape = keys_shape(keys);
            place.at = keys_entry_offset(keys, index);
            place.value = DK_UNICODE_ENTRIES(keys)[index].me_value;
        }
    }
    return place;
}

/* Is it certain that the name is not in this dict? */
static bool
is_absent(PyObject *dict, PyObject *name)
{
    return keys_is_plain_dict(dict) && keys_dict_get(dict, name) == NULL &&
           keys_version(((PyDictObject *)dict)->ma_keys) != 0;
}

/* Emits the guard that a namespace has no other names than now. */
static void
guard_names(Block *b, intptr_t namespace)
{
    PyDictObject *dict = *(PyDictObject **)((char *)b->frame + namespace);
    ASM(&b->as, OP_guard_names, namespace, (int32_t)dict->ma_keys->dk_version,
        (intptr_t)block_exit_miss(b));
}

/* The same for the globals of the code being compiled. */
static void
guard_global_names(Block *b)
{
    if (b->site == NULL) {
        guard_names(b, GLOBALS);
        return;
    }
    PyDictObject *dict = (PyDictObject *)b->globals;
    ASM(&b->as, OP_guard_known_names, (intptr_t)dict, (int32_t)dict->ma_keys->dk_version,
        (intptr_t)block_exit_miss(b));
}

/* Is this of the things that names of modules mostly stand for, which stay what they are while other names change? */
static bool
is_lasting(PyObject *value)
{
    return PyFunction_Check(value) || PyType_Check(value) || PyCFunction_Check(value) || PyModule_Check(value);
}

/* Emits the guard that the value at a place is what it is now. */
static void
guard_place(Block *b, const Place *place)
{
    intptr_t value = (intptr_t)place->value, miss = (intptr_t)block_exit_miss(b);
    if (b->site == NULL) {
        ASM(&b->as, OP_guard_name_is, place->namespace, place->shape, place->at, place->name, value, miss);
    } else {
        PyObject *dict = place->namespace == GLOBALS ? b->globals : b->builtins;
        ASM(&b->as, OP_guard_known_name_is, (intptr_t)dict, place->shape, place->at, place->name, value, miss);
    }
    emit_guard_still(b, place->value);
}

/* Pushes an object that guards have shown to be the value of a name, after a NULL if `null`. */
static void
push_known(Block *b, PyObject *value, bool null)
{
    if (null) {
        block_push_null(b);
    }
    block_push_object(b, value);
}

/* Pushes the value at a place, after a NULL if `null`. */
static void
load_place(Block *b, const Place *place, bool null)
{
    if (is_lasting(place->value)) {
        guard_place(b, place);
        push_known(b, place->value, null);
        return;
    }
    if (block_needs_frame(b)) {
        return;
    }
    if (!null && emit_is_for_arithmetic(b, place->value) && b->ctx.depth < CTX_STACK) {
        bool is_float = PyFloat_CheckExact(place->value);
        int reg = is_float ? block_take_float(b, 0) : block_take_int(b, 0);
        ASM(&b->as, is_float ? OP_load_name_float : OP_load_name_int, place->namespace, place->shape,
            place->at, place->name, reg, (intptr_t)block_exit_miss(b));
        block_push_register(b, is_float ? TYPE_FLOAT : TYPE_INT, reg);
        return;
    }
    ASM(&b->as, OP_load_name, place->namespace, place->shape, place->at, place->name,
        slot_of_stack(b, b->ctx.depth + null), (intptr_t)block_exit_miss(b));
    if (null) {
        block_push_null(b);
    }
    block_push_sample(b, TYPE_UNKNOWN, place->value);
}

/* Pops the top of the stack into a place. */
static void
store_place(Block *b, const Place *place)
{
    Entry value = *block_stack(b, 0);
    bool in_register = entry_in_register(&value);
    b->ctx.globals = 0; /* it may be them that change */
    block_forget_facts(b); /* before either exit is made */
    if (in_register && !value.boxed) {
        intptr_t miss = (intptr_t)block_exit_miss(b);
        block_pop(b, 1);
        intptr_t release = (intptr_t)block_exit_release(b);
        if (value.location == IN_FLOAT) {
            ASM(&b->as, OP_store_name_float, value.index, place->namespace, place->shape, place->at,
                place->name, miss, release);
        } else {
            ASM(&b->as, OP_store_name_int, value.index, (intptr_t)pyjit_state.small_ints,
                place->namespace, place->shape, place->at, place->name, miss, release);
        }
        return;
    }
    if (in_register || value.location == IN_CONST) {
        block_own(b, 0);
    }
    intptr_t from = block_object_slot(b, 0), miss = (intptr_t)block_exit_miss(b);
    int operation = block_stack(b, 0)->owned ? OP_store_name : OP_store_name_incref;
    block_pop(b, 1);
    ASM(&b->as, operation, from, place->namespace, place->shape, place->at, place->name, miss,
        (intptr_t)block_exit_release(b));
}

/* ---- globals --------------------------------------------------------------------------------- */

/* Is this a version that a guard can compare? */
static bool
is_near_version(PyObject *dict)
{
    return ((PyDictObject *)dict)->ma_version_tag <= INT32_MAX;
}

/* Emits the guard that a dict still has its version, if that is not known: `known` is where the context
 * says it. */
static void
guard_version(Block *b, int operation, PyObject *dict, uint8_t *known)
{
    int fact = fact_of_dict(&b->state->facts, dict);
    intptr_t version = (intptr_t)((PyDictObject *)dict)->ma_version_tag;
    if (fact != 0 && *known == fact) {
        return;
    }
    if (b->site != NULL) {
        ASM(&b->as, OP_guard_known_dict, (intptr_t)dict, version, (intptr_t)block_exit_miss(b));
    } else {
        ASM(&b->as, operation, version, (intptr_t)block_exit_miss(b));
    }
    *known = (uint8_t)fact;
}

/* Pushes a number that guards have shown to be the value of a global into a register; false when it
 * is none or must be an object. */
static bool
load_constant_number(Block *b, PyObject *value)
{
    if (!emit_is_for_arithmetic(b, value) || b->ctx.depth >= CTX_STACK) {
        return false;
    }
    if (PyFloat_CheckExact(value)) {
        double number = PyFloat_AS_DOUBLE(value);
        intptr_t bits;
        memcpy(&bits, &number, sizeof bits);
        int reg = block_take_float(b, 0);
        ASM(&b->as, OP_load_float_constant, bits, reg);
        block_push_register(b, TYPE_FLOAT, reg);
    } else {
        int reg = block_take_int(b, 0);
        ASM(&b->as, OP_load_int_constant, (intptr_t)PyLong_AsLongLong(value), reg);
        block_push_register(b, TYPE_INT, reg);
    }
    return true;
}

/* Pushes an object that guards have shown to be the value of a global, after a NULL if `null`. */
static void
load_constant(Block *b, PyObject *value, bool null)
{
    if (!null && load_constant_number(b, value)) {
        return;
    }
    push_known(b, value, null);
}

/* LOAD_GLOBAL. */
void
emit_load_global(Block *b)
{
    PyObject *name = PyTuple_GET_ITEM(b->code->co_names, b->in.oparg >> 1);
    bool null = b->in.oparg & 1;
    PyObject *globals = b->globals, *builtins = b->builtins;
    if (globals == NULL || !keys_is_plain_dict(globals)) {
        emit_generic(b);
        return;
    }
    if (b->start == b->first && b->chain > 0) {
        b->here->unstable_global = 1;
    }
    Place place = find_place(globals, GLOBALS, name);
    bool stable = !b->here->unstable_global && is_near_version(globals);
    if (place.value != NULL && stable) {
        guard_version(b, OP_guard_globals, globals, &b->ctx.globals);
        load_constant(b, place.value, null);
        return;
    }
    if (place.value != NULL) {
        load_place(b, &place, null);
        return;
    }
    place = find_place(builtins, BUILTINS, name);
    if (place.value == NULL || !is_absent(globals, name)) {
        emit_generic(b);
    } else if (stable && is_near_version(builtins)) {
        guard_version(b, OP_guard_globals, globals, &b->ctx.globals);
        guard_version(b, OP_guard_builtins, builtins, &b->ctx.builtins);
        load_constant(b, place.value, null);
    } else {
        guard_global_names(b);
        load_place(b, &place, null);
    }
}

/* LOAD_NAME, where the locals are a dict. */
void
emit_load_name(Block *b)
{
    PyObject *name = PyTuple_GET_ITEM(b->code->co_names, b->in.oparg);
    if (b->frame == NULL) {
        emit_generic(b);
        return;
    }
    Place place = find_place(b->frame->f_locals, LOCALS, name);
    if (place.value != NULL) {
        load_place(b, &place, false);
        return;
    }
    place = find_place(b->builtins, BUILTINS, name);
    if (place.value == NULL || b->frame->f_locals != b->globals || !is_absent(b->globals, name)) {
        emit_generic(b);
        return;
    }
    ASM(&b->as, OP_guard_locals_are_globals, (intptr_t)block_exit_miss(b));
    guard_names(b, GLOBALS);
    load_place(b, &place, false);
}

/* Stores a name. One that has no value yet will have a place when this is compiled again. */
static void
store_in(Block *b, intptr_t namespace)
{
    PyObject *name = PyTuple_GET_ITEM(b->code->co_names, b->in.oparg);
    Place place = {0};
    if (b->frame != NULL && b->ctx.depth <= CTX_STACK) {
        PyObject *dict = *(PyObject **)((char *)b->frame + namespace);
        place = find_place(dict, namespace, name);
        if (place.value == NULL && is_absent(dict, name)) {
            guard_names(b, namespace);
        }
    }
    if (place.value == NULL) {
        emit_generic(b);
    } else {
        store_place(b, &place);
    }
}

/* STORE_GLOBAL. */
void
emit_store_global(Block *b)
{
    store_in(b, GLOBALS);
}

/* STORE_NAME. */
void
emit_store_name(Block *b)
{
    store_in(b, LOCALS);
}
