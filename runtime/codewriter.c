/* Writing to code memory, which is never writable where it is executable.
 *
 * Owns the window: a stretch of code memory with its new content, in which near writes are collected, so
 * that they take effect together or not at all. There are three ways to bring it there:
 *
 * - through a second view of the same memory at another address, which costs no system call;
 * - where that is not to be had, by making the pages writable, copying, and making them executable
 *   again. Under the GIL no thread executes code meanwhile;
 * - by a file of the system's that is the process's memory, for what must be written when the system refuses
 *   the rest.
 *
 * Everything runs under the GIL. */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* memfd_create, mremap */
#endif
#include "pyjit/codemem.h"

#include "cpython/interface.h"
#include "pyjit/memory.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define GAP_MOST ((size_t)4 << 10)     /* bytes between two writes that one call still covers */
#define WINDOW_MOST ((size_t)32 << 10) /* bytes */

/* After a fork so many writes change pages of the process's own, before all code memory is copied: most children never
 * come to that. By estimate, not by measurement, so many writes take as long as a copy. */
#define WRITES_APART 256

#define FIRST_BYTES ((size_t)20 << 10) /* what pyjit's own permanent code takes: many a process compiles nothing */

#if !defined(MADV_POPULATE_WRITE)
#define MADV_POPULATE_WRITE 23 /* Linux 5.14; where it is unknown nothing happens */
#endif

static struct {
    uint8_t *at; /* in code memory */
    size_t size; /* bytes; 0: nothing is noted */
    uint8_t *bytes;
    size_t capacity;
} window;

/* ---- through a second view --------------------------------------------------------------------- */

/* Code memory is a file without a name that is mapped twice: at its own address, executable, and here. A
 * fork gives parent and child the same file, which from then on neither writes to. Its executable view is private:
 * who wants to write changes its protection, as where there is no second view, and so gets pages of its own. Who does
 * so often makes a copy of the file at last and goes on in that. */
static struct {
    uint8_t *base;      /* of code memory */
    uint8_t *writable;  /* the same memory; NULL: there is no such view */
    size_t size;        /* of each */
    size_t executable;  /* bytes from base that have been committed */
    bool shared;        /* with another process; never if there is no second view */
    int apart;          /* writes since then */
    bool emulated;      /* the program runs in an emulator that sees every write */
} views;

/* codewriter_x86_64.S */
extern void codewriter_serialize(void);
extern int codewriter_is_emulated(void);

/* After a write through the second view: nothing that was fetched before it may be executed. */
static void
serialize(void)
{
#if defined(__x86_64__)
    if (!views.emulated) {
        codewriter_serialize();
    }
#endif
}

/* After a fork, in parent and child. */
static void
note_fork(void)
{
    views.shared = views.writable != NULL;
    views.apart = 0;
}

/* May files of this process be so large? One that grows beyond what is allowed is told by a signal. */
static bool
is_allowed(size_t size)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) == 0 && (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= size);
}

/* A file of so many bytes, all zero; -1 if there is none to be had. */
static int
open_file(size_t size)
{
    if (!is_allowed(size)) {
        return -1;
    }
    int file = memfd_create("pyjit", MFD_CLOEXEC);
    if (file >= 0 && ftruncate(file, (off_t)size) != 0) {
        close(file);
        file = -1;
    }
    return file;
}

/* A file with the content of code memory as far as that is committed; -1 if there is none to be had. */
static int
copy_file(void)
{
    int file = open_file(views.size);
    for (size_t done = 0; file >= 0 && done < views.executable;) {
        ssize_t written = pwrite(file, views.base + done, views.executable - done, (off_t)done);
        if (written <= 0) {
            close(file);
            file = -1;
        } else {
            done += (size_t)written;
        }
    }
    return file;
}

/* Puts a file at the place of code memory, of which it has the content. Nobody executes there: the GIL is held.
 * False if that has been done for none or for a part of it. */
static bool
map_executable(int file)
{
    size_t done = views.executable;
    return (done == 0 || mmap(views.base, done, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, file, 0) ==
                             (void *)views.base) &&
           (done == views.size || mmap(views.base + done, views.size - done, PROT_NONE, MAP_PRIVATE | MAP_FIXED,
                                       file, (off_t)done) == (void *)(views.base + done));
}

