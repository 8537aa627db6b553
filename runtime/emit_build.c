/* Emitters: displays of lists, tuples and dicts. */
#include "pyjit/emit.h"

#include "pyjit/quiet.h"

/* BUILD_LIST, BUILD_TUPLE, BUILD_MAP. */
void
emit_build(Block *b)
{
    int opcode = b->in.opcode, count = b->in.oparg;
    if (b->ctx.depth >= CTX_STACK || (opcode == BUILD_MAP && count > 0)) {
        emit_generic(b);
        return;
    }
    block_own_stack(b, count);
    QuietNew make = opcode == BUILD_LIST    ? quiet_new_list
                    : opcode == BUILD_TUPLE ? quiet_new_tuple
                                            : quiet_new_dict;
    ASM(&b->as, OP_build_quietly, slot_of_stack(b, b->ctx.depth - count), count, (intptr_t)make,
        (intptr_t)block_exit_generic(b));
    block_pop(b, count);
    block_push(b, opcode == BUILD_LIST ? TYPE_LIST : opcode == BUILD_TUPLE ? TYPE_TUPLE : TYPE_DICT);
}
