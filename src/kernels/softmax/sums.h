/*
 * sums.h - the logarithm of the sum of e^x over rows of scores; loops compiled once for each instruction set.
 *
 * The largest score is taken out first. A row with inf gives inf, one with nan gives nan; the sum of nothing is 0.
 */
#ifndef OPTLAB_KERNELS_SOFTMAX_SUMS_H
#define OPTLAB_KERNELS_SOFTMAX_SUMS_H

#include "core/tensor.h"
#include "kernels/softmax/score_rows.h"

/* y of x's shape with size 1 along dim, row-major. -1 without memory. */
int softmax_log_sums(Tensor *y, Tensor *x, int dim);

typedef struct LogSumsJob {
  int64_t n, inner;
  ScoreMemory x;
  void *y; /* a number for each row */
} LogSumsJob;

/* Rows begin .. end - 1. scratch: for panels, memory of this thread for one; NULL: along rows. */
typedef void LogSumsRows(const LogSumsJob *j, int64_t begin, int64_t end, void *scratch);

typedef struct LogSumsKernels {
  LogSumsRows *run[2]; /* of floats, of doubles */
} LogSumsKernels;

extern const LogSumsKernels log_sums_baseline, log_sums_avx2, log_sums_avx512;

#endif
