/* The block builder: compiles bytecode from one offset on, in one context, until the path ends.
 *
 * A Block is the state of one compilation: the context as it evolves, samples of live values to
 * predict types with, and the assembler. The emitters (emit_*.c) turn one bytecode each into
 * operations and context changes through the functions declared here. */
#ifndef PYJIT_BLOCK_H
#define PYJIT_BLOCK_H

#include "pyjit/assembler.h"
#include "pyjit/code.h"
#include "pyjit/decode.h"
#include "pyjit/generic.h"
#include "pyjit/inline.h"

#include "operations.h"

#define MAX_VERSIONS 5 /* of one offset, in different contexts; after that the generic context */
#define CHAIN_TO_ENTRY UINT8_MAX /* of what is no version but a way to one, for calls */
#define MAX_CHAIN 6    /* guards that may fail one after another at one offset */
#define SPECIMENS_MOST 6
#define RECENT_EXITS 6 /* that may be shared */

/* A call that is being compiled in place, and what is to be restored if that turns out not to go. */
typedef struct {
    bool active;
    CodeState *callee;
    int site; /* of the call */
    Instr in;
    Context ctx; /* where the instruction, or its KW_NAMES, began */
    int operations, marks;
    int marks_before;
    int first, chain;
    PyObject *kwnames;
    int kwnames_start;
    PyObject *local_samples[CTX_LOCALS], *stack_samples[CTX_STACK];
} Attempt;

typedef struct {
    CodeState *state;           /* of the code whose frame runs */
    _PyInterpreterFrame *frame; /* live, at the block's start; NULL when there is none */
    const InlineSite *site;     /* being compiled in place, NULL if it is the frame's own code */
    CodeState *here;            /* of the code being compiled */
    PyCodeObject *code;         /* the same */
    PyObject *globals, *builtins; /* of the code being compiled; NULL without a live frame; borrowed */
    Instr in;             /* being compiled */
    int start;            /* where guards of this instruction continue: in.start, or KW_NAMES */
    int first;            /* offset at which the live frame stands */
    int emitted_before;   /* operations emitted up to there */
    int marks_before;     /* marks made up to there */
    int start_before;     /* offset at which to come back to there */
    int chain;            /* guards that failed at `first` already */
    PyObject *kwnames;    /* of the CALL to come; borrowed from co_consts */
    int kwnames_start;    /* offset of its KW_NAMES */
    PyObject *specimens[SPECIMENS_MOST]; /* instances to predict with, which nobody sees; owned */
    int specimen_count;
    bool uninline;    /* this instruction is not for code in place */
    bool no_attempts; /* the CALL is not to be tried in place again */
    PyObject *local_samples[CTX_LOCALS]; /* predicted values, borrowed, NULL: no idea */
    PyObject *stack_samples[CTX_STACK];
    Exit *recent[RECENT_EXITS];
    unsigned next_recent;
    Entry beyond;         /* stands for an entry that contexts do not describe */
    bool jumped;          /* the instruction went on at a jump target, whose version has begun */
    bool ended;           /* the path is over */
    bool failed;          /* out of memory: abandon */
    /* What follows is not cleared when a compilation begins. */
    Context ctx;
    Context before;       /* at the start of this instruction */
    Attempt attempts[SITES_NESTED];
    Assembler as;
} Block;

/* The version for (offset, ctx), NULL if there is none. */
BlockVersion *block_find(const CodeState *state, int offset, const Context *ctx, int chain);

/* The version of the first block for a context in which the code is called (EXIT_CALL), or the way to one that serves as
 * well; NULL if there is none. */
BlockVersion *block_find_entry(const CodeState *state, const Context *ctx);

/* The machine code for (offset, ctx), compiled now when there is none. `frame` is live at that
 * point (NULL: not). `after`: an exit that is to lead there. NULL: could not compile. */
uint8_t *block_find_or_compile(CodeState *state, _PyInterpreterFrame *frame, int offset,
                               const Context *ctx, int chain, Exit *after);

