/* The block builder's entries: where values are, moving them, boxing, registers, learning types (pushing and popping: stack.c).
 * Every function here keeps the context and the emitted code in step. */
#include "pyjit/block.h"

#include "pyjit/state.h"
#include "pyjit/stats.h"

#include <string.h>

/* ---- types ---------------------------------------------------------------------------------- */

/* The PyTypeObject of a class of values that has exactly one. */
PyTypeObject *
type_object(ValueType type)
{
    switch (type) {
    case TYPE_NONE:
        return Py_TYPE(Py_None);
    case TYPE_BOOL:
        return &PyBool_Type;
    case TYPE_INT:
        return &PyLong_Type;
    case TYPE_FLOAT:
        return &PyFloat_Type;
    case TYPE_STR:
        return &PyUnicode_Type;
    case TYPE_BYTES:
        return &PyBytes_Type;
    case TYPE_LIST:
        return &PyList_Type;
    case TYPE_TUPLE:
        return &PyTuple_Type;
    case TYPE_DICT:
        return &PyDict_Type;
    case TYPE_SET:
        return &PySet_Type;
    case TYPE_RANGE_ITERATOR:
        return &PyRangeIter_Type;
    case TYPE_LIST_ITERATOR:
        return &PyListIter_Type;
    case TYPE_TUPLE_ITERATOR:
        return &PyTupleIter_Type;
    case TYPE_FUNCTION:
        return &PyFunction_Type;
    case TYPE_GENERATOR:
        return &PyGen_Type;
    default:
        return NULL;
    }
}

/* The type class of an object. */
ValueType
type_of_object(PyObject *object)
{
    if (object == NULL) {
        return TYPE_NULL;
    }
    PyTypeObject *type = Py_TYPE(object);
    for (ValueType t = TYPE_NONE; t < TYPE_OTHER; t++) {
        if (type == type_object(t)) {
            return t;
        }
    }
    return TYPE_OTHER;
}

/* Can the end of such a value run no Python code? */
bool
type_is_plain(ValueType type)
{
    switch (type) {
    case TYPE_NULL:
    case TYPE_NONE:
    case TYPE_BOOL:
    case TYPE_INT:
    case TYPE_FLOAT:
    case TYPE_STR:
    case TYPE_BYTES:
    case TYPE_RANGE_ITERATOR:
        return true;
    default:
        return false;
    }
}

/* ---- access --------------------------------------------------------------------------------- */

/* The stack entry with this number from the bottom. */
static Entry *
stack_entry(Block *b, int i)
{
    if (i < b->ctx.stack_count) {
        return &b->ctx.entries[b->ctx.local_count + i];
    }
    b->beyond = (Entry){.owned = 1};
    return &b->beyond;
}

/* What is known about local i. */
Entry *
block_local(Block *b, int i)
{
    if (b->site != NULL) {
        return stack_entry(b, b->site->locals + i);
    }
    if (i < b->ctx.local_count) {
        return &b->ctx.entries[i];
    }
    b->beyond = (Entry){0};
    return &b->beyond;
}

/* What is known about the n-th stack entry from the top. */
Entry *
block_stack(Block *b, int n)
{
    return stack_entry(b, b->ctx.depth - 1 - n);
}

/* The entry that an alias stands for. */
Entry *
block_aliased(Block *b, const Entry *alias)
{
    if (alias->index >= ALIAS_OF_STACK) {
        return stack_entry(b, alias->index - ALIAS_OF_STACK);
    }
    if (alias->index < b->ctx.local_count) {
        return &b->ctx.entries[alias->index];
    }
    b->beyond = (Entry){0};
    return &b->beyond;
}

/* Byte offset of the slot of what an alias stands for. */
intptr_t
block_alias_slot(const Block *b, const Entry *alias)
{
    return alias->index >= ALIAS_OF_STACK ? slot_of_stack(b, alias->index - ALIAS_OF_STACK)
                                          : slot_of_local(alias->index);
}

