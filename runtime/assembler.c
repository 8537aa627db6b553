/* The assembler: layout of stencils in code memory. Owns nothing between compilations. */
#include "pyjit/assembler.h"

#include "pyjit/memory.h"
#include "pyjit/state.h"
#include "pyjit/stats.h"

#include <string.h>

extern const Stencil pyjit_stencils[];
extern const Operation pyjit_operations[];
extern void *const pyjit_symbols[];

#define CHUNK_MIN 448 /* bytes asked for at least; a chunk of the smallest class */

/* Makes room for one more element. */
static bool
grow(void **array, int *capacity, int count, size_t element)
{
    if (count < *capacity) {
        return true;
    }
    int wanted = *capacity ? *capacity * 2 : 64;
    void *bigger = pj_realloc(*array, (size_t)wanted * element);
    if (bigger == NULL) {
        return false;
    }
    *array = bigger;
    *capacity = wanted;
    return true;
}

/* Appends an operation. */
void
asm_emit(Assembler *as, int operation, const intptr_t *values, int count)
{
    if (as->failed || !grow((void **)&as->items, &as->capacity, as->count, sizeof *as->items)) {
        as->failed = true;
        return;
    }
    const Operation *op = &pyjit_operations[operation];
    if (count != op->operand_count) {
        Py_FatalError(op->name); /* an emitter and a template disagree: a build mistake */
    }
    AsmItem *item = &as->items[as->count++];
    unsigned stencil = op->first_stencil;
    for (int i = 0; i < count; i++) {
        item->values[i] = values[i];
        if (op->operand_kinds[i] <= OPERAND_FLOAT_REGISTER) {
            stencil += (unsigned)values[i] * op->operand_strides[i];
        }
    }
    item->stencil = &pyjit_stencils[stencil];
    item->operation = (uint16_t)operation;
    item->value_count = (uint16_t)count;
    item->depends_on = NULL;
}

/* The operation just appended names this code object in a guard. */
void
asm_depend(Assembler *as, PyCodeObject *code)
{
    if (!as->failed) {
        as->items[as->count - 1].depends_on = code;
    }
}

/* Marks that what follows belongs to this bytecode. */
void
asm_mark(Assembler *as, int offset, BlockVersion *version)
{
    if (as->failed ||
        !grow((void **)&as->marks, &as->mark_capacity, as->mark_count, sizeof *as->marks)) {
        as->failed = true;
        return;
    }
    as->marks[as->mark_count++] = (AsmMark){as->count, offset, version};
}

/* Forgets everything collected. */
void
asm_reset(Assembler *as)
{
    pj_free(as->items);
    pj_free(as->marks);
    memset(as, 0, sizeof *as);
}

/* ---- placing -------------------------------------------------------------------------------- */

/* Where things go. */
typedef struct {
    CodeState *state;
    CodeChunk *chunk;
    uint8_t *hot;       /* of the current item */
    uint8_t *cold;      /* of the current item */
    uint8_t *cold_low;  /* thunks go below this */
    const AsmItem *item;
} Placement;

/* A thunk for the exit, made when it has none. NULL on failure. */
static uint8_t *
exit_thunk(Placement *p, Exit *exit)
{
    if (exit->thunk == NULL) {
        uint8_t *thunk = p->cold_low - link_thunk_size;
        if (link_write_thunk(thunk, exit->id) < 0) {
            return NULL;
        }
        p->cold_low = thunk;
        exit->thunk = thunk;
    }
    return exit->thunk;
}

/* The address an exit operand stands for: compiled code if there is some, else the thunk. */
static const uint8_t *
exit_address(Placement *p, Exit *exit)
{
    if (exit->kind == EXIT_BRANCH && exit->target != NULL) {
        return exit->target;
    }
    if (exit->kind == EXIT_RELEASE || exit->kind == EXIT_SAFEPOINT || exit->kind == EXIT_VERIFY) {
        exit->resume = p->hot + p->item->stencil->hot_size;
    }
    return exit_thunk(p, exit);
}

