/* Cold code: the loop that runs bytecode one generic operation after another. Owns the permanent code by
 * which calls return to it.
 *
 * Everything is in memory all the time, so it can begin and end between any two instructions. It does not
 * try to be fast; what is executed often is compiled, which is found out by counting at jump targets. */
#include "pyjit/cold.h"

#include "pyjit/assembler.h"
#include "pyjit/calls.h"
#include "pyjit/coverage.h"
#include "pyjit/decode.h"
#include "pyjit/engine.h"
#include "pyjit/frames.h"
#include "pyjit/generic_ops.h"
#include "pyjit/settings.h"
#include "pyjit/special.h"
#include "pyjit/state.h"
#include "pyjit/stats.h"
#include "pyjit/steps.h"

#include <string.h>

#define RETURN_DEPTHS (COLD_DEPTH_MOST + 1)

static ExitGroup returns[RETURN_DEPTHS / EXIT_GROUP];
static uint8_t *return_thunks;

/* What has come of an instruction. */
typedef enum {
    COLD_NEXT,  /* on with the next instruction */
    COLD_JUMP,  /* to `target`, forwards */
    COLD_BACK,  /* to `target`, backwards, where the eval breaker is to be seen to */
    COLD_ERROR, /* an exception is pending */
    COLD_AGAIN, /* the same, but the traceback has this frame already */
    COLD_LEFT,  /* somewhere else: at `address` */
} Outcome;

/* A frame while it is run here. */
typedef struct {
    Registers *regs;
    PyThreadState *tstate;
    _PyInterpreterFrame *frame;
    CodeState *state;
    PyObject **stack;  /* its bottom */
    int depth;         /* entries */
    Instr in;          /* being run */
    PyObject *kwnames; /* of the CALL to come; borrowed */
    int kwnames_start; /* offset of its KW_NAMES */
    int target;        /* COLD_JUMP, COLD_BACK */
    uint8_t *address;  /* COLD_LEFT */
} Cold;

/* ---- the stack --------------------------------------------------------------------------------- */

static inline PyObject *
pop(Cold *c)
{
    return c->stack[--c->depth];
}

/* Takes over the reference. */
static inline void
push(Cold *c, PyObject *object)
{
    c->stack[c->depth++] = object;
}

/* ---- jumps ------------------------------------------------------------------------------------- */

/* A jump to the instruction's target. */
static Outcome
jump(Cold *c)
{
    c->target = decode_jump_target(&c->in);
    return c->target > c->in.offset ? COLD_JUMP : COLD_BACK;
}

/* Pops the top of the stack and finds out its truth: 0, 1 or -1. */
static int
pop_truth(Cold *c)
{
    PyObject *condition = pop(c);
    int truth = condition == Py_True ? 1 : condition == Py_False ? 0 : PyObject_IsTrue(condition);
    Py_DECREF(condition);
    return truth;
}

/* POP_JUMP_*_IF_TRUE and _FALSE. */
static Outcome
jump_on_truth(Cold *c, int wanted)
{
    int truth = pop_truth(c);
    return truth < 0 ? COLD_ERROR : truth == wanted ? jump(c) : COLD_NEXT;
}

/* POP_JUMP_*_IF_NONE and _NOT_NONE. */
static Outcome
jump_on_none(Cold *c, bool wanted)
{
    PyObject *object = pop(c);
    bool is_none = object == Py_None;
    Py_DECREF(object);
    return is_none == wanted ? jump(c) : COLD_NEXT;
}

/* JUMP_IF_TRUE_OR_POP and JUMP_IF_FALSE_OR_POP. */
static Outcome
jump_or_pop(Cold *c, int wanted)
{
    PyObject *condition = c->stack[c->depth - 1];
    int truth = PyObject_IsTrue(condition);
    if (truth < 0) {
        return COLD_ERROR;
    }
    if (truth == wanted) {
        return jump(c);
    }
    c->depth--;
    Py_DECREF(condition);
    return COLD_NEXT;
}

