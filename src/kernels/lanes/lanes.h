/*
 * lanes.h - the arithmetic of several runs at once, a run a lane.
 *
 * Runs of one model do the same operations on numbers of their own. Here element i of all runs is one vector of LANES
 * floats, [element][lane], so that a model too small to fill vectors by itself fills them with its neighbours. Each
 * lane is computed in the order in which the run alone is computed (kernels/gemm/gemm_small.c, kernels/reduce), so it
 * has the bits of that run. Strides count elements, that is, LANES floats.
 */
#ifndef OPTLAB_KERNELS_LANES_LANES_H
#define OPTLAB_KERNELS_LANES_LANES_H

#include <stdbool.h>
#include <stdint.h>

#define LANES 16
#define LANES_MAX_SUM 2048 /* elements of a sum: REDUCE_BLOCK */

/* C (m, n) = A (m, k) B (k, n), or C += A B, as gemm_small_f32 does it. */
typedef struct LanesProduct {
  int64_t m, n, k;
  const float *a, *b;
  float *c;
  int64_t rsa, csa, rsb, csb, rsc;
  const float *bias; /* (n): C = 1 bias + A B; NULL: none */
} LanesProduct;

/* Rows of data, padded to whole pieces, and where their columns go. */
#define LANES_PIECE 8
typedef struct LanesTable {
  const float *row; /* [rows][pieces * LANES_PIECE] */
  int64_t columns, pieces;
  float **to;    /* [columns] */
  int64_t *step; /* [columns] */
} LanesTable;

typedef struct LanesKernels {
  void (*product)(const LanesProduct *p);
  /* out[LANES] = the sum of 1 <= n <= LANES_MAX_SUM elements a, or (b not NULL) of (a - b)^2, as reduce_sum_run_f32. */
  void (*sum)(int64_t n, const float *a, int64_t stride, const float *b, float *out);
  /* o = x + b y and o = a x + b y, for numbers a[LANES], b[LANES] a lane */
  void (*xpby)(int64_t n, float *o, const float *x, const float *b, const float *y);
  void (*axpby)(int64_t n, float *o, const float *a, const float *x, const float *b, const float *y);
  /* n rows: element k of row order[l][i] of the table goes to lane l of to[k] + i step[k] elements. */
  void (*rows)(const LanesTable *t, int64_t n, const int64_t *const *order);
} LanesKernels;

extern const LanesKernels lanes_kernels_baseline, lanes_kernels_avx2, lanes_kernels_avx512;

const LanesKernels *lanes_kernels(void); /* those of this processor */

#endif
