/* Code memory: pages that are never writable where they are executable.
 *
 * One reservation of address space holds all machine code. Nobody writes into it directly: what is to
 * change is given to codemem_write, and takes effect with codemem_flush. */
#ifndef PYJIT_CODEMEM_H
#define PYJIT_CODEMEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of code memory owned by one code object. Hot code grows up from the start, cold code
 * down from the end. */
typedef struct CodeChunk {
    struct CodeChunk *next; /* the owner's list */
    uint8_t *start;
    uint32_t size;      /* bytes */
    uint32_t hot_used;  /* bytes from the start */
    uint32_t cold_used; /* bytes from the end */
} CodeChunk;

/* Reserves address space for at most `limit` bytes of code, within 2 GB (x86-64; 128 MB on ARM64)
 * of `near` when it can, anywhere when it cannot. After a fork parent and child each have their own.
 * Returns 0 or -1. */
int codemem_init(const void *near, size_t limit);

/* A chunk with at least `size` bytes free, NULL when the limit is reached or memory is out.
 * Sizes are rounded up to a small power of two (512 bytes at least). */
CodeChunk *codemem_alloc(size_t size);

/* Is codemem_alloc to fail again, after it has failed, until some chunk is given back? */
bool codemem_is_full(void);

/* Gives the chunk back for reuse. Nothing may execute in it any more. */
void codemem_free(CodeChunk *chunk);

/* All code addresses lie in [codemem_base(), codemem_base() + 2 GB). */
extern uint8_t *codemem_origin;

static inline uint8_t *
codemem_base(void)
{
    return codemem_origin;
}

/* Bytes in chunks handed out; bytes committed from the system. */
size_t codemem_used(void);
size_t codemem_committed(void);

/* ---- writing (codewriter.c) ------------------------------------------------------------------ */

/* Notes that `size` bytes at `at` in code memory are to become `bytes`. Until the flush nothing may
 * execute there. Returns 0, or -1 and then everything noted is forgotten. */
int codemem_write(uint8_t *at, const void *bytes, size_t size);

/* Writes what has been noted. Returns 0, or -1 with code memory possibly written in part. */
int codemem_flush(void);

/* Writes at once what must not stay as it is: if that is impossible the process ends. */
void codemem_overwrite(uint8_t *at, const void *bytes, size_t size);

/* Chooses how code memory, which is reserved from `base` on, is written. */
void codewriter_init(uint8_t *base, size_t size);

/* Makes the next bytes of the reservation executable, and writable in the chosen way. Returns 0 or -1. */
int codewriter_commit(uint8_t *start, size_t size);

/* Lets go of code memory, from which nothing has been executed. */
void codewriter_end(void);

#endif
