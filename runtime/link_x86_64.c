/* x86-64: how holes, thunks, jumps and veneers are written. */
#include "pyjit/assembler.h"

#include "pyjit/memory.h"

#include <string.h>

#if defined(__x86_64__)

extern void trampoline_exit(void); /* trampolines_x86_64.S */

const int link_thunk_size = 11; /* mov $id,%r11d; jmp rel32 */
const int link_jump_size = 5;   /* jmp rel32 */

#define VENEER_SIZE 16    /* jmp *0(%rip); address; padding */
#define VENEER_COUNT 1024 /* slots; a power of two */

static struct {
    CodeChunk *chunk;
    const uint8_t *targets[VENEER_COUNT]; /* open addressing by target */
    int count;
} veneers;

/* Writes the value into the hole. */
int
link_patch(uint8_t *hole, int kind, intptr_t value)
{
    int32_t narrow;
    switch (kind) {
    case HOLE_X86_64_ABS64:
        memcpy(hole, &value, 8);
        return 0;
    case HOLE_X86_64_REL32:
        value -= (intptr_t)hole;
        break;
    case HOLE_X86_64_ABS32S:
        break;
    default:
        return -1;
    }
    narrow = (int32_t)value;
    if (narrow != value) {
        return -1;
    }
    memcpy(hole, &narrow, 4);
    return 0;
}

/* Writes a jump to `target`. */
int
link_write_jump(uint8_t *at, const uint8_t *target)
{
    at[0] = 0xE9;
    return link_patch(at + 1, HOLE_X86_64_REL32, (intptr_t)target - 4);
}

/* Writes an exit's thunk. */
int
link_write_thunk(uint8_t *at, uint32_t exit_id)
{
    at[0] = 0x41;
    at[1] = 0xBB;
    memcpy(at + 2, &exit_id, 4);
    const uint8_t *target = link_reach(at + 7, (const uint8_t *)trampoline_exit);
    return target == NULL ? -1 : link_write_jump(at + 6, target);
}

/* Given a hole of a jump: where the jump starts if it is an unconditional jump, or NULL. */
uint8_t *
link_jump_of_hole(uint8_t *hole, int kind)
{
    return kind == HOLE_X86_64_REL32 && hole[-1] == 0xE9 ? hole - 1 : NULL;
}

/* The target if a jump at `at` reaches it, else a veneer. */
const uint8_t *
link_reach(const uint8_t *at, const uint8_t *target)
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
    if (veneers.count > VENEER_COUNT / 2 || codemem_open(veneer, VENEER_SIZE) < 0) {
        return NULL;
    }
    static const uint8_t jump_indirect[6] = {0xFF, 0x25, 0, 0, 0, 0};
    memcpy(veneer, jump_indirect, sizeof jump_indirect);
    memcpy(veneer + sizeof jump_indirect, &target, sizeof target);
    codemem_close(veneer, VENEER_SIZE);
    veneers.targets[slot] = target;
    veneers.count++;
    return veneer;
}

/* Makes the room for veneers. */
int
link_init(void)
{
    memset(&veneers, 0, sizeof veneers);
    veneers.chunk = codemem_alloc(VENEER_COUNT * VENEER_SIZE);
    return veneers.chunk == NULL ? -1 : 0;
}

#endif
