/*
 * composed.h - functions made of libmvec's, of a vector, and gradients d y' (d: a vector, too). For vmath.c.
 */
#ifndef OPTLAB_BASE_VMATH_COMPOSED_H
#define OPTLAB_BASE_VMATH_COMPOSED_H

#include "base/simd.h"
#include "base/vmath/libmvec.h"

#define GELU_CUBE 0.044715
#define GELU_SCALE (M_SQRT1_2 * M_2_SQRTPI) /* sqrt(2 / pi) */

/* gelu(x) = x P(x), with the normal distribution P(x) = (1 + erf(x / sqrt 2)) / 2. Of floats P is within 7e-7 of its
 * value, relatively, also where it is small: with t = 1 / (1 + 0.34 |x|) the quotient of P(-|x|) and e = e^(-x^2 / 2) is
 * nearly a polynomial in t. */
INLINE Vec_f32 normal_f32(Vec_f32 x, Vec_f32 e) {
  static const float more[] = {1.395014257e-1f, -2.731363599e-1f, 2.021863563e-1f, -4.472067993e-2f,
                               1.153599793e-1f, 1.151974822e-1f,  1.361122173e-1f, 1.356205025e-1f};
  const Vec_f32 t = 1 / (1 - MINUS_ABS(Mask_f32, Vec_f32, x, fabsf) * 0.34f), zero = {0};
  Vec_f32 sum = t * -2.612090824e-2f + more[0];
  for (int i = 1; i < 8; i++) sum = sum * t + more[i];
  const Vec_f32 least = sum * (t * e);
  return CHOOSE(Mask_f32, Vec_f32, x < zero, least, 1 - least);
}
INLINE Vec_f32 bell_f32(Vec_f32 x) { return FN_f32(exp, v)(x * x * -0.5f); }
INLINE Vec_f32 gelu_of_f32(Vec_f32 x) { return x * normal_f32(x, bell_f32(x)); }

INLINE Vec_f64 normal_f64(Vec_f64 x, Vec_f64 e) {
  (void)e;
  return 0.5 * (1 + FN_f64(erf, v)(x * M_SQRT1_2));
}
INLINE Vec_f64 bell_f64(Vec_f64 x) { return FN_f64(exp, v)(x * x * -0.5); }
INLINE Vec_f64 gelu_of_f64(Vec_f64 x) { return x * normal_f64(x, x); }

#define COMPOSED(s, fabs)                                                                           \
  /* e^-|x| never overflows, so both branches are accurate for every x. */                          \
  INLINE Vec_##s sigmoid_of_##s(Vec_##s x) {                                                        \
    const Vec_##s zero = {0}, e = FN_##s(exp, v)(MINUS_ABS(Mask_##s, Vec_##s, x, fabs));            \
    return CHOOSE(Mask_##s, Vec_##s, x < zero, e, zero + 1) / (1 + e);                              \
  }                                                                                                 \
  /* log(1 + e^x) = max(x, 0) + log(1 + e^-|x|) */                                                  \
  INLINE Vec_##s softplus_of_##s(Vec_##s x) {                                                       \
    const Vec_##s zero = {0}, e = FN_##s(exp, v)(MINUS_ABS(Mask_##s, Vec_##s, x, fabs));            \
    return CHOOSE(Mask_##s, Vec_##s, x > zero, x, zero) + FN_##s(log1p, v)(e);                      \
  }                                                                                                 \
                                                                                                    \
  /* x s(x), with the sigmoid s; y' = s (1 + x (1 - s)) */                                          \
  INLINE Vec_##s silu_of_##s(Vec_##s x) { return x * sigmoid_of_##s(x); }                           \
  INLINE Vec_##s silu_grad_of_##s(Vec_##s x, Vec_##s d) {                                           \
    const Vec_##s y = sigmoid_of_##s(x);                                                            \
    return d * (y * (1 + x * (1 - y)));                                                             \
  }                                                                                                 \
                                                                                                    \
  /* gelu's: P + x e^(-x^2 / 2) / sqrt(2 pi) */                                                     \
  INLINE Vec_##s gelu_grad_of_##s(Vec_##s x, Vec_##s d) {                                           \
    const Vec_##s e = bell_##s(x);                                                                  \
    return d * (normal_##s(x, e) + x * e * (T_##s)(0.5 * GELU_SCALE));                              \
  }                                                                                                 \
                                                                                                    \
  /* x (1 + t) / 2, t = tanh(u(x)), u = c (x + a x^3); y' = (1 + t + x (1 - t^2) u') / 2 */         \
  INLINE Vec_##s gelu_tanh_at_##s(Vec_##s x) {                                                      \
    return FN_##s(tanh, v)((x + x * x * x * (T_##s)GELU_CUBE) * (T_##s)GELU_SCALE);                 \
  }                                                                                                 \
  INLINE Vec_##s gelu_tanh_of_##s(Vec_##s x) { return x * (T_##s)0.5 * (1 + gelu_tanh_at_##s(x)); } \
  INLINE Vec_##s gelu_tanh_grad_of_##s(Vec_##s x, Vec_##s d) {                                      \
    const Vec_##s t = gelu_tanh_at_##s(x);                                                          \
    const Vec_##s slope = (1 + x * x * (T_##s)(3 * GELU_CUBE)) * (T_##s)GELU_SCALE;                 \
    return d * ((T_##s)0.5 * (1 + t) + x * (T_##s)0.5 * (1 - t * t) * slope);                       \
  }
COMPOSED(f32, fabsf)
COMPOSED(f64, fabs)

#endif
