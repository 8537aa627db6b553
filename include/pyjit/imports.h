/* Imports: modules that are being imported are run by the interpreter without a frame evaluator. */
#ifndef PYJIT_IMPORTS_H
#define PYJIT_IMPORTS_H

#include "pyjit/code.h"

/* Is this frame, which is about to be run, that of a module being imported? */
bool imports_is_one(const _PyInterpreterFrame *frame);

/* Such a frame is about to be run by the interpreter. If nothing else wants the frame evaluator, takes it away until
 * imports_end(). True if so. */
bool imports_begin(PyThreadState *tstate, const _PyInterpreterFrame *frame);

/* The frame for which imports_begin() was true is done. */
void imports_end(const _PyInterpreterFrame *frame);

/* Is the frame evaluator away for an import? */
bool imports_running(void);

/* A tick has found this frame running while the evaluator is away. If its code is hot, puts the evaluator back: true. */
bool imports_tick(const _PyInterpreterFrame *frame);

#endif
