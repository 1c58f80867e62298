/*
 * compare.c - comparisons and logic (the output is uint8 0 or 1), selection by a mask, and clamping.
 */
#include "base/simd.h"
#include "kernels/elementwise/kernels.h"

#define COMPARE_LOOP(T, OUT, AX, AY, EXPR) \
  for (int64_t i = 0; i < n; i++) {        \
    const T x = (AX), y = (AY);            \
    (OUT) = (uint8_t)(EXPR);               \
  }

#define COMPARE(kernel, T, EXPR)                                                                                   \
  VECTORIZED(void, kernel, (int64_t n, void *o, int64_t so, const void *a, int64_t sa, const void *b, int64_t sb), \
             (n, o, so, a, sa, b, sb)) {                                                                           \
    uint8_t *q = o;                                                                                                \
    const T *p = a, *r = b;                                                                                        \
    if (so == 1 && sa == 1 && sb == 1) {                                                                           \
      INDEPENDENT COMPARE_LOOP(T, q[i], p[i], r[i], EXPR)                                                          \
    } else if (so == 1 && sa == 1 && sb == 0) {                                                                    \
      const T y0 = r[0];                                                                                           \
      INDEPENDENT COMPARE_LOOP(T, q[i], p[i], y0, EXPR)                                                            \
    } else {                                                                                                       \
      COMPARE_LOOP(T, q[i * so], p[i * sa], r[i * sb], EXPR)                                                       \
    }                                                                                                              \
  }

COMPARE(kern_eq_f32, float, x == y)
COMPARE(kern_ne_f32, float, x != y)
COMPARE(kern_lt_f32, float, x < y)
COMPARE(kern_le_f32, float, x <= y)
COMPARE(kern_gt_f32, float, x > y)
COMPARE(kern_ge_f32, float, x >= y)

COMPARE(kern_eq_f64, double, x == y)
COMPARE(kern_ne_f64, double, x != y)
COMPARE(kern_lt_f64, double, x < y)
COMPARE(kern_le_f64, double, x <= y)
COMPARE(kern_gt_f64, double, x > y)
COMPARE(kern_ge_f64, double, x >= y)

COMPARE(kern_eq_i64, int64_t, x == y)
COMPARE(kern_ne_i64, int64_t, x != y)
COMPARE(kern_lt_i64, int64_t, x < y)
COMPARE(kern_le_i64, int64_t, x <= y)
COMPARE(kern_gt_i64, int64_t, x > y)
COMPARE(kern_ge_i64, int64_t, x >= y)

COMPARE(kern_eq_u8, uint8_t, x == y)
COMPARE(kern_ne_u8, uint8_t, x != y)
COMPARE(kern_lt_u8, uint8_t, x < y)
COMPARE(kern_le_u8, uint8_t, x <= y)
COMPARE(kern_gt_u8, uint8_t, x > y)
COMPARE(kern_ge_u8, uint8_t, x >= y)

/* nan is not 0, so it counts as true. */
#define LOGIC(suffix, T)                                                                                   \
  COMPARE(kern_logical_and_##suffix, T, (x != 0) & (y != 0))                                               \
  COMPARE(kern_logical_or_##suffix, T, (x != 0) | (y != 0))                                                \
  COMPARE(kern_logical_xor_##suffix, T, (x != 0) ^ (y != 0))                                               \
  VECTORIZED(void, kern_logical_not_##suffix, (int64_t n, void *o, int64_t so, const void *a, int64_t sa), \
             (n, o, so, a, sa)) {                                                                          \
    uint8_t *q = o;                                                                                        \
    const T *p = a;                                                                                        \
    for (int64_t i = 0; i < n; i++) q[i * so] = (uint8_t)(p[i * sa] == 0);                                 \
  }
LOGIC(f32, float)
LOGIC(f64, double)
LOGIC(i64, int64_t)
LOGIC(u8, uint8_t)

/* --- three operands --------------------------------------------------------------------------------------- */

#define TERNARY_LOOP(TM, T, OUT, AM, AX, AY, EXPR) \
  for (int64_t i = 0; i < n; i++) {                \
    const TM m = (AM);                             \
    const T x = (AX), y = (AY);                    \
    (OUT) = (EXPR);                                \
  }

/* The operands are m (of type TM), x and y; only m is never a constant in the loops that vectorise. */
#define TERNARY(kernel, TM, T, EXPR)                                                                               \
  VECTORIZED(void, kernel,                                                                                         \
             (int64_t n, void *o, int64_t so, const void *a, int64_t sa, const void *b, int64_t sb, const void *c, \
              int64_t sc),                                                                                         \
             (n, o, so, a, sa, b, sb, c, sc)) {                                                                    \
    T *q = o;                                                                                                      \
    const TM *p = a;                                                                                               \
    const T *r = b, *s = c;                                                                                        \
    if (so == 1 && sa == 1 && sb == 1 && sc == 1) {                                                                \
      INDEPENDENT TERNARY_LOOP(TM, T, q[i], p[i], r[i], s[i], EXPR)                                                \
    } else if (so == 1 && sa == 1 && sb == 1 && sc == 0) {                                                         \
      const T y0 = s[0];                                                                                           \
      INDEPENDENT TERNARY_LOOP(TM, T, q[i], p[i], r[i], y0, EXPR)                                                  \
    } else if (so == 1 && sa == 1 && sb == 0 && sc == 1) {                                                         \
      const T x0 = r[0];                                                                                           \
      INDEPENDENT TERNARY_LOOP(TM, T, q[i], p[i], x0, s[i], EXPR)                                                  \
    } else if (so == 1 && sa == 1 && sb == 0 && sc == 0) {                                                         \
      const T x0 = r[0], y0 = s[0];                                                                                \
      INDEPENDENT TERNARY_LOOP(TM, T, q[i], p[i], x0, y0, EXPR)                                                    \
    } else {                                                                                                       \
      TERNARY_LOOP(TM, T, q[i * so], p[i * sa], r[i * sb], s[i * sc], EXPR)                                        \
    }                                                                                                              \
  }

TERNARY(kern_where_f32, uint8_t, float, m ? x : y)
TERNARY(kern_where_f64, uint8_t, double, m ? x : y)
TERNARY(kern_where_i64, uint8_t, int64_t, m ? x : y)
TERNARY(kern_where_u8, uint8_t, uint8_t, m ? x : y)

/* min(max(m, x), y): a NaN in m fails both comparisons and stays; a NaN bound gives NaN, as in PyTorch. */
#define CLAMP_LOW ((m < x || x != x) ? x : m)
#define CLAMP ((CLAMP_LOW > y || y != y) ? y : CLAMP_LOW)
TERNARY(kern_clamp_f32, float, float, CLAMP)
TERNARY(kern_clamp_f64, double, double, CLAMP)
#define CLAMP_INT (m < x ? x : m > y ? y : m)
TERNARY(kern_clamp_i64, int64_t, int64_t, CLAMP_INT)
TERNARY(kern_clamp_u8, uint8_t, uint8_t, CLAMP_INT)
