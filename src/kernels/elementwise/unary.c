/*
 * unary.c - element-wise functions of one operand, float32 and float64.
 *
 * Two kinds of kernel. PLAIN is for expressions made of correctly rounded operations: any vector width gives the same
 * bits; x is the element. VMATH is for transcendental functions, which vmath.h computes.
 */
#include "base/simd.h"
#include "base/vmath/vmath.h"
#include "kernels/elementwise/kernels.h"

#define PLAIN(kernel, T, EXPR)                                                                               \
  VECTORIZED(void, kernel, (int64_t n, void *o, int64_t so, const void *a, int64_t sa), (n, o, so, a, sa)) { \
    T *y = o;                                                                                                \
    const T *p = a;                                                                                          \
    if (so == 1 && sa == 1) {                                                                                \
      INDEPENDENT                                                                                            \
      for (int64_t i = 0; i < n; i++) {                                                                      \
        const T x = p[i];                                                                                    \
        y[i] = (EXPR);                                                                                       \
      }                                                                                                      \
      return;                                                                                                \
    }                                                                                                        \
    for (int64_t i = 0; i < n; i++) {                                                                        \
      const T x = p[i * sa];                                                                                 \
      y[i * so] = (EXPR);                                                                                    \
    }                                                                                                        \
  }

/* fn: of vmath.h. */
#define VMATH(fn)                                                                   \
  void kern_##fn##_f32(int64_t n, void *o, int64_t so, const void *a, int64_t sa) { \
    vmath()->fn##_f32(n, o, so, a, sa);                                             \
  }                                                                                 \
  void kern_##fn##_f64(int64_t n, void *o, int64_t so, const void *a, int64_t sa) { \
    vmath()->fn##_f64(n, o, so, a, sa);                                             \
  }

/* --- float32 ---------------------------------------------------------------------------------------------- */

PLAIN(kern_neg_f32, float, -x)
PLAIN(kern_sqrt_f32, float, sqrtf(x))
PLAIN(kern_square_f32, float, (x * x))
PLAIN(kern_abs_f32, float, fabsf(x))
PLAIN(kern_sign_f32, float, x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : 0.0f)
PLAIN(kern_relu_f32, float, x <= 0.0f ? 0.0f : x)
PLAIN(kern_reciprocal_f32, float, 1.0f / x)
PLAIN(kern_floor_f32, float, floorf(x))
PLAIN(kern_ceil_f32, float, ceilf(x))
PLAIN(kern_round_f32, float, rintf(x))
PLAIN(kern_trunc_f32, float, truncf(x))
PLAIN(kern_frac_f32, float, x - truncf(x))
PLAIN(kern_rsqrt_f32, float, 1.0f / sqrtf(x))

/* --- float64 ---------------------------------------------------------------------------------------------- */

PLAIN(kern_neg_f64, double, -x)
PLAIN(kern_sqrt_f64, double, sqrt(x))
PLAIN(kern_square_f64, double, (x * x))
PLAIN(kern_abs_f64, double, fabs(x))
PLAIN(kern_sign_f64, double, x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0)
PLAIN(kern_relu_f64, double, x <= 0.0 ? 0.0 : x)
PLAIN(kern_reciprocal_f64, double, 1.0 / x)
PLAIN(kern_floor_f64, double, floor(x))
PLAIN(kern_ceil_f64, double, ceil(x))
PLAIN(kern_round_f64, double, rint(x))
PLAIN(kern_trunc_f64, double, trunc(x))
PLAIN(kern_frac_f64, double, x - trunc(x))
PLAIN(kern_rsqrt_f64, double, 1.0 / sqrt(x))

/* --- of vmath.h, both ------------------------------------------------------------------------------------- */

VMATH_UNARY(VMATH)

/* --- kinds of numbers ------------------------------------------------------------------------------------- */

#define KIND(kernel, T, EXPR)                                                                                \
  VECTORIZED(void, kernel, (int64_t n, void *o, int64_t so, const void *a, int64_t sa), (n, o, so, a, sa)) { \
    uint8_t *y = o;                                                                                          \
    const T *p = a;                                                                                          \
    for (int64_t i = 0; i < n; i++) {                                                                        \
      const T x = p[i * sa];                                                                                 \
      y[i * so] = (uint8_t)(EXPR);                                                                           \
    }                                                                                                        \
  }
/* clang-format off */
#define KINDS(suffix, T, fabs)                          \
  KIND(kern_isnan_##suffix, T, x != x)                  \
  KIND(kern_isinf_##suffix, T, fabs(x) == (T)INFINITY)  \
  KIND(kern_isfinite_##suffix, T, fabs(x) < (T)INFINITY)
/* clang-format on */
KINDS(f32, float, fabsf)
KINDS(f64, double, fabs)
KIND(kern_none_i64, int64_t, x && 0)
KIND(kern_none_u8, uint8_t, x && 0)
KIND(kern_all_i64, int64_t, x || 1)
KIND(kern_all_u8, uint8_t, x || 1)
