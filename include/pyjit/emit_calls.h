/* What the emitters of calls share. */
#ifndef PYJIT_EMIT_CALLS_H
#define PYJIT_EMIT_CALLS_H

#include "pyjit/attribute.h"
#include "pyjit/emit.h"
#include "pyjit/special.h"
#include "pyjit/transition.h"

/* The stack of a CALL as the emitters see it. Entries are counted from the top. */
typedef struct {
    PyObject *callable; /* predicted; borrowed */
    int callee;         /* its entry */
    int first;          /* entry of the first argument */
    int count;          /* arguments, with self and keywords */
    int keywords;       /* of them, named by b->kwnames */
} Call;

/* Where a parameter's value comes from. */
typedef struct {
    int entry;          /* stack entry counted from the top, or -1: a default; SELF_OF_CALLEE, ALREADY_THERE */
    int default_item;   /* its number, or -1: that of a keyword-only parameter, which is */
    PyObject *constant; /* this one; borrowed */
} Source;

#define SELF_OF_CALLEE (-2) /* the self of the bound method that the call's lowest entry is */
#define ALREADY_THERE (-3)  /* it has been put into the new frame */

#define MAX_PARAMETERS 32 /* of functions that are called directly */

/* What the parameters of a function get in a call. */
typedef struct {
    Source sources[MAX_PARAMETERS]; /* by parameter, but for *args and **kwargs */
    int defaults;                   /* number of defaults the function must have, -1 if that does not matter */
    PyObject *keyword_defaults;     /* the dict of them if it matters, or NULL; borrowed */
    bool is_plain;                  /* no keyword-only parameters, *args or **kwargs */
    int packed_first;               /* stack entry of the first argument that goes into these, */
    int packed_positional;          /* how many go into *args, */
    int packed_keywords;            /* and, following, into **kwargs */
} Binding;

/* Binds arguments to parameters. The state of the function's code; NULL when that is not possible or not simple. */
CodeState *emit_bind(const Block *b, const Call *call, PyFunctionObject *function, Binding *binding);

/* Emits the guard that the defaults of keyword-only parameters are what they are now, the function being so; false
 * if there can be none. */
bool emit_guard_keyword_defaults(Block *b, const Binding *binding);

/* Emits the guard that the callee, which is known to be this function, is as it was bound. False if there can be
 * none. */
bool emit_guard_bound(Block *b, PyFunctionObject *function, const Binding *binding);

/* Owns the arguments that will go into *args and **kwargs, before there is a new frame; emits the making of these,
 * when there is. With `keep` they stay on the caller's stack as well. False if there is no memory. */
void emit_own_packed(Block *b, const Binding *binding);
bool emit_pack(Block *b, const Binding *binding, const PyCodeObject *code, bool keep);

/* Emits the guard that the callee, which is known to be this function, is as it is now. False if there can
 * be none. */
bool emit_guard_known_function(Block *b, PyFunctionObject *function);

/* Arguments that are numbers in registers and are passed there. */
typedef struct {
    Context ctx;         /* that the callee begins with; of a parameter that is lent there is no object */
    Exit *entry;         /* leads there */
    RegisterMoves moves; /* from where they are to where they are expected */
    int ints, floats;    /* how many there are */
    int count;           /* top entries of the stack that contain all arguments given */
    uint64_t stay;       /* bit set of those that stay in registers, counted from the top */
} TypedArguments;

/* Finds them, for a call of this code whose guards have been emitted; false if there are none or they cannot be passed so. */
bool emit_find_typed(Block *b, const Binding *binding, CodeState *callee, TypedArguments *typed);

/* Puts them where the callee expects them, everything but the top typed->count entries being in memory. */
void emit_move_typed(Block *b, const Binding *binding, const CodeState *callee, TypedArguments *typed);

/* A frame to be run. */
typedef struct {
    CodeState *state;        /* of its code */
    const Source *sources;   /* of its parameters */
    PyFunctionObject *known; /* a function whose defaults are certain to be what they are now, or NULL */
    bool keep;               /* the arguments stay on the caller's stack; else owned ones move */
    intptr_t at;             /* the caller's prev_instr meanwhile */
    const TypedArguments *typed; /* which of the arguments are in registers; NULL: none */
} NewFrame;

/* Bytes of a frame of this code on the data stack. */
intptr_t emit_frame_size(const PyCodeObject *code);

/* Fills the new frame, for which there is room, with arguments and goes there. The function is in r1. */
void emit_run_frame(Block *b, const NewFrame *frame);

/* CALL of a function that is known and has been guarded: its code is compiled in place from now on. False
 * if that does not suit; then nothing has been emitted. */
bool emit_inline_call(Block *b, const Call *call, PyFunctionObject *function, CodeState *callee,
                      const Source *sources);

