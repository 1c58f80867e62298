/*
 * gemm_small.c - matrix products too small for a BLAS call to pay off.
 *
 *   C (m, n) = A (m, k) B (k, n)
 *
 * C is made in tiles of four rows (then single ones) by one vector of columns: 64, 32 or 16 bytes as long as the
 * columns last, then single columns. A tile's accumulators stay in registers while k runs; a row of B is one vector
 * load, an element of A is broadcast. Every element of C is the plain sum a_i0 b_0j + a_i1 b_1j + ... in this order,
 * whatever the tile, so the result depends neither on the strides nor on the route:
 *   - the rows of B are contiguous: as described;
 *   - the columns of A are: the same for C' = B' A';
 *   - neither, and vectors are worth it: B is copied into rows first;
 *   - else single columns.
 */
#include "kernels/gemm/gemm_small.h"
#include "base/simd.h"

#define ROWS 4
#define MAX_WORK 512        /* multiplications; above, BLAS is as fast */
#define MAX_SINGLE_WORK 256 /* the same where only single columns can be done */
#define MAX_K 64

/* Vectors aligned like an element, for loads from anywhere. */
typedef float VecF32x16 __attribute__((vector_size(64), aligned(4), may_alias));
typedef float VecF32x8 __attribute__((vector_size(32), aligned(4), may_alias));
typedef float VecF32x4 __attribute__((vector_size(16), aligned(4), may_alias));
typedef double VecF64x8 __attribute__((vector_size(64), aligned(8), may_alias));
typedef double VecF64x4 __attribute__((vector_size(32), aligned(8), may_alias));
typedef double VecF64x2 __attribute__((vector_size(16), aligned(8), may_alias));

/* `rows` (a constant) rows of C by one vector of columns */
#define DEFINE_TILE(name, T, V)                                                                              \
  INLINE void name(int rows, int64_t k, const T *a, int64_t rsa, int64_t csa, const T *b, int64_t rsb, T *c, \
                   int64_t rsc, int64_t csc, bool accumulate) {                                              \
    enum { W = sizeof(V) / sizeof(T) };                                                                      \
    V sum[ROWS] = {{0}};                                                                                     \
    for (int64_t l = 0; l < k; l++) {                                                                        \
      const V row = *(const V *)(b + l * rsb);                                                               \
      for (int i = 0; i < rows; i++) sum[i] += a[i * rsa + l * csa] * row;                                   \
    }                                                                                                        \
    for (int i = 0; i < rows; i++) {                                                                         \
      T *out = c + i * rsc;                                                                                  \
      if (csc == 1) {                                                                                        \
        if (accumulate) sum[i] += *(V *)out;                                                                 \
        *(V *)out = sum[i];                                                                                  \
      } else {                                                                                               \
        for (int j = 0; j < W; j++) out[j * csc] = accumulate ? out[j * csc] + sum[i][j] : sum[i][j];        \
      }                                                                                                      \
    }                                                                                                        \
  }
DEFINE_TILE(tile_f32x16, float, VecF32x16)
DEFINE_TILE(tile_f32x8, float, VecF32x8)
DEFINE_TILE(tile_f32x4, float, VecF32x4)
DEFINE_TILE(tile_f64x8, double, VecF64x8)
DEFINE_TILE(tile_f64x4, double, VecF64x4)
DEFINE_TILE(tile_f64x2, double, VecF64x2)

/* the same with a single column; the column stride plays no part */
#define DEFINE_TILE_SINGLE(name, T)                                                                          \
  INLINE void name(int rows, int64_t k, const T *a, int64_t rsa, int64_t csa, const T *b, int64_t rsb, T *c, \
                   int64_t rsc, int64_t csc, bool accumulate) {                                              \
    (void)csc;                                                                                               \
    T sum[ROWS] = {0};                                                                                       \
    for (int64_t l = 0; l < k; l++)                                                                          \
      for (int i = 0; i < rows; i++) sum[i] += a[i * rsa + l * csa] * b[l * rsb];                            \
    for (int i = 0; i < rows; i++) c[i * rsc] = accumulate ? c[i * rsc] + sum[i] : sum[i];                   \
  }
DEFINE_TILE_SINGLE(tile_f32x1, float)
DEFINE_TILE_SINGLE(tile_f64x1, double)

