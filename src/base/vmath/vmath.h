/*
 * vmath.h - exp, log and the like of runs of numbers.
 *
 * An entry computes out[i * so] = fn(in[i * sa]) for i < n; `out` may be `in` if their strides are the same. Vector
 * functions may differ from the scalar ones in the last bit, so all elements go through vectors, the last ones in a
 * block that is padded: an element's result does not depend on its place. There is a table for each instruction set;
 * vmath() is the one to use.
 *
 * Where glibc has vector forms of the functions (libmvec: on x86-64 from 2.35 on, on arm64 from 2.40 on) these are
 * called, so that every compiler gives the same bits; elsewhere the scalar ones of libm.
 */
#ifndef OPTLAB_BASE_VMATH_VMATH_H
#define OPTLAB_BASE_VMATH_VMATH_H

#include "base/simd.h"

/* sigmoid(x) = 1 / (1 + e^-x), softplus(x) = log(1 + e^x), both without overflow. silu, gelu and gelu_tanh are
 * nn.functional's; FN_grad(x, d) = d FN'(x). */
/* clang-format off */
#define VMATH_UNARY(ENTRY) \
  ENTRY(exp) ENTRY(log) ENTRY(log1p) ENTRY(expm1) ENTRY(sin) ENTRY(cos) ENTRY(tan) ENTRY(sinh) ENTRY(cosh) \
  ENTRY(tanh) ENTRY(erf) ENTRY(sigmoid) ENTRY(softplus) ENTRY(asin) ENTRY(acos) ENTRY(atan) ENTRY(asinh) \
  ENTRY(acosh) ENTRY(atanh) ENTRY(log2) ENTRY(log10) ENTRY(exp2) ENTRY(erfc) ENTRY(silu) ENTRY(gelu) ENTRY(gelu_tanh)
/* clang-format on */

#define VMATH_BINARY(ENTRY) ENTRY(pow) ENTRY(atan2) ENTRY(hypot) ENTRY(silu_grad) ENTRY(gelu_grad) ENTRY(gelu_tanh_grad)

#define VMATH_MEMBERS(fn)                                                           \
  void (*fn##_f32)(int64_t n, float *out, int64_t so, const float *in, int64_t sa); \
  void (*fn##_f64)(int64_t n, double *out, int64_t so, const double *in, int64_t sa);

#define VMATH_MEMBERS2(fn)                                                                                     \
  void (*fn##_f32)(int64_t n, float *out, int64_t so, const float *x, int64_t sx, const float *y, int64_t sy); \
  void (*fn##_f64)(int64_t n, double *out, int64_t so, const double *x, int64_t sx, const double *y, int64_t sy);

typedef struct VMath {
  VMATH_UNARY(VMATH_MEMBERS)
  VMATH_BINARY(VMATH_MEMBERS2)
} VMath;

extern const VMath vmath_baseline, vmath_avx2, vmath_avx512;

static inline const VMath *vmath(void) {
#ifdef __x86_64__
  if (cpu_level() == CPU_AVX512) return &vmath_avx512;
  if (cpu_level() == CPU_AVX2) return &vmath_avx2;
#endif
  return &vmath_baseline;
}

#endif