/* CALL of a class: its __init__, for which `call` is made, is compiled in place from now on. emit_begin_init()
 * returns the number of the site, 0 if that does not suit (then nothing has been emitted); the instance is then
 * put where the call's stack begins, and emit_inline_init() goes on. */
int emit_begin_init(Block *b, const Call *call, CodeState *callee, const Source *sources);
void emit_inline_init(Block *b, const Call *call, int number, const Source *sources);

/* The same for the method of an instruction; its operands stay below. */
bool emit_inline_special(Block *b, const Special *special, CodeState *callee, const Source *sources);

/* LOAD_ATTR, LOAD_METHOD or STORE_ATTR by a method that has been guarded. False if that is not simple. */
bool emit_special_attribute(Block *b, const Special *special);

/* Goes on with the instruction, its method having returned: the result is on the stack above the operands. */
void emit_special_returned(Block *b);

/* Pushes the result of a call, which is in r0. */
void emit_push_result(Block *b);

/* Emits the call of a function that has been guarded, as CPython makes it through C: the operands stay on the stack
 * meanwhile, and it counts for so many levels of recursion. The result is in r0. False if there is no memory. */
bool emit_call_through(Block *b, PyFunctionObject *function, CodeState *state, const Binding *binding, int levels);

/* CALL of a Python class; false if it must be called generically. */
bool emit_call_class(Block *b, const Call *call);

/* CALL of a builtin that is done in place for numbers; false if it is not one (then nothing has been emitted
 * that matters). */
bool emit_call_numeric(Block *b, const Call *call);

/* CALL of range() that a loop goes over at once (emit_iterate.c): the GET_ITER is done as well; false if it is not
 * that, or b->ended. */
bool emit_call_range(Block *b, const Call *call);

/* CALL of super() before a LOAD_METHOD, which is done as well; false if it is not that or not simple. */
bool emit_call_super(Block *b, const Call *call);

/* CALL of something written in C; false if it must be called generically. */
bool emit_call_native(Block *b, const Call *call);

/* CALL of a class without keywords, whatever its __new__ and __init__; false if it is not that, or has a metaclass. */
bool emit_call_any_class(Block *b, const Call *call);

/* What isinstance() says of a value, given its class, having asked so many classes. */
typedef struct {
    PyTypeObject *type;
    PyObject *answer;
    int number; /* of the answer as a constant */
    int asked;
} Verdict;

/* Finds what isinstance() says of the n-th stack entry and these classes, if that follows from the entry's class. False if it
 * does not, or b->ended. Then emits the guards on which the verdict rests. */
bool emit_judge(Block *b, int n, PyObject *const *classes, Py_ssize_t count, Verdict *verdict);
void emit_guard_verdict(Block *b, int n, PyObject *const *classes, const Verdict *verdict);

/* The operation that puts the length of such a container into a register; -1 if there is none. */
int emit_length_operation(ValueType type);

/* CALL of a builtin function or a method of a builtin type that is done in place; false if it is not one, or
 * b->ended. */
bool emit_call_builtin(Block *b, const Call *call);
bool emit_call_method(Block *b, const Call *call);

/* CALL of a builtin function, type or method with a generator that it uses up, or next() of one (emit_consume.c).
 * True also if b->ended; false if it is not that. */
bool emit_call_consumer(Block *b, const Call *call);

/* Puts the values of `count` entries, the n-th from the top first, side by side into their slots. Those not owned stay so.
 * Returns the first slot. */
intptr_t emit_line_up(Block *b, int n, int count);

/* Emits the guard that the callee is this very object. */
void emit_guard_callee(Block *b, const Call *call);

/* Releases callable and arguments, after which the result is in r0 still, and pops them. */
void emit_release_call(Block *b);

/* The result, in r0, of a C function that belongs to a type becomes the top of the stack. */
void emit_push_call_result(Block *b);

/* The call's stack is replaced by a number in a register. */
void emit_replace_call(Block *b, ValueType type, int reg);

/* The stack having been popped, an object in a register is the call's result; `sample` predicts it. */
void emit_push_object(Block *b, ValueType type, int reg, PyObject *sample);

/* Is the next instruction a POP_TOP that nothing jumps to? Then it is passed over. */
bool emit_skip_pop_top(Block *b);

/* Emits the guards for what a plan relies on, of the n-th entry. */
void emit_guard_plan(Block *b, int n, const Plan *plan);

/* Is the next instruction a POP_TOP that nothing jumps to? */
bool emit_next_is_pop_top(const Block *b);

/* CALL of object.__setattr__ as a statement; false if it is not that, or not simple. */
bool emit_call_setattr(Block *b, const Call *call);

#endif
