/*
 * sort.h - positions in sorted order along one dimension, and where values belong in sorted sequences.
 *
 * NaN counts as larger than every number, and 0 equals -0. Equal elements stay in the order of their positions
 * (descending too), so a result never depends on how it was found. Positions count from 0 and are int64. 0, or -1
 * with err_set without memory.
 */
#ifndef OPTLAB_KERNELS_SORT_SORT_H
#define OPTLAB_KERNELS_SORT_SORT_H

#include "core/tensor.h"

/* out: x's shape with size k along dim; the positions of the k smallest elements in order (descending: largest). */
int sort_positions(Tensor *out, const Tensor *x, int dim, int64_t k, bool descending);

/* out: x's shape with size 1 along dim; the position of the k-th smallest, from 0. k = -1: of the lower median, or of
 * the first NaN. */
int sort_kth(Tensor *out, const Tensor *x, int dim, int64_t k);

/* out: values' shape. sorted: (n), or (..., n) with the sizes of values but for the last; of one dtype. The number of
 * elements that are smaller (right: not larger) than the value. */
int sort_search(Tensor *out, const Tensor *sorted, const Tensor *values, bool right);

#endif
