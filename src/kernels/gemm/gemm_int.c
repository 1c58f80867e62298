/*
 * gemm_int.c - matrix products of integers: plain loops, exact but that sums wrap at 2^64.
 */
#include <string.h>

#include "base/simd.h"
#include "kernels/gemm/gemm.h"

/* c += x b, a row of n */
static VECTORIZED(void, add_row, (int64_t n, uint64_t *c, uint64_t x, const int64_t *b, int64_t stride),
                  (n, c, x, b, stride)) {
  for (int64_t j = 0; j < n; j++) c[j] += x * (uint64_t)b[j * stride];
}

void gemm_i64(int64_t m, int64_t n, int64_t k, const int64_t *a, int64_t rsa, int64_t csa, const int64_t *b,
              int64_t rsb, int64_t csb, int64_t *c, int64_t rsc) {
  for (int64_t i = 0; i < m; i++) {
    uint64_t *row = (uint64_t *)c + i * rsc;
    if (n > 0) memset(row, 0, (size_t)n * sizeof *row);
    for (int64_t l = 0; l < k; l++) add_row(n, row, (uint64_t)a[i * rsa + l * csa], b + l * rsb, csb);
  }
}
