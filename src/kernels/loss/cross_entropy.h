/*
 * cross_entropy.h - the cross entropy of rows of scores with class labels, and its gradient.
 *
 * With lse = log sum_c exp(x[r, c]), n classes, label y, class weights w (1 where there are none), their sum W and
 * label smoothing e, row r costs
 *
 *   loss[r]  = (1 - e) w[y] (lse - x[r, y]) + e / n sum_c w[c] (lse - x[r, c])
 *   dx[r, c] = (share[r] exp(x[r, c] - lse) - (1 - e) w[y] [c = y] - e / n w[c]) d[r]
 *   share[r] = (1 - e) w[y] + e / n W
 *
 * and 0 where the label is -1. The largest score is taken out first, so nothing overflows. A row's result does not
 * depend on the rows around it.
 */
#ifndef OPTLAB_KERNELS_LOSS_CROSS_ENTROPY_H
#define OPTLAB_KERNELS_LOSS_CROSS_ENTROPY_H

#include "base/cpu.h"
#include "kernels/softmax/score_rows.h"

typedef struct CrossEntropyJob {
  int64_t n, inner;
  ScoreMemory x;
  const int64_t *label; /* (rows): 0 .. n - 1, or -1: the row is ignored */
  const void *weight;   /* (n), or NULL */
  double smoothing;     /* e, 0 .. 1 */
  double weight_sum;    /* W */
  void *loss;           /* forward: (rows) */
  ScoreMemory dx;       /* backward; data NULL in forward */
  const void *d;        /* the gradient of row r's loss is scale d[r * d_stride] */
  int64_t d_stride;
  double scale;
} CrossEntropyJob;

/* (1 - e) w[y] + e / n W of row r; 0 of a row that is ignored. */
static inline double cross_entropy_share(const CrossEntropyJob *j, double label_weight) {
  return (1 - j->smoothing) * label_weight + j->smoothing / (double)j->n * j->weight_sum;
}

static inline bool cross_entropy_along_rows(const CrossEntropyJob *j) {
  return j->n >= SCORE_ROW_LEAST && j->x.step == 1 && (!j->dx.data || j->dx.step == 1);
}

/* Rows begin .. end - 1. scratch: memory of this thread for a panel, where rows are not computed one by one. */
typedef void CrossEntropyRows(const CrossEntropyJob *j, int64_t begin, int64_t end, void *scratch);

/* Compiled once for each instruction set. */
typedef struct CrossEntropyKernels {
  CrossEntropyRows *forward[2], *backward[2]; /* of floats, of doubles */
} CrossEntropyKernels;

extern const CrossEntropyKernels cross_entropy_kernels_baseline, cross_entropy_kernels_avx2,
    cross_entropy_kernels_avx512;

/* Those of this processor. */
static inline const CrossEntropyKernels *cross_entropy_kernels(void) {
#ifdef __x86_64__
  if (cpu_level() == CPU_AVX512) return &cross_entropy_kernels_avx512;
  if (cpu_level() == CPU_AVX2) return &cross_entropy_kernels_avx2;
#endif
  return &cross_entropy_kernels_baseline;
}

#endif
