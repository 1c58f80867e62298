/*
 * unary.c - element-wise functions of one operand, float32 and float64.
 *
 * Two kinds of kernel. PLAIN is for expressions made of correctly rounded operations: any vector width gives the same
 * bits. BLOCKED is for transcendental functions: it calls libmvec on whole blocks of 16 elements, so an element's
 * result does not depend on its place in the run. In the expressions x is the element.
 */
#include "base/simd.h"
#include "kernels/elementwise/kernels.h"

LIBMVEC1(exp)
LIBMVEC1(log)
LIBMVEC1(log1p)
LIBMVEC1(expm1)
LIBMVEC1(sin)
LIBMVEC1(cos)
LIBMVEC1(tan)
LIBMVEC1(sinh)
LIBMVEC1(cosh)
LIBMVEC1(tanh)
LIBMVEC1(erf)

#define PLAIN(kernel, T, EXPR)                                                        \
  VECTORIZED void kernel(int64_t n, void *o, int64_t so, const void *a, int64_t sa) { \
    T *y = o;                                                                         \
    const T *p = a;                                                                   \
    if (so == 1 && sa == 1) {                                                         \
      INDEPENDENT                                                                     \
      for (int64_t i = 0; i < n; i++) {                                               \
        const T x = p[i];                                                             \
        y[i] = (EXPR);                                                                \
      }                                                                               \
      return;                                                                         \
    }                                                                                 \
    for (int64_t i = 0; i < n; i++) {                                                 \
      const T x = p[i * sa];                                                          \
      y[i * so] = (EXPR);                                                             \
    }                                                                                 \
  }

#define BLOCKED(kernel, T, EXPR)                                                      \
  VECTORIZED void kernel(int64_t n, void *o, int64_t so, const void *a, int64_t sa) { \
    T *y = o, buf[BLOCK];                                                             \
    const T *p = a;                                                                   \
    while (n > 0) {                                                                   \
      T *out = y;                                                                     \
      const T *in = p;                                                                \
      int64_t done = n & -BLOCK;                                                      \
      if (done == 0 || so != 1 || sa != 1) {                                          \
        done = n < BLOCK ? n : BLOCK;                                                 \
        load_block_##T(buf, done, p, sa);                                             \
        in = out = buf;                                                               \
      }                                                                               \
      const int64_t whole = (done + BLOCK - 1) & -BLOCK;                              \
      INDEPENDENT                                                                     \
      for (int64_t i = 0; i < whole; i++) {                                           \
        const T x = in[i];                                                            \
        out[i] = (EXPR);                                                              \
      }                                                                               \
      if (out == buf) {                                                               \
        for (int64_t i = 0; i < done; i++) y[i * so] = buf[i];                        \
      }                                                                               \
      n -= done;                                                                      \
      p += done * sa;                                                                 \
      y += done * so;                                                                 \
    }                                                                                 \
  }

/* e^-|x| never overflows, so both branches are accurate for every x. */
INLINE float sigmoid_f32(float x) {
  const float e = expf(-fabsf(x));
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}
INLINE double sigmoid_f64(double x) {
  const double e = exp(-fabs(x));
  return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

/* log(1 + e^x) = max(x, 0) + log(1 + e^-|x|) */
INLINE float softplus_f32(float x) { return (x > 0.0f ? x : 0.0f) + log1pf(expf(-fabsf(x))); }
INLINE double softplus_f64(double x) { return (x > 0.0 ? x : 0.0) + log1p(exp(-fabs(x))); }

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

BLOCKED(kern_exp_f32, float, expf(x))
BLOCKED(kern_log_f32, float, logf(x))
BLOCKED(kern_log1p_f32, float, log1pf(x))
BLOCKED(kern_expm1_f32, float, expm1f(x))
BLOCKED(kern_sin_f32, float, sinf(x))
BLOCKED(kern_cos_f32, float, cosf(x))
BLOCKED(kern_tan_f32, float, tanf(x))
BLOCKED(kern_sinh_f32, float, sinhf(x))
BLOCKED(kern_cosh_f32, float, coshf(x))
BLOCKED(kern_tanh_f32, float, tanhf(x))
BLOCKED(kern_erf_f32, float, erff(x))
BLOCKED(kern_sigmoid_f32, float, sigmoid_f32(x))
BLOCKED(kern_softplus_f32, float, softplus_f32(x))

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

BLOCKED(kern_exp_f64, double, exp(x))
BLOCKED(kern_log_f64, double, log(x))
BLOCKED(kern_log1p_f64, double, log1p(x))
BLOCKED(kern_expm1_f64, double, expm1(x))
BLOCKED(kern_sin_f64, double, sin(x))
BLOCKED(kern_cos_f64, double, cos(x))
BLOCKED(kern_tan_f64, double, tan(x))
BLOCKED(kern_sinh_f64, double, sinh(x))
BLOCKED(kern_cosh_f64, double, cosh(x))
BLOCKED(kern_tanh_f64, double, tanh(x))
BLOCKED(kern_erf_f64, double, erf(x))
BLOCKED(kern_sigmoid_f64, double, sigmoid_f64(x))
BLOCKED(kern_softplus_f64, double, softplus_f64(x))
