/* _PyCFrame: the C side of a stretch of Python frames. CPython's interpreter has one for each of its runs, and pyjit one for
 * each time that compiled code is entered through the frame evaluator. Those of pyjit are marked. */
#ifndef PYJIT_CFRAME_H
#define PYJIT_CFRAME_H

#include "cpython/interface.h"

#include <stdbool.h>
#include <stddef.h>

/* The mark takes the padding behind use_tracing; it goes with the address, and is gone when the memory becomes another's. */
typedef volatile uint64_t __attribute__((may_alias)) CFrameHead;

static_assert(offsetof(_PyCFrame, use_tracing) == 0 && sizeof(((_PyCFrame *)0)->use_tracing) == 1 &&
                  offsetof(_PyCFrame, current_frame) == 8 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "use_tracing is followed by seven bytes of padding");

/* What such a one begins with, but for use_tracing. */
static inline uint64_t
cframe_mark(const _PyCFrame *cframe)
{
    return ((uint64_t)(uintptr_t)cframe ^ UINT64_C(0x5a6b9c3d78)) << 8;
}

/* Begins one for a frame that is to run. */
static inline void
cframe_begin(_PyCFrame *cframe, _PyCFrame *outer, _PyInterpreterFrame *frame)
{
    *(CFrameHead *)cframe = cframe_mark(cframe) | outer->use_tracing;
    cframe->previous = outer;
    cframe->current_frame = frame;
}

/* Ends it. Returns the outer one, which has been told whether there is tracing now. */
static inline _PyCFrame *
cframe_end(_PyCFrame *cframe)
{
    cframe->previous->use_tracing = cframe->use_tracing;
    *(CFrameHead *)cframe = 0;
    return cframe->previous;
}

/* Is it pyjit's? */
static inline bool
cframe_is_own(const _PyCFrame *cframe)
{
    return (*(const CFrameHead *)cframe & ~UINT64_C(0xff)) == cframe_mark(cframe);
}

#endif
