/* Emitters: `with`. */
#include "pyjit/emit_calls.h"

#include "pyjit/attribute.h"
#include "pyjit/names.h"

/* The class of the manager if __enter__ and __exit__ are Python functions, of which *enter takes the manager only;
 * NULL if not so, or b->ended. */
static PyTypeObject *
class_of_manager(Block *b, PyFunctionObject **enter, PyFunctionObject **exit)
{
    PyObject *manager = block_sample(b, 0);
    if (manager == NULL && b->frame != NULL && b->start != b->first && b->ctx.depth < CTX_STACK) {
        block_defer(b);
    }
    if (manager == NULL || block_must_be_generic(b) || b->ctx.depth >= CTX_STACK) {
        return NULL;
    }
    PyTypeObject *type = Py_TYPE(manager);
    *enter = plan_method(type, pyjit_names.dunder_enter);
    *exit = plan_method(type, pyjit_names.dunder_exit);
    return *enter == NULL || *exit == NULL ? NULL : type;
}

/* BEFORE_WITH. */
void
emit_before_with(Block *b)
{
    PyFunctionObject *enter = NULL, *exit = NULL;
    PyTypeObject *type = class_of_manager(b, &enter, &exit);
    Binding binding;
    if (b->ended) {
        return;
    }
    Call call = {.callable = (PyObject *)enter, .count = 1};
    CodeState *state = type == NULL ? NULL : emit_bind(b, &call, enter, &binding);
    if (state == NULL || !binding.is_plain) {
        emit_generic(b);
        return;
    }
    emit_guard_class(b, 0, type);
    if (!emit_guard_known_function(b, enter)) {
        emit_generic(b);
        return;
    }
    block_escape(b);
    block_own(b, 0);
    intptr_t rare = (intptr_t)block_exit_generic(b), manager = slot_of_stack(b, b->ctx.depth - 1);
    ASM(&b->as, OP_frame_push, emit_frame_size(state->code), rare);
    ASM(&b->as, OP_enter_manager, manager, (intptr_t)exit, slot_of_local(0), rare);
    b->stack_samples[b->ctx.depth - 1] = block_specimen_method(b, (PyObject *)exit, block_sample(b, 0));
    *block_stack(b, 0) = (Entry){.owned = 1};
    binding.sources[0].entry = ALREADY_THERE;
    ASM(&b->as, OP_take_known_callee, (intptr_t)enter);
    emit_run_frame(b, &(NewFrame){
                          .state = state,
                          .sources = binding.sources,
                          .known = enter,
                          .at = block_instr_address(b),
                      });
    emit_push_result(b);
}
