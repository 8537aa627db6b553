/* Heap memory of pyjit itself, with failures on demand so that the unlikely paths can be tested. */
#include "pyjit/memory.h"

#include "cpython/interface.h"
#include "pyjit/settings.h"

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
    return fault_now() ? NULL : PyMem_RawMalloc(size);
}

void *pj_calloc(size_t count, size_t size)
{
    return fault_now() ? NULL : PyMem_RawCalloc(count, size);
}

void *pj_realloc(void *memory, size_t size)
{
    return fault_now() ? NULL : PyMem_RawRealloc(memory, size);
}

void pj_free(void *memory)
{
    PyMem_RawFree(memory);
}
