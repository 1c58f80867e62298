/*
 * root.h - square roots, and their quotients by a number, of products and sums.
 *
 * Processors divide and take roots in one unit, and Intel's needs as long for a vector of roots as for twenty fused
 * multiply-adds. Passes of optimizers over long parameters use these functions there (cpu_has_slow_roots). They give
 * the bits of the operations themselves:
 *
 * The root begins with the processor's estimate of 1 / sqrt(v), which is off by at most 2^-14. A step of Newton's
 * doubles its digits, and the remainder v - s^2, which a fused multiply-add gives exactly, corrects s. That the result
 * is always the rounded root has been found by trying all v (tests/kernels/root_test.c).
 *
 * The quotient q = s (1 / c) is corrected by its remainder s - q c in the same way. Where 1 / c is rounded to nearest, it
 * is always the rounded quotient (Brisebarre, Muller, Raina, "Accelerating correctly rounded floating-point division
 * when the divisor is known in advance", IEEE Transactions on Computers 53, 2004).
 *
 * Both hold as long as no remainder is too small for a float. A vector with an element outside of that range, other
 * than +0, takes the operations themselves.
 */
#ifndef OPTLAB_KERNELS_ELEMENTWISE_ROOT_H
#define OPTLAB_KERNELS_ELEMENTWISE_ROOT_H

#ifdef __x86_64__
#include <immintrin.h>
#include <stdbool.h>

#define ROOT_TARGET __attribute__((target("arch=x86-64-v4")))
#define ROOT_INLINE ROOT_TARGET static inline __attribute__((always_inline))
#define ROOT_LANES 16

typedef float RootFloats __attribute__((vector_size(64)));
/* The same anywhere in an array of floats. */
typedef float RootMemory __attribute__((vector_size(64), aligned(4), may_alias));

/* The bits of 2^-100 and 2^126, between which v lies. */
#define ROOT_SMALLEST 0x0d800000
#define ROOT_LARGEST 0x7e800000

/* Whether root_over may divide by c. */
static inline bool root_divides_by(float c) { return c >= 0x1p-20f && c <= 0x1p20f; }

/* The elements of v in that range. */
ROOT_INLINE __mmask16 root_fits(RootFloats v) {
  const __m512i above = _mm512_sub_epi32(_mm512_castps_si512(v), _mm512_set1_epi32(ROOT_SMALLEST));
  return _mm512_cmple_epu32_mask(above, _mm512_set1_epi32(ROOT_LARGEST - ROOT_SMALLEST));
}

/* Whether one of the others is not +0. */
ROOT_INLINE bool root_strays(RootFloats v, __mmask16 fits) {
  const __m512i bits = _mm512_castps_si512(v);
  return __builtin_expect(fits != 0xffff && _mm512_mask_test_epi32_mask((__mmask16)~fits, bits, bits) != 0, false);
}

/* The roots of elements that fit, and of +0. */
ROOT_INLINE RootFloats root_corrected(RootFloats v, __mmask16 fits) {
  const __m512 half = _mm512_set1_ps(0.5f), y = _mm512_maskz_rsqrt14_ps(fits, v);
  __m512 s = _mm512_mul_ps(v, y), h = _mm512_mul_ps(y, half);
  const __m512 e = _mm512_fnmadd_ps(s, h, half);
  s = _mm512_fmadd_ps(s, e, s);
  h = _mm512_fmadd_ps(h, e, h);
  return _mm512_fmadd_ps(_mm512_fnmadd_ps(s, s, v), h, s);
}

/* sqrt(v) */
ROOT_INLINE RootFloats root(RootFloats v) {
  const __mmask16 fits = root_fits(v);
  if (root_strays(v, fits)) return _mm512_sqrt_ps(v);
  return root_corrected(v, fits);
}

/* sqrt(v) / c, where root_divides_by(c); r: 1 / c */
ROOT_INLINE RootFloats root_over(RootFloats v, float c, float r) {
  const __mmask16 fits = root_fits(v);
  const __m512 vc = _mm512_set1_ps(c), vr = _mm512_set1_ps(r);
  if (root_strays(v, fits)) return _mm512_div_ps(_mm512_sqrt_ps(v), vc);
  const __m512 s = root_corrected(v, fits), q = _mm512_mul_ps(s, vr);
  return _mm512_fmadd_ps(_mm512_fnmadd_ps(q, vc, s), vr, q);
}

#endif
#endif
