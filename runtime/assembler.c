/* The assembler: layout of stencils in code memory. Owns nothing between compilations. */
#include "pyjit/assembler.h"

#include "pyjit/coverage.h"
#include "pyjit/memory.h"
#include "pyjit/state.h"
#include "pyjit/stats.h"

#include <string.h>

extern const uint8_t pyjit_code[];
extern const Hole pyjit_holes[];
extern const Stencil pyjit_stencils[];
extern const Operation pyjit_operations[];

#define CHUNK_MIN 448      /* bytes asked for at least; a chunk of the smallest class */
#define CHUNK_STEP 2048    /* bytes; chunks of a code object double up to this */
#define CHUNKS_LOOKED_AT 8 /* of a code object, for room */
#define IMAGE_SLACK 16     /* bytes between the images of hot and cold code */
#define KEPT_ITEMS 4096    /* an assembler for more gives its memory back */

/* Makes room for so many elements. */
static bool
grow(void **array, int *capacity, int count, size_t element)
{
    if (count <= *capacity) {
        return true;
    }
    int wanted = *capacity ? *capacity : 64;
    while (wanted < count) {
        wanted *= 2;
    }
    void *bigger = pj_realloc(*array, (size_t)wanted * element);
    if (bigger == NULL) {
        return false;
    }
    *array = bigger;
    *capacity = wanted;
    return true;
}

/* What leads from an operation's stencil to that with short addresses, if there is one and it can be used. */
static unsigned
narrow_twin(const Operation *op, const intptr_t *values)
{
    if (op->narrow == 0 || !link_is_near()) {
        return 0;
    }
    for (unsigned rest = op->pointers; rest != 0; rest &= rest - 1) {
        if (!link_fits_short(values[__builtin_ctz(rest)])) {
            return 0;
        }
    }
    return op->narrow;
}

/* An item's stencil, or that which it is the twin of with short addresses: twins come behind all others of an operation. */
const Stencil *
asm_wide_stencil(const AsmItem *item)
{
    const Operation *op = &pyjit_operations[item->operation];
    bool is_twin = op->narrow != 0 && item->stencil - pyjit_stencils >= op->first_stencil + op->narrow;
    return is_twin ? item->stencil - op->narrow : item->stencil;
}

/* Appends an operation. */
void
asm_emit(Assembler *as, int operation, const intptr_t *values, int count)
{
    if (as->failed ||
        !grow((void **)&as->items, &as->capacity, as->count + 1, sizeof *as->items) ||
        !grow((void **)&as->values, &as->value_capacity, as->value_count + count, sizeof *as->values)) {
        as->failed = true;
        return;
    }
    const Operation *op = &pyjit_operations[operation];
    if (count != op->operand_count) {
        Py_FatalError(op->name); /* an emitter and a template disagree: a build mistake */
    }
    unsigned stencil = op->first_stencil;
    for (unsigned rest = op->registers; rest != 0; rest &= rest - 1) {
        int i = __builtin_ctz(rest);
        stencil += (unsigned)values[i] * op->operand_strides[i];
        as->doubles |= op->operand_kinds[i] == OPERAND_FLOAT_REGISTER;
    }
    stencil += narrow_twin(op, values);
    intptr_t *copy = as->values + as->value_count;
    for (int i = 0; i < count; i++) {
        copy[i] = values[i];
    }
    as->items[as->count++] = (AsmItem){
        .stencil = &pyjit_stencils[stencil],
        .first_value = as->value_count,
        .operation = (uint16_t)operation,
        .exits = op->exits,
        .depends = -1,
        .skip = 0,
    };
    as->value_count += count;
}

/* The operation just appended names this code object in a guard; what is written over it later is long. */
void
asm_depend(Assembler *as, PyCodeObject *code)
{
    if (as->failed) {
        return;
    }
    AsmItem *item = &as->items[as->count - 1];
    const Operation *op = &pyjit_operations[item->operation];
    for (int i = 0; i < op->operand_count; i++) {
        if (op->operand_kinds[i] == OPERAND_POINTER && as->values[item->first_value + i] == (intptr_t)code) {
            item->depends = (int8_t)i;
        }
    }
    if (item->depends >= 0) {
        item->stencil = asm_wide_stencil(item);
    }
}

