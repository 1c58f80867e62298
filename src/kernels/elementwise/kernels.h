/*
 * kernels.h - the innermost loops over one run of elements.
 *
 * A kernel knows neither Tensor nor Lua: n elements, a pointer and an element stride an operand. Strides 1 and 0 (one
 * value for the whole run) take vectorised paths, any other stride a plain loop; all paths give the same bits for the
 * same element, wherever in a run it stands, so that cutting a run among threads cannot change a result. The output has
 * stride 1 or any other, never 0. out may be the same memory as an input of the same stride, but may not overlap one
 * otherwise.
 *
 * Compiled without fused multiply-add contraction; the transcendental ones are those of vmath.h (at most 4 ulp).
 */
#ifndef OPTLAB_KERNELS_ELEMENTWISE_KERNELS_H
#define OPTLAB_KERNELS_ELEMENTWISE_KERNELS_H

#include <stdint.h>

/* o[i] = f(a[i]) */
typedef void Kern1(int64_t n, void *o, int64_t so, const void *a, int64_t sa);
/* o[i] = f(a[i], b[i]) */
typedef void Kern2(int64_t n, void *o, int64_t so, const void *a, int64_t sa, const void *b, int64_t sb);
/* o[i] = f(a[i], b[i], c[i]) */
typedef void Kern3(int64_t n, void *o, int64_t so, const void *a, int64_t sa, const void *b, int64_t sb, const void *c,
                   int64_t sc);

/* Unary, float32 and float64: kern_exp_f32, kern_exp_f64, ...
 * relu(x) = x > 0 ? x : 0 (NaN stays NaN); sign(0) = 0; round: halves to even; softplus(x) = log(1 + e^x) without
 * overflow. */
/* clang-format off */
#define KERN1_LIST(X) \
  X(neg) X(exp) X(log) X(log1p) X(expm1) X(sqrt) X(square) X(abs) X(sign) X(sin) X(cos) X(tan) X(sinh) X(cosh) X(tanh) \
  X(erf) X(sigmoid) X(relu) X(softplus) X(reciprocal) X(floor) X(ceil) X(round) X(asin) X(acos) X(atan) X(asinh) \
  X(acosh) X(atanh) X(log2) X(log10) X(exp2) X(erfc) X(rsqrt) X(trunc) X(frac) \
  X(silu) X(gelu) X(gelu_tanh)
/* clang-format on */

/* Binary, float32 and float64. maximum and minimum propagate NaN as PyTorch does. pow takes fast exact paths where the
 * exponent is one value for the whole run (sb == 0) and equals 1, 2, 3, 0.5, -0.5, -1 or -2. remainder has the sign of
 * the divisor, fmod that of the dividend; floor_divide is the largest whole number that is not above the quotient.
 * FN_grad(x, d) = d FN'(x); tanh_grad and sigmoid_grad take the output instead of x. */
/* clang-format off */
#define KERN2_LIST(X) \
  X(add) X(sub) X(mul) X(div) X(pow) X(maximum) X(minimum) X(atan2) X(hypot) X(remainder) X(fmod) X(floor_divide) \
  X(relu_grad) X(tanh_grad) X(sigmoid_grad) X(silu_grad) X(gelu_grad) X(gelu_tanh_grad)
/* clang-format on */

/* Comparisons and logic of float32, float64, int64 and uint8 operands; the output is uint8 0 or 1. For logic everything
 * but 0 is true. */
#define KERN_COMPARE_LIST(X) X(eq) X(ne) X(lt) X(le) X(gt) X(ge) X(logical_and) X(logical_or) X(logical_xor)

#define KERN_DECLARE1(name) Kern1 kern_##name##_f32, kern_##name##_f64;
#define KERN_DECLARE2(name) Kern2 kern_##name##_f32, kern_##name##_f64;
#define KERN_DECLARE_COMPARE(name) Kern2 kern_##name##_f32, kern_##name##_f64, kern_##name##_i64, kern_##name##_u8;
KERN1_LIST(KERN_DECLARE1)
KERN2_LIST(KERN_DECLARE2)
KERN_COMPARE_LIST(KERN_DECLARE_COMPARE)

/* Of float32 and float64; the output is uint8 0 or 1. */
Kern1 kern_isnan_f32, kern_isnan_f64, kern_isinf_f32, kern_isinf_f64, kern_isfinite_f32, kern_isfinite_f64;

Kern1 kern_logical_not_f32, kern_logical_not_f64, kern_logical_not_i64, kern_logical_not_u8;

/* Of int64 and uint8; arithmetic wraps. same: a copy, what floor, ceil and round are. */
Kern2 kern_add_i64, kern_sub_i64, kern_mul_i64, kern_pow_i64, kern_maximum_i64, kern_minimum_i64;
Kern2 kern_add_u8, kern_sub_u8, kern_mul_u8, kern_pow_u8, kern_maximum_u8, kern_minimum_u8;
Kern1 kern_neg_i64, kern_abs_i64, kern_square_i64, kern_sign_i64, kern_relu_i64, kern_same_i64;
Kern1 kern_neg_u8, kern_square_u8, kern_sign_u8, kern_same_u8;

/* Of int64 and uint8, as those of floats; of a divisor 0 the result is 0: callers look for it before. */
Kern2 kern_remainder_i64, kern_fmod_i64, kern_floor_divide_i64;
Kern2 kern_remainder_u8, kern_fmod_u8, kern_floor_divide_u8;

/* 0 and 1 of anything that has neither nan nor infinities */
Kern1 kern_none_i64, kern_none_u8, kern_all_i64, kern_all_u8;

/* o = a ? b : c, with a uint8. */
Kern3 kern_where_f32, kern_where_f64, kern_where_i64, kern_where_u8;
/* o = min(max(a, b), c), NaN stays NaN (b <= c). */
Kern3 kern_clamp_f32, kern_clamp_f64, kern_clamp_i64, kern_clamp_u8;

#endif
