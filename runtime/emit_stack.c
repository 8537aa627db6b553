/* Emitters: locals, constants and the operand stack. Most of these emit nothing. */
#include "pyjit/emit.h"

/* LOAD_FAST and LOAD_CLOSURE: an alias of the local. */
void
emit_load_fast(Block *b)
{
    int i = b->in.oparg;
    Entry *local = block_local(b, i);
    if (b->site != NULL) {
        emit_inline_load(b, i);
        return;
    }
    if (!local->bound) {
        ASM(&b->as, OP_check_bound, block_local_slot(b, i), (intptr_t)block_exit_leave(b, b->in.start));
        if (local->type == TYPE_NULL) {
            local->type = TYPE_UNKNOWN;
        }
        local->bound = 1;
    }
    block_push_local(b, i);
}

/* LOAD_CONST. */
void
emit_load_const(Block *b)
{
    block_push_constant(b, b->in.oparg);
}

/* Gives stack entries that alias local i references of their own before it changes. */
static void
own_aliases(Block *b, int i, int from)
{
    for (int n = block_first_described(b, from); n < b->ctx.depth; n++) {
        Entry *entry = block_stack(b, n);
        if (entry->location == IN_LOCAL && entry->index == i) {
            block_own(b, n);
        }
    }
}

/* Can the local's old value be dropped without running Python code? */
static bool
old_is_plain(const Entry *local)
{
    return local->location != IN_SLOT || type_is_plain(local->type);
}

/* Emits an operation that releases a local's old value, which may run Python code: `operation` by an
 * exit that boxes locals, `here` when they are boxed. */
static void
emit_releasing(Block *b, int operation, int here, intptr_t from, intptr_t to)
{
    block_own_facts(b);
    if (block_locals_boxed(b) && !block_knows_facts(b)) {
        ASM(&b->as, here, from, to, block_instr_address(b));
    } else {
        ASM(&b->as, operation, from, to, (intptr_t)block_exit_release_last(b));
    }
}

/* Emits the end of local i, which is unbound now. */
static void
clear_local(Block *b, int i)
{
    block_forget_facts(b);
    if (block_locals_boxed(b)) {
        ASM(&b->as, OP_clear_local_here, block_local_slot(b, i), block_instr_address(b));
    } else {
        ASM(&b->as, OP_clear_local, block_local_slot(b, i), (intptr_t)block_exit_release(b));
    }
}

/* Sets what is known of local i. */
static void
set_local(Block *b, int i, Entry entry, PyObject *sample)
{
    if (i < b->ctx.local_count) {
        b->ctx.entries[i] = entry;
        b->local_samples[i] = sample;
    }
}

/* STORE_FAST of a number in a register: only the context changes, if the old value is nothing. If the
 * old value may run Python code when it goes, that must find the new one in its place. */
static void
store_register(Block *b, int i)
{
    bool plain = old_is_plain(block_local(b, i));
    if (!plain) {
        block_object_slot(b, 0);
    }
    Entry value = *block_stack(b, 0);
    intptr_t from = slot_of_stack(b, b->ctx.depth - 1);
    if (!plain) {
        block_pop(b, 1);
        value.owned = value.lent = 0;
        value.bound = 1;
        set_local(b, i, value, NULL);
        emit_releasing(b, OP_store_local, OP_store_local_here, from, block_local_slot(b, i));
        return;
    }
    if (value.boxed) {
        block_pop(b, 1);
        ASM(&b->as, OP_store_local_plain, from, block_local_slot(b, i));
        value.owned = 0;
    } else {
        block_pop(b, 1);
    }
    value.bound = 1;
    value.lent = !value.boxed;
    set_local(b, i, value, NULL);
}

