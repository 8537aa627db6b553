/* Emitters: globals, builtins, names of module bodies, cells.
 *
 * A global that is found at compile time is a constant as long as its dict has the same version. For
 * code whose globals change all the time the name's place in the dict is remembered instead. */
#include "pyjit/emit.h"

#include "pyjit/keys.h"

/* ---- globals ------------------------------------------------------------------------------------ */

/* Is this a version that a guard can compare? */
static bool
is_near_version(PyObject *dict)
{
    return ((PyDictObject *)dict)->ma_version_tag <= INT32_MAX;
}

/* Emits the guard that a dict still has its version. */
static void
guard_version(Block *b, int operation, PyObject *dict)
{
    ASM(&b->as, operation, (intptr_t)((PyDictObject *)dict)->ma_version_tag,
        (intptr_t)block_exit_miss(b));
}

/* Emits the load of a name from its place in a dict with string keys; false if it is not there. */
static bool
load_entry(Block *b, int operation, PyObject *dict, PyObject *name, intptr_t to)
{
    PyDictKeysObject *keys = ((PyDictObject *)dict)->ma_keys;
    int index = keys_index(keys, name);
    if (index < 0) {
        return false;
    }
    ASM(&b->as, operation, keys_shape(keys), keys_entry_offset(keys, index), (intptr_t)name, to,
        (intptr_t)block_exit_miss(b));
    return true;
}

/* Emits the guard that the globals have no other names than now. */
static bool
guard_keys(Block *b, PyObject *globals)
{
    uint32_t version = keys_version(((PyDictObject *)globals)->ma_keys);
    if (version != 0) {
        ASM(&b->as, OP_guard_globals_keys, (int32_t)version, (intptr_t)block_exit_miss(b));
    }
    return version != 0;
}

/* Is the next instruction one that takes an attribute of what is pushed now? Then nothing happens in
 * between, and it need not own a reference. */
static bool
is_looked_into(const Block *b)
{
    int at = b->in.next;
    int opcode = decode_at(b->state->units, at).opcode;
    return (opcode == LOAD_ATTR || opcode == LOAD_METHOD) && b->ctx.depth < CTX_STACK &&
           !(b->state->targets[at >> 3] >> (at & 7) & 1);
}

/* LOAD_GLOBAL. */
void
emit_load_global(Block *b)
{
    PyObject *name = PyTuple_GET_ITEM(b->code->co_names, b->in.oparg >> 1);
    int nulls = b->in.oparg & 1;
    if (b->frame == NULL || block_must_be_generic(b) ||
        !keys_is_plain_dict(b->frame->f_globals) || !keys_is_plain_dict(b->frame->f_builtins)) {
        emit_generic(b);
        return;
    }
    if (b->start == b->first && b->chain > 0) {
        b->state->unstable_global = 1;
    }
    PyObject *globals = b->frame->f_globals, *builtins = b->frame->f_builtins;
    PyObject *value = keys_dict_get(globals, name);
    bool is_builtin = value == NULL;
    if (is_builtin) {
        value = keys_dict_get(builtins, name);
    }
    if (value == NULL) {
        emit_generic(b);
        return;
    }
    intptr_t to = slot_of_stack(b, b->ctx.depth + nulls);
    ValueType type = TYPE_UNKNOWN;
    if (!b->state->unstable_global && is_near_version(globals) &&
        (!is_builtin || is_near_version(builtins))) {
        guard_version(b, OP_guard_globals, globals);
        if (is_builtin) {
            guard_version(b, OP_guard_builtins, builtins);
        }
        type = type_of_object(value);
        if (nulls == 0 && is_looked_into(b)) {
            ASM(&b->as, OP_store_constant_borrowed, (intptr_t)value, to);
            block_push_sample(b, type, value);
            block_stack(b, 0)->owned = 0;
            return;
        }
        ASM(&b->as, OP_store_constant, (intptr_t)value, to);
    } else if (is_builtin ? !guard_keys(b, globals) ||
                                !load_entry(b, OP_load_from_builtins, builtins, name, to)
                          : !load_entry(b, OP_load_from_globals, globals, name, to)) {
        emit_generic(b);
        return;
    }
    if (nulls) {
        block_push_null(b);
    }
    block_push_sample(b, type, value);
}

/* LOAD_NAME, where the locals are a dict. */
void
emit_load_name(Block *b)
{
    PyObject *name = PyTuple_GET_ITEM(b->code->co_names, b->in.oparg);
    if (b->frame == NULL || block_must_be_generic(b) || !keys_is_plain_dict(b->frame->f_locals) ||
        !keys_is_plain_dict(b->frame->f_builtins)) {
        emit_generic(b);
        return;
    }
    PyObject *locals = b->frame->f_locals, *builtins = b->frame->f_builtins;
    PyObject *value = keys_dict_get(locals, name);
    intptr_t to = slot_of_stack(b, b->ctx.depth);
    bool done = false;
    if (value != NULL) {
        done = load_entry(b, OP_load_from_locals, locals, name, to);
    } else if (locals == b->frame->f_globals) {
        value = keys_dict_get(builtins, name);
        if (value != NULL && keys_index(((PyDictObject *)builtins)->ma_keys, name) >= 0) {
            ASM(&b->as, OP_guard_locals_are_globals, (intptr_t)block_exit_miss(b));
            done = guard_keys(b, locals) &&
                   load_entry(b, OP_load_from_builtins, builtins, name, to);
        }
    }
    if (!done) {
        emit_generic(b);
        return;
    }
    block_push_sample(b, TYPE_UNKNOWN, value);
}

/* ---- cells --------------------------------------------------------------------------------------- */

/* What the variable in cell i holds now, NULL if that is not known. Borrows. */
static PyObject *
cell_sample(const Block *b, int i)
{
    PyObject *cell = i < CTX_LOCALS ? b->local_samples[i] : NULL;
    int first_free = b->code->co_nlocalsplus - b->code->co_nfreevars;
    if (cell == NULL && i >= first_free && b->frame != NULL) {
        PyObject *closure = b->frame->f_func->func_closure;
        cell = closure == NULL ? NULL : PyTuple_GET_ITEM(closure, i - first_free);
    }
    return cell == NULL || !PyCell_Check(cell) ? NULL : PyCell_GET(cell);
}

/* LOAD_DEREF. */
void
emit_load_deref(Block *b)
{
    if (block_must_be_generic(b)) {
        emit_generic(b);
        return;
    }
    ASM(&b->as, OP_load_deref, slot_of_local(b->in.oparg), slot_of_stack(b, b->ctx.depth),
        (intptr_t)block_exit_generic(b));
    block_push_sample(b, TYPE_UNKNOWN, cell_sample(b, b->in.oparg));
}

/* STORE_DEREF. */
void
emit_store_deref(Block *b)
{
    Entry *value = block_stack(b, 0);
    if (value->location == IN_CONST || value->location == IN_INT || value->location == IN_FLOAT) {
        block_own(b, 0);
    }
    intptr_t from = block_object_slot(b, 0), cell = slot_of_local(b->in.oparg);
    int operation = block_stack(b, 0)->owned ? OP_store_deref : OP_store_deref_incref;
    block_pop(b, 1);
    ASM(&b->as, operation, from, cell, (intptr_t)block_exit_release(b));
}
