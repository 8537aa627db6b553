/* Counters of what pyjit has done in this process. Counting is a plain add under the GIL. */
#ifndef PYJIT_STATS_H
#define PYJIT_STATS_H

#include "cpython/interface.h"

/* name, what it counts */
#define STATS_COUNTERS(X)                                                                          \
    X(codes_compiled, "code objects with a compiled block")                                        \
    X(refused, "code objects left to the interpreter for good")                                    \
    X(abandoned, "compilations given up for want of memory")                                       \
    X(blocks_compiled, "block versions compiled")                                                  \
    X(versions_generic, "of these, generic versions")                                              \
    X(deferred_blocks, "of these, ended to wait for live types")                                   \
    X(bytecodes_compiled, "bytecodes compiled, in each version again")                             \
    X(bytes_bytecode, "bytes of bytecode compiled, in each version again")                         \
    X(bytes_hot, "bytes of hot code")                                                              \
    X(bytes_cold, "bytes of cold code")                                                            \
    X(compile_ns, "nanoseconds spent compiling")                                                   \
    X(guard_exits, "guards that failed into the compiler")                                         \
    X(branch_exits, "other branches that reached the compiler")                                    \
    X(error_exits, "exceptions raised in compiled code")                                           \
    X(release_exits, "objects freed by compiled code")                                             \
    X(checks, "looks at what happened while other code ran")                                       \
    X(safepoints, "times the eval breaker was seen to")                                            \
    X(executions_cold, "executions of code that was not hot, by the interpreter")                   \
    X(imports, "modules imported without the frame evaluator")                                     \
    X(traced_frames, "frames run without the frame evaluator while they were traced")               \
    X(young_frames, "frames run without the frame evaluator in young processes")                    \
    X(entries, "frames entered from C")                                         \
    X(cold_runs, "stretches of cold code run bytecode by bytecode")                                \
    X(calls_in_place, "calls of functions compiled in place")                                      \
    X(inline_frames, "times their frames had to be pushed after all")                              \
    X(frames_taken, "frames taken over from the interpreter, a loop being hot")                     \
    X(exits_to_interpreter, "frames handed back to the interpreter")

typedef struct {
#define MEMBER(name, help) uint64_t name;
    STATS_COUNTERS(MEMBER)
#undef MEMBER
} Stats;

extern Stats pyjit_stats;

#define STAT(name) (pyjit_stats.name++)
#define STAT_ADD(name, amount) (pyjit_stats.name += (uint64_t)(amount))

/* Counts a code object refused, or a frame handed back, by its reason (static text), besides the
 * counters `refused` and `exits_to_interpreter`, which these add to themselves. */
void stats_count_refusal(const char *reason);
void stats_count_exit(const char *reason);

/* New dict: each counter by name, "code_memory_used" and "code_memory_committed" (bytes),
 * "refusals" and "exits" (dicts of counts by reason). NULL with an exception set on failure. */
PyObject *stats_as_dict(void);

/* Prints the counters that are not zero as a table on stderr; needs no interpreter. */
void stats_print(void);

#endif
