/*
 * small.h - products of the rows mm and linear that the kernel for small ones takes, as one call of it.
 */
#ifndef OPTLAB_AUTOGRAD_OPS_LINALG_SMALL_H
#define OPTLAB_AUTOGRAD_OPS_LINALG_SMALL_H

#include "core/tensor.h"
#include "kernels/gemm/gemm_small.h"

/* mm: out (m, n) = a (m, k) b (k, n); linear: out = x W^T (+ bias, may be NULL). false: the product is another one. */
bool mm_small(SmallProduct *p, const Tensor *out, const Tensor *a, const Tensor *b);
bool linear_small(SmallProduct *p, const Tensor *out, const Tensor *x, const Tensor *w, const Tensor *bias);

#endif
