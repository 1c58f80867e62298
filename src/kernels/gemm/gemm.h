/*
 * gemm.h - matrix products.
 *
 * Small products run in a kernel of our own, large ones in OpenBLAS (single-threaded inside), cut into blocks that threads
 * share. The bits do not depend on the thread count.
 * Strides are handed to BLAS as transposes; only an operand that is neither row- nor column-major is copied.
 */
#ifndef OPTLAB_KERNELS_GEMM_GEMM_H
#define OPTLAB_KERNELS_GEMM_GEMM_H

#include "core/tensor.h"

/* C (m, n) = A (m, k) B (k, n), or C += A B where accumulate. Element (i, j) of X lies at x[i * rsx + j * csx]. C must
 * be row-major (csc == 1, rsc >= n). k == 0 gives zeros (or leaves C). Returns -1 when a copy found no memory.
 * May be called from a worker thread if neither operand needs a copy. */
int gemm_f32(int64_t m, int64_t n, int64_t k, const float *a, int64_t rsa, int64_t csa, const float *b, int64_t rsb,
             int64_t csb, float *c, int64_t rsc, bool accumulate);
int gemm_f64(int64_t m, int64_t n, int64_t k, const double *a, int64_t rsa, int64_t csa, const double *b, int64_t rsb,
             int64_t csb, double *c, int64_t rsc, bool accumulate);

/* Whether a matrix of such strides is multiplied where it lies; another one is copied. */
bool gemm_reads(int64_t rows, int64_t cols, int64_t rs, int64_t cs);

/* C = A B of integers, as above. It wraps. */
void gemm_i64(int64_t m, int64_t n, int64_t k, const int64_t *a, int64_t rsa, int64_t csa, const int64_t *b,
              int64_t rsb, int64_t csb, int64_t *c, int64_t rsc);

#endif