/* The entry that says where the value of the n-th stack entry is. */
Entry *
block_value(Block *b, int n)
{
    Entry *entry = block_stack(b, n);
    return entry->location == IN_LOCAL ? block_aliased(b, entry) : entry;
}

/* Type of the n-th stack entry's value. */
ValueType
block_type(Block *b, int n)
{
    return block_value(b, n)->type;
}

/* The object that an entry is known to be. */
PyObject *
block_constant(const Block *b, const Entry *entry)
{
    if (entry->location == IN_CONST && entry->type != TYPE_NULL) {
        return code_get_constant(b->state, entry->index);
    }
    return fact_object(&b->state->facts, entry->fact);
}

/* Is the n-th stack entry's value known to be an instance of this class in its present state? */
bool
block_is_of_class(Block *b, int n, PyTypeObject *type)
{
    unsigned fact = block_value(b, n)->fact;
    return fact != 0 && fact_class(&b->state->facts, (int)fact) == type &&
           fact_of_class(&b->state->facts, type) == (int)fact;
}

/* Notes that guards have shown the n-th stack entry's value to be an instance of this class. */
void
block_learn_class(Block *b, int n, PyTypeObject *type)
{
    Entry *entry = block_value(b, n);
    if (entry->fact == 0) {
        entry->fact = (unsigned)fact_of_class(&b->state->facts, type) & 0xff;
    }
    if (entry->type == TYPE_UNKNOWN) {
        entry->type = TYPE_OTHER;
    }
}

/* Is any fact known? */
bool
block_knows_facts(const Block *b)
{
    for (int i = 0; i < ctx_entry_count(&b->ctx); i++) {
        if (b->ctx.entries[i].fact != 0) {
            return true;
        }
    }
    return b->ctx.globals != 0 || b->ctx.builtins != 0;
}

/* The first of the entries from the n-th on that the context describes. */
int
block_first_described(const Block *b, int n)
{
    return Py_MAX(n, b->ctx.depth - b->ctx.stack_count);
}

/* Puts what is known by facts only into its slot, and gives what is lent a reference of its own, down from the n-th
 * entry. */
static void
own_facts(Block *b, int first)
{
    for (int n = b->ctx.depth - 1, end = block_first_described(b, first); n >= end; n--) {
        const Entry *entry = block_stack(b, n);
        if (entry->lent || (!entry->owned && fact_object(&b->state->facts, entry->fact) != NULL)) {
            block_own(b, n);
        }
    }
}

/* Gives what is lent a reference of its own, but for the top entries. */
void
block_own_lent_below(Block *b, int count)
{
    for (int n = b->ctx.depth - 1, end = block_first_described(b, count); n >= end; n--) {
        if (block_stack(b, n)->lent) {
            block_own(b, n);
        }
    }
}

/* Puts what is known by facts only into its slot. */
void
block_own_facts(Block *b)
{
    own_facts(b, 0);
}

/* The same but for the top entries. */
void
block_own_facts_below(Block *b, int count)
{
    own_facts(b, count);
}

/* Before code may run that could change classes or free objects. */
void
block_forget_facts(Block *b)
{
    block_own_facts(b);
    ctx_forget_facts(&b->ctx);
}

/* A live value like the one the n-th stack entry will hold. */
PyObject *
block_sample(Block *b, int n)
{
    Entry *entry = block_stack(b, n);
    if (entry->location == IN_LOCAL && entry->index >= ALIAS_OF_STACK) {
        return b->stack_samples[entry->index - ALIAS_OF_STACK];
    }
    if (entry->location == IN_LOCAL) {
        return entry->index < CTX_LOCALS ? b->local_samples[entry->index] : NULL;
    }
    if (entry->location == IN_CONST || entry->location == IN_FACT) {
        return block_constant(b, entry);
    }
    int i = b->ctx.depth - 1 - n;
    return i < CTX_STACK ? b->stack_samples[i] : NULL;
}

/* ---- boxing ---------------------------------------------------------------------------------- */

