/* A thread that asks, once in a while, what the interpreter is doing. It sleeps while there is nothing to see. */
#ifndef PYJIT_SAMPLER_H
#define PYJIT_SAMPLER_H

#include "cpython/interface.h"

/* Starts the thread if it does not run. From then on, as long as something is being watched and the calling thread (the
 * main one) has the GIL, `look` is called as a pending call (Py_AddPendingCall) every PYJIT_TICK microseconds, or more
 * rarely if there is nothing to see; it must call sampler_answered. While that thread has not the GIL, `idle` is called ever more
 * rarely, and told whether another one has it, by the sampler's thread, with the lock held. False if there is no thread to be
 * had, or none is wanted. */
bool sampler_start(int (*look)(void *), void (*idle)(bool another));

/* What the sampler's thread does, it does with this lock. */
void sampler_lock(void);
void sampler_unlock(void);

/* So many things are being watched now. */
void sampler_watch(int count);

/* What there was to see. */
typedef enum {
    SAMPLE_NOTHING, /* ticks become rarer */
    SAMPLE_SEEN,
} Sample;

/* The question has been answered. */
void sampler_answered(Sample sample);

#endif
