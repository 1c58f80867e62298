/*
 * pool.h - maxima and sums over windows of images (n, c, h, w), by lists of what each output sees (lists.h).
 *
 * Images lie in memory in any order where `batch_innermost` is false, else with the batch innermost,
 * element (n, c, y, x) at n + N (x + W (y + H c)). dt is DT_F32 or DT_F64.
 *
 * The winner of a window is its first largest element in row-major order, or its last NaN if it has one; a window that
 * lies in the padding gives minus infinity. Winners are kept as pool_winner_bytes bytes, whose order is known here alone.
 *
 * Work is cut by the shape, and each output is one sum in one order, so no result depends on the number of threads. Each
 * function returns -1 with err_set when its scratch memory cannot be had.
 */
#ifndef OPTLAB_KERNELS_POOL_POOL_H
#define OPTLAB_KERNELS_POOL_POOL_H

#include "kernels/conv/conv.h"
#include "kernels/pool/lists.h"

typedef struct PoolShape {
  DType dt;
  bool batch_innermost;
  int64_t n, c;
  int64_t h, w;   /* the image */
  int64_t oh, ow; /* the output */
  int64_t kh, kw; /* the window; maxima's alone */
} PoolShape;

/* -1: more than any memory has. */
int64_t pool_winner_bytes(const PoolShape *s);

/* y (n, c, oh, ow) = the maxima of x's windows */
int pool_max(const PoolShape *s, const Lists *rows, const Lists *columns, const Images *x, void *winners,
             const Images *y);

/* dx = dy added where the windows have their winners, zeros elsewhere; the lists are turned ones */
int pool_unmax(const PoolShape *s, const Lists *rows, const Lists *columns, const Images *dy, const void *winners,
               const Images *dx);

/* y = x's elements at the winners */
void pool_pick(const PoolShape *s, const Lists *rows, const Lists *columns, const Images *x, const void *winners,
               const Images *y);

/* y (n, c, rows->places, columns->places) = the sums of x (n, c, h, w), by weights and divisors */
int pool_sum(const PoolShape *s, const Lists *rows, const Lists *columns, const Images *x, const Images *y);

#endif
