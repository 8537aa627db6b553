/* Calls compiled in place: their sites, which code suits, and pushing the frames when they are needed after
 * all. The emitting is in emit_inline.c. */
#include "pyjit/inline.h"

#include "pyjit/calls.h"
#include "pyjit/cold.h"
#include "pyjit/decode.h"
#include "pyjit/frames.h"
#include "pyjit/memory.h"
#include "pyjit/stats.h"

#define UNITS_MOST 100  /* of code that is compiled in place */
#define FAILURES_MOST 3 /* after that it is not tried again */
#define FRAMES_MOST 50  /* times that frames are pushed at one exit; then the site is given up */

/* ---- sites ------------------------------------------------------------------------------------- */

/* The number of this site. */
int
inline_site(CodeState *state, InlineSite site)
{
    for (int i = 0; i < state->site_count; i++) {
        const InlineSite *it = &state->sites[i];
        if (it->function == site.function && it->version == site.version && it->outer == site.outer &&
            it->call == site.call && it->below == site.below && it->locals == site.locals) {
            return *it->gate == INT_MAX ? 0 : i + 1;
        }
    }
    if (state->site_count == SITES_MOST) {
        return 0;
    }
    if (state->site_count == state->site_capacity) {
        int capacity = state->site_capacity == 0 ? 4 : state->site_capacity * 2;
        InlineSite *sites = pj_realloc(state->sites, (size_t)capacity * sizeof *sites);
        if (sites == NULL) {
            return 0;
        }
        state->sites = sites;
        state->site_capacity = capacity;
    }
    site.gate = code_allocate(state, sizeof *site.gate);
    if (site.gate == NULL || code_depend(state, site.callee->code, NULL) < 0) {
        return 0;
    }
    *site.gate = site.recursion;
    state->sites[state->site_count++] = site;
    return state->site_count;
}

/* The code of some sites is going. */
void
inline_forget(CodeState *state, const CodeState *callee)
{
    for (int i = 0; i < state->site_count; i++) {
        if (state->sites[i].callee == callee) {
            state->sites[i].callee = NULL;
        }
    }
}

/* Notes that the frames of a site had to be pushed. */
void
inline_note_frames(CodeState *state, int number, int count)
{
    if (number != 0 && count == FRAMES_MOST) {
        *inline_get(state, number)->gate = INT_MAX;
    }
}

/* ---- which code -------------------------------------------------------------------------------- */

/* Can this bytecode be compiled in place, as far as can be told without its operands? */
static bool
opcode_suits(int opcode)
{
    switch (opcode) {
    case NOP:
    case RESUME:
    case POP_TOP:
    case PUSH_NULL:
    case COPY:
    case SWAP:
    case LOAD_FAST:
    case STORE_FAST:
    case LOAD_CONST:
    case LOAD_GLOBAL:
    case LOAD_ATTR:
    case LOAD_METHOD:
    case STORE_ATTR:
    case BINARY_SUBSCR:
    case STORE_SUBSCR:
    case BINARY_OP:
    case UNARY_NEGATIVE:
    case UNARY_INVERT:
    case UNARY_NOT:
    case COMPARE_OP:
    case IS_OP:
    case CONTAINS_OP:
    case BUILD_LIST:
    case BUILD_TUPLE:
    case BUILD_MAP:
    case UNPACK_SEQUENCE:
    case PRECALL:
    case KW_NAMES:
    case CALL:
    case JUMP_FORWARD:
    case POP_JUMP_FORWARD_IF_TRUE:
    case POP_JUMP_FORWARD_IF_FALSE:
    case POP_JUMP_FORWARD_IF_NONE:
    case POP_JUMP_FORWARD_IF_NOT_NONE:
    case JUMP_IF_TRUE_OR_POP:
    case JUMP_IF_FALSE_OR_POP:
    case RETURN_VALUE:
        return true;
    default:
        return false;
    }
}

/* Is this code of a kind that can be compiled in place? */
bool
inline_suits(CodeState *callee)
{
    PyCodeObject *code = callee->code;
    if (callee->inline_failures >= FAILURES_MOST || Py_SIZE(code) > UNITS_MOST ||
        code->co_nlocalsplus != code->co_nlocals || PyBytes_GET_SIZE(code->co_exceptiontable) != 0) {
        return false;
    }
    if (callee->status == CODE_REFUSED || (callee->status == CODE_COLD && code_activate(callee) < 0)) {
        return false;
    }
    for (int at = 0; at < callee->unit_count;) {
        Instr in = decode_at(callee->units, at);
        if (!opcode_suits(in.opcode)) {
            callee->inline_failures = FAILURES_MOST;
            return false;
        }
        at = in.next;
    }
    return true;
}

