/*
 * mse.h - squared differences and their sum.
 */
#ifndef OPTLAB_KERNELS_LOSS_MSE_H
#define OPTLAB_KERNELS_LOSS_MSE_H

#include <stdint.h>

/* The sum of (x[i] - y[i])^2, i < n, block by block in reduce_sum's order; or, where each is not NULL, the squares there
 * and 0. */
double mse_run_f32(int64_t n, const float *x, const float *y, float *each);
double mse_run_f64(int64_t n, const double *x, const double *y, double *each);

#endif
