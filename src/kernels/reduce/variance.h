/*
 * variance.h - variances over some dimensions of a tensor, by one pass over its memory.
 *
 * A sequence is cut into chunks of a constant size that fit into the first-level cache. Each is summed twice, in double:
 * for its mean, then for the squares of the differences from that. Two chunks give the moments of both by the formula of
 * Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979). The order
 * is that of the sequence, on any number of threads. The variance of equal elements is exactly 0.
 */
#ifndef OPTLAB_KERNELS_REDUCE_VARIANCE_H
#define OPTLAB_KERNELS_REDUCE_VARIANCE_H

#include "core/tensor.h"

/* out = the sum of squared differences from the mean over the dimensions in the bit mask `dims`, divided by `divisor`,
 * or the root of that; `divisor` must be 0 for sequences of no element, whose result is nan. Only the result is rounded
 * to float32: squares of 1e-30 and 1e30 would leave its range. a is float32 or float64; out has its dtype, is contiguous, and has an element for each
 * position that is kept, in order. -1 without memory. */
int reduce_variance(Tensor *out, const Tensor *a, unsigned dims, double divisor, bool root);

#endif
