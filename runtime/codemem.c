/* Code memory: one reservation of address space, committed in steps, handed out in power-of-two
 * chunks by a buddy allocator whose metadata lies elsewhere. How it is written is in codewriter.c.
 * Everything runs under the GIL. */
#include "pyjit/codemem.h"

#include "cpython/interface.h"
#include "pyjit/memory.h"

#include <sys/mman.h>
#include <unistd.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0 /* the address is then a hint, and the result is checked anyway */
#endif
#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

#define GRANULE ((size_t)512)        /* smallest chunk */
#define CLASSES 22                   /* 512 bytes to 1 GB */
#define COMMIT_STEP ((size_t)64 << 10)
#define REFUSALS_MOST 16 /* of the system; then there will be no more */
#define PROBE_STEP ((uintptr_t)4 << 20)
#define LOW_END ((uintptr_t)1 << 31) /* below, an address fits a signed 32-bit hole */

/* How far code may lie from what it calls, with some room for the rest of the library around it. */
#if defined(__aarch64__)
#define REACH (((uintptr_t)128 << 20) - ((uintptr_t)16 << 20))
#else
#define REACH (((uintptr_t)2 << 30) - ((uintptr_t)64 << 20))
#endif

/* A chunk with its links as a free one. The chunk's own `next` is the owner's. */
typedef struct Block {
    CodeChunk chunk; /* first: a CodeChunk is its Block */
    struct Block *next_free, *previous_free;
} Block;

uint8_t *codemem_origin;

static struct {
    size_t limit;           /* most bytes to commit */
    size_t committed;       /* from codemem_origin, executable */
    size_t used;            /* in chunks handed out */
    size_t page;            /* bytes */
    int refusals;           /* of the system to give more, one after the other */
    Block **free_at;        /* by granule: the free block that starts there, or NULL */
    Block *free[CLASSES];   /* lists of free blocks of GRANULE << class bytes */
} memory;

/* -- The system -------------------------------------------------------------------------------- */

/* Reserves address space at the address, or anywhere for NULL. NULL if that is taken. */
static uint8_t *reserve_at(uintptr_t address, size_t size)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    if (address != 0) {
        flags |= MAP_FIXED_NOREPLACE;
    }
    void *got = mmap((void *)address, size, PROT_NONE, flags, -1, 0);
    if (got == MAP_FAILED) {
        return NULL;
    }
    if (address != 0 && got != (void *)address) {
        munmap(got, size);
        return NULL;
    }
    return got;
}

/* Reserves the highest free stretch that starts in [low, high], looking every PROBE_STEP. */
static uint8_t *reserve_downward(uintptr_t low, uintptr_t high, size_t size)
{
    for (uintptr_t at = high & ~(PROBE_STEP - 1); at >= low && at != 0; at -= PROBE_STEP) {
        uint8_t *got = reserve_at(at, size);
        if (got != NULL) {
            return got;
        }
        if (at < PROBE_STEP) {
            break;
        }
    }
    return NULL;
}

/* Reserves the lowest free stretch that starts in [low, high], looking every PROBE_STEP. */
static uint8_t *reserve_upward(uintptr_t low, uintptr_t high, size_t size)
{
    for (uintptr_t at = low & ~(PROBE_STEP - 1); at <= high; at += PROBE_STEP) {
        uint8_t *got = at < low ? NULL : reserve_at(at, size);
        if (got != NULL) {
            return got;
        }
    }
    return NULL;
}

/* Reserves address space in reach of `near`. For a low `near` the top of the low addresses comes
 * first: absolute addresses fit 32 bits there, and the heap that follows the program has room. */
static uint8_t *reserve(uintptr_t near, size_t size)
{
    uint8_t *got = NULL;
    if (near < LOW_END && size < LOW_END / 2) {
        got = reserve_downward(PROBE_STEP, LOW_END - size - PROBE_STEP, size);
    }
    if (got == NULL && size < REACH && near > size) {
        got = reserve_downward(near > REACH ? near - REACH : PROBE_STEP, near - size, size);
    }
    if (got == NULL && size < REACH) {
        got = reserve_upward(near, near + (REACH - size), size);
    }
    return got != NULL ? got : reserve_at(0, size);
}

/* -- Chunks ------------------------------------------------------------------------------------ */

/* The number of the size class that holds `size` bytes. */
static int class_of(size_t size)
{
    int class = 0;
    while (class < CLASSES && GRANULE << class < size) {
        class++;
    }
    return class;
}

/* The place in free_at of a block at this distance from the base. */
static Block **free_slot(size_t offset)
{
    return &memory.free_at[offset / GRANULE];
}

/* Takes a free block off its list. */
static void unlink_free(Block *block, int class)
{
    if (block->previous_free != NULL) {
        block->previous_free->next_free = block->next_free;
    } else {
        memory.free[class] = block->next_free;
    }
    if (block->next_free != NULL) {
        block->next_free->previous_free = block->previous_free;
    }
    *free_slot((size_t)(block->chunk.start - codemem_origin)) = NULL;
}

