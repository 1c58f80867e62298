/*
 * gemm_small.h - matrix products too small for a BLAS call to pay off (gemm_small.c).
 */
#ifndef OPTLAB_KERNELS_GEMM_GEMM_SMALL_H
#define OPTLAB_KERNELS_GEMM_GEMM_SMALL_H

#include <stdbool.h>
#include <stdint.h>

/* C (m, n) = A (m, k) B (k, n), or A B + D; any strides. The sum over k runs in order, one rounded product after the
 * other; D is added at the end. */
typedef struct SmallProduct SmallProduct;
struct SmallProduct {
  void (*run)(const SmallProduct *p); /* what gemm_small chose */
  int64_t m, n, k;
  const void *a, *b;
  void *c;
  const void *add;                                    /* D: C itself, or memory apart from it; NULL: none */
  int64_t rsa, csa, rsb, csb, rsc, csc, rsadd, csadd; /* rs: from row to row, cs: from column to column */
};

/* Chooses the way, and perhaps turns the product into C' = B' A'. false: it is better left to BLAS. */
bool gemm_small(SmallProduct *p, bool is_double);

#endif
