/* Emitters: functions compiled in the place of their calls. What that means is in inline.h; leaving code
 * that turns out to need a frame is in block.c. */
#include "pyjit/emit_calls.h"

#include "pyjit/stats.h"

/* ---- entering ---------------------------------------------------------------------------------- */

/* Is this code being compiled already, so that it would be in itself? */
static bool
is_recursive(const Block *b, const CodeState *callee)
{
    const InlineSite *site = b->site;
    while (site != NULL && site->callee != callee) {
        site = inline_get(b->state, site->outer);
    }
    return site != NULL || callee == b->state;
}

/* Do the arguments lie on the stack in the order of the parameters, what is missing being defaults? */
static bool
lie_in_order(const Call *call, const Source *sources, int parameters)
{
    for (int i = 0; i < parameters; i++) {
        if (sources[i].entry != (i < call->count ? call->first - i : -1)) {
            return false;
        }
    }
    return true;
}

/* Bytes beyond the frame that runs up to stack entry number `end`. */
static intptr_t
bytes_beyond(const Block *b, int end)
{
    int beyond = end - b->state->code->co_stacksize;
    return beyond > 0 ? beyond * (intptr_t)sizeof(PyObject *) : 0;
}

/* Can values be kept beyond the end of the frame that runs? Not if it is part of a generator. */
static bool
may_go_beyond(const Block *b)
{
    return (b->state->code->co_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)) == 0;
}

/* Remembers what it was like before the call. */
static void
begin_attempt(Block *b, Attempt *attempt, CodeState *callee)
{
    attempt->active = true;
    attempt->callee = callee;
    attempt->in = b->in;
    ctx_copy(&attempt->ctx, &b->before);
    attempt->operations = b->emitted_before;
    attempt->marks = b->as.mark_count;
    attempt->first = b->first;
    attempt->chain = b->chain;
    attempt->kwnames = b->kwnames;
    attempt->kwnames_start = b->kwnames_start;
    attempt->marks_before = b->marks_before;
    memcpy(attempt->local_samples, b->local_samples, sizeof b->local_samples);
    memcpy(attempt->stack_samples, b->stack_samples, sizeof b->stack_samples);
}

/* Is the end of such an object without effect, and its value all there is to it? */
static bool
is_plain_constant(PyObject *object)
{
    return type_is_plain(type_of_object(object));
}

/* Pushes a default, which the function keeps alive. */
static void
push_default(Block *b, PyObject *value)
{
    int number = is_plain_constant(value) ? code_constant(b->state, value) : -1;
    if (number >= 0) {
        block_push_entry(b, (Entry){.type = type_of_object(value), .location = IN_CONST,
                                    .index = (unsigned)number & CTX_INDEX_MAX},
                         value);
    } else {
        block_push_object(b, value);
    }
}

/* Pushes what follows the arguments given: defaults, then unbound locals. */
static void
push_locals(Block *b, int given, PyFunctionObject *function, const Source *sources)
{
    PyCodeObject *code = (PyCodeObject *)function->func_code;
    for (int i = given; i < code->co_argcount; i++) {
        push_default(b, PyTuple_GET_ITEM(function->func_defaults, sources[i].default_item));
    }
    for (int i = code->co_argcount; i < code->co_nlocals; i++) {
        block_push_null(b);
    }
}

/* Can this call be compiled in place? Then what it is like here is remembered and room is asked for; returns
 * the number of the site, else 0. Of the site only what depends on the kind of call is given. */
static int
begin(Block *b, CodeState *callee, InlineSite site)
{
    PyCodeObject *code = callee->code;
    int end = site.locals + code->co_nlocals + code->co_stacksize;
    site.callee = callee;
    site.version = site.function->func_version;
    site.outer = b->ctx.site;
    site.nesting = b->site == NULL ? 1 : b->site->nesting + 1;
    site.recursion = (uint8_t)(site.levels + (b->site == NULL ? 0 : b->site->recursion));
    site.stack = site.locals + code->co_nlocals;
    if (b->no_attempts || b->ctx.observed || site.nesting > SITES_NESTED || end > CTX_STACK ||
        (bytes_beyond(b, end) > 0 && !may_go_beyond(b)) || is_recursive(b, callee) || !inline_suits(callee)) {
        return 0;
    }
    int number = inline_site(b->state, site);
    if (number != 0) {
        begin_attempt(b, &b->attempts[site.nesting - 1], callee);
        ASM(&b->as, OP_check_room, bytes_beyond(b, end), (intptr_t)inline_get(b->state, number)->gate,
            (intptr_t)block_exit_miss(b));
    }
    return number;
}

