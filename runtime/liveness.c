/* Liveness of locals at jump targets, by iterating over the bytecode backwards until nothing changes.
 * Owns no state. */
#include "pyjit/liveness.h"

#include "pyjit/memory.h"

#define ALL ((LocalSet)-1)
#define LOCALS ((int)sizeof(LocalSet) * 8)

/* The set of one local, empty if it is beyond what a set holds. */
static LocalSet
set_of(int local)
{
    return local < LOCALS ? (LocalSet)1 << local : 0;
}

/* The point at an offset, NULL if none. */
static LivePoint *
find_point(LivePoint *points, int count, int offset)
{
    int low = 0, high = count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (points[middle].offset < offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && points[low].offset == offset ? &points[low] : NULL;
}

/* The locals live at a jump target. */
LocalSet
liveness_at(const LivePoint *points, int count, int offset)
{
    const LivePoint *point = find_point((LivePoint *)points, count, offset);
    return point == NULL ? ALL : point->live;
}

/* Does execution never go on with the following instruction? */
static bool
ends_path(int opcode)
{
    switch (opcode) {
    case RETURN_VALUE:
    case RAISE_VARARGS:
    case RERAISE:
    case JUMP_FORWARD:
    case JUMP_BACKWARD:
    case JUMP_BACKWARD_NO_INTERRUPT:
        return true;
    default:
        return false;
    }
}

/* What is live before an instruction, given what is live after it. */
static LocalSet
before(const Instr *in, LocalSet live, LivePoint *points, int count)
{
    if (ends_path(in->opcode)) {
        live = 0;
    }
    int target = decode_jump_target(in);
    if (target >= 0) {
        const LivePoint *point = find_point(points, count, target);
        live |= point == NULL ? ALL : point->live;
    }
    switch (in->opcode) {
    case STORE_FAST:
        return live & ~set_of(in->oparg);
    case LOAD_FAST:
    case DELETE_FAST:
    case LOAD_CLOSURE:
    case LOAD_DEREF:
    case STORE_DEREF:
    case DELETE_DEREF:
    case LOAD_CLASSDEREF:
    case MAKE_CELL:
        return live | set_of(in->oparg);
    default:
        return live;
    }
}

/* One pass over the instructions that start at `starts`. Returns whether anything has changed. */
static bool
pass(const _Py_CODEUNIT *units, const int *starts, int instructions, LivePoint *points, int count)
{
    bool changed = false;
    LocalSet live = 0;
    LivePoint *point = points + count - 1;
    for (int i = instructions - 1; i >= 0; i--) {
        Instr in = decode_at(units, starts[i]);
        live = before(&in, live, points, count);
        if (point >= points && point->offset == starts[i]) {
            changed |= point->live != live;
            point->live = live;
            point--;
        }
    }
    return changed;
}

/* The jump targets with their live locals. */
LivePoint *
liveness_find(const _Py_CODEUNIT *units, int count, const uint8_t *targets, int *found)
{
    int *starts = pj_malloc(((size_t)count + 1) * sizeof *starts);
    if (starts == NULL) {
        return NULL;
    }
    int instructions = 0, points_count = 0;
    for (int at = 0; at < count; at = decode_at(units, at).next) {
        starts[instructions++] = at;
        points_count += targets[at >> 3] >> (at & 7) & 1;
    }
    LivePoint *points = pj_calloc((size_t)points_count + 1, sizeof *points);
    if (points != NULL) {
        int number = 0;
        for (int i = 0; i < instructions; i++) {
            int at = starts[i];
            if (targets[at >> 3] >> (at & 7) & 1) {
                points[number++].offset = at;
            }
        }
        while (points_count > 0 && pass(units, starts, instructions, points, points_count)) {
        }
        *found = points_count;
    }
    pj_free(starts);
    return points;
}