/* Takes back the operations from number `count` on. */
void
asm_truncate(Assembler *as, int count)
{
    if (count < as->count) {
        as->value_count = as->items[count].first_value;
        as->count = count;
    }
}

/* Marks that what follows belongs to this bytecode. */
void
asm_mark(Assembler *as, int offset, uint8_t site, BlockVersion *version)
{
    if (as->failed ||
        !grow((void **)&as->marks, &as->mark_capacity, as->mark_count + 1, sizeof *as->marks)) {
        as->failed = true;
        return;
    }
    as->marks[as->mark_count++] = (AsmMark){as->count, offset, site, version};
}

/* Takes back the marks from number `count` on. */
void
asm_truncate_marks(Assembler *as, int count)
{
    as->mark_count = Py_MIN(as->mark_count, count);
}

/* Forgets everything collected. */
void
asm_reset(Assembler *as)
{
    as->count = as->value_count = as->mark_count = 0;
    as->failed = as->doubles = false;
    if (as->capacity > KEPT_ITEMS || as->mark_capacity > KEPT_ITEMS) {
        pj_free(as->items);
        pj_free(as->values);
        pj_free(as->marks);
        pj_free(as->image);
        memset(as, 0, sizeof *as);
    }
}

/* ---- loads that can be left out ----------------------------------------------------------------- */

/* Does an exit of the item come back to what follows it, or does anything come back to the item itself? */
static bool
is_entered(const Assembler *as, const AsmItem *item, bool behind)
{
    for (unsigned rest = item->exits; rest != 0; rest &= rest - 1) {
        const Exit *exit = (const Exit *)as->values[item->first_value + __builtin_ctz(rest)];
        if (behind ? exit_comes_back(exit) : exit->kind == EXIT_BACK) {
            return true;
        }
    }
    return false;
}

/* Many stencils begin by loading a slot into the scratch register, in which those before them have left that slot as often as
 * not. Nothing but the end of the item before leads to where the load would be. */
static void
skip_loads(Assembler *as)
{
    intptr_t known = 0; /* the slot that is in the scratch register, or 0 */
    int mark = 0;
    for (int i = 0; i < as->count; i++) {
        AsmItem *item = &as->items[i];
        const Stencil *stencil = item->stencil;
        const intptr_t *values = as->values + item->first_value;
        for (; mark < as->mark_count && as->marks[mark].item <= i; mark++) {
            known = as->marks[mark].version != NULL ? 0 : known;
        }
        bool skips = known != 0 && stencil->first_slot >= 0 && values[stencil->first_slot] == known &&
                     !is_entered(as, item, false);
        item->skip = skips ? (uint8_t)link_slot_load_size : 0;
        if (stencil->last_slot != SLOT_KEPT) {
            known = stencil->last_slot >= 0 ? values[stencil->last_slot] : 0;
        }
        if (known != 0 && is_entered(as, item, true)) {
            known = 0;
        }
    }
}

/* Bytes of an item's hot code. */
static uint32_t
hot_size_of(const AsmItem *item)
{
    return item->stencil->hot_size - item->skip;
}

/* ---- measuring -------------------------------------------------------------------------------- */

/* Sizes in bytes. */
typedef struct {
    uint32_t hot, cold, thunks;
} Sizes;

/* Does this exit lead to code that exists or is being placed? */
static bool
leads_to_code(const Exit *exit)
{
    return exit_is_to_code(exit) && (exit->target != 0 || (exit->kind == EXIT_BRANCH && exit->version != NULL));
}

/* Bytes needed. */
static Sizes
measure(const Assembler *as)
{
    Sizes sizes = {0, 0, 0};
    for (const AsmItem *item = as->items; item < as->items + as->count; item++) {
        sizes.hot += hot_size_of(item);
        sizes.cold += item->stencil->cold_size;
        for (unsigned rest = item->exits; rest != 0; rest &= rest - 1) {
            Exit *exit = (Exit *)as->values[item->first_value + __builtin_ctz(rest)];
            if (!exit->counted && !leads_to_code(exit) && exit->kind != EXIT_BACK) {
                exit->counted = true;
                sizes.thunks += (uint32_t)link_thunk_size;
            }
        }
    }
    return sizes;
}

/* ---- chunks ----------------------------------------------------------------------------------- */

