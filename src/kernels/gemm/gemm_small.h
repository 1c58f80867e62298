/*
 * gemm_small.h - the kernel for small matrix products (gemm_small.c) as gemm.c sees it.
 */
#ifndef OPTLAB_KERNELS_GEMM_GEMM_SMALL_H
#define OPTLAB_KERNELS_GEMM_GEMM_SMALL_H

#include <stdbool.h>
#include <stdint.h>

/* C (m, n) = A (m, k) B (k, n), or C += A B; any strides, C row-major. Returns false, with nothing done, for a product
 * that is better left to BLAS. The sum over k runs in order, one rounded product after the other. gemm_is_small: what they return. */
bool gemm_is_small(int64_t m, int64_t n, int64_t k, int64_t rsa, int64_t csa, int64_t rsb, int64_t csb);
bool gemm_small_f32(int64_t m, int64_t n, int64_t k, const float *a, int64_t rsa, int64_t csa, const float *b,
                    int64_t rsb, int64_t csb, float *c, int64_t rsc, bool accumulate);
bool gemm_small_f64(int64_t m, int64_t n, int64_t k, const double *a, int64_t rsa, int64_t csa, const double *b,
                    int64_t rsb, int64_t csb, double *c, int64_t rsc, bool accumulate);

#endif