/* Puts the box of a local of the frame that is only in a register into its slot. */
void
block_box_local(Block *b, int i)
{
    if (i >= b->ctx.local_count || b->ctx.entries[i].boxed) {
        return;
    }
    Entry *entry = &b->ctx.entries[i];
    if (entry->location == IN_FLOAT) {
        ASM(&b->as, entry->lent ? OP_box_new_float_local : OP_box_float_local, entry->index, slot_of_local(i));
    } else if (entry->location == IN_INT) {
        ASM(&b->as, entry->lent ? OP_box_new_int_local : OP_box_int_local, entry->index, slot_of_local(i),
            slot_of_local(i), (intptr_t)pyjit_state.small_ints);
    } else {
        return;
    }
    entry->boxed = 1;
    entry->lent = 0;
}

/* Puts the box of a stack entry that is only in a register into its slot. */
static void
box_stack(Block *b, int n)
{
    Entry *entry = block_stack(b, n);
    if (entry->boxed) {
        return;
    }
    if (entry->location == IN_FLOAT) {
        ASM(&b->as, OP_box_float, entry->index, block_own_slot(b, n));
    } else {
        ASM(&b->as, OP_box_int, entry->index, block_own_slot(b, n), (intptr_t)pyjit_state.small_ints);
    }
    entry->boxed = 1;
    entry->owned = 1;
    entry->lent = 0;
}

/* Puts the box of what an alias stands for into its slot. */
static void
box_aliased(Block *b, const Entry *alias)
{
    if (alias->index < ALIAS_OF_STACK) {
        block_box_local(b, alias->index);
    } else if (entry_in_register(block_aliased(b, alias))) {
        box_stack(b, b->ctx.depth - 1 - (alias->index - ALIAS_OF_STACK));
    }
}

/* Forgets that a value is in a register; its box must be in the slot. */
static void
forget_register(Entry *entry)
{
    entry->location = IN_SLOT;
    entry->boxed = 0;
    entry->index = 0;
}

/* Keeps the prediction of an entry that will be in its slot. */
static void
note_sample(Block *b, int n)
{
    int at = b->ctx.depth - 1 - n;
    if (at < CTX_STACK) {
        b->stack_samples[at] = block_sample(b, n);
    }
}

/* Gives the n-th stack entry, in its slot, a reference of its own. */
static void
take_reference(Block *b, int n)
{
    Entry *entry = block_stack(b, n);
    if (!entry->owned) {
        ASM(&b->as, OP_increment, block_own_slot(b, n));
        entry->owned = 1;
        entry->lent = 0;
    }
}

/* Is the n-th stack entry, an alias, the last that there will be of a local that is only in a register? Then the local needs
 * no box of its own. Handlers might still read it. */
static bool
is_last_of_local(Block *b, int n)
{
    const Entry *alias = block_stack(b, n), *value = block_aliased(b, alias);
    if (b->site != NULL || b->ctx.observed || alias->index >= ALIAS_OF_STACK || value->boxed || !entry_in_register(value) ||
        PyBytes_GET_SIZE(b->state->code->co_exceptiontable) > 0) {
        return false;
    }
    for (int i = block_first_described(b, 0); i < b->ctx.depth; i++) {
        const Entry *other = block_stack(b, i);
        if (i != n && other->location == IN_LOCAL && other->index == alias->index) {
            return false;
        }
    }
    int target = decode_jump_target(&b->in);
    if (target >= 0 && liveness_at(b->state->live, b->state->live_count, target) >> alias->index & 1) {
        return false;
    }
    return liveness_is_dead(b->state->units, b->state->unit_count, b->state->live, b->state->live_count, b->in.next,
                            alias->index);
}

/* Has the n-th stack entry's number no object, and will there be none of it but one that is made of the entry itself? */
bool
block_is_new(Block *b, int n)
{
    const Entry *entry = block_stack(b, n), *value = block_value(b, n);
    if (!entry_in_register(value) || value->boxed) {
        return false;
    }
    return value == entry || (value->lent && is_last_of_local(b, n));
}

/* Puts a box of the value of an alias of a local into its own slot: that of the local, if it has one that has been
 * forgotten. */
