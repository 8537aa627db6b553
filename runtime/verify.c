/* Verification: contexts against live frames, in debug builds only. Owns no state. */
#include "pyjit/verify.h"

#include "pyjit/settings.h"

#include <stdio.h>
#include <string.h>

/* What is being checked, for messages. */
typedef struct {
    const Registers *regs;
    const Exit *exit;
    const CodeState *state;
    const char *kind; /* of entry: "local" or "stack entry" */
    int number;
} Check;

static const char *const exit_kinds[] = {
    [EXIT_BRANCH] = "branch",       [EXIT_ERROR] = "error",     [EXIT_LEAVE] = "leave",
    [EXIT_RELEASE] = "release",     [EXIT_RERAISE] = "reraise", [EXIT_ENTRY] = "entry",
    [EXIT_SAFEPOINT] = "safepoint", [EXIT_CHECK] = "check",     [EXIT_RETURNED] = "returned",
    [EXIT_UNINLINE] = "uninline",   [EXIT_FINISH] = "finish",
    [EXIT_VERIFY] = "verify",       [EXIT_BACK] = "back", [EXIT_CALL] = "call",
};

/* Says what is wrong and ends the process. `object` is the one concerned, or NULL. */
static _Noreturn void
fail(const Check *check, const char *what, PyObject *object)
{
    const Exit *exit = check->exit;
    PyCodeObject *code = check->regs->frame->f_code;
    char context[2000];
    ctx_describe(exit->ctx, context, sizeof context);
    fprintf(stderr, "pyjit: %s exit of %s (%s) at bytecode offset %d, chain %d\n",
            exit_kinds[exit->kind], PyUnicode_AsUTF8(code->co_qualname),
            PyUnicode_AsUTF8(code->co_filename), exit->offset * 2, exit->chain);
    fprintf(stderr, "pyjit: context %s\n", context);
    if (check->kind != NULL) {
        fprintf(stderr, "pyjit: %s %d: %s\n", check->kind, check->number, what);
    } else {
        fprintf(stderr, "pyjit: %s\n", what);
    }
    fflush(stderr);
    if (object != NULL) {
        _PyObject_Dump(object);
    }
    Py_FatalError("pyjit: the context of an exit is not true");
}

#define EXPECT(condition, what, object)                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fail(check, what, object);                                                             \
        }                                                                                          \
    } while (0)

/* ---- objects ----------------------------------------------------------------------------------- */

/* An object that somebody holds a reference to. */
static void
check_object(const Check *check, PyObject *object)
{
    EXPECT(!_PyObject_IsFreed(object), "has been freed", NULL);
    EXPECT(Py_REFCNT(object) > 0, "has no references", object);
    EXPECT(_PyObject_CheckConsistency(object, 0), "is not consistent", object);
}

/* What a slot holds, if anything, is an object. */
static void
check_slot(const Check *check, PyObject *object)
{
    if (object != NULL) {
        check_object(check, object);
    }
}

/* An object, or for TYPE_NULL none, of the type that the entry says. */
static void
check_typed(const Check *check, PyObject *object, ValueType type)
{
    check_slot(check, object);
    if (type != TYPE_UNKNOWN) {
        EXPECT(type_of_object(object) == type, "is of another type", object);
    }
}

/* The number in an object is the one in the register. */
static void
check_box(const Check *check, const Entry *entry, PyObject *box)
{
    EXPECT(box != NULL, "has no box", NULL);
    check_typed(check, box, entry->type);
    if (entry->location == IN_FLOAT) {
        double value = check->regs->floats[entry->index], boxed = PyFloat_AS_DOUBLE(box);
        EXPECT(memcmp(&value, &boxed, sizeof value) == 0, "is not what its box holds", box);
    } else {
        int overflow;
        int64_t value = PyLong_AsLongLongAndOverflow(box, &overflow);
        EXPECT(overflow == 0 && value == check->regs->ints[entry->index],
               "is not what its box holds", box);
    }
}

/* ---- entries ----------------------------------------------------------------------------------- */

