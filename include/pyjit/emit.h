/* The emitters, one for each bytecode that has more than a generic operation. Each compiles
 * b->in: emits its operations and brings the context up to date. */
#ifndef PYJIT_EMIT_H
#define PYJIT_EMIT_H

#include "pyjit/block.h"
#include "pyjit/generic_ops.h"

/* emit_stack.c */
void emit_load_fast(Block *b);
void emit_load_const(Block *b);
void emit_store_fast(Block *b);
void emit_delete_fast(Block *b);
void emit_pop_top(Block *b);
void emit_push_null(Block *b);
void emit_copy(Block *b);
void emit_swap(Block *b);
void emit_nothing(Block *b);

/* emit_control.c */
void emit_resume(Block *b);
void emit_jump_forward(Block *b);
void emit_jump_backward(Block *b);
void emit_jump_backward_no_interrupt(Block *b);
void emit_pop_jump(Block *b);
void emit_pop_jump_none(Block *b);
void emit_jump_or_pop(Block *b);

/* Is the instruction after this one a POP_JUMP on truth that nothing else jumps to? *branch is that instruction in any
 * case, *jump_if the truth it jumps on. */
bool emit_next_is_branch(Block *b, Instr *branch, bool *jump_if);

/* The same for an instruction that gives a bool: *branch may also be a JUMP_IF_TRUE_OR_POP or its opposite, after which
 * the block goes on where it does not jump. */
bool emit_next_tests_bool(Block *b, Instr *branch, bool *jump_if);

/* Ends the block with a branch, unless that keeps a bool: `if_true` and `if_false` are the operations that jump when
 * the condition holds and when it does not; their operands are these and, last, the exit. The stack has been made
 * canonical, the condition popped. */
void emit_branch(Block *b, const Instr *branch, bool jump_if, int if_true, int if_false,
                 const intptr_t *operands, int count);

/* The truth in a register, or its opposite if negated, is the instruction's result: tested by the branch if that
 * is not NULL, else pushed. The operands have been dropped. */
void emit_truth(Block *b, int reg, bool negated, const Instr *branch, bool jump_if);

/* emit_return.c */
void emit_return_value(Block *b);

/* emit_inline.c: LOAD_FAST, STORE_FAST and RETURN_VALUE in code that is compiled in place. */
void emit_inline_load(Block *b, int i);
void emit_inline_store(Block *b, int i);
void emit_inline_return(Block *b);

/* emit_generic.c */
void emit_raise(Block *b);
void emit_reraise(Block *b);
void emit_end_async_for(Block *b);
void emit_return_generator(Block *b);
void emit_for_iter_generic(Block *b);

/* COMPARE_OP of operands that are released before the branch asks for the truth, which is left in r0. */
void emit_compare_truth(Block *b, const Instr *branch);

/* FOR_ITER over pairs and the UNPACK_SEQUENCE after it, the pair being made nowhere. */
void emit_for_pair_generic(Block *b, const Instr *unpack);
void emit_send_generic(Block *b);

/* emit_generator.c */
void emit_send(Block *b);
void emit_yield_value(Block *b);

/* FOR_ITER over a generator, which is in its slot on top of the stack. False when that is not simple;
 * then nothing has been emitted. */
bool emit_for_iter_generator(Block *b);

/* Can frames of this code be resumed by jumps? Then emits the step of a generator, in its slot, that is likely to be of
 * this code. */
bool emit_can_resume(PyCodeObject *code);
void emit_resume_next(Block *b, intptr_t iterator, PyCodeObject *code);

/* Emits the sending of a value, whose reference is taken, to a generator or coroutine, both in their slots, that is likely
 * to be of this code, for which emit_can_resume(). */
void emit_resume_send(Block *b, intptr_t receiver, intptr_t value, PyCodeObject *code);

void emit_get_awaitable(Block *b);

/* emit_exception.c */
void emit_check_exc_match(Block *b);

/* emit_iterate.c */
void emit_get_iter(Block *b);
void emit_for_iter(Block *b);

/* emit_arithmetic.c */
void emit_binary_op(Block *b);
void emit_unary_negative(Block *b);
void emit_unary_invert(Block *b);
void emit_compare_op(Block *b);
void emit_is_op(Block *b);

/* Is the n-th stack entry an int that is known and fits an immediate? */
bool emit_small_int(Block *b, int n, intptr_t *value);

