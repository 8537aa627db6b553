/* Decoding of bytecode: instruction boundaries, jump targets and stack effects.
 * Owns no state; knows nothing of contexts or machine code. */
#define NEED_OPCODE_TABLES /* this file holds them */
#include "pyjit/decode.h"

/* Where a jumping instruction goes when it jumps, or -1. */
int
decode_jump_target(const Instr *in)
{
    switch (in->opcode) {
    case JUMP_FORWARD:
    case FOR_ITER:
    case SEND:
    case JUMP_IF_FALSE_OR_POP:
    case JUMP_IF_TRUE_OR_POP:
    case POP_JUMP_FORWARD_IF_FALSE:
    case POP_JUMP_FORWARD_IF_TRUE:
    case POP_JUMP_FORWARD_IF_NONE:
    case POP_JUMP_FORWARD_IF_NOT_NONE:
        return in->next + in->oparg;
    case JUMP_BACKWARD:
    case JUMP_BACKWARD_NO_INTERRUPT:
    case POP_JUMP_BACKWARD_IF_FALSE:
    case POP_JUMP_BACKWARD_IF_TRUE:
    case POP_JUMP_BACKWARD_IF_NONE:
    case POP_JUMP_BACKWARD_IF_NOT_NONE:
        return in->next - in->oparg;
    default:
        return -1;
    }
}

/* Copies bytecode as generic instructions. */
void
decode_generic(const _Py_CODEUNIT *units, int count, _Py_CODEUNIT *generic)
{
    for (int at = 0; at < count;) {
        int opcode = _PyOpcode_Deopt[_Py_OPCODE(units[at])];
        generic[at] = _Py_MAKECODEUNIT(opcode, _Py_OPARG(units[at]));
        at++;
        for (int end = at + _PyOpcode_Caches[opcode]; at < end; at++) {
            generic[at] = _Py_MAKECODEUNIT(CACHE, 0);
        }
    }
}

/* The jumps backwards that look at the eval breaker. Here a specialized instruction is one of its own. */
static const bool jumps_back[256] = {
    [JUMP_BACKWARD] = true,
    [JUMP_BACKWARD_QUICK] = true,
    [POP_JUMP_BACKWARD_IF_FALSE] = true,
    [POP_JUMP_BACKWARD_IF_TRUE] = true,
    [POP_JUMP_BACKWARD_IF_NONE] = true,
    [POP_JUMP_BACKWARD_IF_NOT_NONE] = true,
};

/* Does any loop occur in this bytecode? */
bool
decode_has_loop(const _Py_CODEUNIT *units, int count)
{
    for (int at = 0; at < count;) {
        int opcode = _Py_OPCODE(units[at]);
        if (jumps_back[opcode]) {
            return true;
        }
        at += 1 + _PyOpcode_Caches[_PyOpcode_Deopt[opcode]];
    }
    return false;
}

/* Does this look at the eval breaker, and call no C functions that might do so? */
bool
decode_is_check(const _Py_CODEUNIT *unit)
{
    switch (_Py_OPCODE(*unit)) {
    case RESUME:
    case RESUME_QUICK:
        return true;
    case COMPARE_OP_FLOAT_JUMP:
    case COMPARE_OP_INT_JUMP:
    case COMPARE_OP_STR_JUMP:
        unit += 1 + INLINE_CACHE_ENTRIES_COMPARE_OP;
    }
    return jumps_back[_Py_OPCODE(*unit)];
}

/* The instruction at this offset. */
Instr
decode_find(const _Py_CODEUNIT *units, int offset)
{
    Instr in = decode_at(units, 0);
    while (in.offset != offset) {
        in = decode_at(units, in.next);
    }
    return in;
}

/* An instruction that takes `pops` entries and leaves `pushes`. */
static StackEffect
effect(int pops, int pushes)
{
    return (StackEffect){.reads = pops, .pops = pops, .pushes = pushes};
}

/* An instruction that also looks at entries it leaves in place. */
static StackEffect
peeking(int reads, int pops, int pushes)
{
    return (StackEffect){.reads = reads, .pops = pops, .pushes = pushes};
}

