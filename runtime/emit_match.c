/* Emitters: structural pattern matching where classes decide. */
#include "pyjit/emit_calls.h"

#include "pyjit/attribute.h"
#include "pyjit/names.h"

#define ATTRIBUTES_MOST 8 /* of a class pattern */

/* ---- sequences and mappings ------------------------------------------------------------------------ */

/* MATCH_SEQUENCE, MATCH_MAPPING: of types that stay as they are. */
void
emit_match_kind(Block *b)
{
    PyTypeObject *type = b->ctx.depth >= CTX_STACK ? NULL : emit_class_of(b, 0);
    if (b->ended) {
        return;
    }
    unsigned long kind = b->in.opcode == MATCH_SEQUENCE ? Py_TPFLAGS_SEQUENCE : Py_TPFLAGS_MAPPING;
    PyObject *answer = type != NULL && PyType_HasFeature(type, kind) ? Py_True : Py_False;
    int number = type == NULL || !plan_type_is_fixed(type) ? -1 : code_constant(b->state, answer);
    if (number < 0) {
        emit_generic(b);
        return;
    }
    emit_guard_class(b, 0, type);
    block_push_entry(b, (Entry){.type = TYPE_BOOL, .location = IN_CONST, .index = (unsigned)number & CTX_INDEX_MAX}, answer);
}

/* GET_LEN: of a builtin container an int in a register. */
void
emit_get_len(Block *b)
{
    int operation = b->ctx.depth >= CTX_STACK ? -1 : emit_length_operation(block_type(b, 0));
    if (operation < 0) {
        emit_generic(b);
        return;
    }
    intptr_t slot = block_object_slot(b, 0);
    int reg = block_take_int(b, 0);
    ASM(&b->as, operation, slot, reg);
    block_push_register(b, TYPE_INT, reg);
}

/* ---- classes ------------------------------------------------------------------------------------------ */

/* What follows a class pattern: COPY and POP_JUMP_IF_NONE, then UNPACK_SEQUENCE, where the jump goes POP_TOP. */
typedef struct {
    Instr unpack;
    int fails; /* the offset after that POP_TOP */
} Uses;

/* Finds what follows; false if it is something else, or is jumped to. */
static bool
find_uses(Block *b, Uses *uses)
{
    Instr copy = decode_at(b->here->units, b->in.next);
    if (copy.opcode != COPY || copy.oparg != 1 || block_is_target(b, copy.start)) {
        return false;
    }
    Instr jump = decode_at(b->here->units, copy.next);
    if (jump.opcode != POP_JUMP_FORWARD_IF_NONE || block_is_target(b, jump.start)) {
        return false;
    }
    uses->unpack = decode_at(b->here->units, jump.next);
    Instr pop = decode_at(b->here->units, decode_jump_target(&jump));
    uses->fails = pop.next;
    return uses->unpack.opcode == UNPACK_SEQUENCE && !block_is_target(b, uses->unpack.start) && pop.opcode == POP_TOP;
}

/* The attributes that a class pattern asks an instance for. */
typedef struct {
    int count;
    Plan plans[ATTRIBUTES_MOST];
} Attributes;

/* Finds one more; false if there is no room, or it is not simple to get at. */
static bool
add_attribute(Attributes *attributes, PyObject *subject, PyObject *name, bool first_try)
{
    if (attributes->count == ATTRIBUTES_MOST || !PyUnicode_CheckExact(name)) {
        return false;
    }
    Plan *plan = &attributes->plans[attributes->count++];
    *plan = plan_load(subject, name, first_try);
    return plan->place == PLACE_VALUES || plan->place == PLACE_MEMBER;
}

/* Finds the attributes of a pattern: `positional` ones that the class names, those of keywords. */
static bool
find_attributes(PyObject *subject, PyTypeObject *class, int positional, PyObject *keywords, bool first_try,
                Attributes *attributes)
{
    PyObject *names = positional == 0 ? NULL : plan_lookup(class, pyjit_names.dunder_match_args);
    if (positional > 0 && (names == NULL || !PyTuple_CheckExact(names) || PyTuple_GET_SIZE(names) < positional)) {
        return false;
    }
    attributes->count = 0;
    for (int i = 0; i < positional; i++) {
        if (!add_attribute(attributes, subject, PyTuple_GET_ITEM(names, i), first_try)) {
            return false;
        }
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(keywords); i++) {
        if (!add_attribute(attributes, subject, PyTuple_GET_ITEM(keywords, i), first_try)) {
            return false;
        }
    }
    for (int i = 0; i < attributes->count; i++) {
        for (int j = 0; j < i; j++) {
            if (attributes->plans[i].place == attributes->plans[j].place &&
                attributes->plans[i].at == attributes->plans[j].at) {
                return false; /* an attribute that is asked for twice is an error */
            }
        }
    }
    return true;
}