/* A number in a register is of a type registers have, and alone there. */
static void
check_register(const Check *check, const Entry *entry)
{
    bool is_int = entry->location == IN_INT;
    EXPECT(entry->type == (is_int ? TYPE_INT : TYPE_FLOAT), "is in a register of another kind", NULL);
    EXPECT(entry->index < (is_int ? INT_REGISTERS : FLOAT_REGISTERS), "is in no register there is",
           NULL);
    const Context *ctx = check->exit->ctx;
    int holders = 0;
    for (int i = 0; i < ctx_entry_count(ctx); i++) {
        holders += ctx->entries[i].location == entry->location && ctx->entries[i].index == entry->index;
    }
    EXPECT(holders == 1, "shares its register", NULL);
}

/* A local. */
static void
check_local(const Check *check, const Entry *entry, PyObject *object)
{
    switch (entry->location) {
    case IN_SLOT:
        EXPECT(!entry->bound || object != NULL, "is bound but NULL", NULL);
        EXPECT(!entry->lent, "is lent", NULL);
        check_typed(check, object, entry->type);
        break;
    case IN_INT:
    case IN_FLOAT:
        EXPECT(entry->bound || entry->boxed, "is in a register but perhaps unbound", NULL);
        check_register(check, entry);
        if (entry->boxed) {
            EXPECT(!entry->lent, "has a box that it has not", NULL);
            check_box(check, entry, object);
        } else {
            check_slot(check, object);
            EXPECT(type_is_plain(type_of_object(object)), "its garbage could run code", object);
        }
        break;
    default:
        fail(check, "is a local elsewhere", NULL);
    }
}

/* An entry of the operand stack. */
static void
check_stack_entry(const Check *check, const Entry *entry, PyObject *object)
{
    const _PyInterpreterFrame *frame = check->regs->frame;
    const Context *ctx = check->exit->ctx;
    switch (entry->location) {
    case IN_SLOT:
        check_typed(check, object, entry->type);
        break;
    case IN_LOCAL:
        if (entry->index >= ALIAS_OF_STACK) {
            EXPECT(entry->index - ALIAS_OF_STACK < ctx->stack_count, "is a stack entry there is not", NULL);
            break;
        }
        EXPECT(entry->index < frame->f_code->co_nlocalsplus, "is a local there is not", NULL);
        EXPECT(frame->localsplus[entry->index] != NULL ||
                   (entry->index < ctx->local_count && ctx->entries[entry->index].location != IN_SLOT),
               "is an unbound local", NULL);
        break;
    case IN_CONST:
        if (entry->type != TYPE_NULL) {
            int count = (int)PyTuple_GET_SIZE(check->state->code->co_consts) + check->state->constant_count;
            EXPECT((int)entry->index < count, "is a constant there is not", NULL);
            check_typed(check, code_get_constant(check->state, entry->index), entry->type);
        }
        break;
    case IN_FACT:
        EXPECT(fact_object(&check->state->facts, entry->fact) != NULL, "is no object that is known", NULL);
        check_typed(check, fact_object(&check->state->facts, entry->fact), entry->type);
        break;
    case IN_INT:
    case IN_FLOAT:
        check_register(check, entry);
        if (entry->boxed) {
            check_box(check, entry, object);
        }
        break;
    }
}

/* A value in its slot of which a fact is known. */
static void
check_fact(const Check *check, const Entry *entry, PyObject *object)
{
    const FactTable *facts = &check->state->facts;
    if (entry->fact == 0 || entry->location == IN_FACT) {
        return;
    }
    const PyObject *known = fact_object(facts, entry->fact); /* it may have changed, which is for guards to find */
    EXPECT(known == NULL ? fact_holds(facts, entry->fact, object) : object == known, "is not what it is known to be", object);
}

/* A namespace of the frame of which a fact is known; it may be about that of code that was compiled in place. */
static void
check_namespace(const Check *check, int fact, PyObject *dict)
{
    const FactTable *facts = &check->state->facts;
    EXPECT(fact == 0 || fact_object(facts, fact) != dict || fact_holds_of_dict(facts, fact, dict),
           "the namespace has changed", NULL);
}

/* ---- frames ------------------------------------------------------------------------------------ */

