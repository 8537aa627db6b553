/* Heap memory of pyjit itself, with failures on demand so that the unlikely paths can be tested.
 * It is the C library's, which programs that measure their own memory (tracemalloc) do not see. */
#include "pyjit/memory.h"

#include "cpython/interface.h"
#include "pyjit/settings.h"

#include <stdlib.h>

static struct {
    bool changed; /* what the settings say no longer counts */
    uint64_t at;
    bool after;
    uint64_t count;
} faults;

bool fault_now(void)
{
    const Settings *settings = settings_get();
    uint64_t at = faults.changed ? faults.at : settings->fault_at;
    bool after = faults.changed ? faults.after : settings->fault_after;
    if (at == 0) {
        return false;
    }
    faults.count++;
    return faults.count == at || (after && faults.count > at);
}

uint64_t fault_set(uint64_t at, bool after)
{
    uint64_t count = faults.count;
    faults.changed = true;
    faults.at = at;
    faults.after = after;
    faults.count = 0;
    return count;
}

void *pj_malloc(size_t size)
{
    return fault_now() ? NULL : malloc(size);
}

void *pj_calloc(size_t count, size_t size)
{
    return fault_now() ? NULL : calloc(count, size);
}

void *pj_realloc(void *memory, size_t size)
{
    return fault_now() ? NULL : realloc(memory, size);
}

void pj_free(void *memory)
{
    free(memory);
}