/* Free bytes of a chunk. */
static uint32_t
room_in(const CodeChunk *chunk)
{
    return chunk->size - chunk->hot_used - chunk->cold_used;
}

/* The chunk whose hot code ends with a jump to this exit, if that jump can be laid over. */
static CodeChunk *
chunk_ending_with(CodeState *state, const Exit *after, uint32_t size)
{
    if (after == NULL || after->site == 0 || !link_is_jump(codemem_base() + after->site)) {
        return NULL;
    }
    const uint8_t *end = codemem_base() + after->site + link_hole_size;
    for (CodeChunk *chunk = state->chunks; chunk != NULL; chunk = chunk->next) {
        if (chunk->start + chunk->hot_used == end) {
            return room_in(chunk) + (uint32_t)link_jump_size >= size ? chunk : NULL;
        }
    }
    return NULL;
}

/* A chunk with room: one of the latest, or a new one. */
static CodeChunk *
chunk_with_room(CodeState *state, uint32_t size)
{
    int looked_at = 0;
    for (CodeChunk *it = state->chunks; it != NULL && looked_at < CHUNKS_LOOKED_AT; it = it->next, looked_at++) {
        if (room_in(it) >= size) {
            return it;
        }
    }
    const CodeChunk *chunk = state->chunks;
    uint32_t wanted = chunk == NULL ? CHUNK_MIN : Py_MIN(chunk->size * 2, CHUNK_STEP);
    CodeChunk *fresh = codemem_alloc(Py_MAX(size, wanted));
    if (fresh == NULL && size < wanted) {
        fresh = codemem_alloc(size);
    }
    if (fresh != NULL) {
        fresh->next = state->chunks;
        state->chunks = fresh;
    }
    return fresh;
}

/* ---- placing ---------------------------------------------------------------------------------- */

/* Where things go. Addresses in code memory, and beside them where their image is. */
typedef struct {
    CodeState *state;
    uint8_t *hot, *cold;             /* of the current item */
    uint8_t *hot_image, *cold_image;
    uint8_t *thunks;                 /* the lowest one; the next goes below */
    intptr_t to_image;               /* what to add to an address of cold code */
    LinkValues values;
} Placement;

/* The address an exit operand stands for: compiled code if there is some, else a thunk. NULL on failure. */
static uint8_t *
exit_address(Placement *p, Exit *exit)
{
    uint8_t *base = codemem_base();
    if (leads_to_code(exit)) {
        return base + exit->target;
    }
    if (exit->kind == EXIT_BACK) {
        exit->target = exit->target != 0 ? exit->target : (uint32_t)(p->values.hot - base);
        return base + exit->target;
    }
    if (exit_comes_back(exit)) {
        exit->resume = (uint32_t)(p->values.next - base);
    }
    if (exit->thunk == 0) {
        uint8_t *thunk = p->thunks - link_thunk_size;
        if (link_make_thunk(thunk + p->to_image, thunk, exit_id(exit)) < 0) {
            return NULL;
        }
        p->thunks = thunk;
        exit->thunk = (uint32_t)(thunk - base);
    }
    return base + exit->thunk;
}

/* Works out what goes into the holes of an item's operands. Returns 0 or -1. */
static int
resolve_operands(Placement *p, const AsmItem *item, const intptr_t *values)
{
    const Operation *op = &pyjit_operations[item->operation];
    for (int i = 0; i < op->operand_count; i++) {
        intptr_t value = values[i];
        p->values.holes[i] = NULL;
        if (value == IMM_CONTINUATION && op->operand_kinds[i] == OPERAND_IMMEDIATE) {
            value = codemem_base() - p->values.next;
        }
        p->values.operands[i] = value;
    }
    for (unsigned rest = item->exits; rest != 0; rest &= rest - 1) {
        int i = __builtin_ctz(rest);
        p->values.operands[i] = (intptr_t)exit_address(p, (Exit *)values[i]);
        if (p->values.operands[i] == 0) {
            return -1;
        }
    }
    return 0;
}

