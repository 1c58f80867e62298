/*
 * reduce_kernels.h - what the driver of reductions (reduce.c) asks of its kernels (reduce_kernels.c).
 *
 * A sequence of elements is cut into blocks of REDUCE_BLOCK. Element i of a block goes to lane i % REDUCE_LANES; at the
 * block's end the lanes are folded pairwise (lane l with lane l + 16, + 8, ..., + 1) to the block's partial result: a
 * double for float types, an integer for int64 and uint8. Partial results are merged pairwise, again in an order that
 * only their number decides. The same happens to w sequences side by side (the columns of a matrix), where an
 * accumulator holds [lane][column].
 */
#ifndef OPTLAB_KERNELS_REDUCE_REDUCE_KERNELS_H
#define OPTLAB_KERNELS_REDUCE_REDUCE_KERNELS_H

#include "core/tensor.h"

#define REDUCE_LANES 32
#define REDUCE_BLOCK 2048
#define REDUCE_LINES 16 /* rows at a time, at most */
#define REDUCE_TILE 64  /* columns at a time, at most */

typedef union Partial {
  double d;
  int64_t i;
} Partial;

typedef struct ReduceOp {
  /* the partial result of n <= REDUCE_BLOCK contiguous elements */
  void (*block)(int64_t n, const void *a, Partial *result);
  /* the results of 1 <= rows <= REDUCE_LINES rows of 1 <= n <= REDUCE_BLOCK elements, one behind the other: block's bits */
  void (*lines)(int64_t n, int64_t rows, const void *a, void *out);
  /* acc: the first `lanes` lanes of w columns to the neutral element */
  void (*clear)(int64_t w, int64_t lanes, void *acc);
  /* takes n rows of w elements, `stride` elements apart, into lanes lane, lane + 1, ... (modulo REDUCE_LANES) */
  void (*rows)(int64_t n, int64_t w, int64_t lane, const void *a, int64_t stride, void *acc);
  /* folds the first `lanes` lanes of w columns into w partial results */
  void (*fold)(int64_t w, int64_t lanes, void *acc, Partial *result);
  /* into = join(into, from), w of them */
  void (*merge)(int64_t w, Partial *into, const Partial *from);
  /* writes w results, `stride` elements apart */
  void (*store)(int64_t w, const Partial *result, void *out, int64_t stride);
} ReduceOp;

extern const ReduceOp reduce_sum_ops[DT_COUNT], reduce_prod_ops[DT_COUNT];      /* none for uint8 */
extern const ReduceOp reduce_squares_ops[DT_COUNT], reduce_sizes_ops[DT_COUNT]; /* of floats */
extern const ReduceOp reduce_max_ops[DT_COUNT], reduce_min_ops[DT_COUNT];

#endif