/* ---- entries -------------------------------------------------------------------------------- */

static inline int
block_local_count(const Block *b)
{
    return b->code->co_nlocalsplus;
}

/* Byte offset in a frame of local i; from the frame that runs of stack entry i from the bottom. */
static inline intptr_t
slot_of_local(int i)
{
    return (intptr_t)(offsetof(_PyInterpreterFrame, localsplus) + sizeof(PyObject *) * (size_t)i);
}

static inline intptr_t
slot_of_stack(const Block *b, int i)
{
    return slot_of_local(b->state->code->co_nlocalsplus + i);
}

/* Byte offset of the slot that belongs to the n-th stack entry. */
static inline intptr_t
block_own_slot(const Block *b, int n)
{
    return slot_of_stack(b, b->ctx.depth - 1 - n);
}

/* Byte offset from the frame that runs of local i of the code being compiled. */
static inline intptr_t
block_local_slot(const Block *b, int i)
{
    return b->site == NULL ? slot_of_local(i) : slot_of_stack(b, b->site->locals + i);
}

/* Is this offset jumped to? */
static inline bool
block_is_target(const Block *b, int offset)
{
    return b->here->targets[offset >> 3] >> (offset & 7) & 1;
}

/* What is known about local i; about the n-th stack entry from the top (0 is the top). */
Entry *block_local(Block *b, int i);
Entry *block_stack(Block *b, int n);

/* The first of the entries from the n-th on that the context describes: those before it are references in their slots. */
int block_first_described(const Block *b, int n);

/* What an IN_LOCAL entry stands for: the entry, and the byte offset of its slot. */
Entry *block_aliased(Block *b, const Entry *alias);
intptr_t block_alias_slot(const Block *b, const Entry *alias);

/* The entry that says where the value of the n-th stack entry is: the local it aliases, or itself. */
Entry *block_value(Block *b, int n);

/* Type of the n-th stack entry's value. */
ValueType block_type(Block *b, int n);

/* Has the n-th stack entry's number no object, and will there be none of it but one that is made of the entry itself?
 * Then nobody can tell whether an operation that returns its operand has returned another object. */
bool block_is_new(Block *b, int n);

/* The object that an entry is known to be, NULL if none: a constant of the code object, or the object of
 * a fact, which need not be in its slot. Borrows. */
PyObject *block_constant(const Block *b, const Entry *entry);

/* Is the n-th stack entry's value known to be an instance of this class in its present state? */
bool block_is_of_class(Block *b, int n, PyTypeObject *type);

/* Notes that guards have shown the n-th stack entry's value to be an instance of this class. */
void block_learn_class(Block *b, int n, PyTypeObject *type);

/* Before code may run that could change classes or free objects: facts are forgotten, and what was known
 * by them only is put into its slot. */
void block_forget_facts(Block *b);

/* Puts what is known by facts only into its slot, and gives what is lent a reference of its own, but for the top
 * `count` entries. */
void block_own_facts_below(Block *b, int count);

/* Before something is taken out of a container and no code runs: gives what is lent a reference of its own, but for
 * the top `count` entries. */
void block_own_lent_below(Block *b, int count);

/* The same as forgetting, but the exit at which code may run looks whether the facts still hold. */
void block_own_facts(Block *b);

/* Is any fact known? */
bool block_knows_facts(const Block *b);

/* A live value like the one the n-th stack entry will hold, or NULL. Borrows. */
PyObject *block_sample(Block *b, int n);

/* An instance of a class for which quiet_makes() holds, to stand for those that will be made; NULL if there can be
 * none. Borrows: it lives until the block is done. */
PyObject *block_specimen(Block *b, PyTypeObject *type);

/* The same of a bound method. */
PyObject *block_specimen_method(Block *b, PyObject *function, PyObject *self);

/* If the n-th entry is predicted by a specimen, that gets the attribute that is about to be set. */
void block_teach_specimen(Block *b, int n, PyObject *name, PyObject *value);

