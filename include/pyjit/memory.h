/* Heap memory of pyjit itself (never of the program's objects), and failures made on purpose. */
#ifndef PYJIT_MEMORY_H
#define PYJIT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As malloc, calloc, realloc and free, from CPython's raw allocator. A failure is NULL and sets no
 * exception: the caller abandons what it was compiling. */
void *pj_malloc(size_t size);
void *pj_calloc(size_t count, size_t size);
void *pj_realloc(void *memory, size_t size);
void pj_free(void *memory);

/* Must the allocation or mapping about to be made fail? Counts it: PYJIT_FAULT=N fails the N-th,
 * PYJIT_FAULT=N+ the N-th and all later ones. */
bool fault_now(void);

/* The same counting anew from here, whatever the settings say; 0 for none. Returns how many have been counted
 * since the last time. */
uint64_t fault_set(uint64_t at, bool after);

#endif