/* ---- locals ------------------------------------------------------------------------------------ */

/* What the interpreter does better: it runs this instruction and the rest of the frame. */
static Outcome
give_up(Cold *c, const char *reason)
{
    int start = c->kwnames != NULL ? c->kwnames_start : c->in.start;
    c->address = resume_interpreted(c->regs, (Place){start, c->depth}, reason);
    return COLD_LEFT;
}

/* STORE_FAST; DELETE_FAST with NULL. Takes over the reference. */
static Outcome
store_fast(Cold *c, PyObject *value)
{
    PyObject **local = &c->frame->localsplus[c->in.oparg], *old = *local;
    if (old == NULL && value == NULL) {
        return give_up(c, REASON_UNBOUND);
    }
    *local = value;
    Py_XDECREF(old);
    return COLD_NEXT;
}

/* ---- calls ------------------------------------------------------------------------------------- */

/* CALL: a Python function's frame is run by whoever jumps to c->address. */
static Outcome
call(Cold *c)
{
    int below = c->depth - c->in.oparg - 2;
    PyObject *kwnames = c->kwnames;
    if (below > COLD_DEPTH_MOST) {
        return give_up(c, REASON_UNUSUAL);
    }
    c->kwnames = NULL;
    CallOutcome outcome = call_any(c->tstate, c->frame, c->stack + c->depth, c->in.oparg, kwnames);
    c->depth = below;
    if (outcome.target != NULL) {
        c->frame->stacktop = cold_continuation(below);
        c->regs->frame = outcome.frame_or_result;
        c->address = outcome.target;
        return COLD_LEFT;
    }
    if (outcome.frame_or_result == NULL) {
        return COLD_ERROR;
    }
    push(c, outcome.frame_or_result);
    return COLD_NEXT;
}

/* ---- the frame's end --------------------------------------------------------------------------- */

/* RETURN_VALUE. */
static Outcome
return_value(Cold *c)
{
    PyObject *result = pop(c);
    _PyInterpreterFrame *frame = c->frame, *caller = frame->previous;
    frame->stacktop = frame->f_code->co_nlocalsplus;
    if (frame->is_entry) {
        c->regs->ints[0] = (int64_t)(intptr_t)result;
        c->address = pyjit_state.return_to_c;
        return COLD_LEFT;
    }
    frame_finish(c->tstate, frame);
    c->regs->ints[1] = 1;
    c->address = resume_caller(c->regs, caller, result);
    return COLD_LEFT;
}

/* RETURN_GENERATOR. */
static Outcome
return_generator(Cold *c)
{
    _PyInterpreterFrame *caller = c->frame->previous;
    bool is_entry = c->frame->is_entry;
    PyObject *generator = generator_make(c->tstate, c->frame);
    if (generator == NULL) {
        return give_up(c, REASON_UNUSUAL);
    }
    if (is_entry) {
        c->regs->ints[0] = (int64_t)(intptr_t)generator;
        c->address = pyjit_state.return_to_c;
    } else {
        c->address = resume_caller(c->regs, caller, generator);
    }
    return COLD_LEFT;
}

/* YIELD_VALUE. */
static Outcome
yield_value(Cold *c)
{
    PyObject *value = pop(c);
    _PyInterpreterFrame *frame = c->frame, *caller = frame->previous;
    PyGenObject *generator = (PyGenObject *)((char *)frame - offsetof(PyGenObject, gi_iframe));
    frame->stacktop = frame->f_code->co_nlocalsplus + c->depth;
    generator->gi_frame_state = FRAME_SUSPENDED;
    if (frame->is_entry) {
        c->regs->ints[0] = (int64_t)(intptr_t)value;
        c->address = pyjit_state.return_to_c;
        return COLD_LEFT;
    }
    generator_unlink(c->tstate, frame);
    c->tstate->recursion_remaining++;
    c->regs->ints[1] = 0;
    c->address = resume_caller(c->regs, caller, value);
    return COLD_LEFT;
}