/* ---- pushing frames ---------------------------------------------------------------------------- */

/* New reference to the value of a stack entry; `done` are those of the entries below. NULL for TYPE_NULL. */
static PyObject *
value_of(const Registers *regs, const CodeState *state, const Entry *entry, PyObject *slot, PyObject **done)
{
    switch (entry->location) {
    case IN_SLOT:
        return entry->owned ? slot : Py_XNewRef(slot);
    case IN_LOCAL:
        return Py_NewRef(entry->index >= ALIAS_OF_STACK ? done[entry->index - ALIAS_OF_STACK]
                                                        : regs->frame->localsplus[entry->index]);
    case IN_CONST:
        return entry->type == TYPE_NULL ? NULL : Py_NewRef(code_get_constant(state, entry->index));
    case IN_FACT:
        return Py_NewRef(fact_object(&state->facts, entry->fact));
    default:
        if (entry->boxed) {
            return entry->owned ? slot : Py_NewRef(slot);
        }
        return entry->location == IN_FLOAT ? box_float(regs->floats[entry->index])
                                           : box_int(regs->ints[entry->index]);
    }
}

/* Pushes the frame of a call whose caller is regs->frame, with its locals. Steals the references. */
static void
push_frame(Registers *regs, const InlineSite *site, PyObject **locals, int depth_below)
{
    PyThreadState *tstate = regs->tstate;
    _PyInterpreterFrame *caller = regs->frame;
    PyCodeObject *code = site->callee->code;
    size_t size = (size_t)code->co_nlocalsplus + (size_t)code->co_stacksize + FRAME_SPECIALS_SIZE;
    _PyInterpreterFrame *frame = frame_allocate(tstate, size);
    if (frame == NULL) {
        Py_FatalError("pyjit: no memory for a frame that must be shown");
    }
    _PyFrame_InitializeSpecials(frame, (PyFunctionObject *)Py_NewRef(site->function), NULL, code->co_nlocalsplus);
    memcpy(frame->localsplus, locals, (size_t)code->co_nlocalsplus * sizeof *locals);
    frame->stacktop = -1;
    frame->previous = caller;
    caller->prev_instr = _PyCode_CODE(caller->f_code) + site->call;
    caller->stacktop = cold_continuation(depth_below);
    tstate->recursion_remaining -= site->levels;
    tstate->cframe->current_frame = frame;
    regs->frame = frame;
}

/* Pushes the frames of a site and of those it is in. `values` are those of the stack entries. */
static void
push_frames_to(Registers *regs, const CodeState *state, const InlineSite *site, PyObject **values)
{
    const InlineSite *outer = inline_get(state, site->outer);
    int stack = 0;
    if (outer != NULL) {
        push_frames_to(regs, state, outer, values);
        stack = outer->stack;
    }
    PyObject **own_stack = regs->frame->localsplus + regs->frame->f_code->co_nlocalsplus;
    memcpy(own_stack, values + stack, (size_t)(site->below - stack) * sizeof *values);
    push_frame(regs, site, values + site->locals, site->below - stack);
    for (int i = site->below; i < site->locals; i++) {
        Py_XDECREF(values[i]); /* the function, to which the frame has a reference */
    }
}

/* Pushes the frames that the exit's context stands for. */
CodeState *
inline_push_frames(Registers *regs, CodeState *state, const Context *ctx, int *depth)
{
    const InlineSite *site = inline_get(state, ctx->site);
    PyObject **slots = regs->frame->localsplus + regs->frame->f_code->co_nlocalsplus;
    PyObject *values[CTX_STACK];
    STAT(inline_frames);
    for (int i = 0; i < ctx->stack_count; i++) {
        values[i] = value_of(regs, state, &ctx->entries[ctx->local_count + i], slots[i], values);
    }
    push_frames_to(regs, state, site, values);
    *depth = ctx->depth - site->stack;
    PyObject **stack = regs->frame->localsplus + regs->frame->f_code->co_nlocalsplus;
    memcpy(stack, values + site->stack, (size_t)*depth * sizeof *values);
    return site->callee;
}