/* Lets go of them. */
void specimens_drop(Block *b);

/* The type class of an object. */
ValueType type_of_object(PyObject *object);

/* The PyTypeObject of a class of values that has exactly one, NULL otherwise. */
PyTypeObject *type_object(ValueType type);

/* Can the end of such a value run no Python code? */
bool type_is_plain(ValueType type);

/* ---- pushing and popping --------------------------------------------------------------------- */

/* Pushes an owned reference already in its slot. */
void block_push(Block *b, ValueType type);
void block_push_sample(Block *b, ValueType type, PyObject *sample);

/* Pushes an object already in its slot whose reference a container has that nothing on the stack may be the last
 * to hold. Whatever may take it out of there gives it a reference of its own first, see block_own_facts and
 * block_own_lent_below. The stack must be described so far. */
void block_push_lent(Block *b, ValueType type, PyObject *sample);

/* Pushes local i (bound) or constant i of the code object without code, where possible. */
void block_push_local(Block *b, int i);
void block_push_constant(Block *b, int i);

/* Pushes an entry that owns nothing: an alias, a constant, a fact. */
void block_push_entry(Block *b, Entry entry, PyObject *sample);

/* Pushes an object that guards have shown to be the value, without code where possible. */
void block_push_object(Block *b, PyObject *object);

/* Pushes an object for which there is a code_constant() without code; the stack must be described so far. */
void block_push_known(Block *b, PyObject *object);

/* Pushes the NULL of PUSH_NULL without code, where possible. */
void block_push_null(Block *b);

/* Pushes the number in a register. */
void block_push_register(Block *b, ValueType type, int reg);

/* Drops the top entry from the context; emits nothing. */
void block_pop(Block *b, int count);

/* Is something of the entry's in its slot? */
bool block_uses_slot(const Entry *entry);

/* Are all locals in memory as well as in registers, so that Python code may run? */
bool block_locals_boxed(const Block *b);

/* Releases the n-th entry's reference, if it owns one; the context is not changed. */
void block_release(Block *b, int n);

/* Releases and drops the top `count` entries. */
void block_drop(Block *b, int count);

/* Releases the entries from the `lowest` up to the `highest`, both counted from the top, in this order; the context has NULL in
 * their places then. */
void block_release_upwards(Block *b, int lowest, int highest);

/* The same as block_drop(), the lowest first: in the interpreter's order, where their ends may run code. */
void block_drop_upwards(Block *b, int count);

/* Releases and drops the `count` entries below the top one, which comes in their place. */
void block_squeeze(Block *b, int count);

/* ---- places ---------------------------------------------------------------------------------- */

/* Makes sure the n-th stack entry's value is an object in some slot; the slot's byte offset.
 * Nothing is owned by that. */
intptr_t block_object_slot(Block *b, int n);

/* Makes the n-th stack entry an owned reference in its own slot. */
void block_own(Block *b, int n);

/* Boxes locals and owns stack entries such that memory is as the interpreter would have it. */
void block_box_local(Block *b, int i);
void block_box_locals(Block *b);
void block_own_stack(Block *b, int count);

/* The same for the operand stack of the code being compiled. */
void block_settle_stack(Block *b);

/* Before C code that may do anything: nothing is left in registers, locals are boxed. */
void block_escape(Block *b);

/* The same before a call that takes over the top `count` entries at once: of these, constants and facts may
 * stay where they are, and the top `in_registers` in registers. */
void block_escape_but(Block *b, int count, int in_registers);

/* A free register; spills another value when all are taken. `keep` is a bit set of registers
 * that must stay. Registers are numbered within their class. */
int block_take_int(Block *b, unsigned keep);
int block_take_float(Block *b, unsigned keep);

/* The n-th stack entry as an unboxed number in a register. Its type must be known; an int that is
 * too big leaves to the generic version. */
