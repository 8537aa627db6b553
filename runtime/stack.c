/* The block builder's operand stack: entries that come and go.
 * Every function here keeps the context and the emitted code in step. */
#include "pyjit/block.h"

#include "pyjit/state.h"

/* Makes room for one more entry and describes it; false when it is beyond what contexts describe. */
static bool
push_entry(Block *b, Entry entry, PyObject *sample)
{
    int i = b->ctx.depth++;
    if (i >= CTX_STACK) {
        return false;
    }
    b->ctx.stack_count = (uint8_t)(i + 1);
    b->ctx.entries[b->ctx.local_count + i] = entry;
    b->stack_samples[i] = sample;
    return true;
}

/* Pushes an owned reference already in its slot. */
void
block_push(Block *b, ValueType type)
{
    push_entry(b, (Entry){.type = type, .owned = 1}, NULL);
}

/* The same with a prediction. */
void
block_push_sample(Block *b, ValueType type, PyObject *sample)
{
    push_entry(b, (Entry){.type = type, .owned = 1}, sample);
}

/* Pushes an object already in its slot, whose reference a container has. */
void
block_push_lent(Block *b, ValueType type, PyObject *sample)
{
    push_entry(b, (Entry){.type = type, .lent = 1}, sample);
}

/* Pushes local i, which is bound. */
void
block_push_local(Block *b, int i)
{
    Entry entry = {.location = IN_LOCAL, .index = (unsigned)i & CTX_INDEX_MAX};
    if (i >= ALIAS_OF_STACK || !push_entry(b, entry, NULL)) {
        if (i >= ALIAS_OF_STACK) {
            push_entry(b, (Entry){.owned = 1}, NULL);
        }
        block_box_local(b, i);
        ASM(&b->as, OP_copy_incref, slot_of_local(i), block_own_slot(b, 0));
    }
}

/* Pushes an entry that owns nothing. */
void
block_push_entry(Block *b, Entry entry, PyObject *sample)
{
    if (!push_entry(b, entry, sample)) {
        b->failed = true; /* whoever pushes such entries has seen to it that there is room */
    }
}

/* Pushes constant i of the code object. */
void
block_push_constant(Block *b, int i)
{
    PyObject *object = PyTuple_GET_ITEM(b->code->co_consts, i);
    if (b->site != NULL) {
        i = code_constant(b->state, object);
        if (i < 0) {
            (void)block_needs_frame(b);
            i = 0;
        }
    }
    Entry entry = {
        .type = type_of_object(object), .location = IN_CONST, .index = (unsigned)i & CTX_INDEX_MAX};
    if (i > CTX_INDEX_MAX || !push_entry(b, entry, NULL)) {
        if (i > CTX_INDEX_MAX) {
            push_entry(b, (Entry){.type = entry.type, .owned = 1}, NULL);
        }
        ASM(&b->as, OP_store_constant, (intptr_t)object, block_own_slot(b, 0));
    }
}

/* Pushes an object that guards have shown to be the value. */
void
block_push_object(Block *b, PyObject *object)
{
    int fact = fact_of_object(&b->state->facts, object);
    Entry entry = {.type = type_of_object(object)};
    if (fact > 0) {
        entry.location = IN_FACT;
        entry.fact = (unsigned)fact & 0xff;
    } else {
        entry.owned = 1;
    }
    if (!push_entry(b, entry, object) || fact == 0) {
        ASM(&b->as, OP_store_constant, (intptr_t)object, block_own_slot(b, 0));
    }
}

/* Pushes an object for which there is a code_constant(). */
void
block_push_known(Block *b, PyObject *object)
{
    unsigned number = (unsigned)code_constant(b->state, object);
    push_entry(b, (Entry){.type = type_of_object(object), .location = IN_CONST, .index = number & CTX_INDEX_MAX},
               NULL);
}

