/*
 * composed.h - functions made of libmvec's, of a vector, and gradients d y' (d: a vector, too). For vmath.c.
 */
#ifndef OPTLAB_BASE_VMATH_COMPOSED_H
#define OPTLAB_BASE_VMATH_COMPOSED_H

#include "base/simd.h"
#include "base/vmath/libmvec.h"

#define GELU_CUBE 0.044715
#define GELU_SCALE (M_SQRT1_2 * M_2_SQRTPI) /* sqrt(2 / pi) */

#define COMPOSED(s, fabs)                                                                                  \
  /* e^-|x| never overflows, so both branches are accurate for every x. */                                 \
  INLINE Vec_##s sigmoid_of_##s(Vec_##s x) {                                                               \
    const Vec_##s zero = {0}, e = FN_##s(exp, v)(MINUS_ABS(Mask_##s, Vec_##s, x, fabs));                   \
    return CHOOSE(Mask_##s, Vec_##s, x < zero, e, zero + 1) / (1 + e);                                     \
  }                                                                                                        \
  /* log(1 + e^x) = max(x, 0) + log(1 + e^-|x|) */                                                         \
  INLINE Vec_##s softplus_of_##s(Vec_##s x) {                                                              \
    const Vec_##s zero = {0}, e = FN_##s(exp, v)(MINUS_ABS(Mask_##s, Vec_##s, x, fabs));                   \
    return CHOOSE(Mask_##s, Vec_##s, x > zero, x, zero) + FN_##s(log1p, v)(e);                             \
  }                                                                                                        \
                                                                                                           \
  /* x s(x), with the sigmoid s; y' = s (1 + x (1 - s)) */                                                 \
  INLINE Vec_##s silu_of_##s(Vec_##s x) { return x * sigmoid_of_##s(x); }                                  \
  INLINE Vec_##s silu_grad_of_##s(Vec_##s x, Vec_##s d) {                                                  \
    const Vec_##s y = sigmoid_of_##s(x);                                                                   \
    return d * (y * (1 + x * (1 - y)));                                                                    \
  }                                                                                                        \
                                                                                                           \
  /* x P(x), P(x) = (1 + erf(x / sqrt 2)) / 2; y' = P + x e^(-x^2 / 2) / sqrt(2 pi) */                     \
  INLINE Vec_##s normal_##s(Vec_##s x) { return (T_##s)0.5 * (1 + FN_##s(erf, v)(x * (T_##s)M_SQRT1_2)); } \
  INLINE Vec_##s gelu_of_##s(Vec_##s x) { return x * normal_##s(x); }                                      \
  INLINE Vec_##s gelu_grad_of_##s(Vec_##s x, Vec_##s d) {                                                  \
    const Vec_##s e = FN_##s(exp, v)(x * x * (T_##s) - 0.5);                                               \
    return d * (normal_##s(x) + x * e * (T_##s)(0.5 * GELU_SCALE));                                        \
  }                                                                                                        \
                                                                                                           \
  /* x (1 + t) / 2, t = tanh(u(x)), u = c (x + a x^3); y' = (1 + t + x (1 - t^2) u') / 2 */                \
  INLINE Vec_##s gelu_tanh_at_##s(Vec_##s x) {                                                             \
    return FN_##s(tanh, v)((x + x * x * x * (T_##s)GELU_CUBE) * (T_##s)GELU_SCALE);                        \
  }                                                                                                        \
  INLINE Vec_##s gelu_tanh_of_##s(Vec_##s x) { return x * (T_##s)0.5 * (1 + gelu_tanh_at_##s(x)); }        \
  INLINE Vec_##s gelu_tanh_grad_of_##s(Vec_##s x, Vec_##s d) {                                             \
    const Vec_##s t = gelu_tanh_at_##s(x);                                                                 \
    const Vec_##s slope = (1 + x * x * (T_##s)(3 * GELU_CUBE)) * (T_##s)GELU_SCALE;                        \
    return d * ((T_##s)0.5 * (1 + t) + x * (T_##s)0.5 * (1 - t * t) * slope);                              \
  }
COMPOSED(f32, fabsf)
COMPOSED(f64, fabs)

#endif