/* emit_lend.c: is what is about to be pushed used up soon by what does not need a reference to it? */
bool emit_may_lend(const Block *b);

/* Is the copy that a COPY is about to push? */
bool emit_may_lend_copy(const Block *b);

/* emit_subscript.c */
void emit_binary_subscr(Block *b);
void emit_store_subscr(Block *b);
void emit_unpack_sequence(Block *b);
void emit_contains_op(Block *b);
void emit_list_append(Block *b);

/* Is the n-th entry of one of these types, as far as can be told before a guard? */
bool emit_may_be(Block *b, int n, unsigned wanted);

/* emit_slice.c */
void emit_build_slice(Block *b);

/* Subscripts of numbers that lie side by side (emit_buffer.c). False if it is not that, or b->ended. */
bool emit_buffer_get(Block *b);
bool emit_buffer_set(Block *b);

/* Is the n-th entry hashed and compared without running code, as far as can be told? False also if b->ended. */
bool emit_is_quiet(Block *b, int n);

/* emit_format.c */
void emit_format_value(Block *b);
void emit_build_string(Block *b);

/* emit_match.c */
void emit_match_kind(Block *b);
void emit_get_len(Block *b);
void emit_match_class(Block *b);

/* emit_build.c */
void emit_build(Block *b);
void emit_build_const_key_map(Block *b);

/* The model for dicts of these keys, which the code keeps; NULL if there can be none. Borrows. */
PyObject *emit_model(Block *b, PyObject *const *keys, Py_ssize_t count);
void emit_make_function(Block *b);

/* emit_builtin.c: BUILD_TUPLE as the second argument of isinstance(), of known classes that decide the answer: no tuple is
 * made. False if it is not that; or b->ended. */
bool emit_isinstance_of_several(Block *b);

/* emit_special.c: the current instruction as a call of the method, written in Python, that stands behind it
 * for the classes its operands are seen to have. False if there is none; then nothing has been emitted but
 * guards. Or b->ended, and the emitter must return as well. */
bool emit_special_binary(Block *b);
bool emit_special_compare(Block *b);
bool emit_special_of(Block *b, int owner); /* the operand that is asked */
bool emit_special_next(Block *b);
bool emit_special_truth(Block *b); /* the operand stays, the truth is in r0 */

/* emit_attribute.c */

/* The class that the n-th stack entry has or will be guarded to have; NULL if nothing tells, or if b->ended, to wait for a
 * live value. Borrows. */
PyTypeObject *emit_class_of(Block *b, int n);

/* Emits the guard that the n-th stack entry is an instance of this class, in its present state. */
void emit_guard_class(Block *b, int n, PyTypeObject *type);

/* Emits the guard that an object, of which only the address has been compared, is of its type still. */
void emit_guard_still(Block *b, PyObject *object);

void emit_load_attr(Block *b);
void emit_load_method(Block *b);
void emit_store_attr(Block *b);

/* emit_global.c */
void emit_load_global(Block *b);
void emit_load_name(Block *b);
void emit_store_global(Block *b);
void emit_store_name(Block *b);

/* emit_cell.c */
void emit_make_cell(Block *b);
void emit_copy_free_vars(Block *b);
void emit_load_deref(Block *b);
void emit_store_deref(Block *b);

/* What the variable in the cell that is local i holds now, NULL if that is not known. Borrows. */
PyObject *emit_cell_sample(const Block *b, int i);

/* Is what is about to be pushed used by arithmetic next, and is the sample of it a number that a
 * register holds? Then it need not be an object. */
bool emit_is_for_arithmetic(const Block *b, PyObject *sample);

/* emit_with.c */
void emit_before_with(Block *b);

/* emit_call.c */
void emit_kw_names(Block *b);
void emit_call(Block *b);
void emit_call_function_ex(Block *b);

/* emit_check.c: after what may have run any code, everything being in memory.
 *
 * The instruction is done, its results on the stack: _call after calls, which see to the eval breaker, _run
 * otherwise. Or, _truth, its result is the truth in r0 (or, negated, the opposite), and the branch at
 * `branch_at` is about to test it. */
void emit_check_call(Block *b);
void emit_check_builtin(Block *b);
void emit_check_run(Block *b);
void emit_check_truth(Block *b, int branch_at, bool negated);

#endif
