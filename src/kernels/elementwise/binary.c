/*
 * binary.c - element-wise arithmetic of two operands: float32, float64 and integers.
 *
 * BINARY covers every operation made of correctly rounded steps; the strides (1, 1), (1, 0) and (0, 1) each have a loop
 * that vectorises. pow is computed by vmath.h. In the expressions x and y are the elements.
 */
#include "base/simd.h"
#include "base/vmath/vmath.h"
#include "kernels/elementwise/kernels.h"

/* One combination of strides, written out so that the compiler sees strides 1 and 0 as such. */
#define BINARY_LOOP(T, OUT, AX, AY, EXPR) \
  for (int64_t i = 0; i < n; i++) {       \
    const T x = (AX), y = (AY);           \
    (OUT) = (EXPR);                       \
  }

#define BINARY(kernel, T, EXPR)                                                                                    \
  VECTORIZED(void, kernel, (int64_t n, void *o, int64_t so, const void *a, int64_t sa, const void *b, int64_t sb), \
             (n, o, so, a, sa, b, sb)) {                                                                           \
    T *q = o;                                                                                                      \
    const T *p = a, *r = b;                                                                                        \
    if (so == 1 && sa == 1 && sb == 1) {                                                                           \
      INDEPENDENT BINARY_LOOP(T, q[i], p[i], r[i], EXPR)                                                           \
    } else if (so == 1 && sa == 1 && sb == 0) {                                                                    \
      const T y0 = r[0];                                                                                           \
      INDEPENDENT BINARY_LOOP(T, q[i], p[i], y0, EXPR)                                                             \
    } else if (so == 1 && sa == 0 && sb == 1) {                                                                    \
      const T x0 = p[0];                                                                                           \
      INDEPENDENT BINARY_LOOP(T, q[i], x0, r[i], EXPR)                                                             \
    } else {                                                                                                       \
      BINARY_LOOP(T, q[i * so], p[i * sa], r[i * sb], EXPR)                                                        \
    }                                                                                                              \
  }

/* NaN wins from either side: comparisons with NaN are false, so y falls through and x is asked for by x != x. */
#define MAXIMUM (x > y || x != x) ? x : y
#define MINIMUM (x < y || x != x) ? x : y
/* Integer arithmetic wraps: done in unsigned, where C defines it. */
#define WRAP(op) (int64_t)((uint64_t)x op(uint64_t) y)

/* --- float32, float64 ------------------------------------------------------------------------------------- */

BINARY(kern_add_f32, float, x + y)
BINARY(kern_sub_f32, float, x - y)
BINARY(kern_mul_f32, float, (x * y))
BINARY(kern_div_f32, float, x / y)
BINARY(kern_maximum_f32, float, MAXIMUM)
BINARY(kern_minimum_f32, float, MINIMUM)

BINARY(kern_add_f64, double, x + y)
BINARY(kern_sub_f64, double, x - y)
BINARY(kern_mul_f64, double, (x * y))
BINARY(kern_div_f64, double, x / y)
BINARY(kern_maximum_f64, double, MAXIMUM)
BINARY(kern_minimum_f64, double, MINIMUM)

/* --- integers --------------------------------------------------------------------------------------------- */

BINARY(kern_add_i64, int64_t, WRAP(+))
BINARY(kern_sub_i64, int64_t, WRAP(-))
BINARY(kern_mul_i64, int64_t, WRAP(*))
BINARY(kern_maximum_i64, int64_t, x > y ? x : y)
BINARY(kern_minimum_i64, int64_t, x < y ? x : y)

BINARY(kern_add_u8, uint8_t, (uint8_t)(x + y))
BINARY(kern_sub_u8, uint8_t, (uint8_t)(x - y))
BINARY(kern_mul_u8, uint8_t, (uint8_t)(x *y))
BINARY(kern_maximum_u8, uint8_t, x > y ? x : y)
BINARY(kern_minimum_u8, uint8_t, x < y ? x : y)

/* --- pow -------------------------------------------------------------------------------------------------- */

#define POW_LOOP(T, EXPR)             \
  if (so == 1 && sa == 1) {           \
    INDEPENDENT                       \
    for (int64_t i = 0; i < n; i++) { \
      const T x = p[i];               \
      q[i] = (EXPR);                  \
    }                                 \
  } else {                            \
    for (int64_t i = 0; i < n; i++) { \
      const T x = p[i * sa];          \
      q[i * so] = (EXPR);             \
    }                                 \
  }

/* One exponent for the whole run, of the kind that has a short exact form. The values are those of PyTorch: pow(x, 0.5)
 * is sqrt(x) also at -inf and -0. */
static inline int pow_is_short(double y) {
  return y == 2 || y == 1 || y == 3 || y == 0.5 || y == -0.5 || y == -1 || y == -2;
}

#define POW_SHORT(name, T, SQRT)                                                                    \
  static VECTORIZED(void, name, (int64_t n, T q[], int64_t so, const T p[], int64_t sa, int twice), \
                    (n, q, so, p, sa, twice)) {                                                     \
    switch (twice) { /* 2 y, an integer for each of them */                                         \
      case 4:                                                                                       \
        POW_LOOP(T, (x * x)) break;                                                                 \
      case 2:                                                                                       \
        POW_LOOP(T, x) break;                                                                       \
      case 6:                                                                                       \
        POW_LOOP(T, (x * x * x)) break;                                                             \
      case 1:                                                                                       \
        POW_LOOP(T, SQRT(x)) break;                                                                 \
      case -1:                                                                                      \
        POW_LOOP(T, 1 / SQRT(x)) break;                                                             \
      case -2:                                                                                      \
        POW_LOOP(T, 1 / x) break;                                                                   \
      case -4:                                                                                      \
        POW_LOOP(T, 1 / (x * x)) break;                                                             \
    }                                                                                               \
  }
POW_SHORT(pow_short_f32, float, sqrtf)
POW_SHORT(pow_short_f64, double, sqrt)

void kern_pow_f32(int64_t n, void *o, int64_t so, const void *a, int64_t sa, const void *b, int64_t sb) {
  if (n > 0 && sb == 0 && pow_is_short((double)*(const float *)b)) {
    pow_short_f32(n, o, so, a, sa, (int)(2 * *(const float *)b));
  } else {
    vmath()->pow_f32(n, o, so, a, sa, b, sb);
  }
}

void kern_pow_f64(int64_t n, void *o, int64_t so, const void *a, int64_t sa, const void *b, int64_t sb) {
  if (n > 0 && sb == 0 && pow_is_short(*(const double *)b)) {
    pow_short_f64(n, o, so, a, sa, (int)(2 * *(const double *)b));
  } else {
    vmath()->pow_f64(n, o, so, a, sa, b, sb);
  }
}
