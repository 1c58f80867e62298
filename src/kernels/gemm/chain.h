/*
 * chain.h - whether BLAS computes a product of some shape in the plainest order.
 */
#ifndef OPTLAB_KERNELS_GEMM_CHAIN_H
#define OPTLAB_KERNELS_GEMM_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/dtype.h"

/* A call of gemm_f32 or gemm_f64 (gemm.h), without its memory. */
typedef struct GemmShape {
  int64_t m, n, k, rsa, csa, rsb, csb, rsc;
  int64_t accumulate; /* 0 or 1 */
  int64_t dtype;      /* a DType */
} GemmShape;

/* Whether each element of C becomes x = fma(a_i(k-1), b_(k-1)j, ... fma(a_i0, b_0j, 0)), or c + x: one chain in the order
 * of k. Asked for the first time, it is tried out with some numbers. Not for products that are shared among threads.
 * Any thread. */
bool gemm_is_chain(const GemmShape *s);

#endif
