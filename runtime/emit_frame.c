/* Emitters: the frames of Python functions that compiled code calls. */
#include "pyjit/emit_calls.h"

#include "pyjit/state.h"

#define SINGLE_NULLS 6 /* more unbound locals than that are written by a loop */

/* ---- arguments ---------------------------------------------------------------------------------- */

/* Emits the copy of stack entry n into the new frame. With `keep` it stays where it is as well. */
static void
pass_argument(Block *b, int n, intptr_t to, bool keep)
{
    Entry *entry = block_stack(b, n);
    intptr_t slot = slot_of_stack(b, b->ctx.depth - 1 - n);
    if (entry->location == IN_LOCAL) {
        ASM(&b->as, OP_argument_copy, block_alias_slot(b, entry), to);
    } else if (entry->location == IN_CONST || entry->location == IN_FACT) {
        ASM(&b->as, OP_argument_constant, (intptr_t)block_constant(b, entry), to);
    } else if (entry->owned && !keep) {
        ASM(&b->as, OP_argument_move, slot, to);
    } else {
        ASM(&b->as, OP_argument_copy, slot, to);
    }
}

/* Emits NULLs for the locals that are not parameters. */
static void
pass_nulls(Block *b, const PyCodeObject *code)
{
    int first = code->co_argcount + code->co_kwonlyargcount + ((code->co_flags & CO_VARARGS) != 0) +
                ((code->co_flags & CO_VARKEYWORDS) != 0);
    if (code->co_nlocalsplus - first > SINGLE_NULLS) {
        ASM(&b->as, OP_argument_nulls, slot_of_local(first), slot_of_local(code->co_nlocalsplus));
        return;
    }
    for (int i = first; i < code->co_nlocalsplus; i++) {
        ASM(&b->as, OP_argument_null, slot_of_local(i));
    }
}

/* Bytes of a frame of this code on the data stack. */
intptr_t
emit_frame_size(const PyCodeObject *code)
{
    return (intptr_t)sizeof(PyObject *) *
           (code->co_nlocalsplus + code->co_stacksize + (intptr_t)FRAME_SPECIALS_SIZE);
}

/* Fills the new frame with arguments and goes there. */
void
emit_run_frame(Block *b, const NewFrame *frame)
{
    PyCodeObject *code = frame->state->code;
    for (int i = 0; i < code->co_argcount + code->co_kwonlyargcount; i++) {
        const Source *source = &frame->sources[i];
        if (frame->typed != NULL && i < frame->typed->ctx.local_count && frame->typed->ctx.entries[i].lent) {
            ASM(&b->as, OP_argument_null, slot_of_local(i));
        } else if (source->entry == SELF_OF_CALLEE) {
            ASM(&b->as, OP_argument_self, slot_of_stack(b, b->ctx.depth - 2 - b->in.oparg), slot_of_local(i));
        } else if (source->entry == ALREADY_THERE) {
            continue;
        } else if (source->entry >= 0) {
            pass_argument(b, source->entry, slot_of_local(i), frame->keep);
        } else if (source->constant != NULL) {
            ASM(&b->as, OP_argument_constant, (intptr_t)source->constant, slot_of_local(i));
        } else if (frame->known != NULL) {
            PyObject *value = PyTuple_GET_ITEM(frame->known->func_defaults, source->default_item);
            ASM(&b->as, OP_argument_constant, (intptr_t)value, slot_of_local(i));
        } else {
            intptr_t item = (intptr_t)offsetof(PyTupleObject, ob_item) +
                            source->default_item * (intptr_t)sizeof(PyObject *);
            ASM(&b->as, OP_argument_default, item, slot_of_local(i));
        }
    }
    pass_nulls(b, code);
    intptr_t size = emit_frame_size(code), entry = (intptr_t)frame->state->entry;
    if (frame->typed != NULL) {
        ASM(&b->as, OP_call_function_typed, (intptr_t)code, size, frame->at, IMM_CONTINUATION, (intptr_t)frame->typed->entry);
    } else if (frame->state->entry == pyjit_state.entry_stub) {
        ASM(&b->as, OP_call_function, (intptr_t)code, size, frame->at, IMM_CONTINUATION,
            (intptr_t)&frame->state->entry);
    } else {
        ASM(&b->as, OP_call_function_at, (intptr_t)code, size, frame->at, IMM_CONTINUATION, entry);
    }
}

/* Emits the guard that the callee, which is known to be this function, is as it is now. */
bool
emit_guard_known_function(Block *b, PyFunctionObject *function)
{
    uint32_t version = fact_function_version(function);
    if (version == 0) {
        return false;
    }
    ASM(&b->as, OP_guard_known_function, (intptr_t)function, (int32_t)version,
        (intptr_t)block_exit_miss(b));
    return true;
}
