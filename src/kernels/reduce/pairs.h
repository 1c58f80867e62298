/*
 * pairs.h - partial results merged pairwise, like a binary counter: level k holds the result of 2^k blocks or nothing.
 * The pairs depend on the number of blocks alone, and pieces of 2^k blocks each give the same pairs as one piece would.
 */
#ifndef OPTLAB_KERNELS_REDUCE_PAIRS_H
#define OPTLAB_KERNELS_REDUCE_PAIRS_H

#include <stdbool.h>
#include <string.h>

#include "kernels/reduce/reduce_kernels.h"

#define PAIRS_LEVELS 48 /* 2^48 blocks */

/* Of w sequences side by side. */
typedef struct Pairs {
  int64_t w;
  uint64_t count;
  Partial *level; /* [PAIRS_LEVELS][w] */
} Pairs;

/* Takes in w results of the next block; they are overwritten. */
static inline void pairs_push(const ReduceOp *op, Pairs *s, Partial *result) {
  const size_t bytes = (size_t)s->w * sizeof *result;
  Partial *level = s->level;
  for (uint64_t left = s->count++; left & 1; left >>= 1, level += s->w) {
    op->merge(s->w, level, result);
    memcpy(result, level, bytes);
  }
  memcpy(level, result, bytes);
}

/* Writes w results of all blocks; there was at least one. */
static inline void pairs_finish(const ReduceOp *op, Pairs *s, Partial *result) {
  bool first = true;
  Partial *level = s->level;
  for (uint64_t left = s->count; left; left >>= 1, level += s->w) {
    if ((left & 1) == 0) continue;
    if (!first) op->merge(s->w, level, result);
    memcpy(result, level, (size_t)s->w * sizeof *result);
    first = false;
  }
}

#endif
