/*
 * dropout.h - factors of probabilities, drawn anew wherever they are needed: 0, or 1 / (1 - dropout).
 */
#ifndef OPTLAB_KERNELS_ATTENTION_DROPOUT_H
#define OPTLAB_KERNELS_ATTENTION_DROPOUT_H

#include "kernels/attention/attention.h"

#define DROPOUT_RUN 64 /* scores whose numbers are drawn together */

/* Of the scores first .. first + n - 1 of row i of matrix b; first is a multiple of DROPOUT_RUN. */
void dropout_factors_f32(const Attention *a, int64_t b, int64_t i, int64_t first, int64_t n, float *to);
void dropout_factors_f64(const Attention *a, int64_t b, int64_t i, int64_t first, int64_t n, double *to);

#endif
