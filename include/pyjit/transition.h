/* Transitions: code that makes one context into another, so that a path may join a block version
 * that was compiled for somewhat different knowledge. */
#ifndef PYJIT_TRANSITION_H
#define PYJIT_TRANSITION_H

#include "pyjit/block.h"

#define TRANSITION_IMPOSSIBLE (-1)

/* What it costs to go from one context to the other: moves and loads are cheap, boxing is dear, lost
 * knowledge is dearer. TRANSITION_IMPOSSIBLE when `to` knows more than `from`. */
int transition_cost(const Context *from, const Context *to);

/* Emits the transition from the block's context to `to`, which becomes the block's context. */
void transition_emit(Block *b, const Context *to);

/* Moves between registers, made as if all at once: by register the one whose value comes there, -1 for none. */
typedef struct {
    int ints[INT_REGISTERS], floats[FLOAT_REGISTERS];
} RegisterMoves;

RegisterMoves moves_none(void);
void moves_emit(Block *b, RegisterMoves *moves);

#endif