/* Emits the load of an attribute without a reference. */
static void
lend_attribute(Block *b, const Plan *plan, intptr_t subject, intptr_t to, intptr_t miss)
{
    ASM(&b->as, plan->place == PLACE_VALUES ? OP_lend_values : OP_lend_member, subject, plan->at, to, miss);
}

/* The subject, third from the top, and what it was compared with give way to its attributes, the first on top, as
 * UNPACK_SEQUENCE leaves them. Nothing has a reference to them before all are known to be there. */
static void
unpack_attributes(Block *b, const Attributes *attributes)
{
    int count = attributes->count, lowest = b->ctx.depth - 3;
    bool owned = block_stack(b, 2)->owned;
    if (owned) {
        block_own_facts_below(b, 3); /* as the exit for releasing finds them; the other one must find the same */
    }
    intptr_t subject = block_object_slot(b, 2), miss = (intptr_t)block_exit_miss(b);
    const Plan *last = &attributes->plans[count - 1];
    if (owned && count > 1) {
        lend_attribute(b, last, subject, slot_of_stack(b, lowest + 1), miss); /* to see that it is there */
    }
    for (int i = 0; i < count; i++) {
        int number = lowest + count - 1 - i;
        if (number > lowest || !owned) {
            lend_attribute(b, &attributes->plans[i], subject, slot_of_stack(b, number), miss);
        }
    }
    for (int number = lowest + owned; number < lowest + count; number++) {
        ASM(&b->as, OP_increment, slot_of_stack(b, number));
    }
    block_pop(b, 3);
    for (int i = count - 1; i >= 0; i--) {
        block_push_sample(b, TYPE_UNKNOWN, attributes->plans[i].value);
    }
    if (owned) {
        int operation = last->place == PLACE_VALUES ? OP_load_values_owned : OP_load_member_owned;
        ASM(&b->as, operation, subject, last->at, miss, (intptr_t)block_exit_release(b));
    }
}

/* Is an instance of the class itself what the pattern's only attribute is? */
static bool
matches_itself(PyTypeObject *class, int positional, PyObject *keywords)
{
    return positional == 1 && PyTuple_GET_SIZE(keywords) == 0 && PyType_HasFeature(class, _Py_TPFLAGS_MATCH_SELF) &&
           plan_lookup(class, pyjit_names.dunder_match_args) == NULL;
}

/* MATCH_CLASS where the subject's class says whether it matches. False if that is not so, or b->ended. */
static bool
match_known_class(Block *b)
{
    Uses uses;
    PyObject *keywords = b->ctx.depth + ATTRIBUTES_MOST > CTX_STACK ? NULL : block_constant(b, block_stack(b, 0));
    PyObject *class = keywords == NULL ? NULL : block_constant(b, block_stack(b, 1));
    if (class == NULL || !PyTuple_CheckExact(keywords) || block_stack(b, 0)->owned || block_stack(b, 1)->owned ||
        !find_uses(b, &uses)) {
        return false;
    }
    Verdict verdict;
    if (!emit_judge(b, 2, &class, 1, &verdict)) {
        return false;
    }
    int positional = b->in.oparg, count = positional + (int)PyTuple_GET_SIZE(keywords);
    if (verdict.answer == Py_False) {
        emit_guard_verdict(b, 2, &class, &verdict);
        block_drop(b, 3);
        block_jump(b, uses.fails);
        return true;
    }
    PyObject *subject = block_sample(b, 2);
    Attributes attributes = {.count = 0};
    bool itself = matches_itself((PyTypeObject *)class, positional, keywords);
    bool first_try = !(b->start == b->first && b->chain > 0);
    if (uses.unpack.oparg != count ||
        (!itself && count > 0 &&
         (subject == NULL || Py_TYPE(subject) != verdict.type ||
          !find_attributes(subject, (PyTypeObject *)class, positional, keywords, first_try, &attributes)))) {
        return false;
    }
    emit_guard_verdict(b, 2, &class, &verdict);
    for (int i = 0; i < attributes.count; i++) {
        emit_guard_plan(b, 2, &attributes.plans[i]);
    }
    if (itself) {
        block_drop(b, 2);
    } else if (count == 0) {
        block_drop(b, 3);
    } else {
        unpack_attributes(b, &attributes);
    }
    b->in.next = uses.unpack.next;
    return true;
}

/* MATCH_CLASS. */
void
emit_match_class(Block *b)
{
    if (!match_known_class(b) && !b->ended) {
        emit_generic(b);
    }
}