/* Goes on with the code of a site, whose parameters have been pushed. */
static void
go_in(Block *b, int number)
{
    b->ctx.site = (uint8_t)number;
    block_set_site(b);
    b->kwnames = NULL;
    b->in.next = 0;
    b->jumped = true;
    b->here->in_place = true;
    STAT(calls_in_place);
}

/* CALL of a function that is known and has been guarded: its code is compiled in place from now on. */
bool
emit_inline_call(Block *b, const Call *call, PyFunctionObject *function, CodeState *callee,
                 const Source *sources)
{
    int number = !lie_in_order(call, sources, callee->code->co_argcount)
                     ? 0
                     : begin(b, callee,
                             (InlineSite){
                                 .function = function,
                                 .call = b->in.next - 1,
                                 .below = b->ctx.depth - b->in.oparg - 2,
                                 .locals = b->ctx.depth - 1 - call->first,
                                 .levels = 1,
                             });
    if (number == 0) {
        return false;
    }
    Entry *operand = block_stack(b, call->callee);
    if (operand->location == IN_FACT) { /* as long as no code runs the function lives */
        *operand = (Entry){.type = TYPE_NULL, .location = IN_CONST};
    }
    push_locals(b, call->count, function, sources);
    go_in(b, number);
    return true;
}

/* What stands for the n-th stack entry's value and owns nothing. */
static Entry
alias_of(Block *b, int n)
{
    Entry entry = *block_stack(b, n);
    if (entry.location == IN_LOCAL || entry.location == IN_CONST || entry.location == IN_FACT) {
        return entry;
    }
    unsigned index = (unsigned)(ALIAS_OF_STACK + b->ctx.depth - 1 - n) & CTX_INDEX_MAX;
    return (Entry){.location = IN_LOCAL, .index = index};
}

/* The same for the method of an instruction. */
bool
emit_inline_special(Block *b, const Special *special, CodeState *callee, const Source *sources)
{
    int number = begin(b, callee, (InlineSite){
                                      .function = special->function,
                                      .call = b->in.offset,
                                      .below = b->ctx.depth,
                                      .locals = b->ctx.depth,
                                      .levels = (uint8_t)special_levels(b->in.opcode),
                                  });
    if (number == 0) {
        return false;
    }
    Entry arguments[SPECIAL_ARGUMENTS];
    for (int i = 0; i < special->count; i++) {
        if (special->arguments[i] != SPECIAL_OBJECT) {
            arguments[i] = alias_of(b, special->arguments[i]);
        }
    }
    for (int i = 0; i < special->count; i++) {
        if (special->arguments[i] == SPECIAL_OBJECT) {
            block_push_object(b, special->objects[i]);
        } else {
            block_push_entry(b, arguments[i], NULL);
        }
    }
    push_locals(b, special->count, special->function, sources);
    go_in(b, number);
    return true;
}

/* CALL of a class: can its __init__ be compiled in place? */
int
emit_begin_init(Block *b, const Call *call, CodeState *callee, const Source *sources)
{
    if (!lie_in_order(call, sources, callee->code->co_argcount)) {
        return 0;
    }
    return begin(b, callee, (InlineSite){
                                .function = (PyFunctionObject *)call->callable,
                                .call = b->in.offset,
                                .below = b->ctx.depth - 1 - call->first,
                                .locals = b->ctx.depth - 1 - call->first,
                                .levels = (uint8_t)special_levels(CALL),
                            });
}

/* The same, the instance having been made: it stays below as the call's result, self is an alias of it. */
void
emit_inline_init(Block *b, const Call *call, int number, const Source *sources)
{
    *block_stack(b, call->first) = alias_of(b, call->first + 1);
    push_locals(b, call->count, (PyFunctionObject *)call->callable, sources);
    go_in(b, number);
}

/* ---- locals ------------------------------------------------------------------------------------ */

/* LOAD_FAST: what the local is, or an alias of it. */
void
emit_inline_load(Block *b, int i)
{
    int number = b->site->locals + i;
    Entry local = *block_local(b, i);
    PyObject *sample = b->stack_samples[number];
    if (local.type == TYPE_NULL && local.location == IN_CONST) {
        (void)block_needs_frame(b); /* unbound */
    } else if (local.location == IN_LOCAL || local.location == IN_CONST || local.location == IN_FACT) {
        block_push_entry(b, local, sample);
    } else {
        unsigned index = (unsigned)(ALIAS_OF_STACK + number) & CTX_INDEX_MAX;
        block_push_entry(b, (Entry){.location = IN_LOCAL, .index = index}, NULL);
    }
}

