/*
 * gaussian.h - a random table with prescribed moments, for data sets that stand in for real ones.
 */
#ifndef OPTLAB_DATA_STANDINS_GAUSSIAN_H
#define OPTLAB_DATA_STANDINS_GAUSSIAN_H

#include "core/rng.h"
#include "core/tensor.h"

#define GAUSSIAN_MAX_DIM 32

/*
 * n rows from a normal distribution of d = shape(mean)[0] variables, then moved and mixed so that the sample itself,
 * and not only the distribution behind it, has the given mean and covariance (divided by n):
 *
 *   z ~ N(0, I), centred;  S = (1/n) sum z z^T = A A^T;  cov = L L^T;  x = mean + L A^-1 z
 *
 * mean: (d) float64; cov: (d, d) float64, symmetric and positive definite; n > d. A float64 tensor (n, d), or NULL.
 */
Tensor *gaussian_table(Rng *rng, int64_t n, Tensor *mean, Tensor *cov);

#endif
