/* Emitters: resuming generators and coroutines by a jump, and yielding. */
#include "pyjit/emit.h"

#include "pyjit/memory.h"

/* The table of places where frames of this code resume; NULL if it is not to be compiled. */
static uint32_t *
resume_table(PyCodeObject *code)
{
    CodeState *state = code_state_make(code);
    if (state == NULL || state->status == CODE_REFUSED ||
        (state->status == CODE_COLD && code_activate(state) < 0)) {
        return NULL;
    }
    if (state->resume == NULL) {
        state->resume = pj_calloc((size_t)state->unit_count, sizeof *state->resume);
    }
    return state->resume;
}

/* Can frames of this code be resumed by jumps? */
bool
emit_can_resume(PyCodeObject *code)
{
    return resume_table(code) != NULL;
}

/* Emits the step of a generator in its slot that is likely to be of this code, for which emit_can_resume(). */
void
emit_resume_next(Block *b, intptr_t iterator, PyCodeObject *code)
{
    ASM(&b->as, OP_resume_next, iterator, (intptr_t)code, (intptr_t)resume_table(code), block_instr_address(b),
        IMM_CONTINUATION, (intptr_t)codemem_base());
    asm_depend(&b->as, code);
}

/* Emits the sending of a value, whose reference is taken, to a generator or coroutine, both in their slots, that is likely
 * to be of this code, for which emit_can_resume(). */
void
emit_resume_send(Block *b, intptr_t receiver, intptr_t value, PyCodeObject *code)
{
    ASM(&b->as, OP_resume_send, receiver, value, (intptr_t)code, (intptr_t)resume_table(code), block_instr_address(b),
        IMM_CONTINUATION, (intptr_t)codemem_base());
    asm_depend(&b->as, code);
}

/* FOR_ITER over a generator, which is in its slot on top of the stack. False when that is not simple;
 * then nothing has been emitted. */
bool
emit_for_iter_generator(Block *b)
{
    PyObject *sample = block_sample(b, 0);
    if (sample == NULL || !Py_IS_TYPE(sample, &PyGen_Type)) {
        return false;
    }
    PyCodeObject *code = ((PyGenObject *)sample)->gi_code;
    if (!emit_can_resume(code)) {
        return false;
    }
    block_escape(b);
    block_settle_stack(b);
    intptr_t iterator = slot_of_stack(b, b->ctx.depth - 1);
    emit_resume_next(b, iterator, code);
    Context before = b->ctx;
    block_pop(b, 1);
    intptr_t end = (intptr_t)block_exit_to(b, decode_jump_target(&b->in));
    intptr_t traced = (intptr_t)block_exit_leave(b, decode_jump_target(&b->in));
    b->ctx = before;
    ASM(&b->as, OP_take_next, iterator, slot_of_stack(b, b->ctx.depth), end, traced,
        (intptr_t)block_exit_error(b));
    block_push(b, TYPE_UNKNOWN);
    emit_check_run(b);
    return true;
}

/* SEND to a generator or coroutine. False when that is not simple; then nothing has been emitted. */
static bool
send_to_generator(Block *b)
{
    PyObject *sample = block_sample(b, 1);
    if (sample == NULL || !(PyGen_CheckExact(sample) || PyCoro_CheckExact(sample)) ||
        block_must_be_generic(b) || b->ctx.depth > CTX_STACK) {
        return false;
    }
    PyCodeObject *code = ((PyGenObject *)sample)->gi_code;
    if (!emit_can_resume(code)) {
        return false;
    }
    ASM(&b->as, OP_guard_type, block_object_slot(b, 1), (intptr_t)Py_TYPE(sample),
        (intptr_t)block_exit_miss(b));
    block_escape(b);
    block_settle_stack(b);
    intptr_t value = slot_of_stack(b, b->ctx.depth - 1);
    intptr_t receiver = slot_of_stack(b, b->ctx.depth - 2);
    emit_resume_send(b, receiver, value, code);
    block_pop(b, 1);
    Context waiting = b->ctx;
    intptr_t error = (intptr_t)block_exit_error(b);
    block_pop(b, 1);
    block_push(b, TYPE_UNKNOWN);
    intptr_t returned = (intptr_t)block_exit_to(b, decode_jump_target(&b->in));
    intptr_t traced = (intptr_t)block_exit_leave(b, decode_jump_target(&b->in));
    b->ctx = waiting;
    ASM(&b->as, OP_take_sent, receiver, value, returned, traced, error);
    block_push(b, TYPE_UNKNOWN);
    emit_check_run(b);
    return true;
}

/* SEND. */
void
emit_send(Block *b)
{
    if (b->frame != NULL && b->start != b->first && block_sample(b, 1) == NULL &&
        !block_must_be_generic(b)) {
        block_defer(b);
        return;
    }
    if (!send_to_generator(b)) {
        emit_send_generic(b);
    }
}

/* GET_AWAITABLE: a coroutine that has not begun is its own. */
void
emit_get_awaitable(Block *b)
{
    bool is_open = !block_must_be_generic(b) && b->ctx.depth <= CTX_STACK;
    PyTypeObject *type = is_open ? emit_class_of(b, 0) : NULL;
    if (b->ended) {
        return;
    }
    if (type != &PyCoro_Type) {
        emit_generic(b);
        return;
    }
    emit_guard_class(b, 0, type);
    ASM(&b->as, OP_guard_unstarted, block_object_slot(b, 0), (intptr_t)block_exit_generic(b));
}

/* YIELD_VALUE. */
void
emit_yield_value(Block *b)
{
    block_escape(b);
    block_settle_stack(b);
    block_pop(b, 1);
    ASM(&b->as, OP_yield_value, slot_of_stack(b, b->ctx.depth),
        b->code->co_nlocalsplus + b->ctx.depth, block_instr_address(b), (intptr_t)codemem_base());
    b->ended = true;
}
