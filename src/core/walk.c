/*
 * walk.c - making walks: which dimensions there are, in which order, in which blocks.
 *
 * What small operations need at each call is inlined for two, three and four operands, which unrolls its loops.
 */
#include "core/walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"

#define SHORT_RUN 8      /* a run below this is exchanged for the longest dimension */
#define TILE_ROWS 16     /* a tile: the elements of a cache line of the operand that lies across, */
#define TILE_LENGTH 32   /* and pieces of runs that are long enough for a kernel */
#define TILE_MIN 16      /* a dimension must have as many elements to be cut into tiles */
#define TILES_FROM 16384 /* elements; fewer stay in the first-level cache whatever the order */

/* --- dimensions --------------------------------------------------------------------------------------------------- */

void walk_start(Walk *w, int operands) {
  w->operands = operands;
  w->ndim = 0;
  w->numel = 1;
}

void walk_operand(Walk *w, int k, void *data, int64_t size) {
  w->data[k] = data;
  w->size[k] = size;
}

INLINE void add_dim(Walk *w, int operands, int64_t n, const int64_t *stride) {
  w->numel *= n;
  if (n == 1) return;
  w->shape[w->ndim] = n;
  for (int k = 0; k < operands; k++) w->stride[w->ndim][k] = stride[k];
  w->ndim++;
}

void walk_add(Walk *w, int64_t n, const int64_t *stride) { add_dim(w, w->operands, n, stride); }

INLINE void swap_dims(Walk *w, int operands, int a, int b) {
  const int64_t n = w->shape[a];
  w->shape[a] = w->shape[b];
  w->shape[b] = n;
  for (int k = 0; k < operands; k++) {
    const int64_t s = w->stride[a][k];
    w->stride[a][k] = w->stride[b][k];
    w->stride[b][k] = s;
  }
}

INLINE void sort_dims(Walk *w, int operands) {
  for (int i = 1; i < w->ndim; i++) {
    for (int j = i; j > 0 && llabs(w->stride[j][0]) > llabs(w->stride[j - 1][0]); j--) swap_dims(w, operands, j, j - 1);
  }
}

void walk_sort(Walk *w) { sort_dims(w, w->operands); }

INLINE bool mergeable(const Walk *w, int operands, int outer, int inner) {
  for (int k = 0; k < operands; k++) {
    if (w->stride[outer][k] != w->stride[inner][k] * w->shape[inner]) return false;
  }
  return true;
}

/* Afterwards there is a dimension: for a single element one of size 1, along which operand 0 moves. */
INLINE void merge_dims(Walk *w, int operands) {
  int last = 0; /* dimensions 0..last are final but for further merging into `last` */
  for (int d = 1; d < w->ndim; d++) {
    if (mergeable(w, operands, last, d)) {
      w->shape[d] *= w->shape[last];
    } else {
      last++;
    }
    if (last != d) swap_dims(w, operands, last, d);
  }
  if (w->ndim == 0) {
    w->shape[0] = 1;
    for (int k = 0; k < operands; k++) w->stride[0][k] = k == 0;
  }
  w->ndim = last + 1;
}

/* t[0]'s dimensions, with the stride of each operand. */
INLINE void add_dims(Walk *w, int operands, const Tensor *const *t) {
  const Tensor *out = t[0];
  for (int k = 0; k < operands; k++) walk_operand(w, k, tensor_data(t[k]), (int64_t)dtype_size((DType)t[k]->dtype));
  for (int d = 0; d < out->ndim; d++) {
    int64_t stride[WALK_MAX_OPERANDS];
    for (int k = 0; k < operands; k++) {
      const int e = d - (out->ndim - t[k]->ndim); /* the same dimension of operand k, counted from the right */
      stride[k] = e >= 0 && t[k]->shape[e] != 1 ? t[k]->stride[e] : 0;
    }
    add_dim(w, operands, out->shape[d], stride);
  }
}

/* --- blocks ------------------------------------------------------------------------------------------------------- */

