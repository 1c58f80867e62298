/*
 * nonzero.h - which elements of a tensor are not 0, and masks.
 *
 * A mask is a uint8 tensor of 0 and 1, which comparisons make. The number of positions depends on the values, so a
 * recorded step cannot find them (the callers see to that); a check of a mask is reported to the recorder.
 */
#ifndef OPTLAB_KERNELS_REDUCE_NONZERO_H
#define OPTLAB_KERNELS_REDUCE_NONZERO_H

#include "core/tensor.h"

/* The positions, counted from 0 row by row, of the elements that are not 0: int64, one dimension. */
Tensor *nonzero_flat(const Tensor *t);

/* The same as coordinates, counted from 1: int64 (count, ndim). */
Tensor *nonzero(const Tensor *t);

/* For each element of the mask how many ones stand before it, at most count - 1: int64, one dimension. count > 0 is
 * the number of ones. */
Tensor *nonzero_ranks(const Tensor *mask, int64_t count);

/* -1 with err_set unless every element of the uint8 tensor is 0 or 1. */
int mask_check(const Tensor *mask);

#endif
