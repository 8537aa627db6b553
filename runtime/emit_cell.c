/* Emitters: variables in cells. */
#include "pyjit/emit.h"

#include "pyjit/state.h"

/* ---- beginning --------------------------------------------------------------------------------- */

/* Local i is a cell now. */
static void
become_cell(Block *b, int i)
{
    *block_local(b, i) = (Entry){.bound = 1};
    if (i < CTX_LOCALS) {
        b->local_samples[i] = NULL;
    }
}

/* MAKE_CELL. */
void
emit_make_cell(Block *b)
{
    int i = b->in.oparg;
    if (block_must_be_generic(b) || i >= CTX_LOCALS) {
        emit_generic(b);
    } else {
        block_box_local(b, i);
        ASM(&b->as, OP_make_cell_quietly, block_local_slot(b, i), (intptr_t)block_exit_generic(b));
    }
    become_cell(b, i);
}

/* COPY_FREE_VARS. */
void
emit_copy_free_vars(Block *b)
{
    int count = b->in.oparg, first = b->code->co_nlocalsplus - count;
    for (int i = 0; i < count; i++) {
        intptr_t item = (intptr_t)offsetof(PyTupleObject, ob_item) + i * (intptr_t)sizeof(PyObject *);
        ASM(&b->as, OP_copy_free_variable, item, block_local_slot(b, first + i));
        become_cell(b, first + i);
    }
}

/* ---- use ----------------------------------------------------------------------------------------- */

/* What the variable in cell i holds now, NULL if that is not known. Borrows. */
PyObject *
emit_cell_sample(const Block *b, int i)
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
    PyObject *sample = emit_cell_sample(b, b->in.oparg);
    intptr_t cell = block_local_slot(b, b->in.oparg);
    if (emit_is_for_arithmetic(b, sample) && b->ctx.depth < CTX_STACK) {
        bool is_float = PyFloat_CheckExact(sample);
        int reg = is_float ? block_take_float(b, 0) : block_take_int(b, 0);
        ASM(&b->as, is_float ? OP_load_deref_float : OP_load_deref_int, cell, reg,
            (intptr_t)block_exit_miss(b));
        block_push_register(b, is_float ? TYPE_FLOAT : TYPE_INT, reg);
        return;
    }
    bool lent = emit_may_lend(b);
    ASM(&b->as, lent ? OP_lend_deref : OP_load_deref, cell, slot_of_stack(b, b->ctx.depth),
        (intptr_t)block_exit_generic(b));
    if (lent) {
        block_push_lent(b, TYPE_UNKNOWN, sample);
    } else {
        block_push_sample(b, TYPE_UNKNOWN, sample);
    }
}

/* STORE_DEREF. */
void
emit_store_deref(Block *b)
{
    Entry value = *block_stack(b, 0);
    bool in_register = entry_in_register(&value);
    intptr_t cell = block_local_slot(b, b->in.oparg);
    if (in_register && !value.boxed) {
        block_pop(b, 1);
        intptr_t release = (intptr_t)block_exit_release(b);
        if (value.location == IN_FLOAT) {
            ASM(&b->as, OP_store_deref_float, value.index, cell, release);
        } else {
            ASM(&b->as, OP_store_deref_int, value.index, (intptr_t)pyjit_state.small_ints, cell,
                release);
        }
        return;
    }
    if (in_register || value.location == IN_CONST) {
        block_own(b, 0);
    }
    intptr_t from = block_object_slot(b, 0);
    int operation = block_stack(b, 0)->owned ? OP_store_deref : OP_store_deref_incref;
    block_pop(b, 1);
    ASM(&b->as, operation, from, cell, (intptr_t)block_exit_release(b));
}
