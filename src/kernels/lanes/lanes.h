/*
 * lanes.h - the arithmetic of several runs at once, a run a lane.
 *
 * Runs of one model do the same operations on numbers of their own. Here element i of all runs is LANES numbers side by
 * side, [element][lane], so that a model too small to fill vectors by itself fills them with its neighbours. Each lane
 * is computed in the order in which the run alone is computed (kernels/gemm/gemm_small.c, kernels/reduce), so it has the
 * bits of that run. Strides count elements, that is, LANES numbers. Memory is of floats or of doubles.
 */
#ifndef OPTLAB_KERNELS_LANES_LANES_H
#define OPTLAB_KERNELS_LANES_LANES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/dtype.h"

#define LANES 16
#define LANES_MAX_SUM 2048 /* elements of a sum: REDUCE_BLOCK */

/* C (m, n) = A (m, k) B (k, n), as gemm_small does it; as a chain: as gemm_is_chain has it (kernels/gemm/chain.h). */
typedef struct LanesProduct {
  int64_t m, n, k;
  const void *a, *b;
  void *c;
  int64_t rsa, csa, rsb, csb, rsc;
  const void *bias; /* (n): C = 1 bias + A B; NULL: none */
} LanesProduct;

/* o (outer, inner) = the sums of a (outer, length, inner) over 1 <= length <= LANES_MAX_SUM, as reduce_sum does them. */
typedef struct LanesSum {
  int64_t outer, length, inner;
  const void *a;
  void *o;
  double count; /* they are divided by that; 0: not */
} LanesSum;

/* o = the sum of (x - y)^2, or its mean, as kernels/loss/mse.c has it. */
typedef struct LanesMse {
  int64_t n;
  const void *x, *y;
  void *o;
  bool mean;
} LanesMse;

/* o = the sum of n <= LANES_MAX_SUM losses, or their mean, as a double that is rounded once. */
typedef struct LanesTotal {
  int64_t n;
  const void *each;
  void *o;
  bool mean;
} LanesTotal;

/* Rows of data, padded to whole pieces, and where their columns go; those of the padding go anywhere. */
#define LANES_PIECE 4
typedef struct LanesTable {
  const void *row; /* [rows][pieces * LANES_PIECE] */
  int64_t columns, pieces;
  void **to;     /* [pieces * LANES_PIECE] */
  int64_t *step; /* likewise */
} LanesTable;

typedef struct LanesKernels {
  void (*product)(const LanesProduct *p);
  void (*chain)(const LanesProduct *p); /* NULL: this processor has no such instruction */
  void (*sum)(const LanesSum *s);
  void (*mse)(const LanesMse *m);
  void (*total)(const LanesTotal *t);
  /* o = x + b y and o = a x + b y, for numbers a[LANES], b[LANES] a lane */
  void (*xpby)(int64_t n, void *o, const void *x, const void *b, const void *y);
  void (*axpby)(int64_t n, void *o, const void *a, const void *x, const void *b, const void *y);
  /* n rows: element k of row order[l][at + i] of the table goes to lane l of to[k] + i step[k] elements. */
  void (*rows)(const LanesTable *t, int64_t n, const int64_t *const *order, int64_t at);
  /* The same, of row at + i for all lanes. */
  void (*same_rows)(const LanesTable *t, int64_t n, int64_t at);
  /* n elements of this size of each lane between the lanes and memory of each lane's own. */
  void (*in)(int64_t n, void *lanes, const char *const *own);
  void (*out)(int64_t n, const void *lanes, char *const *own);
  void (*read)(const void *from, double *to);           /* one number of each lane */
  void (*add)(const void *from, double by, double *to); /* to[l] += from[l] by */
} LanesKernels;

/* Of floats, of doubles. */
extern const LanesKernels lanes_kernels_baseline[2], lanes_kernels_avx2[2], lanes_kernels_avx512[2];

const LanesKernels *lanes_kernels(DType dtype); /* those of this processor */

#endif