/* Remembers where the holes of an item are that may have to be changed. Returns 0 or -1. */
static int
note_holes(Placement *p, const AsmItem *item, const intptr_t *values)
{
    for (unsigned rest = item->exits; rest != 0; rest &= rest - 1) {
        int i = __builtin_ctz(rest);
        Exit *exit = (Exit *)values[i];
        if (exit_is_to_code(exit) && !leads_to_code(exit) && exit->site == 0 &&
            p->values.holes[i] != NULL) {
            exit->site = (uint32_t)(p->values.holes[i] - codemem_base());
        }
    }
    if (item->depends >= 0 && values[item->depends] != 0) {
        return code_depend(p->state, (PyCodeObject *)values[item->depends], p->values.holes[item->depends]);
    }
    return 0;
}

/* Copies hot code, of which there is little as a rule. May copy up to IMAGE_SLACK - 1 bytes too many, to where the
 * next item's hot code will be, or the slack that follows all of it. */
static inline void
copy_code(uint8_t *to, const uint8_t *from, size_t size)
{
    for (size_t i = 0; i < size; i += IMAGE_SLACK) {
        memcpy(to + i, from + i, IMAGE_SLACK);
    }
}

/* Places one item. Returns 0 or -1. */
static int
place_item(Placement *p, const AsmItem *item, const intptr_t *values)
{
    const Stencil *stencil = item->stencil;
    const uint8_t *code = pyjit_code + stencil->code;
    const Hole *holes = pyjit_holes + stencil->holes, *cold_holes = holes + stencil->hot_hole_count;
    uint32_t hot_size = hot_size_of(item);
    copy_code(p->hot_image, code + item->skip, hot_size);
    holes += item->skip != 0; /* the first is in what is left out */
    if (stencil->cold_size > 0) {
        memcpy(p->cold_image, code + stencil->hot_size, stencil->cold_size);
    }
    p->values.hot = p->hot - item->skip;
    p->values.cold = p->cold;
    p->values.next = p->hot + hot_size;
    if (resolve_operands(p, item, values) < 0 ||
        link_fill(p->hot_image - item->skip, p->values.hot, holes, (int)(cold_holes - holes), &p->values) < 0 ||
        link_fill(p->cold_image, p->cold, cold_holes, stencil->cold_hole_count, &p->values) < 0 ||
        note_holes(p, item, values) < 0) {
        return -1;
    }
    p->hot += hot_size;
    p->hot_image += hot_size;
    p->cold += stencil->cold_size;
    p->cold_image += stencil->cold_size;
    return 0;
}

/* Gives the versions that start at marks their addresses, and exits that lead to them their targets. */
static void
locate_versions(Assembler *as, uint8_t *hot)
{
    uint32_t at = (uint32_t)(hot - codemem_base());
    int item = 0;
    for (int i = 0; i < as->mark_count; i++) {
        for (; item < as->marks[i].item; item++) {
            at += hot_size_of(&as->items[item]);
        }
        if (as->marks[i].version != NULL) {
            as->marks[i].version->hot = at;
        }
    }
    for (const AsmItem *it = as->items; it < as->items + as->count; it++) {
        for (unsigned rest = it->exits; rest != 0; rest &= rest - 1) {
            Exit *exit = (Exit *)as->values[it->first_value + __builtin_ctz(rest)];
            if (exit->kind == EXIT_BRANCH && exit->version != NULL) {
                exit->target = exit->version->hot;
            }
        }
    }
}

/* Sizes and bytecode positions of the versions just placed. */
static void
describe_versions(Assembler *as, CodeState *state, uint32_t hot_end, uint32_t cold, uint32_t cold_size)
{
    for (int i = as->mark_count - 1; i >= 0; i--) {
        BlockVersion *version = as->marks[i].version;
        if (version == NULL) {
            continue;
        }
        version->hot_size = hot_end - version->hot;
        hot_end = version->hot;
        version->cold = cold;
        int count = 1;
        while (i + count < as->mark_count && as->marks[i + count].version == NULL) {
            count++;
        }
        version->positions = code_allocate(state, (size_t)count * sizeof *version->positions);
        if (version->positions == NULL) {
            continue;
        }
        version->position_count = (uint32_t)count;
        int item = as->marks[i].item;
        for (int k = 0; k < count; k++) {
            const AsmMark *mark = &as->marks[i + k];
            CodePosition *position = &version->positions[k];
            for (; item < mark->item; item++) {
                position->bytes += hot_size_of(&as->items[item]);
            }
            position->site = mark->site;
            position->offset = mark->offset;
        }
    }
    for (int i = 0; i < as->mark_count; i++) {
        if (as->marks[i].version != NULL) {
            as->marks[i].version->cold_size = cold_size;
            break; /* the batch's cold code is shown with its first version */
        }
    }
}