/* Puts a block of the class on its list, merged with its buddies as far as these are free. */
static void insert_free(Block *block, int class)
{
    size_t offset = (size_t)(block->chunk.start - codemem_origin);
    for (; class < CLASSES - 1; class++) {
        size_t size = GRANULE << class;
        size_t beside = offset ^ size;
        Block *buddy = beside < memory.committed ? *free_slot(beside) : NULL;
        if (buddy == NULL || buddy->chunk.size != size) {
            break;
        }
        unlink_free(buddy, class);
        pj_free(buddy);
        offset &= ~size;
    }
    block->chunk.start = codemem_origin + offset;
    block->chunk.size = (uint32_t)(GRANULE << class);
    block->previous_free = NULL;
    block->next_free = memory.free[class];
    if (block->next_free != NULL) {
        block->next_free->previous_free = block;
    }
    memory.free[class] = block;
    *free_slot(offset) = block;
}

/* Commits the next step. Returns 0, or -1 when the limit or the system's memory is reached. */
static int commit(void)
{
    size_t size = COMMIT_STEP;
    while (size > memory.limit - memory.committed || memory.committed % size != 0) {
        size /= 2;
        if (size < memory.page) {
            return -1;
        }
    }
    Block *block = pj_malloc(sizeof *block);
    if (block == NULL) {
        return -1;
    }
    uint8_t *start = codemem_origin + memory.committed;
    if (fault_now() || codewriter_commit(start, size) < 0) {
        pj_free(block);
        return -1;
    }
    memory.committed += size;
    block->chunk.start = start;
    insert_free(block, class_of(size));
    return 0;
}

/* Cuts a free block of a larger class in two, again and again, until it is of `class`.
 * Returns the block, off the lists, or NULL when out of memory (then it is free as before). */
static Block *split(Block *block, int from, int class)
{
    unlink_free(block, from);
    while (from > class) {
        Block *upper = pj_malloc(sizeof *upper);
        if (upper == NULL) {
            insert_free(block, from);
            return NULL;
        }
        from--;
        block->chunk.size = (uint32_t)(GRANULE << from);
        upper->chunk.start = block->chunk.start + block->chunk.size;
        insert_free(upper, from);
    }
    return block;
}

/* The class of the smallest free block of at least `class`, CLASSES if there is none. */
static int find_free(int class)
{
    while (class < CLASSES && memory.free[class] == NULL) {
        class++;
    }
    return class;
}

CodeChunk *codemem_alloc(size_t size)
{
    int class = class_of(size);
    if (class == CLASSES || codemem_origin == NULL) {
        return NULL;
    }
    int from = find_free(class);
    while (from == CLASSES) {
        if (commit() < 0) {
            memory.refusals++;
            return NULL;
        }
        memory.refusals = 0;
        from = find_free(class);
    }
    Block *block = split(memory.free[from], from, class);
    if (block == NULL) {
        return NULL;
    }
    memory.used += block->chunk.size;
    block->chunk.next = NULL;
    block->chunk.hot_used = 0;
    block->chunk.cold_used = 0;
    return &block->chunk;
}

bool codemem_is_full(void)
{
    return memory.refusals > REFUSALS_MOST || memory.limit - memory.committed < memory.page;
}

void codemem_free(CodeChunk *chunk)
{
    memory.used -= chunk->size;
    insert_free((Block *)chunk, class_of(chunk->size));
}

/* -- Start ------------------------------------------------------------------------------------- */

int codemem_init(const void *near, size_t limit)
{
    if (codemem_origin != NULL) {
        return 0; /* an earlier start failed later on */
    }
    memory.page = (size_t)sysconf(_SC_PAGESIZE);
    memory.limit = Py_MAX(limit, memory.page) & ~(memory.page - 1);
    memory.free_at = pj_calloc(memory.limit / GRANULE, sizeof(Block *));
    if (memory.free_at != NULL && !fault_now()) {
        codemem_origin = reserve((uintptr_t)near, memory.limit);
    }
    if (codemem_origin != NULL) {
        codewriter_init(codemem_origin, memory.limit);
        if (commit() == 0) {
            return 0;
        }
    }
    if (codemem_origin != NULL) {
        codewriter_end();
        munmap(codemem_origin, memory.limit);
    }
    for (int class = 0; class < CLASSES; class++) {
        pj_free(memory.free[class]); /* there is one block at most */
    }
    pj_free(memory.free_at);
    memset(&memory, 0, sizeof memory);
    codemem_origin = NULL;
    return -1;
}

size_t codemem_used(void)
{
    return memory.used;
}

size_t codemem_committed(void)
{
    return memory.committed;
}
