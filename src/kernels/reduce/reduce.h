/*
 * reduce.h - sums, extremes and their positions over some dimensions of a tensor.
 *
 * The order of the additions is fixed by the shape and the strides: along memory, in blocks of a constant size, each
 * summed in a constant number of lanes, the blocks' sums added pairwise. So the result is the same bits for any number
 * of threads.
 *
 * `dims` is a bit mask of the dimensions to reduce (bit d for dimension d, 0-based); out has a's shape with those
 * dimensions of size 1 (keepdim form; the caller reshapes), and a's dtype. Sums of float32, float64 and int64,
 * extremes of any dtype.
 */
#ifndef OPTLAB_KERNELS_REDUCE_REDUCE_H
#define OPTLAB_KERNELS_REDUCE_REDUCE_H

#include "core/tensor.h"

void reduce_sum(Tensor *out, const Tensor *a, unsigned dims);  /* an empty sum is 0 */
void reduce_prod(Tensor *out, const Tensor *a, unsigned dims); /* of nothing: 1; order and dtypes as of sums */
void reduce_squares(Tensor *out, const Tensor *a,
                    unsigned dims);                             /* sums of squares and of absolute values of floats: */
void reduce_sizes(Tensor *out, const Tensor *a, unsigned dims); /* the bits of reduce_sum of these */
void reduce_amax(Tensor *out, const Tensor *a, unsigned dims);  /* NaN wins; the reduced extent must not be 0 */
void reduce_amin(Tensor *out, const Tensor *a, unsigned dims);

/* True if `dims` are the last dimensions of a (sizes of 1 do not matter), that is, if a contiguous a is rows to be
 * reduced. */
bool reduce_is_of_rows(const Tensor *a, unsigned dims);

/* Position (0-based, int64 out) of the first largest / smallest element along dimension dim; NaN wins. Any
 * dtype; the extent must not be 0. */
void reduce_argmax(Tensor *out, const Tensor *a, int dim);
void reduce_argmin(Tensor *out, const Tensor *a, int dim);

/* Fixed-order sum of n float32 or float64 values with stride s, for loss kernels: the same blocks as reduce_sum. */
double reduce_sum_run_f32(int64_t n, const float *a, int64_t s);
double reduce_sum_run_f64(int64_t n, const double *a, int64_t s);

#endif
