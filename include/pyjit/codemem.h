/* Code memory: executable pages, never writable and executable at once. */
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
 * of `near` when it can, anywhere when it cannot. Private and anonymous, so fork is safe.
 * Returns 0 or -1. */
int codemem_init(const void *near, size_t limit);

/* A chunk with at least `size` bytes free, NULL when the limit is reached or memory is out.
 * Sizes are rounded up to a small power of two (512 bytes at least). */
CodeChunk *codemem_alloc(size_t size);

/* Gives the chunk back for reuse. Nothing may execute in it any more. */
void codemem_free(CodeChunk *chunk);

/* Opens [start, start+size) for writing (not executable meanwhile) and closes it again. Nest freely
 * over different ranges: a page is reopened only once and closed when the last writer closes it.
 * Returns 0 or -1 (then nothing is open). */
int codemem_open(void *start, size_t size);
void codemem_close(void *start, size_t size);

/* Between these two nothing may run in code memory: pages that are opened stay open, so that one that
 * is written several times costs two system calls only. */
void codemem_begin(void);
void codemem_end(void);

/* All code addresses lie in [codemem_base(), codemem_base() + 2 GB). */
uint8_t *codemem_base(void);

/* Bytes in chunks handed out; bytes committed from the system. */
size_t codemem_used(void);
size_t codemem_committed(void);

#endif
