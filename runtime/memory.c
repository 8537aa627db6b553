/* Heap memory of pyjit itself, with failures on demand so that the unlikely paths can be tested.
 * It is the C library's, which programs that measure their own memory (tracemalloc) do not see. */
#include "pyjit/memory.h"

#include "cpython/interface.h"
#include "pyjit/settings.h"

#include <stdlib.h>

bool fault_now(void)
{
    static uint64_t count;
    const Settings *settings = settings_get();
    if (settings->fault_at == 0) {
        return false;
    }
    count++;
    return count == settings->fault_at || (settings->fault_after && count > settings->fault_at);
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