/* Stack effect of the instructions that have generic operations. */
StackEffect
decode_stack_effect(const Instr *in)
{
    int arg = in->oparg;
    switch (in->opcode) {
    case UNARY_POSITIVE:
    case UNARY_NEGATIVE:
    case UNARY_NOT:
    case UNARY_INVERT:
    case GET_ITER:
    case GET_YIELD_FROM_ITER:
    case GET_AITER:
    case GET_AWAITABLE:
    case ASYNC_GEN_WRAP:
    case LIST_TO_TUPLE:
    case LOAD_ATTR:
        return effect(1, 1);
    case BINARY_OP:
    case BINARY_SUBSCR:
    case COMPARE_OP:
    case IS_OP:
    case CONTAINS_OP:
        return effect(2, 1);
    case STORE_SUBSCR:
        return effect(3, 0);
    case DELETE_SUBSCR:
    case STORE_ATTR:
        return effect(2, 0);
    case BUILD_SLICE:
        return effect(arg == 3 ? 3 : 2, 1);
    case LOAD_NAME:
    case LOAD_DEREF:
    case LOAD_CLASSDEREF:
    case LOAD_CLOSURE:
    case LOAD_BUILD_CLASS:
    case LOAD_ASSERTION_ERROR:
        return effect(0, 1);
    case LOAD_GLOBAL:
        return effect(0, 1 + (arg & 1));
    case STORE_NAME:
    case STORE_GLOBAL:
    case STORE_DEREF:
    case DELETE_ATTR:
    case IMPORT_STAR:
    case PRINT_EXPR:
        return effect(1, 0);
    case DELETE_NAME:
    case DELETE_GLOBAL:
    case DELETE_DEREF:
    case MAKE_CELL:
    case COPY_FREE_VARS:
    case SETUP_ANNOTATIONS:
        return effect(0, 0);
    case IMPORT_NAME:
        return effect(2, 1);
    case IMPORT_FROM:
    case GET_LEN:
    case MATCH_MAPPING:
    case MATCH_SEQUENCE:
    case GET_ANEXT:
        return peeking(1, 0, 1);
    case MATCH_KEYS:
        return peeking(2, 0, 1);
    case MATCH_CLASS:
        return effect(3, 1);
    case LOAD_METHOD:
        return effect(1, 2);
    case BUILD_TUPLE:
    case BUILD_LIST:
    case BUILD_SET:
    case BUILD_STRING:
        return effect(arg, 1);
    case BUILD_MAP:
        return effect(2 * arg, 1);
    case BUILD_CONST_KEY_MAP:
        return effect(arg + 1, 1);
    case LIST_APPEND:
    case SET_ADD:
    case LIST_EXTEND:
    case SET_UPDATE:
    case DICT_UPDATE:
        return peeking(arg + 1, 1, 0);
    case DICT_MERGE:
        return peeking(arg + 3, 1, 0); /* an error names the function below the dict */
    case MAP_ADD:
        return peeking(arg + 2, 2, 0);
    case UNPACK_SEQUENCE:
        return effect(1, arg);
    case UNPACK_EX:
        return effect(1, (arg & 0xFF) + 1 + (arg >> 8));
    case FORMAT_VALUE:
        return effect((arg & FVS_MASK) == FVS_HAVE_SPEC ? 2 : 1, 1);
    case CALL_FUNCTION_EX:
        return effect(3 + (arg & 1), 1);
    case MAKE_FUNCTION:
        return effect(1 + !!(arg & 1) + !!(arg & 2) + !!(arg & 4) + !!(arg & 8), 1);
    case PUSH_EXC_INFO:
        return effect(1, 2);
    case POP_EXCEPT:
        return effect(1, 0);
    case CHECK_EXC_MATCH:
        return peeking(2, 1, 1);
    case CHECK_EG_MATCH:
        return effect(2, 2);
    case PREP_RERAISE_STAR:
        return effect(2, 1);
    case BEFORE_WITH:
    case BEFORE_ASYNC_WITH:
        return effect(1, 2);
    case WITH_EXCEPT_START:
        return peeking(4, 0, 1);
    default:
        return effect(0, 0);
    }
}