/* Replaces code memory by private memory with the same content, which is written by changing its
 * protection. Returns 0 or -1. */
static int
go_private(void)
{
    uint8_t *copy = mmap(NULL, views.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                         -1, 0);
    if (copy == MAP_FAILED) {
        return -1;
    }
    memcpy(copy, views.base, views.executable);
    /* All of it gets the same protection, since only one mapping can be moved at a time. */
    if (mprotect(copy, views.size, PROT_READ | PROT_EXEC) != 0 ||
        mremap(copy, views.size, views.size, MREMAP_MAYMOVE | MREMAP_FIXED, views.base) == MAP_FAILED) {
        munmap(copy, views.size);
        return -1;
    }
    (void)mprotect(views.base + views.executable, views.size - views.executable, PROT_NONE);
    munmap(views.writable, views.size);
    views.writable = NULL;
    views.shared = false;
    return 0;
}

/* Makes the memory this process's own again. Returns 0 or -1. */
static int
unshare_views(void)
{
    int file = copy_file();
    if (file >= 0) {
        uint8_t *writable = mmap(NULL, views.size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (writable != MAP_FAILED && map_executable(file)) {
            close(file);
            munmap(views.writable, views.size);
            views.writable = writable;
            views.shared = false;
            return 0;
        }
        if (writable != MAP_FAILED) {
            munmap(writable, views.size);
        }
        close(file);
    }
    return go_private();
}

/* May the content of files without a name be executed? */
static bool
can_execute(int file)
{
    void *page = mmap(NULL, 1, PROT_READ | PROT_EXEC, MAP_SHARED, file, 0);
    return page != MAP_FAILED && munmap(page, 1) == 0;
}

/* Maps a file in the place of the reservation and a second time, if the system lets it. */
void
codewriter_init(uint8_t *base, size_t size)
{
    views.base = base;
    views.size = size;
    int file = fault_now() ? -1 : open_file(size);
    if (file < 0) {
        return;
    }
    uint8_t *writable = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    bool mapped = writable != MAP_FAILED && can_execute(file) && pthread_atfork(NULL, note_fork, note_fork) == 0;
    mapped = mapped && map_executable(file);
    close(file);
    if (mapped) {
        views.writable = writable;
#if defined(__x86_64__)
        views.emulated = codewriter_is_emulated() != 0;
#endif
    } else if (writable != MAP_FAILED) {
        munmap(writable, size);
    }
}

/* ---- writing ------------------------------------------------------------------------------------- */

/* A stretch of code memory, whole pages. */
typedef struct {
    uint8_t *start;
    size_t size;
} Pages;

static bool
protect(Pages pages, int protection)
{
    return mprotect(pages.start, pages.size, protection) == 0;
}

static Pages
pages_of_window(void)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), mask = ~(page - 1);
    uint8_t *start = (uint8_t *)((uintptr_t)window.at & mask);
    size_t size = (size_t)(window.at + window.size - start);
    return (Pages){start, (size + page - 1) & mask};
}

/* Writes the window by changing the protection of its pages, or else of all: that splits no mapping, of
 * which a process may have only so many. Returns 0 or -1. */
static int
write_by_protection(void)
{
    Pages all = {views.base, views.executable}, some = pages_of_window();
    if (!protect(some, PROT_READ | PROT_EXEC)) { /* as it is: if that is refused, it would be afterwards as well */
        return -1;
    }
    bool writable = protect(some, PROT_READ | PROT_WRITE);
    if (!writable) { /* perhaps in part */
        some = all;
        writable = protect(some, PROT_READ | PROT_WRITE);
    }
    if (writable) {
        memcpy(window.at, window.bytes, window.size);
    }
    bool executable = protect(some, PROT_READ | PROT_EXEC) || protect(all, PROT_READ | PROT_EXEC);
    if (!executable && (views.writable == NULL || unshare_views() < 0)) {
        Py_FatalError("pyjit: cannot make code memory executable again");
    }
    return writable ? 0 : -1;
}

/* Has the system write the window, which does not ask for a page's protection but may have been told never to do so.
 * Returns 0 or -1. */
static int
write_by_system(void)
{
    int file = open("/proc/self/mem", O_WRONLY | O_CLOEXEC);
    if (file < 0) {
        return -1;
    }
    ssize_t written = pwrite(file, window.bytes, window.size, (off_t)(uintptr_t)window.at);
    close(file);
    serialize();
    return written == (ssize_t)window.size ? 0 : -1;
}

