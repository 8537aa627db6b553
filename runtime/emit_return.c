/* Emitters: returning from a function. */
#include "pyjit/emit.h"

#include "pyjit/state.h"

#define LOOP_LOCALS 8 /* so many locals of unknown content are ended by a loop */

/* Loads the result into r0, a new reference. */
static void
load_result(Block *b)
{
    const Entry *value = block_stack(b, 0);
    if (value->location == IN_CONST) {
        ASM(&b->as, OP_load_return_constant,
            (intptr_t)block_constant(b, value));
    } else if (value->owned) {
        ASM(&b->as, OP_load_return, slot_of_stack(b, b->ctx.depth - 1));
    } else {
        ASM(&b->as, OP_load_return_incref, block_object_slot(b, 0));
    }
}

/* Does this local's slot hold nothing, so that nothing need be done at the end? */
static bool
is_empty(const Entry *local)
{
    return local->location == IN_SLOT && local->type == TYPE_NULL;
}

/* How many locals from i on hold who knows what. */
static int
count_unsure(Block *b, int i)
{
    int count = 0;
    while (i + count < block_local_count(b) && block_local(b, i + count)->type == TYPE_UNKNOWN &&
           !block_local(b, i + count)->bound) {
        count++;
    }
    return count;
}

/* Releases the locals in order, except `moved`, which has lost its reference. */
static void
end_locals(Block *b, int moved)
{
    for (int i = 0; i < block_local_count(b); i++) {
        Entry *local = block_local(b, i);
        int unsure = count_unsure(b, i);
        if (unsure >= LOOP_LOCALS) {
            ASM(&b->as, OP_end_locals, block_local_slot(b, i), block_local_slot(b, i + unsure));
            i += unsure - 1;
        } else if (i == moved || is_empty(local)) {
            continue;
        } else if (local->bound && (local->location == IN_SLOT || local->boxed)) {
            ASM(&b->as, OP_end_local, block_local_slot(b, i));
        } else {
            ASM(&b->as, OP_end_local_unsure, block_local_slot(b, i));
        }
    }
}

/* RETURN_VALUE: the result goes into r0. Locals in registers are forgotten, unless someone holds the
 * frame and could still look at them. */
void
emit_return_value(Block *b)
{
    Entry *value = block_stack(b, 0);
    if (b->site != NULL) {
        emit_inline_return(b);
        return;
    }
    if (value->location == IN_LOCAL && block_value(b, 0)->location != IN_SLOT) {
        block_own(b, 0);
    } else if (entry_in_register(value)) {
        block_own(b, 0);
    }
    if (b->ctx.observed) {
        block_box_locals(b);
    } else if (!block_locals_boxed(b)) {
        ASM(&b->as, OP_check_no_frame_object, (intptr_t)block_exit_leave(b, b->in.start));
    }
    intptr_t locals = block_local_count(b), return_frame = (intptr_t)pyjit_state.return_frame;
    intptr_t at = block_instr_address(b);
    int moved = -1;
    value = block_stack(b, 0);
    b->ended = true;
    if (b->code->co_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)) {
        load_result(b);
        ASM(&b->as, OP_return_value, locals, at, return_frame);
        return;
    }
    if (value->location == IN_LOCAL && value->index < b->ctx.local_count) {
        moved = value->index;
        ASM(&b->as, OP_return_begin_local, block_local_slot(b, moved), locals, at, return_frame);
    } else {
        load_result(b);
        ASM(&b->as, OP_return_begin, locals, at, return_frame);
    }
    end_locals(b, moved);
    ASM(&b->as, OP_return_end, (intptr_t)codemem_base(), (intptr_t)pyjit_state.return_last);
}