/* The frame is linked, and runs this code. */
static void
check_frame(const Check *check)
{
    const _PyInterpreterFrame *frame = check->regs->frame;
    const PyThreadState *tstate = check->regs->tstate;
    const Context *ctx = check->exit->ctx;
    EXPECT(tstate == _PyThreadState_GET(), "is in another thread", NULL);
    EXPECT(tstate->cframe->current_frame == frame, "the frame is not the current one", NULL);
    EXPECT(frame->stacktop < 0, "the frame's stacktop says that it is not executing", NULL);
    EXPECT(frame->f_code == check->state->code, "the frame runs other code", NULL);
    bool may_go_beyond = ctx->site != 0 || check->exit->kind == EXIT_FINISH || check->exit->kind == EXIT_RELEASE;
    EXPECT(may_go_beyond || ctx->depth <= frame->f_code->co_stacksize, "the stack is too deep", NULL);
    EXPECT(ctx->local_count == Py_MIN(frame->f_code->co_nlocalsplus, CTX_LOCALS),
           "locals are missing", NULL);
    EXPECT(ctx->stack_count == Py_MIN(ctx->depth, CTX_STACK), "stack entries are missing", NULL);
    check_object(check, (PyObject *)frame->f_code);
    check_object(check, (PyObject *)frame->f_func);
    check_object(check, frame->f_globals);
    check_object(check, frame->f_builtins);
    check_slot(check, frame->f_locals);
    check_slot(check, (PyObject *)frame->frame_obj);
    if (exit_is_to_code(check->exit) || check->exit->kind == EXIT_VERIFY) {
        check_namespace(check, ctx->globals, frame->f_globals);
        check_namespace(check, ctx->builtins, frame->f_builtins);
    }
}

/* All locals. */
static void
check_locals(Check *check)
{
    const Context *ctx = check->exit->ctx;
    PyObject *const *slots = check->regs->frame->localsplus;
    int count = check->regs->frame->f_code->co_nlocalsplus;
    check->kind = "local";
    for (int i = 0; i < count; i++) {
        check->number = i;
        if (i < ctx->local_count) {
            check_local(check, &ctx->entries[i], slots[i]);
            check_fact(check, &ctx->entries[i], slots[i]);
        } else {
            check_slot(check, slots[i]);
        }
    }
}

/* The whole operand stack. */
static void
check_stack(Check *check)
{
    const Context *ctx = check->exit->ctx;
    const _PyInterpreterFrame *frame = check->regs->frame;
    PyObject *const *slots = frame->localsplus + frame->f_code->co_nlocalsplus;
    check->kind = "stack entry";
    for (int i = 0; i < ctx->depth; i++) {
        check->number = i;
        if (i < ctx->stack_count) {
            check_stack_entry(check, &ctx->entries[ctx->local_count + i], slots[i]);
            check_fact(check, &ctx->entries[ctx->local_count + i], slots[i]);
        } else {
            check_slot(check, slots[i]);
        }
    }
}

/* Checks the frame and the registers against the exit's context. */
void
verify_exit(const Registers *regs, const Exit *exit)
{
    Check state = {regs, exit, exit_code((Exit *)exit), NULL, 0}, *check = &state;
    if (exit->ctx == NULL) {
        return; /* it belongs to no code */
    }
    check_frame(check);
    if (exit_is_to_code(exit) || exit->kind == EXIT_VERIFY || exit->kind == EXIT_LEAVE) {
        EXPECT(!PyErr_Occurred(), "an exception is pending", NULL);
    }
    bool perhaps_written = exit->kind == EXIT_CHECK && regs->frame->frame_obj != NULL;
    if (!perhaps_written) {
        check_locals(check);
    }
    if (exit->kind != EXIT_RELEASE) { /* what dies there may still be on the stack */
        check_stack(check);
    }
}

/* ---- compiling --------------------------------------------------------------------------------- */

/* Emits the check of the current context where that is asked for. */
void
verify_emit(Block *b)
{
    if (!settings_get()->verify) {
        return;
    }
    ASM(&b->as, OP_leave_always, (intptr_t)block_exit_verify(b));
}

/* ---- references -------------------------------------------------------------------------------- */

/* Compiled code has dropped a reference there was not. */
void
reference_count_negative(PyObject *object)
{
    _PyObject_ASSERT_FAILED_MSG(object, "pyjit: compiled code made the reference count negative");
}