/* ---- instructions ------------------------------------------------------------------------------ */

/* A bytecode that has a generic operation. */
static Outcome
run_generic(Cold *c)
{
    StackEffect effect = decode_stack_effect(&c->in);
    GenericOp run = generic_table[c->in.opcode].run;
    if (run == NULL) {
        return give_up(c, REASON_UNUSUAL);
    }
    int result = run(c->tstate, c->frame, c->stack + c->depth, c->in.oparg);
    c->depth -= effect.pops;
    if (result < 0) {
        return COLD_ERROR;
    }
    c->depth += effect.pushes;
    return COLD_NEXT;
}

/* FOR_ITER. */
static Outcome
for_iter(Cold *c)
{
    int status = step_for_iter(c->tstate, c->frame, c->stack + c->depth, c->in.oparg);
    if (status < 0) {
        return COLD_ERROR;
    }
    c->depth += status == 1 ? 1 : -1;
    return status == 1 ? COLD_NEXT : jump(c);
}

/* SEND. */
static Outcome
run_send(Cold *c)
{
    int status = step_send(c->tstate, c->frame, c->stack + c->depth, c->in.oparg);
    if (status != 1) {
        c->depth--;
    }
    return status < 0 ? COLD_ERROR : status == 1 ? COLD_NEXT : jump(c);
}

/* The bytecodes that end a path, or may, by an exception. */
static Outcome
run_raise(Cold *c, GenericOp step, int inputs)
{
    int status = step(c->tstate, c->frame, c->stack + c->depth, c->in.oparg);
    c->depth -= inputs;
    return status == 0 ? COLD_ERROR : COLD_AGAIN;
}

/* Runs instructions from an offset on, as far as they can run no other code and raise nothing, which is half of
 * what is executed. Returns the first one that may. */
static Instr
run_quiet(Cold *c, int at)
{
    PyObject **locals = c->frame->localsplus, **top = c->stack + c->depth;
    Instr in;
    for (;; at = in.next) {
        in = decode_at(c->state->units, at);
        PyObject *object;
        switch (in.opcode) {
        case NOP:
        case PRECALL:
            break;
        case LOAD_FAST:
            object = locals[in.oparg];
            if (object == NULL) {
                goto done;
            }
            *top++ = Py_NewRef(object);
            break;
        case LOAD_CONST:
            *top++ = Py_NewRef(PyTuple_GET_ITEM(c->state->code->co_consts, in.oparg));
            break;
        case STORE_FAST:
            object = locals[in.oparg];
            if (object != NULL) {
                if (Py_REFCNT(object) == 1) {
                    goto done;
                }
                Py_DECREF(object);
            }
            locals[in.oparg] = *--top;
            break;
        case POP_TOP:
            if (Py_REFCNT(top[-1]) == 1) {
                goto done;
            }
            top--;
            Py_DECREF(*top);
            break;
        case PUSH_NULL:
            *top++ = NULL;
            break;
        case COPY:
            *top = Py_NewRef(top[-in.oparg]);
            top++;
            break;
        case SWAP:
            object = top[-1];
            top[-1] = top[-in.oparg];
            top[-in.oparg] = object;
            break;
        case KW_NAMES:
            c->kwnames = PyTuple_GET_ITEM(c->state->code->co_consts, in.oparg);
            c->kwnames_start = in.start;
            break;
        default:
            goto done;
        }
        coverage_bytecode(in.opcode, COVERAGE_COLD);
    }
done:
    c->depth = (int)(top - c->stack);
    return in;
}

