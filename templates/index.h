/* Indices that are not known before. */
#ifndef PYJIT_INDEX_H
#define PYJIT_INDEX_H

/* Declares `at`, the place of an index among `size` items. That it counts from the end, being less than 0, is unlikely: the usual way
 * has one test. */
#define PLACE(at, index, size, rare)                                                               \
    int64_t at = index;                                                                            \
    if (unlikely((uint64_t)at >= (uint64_t)(size))) {                                              \
        at += (size);                                                                              \
        if (unlikely((uint64_t)at >= (uint64_t)(size))) LEAVE(rare);                               \
    }

#endif