/* Gives stack entries that alias local i references of their own before it changes. */
static void
own_aliases(Block *b, int i)
{
    for (int n = 1; n < b->ctx.depth - b->site->stack; n++) {
        const Entry *entry = block_stack(b, n);
        if (entry->location == IN_LOCAL && entry->index == (unsigned)(ALIAS_OF_STACK + b->site->locals + i)) {
            block_own(b, n);
        }
    }
}

/* STORE_FAST: the entry becomes the local's. */
void
emit_inline_store(Block *b, int i)
{
    int number = b->site->locals + i, n = b->ctx.depth - 1 - number;
    Entry *value = block_stack(b, 0);
    if (value->location == IN_LOCAL && value->index == (unsigned)(ALIAS_OF_STACK + number)) {
        block_pop(b, 1);
        return;
    }
    own_aliases(b, i);
    if (value->location == IN_LOCAL && value->index >= ALIAS_OF_STACK) {
        block_own(b, 0); /* of another local, which may change */
    }
    block_release(b, n);
    PyObject *sample = block_sample(b, 0);
    Entry entry = *block_stack(b, 0);
    if (block_uses_slot(&entry)) {
        ASM(&b->as, OP_copy_borrowed, slot_of_stack(b, b->ctx.depth - 1), slot_of_stack(b, number));
    }
    block_pop(b, 1);
    *block_local(b, i) = entry;
    b->stack_samples[number] = sample;
}

/* ---- returning --------------------------------------------------------------------------------- */

/* Does any entry between the top one and the first `below` own anything? */
static bool
releases_any(Block *b, int below)
{
    for (int n = 1; n < b->ctx.depth - below; n++) {
        if (block_stack(b, n)->owned) {
            return true;
        }
    }
    return false;
}

/* RETURN_VALUE: the result comes to where the call's operands begin; the callee's locals and the callee
 * itself are released. */
void
emit_inline_return(Block *b)
{
    const InlineSite *site = b->site;
    PyObject *sample = block_sample(b, 0);
    Entry result = *block_stack(b, 0);
    int number = b->ctx.depth - 1;
    if (result.location == IN_LOCAL && result.index >= (unsigned)(ALIAS_OF_STACK + site->locals)) {
        /* The local's value moves, with its reference. */
        number = (int)result.index - ALIAS_OF_STACK;
        Entry *local = block_stack(b, b->ctx.depth - 1 - number);
        result = *local;
        *local = (Entry){.type = TYPE_NULL, .location = IN_CONST};
        block_pop(b, 1);
        block_push_entry(b, result, sample); /* its register is in use */
    }
    if (result.lent && releases_any(b, site->below)) {
        ASM(&b->as, OP_increment, slot_of_stack(b, number));
        result.owned = 1;
        result.lent = 0;
    }
    Entry *shown = block_stack(b, 0); /* as something that owns nothing, so that it stays as it is */
    *shown = result;
    shown->owned = shown->lent = 0;
    if (block_uses_slot(shown) && fact_object(&b->state->facts, shown->fact) != NULL) {
        shown->fact = 0;
    }
    b->ctx.site = site->outer;
    block_set_site(b);
    b->in = decode_at(b->here->units, site->call); /* behind a call the last of its caches */
    b->start = b->in.start;
    int first_local = b->ctx.depth - 1 - site->locals;
    block_release_upwards(b, first_local, 1); /* in the order of a frame's end: locals, then the function */
    block_release_upwards(b, b->ctx.depth - 1 - site->below, first_local + 1);
    Entry *top = block_stack(b, 0);
    if (top->owned) { /* what was a fact has been put into its slot */
        result = *top;
        number = b->ctx.depth - 1;
    }
    block_pop(b, b->ctx.depth - site->below);
    if (block_uses_slot(&result)) {
        ASM(&b->as, OP_copy_borrowed, slot_of_stack(b, number), slot_of_stack(b, b->ctx.depth));
    }
    result.fact = top->fact;
    block_push_entry(b, result, sample);
    b->attempts[site->nesting - 1].active = false;
    if (b->in.opcode != CACHE) {
        emit_special_returned(b);
    }
}
