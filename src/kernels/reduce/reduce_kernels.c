/*
 * reduce_kernels.c - blocks, lanes and folds of sums and extremes; see reduce_kernels.h for the order of operations.
 */
#include "kernels/reduce/reduce_kernels.h"

#include <math.h>
#include <string.h>

#include "base/simd.h"

#define LANES REDUCE_LANES
#define FEW 16 /* up to so many elements scalar code beats filling vectors; from 8 on most bounds are constants */

/* The types of Partial's members. */
typedef double wide_d;
typedef int64_t wide_i;

/* LOAD(a) is what is taken of an element; JOIN(x, y) takes y into x. `field` is the member of Partial; FINISH turns it
 * into what is stored. */
#define REDUCTION(name, T, field, NEUTRAL, LOAD, JOIN, FINISH)                                                         \
  /* The lanes in registers: in memory, what is stored one by one would be read again as vectors, which waits. */      \
  static T name##_8_to_16(int64_t n, const T *a) {                                                                     \
    T l0 = LOAD(a[0]), l1 = LOAD(a[1]), l2 = LOAD(a[2]), l3 = LOAD(a[3]);                                              \
    T l4 = LOAD(a[4]), l5 = LOAD(a[5]), l6 = LOAD(a[6]), l7 = LOAD(a[7]);                                              \
    if (n > 8) l0 = JOIN(l0, LOAD(a[8]));                                                                              \
    if (n > 9) l1 = JOIN(l1, LOAD(a[9]));                                                                              \
    if (n > 10) l2 = JOIN(l2, LOAD(a[10]));                                                                            \
    if (n > 11) l3 = JOIN(l3, LOAD(a[11]));                                                                            \
    if (n > 12) l4 = JOIN(l4, LOAD(a[12]));                                                                            \
    if (n > 13) l5 = JOIN(l5, LOAD(a[13]));                                                                            \
    if (n > 14) l6 = JOIN(l6, LOAD(a[14]));                                                                            \
    if (n > 15) l7 = JOIN(l7, LOAD(a[15]));                                                                            \
    l0 = JOIN(l0, l4), l1 = JOIN(l1, l5), l2 = JOIN(l2, l6), l3 = JOIN(l3, l7);                                        \
    l0 = JOIN(l0, l2), l1 = JOIN(l1, l3);                                                                              \
    return JOIN(l0, l1);                                                                                               \
  }                                                                                                                    \
  static T name##_few(int64_t n, const T *a) {                                                                         \
    if (n >= 8) return name##_8_to_16(n, a);                                                                           \
    T lane[8];                                                                                                         \
    for (int64_t i = 0; i < n; i++) {                                                                                  \
      lane[i] = LOAD(a[i]);                                                                                            \
      OPAQUE(i);                                                                                                       \
    }                                                                                                                  \
    for (int64_t half = 4; half > 0; half /= 2) {                                                                      \
      for (int64_t i = half; i < n; i++) {                                                                             \
        lane[i - half] = JOIN(lane[i - half], lane[i]);                                                                \
        OPAQUE(i);                                                                                                     \
      }                                                                                                                \
      if (n > half) n = half;                                                                                          \
    }                                                                                                                  \
    return n > 0 ? lane[0] : NEUTRAL;                                                                                  \
  }                                                                                                                    \
  static VECTORIZED(T, name##_many, (int64_t n, const T *a), (n, a)) {                                                 \
    T lane[LANES];                                                                                                     \
    for (int64_t l = 0; l < LANES; l++) lane[l] = NEUTRAL;                                                             \
    for (; n >= LANES; n -= LANES, a += LANES)                                                                         \
      for (int64_t l = 0; l < LANES; l++) lane[l] = JOIN(lane[l], LOAD(a[l]));                                         \
    for (int64_t l = 0; l < n; l++) lane[l] = JOIN(lane[l], LOAD(a[l]));                                               \
    for (int64_t half = LANES / 2; half > 0; half /= 2)                                                                \
      for (int64_t l = 0; l < half; l++) lane[l] = JOIN(lane[l], lane[l + half]);                                      \
    return lane[0];                                                                                                    \
  }                                                                                                                    \
  static void name##_block(int64_t n, const void *a, Partial *result) {                                                \
    result->field = (wide_##field)(n <= FEW ? name##_few(n, a) : name##_many(n, a));                                   \
  }                                                                                                                    \
  /* name##_many of each row: a fold is done for all rows before the next one, which keeps it in vectors. */           \
  static VECTORIZED(void, name##_lines_many, (int64_t n, int64_t rows, const T *a, T *out), (n, rows, a, out)) {       \
    T lane[REDUCE_LINES][LANES];                                                                                       \
    const int64_t whole = n / LANES * LANES;                                                                           \
    for (int64_t r = 0; r < rows; r++, a += n) {                                                                       \
      T x[LANES];                                                                                                      \
      for (int64_t l = 0; l < LANES; l++) x[l] = NEUTRAL;                                                              \
      for (int64_t i = 0; i < whole; i += LANES)                                                                       \
        for (int64_t l = 0; l < LANES; l++) x[l] = JOIN(x[l], LOAD(a[i + l]));                                         \
      for (int64_t l = 0; l < LANES; l++) lane[r][l] = x[l];                                                           \
      for (int64_t l = 0; l < n - whole; l++) lane[r][l] = JOIN(lane[r][l], LOAD(a[whole + l]));                       \
    }                                                                                                                  \
    for (int64_t r = 0; r < rows; r++)                                                                                 \
      for (int64_t l = 0; l < 16; l++) lane[r][l] = JOIN(lane[r][l], lane[r][l + 16]);                                 \
    for (int64_t r = 0; r < rows; r++)                                                                                 \
      for (int64_t l = 0; l < 8; l++) lane[r][l] = JOIN(lane[r][l], lane[r][l + 8]);                                   \
    for (int64_t r = 0; r < rows; r++)                                                                                 \
      for (int64_t l = 0; l < 4; l++) lane[r][l] = JOIN(lane[r][l], lane[r][l + 4]);                                   \
    for (int64_t r = 0; r < rows; r++) {                                                                               \
      const T even = JOIN(lane[r][0], lane[r][2]), odd = JOIN(lane[r][1], lane[r][3]);                                 \
      out[r] = (T)FINISH((wide_##field)JOIN(even, odd));                                                               \
    }                                                                                                                  \
  }                                                                                                                    \
  /* name##_few of each row: lane l of row r at [l][r]. */                                                             \
  static VECTORIZED(void, name##_lines_few, (int64_t n, int64_t rows, const T *a, T *out), (n, rows, a, out)) {        \
    T lane[8][REDUCE_LINES] = {{0}};                                                                                   \
    for (int64_t i = 0; i < n; i++) {                                                                                  \
      T *x = lane[i & 7];                                                                                              \
      if (i < 8) {                                                                                                     \
        for (int64_t r = 0; r < rows; r++) x[r] = LOAD(a[r * n + i]);                                                  \
      } else {                                                                                                         \
        for (int64_t r = 0; r < rows; r++) x[r] = JOIN(x[r], LOAD(a[r * n + i]));                                      \
      }                                                                                                                \
    }                                                                                                                  \
    for (int64_t half = 4, left = n < 8 ? n : 8; half > 0; half /= 2) {                                                \
      for (int64_t l = half; l < left; l++)                                                                            \
        for (int64_t r = 0; r < REDUCE_LINES; r++) lane[l - half][r] = JOIN(lane[l - half][r], lane[l][r]);            \
      left = left < half ? left : half;                                                                                \
    }                                                                                                                  \
    for (int64_t r = 0; r < rows; r++) out[r] = (T)FINISH((wide_##field)lane[0][r]);                                   \
  }                                                                                                                    \
  static void name##_lines(int64_t n, int64_t rows, const void *a, void *out) {                                        \
    (n <= FEW ? name##_lines_few : name##_lines_many)(n, rows, a, out);                                                \
  }                                                                                                                    \
  static void name##_clear(int64_t w, int64_t lanes, void *acc) {                                                      \
    T *x = acc;                                                                                                        \
    for (int64_t i = 0; i < w * lanes; i++) x[i] = NEUTRAL;                                                            \
  }                                                                                                                    \
  static VECTORIZED(void, name##_rows, (int64_t n, int64_t w, int64_t lane, const void *a, int64_t stride, void *acc), \
                    (n, w, lane, a, stride, acc)) {                                                                    \
    const T *p = a;                                                                                                    \
    while (n > 0) {                                                                                                    \
      T *x = (T *)acc + lane * w;                                                                                      \
      /* rows without gaps between them are as one long row */                                                         \
      const int64_t left = LANES - lane, take = stride != w ? 1 : n < left ? n : left;                                 \
      INDEPENDENT                                                                                                      \
      for (int64_t i = 0; i < take * w; i++) x[i] = JOIN(x[i], LOAD(p[i]));                                            \
      p += take * stride;                                                                                              \
      n -= take;                                                                                                       \
      lane = (lane + take) % LANES;                                                                                    \
    }                                                                                                                  \
  }                                                                                                                    \
  static VECTORIZED(void, name##_fold, (int64_t w, int64_t lanes, void *acc, Partial *result),                         \
                    (w, lanes, acc, result)) {                                                                         \
    T *x = acc;                                                                                                        \
    for (int64_t half = LANES / 2; half > 0; half /= 2) {                                                              \
      const int64_t upper = (lanes - half) * w;                                                                        \
      const T *y = x + half * w;                                                                                       \
      INDEPENDENT                                                                                                      \
      for (int64_t i = 0; i < upper; i++) x[i] = JOIN(x[i], y[i]);                                                     \
      if (lanes > half) lanes = half;                                                                                  \
    }                                                                                                                  \
    for (int64_t i = 0; i < w; i++) result[i].field = (wide_##field)x[i];                                              \
  }                                                                                                                    \
  static VECTORIZED(void, name##_merge, (int64_t w, Partial into[], const Partial *from), (w, into, from)) {           \
    for (int64_t i = 0; i < w; i++) into[i].field = JOIN(into[i].field, from[i].field);                                \
  }                                                                                                                    \
  static void name##_store(int64_t w, const Partial *result, void *out, int64_t stride) {                              \
    for (int64_t i = 0; i < w; i++) ((T *)out)[i * stride] = (T)FINISH(result[i].field);                               \
  }

/* clang-format off */
#define OP(name) {name##_block, name##_lines, name##_clear, name##_rows, name##_fold, name##_merge, name##_store}
/* clang-format on */

#define ADD(x, y) ((x) + (y))
#define WRAPPING_ADD(x, y) ((int64_t)((uint64_t)(x) + (uint64_t)(y)))
#define MULTIPLY(x, y) ((x) * (y))
#define WRAPPING_MULTIPLY(x, y) ((int64_t)((uint64_t)(x) * (uint64_t)(y)))
/* The larger or smaller one; a NaN stays. */
#define LARGER(x, y) ((y) > (x) || (y) != (y) ? (y) : (x))
#define SMALLER(x, y) ((y) < (x) || (y) != (y) ? (y) : (x))
/* A sum of zeros is +0 whatever their signs. */
#define PLUS_ZERO(x) ((x) + 0)
#define SAME(x) (x)
#define SQUARED(x) ((x) * (x))

REDUCTION(sum_f32, float, d, 0, SAME, ADD, PLUS_ZERO)
REDUCTION(sum_f64, double, d, 0, SAME, ADD, PLUS_ZERO)
REDUCTION(sum_i64, int64_t, i, 0, SAME, WRAPPING_ADD, SAME)
REDUCTION(prod_f32, float, d, 1, SAME, MULTIPLY, SAME)
REDUCTION(prod_f64, double, d, 1, SAME, MULTIPLY, SAME)
REDUCTION(prod_i64, int64_t, i, 1, SAME, WRAPPING_MULTIPLY, SAME)
REDUCTION(max_f32, float, d, -INFINITY, SAME, LARGER, SAME)
REDUCTION(max_f64, double, d, (double)-INFINITY, SAME, LARGER, SAME)
REDUCTION(squares_f32, float, d, 0, SQUARED, ADD, PLUS_ZERO)
REDUCTION(squares_f64, double, d, 0, SQUARED, ADD, PLUS_ZERO)
REDUCTION(sizes_f32, float, d, 0, fabsf, ADD, PLUS_ZERO)
REDUCTION(sizes_f64, double, d, 0, fabs, ADD, PLUS_ZERO)
REDUCTION(max_i64, int64_t, i, INT64_MIN, SAME, LARGER, SAME)
REDUCTION(min_f32, float, d, INFINITY, SAME, SMALLER, SAME)
REDUCTION(min_f64, double, d, (double)INFINITY, SAME, SMALLER, SAME)
REDUCTION(min_i64, int64_t, i, INT64_MAX, SAME, SMALLER, SAME)
REDUCTION(max_u8, uint8_t, i, 0, SAME, LARGER, SAME)
REDUCTION(min_u8, uint8_t, i, UINT8_MAX, SAME, SMALLER, SAME)

const ReduceOp reduce_sum_ops[DT_COUNT] = {[DT_F32] = OP(sum_f32), [DT_F64] = OP(sum_f64), [DT_I64] = OP(sum_i64)};
const ReduceOp reduce_squares_ops[DT_COUNT] = {[DT_F32] = OP(squares_f32), [DT_F64] = OP(squares_f64)};
const ReduceOp reduce_sizes_ops[DT_COUNT] = {[DT_F32] = OP(sizes_f32), [DT_F64] = OP(sizes_f64)};
const ReduceOp reduce_prod_ops[DT_COUNT] = {[DT_F32] = OP(prod_f32), [DT_F64] = OP(prod_f64), [DT_I64] = OP(prod_i64)};
const ReduceOp reduce_max_ops[DT_COUNT] = {
    [DT_F32] = OP(max_f32), [DT_F64] = OP(max_f64), [DT_I64] = OP(max_i64), [DT_U8] = OP(max_u8)};
const ReduceOp reduce_min_ops[DT_COUNT] = {
    [DT_F32] = OP(min_f32), [DT_F64] = OP(min_f64), [DT_I64] = OP(min_i64), [DT_U8] = OP(min_u8)};
