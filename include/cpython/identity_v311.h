/* CPython 3.11. */
#ifndef PYJIT_CPYTHON_IDENTITY_V311_H
#define PYJIT_CPYTHON_IDENTITY_V311_H

/* 3495, "\r\n": the first four bytes of a .pyc file, little-endian. */
#define CPYTHON_MAGIC (3495L | (0x0a0dL << 16))

/* Opcodes, and by how much each makes the operand stack grow where its argument, if it takes one, is 3: what
 * PyCompile_OpcodeStackEffect() says. */
#define CPYTHON_OPCODES(X)                                                                                            \
    X(CACHE, 0) X(POP_TOP, -1) X(PUSH_NULL, 1) X(NOP, 0) X(UNARY_POSITIVE, 0) X(UNARY_NEGATIVE, 0) X(UNARY_NOT, 0)    \
    X(UNARY_INVERT, 0) X(BINARY_SUBSCR, -1) X(GET_LEN, 1) X(MATCH_MAPPING, 1) X(MATCH_SEQUENCE, 1)                    \
    X(MATCH_KEYS, 1) X(PUSH_EXC_INFO, 1) X(CHECK_EXC_MATCH, 0) X(CHECK_EG_MATCH, 0) X(WITH_EXCEPT_START, 1)           \
    X(GET_AITER, 0) X(GET_ANEXT, 1) X(BEFORE_ASYNC_WITH, 1) X(BEFORE_WITH, 1) X(END_ASYNC_FOR, -2)                    \
    X(STORE_SUBSCR, -3) X(DELETE_SUBSCR, -2) X(GET_ITER, 0) X(GET_YIELD_FROM_ITER, 0) X(PRINT_EXPR, -1)               \
    X(LOAD_BUILD_CLASS, 1) X(LOAD_ASSERTION_ERROR, 1) X(RETURN_GENERATOR, 0) X(LIST_TO_TUPLE, 0)                      \
    X(RETURN_VALUE, -1) X(IMPORT_STAR, -1) X(SETUP_ANNOTATIONS, 0) X(YIELD_VALUE, 0) X(ASYNC_GEN_WRAP, 0)             \
    X(PREP_RERAISE_STAR, -1) X(POP_EXCEPT, -1) X(STORE_NAME, -1) X(DELETE_NAME, 0) X(UNPACK_SEQUENCE, 2)              \
    X(FOR_ITER, 1) X(UNPACK_EX, 3) X(STORE_ATTR, -2) X(DELETE_ATTR, -1) X(STORE_GLOBAL, -1) X(DELETE_GLOBAL, 0)       \
    X(SWAP, 0) X(LOAD_CONST, 1) X(LOAD_NAME, 1) X(BUILD_TUPLE, -2) X(BUILD_LIST, -2) X(BUILD_SET, -2)                 \
    X(BUILD_MAP, -5) X(LOAD_ATTR, 0) X(COMPARE_OP, -1) X(IMPORT_NAME, -1) X(IMPORT_FROM, 1) X(JUMP_FORWARD, 0)        \
    X(JUMP_IF_FALSE_OR_POP, 0) X(JUMP_IF_TRUE_OR_POP, 0) X(POP_JUMP_FORWARD_IF_FALSE, -1)                             \
    X(POP_JUMP_FORWARD_IF_TRUE, -1) X(LOAD_GLOBAL, 2) X(IS_OP, -1) X(CONTAINS_OP, -1) X(RERAISE, -1) X(COPY, 1)       \
    X(BINARY_OP, -1) X(SEND, 0) X(LOAD_FAST, 1) X(STORE_FAST, -1) X(DELETE_FAST, 0)                                   \
    X(POP_JUMP_FORWARD_IF_NOT_NONE, -1) X(POP_JUMP_FORWARD_IF_NONE, -1) X(RAISE_VARARGS, -3) X(GET_AWAITABLE, 0)      \
    X(MAKE_FUNCTION, -2) X(BUILD_SLICE, -2) X(JUMP_BACKWARD_NO_INTERRUPT, 0) X(MAKE_CELL, 0) X(LOAD_CLOSURE, 1)       \
    X(LOAD_DEREF, 1) X(STORE_DEREF, -1) X(DELETE_DEREF, 0) X(JUMP_BACKWARD, 0) X(CALL_FUNCTION_EX, -3)                \
    X(EXTENDED_ARG, 0) X(LIST_APPEND, -1) X(SET_ADD, -1) X(MAP_ADD, -2) X(LOAD_CLASSDEREF, 1) X(COPY_FREE_VARS, 0)    \
    X(RESUME, 0) X(MATCH_CLASS, -2) X(FORMAT_VALUE, 0) X(BUILD_CONST_KEY_MAP, -3) X(BUILD_STRING, -2)                 \
    X(LOAD_METHOD, 1) X(LIST_EXTEND, -1) X(SET_UPDATE, -1) X(DICT_MERGE, -1) X(DICT_UPDATE, -1) X(PRECALL, -3)        \
    X(CALL, -1) X(KW_NAMES, 0) X(POP_JUMP_BACKWARD_IF_NOT_NONE, -1) X(POP_JUMP_BACKWARD_IF_NONE, -1)                  \
    X(POP_JUMP_BACKWARD_IF_FALSE, -1) X(POP_JUMP_BACKWARD_IF_TRUE, -1)

#endif