/* Runs one instruction of those that run_quiet has left. */
static Outcome
run_instruction(Cold *c)
{
    coverage_bytecode(c->in.opcode, COVERAGE_COLD);
    int oparg = c->in.oparg;
    switch (c->in.opcode) {
    case RESUME:
        c->target = c->in.next;
        return oparg < 2 ? COLD_BACK : COLD_NEXT;
    case LOAD_FAST:
        return give_up(c, REASON_UNBOUND); /* to the interpreter, which raises the error */
    case STORE_FAST:
        return store_fast(c, pop(c));
    case DELETE_FAST:
        return store_fast(c, NULL);
    case POP_TOP:
        Py_DECREF(pop(c));
        return COLD_NEXT;
    case JUMP_FORWARD:
    case JUMP_BACKWARD:
        return jump(c);
    case JUMP_BACKWARD_NO_INTERRUPT:
        c->target = decode_jump_target(&c->in);
        return COLD_JUMP;
    case POP_JUMP_FORWARD_IF_TRUE:
    case POP_JUMP_BACKWARD_IF_TRUE:
        return jump_on_truth(c, 1);
    case POP_JUMP_FORWARD_IF_FALSE:
    case POP_JUMP_BACKWARD_IF_FALSE:
        return jump_on_truth(c, 0);
    case POP_JUMP_FORWARD_IF_NONE:
    case POP_JUMP_BACKWARD_IF_NONE:
        return jump_on_none(c, true);
    case POP_JUMP_FORWARD_IF_NOT_NONE:
    case POP_JUMP_BACKWARD_IF_NOT_NONE:
        return jump_on_none(c, false);
    case JUMP_IF_TRUE_OR_POP:
        return jump_or_pop(c, 1);
    case JUMP_IF_FALSE_OR_POP:
        return jump_or_pop(c, 0);
    case CALL:
        return call(c);
    case RETURN_VALUE:
        return return_value(c);
    case RETURN_GENERATOR:
        return return_generator(c);
    case YIELD_VALUE:
        return yield_value(c);
    case FOR_ITER:
        return for_iter(c);
    case SEND:
        return run_send(c);
    case RAISE_VARARGS:
        return run_raise(c, step_raise, oparg);
    case RERAISE:
        return run_raise(c, step_reraise, 1);
    case END_ASYNC_FOR: {
        int status = step_end_async_for(c->tstate, c->frame, c->stack + c->depth, oparg);
        c->depth -= 2;
        return status == 0 ? COLD_NEXT : COLD_AGAIN;
    }
    default:
        return run_generic(c);
    }
}

/* ---- the loop ---------------------------------------------------------------------------------- */

/* Sees to the eval breaker before going on at c->target. Returns 0, or -1 with an exception pending. */
static int
see_to_breaker(Cold *c)
{
    if (!_Py_atomic_load_relaxed(&c->tstate->interp->ceval.eval_breaker)) {
        return 0;
    }
    STAT(safepoints);
    if (safepoint_handle(c->tstate) < 0) {
        c->in.offset = c->target - 1; /* the interpreter takes the handler of what it would do next */
        return -1;
    }
    return 0;
}

/* Compiled code to go on with at c->target, a jump target; NULL if none is known or worth making, or if the jump's
 * condition has had somebody begin to watch. */
static uint8_t *
compiled_target(Cold *c, int heat)
{
    if (c->tstate->cframe->use_tracing) {
        return NULL;
    }
    uint8_t *known = resume_known(c->state, c->target);
    if (known == NULL && resume_is_hot(c->state, c->target, heat)) {
        known = resume_compiled(c->state, c->frame, (Place){c->target, c->depth});
    }
    return known;
}

/* The exception that is pending: NULL, and what is to be run next is its handler; or where to go on. */
static uint8_t *
handle(Cold *c, int *next, bool add_traceback)
{
    Place place = {c->in.offset, c->depth};
    uint8_t *elsewhere = resume_unwind(c->regs, c->state, &place, add_traceback);
    if (elsewhere == NULL) {
        *next = c->target = place.offset;
        c->depth = place.depth;
        c->kwnames = NULL;
        elsewhere = compiled_target(c, settings_get()->branch_heat);
    }
    return elsewhere;
}