static void
box_for_alias(Block *b, int n)
{
    intptr_t local = block_alias_slot(b, block_stack(b, n));
    Entry value = *block_aliased(b, block_stack(b, n));
    note_sample(b, n);
    if (value.lent && value.location == IN_FLOAT) {
        ASM(&b->as, OP_box_float, value.index, block_own_slot(b, n));
    } else if (value.lent) {
        ASM(&b->as, OP_box_int, value.index, block_own_slot(b, n), (intptr_t)pyjit_state.small_ints);
    } else if (value.location == IN_FLOAT) {
        ASM(&b->as, OP_box_float_of_local, value.index, local, block_own_slot(b, n));
    } else {
        ASM(&b->as, OP_box_int_of_local, value.index, local, block_own_slot(b, n), (intptr_t)pyjit_state.small_ints);
    }
    *block_stack(b, n) = (Entry){.type = value.type, .fact = value.fact, .owned = 1};
}

/* Makes the n-th stack entry an owned reference in its own slot. */
void
block_own(Block *b, int n)
{
    Entry *entry = block_stack(b, n);
    switch (entry->location) {
    case IN_SLOT:
        take_reference(b, n);
        break;
    case IN_LOCAL: {
        if (is_last_of_local(b, n)) {
            box_for_alias(b, n);
            break;
        }
        box_aliased(b, entry);
        Entry known = *block_aliased(b, entry);
        ASM(&b->as, OP_copy_incref, block_alias_slot(b, entry), block_own_slot(b, n));
        note_sample(b, n);
        *block_stack(b, n) = (Entry){.type = known.type, .owned = 1, .fact = known.fact};
        break;
    }
    case IN_CONST:
    case IN_FACT:
        if (entry->type == TYPE_NULL) {
            ASM(&b->as, OP_store_null, block_own_slot(b, n));
        } else {
            ASM(&b->as, OP_store_constant, (intptr_t)block_constant(b, entry), block_own_slot(b, n));
        }
        note_sample(b, n);
        *entry = (Entry){.type = entry->type, .owned = 1, .fact = entry->fact};
        break;
    case IN_INT:
    case IN_FLOAT:
        box_stack(b, n);
        forget_register(entry);
        take_reference(b, n);
        break;
    }
}

/* Makes sure the n-th stack entry's value is an object in some slot. */
intptr_t
block_object_slot(Block *b, int n)
{
    Entry *entry = block_stack(b, n);
    switch (entry->location) {
    case IN_LOCAL:
        box_aliased(b, entry);
        return block_alias_slot(b, entry);
    case IN_CONST:
    case IN_FACT:
        ASM(&b->as, OP_store_constant_borrowed, (intptr_t)block_constant(b, entry), block_own_slot(b, n));
        note_sample(b, n);
        *entry = (Entry){.type = entry->type, .fact = entry->fact};
        break;
    case IN_INT:
    case IN_FLOAT:
        box_stack(b, n);
        break;
    case IN_SLOT:
        break;
    }
    return block_own_slot(b, n);
}

/* Boxes all locals. */
void
block_box_locals(Block *b)
{
    for (int i = 0; i < b->ctx.local_count; i++) {
        block_box_local(b, i);
    }
}

/* Makes the top `count` stack entries owned references in their slots. */
void
block_own_stack(Block *b, int count)
{
    for (int n = count - 1; n >= 0; n--) {
        block_own(b, n);
    }
}

/* The same for the operand stack of the code being compiled. */
void
block_settle_stack(Block *b)
{
    block_own_stack(b, b->ctx.depth - (b->site == NULL ? 0 : b->site->stack));
}

/* Puts everything that is in registers into memory, but for the top `kept` stack entries. */
static void
empty_registers(Block *b, int kept)
{
    for (int i = 0; i < b->ctx.local_count; i++) {
        Entry *entry = &b->ctx.entries[i];
        if (entry->location != IN_SLOT) {
            block_box_local(b, i);
            forget_register(entry);
        }
    }
    for (int n = b->ctx.depth - 1, end = block_first_described(b, kept); n >= end; n--) {
        Entry *entry = block_stack(b, n);
        bool doubtful = b->ctx.observed && entry->location == IN_LOCAL; /* the local may be written */
        if (entry_in_register(entry) || doubtful) {
            block_own(b, n);
        }
    }
}

