/*
 * softmax_kernels.h - the loops of softmax and log_softmax over rows of scores, compiled once for each instruction set.
 */
#ifndef OPTLAB_KERNELS_SOFTMAX_SOFTMAX_KERNELS_H
#define OPTLAB_KERNELS_SOFTMAX_SOFTMAX_KERNELS_H

#include "kernels/softmax/score_rows.h"

typedef struct SoftmaxJob {
  int64_t n, inner;
  ScoreMemory x; /* forward: the scores; backward: the output y of forward */
  ScoreMemory d; /* backward: the output's gradient */
  ScoreMemory y; /* what is written */
  bool log;
} SoftmaxJob;

/* Whether rows are computed one after the other: long ones whose scores lie side by side. All others are computed in
 * panels. d counts where it is given. */
static inline bool softmax_along_rows(const SoftmaxJob *j) {
  return j->n >= SCORE_ROW_LEAST && j->x.step == 1 && j->y.step == 1 && (!j->d.data || j->d.step == 1);
}

/* Rows begin .. end - 1. scratch: for panels, memory of this thread for one (backward: two). */
typedef void SoftmaxRows(const SoftmaxJob *j, int64_t begin, int64_t end, void *scratch);

typedef struct SoftmaxKernels {
  SoftmaxRows *forward[2], *backward[2]; /* of floats, of doubles */
} SoftmaxKernels;

extern const SoftmaxKernels softmax_kernels_baseline, softmax_kernels_avx2, softmax_kernels_avx512;

#endif
