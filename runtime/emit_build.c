/* Emitters: displays of lists, tuples and dicts; calls that a dict of keywords is passed on to. */
#include "pyjit/emit.h"

#include "pyjit/quiet.h"

/* Is this the object of a function written in Python, or of a method of one? */
static bool
is_function(PyObject *object)
{
    if (object != NULL && Py_IS_TYPE(object, &PyMethod_Type)) {
        object = PyMethod_GET_FUNCTION(object);
    }
    return object != NULL && Py_IS_TYPE(object, &PyFunction_Type);
}

/* The call of a function with a local dict as its keyword arguments, as in f(*a, **k), for which CPython copies the
 * dict: the function gets a copy of its own anyway, so this one is left out. True also if b->ended; false if it is not
 * that. */
static bool
pass_keywords_on(Block *b)
{
    Instr load = decode_at(b->here->units, b->in.next), merge, call;
    if (b->site != NULL || b->in.oparg > 0 || load.opcode != LOAD_FAST || block_must_be_generic(b) ||
        b->ctx.depth < 3 || b->ctx.depth >= CTX_STACK || load.oparg >= b->ctx.local_count) {
        return false;
    }
    merge = decode_at(b->here->units, load.next);
    call = decode_at(b->here->units, merge.next);
    if (merge.opcode != DICT_MERGE || merge.oparg != 1 || call.opcode != CALL_FUNCTION_EX || !(call.oparg & 1) ||
        block_is_target(b, load.start) || block_is_target(b, merge.start) || block_is_target(b, call.start)) {
        return false;
    }
    if (block_learn(b, 0, 1u << TYPE_TUPLE) != TYPE_TUPLE) { /* others are iterated after the dict has been copied */
        return b->ended;
    }
    Entry *dict = block_local(b, load.oparg);
    PyObject *sample = b->local_samples[load.oparg], *function = block_sample(b, 1);
    if (!dict->bound || dict->location != IN_SLOT || sample == NULL || !PyDict_CheckExact(sample) ||
        !is_function(function)) {
        return false;
    }
    intptr_t miss = (intptr_t)block_exit_miss(b);
    if (dict->type != TYPE_DICT) {
        ASM(&b->as, OP_guard_type, block_local_slot(b, load.oparg), (intptr_t)&PyDict_Type, miss);
    }
    if (Py_IS_TYPE(function, &PyMethod_Type)) {
        ASM(&b->as, OP_guard_method, block_object_slot(b, 1), (intptr_t)PyMethod_GET_FUNCTION(function), miss);
    } else if (block_type(b, 1) != TYPE_FUNCTION) {
        ASM(&b->as, OP_guard_type, block_object_slot(b, 1), (intptr_t)&PyFunction_Type, miss);
    }
    dict->type = TYPE_DICT;
    block_push_local(b, load.oparg);
    b->in = call;
    emit_call_function_ex(b);
    return true;
}

/* MAKE_FUNCTION. */
void
emit_make_function(Block *b)
{
    int count = __builtin_popcount((unsigned)b->in.oparg & 0xF) + 1;
    if (b->site != NULL || block_must_be_generic(b) || count > b->ctx.depth || b->ctx.depth > CTX_STACK) {
        emit_generic(b);
        return;
    }
    block_own_stack(b, count);
    ASM(&b->as, OP_build_quietly, slot_of_stack(b, b->ctx.depth - count), b->in.oparg, (intptr_t)quiet_new_function,
        (intptr_t)block_exit_generic(b));
    block_pop(b, count);
    block_push(b, TYPE_FUNCTION);
}

/* ---- dicts with known keys ----------------------------------------------------------------------- */

/* Is this a model for dicts of these keys? */
static bool
is_for(const DictModel *model, PyObject *const *keys, Py_ssize_t count)
{
    const PyDictKeysObject *known = ((const PyDictObject *)model->dict)->ma_keys;
    Py_ssize_t i = 0;
    while (i < count && i < known->dk_nentries && DK_UNICODE_ENTRIES(known)[i].me_key == keys[i]) {
        i++;
    }
    return i == count && i == known->dk_nentries;
}

