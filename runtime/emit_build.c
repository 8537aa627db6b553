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

/* BUILD_LIST, BUILD_TUPLE, BUILD_MAP. */
void
emit_build(Block *b)
{
    int opcode = b->in.opcode, count = b->in.oparg;
    if ((opcode == BUILD_MAP && pass_keywords_on(b)) || (opcode == BUILD_TUPLE && emit_isinstance_of_several(b))) {
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
