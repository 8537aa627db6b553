/* Preloaded into a process, makes calls fail that pyjit makes of the C library.
 *
 *     cc -shared -fPIC -o failing.so failing.c
 *     FAILING=mmap64:3,mremap:1+ FAILED=file LD_PRELOAD=./failing.so python ...
 *
 * The third call of mmap64 from one of pyjit's extension modules fails, and every one of mremap from the first on. A
 * child of fork counts on from where its parent was. The names of those that fail are added to the file. Calls from
 * elsewhere, CPython's own included, go to the C library as they are. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define MOST 4

/* What has to fail. */
static struct {
    const char *function;
    unsigned long at; /* which call */
    bool after;       /* all later ones too */
    atomic_ulong count;
} wanted[MOST];
static int wanted_count;
static int report = -1;

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("FAILING"), *path = getenv("FAILED");
    if (text == NULL || path == NULL) {
        return;
    }
    report = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    char *rest = strdup(text);
    for (char *one; (one = strsep(&rest, ",")) != NULL && wanted_count < MOST;) {
        char *number = strchr(one, ':'), *end = number;
        if (number == NULL) {
            abort();
        }
        *number = '\0';
        wanted[wanted_count].function = one;
        wanted[wanted_count].at = strtoul(number + 1, &end, 10);
        wanted[wanted_count++].after = *end == '+';
    }
}

static bool is_of_pyjit(const void *place)
{
    Dl_info where;
    return dladdr(place, &where) != 0 && strstr(where.dli_fname, "/pyjit/_") != NULL;
}

/* Does the call of a function, which will return to a place, have to fail? */
static bool fails(const char *function, const void *place)
{
    for (int i = 0; i < wanted_count; i++) {
        if (strcmp(function, wanted[i].function) == 0 && is_of_pyjit(place)) {
            unsigned long number = atomic_fetch_add(&wanted[i].count, 1) + 1;
            if (number == wanted[i].at || (wanted[i].after && number > wanted[i].at)) {
                return dprintf(report, "%s\n", function) > 0;
            }
        }
    }
    return false;
}

/* The C library's function. dlsym() alone would give the oldest of several versions in older libraries. */
static void *find(const char *function)
{
    void *found = dlvsym(RTLD_NEXT, function, "GLIBC_2.3.2"); /* of pthread_cond_init */
    return found != NULL ? found : dlsym(RTLD_NEXT, function);
}

/* Defines a function that fails by returning `failure`, with errno set to `error`, or else does what the C
 * library's does. */
#define FAILING(result, function, parameters, arguments, failure, error)                                              \
    result function parameters                                                                                        \
    {                                                                                                                 \
        static result(*real) parameters;                                                                              \
        if (real == NULL) {                                                                                           \
            real = (result(*) parameters)find(#function);                                                            \
        }                                                                                                             \
        if (fails(#function, __builtin_return_address(0))) {                                                          \
            errno = error;                                                                                            \
            return failure;                                                                                           \
        }                                                                                                             \
        return real arguments;                                                                                        \
    }

#define MAPPED (void *address, size_t size, int protection, int flags, int file, off64_t offset)

FAILING(void *, mmap64, MAPPED, (address, size, protection, flags, file, offset), MAP_FAILED, ENOMEM)
FAILING(int, munmap, (void *address, size_t size), (address, size), -1, ENOMEM)
FAILING(int, mprotect, (void *address, size_t size, int protection), (address, size, protection), -1, ENOMEM)
FAILING(int, madvise, (void *address, size_t size, int advice), (address, size, advice), -1, EINVAL)
FAILING(int, memfd_create, (const char *label, unsigned flags), (label, flags), -1, EMFILE)
FAILING(int, ftruncate64, (int file, off64_t size), (file, size), -1, EFBIG)
FAILING(ssize_t, pwrite64, (int file, const void *data, size_t size, off64_t offset), (file, data, size, offset), -1,
        ENOSPC)
FAILING(FILE *, fopen64, (const char *path, const char *mode), (path, mode), NULL, EMFILE)
FAILING(int, clock_gettime, (clockid_t clock, struct timespec *time), (clock, time), -1, EINVAL)
FAILING(int, pthread_create,
        (pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument),
        (thread, attributes, start, argument), EAGAIN, 0)
FAILING(int, pthread_attr_init, (pthread_attr_t *attributes), (attributes), ENOMEM, 0)
FAILING(int, pthread_condattr_init, (pthread_condattr_t *attributes), (attributes), ENOMEM, 0)
FAILING(int, pthread_condattr_setclock, (pthread_condattr_t *attributes, clockid_t clock), (attributes, clock), EINVAL,
        0)
FAILING(int, pthread_cond_init, (pthread_cond_t *condition, const pthread_condattr_t *attributes),
        (condition, attributes), ENOMEM, 0)
FAILING(int, pthread_setname_np, (pthread_t thread, const char *label), (thread, label), ERANGE, 0)
FAILING(int, __register_atfork, (void (*prepare)(void), void (*parent)(void), void (*child)(void), void *handle),
        (prepare, parent, child, handle), ENOMEM, 0)

void *mremap(void *address, size_t old, size_t size, int flags, ...)
{
    static void *(*real)(void *, size_t, size_t, int, ...);
    __builtin_va_list rest;
    __builtin_va_start(rest, flags);
    void *to = (flags & MREMAP_FIXED) != 0 ? __builtin_va_arg(rest, void *) : NULL;
    __builtin_va_end(rest);
    if (real == NULL) {
        real = (void *(*)(void *, size_t, size_t, int, ...))find("mremap");
    }
    if (fails("mremap", __builtin_return_address(0))) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return real(address, old, size, flags, to);
}

/* The C library's own, under names that need not be looked up: looking up may call them. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t number, size_t size);
void *__libc_realloc(void *memory, size_t size);

void *malloc(size_t size)
{
    return fails("malloc", __builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
    return fails("calloc", __builtin_return_address(0)) ? NULL : __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size)
{
    return fails("realloc", __builtin_return_address(0)) ? NULL : __libc_realloc(memory, size);
}
