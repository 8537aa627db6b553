/* What the environment asks of pyjit. Read once; PYJIT itself (on or off) is the Python package's. */
#ifndef PYJIT_SETTINGS_H
#define PYJIT_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SETTINGS_DEFAULT_THRESHOLD 500
#define SETTINGS_LATE_THRESHOLD 100 /* by default, once the program has run for a while */
#define SETTINGS_LATE 150000        /* so many executions of code that was not hot */
#define SETTINGS_LOOP_HEAT 64   /* with a lower threshold, that */
#define SETTINGS_BRANCH_HEAT 8 /* with a lower threshold, that */
#define SETTINGS_DEFAULT_TICK 4000
#define SETTINGS_DEFAULT_CODE_LIMIT ((size_t)64 << 20)

typedef struct {
    int threshold;     /* PYJIT_THRESHOLD: the execution of a code object that compiles it, from 1 */
    int late_threshold; /* the same, once the program has run for a while (SETTINGS_LATE) */
    int loop_heat;     /* which time a loop's head is reached in cold code compiles it */
    int branch_heat;   /* which time a way out of compiled code is taken compiles what is there */
    int tick;          /* PYJIT_TICK: microseconds between looks at what the interpreter does; 0: none */
    size_t code_limit; /* PYJIT_CODE_LIMIT: most bytes of code memory */
    bool stats;        /* PYJIT_STATS: print the counters when the process ends */
    const char *log;   /* PYJIT_LOG: where to log, a path or "stderr"; NULL: nowhere */
    uint64_t fault_at; /* PYJIT_FAULT: the allocation to fail, from 1; 0: none */
    bool fault_after;  /* fail all later ones too */
    bool verify;       /* PYJIT_VERIFY: debug builds check contexts at every bytecode (verify.h) */
} Settings;

/* Reads the environment. A value that makes no sense costs one line on stderr and leaves the
 * default; nothing is honoured when the interpreter ignores the environment (-E, -I). */
void settings_read(void);

/* The settings as read, the defaults before. */
const Settings *settings_get(void);

#endif
