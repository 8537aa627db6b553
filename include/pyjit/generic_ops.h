/* The generic operations one by one, and what the emitter calls for bytecodes it drives itself.
 * The contract of an operation is in generic.h. */
#ifndef PYJIT_GENERIC_OPS_H
#define PYJIT_GENERIC_OPS_H

#include "pyjit/generic.h"

/* Flags of an operation. NO_ESCAPE of one that can fail speaks of its success: making the exception
 * allocates, and an allocation may run the garbage collector. */
#define GENERIC_NO_ESCAPE 1
#define GENERIC_NO_ERROR 2
#define GENERIC_QUIET (GENERIC_NO_ESCAPE | GENERIC_NO_ERROR)

/* X(opcode, name, flags): generic_<name> runs opcode. */
#define GENERIC_OPERATIONS(X)                                        \
    /* generic_arithmetic.c */                                       \
    X(UNARY_POSITIVE, unary_positive, 0)                             \
    X(UNARY_NEGATIVE, unary_negative, 0)                             \
    X(UNARY_NOT, unary_not, 0)                                       \
    X(UNARY_INVERT, unary_invert, 0)                                 \
    X(BINARY_OP, binary_op, 0)                                       \
    X(COMPARE_OP, compare_op, 0)                                     \
    X(IS_OP, is_op, GENERIC_NO_ERROR)                                \
    X(CONTAINS_OP, contains_op, 0)                                   \
    /* generic_subscript.c */                                        \
    X(BINARY_SUBSCR, binary_subscr, 0)                               \
    X(STORE_SUBSCR, store_subscr, 0)                                 \
    X(DELETE_SUBSCR, delete_subscr, 0)                               \
    X(BUILD_SLICE, build_slice, 0)                                   \
    /* generic_name.c */                                             \
    X(LOAD_NAME, load_name, 0)                                       \
    X(STORE_NAME, store_name, 0)                                     \
    X(DELETE_NAME, delete_name, 0)                                   \
    X(LOAD_GLOBAL, load_global, 0)                                   \
    X(STORE_GLOBAL, store_global, 0)                                 \
    X(DELETE_GLOBAL, delete_global, 0)                               \
    X(LOAD_CLASSDEREF, load_classderef, 0)                           \
    X(LOAD_DEREF, load_deref, GENERIC_NO_ESCAPE)                     \
    X(STORE_DEREF, store_deref, GENERIC_NO_ERROR)                    \
    X(DELETE_DEREF, delete_deref, 0)                                 \
    X(LOAD_CLOSURE, load_closure, GENERIC_NO_ESCAPE)                 \
    X(MAKE_CELL, make_cell, 0)                                       \
    X(COPY_FREE_VARS, copy_free_vars, GENERIC_QUIET)                 \
    X(SETUP_ANNOTATIONS, setup_annotations, 0)                       \
    X(LOAD_BUILD_CLASS, load_build_class, 0)                         \
    X(LOAD_ASSERTION_ERROR, load_assertion_error, GENERIC_QUIET)     \
    /* generic_import.c */                                           \
    X(IMPORT_NAME, import_name, 0)                                   \
    X(IMPORT_FROM, import_from, 0)                                   \
    X(IMPORT_STAR, import_star, 0)                                   \
    /* generic_attribute.c */                                        \
    X(LOAD_ATTR, load_attr, 0)                                       \
    X(STORE_ATTR, store_attr, 0)                                     \
    X(DELETE_ATTR, delete_attr, 0)                                   \
    X(LOAD_METHOD, load_method, 0)                                   \
    /* generic_build.c */                                            \
    X(BUILD_TUPLE, build_tuple, 0)                                   \
    X(BUILD_LIST, build_list, 0)                                     \
    X(BUILD_SET, build_set, 0)                                       \
    X(BUILD_MAP, build_map, 0)                                       \
    X(BUILD_CONST_KEY_MAP, build_const_key_map, 0)                   \
    X(BUILD_STRING, build_string, 0)                                 \
    X(LIST_APPEND, list_append, 0)                                   \
    X(SET_ADD, set_add, 0)                                           \
    X(MAP_ADD, map_add, 0)                                           \
    X(LIST_EXTEND, list_extend, 0)                                   \
    X(SET_UPDATE, set_update, 0)                                     \
    X(DICT_UPDATE, dict_update, 0)                                   \
    X(DICT_MERGE, dict_merge, 0)                                     \
    X(LIST_TO_TUPLE, list_to_tuple, 0)                               \
    X(UNPACK_SEQUENCE, unpack_sequence, 0)                           \
    X(UNPACK_EX, unpack_ex, 0)                                       \
    X(FORMAT_VALUE, format_value, 0)                                 \
    X(GET_LEN, get_len, 0)                                           \
    /* generic_match.c */                                            \
    X(MATCH_MAPPING, match_mapping, GENERIC_QUIET)                   \
    X(MATCH_SEQUENCE, match_sequence, GENERIC_QUIET)                 \
    X(MATCH_KEYS, match_keys, 0)                                     \
    X(MATCH_CLASS, match_class, 0)                                   \
    /* generic_call.c */                                             \
    X(CALL_FUNCTION_EX, call_function_ex, 0)                         \
    X(MAKE_FUNCTION, make_function, 0)                               \
    X(PRINT_EXPR, print_expr, 0)                                     \
    /* generic_exception.c */                                        \
    X(PUSH_EXC_INFO, push_exc_info, GENERIC_QUIET)                   \
    X(POP_EXCEPT, pop_except, GENERIC_NO_ERROR)                      \
    X(CHECK_EXC_MATCH, check_exc_match, 0)                           \
    X(BEFORE_WITH, before_with, 0)                                   \
    X(BEFORE_ASYNC_WITH, before_async_with, 0)                       \
    X(WITH_EXCEPT_START, with_except_start, 0)                       \
    /* generic_exception_group.c */                                  \
    X(CHECK_EG_MATCH, check_eg_match, 0)                             \
    X(PREP_RERAISE_STAR, prep_reraise_star, 0)                       \
    /* generic_iterate.c */                                          \
    X(GET_ITER, get_iter, 0)                                         \
    X(GET_YIELD_FROM_ITER, get_yield_from_iter, 0)                   \
    X(GET_AITER, get_aiter, 0)                                       \
    X(GET_ANEXT, get_anext, 0)                                       \
    X(GET_AWAITABLE, get_awaitable, 0)                               \
    X(ASYNC_GEN_WRAP, async_gen_wrap, 0)