/* Patches one hole of the current item. Returns 0 or -1. */
static int
patch_hole(Placement *p, uint8_t *part, const Hole *hole)
{
    const AsmItem *item = p->item;
    uint8_t *at = part + hole->offset;
    intptr_t value = 0;
    switch (hole->value) {
    case VALUE_NEXT:
        value = (intptr_t)(p->hot + item->stencil->hot_size);
        break;
    case VALUE_HOT:
        value = (intptr_t)p->hot;
        break;
    case VALUE_COLD:
        value = (intptr_t)p->cold;
        break;
    case VALUE_SYMBOL:
        value = (intptr_t)pyjit_symbols[hole->index];
        break;
    case VALUE_OPERAND: {
        int kind = pyjit_operations[item->operation].operand_kinds[hole->index];
        value = item->values[hole->index];
        if (kind == OPERAND_EXIT) {
            Exit *exit = (Exit *)value;
            value = (intptr_t)exit_address(p, exit);
            if (value == 0) {
                return -1;
            }
            if (exit->kind == EXIT_BRANCH && exit->target == NULL) {
                exit->site = link_jump_of_hole(at, hole->kind);
            }
        } else if (kind == OPERAND_IMMEDIATE && value == IMM_CONTINUATION) {
            value = codemem_base() - (p->hot + item->stencil->hot_size);
        } else if (kind == OPERAND_POINTER && value != 0 &&
                   item->depends_on == (PyCodeObject *)value &&
                   code_depend(p->state, item->depends_on, at) < 0) {
            return -1;
        }
        break;
    }
    }
    if (hole->kind != HOLE_X86_64_ABS32S && hole->kind != HOLE_X86_64_ABS64 &&
        hole->kind < HOLE_AARCH64_MOVW_G0) {
        value = (intptr_t)link_reach(at, (const uint8_t *)value);
        if (value == 0) {
            return -1;
        }
    }
    return link_patch(at, hole->kind, value + hole->addend);
}

