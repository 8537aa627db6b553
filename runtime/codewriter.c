/* Writing to code memory whose pages are never writable and executable at once.
 *
 * Owns the window: a stretch of code memory with its new content, in which near writes are collected
 * so that they cost one system call. There are two ways to bring it there:
 *
 * - through /proc/self/mem, where the kernel writes to private pages whatever their protection. One
 *   system call, and no page ever becomes writable;
 * - where that is not to be had, by making the pages writable, copying, and making them executable
 *   again. Under the GIL no thread executes code meanwhile.
 *
 * Everything runs under the GIL. */
#include "pyjit/codemem.h"

#include "cpython/interface.h"
#include "pyjit/memory.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define GAP_MOST ((size_t)4 << 10)     /* bytes between two writes that one call still covers */
#define WINDOW_MOST ((size_t)32 << 10) /* bytes */

static struct {
    uint8_t *at; /* in code memory */
    size_t size; /* bytes; 0: nothing is noted */
    uint8_t *bytes;
    size_t capacity;
} window;

/* ---- through the file of this process's memory ------------------------------------------------- */

static struct {
    int file; /* -1: not in use */
    dev_t device;
    ino_t inode;
    volatile char *same_process; /* on a page that reads as zero in a child after a fork */
} own = {.file = -1};

/* Closes the file for good or until it is opened again. */
static void
close_own(void)
{
    if (own.file >= 0) {
        close(own.file);
        own.file = -1;
    }
}

/* Opens the file, with a high number that programs do not see where they expect a low one. */
static void
open_own(void)
{
    struct rlimit limit;
    struct stat status;
    int low = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
    if (low < 0) {
        return;
    }
    int wanted = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 1024 ? (int)limit.rlim_cur : 1024;
    own.file = fcntl(low, F_DUPFD_CLOEXEC, wanted > 64 ? wanted - 64 : 3);
    close(low);
    if (own.file >= 0 && fstat(own.file, &status) == 0) {
        own.device = status.st_dev;
        own.inode = status.st_ino;
    } else {
        close_own();
    }
}

/* Is the file still the one that was opened? The program may have closed it and reused its number. */
static bool
is_own(void)
{
    struct stat status;
    return fstat(own.file, &status) == 0 && status.st_dev == own.device && status.st_ino == own.inode;
}

/* Writes the window. False if that has not worked; then it is not tried again. */
static bool
write_by_file(void)
{
    if (own.file < 0) {
        return false;
    }
    if (!*own.same_process) { /* after a fork it is the parent's memory */
        if (is_own()) {
            close(own.file);
        }
        own.file = -1;
        open_own();
        *own.same_process = 1;
    } else if (!is_own()) {
        own.file = -1;
        open_own();
    }
    if (own.file >= 0 &&
        pwrite(own.file, window.bytes, window.size, (off_t)(uintptr_t)window.at) == (ssize_t)window.size &&
        memcmp(window.at, window.bytes, window.size) == 0) {
        return true;
    }
    close_own();
    return false;
}

/* Does the file show this page as it is? Emulators may show another process's memory. */
static bool
file_shows(const uint8_t *page)
{
    uint8_t seen[64];
    return pread(own.file, seen, sizeof seen, (off_t)(uintptr_t)page) == (ssize_t)sizeof seen &&
           memcmp(seen, page, sizeof seen) == 0;
}

/* ---- by changing the protection of pages ------------------------------------------------------- */

/* Writes the window. Returns 0 or -1. */
static int
write_by_protection(void)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), mask = ~(page - 1);
    uintptr_t first = (uintptr_t)window.at & mask;
    uintptr_t end = ((uintptr_t)window.at + window.size + page - 1) & mask;
    if (mprotect((void *)first, end - first, PROT_READ | PROT_WRITE) != 0) {
        return -1;
    }
    memcpy(window.at, window.bytes, window.size);
    if (mprotect((void *)first, end - first, PROT_READ | PROT_EXEC) != 0) {
        Py_FatalError("pyjit: cannot make code memory executable again");
    }
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

/* Writes the window and empties it. Returns 0 or -1. */
static int
write_window(void)
{
    int result = write_by_file() ? 0 : write_by_protection();
    __builtin___clear_cache((char *)window.at, (char *)window.at + window.size);
    window.size = 0;
    return result;
}

/* Writes what has been noted. */
int
codemem_flush(void)
{
    if (window.size == 0) {
        return 0;
    }
    if (fault_now()) {
        window.size = 0;
        return -1;
    }
    return write_window();
}

/* Writes at once what must not stay as it is. */
void
codemem_overwrite(uint8_t *at, const void *bytes, size_t size)
{
    assert(window.size == 0 && size <= window.capacity);
    window.at = at;
    window.size = size;
    memcpy(window.bytes, bytes, size);
    if (write_window() < 0) {
        Py_FatalError("pyjit: code memory cannot be written");
    }
}

/* Finds out how code memory can be written. */
int
codewriter_init(uint8_t *page)
{
    static const char mark[64] = "pyjit: code memory";
    if (codemem_write(page, mark, sizeof mark) < 0 || fault_now() || write_by_protection() < 0) {
        window.size = 0;
        return -1;
    }
    char *shared = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
#if defined(MADV_WIPEONFORK)
    if (shared != MAP_FAILED && madvise(shared, (size_t)sysconf(_SC_PAGESIZE), MADV_WIPEONFORK) == 0) {
        own.same_process = shared;
        *own.same_process = 1;
        open_own();
        if (own.file >= 0 && (!file_shows(page) || !write_by_file())) {
            close_own();
        }
    }
#endif
    if (own.file < 0 && shared != MAP_FAILED) {
        munmap(shared, (size_t)sysconf(_SC_PAGESIZE));
    }
    window.size = 0;
    return 0;
}