/* Pushes the NULL of PUSH_NULL. */
void
block_push_null(Block *b)
{
    if (!push_entry(b, (Entry){.type = TYPE_NULL, .location = IN_CONST}, NULL)) {
        ASM(&b->as, OP_store_null, block_own_slot(b, 0));
    }
}

/* Pushes the number in a register. */
void
block_push_register(Block *b, ValueType type, int reg)
{
    Location location = type == TYPE_FLOAT ? IN_FLOAT : IN_INT;
    Entry entry = {.type = type, .location = location, .index = (unsigned)reg};
    if (!push_entry(b, entry, NULL)) {
        if (location == IN_FLOAT) {
            ASM(&b->as, OP_box_float, reg, block_own_slot(b, 0));
        } else {
            ASM(&b->as, OP_box_int, reg, block_own_slot(b, 0), (intptr_t)pyjit_state.small_ints);
        }
    }
}

/* Drops the top entries from the context. */
void
block_pop(Block *b, int count)
{
    b->ctx.depth = (uint16_t)(b->ctx.depth - count);
    if (b->ctx.stack_count > b->ctx.depth) {
        b->ctx.stack_count = (uint8_t)b->ctx.depth;
    }
}

/* Are all locals in memory as well as in registers, so that Python code may run? */
bool
block_locals_boxed(const Block *b)
{
    for (int i = 0; i < b->ctx.local_count; i++) {
        const Entry *entry = &b->ctx.entries[i];
        if (entry->location != IN_SLOT && !entry->boxed) {
            return false;
        }
    }
    return true;
}

/* Releases the n-th entry's reference, if it owns one. */
void
block_release(Block *b, int n)
{
    Entry *entry = block_stack(b, n);
    if (!entry->owned || (entry_in_register(entry) && !entry->boxed) || entry->type == TYPE_NULL) {
        return;
    }
    if (type_is_plain(entry->type)) {
        ASM(&b->as, OP_release_plain, block_own_slot(b, n));
        return;
    }
    if (block_needs_frame(b)) {
        return;
    }
    block_forget_facts(b);
    bool beyond = b->ctx.depth > b->state->code->co_stacksize; /* values are, as take_release knows */
    if (block_locals_boxed(b) && !beyond) {
        ASM(&b->as, OP_release_here, block_own_slot(b, n), block_instr_address(b));
    } else {
        ASM(&b->as, OP_release, block_own_slot(b, n), (intptr_t)block_exit_release(b));
    }
}

/* Releases and drops the top entries. */
void
block_drop(Block *b, int count)
{
    for (int i = 0; i < count; i++) {
        block_release(b, 0);
        block_pop(b, 1);
    }
}

/* Releases some entries, the lowest first; NULL is in their places then. */
void
block_release_upwards(Block *b, int lowest, int highest)
{
    for (int n = lowest; n >= highest; n--) {
        block_release(b, n);
        *block_stack(b, n) = (Entry){.type = TYPE_NULL, .location = IN_CONST};
    }
}

/* Releases and drops the top entries, the lowest first. */
void
block_drop_upwards(Block *b, int count)
{
    block_release_upwards(b, count - 1, 0);
    block_pop(b, count);
}

/* Is something of the entry's in its slot? */
bool
block_uses_slot(const Entry *entry)
{
    return entry->location == IN_SLOT || entry->boxed;
}

/* Releases and drops the entries below the top one, which comes in their place. */
void
block_squeeze(Block *b, int count)
{
    int number = b->ctx.depth - 1, below = number - count;
    Entry *top = block_stack(b, 0);
    if (top->location == IN_LOCAL && top->index >= (unsigned)(ALIAS_OF_STACK + below)) {
        block_own(b, 0); /* one of those that go */
    }
    PyObject *sample = block_sample(b, 0);
    block_release_upwards(b, count, 1);
    Entry result = *block_stack(b, 0);
    if (block_uses_slot(&result)) {
        ASM(&b->as, OP_copy_borrowed, slot_of_stack(b, number), slot_of_stack(b, below));
    }
    block_pop(b, count + 1);
    block_push_entry(b, result, sample);
}