/* All rows of as many whole tiles as columns j..n-1 hold. */
#define PANELS(tile, W)                                                                                    \
  for (; n - j >= (W); j += (W)) {                                                                         \
    int64_t i = 0;                                                                                         \
    for (; i + ROWS <= m; i += ROWS)                                                                       \
      tile(ROWS, k, a + i * rsa, rsa, csa, b + j * csb, rsb, c + i * rsc + j * csc, rsc, csc, accumulate); \
    for (; i < m; i++)                                                                                     \
      tile(1, k, a + i * rsa, rsa, csa, b + j * csb, rsb, c + i * rsc + j * csc, rsc, csc, accumulate);    \
  }

#define DEFINE_COLUMNS(name, T, bits)                                                                                \
  static VECTORIZED(void, name,                                                                                      \
                    (int64_t m, int64_t n, int64_t k, const T *a, int64_t rsa, int64_t csa, const T *b, int64_t rsb, \
                     int64_t csb, T *c, int64_t rsc, int64_t csc, bool accumulate),                                  \
                    (m, n, k, a, rsa, csa, b, rsb, csb, c, rsc, csc, accumulate)) {                                  \
    int64_t j = 0;                                                                                                   \
    if (csb == 1) {                                                                                                  \
      PANELS(WIDEST_##bits, 64 / (int64_t)sizeof(T))                                                                 \
      PANELS(WIDE_##bits, 32 / (int64_t)sizeof(T))                                                                   \
      PANELS(NARROW_##bits, 16 / (int64_t)sizeof(T))                                                                 \
    }                                                                                                                \
    PANELS(SINGLE_##bits, 1)                                                                                         \
  }
#define WIDEST_32 tile_f32x16
#define WIDE_32 tile_f32x8
#define NARROW_32 tile_f32x4
#define SINGLE_32 tile_f32x1
#define WIDEST_64 tile_f64x8
#define WIDE_64 tile_f64x4
#define NARROW_64 tile_f64x2
#define SINGLE_64 tile_f64x1
DEFINE_COLUMNS(columns_f32, float, 32)
DEFINE_COLUMNS(columns_f64, double, 64)

bool gemm_is_small(int64_t m, int64_t n, int64_t k, int64_t rsa, int64_t csa, int64_t rsb, int64_t csb) {
  (void)csa, (void)rsb;
  if (k > MAX_K || m > MAX_WORK || n > MAX_WORK || m * n * k > MAX_WORK) return false;
  if ((rsa == 1 && (csb != 1 || m > n)) || csb == 1 || (m >= ROWS && n >= ROWS)) return true;
  return m * n * k <= MAX_SINGLE_WORK;
}

#define GEMM_SMALL(name, T, COLUMNS)                                                                        \
  bool name(int64_t m, int64_t n, int64_t k, const T *a, int64_t rsa, int64_t csa, const T *b, int64_t rsb, \
            int64_t csb, T *c, int64_t rsc, bool accumulate) {                                              \
    if (k > MAX_K || m > MAX_WORK || n > MAX_WORK || m * n * k > MAX_WORK) return false;                    \
    if (rsa == 1 && (csb != 1 || m > n)) {                                                                  \
      COLUMNS(n, m, k, b, csb, rsb, a, csa, rsa, c, 1, rsc, accumulate);                                    \
    } else if (csb == 1) {                                                                                  \
      COLUMNS(m, n, k, a, rsa, csa, b, rsb, csb, c, rsc, 1, accumulate);                                    \
    } else if (m >= ROWS && n >= ROWS) {                                                                    \
      T rows_of_b[MAX_WORK / ROWS];                                                                         \
      for (int64_t l = 0; l < k; l++)                                                                       \
        for (int64_t j = 0; j < n; j++) rows_of_b[l * n + j] = b[l * rsb + j * csb];                        \
      COLUMNS(m, n, k, a, rsa, csa, rows_of_b, n, 1, c, rsc, 1, accumulate);                                \
    } else if (m * n * k > MAX_SINGLE_WORK) {                                                               \
      return false;                                                                                         \
    } else if (m >= n) {                                                                                    \
      COLUMNS(m, n, k, a, rsa, csa, b, rsb, csb, c, rsc, 1, accumulate);                                    \
    } else {                                                                                                \
      COLUMNS(n, m, k, b, csb, rsb, a, csa, rsa, c, 1, rsc, accumulate);                                    \
    }                                                                                                       \
    return true;                                                                                            \
  }
GEMM_SMALL(gemm_small_f32, float, columns_f32)
GEMM_SMALL(gemm_small_f64, double, columns_f64)