/* Notes the writes that send an exit's thunk and, unless it has been laid over, its jump to `target`. */
static int
write_redirection(const Exit *exit, const uint8_t *target, bool laid_over)
{
    uint8_t bytes[LINK_MAX_JUMP], *base = codemem_base();
    if (exit->thunk != 0) {
        if (link_make_jump(bytes, base + exit->thunk, target) < 0 ||
            codemem_write(base + exit->thunk, bytes, (size_t)link_jump_size) < 0) {
            return -1;
        }
    }
    if (exit->site != 0 && !laid_over) {
        if (link_make_hole(bytes, base + exit->site, target) < 0 ||
            codemem_write(base + exit->site, bytes, (size_t)link_hole_size) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Makes the image of everything and writes it, the hot part last and at once: it may be laid over a jump, and until it is there
 * nothing leads to the rest. Returns 0 or -1. */
static int
place(Assembler *as, Placement *p, const Sizes *sizes, uint8_t *hot, uint8_t *cold)
{
    uint8_t *cold_image = as->image + sizes->hot + IMAGE_SLACK;
    p->hot = hot;
    p->hot_image = as->image;
    p->cold = cold;
    p->cold_image = cold_image;
    p->to_image = cold_image - cold;
    p->thunks = cold + sizes->cold + sizes->thunks;
    for (const AsmItem *item = as->items; item < as->items + as->count; item++) {
        if (place_item(p, item, as->values + item->first_value) < 0) {
            return -1;
        }
    }
    if (codemem_write(cold, cold_image, sizes->cold + sizes->thunks) < 0 ||
        codemem_write(hot, as->image, sizes->hot) < 0) {
        return -1;
    }
    return codemem_flush();
}

/* Places everything in code memory of `state`. */
int
asm_finish(Assembler *as, CodeState *state, Exit *after, uint8_t **start)
{
    if (as->failed) {
        return -1;
    }
    skip_loads(as);
    Sizes sizes = measure(as);
    uint32_t cold_size = sizes.cold + sizes.thunks, size = sizes.hot + cold_size;
    CodeChunk *chunk = chunk_ending_with(state, after, size);
    bool laid_over = chunk != NULL;
    if (!laid_over) {
        chunk = chunk_with_room(state, size);
    }
    if (chunk == NULL) {
        pyjit_state.code_full = codemem_is_full();
        return -1;
    }
    if (!grow((void **)&as->image, &as->image_capacity, (int)size + IMAGE_SLACK, 1)) {
        return -1;
    }
    uint8_t *hot = chunk->start + chunk->hot_used - (laid_over ? link_jump_size : 0);
    uint8_t *cold = chunk->start + chunk->size - chunk->cold_used - cold_size;
    Placement p = {.state = state, .values.symbols = link_symbols(as->doubles)};
    locate_versions(as, hot);
    if (place(as, &p, &sizes, hot, cold) < 0) {
        code_forget_dependencies(state, cold, cold + cold_size);
        code_forget_dependencies(state, hot, hot + sizes.hot);
        return -1;
    }
    chunk->hot_used = (uint32_t)(hot + sizes.hot - chunk->start);
    chunk->cold_used += cold_size;
    if (after != NULL) {
        after->target = (uint32_t)(hot - codemem_base());
        (void)write_redirection(after, hot, laid_over); /* else it is taken by C every time */
        (void)codemem_flush();
        after->site = laid_over ? 0 : after->site;
    }
    describe_versions(as, state, (uint32_t)(p.hot - codemem_base()), (uint32_t)(cold - codemem_base()),
                      cold_size);
    coverage_placed(as);
    STAT_ADD(bytes_hot, sizes.hot);
    STAT_ADD(bytes_cold, cold_size);
    *start = hot;
    return 0;
}

/* Sends an exit's thunk and its known jump to `target`. */
int
asm_redirect(Exit *exit, uint8_t *target)
{
    if (write_redirection(exit, target, false) < 0 || codemem_flush() < 0) {
        return -1;
    }
    exit->target = (uint32_t)(target - codemem_base());
    return 0;
}