/* STORE_FAST. */
void
emit_store_fast(Block *b)
{
    int i = b->in.oparg;
    Entry *value = block_stack(b, 0);
    if (b->site != NULL) {
        emit_inline_store(b, i);
        return;
    }
    if (value->location == IN_LOCAL && value->index == i) {
        block_pop(b, 1);
        return;
    }
    own_aliases(b, i, 1);
    bool in_register = entry_in_register(value);
    if (in_register && i < b->ctx.local_count && (!value->boxed || value->owned)) {
        store_register(b, i);
        return;
    }
    if (in_register) {
        block_own(b, 0);
    }
    PyObject *sample = block_sample(b, 0);
    bool plain = old_is_plain(block_local(b, i));
    Entry entry = *block_stack(b, 0);
    ValueType type = block_type(b, 0);
    unsigned fact = block_value(b, 0)->fact;
    PyObject *constant = block_constant(b, &entry);
    bool is_constant = constant != NULL && entry.location != IN_SLOT;
    intptr_t to = block_local_slot(b, i), from = is_constant ? (intptr_t)constant : block_object_slot(b, 0);
    block_pop(b, 1);
    set_local(b, i, (Entry){.type = type, .bound = 1, .fact = fact}, sample);
    if (is_constant) {
        if (plain) {
            ASM(&b->as, OP_store_local_constant_plain, from, to);
        } else {
            emit_releasing(b, OP_store_local_constant, OP_store_local_constant_here, from, to);
        }
    } else if (entry.location == IN_LOCAL || !entry.owned) {
        if (plain) {
            ASM(&b->as, OP_store_local_incref_plain, from, to);
        } else {
            emit_releasing(b, OP_store_local_incref, OP_store_local_incref_here, from, to);
        }
    } else if (plain) {
        ASM(&b->as, OP_store_local_plain, from, to);
    } else {
        emit_releasing(b, OP_store_local, OP_store_local_here, from, to);
    }
}

/* DELETE_FAST. */
void
emit_delete_fast(Block *b)
{
    int i = b->in.oparg;
    own_aliases(b, i, 0);
    if (!block_local(b, i)->bound) {
        ASM(&b->as, OP_check_bound, block_local_slot(b, i), (intptr_t)block_exit_leave(b, b->in.start));
    }
    set_local(b, i, (Entry){.type = TYPE_NULL}, NULL);
    clear_local(b, i);
}

/* POP_TOP. */
void
emit_pop_top(Block *b)
{
    block_drop(b, 1);
}

/* PUSH_NULL. */
void
emit_push_null(Block *b)
{
    block_push_null(b);
}

/* COPY. */
void
emit_copy(Block *b)
{
    int n = b->in.oparg - 1;
    Entry entry = *block_stack(b, n);
    bool borrowed = entry.location == IN_LOCAL || entry.location == IN_CONST || entry.location == IN_FACT;
    if (borrowed && entry.type != TYPE_NULL && b->ctx.depth < CTX_STACK) {
        block_push_entry(b, entry, block_sample(b, n));
    } else if (entry.location == IN_SLOT && entry.type != TYPE_NULL && emit_may_lend_copy(b)) {
        PyObject *sample = block_sample(b, n);
        ASM(&b->as, OP_copy_borrowed, slot_of_stack(b, b->ctx.depth - 1 - n), slot_of_stack(b, b->ctx.depth));
        block_push_lent(b, entry.type, sample);
        block_stack(b, 0)->fact = entry.fact;
    } else {
        intptr_t from = block_object_slot(b, n);
        PyObject *sample = block_sample(b, n);
        ASM(&b->as, OP_copy_incref, from, slot_of_stack(b, b->ctx.depth));
        block_push_sample(b, entry.type, sample);
    }
}

/* SWAP: what is in registers or aliased stays where it is. */
void
emit_swap(Block *b)
{
    int n = b->in.oparg - 1, top = b->ctx.depth - 1, other = top - n;
    if (top >= CTX_STACK) {
        block_own(b, 0);
        block_own(b, n);
    }
    Entry x = *block_stack(b, 0), y = *block_stack(b, n);
    intptr_t x_slot = slot_of_stack(b, top), y_slot = slot_of_stack(b, other);
    if (block_uses_slot(&x) && block_uses_slot(&y)) {
        ASM(&b->as, OP_swap_slots, x_slot, y_slot);
    } else if (block_uses_slot(&x)) {
        ASM(&b->as, OP_copy_borrowed, x_slot, y_slot);
    } else if (block_uses_slot(&y)) {
        ASM(&b->as, OP_copy_borrowed, y_slot, x_slot);
    }
    *block_stack(b, 0) = y;
    *block_stack(b, n) = x;
    if (top < CTX_STACK) {
        PyObject *sample = b->stack_samples[top];
        b->stack_samples[top] = b->stack_samples[other];
        b->stack_samples[other] = sample;
    } else if (other < CTX_STACK) {
        block_stack(b, n)->type = TYPE_UNKNOWN;
        b->stack_samples[other] = NULL;
    }
}

/* NOP, PRECALL: nothing. */
void
emit_nothing(Block *b)
{
    (void)b;
}
