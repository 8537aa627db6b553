/* Liveness: which locals may still be read, at the targets of jumps. What is known about others there is
 * of no use and would only tell versions apart. Knows bytecode only. */
#ifndef PYJIT_LIVENESS_H
#define PYJIT_LIVENESS_H

#include "pyjit/decode.h"

#include <stdint.h>

/* Locals by number, of those that contexts describe. */
typedef uint64_t LocalSet;

typedef struct {
    int offset; /* code units */
    LocalSet live;
} LivePoint;

/* What is assigned to locals. */
typedef struct {
    LocalSet any;   /* something, anywhere */
    LocalSet items; /* the items of a loop */
} Assigned;

/* The jump targets among the `count` units of bytecode in order of offset, each with the locals that may
 * be read before they are written on some way from there, exceptions not considered. `targets` is a bit set
 * of the offsets that are jumped to, *found is their number. The caller frees
 * the result with pj_free; NULL when out of memory. */
LivePoint *liveness_find(const _Py_CODEUNIT *units, int count, const uint8_t *targets, int *found, Assigned *assigned);

/* The locals live at a jump target; all of them if it is not among the points. */
LocalSet liveness_at(const LivePoint *points, int count, int offset);

/* Is the local, of the `unit_count` units of bytecode with these `count` points, certainly not read again from this offset on
 * before it is written, exceptions not considered? Looks a few instructions ahead, as far as the next jump targets. */
bool liveness_is_dead(const _Py_CODEUNIT *units, int unit_count, const LivePoint *points, int count, int offset, int local);

#endif