/* Before C code that may do anything. */
void
block_escape(Block *b)
{
    if (block_needs_frame(b)) {
        return;
    }
    empty_registers(b, 0);
    block_forget_facts(b);
    if (b->ctx.observed) {
        ctx_forget_locals(&b->ctx); /* they may be written; nothing on the stack aliases them */
    }
}

/* Before a call that takes over the top entries at once. */
void
block_escape_but(Block *b, int count, int in_registers)
{
    if (block_needs_frame(b)) {
        return;
    }
    empty_registers(b, in_registers);
    own_facts(b, count);
    if (b->ctx.observed) {
        ctx_forget_locals(&b->ctx);
    }
}

/* ---- registers ------------------------------------------------------------------------------- */

/* Registers of a class in use by the context. */
static unsigned
used_registers(const Block *b, Location location)
{
    unsigned used = 0;
    for (int i = 0; i < ctx_entry_count(&b->ctx); i++) {
        if (b->ctx.entries[i].location == location) {
            used |= 1u << b->ctx.entries[i].index;
        }
    }
    return used;
}

/* Moves the owner of some register that need not be kept to memory. */
static void
spill_one(Block *b, Location location, unsigned keep)
{
    for (int boxed = 1; boxed >= 0; boxed--) { /* what has a box already costs nothing */
        for (int i = 0; i < ctx_entry_count(&b->ctx); i++) {
            Entry *entry = &b->ctx.entries[i];
            if (entry->location != location || entry->boxed != boxed || (keep >> entry->index & 1)) {
                continue;
            }
            if (i < b->ctx.local_count) {
                block_box_local(b, i);
                forget_register(entry);
            } else {
                box_stack(b, b->ctx.depth - 1 - (i - b->ctx.local_count));
                forget_register(entry);
            }
            return;
        }
    }
}

/* A free register of the class. */
static int
take_register(Block *b, Location location, int count, unsigned keep)
{
    for (;;) {
        unsigned used = used_registers(b, location) | keep;
        for (int reg = 0; reg < count; reg++) {
            if (!(used >> reg & 1)) {
                return reg;
            }
        }
        spill_one(b, location, keep);
    }
}

/* A free int register. */
int
block_take_int(Block *b, unsigned keep)
{
    return take_register(b, IN_INT, INT_REGISTERS, keep);
}

/* A free double register. */
int
block_take_float(Block *b, unsigned keep)
{
    return take_register(b, IN_FLOAT, FLOAT_REGISTERS, keep);
}

/* The value of an int object that fits; false when it does not. */
static bool
small_value(PyObject *object, int64_t *value)
{
    int overflow;
    *value = PyLong_AsLongLongAndOverflow(object, &overflow);
    return overflow == 0;
}

/* The n-th stack entry as an unboxed int in a register. */
int
block_int_register(Block *b, int n, unsigned keep)
{
    Entry *entry = block_stack(b, n);
    int64_t value;
    if (entry->location == IN_CONST &&
        small_value(block_constant(b, entry), &value)) {
        int reg = block_take_int(b, keep);
        if (value == (int32_t)value) {
            ASM(&b->as, OP_load_small_int, (intptr_t)value, reg);
        } else {
            ASM(&b->as, OP_load_int_constant, (intptr_t)value, reg);
        }
        return reg;
    }
    Entry *where = block_value(b, n);
    if (where->location == IN_INT) {
        return where->index;
    }
    intptr_t slot = block_object_slot(b, n);
    int reg = block_take_int(b, keep);
    ASM(&b->as, OP_unbox_int, slot, reg, (intptr_t)block_exit_generic(b));
    where = block_value(b, n);
    where->location = IN_INT;
    where->index = (unsigned)reg;
    where->boxed = 1;
    return reg;
}

