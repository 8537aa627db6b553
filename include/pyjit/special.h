/* Operators, subscripts and attributes that a method written in Python stands behind: which method that is,
 * and what an instruction has still to do when the method has returned.
 *
 * While such a method runs, the instruction's operands stay on the stack of its frame, whose prev_instr
 * points at the instruction; the method's result comes above them. */
#ifndef PYJIT_SPECIAL_H
#define PYJIT_SPECIAL_H

#include "pyjit/decode.h"

#include <stdbool.h>

#define SPECIAL_ARGUMENTS 3 /* at most */

/* A method and its arguments. */
typedef struct {
    PyFunctionObject *function; /* NULL: none; borrowed */
    int count;
    int arguments[SPECIAL_ARGUMENTS];        /* stack entries counted from the top, or SPECIAL_OBJECT */
    PyObject *objects[SPECIAL_ARGUMENTS];    /* these; borrowed */
    bool completes_error;                    /* as special_completes_error() says */
} Special;

#define SPECIAL_OBJECT (-1) /* the argument is always the same */

/* The method of a BINARY_OP or COMPARE_OP of instances of these classes; `oparg` is that of the
 * instruction. */
Special special_binary(PyTypeObject *x, PyTypeObject *y, int oparg);
Special special_compare(PyTypeObject *x, PyTypeObject *y, int oparg);

/* The method of an instruction that asks the class of its operand `owner` only, counted from the top:
 * BINARY_SUBSCR, STORE_SUBSCR, CONTAINS_OP, GET_ITER, GET_YIELD_FROM_ITER, UNARY_NEGATIVE, UNARY_INVERT. */
Special special_unshared(int opcode, PyTypeObject *type);

/* How many operands the instruction has that stay on the stack. None for the last cache entry of a CALL, where
 * prev_instr is while its function runs; the instance for a CALL whose class's __init__ runs. */
int special_operands(int opcode);

/* For how many levels of recursion the method counts: comparisons and calls of classes take one themselves. */
int special_levels(int opcode);

/* Does the method's result itself become that of the instruction, whatever it is? */
bool special_keeps_any(int opcode);

/* Is the AttributeError of a method that gets an attribute of such an object to be completed (hook.h)? */
bool special_completes_error(int opcode, PyTypeObject *type);

/* Releases operands that end at sp, the lowest first, as the interpreter does. */
void special_release(PyObject *const *sp, int operands);

/* The method has raised an exception: does what the instruction does about it. The operands end at sp; they are
 * released. */
void special_failed(PyObject *const *sp, const Instr *in, const PyCodeObject *code);

/* Goes on with the instruction, the method having returned `result` (stolen). The operands end at sp; they
 * are released. Returns the number of entries that are on the stack in their place, or -1 with an
 * exception. */
int special_finish(PyThreadState *tstate, PyObject **sp, const Instr *in, PyObject *result);

#endif
