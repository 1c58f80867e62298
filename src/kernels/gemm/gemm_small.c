/*
 * gemm_small.c - matrix products too small for a BLAS call to pay off.
 *
 *   C (m, n) = A (m, k) B (k, n)
 *
 * C is made in tiles of four rows (then single ones) by one vector of columns: 64, 32 or 16 bytes as long as the
 * columns last, then single columns. What is left of rows or columns is done by a tile that overlaps the one before, unless
 * C is added to itself. A tile's accumulators stay in registers while k runs; a row of B is one vector load, an element of
 * A is broadcast. Every element of C is the plain sum a_i0 b_0j + a_i1 b_1j + ... in this order,
 * whatever the tile, so the result depends neither on the strides nor on the route:
 *   - the rows of B are contiguous: as described;
 *   - the columns of A are: the same for C' = B' A';
 *   - neither, and vectors are worth it: B is copied into rows first;
 *   - else single columns.
 */
#include "kernels/gemm/gemm_small.h"

#include <stddef.h>

#include "base/simd.h"

#define ROWS 4
#define MAX_WORK 512        /* multiplications; above, BLAS is as fast */
#define MAX_SINGLE_WORK 256 /* the same where only single columns can be done */
#define MAX_K 64
#define MAX_THIN_K 16           /* one column or one row of C, which BLAS would make in a roundabout way: */
#define MAX_THIN_WORK (1 << 15) /* up to so many */

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
                   int64_t rsc, int64_t csc, const T *add, int64_t rsadd, int64_t csadd) {                   \
    enum { W = sizeof(V) / sizeof(T) };                                                                      \
    V sum[ROWS] = {{0}};                                                                                     \
    for (int64_t l = 0; l < k; l++) {                                                                        \
      const V row = *(const V *)(b + l * rsb);                                                               \
      for (int i = 0; i < rows; i++) sum[i] += a[i * rsa + l * csa] * row;                                   \
    }                                                                                                        \
    for (int i = 0; i < rows; i++) {                                                                         \
      T *out = c + i * rsc;                                                                                  \
      if (csc == 1 && (csadd == 1 || !add)) {                                                                \
        if (add) sum[i] += *(const V *)(add + i * rsadd);                                                    \
        *(V *)out = sum[i];                                                                                  \
      } else {                                                                                               \
        for (int j = 0; j < W; j++) out[j * csc] = add ? add[i * rsadd + j * csadd] + sum[i][j] : sum[i][j]; \
      }                                                                                                      \
    }                                                                                                        \
  }
DEFINE_TILE(tile_f32x16, float, VecF32x16)
DEFINE_TILE(tile_f32x8, float, VecF32x8)
DEFINE_TILE(tile_f32x4, float, VecF32x4)
DEFINE_TILE(tile_f64x8, double, VecF64x8)
DEFINE_TILE(tile_f64x4, double, VecF64x4)
DEFINE_TILE(tile_f64x2, double, VecF64x2)

/* the same with a single column; the column strides play no part */
#define DEFINE_TILE_SINGLE(name, T)                                                                                    \
  INLINE void name(int rows, int64_t k, const T *a, int64_t rsa, int64_t csa, const T *b, int64_t rsb, T *c,           \
                   int64_t rsc, int64_t csc, const T *add, int64_t rsadd, int64_t csadd) {                             \
    (void)csc, (void)csadd;                                                                                            \
    T s0 = 0, s1 = 0, s2 = 0, s3 = 0;                                                                                  \
    const T *a0 = a, *a1 = a + (rows > 1 ? rsa : 0), *a2 = a1 + (rows > 1 ? rsa : 0), *a3 = a2 + (rows > 1 ? rsa : 0); \
    for (int64_t l = 0; l < k; l++) {                                                                                  \
      OPAQUE(l); /* vectors along k would only be taken apart again */                                                 \
      const T x = b[l * rsb];                                                                                          \
      s0 += a0[l * csa] * x;                                                                                           \
      if (rows > 1) s1 += a1[l * csa] * x, s2 += a2[l * csa] * x, s3 += a3[l * csa] * x;                               \
    }                                                                                                                  \
    const T sum[ROWS] = {s0, s1, s2, s3};                                                                              \
    for (int i = 0; i < rows; i++) c[i * rsc] = add ? add[i * rsadd] + sum[i] : sum[i];                                \
  }