/* Writes the window through the second view. Returns 0 or -1. */
static int
write_by_view(void)
{
    memcpy(views.writable + (window.at - views.base), window.bytes, window.size);
    if (memcmp(window.at, window.bytes, window.size) != 0) { /* a debugger has given the process pages of its own */
        return write_by_protection();
    }
    serialize();
    return 0;
}

/* ---- the window -------------------------------------------------------------------------------- */

/* Makes the window cover [at, at + size), what is new in it being read from code memory. False when out
 * of memory. */
static bool
cover(uint8_t *at, size_t size)
{
    if (size > window.capacity) {
        size_t capacity = Py_MAX(size, WINDOW_MOST);
        uint8_t *bytes = pj_realloc(window.bytes, capacity);
        if (bytes == NULL) {
            return false;
        }
        window.bytes = bytes;
        window.capacity = capacity;
    }
    if (window.size == 0) {
        memcpy(window.bytes, at, size);
    } else {
        size_t before = (size_t)(window.at - at), after = size - before - window.size;
        memmove(window.bytes + before, window.bytes, window.size);
        memcpy(window.bytes, at, before);
        memcpy(window.bytes + before + window.size, window.at + window.size, after);
    }
    window.at = at;
    window.size = size;
    return true;
}

/* Notes a write. */
int
codemem_write(uint8_t *at, const void *bytes, size_t size)
{
    uint8_t *start = at, *end = at + size;
    if (size == 0) {
        return 0;
    }
    if (window.size > 0) {
        start = Py_MIN(start, window.at);
        end = Py_MAX(end, window.at + window.size);
        if ((size_t)(end - start) > Py_MIN(window.size + size + GAP_MOST, WINDOW_MOST)) {
            if (codemem_flush() < 0) {
                return -1;
            }
            start = at;
            end = at + size;
        }
    }
    if (!cover(start, (size_t)(end - start))) {
        window.size = 0;
        return -1;
    }
    memcpy(window.bytes + (at - window.at), bytes, size);
    return 0;
}

/* Writes the window in the best way there is. Returns 0 or -1. */
static int
write_window(void)
{
    if (views.shared && ++views.apart > WRITES_APART && unshare_views() < 0) {
        views.apart = 0;
    }
    return views.writable != NULL && !views.shared ? write_by_view() : write_by_protection();
}

/* Empties the window, which has been written or not. */
static void
close_window(void)
{
    __builtin___clear_cache((char *)window.at, (char *)window.at + window.size);
    window.size = 0;
}

/* Writes what has been noted. */
int
codemem_flush(void)
{
    if (window.size == 0) {
        return 0;
    }
    int result = fault_now() ? -1 : write_window();
    close_window();
    return result;
}

/* Writes at once what must not stay as it is. */
void
codemem_overwrite(uint8_t *at, const void *bytes, size_t size)
{
    assert(window.size == 0 && size <= window.capacity);
    window.at = at;
    window.size = size;
    memcpy(window.bytes, bytes, size);
    bool written = write_window() == 0 || write_by_system() == 0 ||
                   (views.writable != NULL && unshare_views() == 0 && write_window() == 0);
    if (!written) {
        Py_FatalError("pyjit: code memory cannot be written");
    }
    close_window();
}

/* Gets the next bytes ready for being executed and written. */
int
codewriter_commit(uint8_t *start, size_t size)
{
    if (mprotect(start, size, PROT_READ | PROT_EXEC) != 0) {
        return -1;
    }
    views.executable += size;
    if (views.writable != NULL && !views.shared) {
        size_t before = views.executable - size;
        if (before == 0) {
            size = Py_MIN(size, FIRST_BYTES);
        } else {
            (void)madvise(views.writable, before, MADV_DONTNEED); /* would count as resident twice */
        }
        (void)madvise(views.writable + before, size, MADV_POPULATE_WRITE);
    }
    return 0;
}

/* Lets go of code memory, from which nothing has been executed. */
void
codewriter_end(void)
{
    if (views.writable != NULL) {
        munmap(views.writable, views.size);
    }
    memset(&views, 0, sizeof views);
}
