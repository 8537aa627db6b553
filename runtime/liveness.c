/* Liveness of locals at jump targets, by going over the bytecode backwards until nothing changes.
 * Owns no state. */
#include "pyjit/liveness.h"

#include "pyjit/memory.h"

#define AHEAD_MOST 8 /* instructions */
#define ALL ((LocalSet)-1)
#define LOCALS ((int)sizeof(LocalSet) * 8)

/* What matters here of an instruction. */
typedef struct {
    int point;          /* number of the jump target that it is, -1: none */
    int jump;           /* number of the one it jumps to, -1: none */
    int8_t reads, sets; /* the local that it reads, that it sets; -1: none, or one beyond what a set holds */
    bool ends;          /* execution never goes on with the following instruction */
} Event;

/* The number of the point at an offset, -1 if there is none. */
static int
find_point(const LivePoint *points, int count, int offset)
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
    return low < count && points[low].offset == offset ? low : -1;
}

/* The locals live at a jump target. */
LocalSet
liveness_at(const LivePoint *points, int count, int offset)
{
    int point = find_point(points, count, offset);
    return point < 0 ? ALL : points[point].live;
}

/* What an instruction does to the sets, but for its point. False if it is nothing. */
static bool
note(Event *event, const Instr *in)
{
    int8_t local = (int8_t)(in->oparg < LOCALS ? in->oparg : -1);
    *event = (Event){.point = -1, .jump = -1, .reads = -1, .sets = -1};
    switch (in->opcode) {
    case STORE_FAST:
        event->sets = local;
        return true;
    case LOAD_FAST:
    case DELETE_FAST:
    case LOAD_CLOSURE:
    case LOAD_DEREF:
    case STORE_DEREF:
    case DELETE_DEREF:
    case LOAD_CLASSDEREF:
    case MAKE_CELL:
        event->reads = local;
        return true;
    case RETURN_VALUE:
    case RAISE_VARARGS:
    case RERAISE:
    case JUMP_FORWARD:
    case JUMP_BACKWARD:
    case JUMP_BACKWARD_NO_INTERRUPT:
        event->ends = true;
        return true;
    default:
        return false;
    }
}

/* Is the local certainly not read again before it is written? */
bool
liveness_is_dead(const _Py_CODEUNIT *units, int unit_count, const LivePoint *points, int count, int offset, int local)
{
    if (local >= LOCALS) {
        return false;
    }
    for (int i = 0; i < AHEAD_MOST; i++) {
        if (offset >= unit_count) {
            return true; /* after what never goes on */
        }
        Instr in = decode_at(units, offset);
        Event event;
        note(&event, &in);
        int target = decode_jump_target(&in);
        if (event.sets == local) {
            return true;
        }
        if (event.reads == local || (target >= 0 && liveness_at(points, count, target) >> local & 1)) {
            return false;
        }
        if (event.ends) {
            return true;
        }
        offset = in.next;
    }
    return false;
}

/* Notes what an instruction assigns; *items is how many of the next ones assign items of a loop. */
static void
note_assigned(Assigned *assigned, const Instr *in, int *items)
{
    LocalSet local = in->opcode == STORE_FAST && in->oparg < LOCALS ? (LocalSet)1 << in->oparg : 0;
    assigned->any |= local;
    if (in->opcode == FOR_ITER) {
        *items = 1;
    } else if (in->opcode == UNPACK_SEQUENCE && *items > 0) {
        *items += (int)in->oparg - 1;
    } else if (*items > 0) {
        assigned->items |= local;
        --*items;
    }
}

/* Collects the events, at most one for each instruction. Returns how many there are; *backwards: is there a jump
 * backwards? */
static int
collect(Event *events, const _Py_CODEUNIT *units, int count, const uint8_t *targets, const LivePoint *points,
        int point_count, bool *backwards, Assigned *assigned)
{
    int found = 0, next_point = 0, items = 0;
    for (int at = 0; at < count;) {
        Instr in = decode_at(units, at);
        Event *event = &events[found];
        bool matters = note(event, &in);
        note_assigned(assigned, &in, &items);
        int target = decode_jump_target(&in);
        if (target >= 0) {
            event->jump = find_point(points, point_count, target);
            *backwards |= target <= at;
            matters = true;
        }
        if (targets[at >> 3] >> (at & 7) & 1) {
            event->point = next_point++;
            matters = true;
        }
        found += matters;
        at = in.next;
    }
    return found;
}

/* Goes over the events once. Returns whether anything has changed. */
static bool
pass(const Event *events, int count, LivePoint *points)
{
    bool changed = false;
    LocalSet live = 0;
    for (const Event *event = events + count - 1; event >= events; event--) {
        live = event->ends ? 0 : live;
        if (event->jump >= 0) {
            live |= points[event->jump].live;
        }
        if (event->sets >= 0) {
            live &= ~((LocalSet)1 << event->sets);
        }
        if (event->reads >= 0) {
            live |= (LocalSet)1 << event->reads;
        }
        if (event->point >= 0) {
            changed |= points[event->point].live != live;
            points[event->point].live = live;
        }
    }
    return changed;
}

/* The jump targets with their live locals. */
LivePoint *
liveness_find(const _Py_CODEUNIT *units, int count, const uint8_t *targets, int *found, Assigned *assigned)
{
    int point_count = 0;
    for (int i = 0; i <= count / 8; i++) {
        point_count += __builtin_popcount(targets[i]);
    }
    LivePoint *points = pj_calloc((size_t)point_count + 1, sizeof *points);
    Event *events = pj_malloc(((size_t)count + 1) * sizeof *events);
    if (points == NULL || events == NULL) {
        pj_free(points);
        pj_free(events);
        return NULL;
    }
    for (int i = 0, number = 0; i <= count / 8; i++) {
        for (unsigned rest = targets[i]; rest != 0; rest &= rest - 1) {
            points[number++].offset = i * 8 + __builtin_ctz(rest);
        }
    }
    bool backwards = false;
    int event_count = collect(events, units, count, targets, points, point_count, &backwards, assigned);
    while (point_count > 0 && pass(events, event_count, points) && backwards) {
    }
    pj_free(events);
    *found = point_count;
    return points;
}