DEFINE_TILE_SINGLE(tile_f32x1, float)
DEFINE_TILE_SINGLE(tile_f64x1, double)

/* `rows` rows from row i on by the columns of a tile from column j on. */
#define TILE(tile, rows)                                                                  \
  tile(rows, k, a + i * rsa, rsa, csa, b + j * csb, rsb, c + i * rsc + j * csc, rsc, csc, \
       add ? add + i * rsadd + j * csadd : NULL, rsadd, csadd);
#define ALL_ROWS(tile)                                \
  {                                                   \
    int64_t i = 0;                                    \
    for (; i + ROWS <= m; i += ROWS) TILE(tile, ROWS) \
    if (i > 0 && i < m && !in_place) {                \
      i = m - ROWS;                                   \
      TILE(tile, ROWS)                                \
    } else {                                          \
      for (; i < m; i++) TILE(tile, 1)                \
    }                                                 \
  }
/* As many whole tiles as columns j..n-1 hold. */
#define PANELS(tile, W) \
  for (; n - j >= (W); j += (W)) ALL_ROWS(tile)

#define DEFINE_COLUMNS(name, T, bits)                                                                   \
  static VECTORIZED(void, name, (const SmallProduct *p), (p)) {                                         \
    enum { NARROWEST = 16 / (int)sizeof(T) };                                                           \
    const int64_t m = p->m, n = p->n, k = p->k, rsa = p->rsa, csb = p->csb, rsc = p->rsc, csc = p->csc; \
    const int64_t rsadd = p->rsadd, csadd = p->csadd;                                                   \
    const T *a = p->a, *b = p->b, *add = p->add;                                                        \
    T *c = p->c;                                                                                        \
    const bool in_place = add == c;                                                                     \
    int64_t j = 0;                                                                                      \
    const int64_t csa = p->csa, rsb = p->rsb;                                                           \
    if (csb == 1) {                                                                                     \
      PANELS(WIDEST_##bits, 64 / (int64_t)sizeof(T))                                                    \
      PANELS(WIDE_##bits, 32 / (int64_t)sizeof(T))                                                      \
      PANELS(NARROW_##bits, NARROWEST)                                                                  \
      if (j > 0 && j < n && !in_place) {                                                                \
        j = n - NARROWEST;                                                                              \
        ALL_ROWS(NARROW_##bits)                                                                         \
        return;                                                                                         \
      }                                                                                                 \
    }                                                                                                   \
    PANELS(SINGLE_##bits, 1)                                                                            \
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

/* One column, A row-major: dot products. And one row by a matrix. The usual linear layers of small models are these: they
 * have no strides to work out. */
#define PAIRS(x, y, i, j) __builtin_shufflevector(x, y, i, (i) + 4, j, (j) + 4)
#define HALVES(x, y, i) __builtin_shufflevector(x, y, i, (i) + 1, (i) + 4, (i) + 5)

/* The dot products of b with four rows: squares of 4 x 4 are turned, so that a vector has an element of each row. */
INLINE void four_dots_f32(int64_t k, const float *a0, int64_t rsa, const float *b, VecF32x4 *dots) {
  const float *a1 = a0 + rsa, *a2 = a1 + rsa, *a3 = a2 + rsa;
  VecF32x4 sum = {0};
  int64_t l = 0;
  for (; l + 4 <= k; l += 4) {
    const VecF32x4 r0 = *(const VecF32x4 *)(a0 + l), r1 = *(const VecF32x4 *)(a1 + l);
    const VecF32x4 r2 = *(const VecF32x4 *)(a2 + l), r3 = *(const VecF32x4 *)(a3 + l);
    const VecF32x4 low = PAIRS(r0, r1, 0, 1), high = PAIRS(r0, r1, 2, 3);
    const VecF32x4 low_2 = PAIRS(r2, r3, 0, 1), high_2 = PAIRS(r2, r3, 2, 3);
    sum += HALVES(low, low_2, 0) * b[l];
    sum += HALVES(low, low_2, 2) * b[l + 1];
    sum += HALVES(high, high_2, 0) * b[l + 2];
    sum += HALVES(high, high_2, 2) * b[l + 3];
  }
  for (; l < k; l++) {
    OPAQUE(l);
    sum += (VecF32x4){a0[l], a1[l], a2[l], a3[l]} * b[l];
  }
  *dots = sum;
}

INLINE void four_dots_f64(int64_t k, const double *a0, int64_t rsa, const double *b, VecF64x4 *dots) {
  const double *a1 = a0 + rsa, *a2 = a1 + rsa, *a3 = a2 + rsa;
  double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  for (int64_t l = 0; l < k; l++) {
    OPAQUE(l); /* vectors along k would only be taken apart again */
    s0 += a0[l] * b[l], s1 += a1[l] * b[l], s2 += a2[l] * b[l], s3 += a3[l] * b[l];
  }
  *dots = (VecF64x4){s0, s1, s2, s3};
}

#define DEFINE_DOTS(name, T, V, FOUR)                                                                    \
  static VECTORIZED(void, name, (const SmallProduct *p), (p)) {                                          \
    const int64_t m = p->m, k = p->k, rsa = p->rsa, rsc = p->rsc, rsadd = p->rsadd;                      \
    const T *b = p->b, *add = p->add;                                                                    \
    T *c = p->c;                                                                                         \
    int64_t i = 0;                                                                                       \
    while (m - i >= ROWS) {                                                                              \
      V s;                                                                                               \
      FOUR(k, (const T *)p->a + i * rsa, rsa, b, &s);                                                    \
      if (add) {                                                                                         \
        const T *d = add + i * rsadd;                                                                    \
        s += rsadd == 0 ? (V){d[0], d[0], d[0], d[0]} : (V){d[0], d[rsadd], d[2 * rsadd], d[3 * rsadd]}; \
      }                                                                                                  \
      T *out = c + i * rsc;                                                                              \
      if (rsc == 1) {                                                                                    \
        *(V *)out = s;                                                                                   \
      } else {                                                                                           \
        out[0] = s[0], out[rsc] = s[1], out[2 * rsc] = s[2], out[3 * rsc] = s[3];                        \
      }                                                                                                  \
      i += ROWS;                                                                                         \
      if (i < m && m - i < ROWS && add != c) i = m - ROWS;                                               \
    }                                                                                                    \
    for (; i < m; i++) {                                                                                 \
      const T *a = (const T *)p->a + i * rsa;                                                            \
      T sum = 0;                                                                                         \
      for (int64_t l = 0; l < k; l++) {                                                                  \
        OPAQUE(l);                                                                                       \
        sum += a[l] * b[l];                                                                              \
      }                                                                                                  \
      c[i * rsc] = add ? add[i * rsadd] + sum : sum;                                                     \
    }                                                                                                    \
  }
DEFINE_DOTS(dots_f32, float, VecF32x4, four_dots_f32)
DEFINE_DOTS(dots_f64, double, VecF64x4, four_dots_f64)

#define ROW_BY(V, T)                                                                   \
  {                                                                                    \
    V sum = {0};                                                                       \
    const T *x = a, *row = b + j;                                                      \
    for (int64_t l = k; l > 0; l--, x += csa, row += rsb) sum += *x * *(const V *)row; \
    if (add) sum += *(const V *)(add + j);                                             \
    *(V *)(c + j) = sum;                                                               \
  }
#define DEFINE_ROW(name, T, WIDEST, WIDE, NARROW)                 \
  static VECTORIZED(void, name, (const SmallProduct *p), (p)) {   \
    enum { W = 16 / (int)sizeof(T) };                             \
    const int64_t n = p->n, k = p->k, csa = p->csa, rsb = p->rsb; \
    const T *a = p->a, *b = p->b, *add = p->add;                  \
    T *c = p->c;                                                  \
    int64_t j = 0;                                                \
    for (; n - j >= 4 * W; j += 4 * W) ROW_BY(WIDEST, T)          \
    for (; n - j >= 2 * W; j += 2 * W) ROW_BY(WIDE, T)            \
    for (; n - j >= W; j += W) ROW_BY(NARROW, T)                  \
    if (j == n) return;                                           \
    if (j > 0 && add != c) {                                      \
      j = n - W;                                                  \
      ROW_BY(NARROW, T)                                           \
      return;                                                     \
    }                                                             \
    for (; j < n; j++) {                                          \
      T sum = 0;                                                  \
      const T *x = a, *row = b + j;                               \
      for (int64_t l = 0; l < k; l++, x += csa, row += rsb) {     \
        OPAQUE(l);                                                \
        sum += *x * *row;                                         \
      }                                                           \
      c[j] = add ? add[j] + sum : sum;                            \
    }                                                             \
  }
DEFINE_ROW(row_f32, float, VecF32x16, VecF32x8, VecF32x4)
DEFINE_ROW(row_f64, double, VecF64x8, VecF64x4, VecF64x2)

/* Neither the rows of B nor the columns of A are contiguous, and vectors are worth it. */
#define DEFINE_GATHERED(name, T, COLUMNS)                                                      \
  static void name(const SmallProduct *p) {                                                    \
    T rows_of_b[MAX_WORK / ROWS];                                                              \
    const T *b = p->b;                                                                         \
    for (int64_t l = 0; l < p->k; l++) {                                                       \
      for (int64_t j = 0; j < p->n; j++) rows_of_b[l * p->n + j] = b[l * p->rsb + j * p->csb]; \
    }                                                                                          \
    SmallProduct q = *p;                                                                       \
    q.b = rows_of_b;                                                                           \
    q.rsb = p->n;                                                                              \
    q.csb = 1;                                                                                 \
    COLUMNS(&q);                                                                               \
  }
DEFINE_GATHERED(gathered_f32, float, columns_f32)
DEFINE_GATHERED(gathered_f64, double, columns_f64)

/* C' = B' A' */
static inline void turn(SmallProduct *p) {
  const SmallProduct q = *p;
  p->m = q.n, p->n = q.m;
  p->a = q.b, p->rsa = q.csb, p->csa = q.rsb;
  p->b = q.a, p->rsb = q.csa, p->csb = q.rsa;
  p->rsc = q.csc, p->csc = q.rsc;
  p->rsadd = q.csadd, p->csadd = q.rsadd;
}

/* Whether C is a column of dot products, or a row of them, over few elements each. */
static bool is_thin(const SmallProduct *p) {
  const bool column = p->n == 1 && (p->csa == 1 || p->rsa == 1), row = p->m == 1 && (p->csb == 1 || p->rsb == 1);
  return (column || row) && p->k <= MAX_THIN_K && p->m <= MAX_THIN_WORK && p->n <= MAX_THIN_WORK &&
         p->m * p->n * p->k <= MAX_THIN_WORK;
}

bool gemm_small(SmallProduct *p, bool is_double) {
  const int64_t m = p->m, n = p->n, k = p->k;
  const bool thin = is_thin(p);
  if (!thin && (k > MAX_K || m > MAX_WORK || n > MAX_WORK || m * n * k > MAX_WORK)) return false;
  p->run = is_double ? columns_f64 : columns_f32;
  if (p->rsa == 1 && (p->csb != 1 || m > n)) {
    turn(p);
  } else if (p->csb != 1) {
    if (m >= ROWS && n >= ROWS) {
      p->run = is_double ? gathered_f64 : gathered_f32;
    } else if (!thin && m * n * k > MAX_SINGLE_WORK) {
      return false;
    } else if (m < n) {
      turn(p);
    }
  }
  if (p->n == 1 && p->csa == 1 && p->rsb == 1) {
    p->run = is_double ? dots_f64 : dots_f32;
  } else if (p->m == 1 && p->csb == 1 && p->csc == 1 && (!p->add || p->csadd == 1)) {
    p->run = is_double ? row_f64 : row_f32;
  }
  return true;
}