/* The double a constant stands for; false when it is not a number that int64 or double holds. */
static bool
number_constant(PyObject *object, double *number)
{
    int64_t value;
    if (PyFloat_CheckExact(object)) {
        *number = PyFloat_AS_DOUBLE(object);
        return true;
    }
    if (PyLong_CheckExact(object) && small_value(object, &value)) {
        *number = (double)value;
        return true;
    }
    return false;
}

/* The n-th stack entry as an unboxed double in a register; an int is converted. */
int
block_float_register(Block *b, int n, unsigned keep)
{
    Entry *entry = block_stack(b, n);
    double number;
    if (entry->location == IN_CONST &&
        number_constant(block_constant(b, entry), &number)) {
        intptr_t bits;
        memcpy(&bits, &number, sizeof bits);
        int reg = block_take_float(b, keep);
        ASM(&b->as, OP_load_float_constant, bits, reg);
        return reg;
    }
    Entry *where = block_value(b, n);
    if (where->location == IN_FLOAT) {
        return where->index;
    }
    if (where->type == TYPE_INT) {
        int from = block_int_register(b, n, 0);
        int reg = block_take_float(b, keep);
        ASM(&b->as, OP_int_to_float, from, reg);
        return reg;
    }
    intptr_t slot = block_object_slot(b, n);
    int reg = block_take_float(b, keep);
    ASM(&b->as, OP_unbox_float, slot, reg);
    where = block_value(b, n);
    where->location = IN_FLOAT;
    where->index = (unsigned)reg;
    where->boxed = 1;
    return reg;
}

/* Does the n-th stack entry itself (not a local it aliases) hold this register? */
static bool
holds_alone(Block *b, int n, Location location, int reg)
{
    Entry *entry = block_stack(b, n);
    return entry->location == location && entry->index == reg;
}

/* Does any entry hold this register? */
static bool
is_held(const Block *b, Location location, int reg)
{
    return used_registers(b, location) >> reg & 1;
}

/* A register that may be overwritten, holding the int value of the n-th entry. */
int
block_int_result(Block *b, int n, unsigned keep)
{
    int reg = block_int_register(b, n, keep);
    if (holds_alone(b, n, IN_INT, reg) || !is_held(b, IN_INT, reg)) {
        return reg;
    }
    int copy = block_take_int(b, keep | 1u << reg);
    ASM(&b->as, OP_move_int, reg, copy);
    return copy;
}

/* The same for a double. */
int
block_float_result(Block *b, int n, unsigned keep)
{
    int reg = block_float_register(b, n, keep);
    if (holds_alone(b, n, IN_FLOAT, reg) || !is_held(b, IN_FLOAT, reg)) {
        return reg;
    }
    int copy = block_take_float(b, keep | 1u << reg);
    ASM(&b->as, OP_move_float, reg, copy);
    return copy;
}

/* ---- learning -------------------------------------------------------------------------------- */

/* Is the first instruction's chain of guards used up? */
bool
block_must_be_generic(const Block *b)
{
    return b->start == b->first && b->chain >= MAX_CHAIN;
}

/* Makes the type of the n-th stack entry known, if it is one of `wanted`. */
ValueType
block_learn(Block *b, int n, unsigned wanted)
{
    ValueType type = block_type(b, n);
    if (type != TYPE_UNKNOWN) {
        return type;
    }
    if (block_must_be_generic(b) || b->ctx.depth - 1 - n >= CTX_STACK) {
        return TYPE_UNKNOWN;
    }
    PyObject *sample = block_sample(b, n);
    if (sample == NULL) {
        if (b->frame != NULL && b->start != b->first) {
            block_defer(b);
        }
        return TYPE_UNKNOWN;
    }
    type = type_of_object(sample);
    if (!(wanted >> type & 1)) {
        return TYPE_UNKNOWN;
    }
    ASM(&b->as, OP_guard_type, block_object_slot(b, n), (intptr_t)type_object(type),
        (intptr_t)block_exit_miss(b));
    block_value(b, n)->type = type;
    return type;
}
