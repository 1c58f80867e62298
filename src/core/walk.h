/*
 * walk.h - visiting the elements of several windows of one shape together: the one way through strided memory.
 *
 * A Walk is made from up to four operands. Dimensions of size 1 are left out, and neighbours that lie one after the
 * other in every operand are merged, so that contiguous operands become one dimension. The innermost dimension is a
 * run: kernels get a pointer per operand, a length, and a stride per operand. There are two ways to go:
 *
 *   blocks     for kernels that treat each element alone. The order is the walk's own: it follows the memory of operand
 *              0 and goes tile by tile where another operand lies across it (a transposed copy). Blocks can be shared
 *              among threads.
 *                  walk_any_order(&w, 3, t);
 *                  walk_share(&w, body, ctx);        body calls walk_blocks, which calls the kernel for each run
 *
 *   a cursor   for sequences: element 0, 1, 2, ... in the order of the dimensions that the walk has.
 *                  walk_row_major(&w, 1, t);
 *                  for (walk_seek(&w, 1, w.data, 0, &c); n > 0; walk_on(&w, 1, &c, 1), n--) ... c.at[0] ...
 */
#ifndef OPTLAB_CORE_WALK_H
#define OPTLAB_CORE_WALK_H

#include "base/simd.h"
#include "core/tensor.h"

#define WALK_MAX_OPERANDS 4

typedef struct Walk {
  int operands;
  int ndim;      /* the last dimension is the run; at least 1 when the walk is ready */
  int64_t numel; /* elements to visit */
  int64_t shape[TENSOR_MAX_DIM];
  int64_t stride[TENSOR_MAX_DIM][WALK_MAX_OPERANDS]; /* in elements; 0 where an operand is broadcast */
  int64_t size[WALK_MAX_OPERANDS];                   /* bytes per element */
  char *data[WALK_MAX_OPERANDS];
  /* A block is `rows` pieces of runs, neighbours along the last dimension but one, of `length` elements. */
  int64_t rows, length;
  int64_t count[TENSOR_MAX_DIM];                   /* of blocks along a dimension; of elements for a cursor */
  int64_t jump[TENSOR_MAX_DIM][WALK_MAX_OPERANDS]; /* from one to the next, in bytes */
  int inner;                                       /* the innermost dimension with more than one block; -1: none */
} Walk;

/* Where a walk is: at[k] points at operand k's element. */
typedef struct WalkCursor {
  int64_t index[TENSOR_MAX_DIM];
  char *at[WALK_MAX_OPERANDS];
} WalkCursor;

/* n elements of a run; stride[k] is operand k's, in elements. */
typedef void WalkRun(void *ctx, int64_t n, char *const *at, const int64_t *stride);

/* --- making one ----------------------------------------------------------------------------------------------- */

/* Over t[0]'s shape, to which the others broadcast; t[0] has at least one element. For walk_share and walk_blocks. */
void walk_any_order(Walk *w, int operands, const Tensor *const *t);

/* The same for a cursor; element i is the i-th, counted row by row. Of an empty t[0] there is nothing to visit. */
void walk_row_major(Walk *w, int operands, const Tensor *const *t);

/* By hand, for a cursor: start, name the operands, add dimensions from the outermost to the innermost, sort them if
 * the order may change, and finish. */
void walk_start(Walk *w, int operands);
void walk_operand(Walk *w, int k, void *data, int64_t size); /* size: bytes per element */
void walk_add(Walk *w, int64_t n, const int64_t *stride);    /* a size of 1 is left out */
void walk_sort(Walk *w);                                     /* by operand 0's strides, equal ones in order */
void walk_finish(Walk *w);                                   /* merges dimensions */

/* --- blocks ----------------------------------------------------------------------------------------------------- */

int64_t walk_count(const Walk *w); /* the number of blocks */

/* Calls body(ctx, begin, end) for ranges of blocks, on several threads if there are enough elements. */
void walk_share(const Walk *w, void (*body)(void *ctx, int64_t begin, int64_t end), void *ctx);

/* --- going along (inlined, so that the number of operands and the kernel are constants) ------------------------- */

/* Sets the cursor to a position, for operands that begin at base[0], base[1], ... */
INLINE void walk_seek(const Walk *w, int operands, char *const *base, int64_t position, WalkCursor *c) {
  for (int k = 0; k < operands; k++) c->at[k] = base[k];
  for (int d = w->ndim - 1; d >= 0; d--) {
    c->index[d] = 0;
    if (position == 0) continue;
    c->index[d] = position % w->count[d];
    position /= w->count[d];
    for (int k = 0; k < operands; k++) c->at[k] += c->index[d] * w->jump[d][k];
  }
}

/* Goes n on, which must not be more than walk_left. */
INLINE void walk_on(const Walk *w, int operands, WalkCursor *c, int64_t n) {
  for (int d = w->inner; d >= 0; d--) {
    for (int k = 0; k < operands; k++) c->at[k] += n * w->jump[d][k];
    c->index[d] += n;
    if (c->index[d] < w->count[d]) return;
    for (int k = 0; k < operands; k++) c->at[k] -= c->index[d] * w->jump[d][k];
    c->index[d] = 0;
    n = 1;
  }
}

/* How many elements of the run are still to come, this one included. */
INLINE int64_t walk_left(const Walk *w, const WalkCursor *c) { return w->count[w->ndim - 1] - c->index[w->ndim - 1]; }

/* The extent of a block along dimension d: `most`, or what is left. */
INLINE int64_t walk_extent(const Walk *w, const WalkCursor *c, int d, int64_t most) {
  const int64_t left = w->shape[d] - c->index[d] * most;
  return left < most ? left : most;
}

INLINE void walk_block(const Walk *w, int operands, const WalkCursor *c, WalkRun *run, void *ctx) {
  const int last = w->ndim - 1;
  const int64_t n = walk_extent(w, c, last, w->length);
  if (w->rows == 1) {
    run(ctx, n, c->at, w->stride[last]);
    return;
  }
  char *at[WALK_MAX_OPERANDS];
  for (int k = 0; k < operands; k++) at[k] = c->at[k];
  for (int64_t i = walk_extent(w, c, last - 1, w->rows); i > 0; i--) {
    run(ctx, n, at, w->stride[last]);
    for (int k = 0; k < operands; k++) at[k] += w->stride[last - 1][k] * w->size[k];
  }
}

/* Blocks begin..end-1, run by run. */
INLINE void walk_blocks(const Walk *w, int operands, int64_t begin, int64_t end, WalkRun *run, void *ctx) {
  WalkCursor c;
  walk_seek(w, operands, w->data, begin, &c);
  for (int64_t i = begin; i < end; i++) {
    walk_block(w, operands, &c, run, ctx);
    walk_on(w, operands, &c, 1);
  }
}

#endif