/* The model for dicts of these keys. */
PyObject *
emit_model(Block *b, PyObject *const *keys, Py_ssize_t count)
{
    DictModel *model = b->state->models;
    while (model != NULL && !is_for(model, keys, count)) {
        model = model->next;
    }
    PyObject *dict = model == NULL ? quiet_new_model(keys, count) : model->dict;
    if (model != NULL || dict == NULL) {
        return dict;
    }
    model = code_allocate(b->state, sizeof *model);
    if (model == NULL) {
        Py_DECREF(dict);
        return NULL;
    }
    *model = (DictModel){b->state->models, dict};
    b->state->models = model;
    return dict;
}

/* BUILD_CONST_KEY_MAP. */
void
emit_build_const_key_map(Block *b)
{
    int count = b->in.oparg, first = b->ctx.depth - 1 - count;
    PyObject *keys = b->ctx.depth > CTX_STACK ? NULL : block_constant(b, block_stack(b, 0));
    bool fits = keys != NULL && !block_stack(b, 0)->owned && PyTuple_CheckExact(keys) && PyTuple_GET_SIZE(keys) == count;
    PyObject *model = fits ? emit_model(b, _PyTuple_ITEMS(keys), count) : NULL;
    if (model == NULL) {
        emit_generic(b);
        return;
    }
    for (int n = count; n > 0; n--) {
        block_own(b, n);
    }
    ASM(&b->as, OP_build_map_quietly, slot_of_stack(b, first), slot_of_stack(b, first), (intptr_t)model,
        (intptr_t)block_exit_generic(b));
    block_pop(b, count + 1);
    block_push(b, TYPE_DICT);
}

/* BUILD_MAP of one string that is known; false if it is not that. */
static bool
build_map_of_one(Block *b)
{
    bool fits = b->in.oparg == 1 && b->ctx.depth <= CTX_STACK && !block_stack(b, 1)->owned;
    PyObject *key = fits ? block_constant(b, block_stack(b, 1)) : NULL;
    PyObject *model = key == NULL ? NULL : emit_model(b, &key, 1);
    if (model == NULL) {
        return false;
    }
    block_own(b, 0);
    ASM(&b->as, OP_build_map_quietly, slot_of_stack(b, b->ctx.depth - 1), slot_of_stack(b, b->ctx.depth - 2), (intptr_t)model,
        (intptr_t)block_exit_generic(b));
    block_pop(b, 2);
    block_push(b, TYPE_DICT);
    return true;
}

/* ---- displays --------------------------------------------------------------------------------------- */

/* BUILD_LIST, BUILD_TUPLE, BUILD_MAP. */
void
emit_build(Block *b)
{
    int opcode = b->in.opcode, count = b->in.oparg;
    if ((opcode == BUILD_MAP && (pass_keywords_on(b) || build_map_of_one(b))) ||
        (opcode == BUILD_TUPLE && emit_isinstance_of_several(b))) {
        return;
    }
    if (b->ctx.depth >= CTX_STACK || (opcode == BUILD_MAP && count > 0)) {
        emit_generic(b);
        return;
    }
    block_own_stack(b, count);
    QuietNew make = opcode == BUILD_LIST    ? quiet_new_list
                    : opcode == BUILD_TUPLE ? quiet_new_tuple
                                            : quiet_new_dict;
    ASM(&b->as, OP_build_quietly, slot_of_stack(b, b->ctx.depth - count), count, (intptr_t)make,
        (intptr_t)block_exit_generic(b));
    block_pop(b, count);
    block_push(b, opcode == BUILD_LIST ? TYPE_LIST : opcode == BUILD_TUPLE ? TYPE_TUPLE : TYPE_DICT);
}
