/*
 * scan.h - running sums and products, and linear recurrences, along one dimension.
 *
 *   sum          y_k = y_(k-1) + x_k           product      y_k = y_(k-1) x_k
 *   recurrence   y_k = b_k + a_k y_(k-1),      y_0 = 0
 *
 * reverse: from the last position to the first. Float32 is computed in double and rounded when it is stored. All tensors
 * have one shape; out is row-major. Sequences are never cut, so threads do not change the bits. 0, or -1 without memory.
 */
#ifndef OPTLAB_KERNELS_SCAN_SCAN_H
#define OPTLAB_KERNELS_SCAN_SCAN_H

#include "core/tensor.h"

int scan_sum(Tensor *out, const Tensor *x, int dim, bool reverse); /* float32, float64, int64; integers wrap */
int scan_product(Tensor *out, const Tensor *x, int dim, bool reverse);
int scan_recurrence(Tensor *out, const Tensor *a, const Tensor *b, int dim, bool reverse); /* floats */

#endif