/* Runs the frame from a place on. */
uint8_t *
cold_run(Registers *regs, CodeState *state, Place place)
{
    const Settings *settings = settings_get();
    Cold c = {
        .regs = regs,
        .tstate = regs->tstate,
        .frame = regs->frame,
        .state = state,
        .stack = regs->frame->localsplus + state->code->co_nlocalsplus,
        .depth = place.depth,
    };
    int next = place.offset;
    STAT(cold_runs);
    for (;;) {
        if (c.tstate->cframe->use_tracing) {
            return resume_interpreted(regs, (Place){next, c.depth}, REASON_TRACED);
        }
        if (c.tstate->interp->eval_frame != engine_eval_frame) {
            return resume_interpreted(regs, (Place){next, c.depth}, REASON_REPLACED);
        }
        c.in = run_quiet(&c, next);
        c.frame->prev_instr = _PyCode_CODE(state->code) + c.in.offset;
        next = c.in.next;
        Outcome outcome = run_instruction(&c);
        uint8_t *elsewhere = NULL;
        switch (outcome) {
        case COLD_NEXT:
            continue;
        case COLD_BACK:
            if (see_to_breaker(&c) < 0) {
                elsewhere = handle(&c, &next, true);
                break;
            }
            next = c.target;
            elsewhere = c.in.opcode == RESUME ? NULL : compiled_target(&c, settings->loop_heat);
            break;
        case COLD_JUMP:
            next = c.target;
            elsewhere = compiled_target(&c, settings->loop_heat);
            break;
        case COLD_ERROR:
        case COLD_AGAIN:
            elsewhere = handle(&c, &next, outcome == COLD_ERROR);
            break;
        case COLD_LEFT:
            return c.address;
        }
        if (elsewhere != NULL) {
            return elsewhere;
        }
    }
}

/* What a frame's stacktop is while it waits for a call. */
int
cold_continuation(int depth)
{
    return (int)(codemem_base() - (return_thunks + depth * link_thunk_size));
}

/* A frame that waits in cold code has its callee's result. */
uint8_t *
cold_returned(Registers *regs, int depth)
{
    _PyInterpreterFrame *frame = regs->frame;
    CodeState *state = code_state(frame->f_code);
    PyObject *result = (PyObject *)(intptr_t)regs->ints[0];
    Place place = {_PyInterpreterFrame_LASTI(frame), depth};
    Instr in = decode_at(state->units, place.offset);
    regs->tstate->recursion_remaining += special_levels(in.opcode) - 1;
    if (result != NULL) {
        return resume_finish(regs, state, place, result);
    }
    if (in.opcode == LOAD_ATTR || in.opcode == LOAD_METHOD) {
        in = decode_find(state->units, place.offset); /* with its prefixes */
    }
    special_failed(frame->localsplus + state->code->co_nlocalsplus + depth, &in, state->code);
    place.depth -= special_operands(in.opcode);
    frame->stacktop = -1;
    uint8_t *elsewhere = resume_unwind(regs, state, &place, true);
    return elsewhere != NULL ? elsewhere : resume_at(regs, state, place);
}

/* Makes the permanent code by which calls return to cold code. */
int
cold_init(void)
{
    CodeChunk *chunk = codemem_alloc((size_t)RETURN_DEPTHS * LINK_MAX_THUNK);
    if (chunk == NULL) {
        return -1;
    }
    return_thunks = chunk->start;
    memset(returns, 0, sizeof returns); /* an earlier start may have failed here */
    for (int depth = 0; depth < RETURN_DEPTHS; depth++) {
        ExitGroup *group = &returns[depth / EXIT_GROUP];
        Exit *exit = &group->exits[depth % EXIT_GROUP];
        uint8_t bytes[LINK_MAX_THUNK], *at = return_thunks + depth * link_thunk_size;
        if (group->count == 0 && exit_register(group) < 0) {
            return -1;
        }
        *exit = (Exit){.kind = EXIT_RETURNED, .offset = depth, .slot = (uint8_t)group->count++};
        if (link_make_thunk(bytes, at, exit_id(exit)) < 0 ||
            codemem_write(at, bytes, (size_t)link_thunk_size) < 0) {
            return -1;
        }
    }
    return codemem_flush();
}
