/* The frame evaluator's absence: where hardly anything is executed twice, the interpreter runs without one. */
#ifndef PYJIT_AWAY_H
#define PYJIT_AWAY_H

#include "pyjit/code.h"

/* Has forked processes noticed, and threads that the program starts. Returns 0 or -1. */
int away_init(void);

/* Is this the code by which CPython looks for a module and imports it? */
bool away_is_search(const PyCodeObject *code);

/* Is the evaluator to be away for this frame, which the interpreter is about to run? Yes for modules being imported,
 * while a trace or profile function is set, and in forked processes until something is hot; if there are no other threads
 * and nobody else wants an evaluator. */
bool away_suits(const PyThreadState *tstate, const _PyInterpreterFrame *frame);

/* Takes the evaluator away for a frame that is being watched (interpret.h), until away_end(). */
void away_begin(PyThreadState *tstate, const _PyInterpreterFrame *frame);

/* The frame for which away_begin() was called is done. */
void away_end(const _PyInterpreterFrame *frame);

/* Puts the evaluator back, if it is away, and ends the process's youth: what is executed is to count. */
void away_over(void);

/* Is the evaluator away? */
bool away_now(void);

/* A tick has found this frame running while the evaluator is away. If its code is hot, or what was traced no longer is,
 * puts the evaluator back: true. */
bool away_tick(const PyThreadState *tstate, const _PyInterpreterFrame *frame);

/* A tick has found the main thread not running, but perhaps another one. Called by the sampler's thread, without the GIL. */
void away_tick_idle(bool another);

#endif