#define DECLARE_GENERIC(opcode, name, flags)                                              \
    int generic_##name(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject **sp,  \
                       int oparg);
GENERIC_OPERATIONS(DECLARE_GENERIC)
#undef DECLARE_GENERIC

/* PRECALL and CALL: the stack ends with [NULL, callable, args...] or [callable, self, args...],
 * `oparg` being the number of args. The last of them belong to the names in `kwnames` (a borrowed
 * tuple, or NULL). The result takes the place of the first. Returns 0 or -1; everything is consumed
 * either way. The eval breaker is the caller's business. */
int generic_call(PyThreadState *tstate, PyObject **sp, int oparg, PyObject *kwnames);

/* Makes the arguments of a CALL_FUNCTION_EX a tuple and a dict, in their stack entries, which begin at `base`. 0, or
 * -1 with an exception. */
int generic_convert_arguments(PyThreadState *tstate, PyObject **base, bool has_kwargs);

/* FOR_ITER: 1 with a new reference in *value, 0 when the iterator is exhausted, -1 on an exception.
 * Borrows the iterator. */
int generic_for_iter(PyObject *iterator, PyObject **value);

/* Clears a pending StopIteration: 1, also if nothing is pending; 0 if it is another exception. */
int64_t stop_iteration_clear(void);

/* SEND: a PySendResult, with a new reference in *result unless it is PYGEN_ERROR. Borrows receiver
 * and value. */
int generic_send(PyThreadState *tstate, PyObject *receiver, PyObject *value, PyObject **result);

/* RAISE_VARARGS: steals exc and cause (NULL when not given). An exception is pending
 * afterwards. Returns 1 if it is the handled exception once more, to which no traceback entry
 * is added, else 0. */
int generic_raise(PyThreadState *tstate, PyObject *exc, PyObject *cause);

/* END_ASYNC_FOR: consumes the asynchronous iterator and the exception above it. Returns 0 if that
 * was StopAsyncIteration; else 1, and it is pending again, without a new traceback entry. */
int generic_end_async_for(PyThreadState *tstate, PyObject **sp);

/* Sets the UnboundLocalError for the fast local `index` of the frame. */
void generic_unbound_local(PyThreadState *tstate, _PyInterpreterFrame *frame, int index);

#endif