int block_int_register(Block *b, int n, unsigned keep);
int block_float_register(Block *b, int n, unsigned keep);

/* A register that may be overwritten with the result of an operation on the n-th entry, holding
 * its value: the entry's own if nothing else uses it, else a copy. */
int block_int_result(Block *b, int n, unsigned keep);
int block_float_result(Block *b, int n, unsigned keep);

/* ---- learning -------------------------------------------------------------------------------- */

/* Makes the type of the n-th stack entry known, if the live value predicts one of the types in the
 * bit set `wanted`, by a guard. Returns the type, or TYPE_UNKNOWN when it stays so. When it must
 * wait for a live value the block is ended (b->ended) and the emitter must return at once. */
ValueType block_learn(Block *b, int n, unsigned wanted);

/* Is the first instruction's chain of guards used up, so that it must be compiled generic? */
bool block_must_be_generic(const Block *b);

/* ---- code in place ---------------------------------------------------------------------------- */

/* Goes over to the code of the context's site. */
void block_set_site(Block *b);

/* Notes that this instruction needs a frame; true if it has none. The emitter may go on all the same, what
 * it emits is taken back. */
bool block_needs_frame(Block *b);

/* Ends the block so that compilation goes on at this instruction when it is reached. What it has
 * emitted already is taken back. */
void block_defer(Block *b);

/* ---- exits ----------------------------------------------------------------------------------- */

/* How many guards have failed at this instruction on the way here. */
int block_chain(const Block *b);

/* To this instruction again, compiled for other types; to its generic version. */
Exit *block_exit_miss(Block *b);
Exit *block_exit_generic(Block *b);

/* To another offset in the current context. */
Exit *block_exit_to(Block *b, int offset);

/* An exception raised by this instruction; the context is as it will be then. */
Exit *block_exit_error(Block *b);

/* The same by an instruction whose operands, so many of the top entries, may tell of their ends: they are released before the
 * exception goes on, the lowest first. */
Exit *block_exit_error_with(Block *b, int operands);

/* The same for one raised again: its traceback has this frame already. */
Exit *block_exit_reraise(Block *b);

/* On in the interpreter, from `offset`. */
Exit *block_exit_leave(Block *b, int offset);

/* The last reference of pyjit_state.dying is gone; goes on after the operation. Facts are forgotten. */
Exit *block_exit_release(Block *b);

/* The same if the operation is the last of the instruction and the context already as after it: facts
 * stay, being looked at again when the exit is taken. */
Exit *block_exit_release_last(Block *b);

/* The slot of the n-th entry if that has an object without a reference, else 0: for `held` of an exit that is made when the
 * entry has been popped. */
intptr_t block_lent_slot(Block *b, int n);

/* The eval breaker is set; goes on after the operation. */
Exit *block_exit_safepoint(Block *b, int continue_at);

/* After an operation that may have run any code: a trace function may be set, a frame object have come into
 * being, after a call the eval breaker be set. Goes on after the operation, or at `continue_at`. */
Exit *block_exit_check(Block *b, int continue_at, CheckResult result);

/* The method that stands behind the instruction has returned and there is more to be done than usual
 * (special.h). */
Exit *block_exit_finish(Block *b, FinishResult result);

/* Debug builds: the context is to be checked. */
Exit *block_exit_verify(Block *b);

/* For loops within one instruction: leads to the first operation that has this exit as an operand. To be given to that one,
 * OP_loop_begin, which is emitted next, and then to later ones. */
Exit *block_exit_back(Block *b);

/* Ends the block with a jump to `offset` in the current context. */
void block_jump(Block *b, int offset);

/* The address prev_instr has while this instruction runs. */
intptr_t block_instr_address(const Block *b);

/* ---- emitters: one bytecode each --------------------------------------------------------------- */

typedef void (*Emitter)(Block *b);
extern const Emitter emitters[256];

/* The operation of generic_table for the current instruction, with its checks. */
void emit_generic(Block *b);

#endif
