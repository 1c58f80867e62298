/*
 * vmath.c - see vmath.h. CMake compiles this file once for each instruction set and names the table by VMATH_LEVEL.
 */
#include "base/vmath/vmath.h"

#include "base/vmath/libmvec.h"

/* clang-format off */
#define DECLARE1(fn) CALL Vec_f32 FN_f32(fn, v)(Vec_f32); CALL Vec_f64 FN_f64(fn, v)(Vec_f64);
#define DECLARE2(fn) CALL Vec_f32 FN_f32(fn, vv)(Vec_f32, Vec_f32); CALL Vec_f64 FN_f64(fn, vv)(Vec_f64, Vec_f64);
DECLARE1(exp) DECLARE1(log) DECLARE1(log1p) DECLARE1(expm1) DECLARE1(sin) DECLARE1(cos) DECLARE1(tan) DECLARE1(sinh)
DECLARE1(cosh) DECLARE1(tanh) DECLARE1(erf) DECLARE1(asin) DECLARE1(acos) DECLARE1(atan) DECLARE1(asinh) DECLARE1(acosh)
DECLARE1(atanh) DECLARE1(log2) DECLARE1(log10) DECLARE1(exp2) DECLARE1(erfc) DECLARE2(pow) DECLARE2(atan2)
DECLARE2(hypot)
/* clang-format on */

#include "base/vmath/composed.h"

/* Whole vectors that lie side by side have a loop of their own, short enough to count beside the fastest functions. */
#define RUN1(name, FN, s)                                                                  \
  static void name##_##s(int64_t n, T_##s *out, int64_t so, const T_##s *in, int64_t sa) { \
    if (so == 1 && sa == 1) {                                                              \
      const T_##s *end = in + (n & -LANES_##s);                                            \
      for (; in != end; in += LANES_##s, out += LANES_##s) {                               \
        *(VecAt_##s *)out = FN(*(const VecAt_##s *)in);                                    \
      }                                                                                    \
      n &= LANES_##s - 1;                                                                  \
    }                                                                                      \
    for (; n >= LANES_##s; n -= LANES_##s, out += LANES_##s * so, in += LANES_##s * sa) {  \
      write_##s(FN(read_##s(in, sa, LANES_##s)), out, so, LANES_##s);                      \
    }                                                                                      \
    if (n > 0) write_##s(FN(read_##s(in, sa, n)), out, so, n);                             \
  }

#define RUN2(name, FN, s)                                                                                             \
  static void name##_##s(int64_t n, T_##s *out, int64_t so, const T_##s *x, int64_t sx, const T_##s *y, int64_t sy) { \
    if (so == 1 && sx == 1 && sy == 1) {                                                                              \
      const T_##s *end = x + (n & -LANES_##s);                                                                        \
      for (; x != end; x += LANES_##s, y += LANES_##s, out += LANES_##s) {                                            \
        *(VecAt_##s *)out = FN(*(const VecAt_##s *)x, *(const VecAt_##s *)y);                                         \
      }                                                                                                               \
      n &= LANES_##s - 1;                                                                                             \
    }                                                                                                                 \
    for (; n >= LANES_##s; n -= LANES_##s, out += LANES_##s * so, x += LANES_##s * sx, y += LANES_##s * sy) {         \
      write_##s(FN(read_##s(x, sx, LANES_##s), read_##s(y, sy, LANES_##s)), out, so, LANES_##s);                      \
    }                                                                                                                 \
    if (n > 0) write_##s(FN(read_##s(x, sx, n), read_##s(y, sy, n)), out, so, n);                                     \
  }

/* clang-format off */
#define RUNS1(fn) RUN1(fn, FN_f32(fn, v), f32) RUN1(fn, FN_f64(fn, v), f64)
RUNS1(exp) RUNS1(log) RUNS1(log1p) RUNS1(expm1) RUNS1(sin) RUNS1(cos) RUNS1(tan) RUNS1(sinh) RUNS1(cosh) RUNS1(tanh)
RUNS1(erf) RUNS1(asin) RUNS1(acos) RUNS1(atan) RUNS1(asinh) RUNS1(acosh) RUNS1(atanh) RUNS1(log2) RUNS1(log10)
RUNS1(exp2) RUNS1(erfc)
#define RUNS1_OF(fn) RUN1(fn, fn##_of_f32, f32) RUN1(fn, fn##_of_f64, f64)
RUNS1_OF(sigmoid) RUNS1_OF(softplus) RUNS1_OF(silu) RUNS1_OF(gelu) RUNS1_OF(gelu_tanh)
#define RUNS2(fn) RUN2(fn, FN_f32(fn, vv), f32) RUN2(fn, FN_f64(fn, vv), f64)
RUNS2(pow) RUNS2(atan2) RUNS2(hypot)
#define RUNS2_OF(fn) RUN2(fn, fn##_of_f32, f32) RUN2(fn, fn##_of_f64, f64)
RUNS2_OF(silu_grad) RUNS2_OF(gelu_grad) RUNS2_OF(gelu_tanh_grad)
/* clang-format on */

#define TABLE2(level) vmath_##level
#define TABLE(level) TABLE2(level)
#define ENTRIES(fn) .fn##_f32 = fn##_f32, .fn##_f64 = fn##_f64,
                                        const VMath TABLE(VMATH_LEVEL) = {VMATH_UNARY(ENTRIES) VMATH_BINARY(ENTRIES)};
