/* x86-64: how holes, thunks, jumps and veneers are written. */
#include "pyjit/assembler.h"

#include "pyjit/memory.h"

#include <string.h>

#if defined(__x86_64__)

extern void trampoline_exit(void); /* trampolines_x86_64.S */
extern void *const pyjit_symbols[];
extern const char *const pyjit_symbol_names[];
extern const int pyjit_symbol_count;

/* call_aside_x86_64.S */
extern void call_aside(void), free_aside(void);
extern void call_aside_without_doubles(void), free_aside_without_doubles(void);

static void *symbols_without_doubles[256]; /* hole indices are of eight bits */

const int link_thunk_size = 11; /* mov $id,%r11d; jmp rel32 */
const int link_jump_size = 5;   /* jmp rel32 */
const int link_hole_size = 4;   /* the rel32 */
const int link_slot_load_size = 8; /* mov disp32(%r12),%rax */

static bool near; /* the interpreter's own symbols fit into 31 bits */

#define VENEER_SIZE 16    /* jmp *0(%rip); address; padding */
#define VENEER_COUNT 1024 /* slots; a power of two */

static struct {
    CodeChunk *chunk;
    const uint8_t *targets[VENEER_COUNT]; /* open addressing by target */
    int count;
} veneers;

/* Writes the distance from the end of a hole at `at` to the target. Returns 0 or -1. */
static int
put_distance(uint8_t *bytes, const uint8_t *at, const uint8_t *target)
{
    intptr_t distance = target - (at + 4);
    int32_t narrow = (int32_t)distance;
    memcpy(bytes, &narrow, 4);
    return narrow == distance ? 0 : -1;
}

/* The target if a jump at `at` reaches it, else a veneer; NULL when there is no room for one. */
static const uint8_t *
reach(const uint8_t *at, const uint8_t *target)
{
    intptr_t distance = target - at;
    if (distance < INT32_MAX - 64 && distance > INT32_MIN + 64) {
        return target;
    }
    unsigned slot = (unsigned)((uintptr_t)target * 2654435761u >> 8) & (VENEER_COUNT - 1);
    while (veneers.targets[slot] != NULL && veneers.targets[slot] != target) {
        slot = (slot + 1) & (VENEER_COUNT - 1);
    }
    uint8_t *veneer = veneers.chunk->start + slot * VENEER_SIZE;
    if (veneers.targets[slot] == target) {
        return veneer;
    }
    uint8_t bytes[VENEER_SIZE] = {0xFF, 0x25, 0, 0, 0, 0};
    memcpy(bytes + 6, &target, sizeof target);
    if (veneers.count > VENEER_COUNT / 2 || codemem_write(veneer, bytes, sizeof bytes) < 0 ||
        codemem_flush() < 0) {
        return NULL;
    }
    veneers.targets[slot] = target;
    veneers.count++;
    return veneer;
}

/* The value of a hole. */
static inline intptr_t
value_of(const Hole *hole, const LinkValues *values)
{
    switch (hole->value) {
    case VALUE_NEXT:
        return (intptr_t)values->next;
    case VALUE_HOT:
        return (intptr_t)values->hot;
    case VALUE_COLD:
        return (intptr_t)values->cold;
    case VALUE_SYMBOL:
        return (intptr_t)values->symbols[hole->index];
    default:
        return values->operands[hole->index];
    }
}

/* Fills the holes of a part. */
int
link_fill(uint8_t *bytes, uint8_t *at, const Hole *holes, int count, LinkValues *values)
{
    for (const Hole *hole = holes; hole < holes + count; hole++) {
        intptr_t value = value_of(hole, values);
        uint8_t *place = at + hole->offset;
        if (hole->kind == HOLE_X86_64_ABS64) {
            value += hole->addend;
            memcpy(bytes + hole->offset, &value, 8);
        } else if (hole->kind == HOLE_X86_64_ABS32S) {
            value += hole->addend;
            int32_t narrow = (int32_t)value;
            if (narrow != value) {
                return -1;
            }
            memcpy(bytes + hole->offset, &narrow, 4);
            continue;
        } else if (hole->kind == HOLE_X86_64_REL32) {
            const uint8_t *target = reach(place, (const uint8_t *)value);
            if (target == NULL || put_distance(bytes + hole->offset, place - 4, target + hole->addend) < 0) {
                return -1;
            }
        } else {
            return -1;
        }
        if (hole->value == VALUE_OPERAND && values->holes[hole->index] == NULL) {
            values->holes[hole->index] = place;
        }
    }
    return 0;
}

/* Makes an exit's thunk. */
int
link_make_thunk(uint8_t *bytes, uint8_t *at, uint32_t exit_id)
{
    const uint8_t *target = reach(at + 7, (const uint8_t *)trampoline_exit);
    bytes[0] = 0x41;
    bytes[1] = 0xBB;
    memcpy(bytes + 2, &exit_id, 4);
    return target == NULL ? -1 : link_make_jump(bytes + 6, at + 6, target);
}

/* Makes a jump. */
int
link_make_jump(uint8_t *bytes, const uint8_t *at, const uint8_t *target)
{
    bytes[0] = 0xE9;
    return put_distance(bytes + 1, at + 1, target);
}

/* Makes the content of a jump's hole. */
int
link_make_hole(uint8_t *bytes, const uint8_t *hole, const uint8_t *target)
{
    return put_distance(bytes, hole, target);
}

/* Does this hole belong to an unconditional jump? */
bool
link_is_jump(const uint8_t *hole)
{
    return hole[-1] == 0xE9;
}

/* The addresses of symbols for code with doubles in registers, or without. */
void *const *
link_symbols(bool doubles)
{
    return doubles ? pyjit_symbols : symbols_without_doubles;
}

/* Is the interpreter not position-independent? */
bool
link_is_near(void)
{
    return near;
}

/* May it stand for 32 bits, with and without sign? */
bool
link_fits_short(intptr_t value)
{
    return (uintptr_t)value <= INT32_MAX;
}

/* Is this symbol the interpreter's? */
static bool
is_interpreters(const char *name)
{
    return strncmp(name + (name[0] == '_'), "Py", 2) == 0;
}

/* Makes the room for veneers, and the table of symbols for code without doubles. */
int
link_init(void)
{
    near = true;
    for (int i = 0; i < pyjit_symbol_count; i++) {
        near &= !is_interpreters(pyjit_symbol_names[i]) || link_fits_short((intptr_t)pyjit_symbols[i]);
    }
    for (int i = 0; i < pyjit_symbol_count; i++) {
        symbols_without_doubles[i] = pyjit_symbols[i] == (void *)call_aside   ? (void *)call_aside_without_doubles
                                     : pyjit_symbols[i] == (void *)free_aside ? (void *)free_aside_without_doubles
                                                                              : pyjit_symbols[i];
    }
    memset(&veneers, 0, sizeof veneers);
    veneers.chunk = codemem_alloc(VENEER_COUNT * VENEER_SIZE);
    return veneers.chunk == NULL ? -1 : 0;
}

#endif