/* With the sizes of the blocks known: how many there are, and how far apart. */
INLINE void set_blocks(Walk *w, int operands, int64_t rows, int64_t length) {
  w->rows = rows;
  w->length = length;
  w->inner = -1;
  for (int d = 0; d < w->ndim; d++) {
    const int64_t n = d == w->ndim - 1 ? length : d == w->ndim - 2 ? rows : 1;
    w->count[d] = n == 1 ? w->shape[d] : n == w->shape[d] ? 1 : (w->shape[d] + n - 1) / n;
    if (w->count[d] > 1) w->inner = d;
    for (int k = 0; k < operands; k++) w->jump[d][k] = w->stride[d][k] * w->size[k] * n;
  }
}

/* A very short run would leave most of the time to the odometer. */
INLINE void lengthen_run(Walk *w, int operands) {
  const int last = w->ndim - 1;
  if (w->shape[last] >= SHORT_RUN) return;
  int longest = last;
  for (int d = 0; d < last; d++) {
    if (w->shape[d] > w->shape[longest]) longest = d;
  }
  swap_dims(w, operands, longest, last);
}

/* The dimension along which operand k takes the shortest steps, broadcast ones apart; -1: it does not move. */
static int fastest_dim(const Walk *w, int k) {
  int best = -1;
  for (int d = 0; d < w->ndim; d++) {
    if (w->stride[d][k] != 0 && (best < 0 || llabs(w->stride[d][k]) < llabs(w->stride[best][k]))) best = d;
  }
  return best;
}

/* The dimension that has to share the tiles with the runs, because an operand lies across these; -1: there is none. */
static int crossing_dim(const Walk *w) {
  const int last = w->ndim - 1;
  for (int k = 0; k < w->operands; k++) {
    const int d = fastest_dim(w, k);
    const bool crosses = d >= 0 && d != last && w->stride[last][k] != 0;
    if (crosses && w->shape[d] >= TILE_MIN && w->shape[last] >= TILE_MIN) return d;
  }
  return -1;
}

static void choose_blocks(Walk *w) {
  const int64_t run = w->shape[w->ndim - 1];
  const int crossing = crossing_dim(w);
  if (crossing >= 0) {
    for (int d = crossing; d < w->ndim - 2; d++) swap_dims(w, w->operands, d, d + 1);
    set_blocks(w, w->operands, TILE_ROWS, TILE_LENGTH);
  } else {
    set_blocks(w, w->operands, 1, w->numel >= PARALLEL_FROM && run > PARALLEL_GRAIN ? PARALLEL_GRAIN : run);
  }
}

int64_t walk_count(const Walk *w) {
  int64_t n = 1;
  for (int d = 0; d < w->ndim; d++) n *= w->count[d];
  return n;
}

void walk_share(const Walk *w, void (*body)(void *ctx, int64_t begin, int64_t end), void *ctx) {
  const int64_t block = w->rows * w->length;
  if (w->numel < PARALLEL_FROM) {
    body(ctx, 0, walk_count(w));
  } else {
    parallel_for(walk_count(w), block < PARALLEL_GRAIN ? PARALLEL_GRAIN / block : 1, body, ctx);
  }
}

/* --- making one --------------------------------------------------------------------------------------------------- */

void walk_finish(Walk *w) {
  merge_dims(w, w->operands);
  set_blocks(w, w->operands, 1, 1);
  w->inner = w->ndim - 1;
}

INLINE void any_order(Walk *w, int operands, const Tensor *const *t) {
  walk_start(w, operands);
  add_dims(w, operands, t);
  sort_dims(w, operands);
  merge_dims(w, operands);
  lengthen_run(w, operands);
  if (w->numel < TILES_FROM) {
    set_blocks(w, operands, 1, w->shape[w->ndim - 1]);
  } else {
    choose_blocks(w);
  }
}

void walk_any_order(Walk *w, int operands, const Tensor *const *t) {
  switch (operands) {
    case 2:
      any_order(w, 2, t);
      break;
    case 3:
      any_order(w, 3, t);
      break;
    default:
      any_order(w, operands, t);
  }
}

void walk_row_major(Walk *w, int operands, const Tensor *const *t) {
  walk_start(w, operands);
  add_dims(w, operands, t);
  walk_finish(w);
}