/* Copies one item and patches its holes. Returns 0 or -1. */
static int
place_item(Placement *p)
{
    const Stencil *stencil = p->item->stencil;
    memcpy(p->hot, stencil->hot, stencil->hot_size);
    memcpy(p->cold, stencil->cold, stencil->cold_size);
    for (int i = 0; i < stencil->hot_hole_count; i++) {
        if (patch_hole(p, p->hot, &stencil->hot_holes[i]) < 0) {
            return -1;
        }
    }
    for (int i = 0; i < stencil->cold_hole_count; i++) {
        if (patch_hole(p, p->cold, &stencil->cold_holes[i]) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Bytes needed: hot parts, cold parts and at most one thunk for each exit operand. */
static void
measure(const Assembler *as, uint32_t *hot, uint32_t *cold)
{
    *hot = *cold = 0;
    for (int i = 0; i < as->count; i++) {
        const AsmItem *item = &as->items[i];
        *hot += item->stencil->hot_size;
        *cold += item->stencil->cold_size;
        for (int k = 0; k < item->value_count; k++) {
            if (pyjit_operations[item->operation].operand_kinds[k] == OPERAND_EXIT) {
                const Exit *exit = (const Exit *)item->values[k];
                *cold += exit->thunk == NULL ? (uint32_t)link_thunk_size : 0;
            }
        }
    }
}

/* The chunk whose hot code ends with the jump of this exit, if that jump can be laid over. */
static CodeChunk *
chunk_ending_with(CodeState *state, const Exit *after, uint32_t hot, uint32_t cold)
{
    if (after == NULL || after->site == NULL) {
        return NULL;
    }
    for (CodeChunk *chunk = state->chunks; chunk != NULL; chunk = chunk->next) {
        if (chunk->start + chunk->hot_used == after->site + link_jump_size) {
            uint32_t room = chunk->size - chunk->hot_used - chunk->cold_used;
            return room + link_jump_size >= hot + cold ? chunk : NULL;
        }
    }
    return NULL;
}

/* A chunk with room. */
static CodeChunk *
chunk_with_room(CodeState *state, uint32_t size)
{
    CodeChunk *chunk = state->chunks;
    if (chunk != NULL && chunk->size - chunk->hot_used - chunk->cold_used >= size) {
        return chunk;
    }
    uint32_t wanted = chunk == NULL ? CHUNK_MIN : chunk->size < 16384 ? chunk->size * 2 : 16384;
    CodeChunk *fresh = codemem_alloc(size > wanted ? size : wanted);
    if (fresh == NULL && size < wanted) {
        fresh = codemem_alloc(size);
    }
    if (fresh != NULL) {
        fresh->next = state->chunks;
        state->chunks = fresh;
    }
    return fresh;
}

/* Gives the versions that start at marks their addresses. */
static void
locate_versions(Assembler *as, uint8_t *hot)
{
    int item = 0;
    for (int i = 0; i < as->mark_count; i++) {
        for (; item < as->marks[i].item; item++) {
            hot += as->items[item].stencil->hot_size;
        }
        if (as->marks[i].version != NULL) {
            as->marks[i].version->hot = hot;
        }
    }
}

/* Gives exits of this batch that lead to versions of this batch their targets. */
static void
resolve_internal_exits(Assembler *as)
{
    for (int i = 0; i < as->count; i++) {
        const AsmItem *item = &as->items[i];
        for (int k = 0; k < item->value_count; k++) {
            if (pyjit_operations[item->operation].operand_kinds[k] == OPERAND_EXIT) {
                Exit *exit = (Exit *)item->values[k];
                if (exit->kind == EXIT_BRANCH && exit->version != NULL) {
                    exit->target = exit->version->hot;
                }
            }
        }
    }
}

/* Sizes and bytecode positions of the versions just placed. */
static void
describe_versions(Assembler *as, CodeState *state, uint8_t *hot_end, uint8_t *cold_start)
{
    for (int i = as->mark_count - 1; i >= 0; i--) {
        BlockVersion *version = as->marks[i].version;
        if (version == NULL) {
            continue;
        }
        version->hot_size = (uint32_t)(hot_end - version->hot);
        hot_end = version->hot;
        int count = 0;
        while (i + count < as->mark_count && (count == 0 || as->marks[i + count].version == NULL)) {
            count++;
        }
        version->positions = code_allocate(state, (size_t)count * sizeof *version->positions);
        if (version->positions != NULL) {
            uint32_t position = 0;
            int item = as->marks[i].item;
            for (int k = 0; k < count; k++) {
                for (; item < as->marks[i + k].item; item++) {
                    position += as->items[item].stencil->hot_size;
                }
                version->positions[k] =
                    (CodePosition){position, (uint32_t)as->marks[i + k].offset};
            }
            version->position_count = (uint32_t)count;
        }
        version->cold = cold_start;
    }
}

/* Places everything in code memory of `state`. */
int
asm_finish(Assembler *as, CodeState *state, Exit *after, uint8_t **start)
{
    uint32_t hot_size, cold_size;
    if (as->failed) {
        return -1;
    }
    measure(as, &hot_size, &cold_size);
    CodeChunk *chunk = chunk_ending_with(state, after, hot_size, cold_size);
    uint32_t hot_start;
    if (chunk != NULL) {
        hot_start = chunk->hot_used - link_jump_size;
    } else {
        chunk = chunk_with_room(state, hot_size + cold_size);
        if (chunk == NULL) {
            pyjit_state.code_full = true;
            return -1;
        }
        hot_start = chunk->hot_used;
        after = NULL;
    }
    if (codemem_open(chunk->start, chunk->size) < 0) {
        return -1;
    }
    Placement p = {
        .state = state,
        .chunk = chunk,
        .hot = chunk->start + hot_start,
        .cold_low = chunk->start + chunk->size - chunk->cold_used,
    };
    uint8_t *cold_top = p.cold_low;
    *start = p.hot;
    locate_versions(as, p.hot);
    resolve_internal_exits(as);
    int result = 0;
    for (int i = 0; i < as->count && result == 0; i++) {
        p.item = &as->items[i];
        p.cold_low -= p.item->stencil->cold_size;
        p.cold = p.cold_low;
        result = place_item(&p);
        p.hot += p.item->stencil->hot_size;
    }
    if (result == 0) {
        chunk->hot_used = (uint32_t)(p.hot - chunk->start);
        chunk->cold_used = (uint32_t)(chunk->start + chunk->size - p.cold_low);
        if (after != NULL) {
            after->site = NULL;
        }
        describe_versions(as, state, p.hot, p.cold_low);
        for (int i = 0; i < as->mark_count; i++) {
            if (as->marks[i].version != NULL) {
                as->marks[i].version->cold_size = (uint32_t)(cold_top - p.cold_low);
                break; /* the batch's cold code is shown with its first version */
            }
        }
        STAT_ADD(bytes_hot, hot_size);
        STAT_ADD(bytes_cold, (uint64_t)(cold_top - p.cold_low));
    } else {
        code_forget_dependencies(state, p.cold_low, cold_top);
        code_forget_dependencies(state, *start, p.hot);
        if (after != NULL) {
            link_write_jump(after->site, after->thunk);
        }
    }
    codemem_close(chunk->start, chunk->size);
    return result;
}

/* Sends an exit's thunk and its known jump to `target`. */
int
asm_redirect(Exit *exit, uint8_t *target)
{
    exit->target = target;
    uint8_t *places[] = {exit->thunk, exit->site};
    for (int i = 0; i < 2; i++) {
        if (places[i] == NULL) {
            continue;
        }
        if (codemem_open(places[i], (size_t)link_jump_size) < 0) {
            return -1;
        }
        link_write_jump(places[i], target);
        codemem_close(places[i], (size_t)link_jump_size);
    }
    return 0;
}
