/*
 * integer.c - element-wise functions of int64 and uint8 alone: what keeps whole numbers whole.
 *
 * Arithmetic wraps, as PyTorch's and C's unsigned arithmetic does; it is done in unsigned, where C defines it. In the
 * expressions x is the element.
 */
#include "base/simd.h"
#include "kernels/elementwise/kernels.h"

#define UNARY(kernel, T, EXPR)                                                                               \
  VECTORIZED(void, kernel, (int64_t n, void *o, int64_t so, const void *a, int64_t sa), (n, o, so, a, sa)) { \
    T *q = o;                                                                                                \
    const T *p = a;                                                                                          \
    for (int64_t i = 0; i < n; i++) {                                                                        \
      const T x = p[i * sa];                                                                                 \
      q[i * so] = (T)(EXPR);                                                                                 \
    }                                                                                                        \
  }

UNARY(kern_neg_i64, int64_t, 0 - (uint64_t)x)
UNARY(kern_abs_i64, int64_t, x < 0 ? 0 - (uint64_t)x : (uint64_t)x)
UNARY(kern_square_i64, int64_t, (uint64_t)x *(uint64_t)x)
UNARY(kern_sign_i64, int64_t, (x > 0) - (x < 0))
UNARY(kern_relu_i64, int64_t, x < 0 ? 0 : x)
UNARY(kern_same_i64, int64_t, x)

UNARY(kern_neg_u8, uint8_t, 0 - x)
UNARY(kern_square_u8, uint8_t, x *x)
UNARY(kern_sign_u8, uint8_t, x > 0)
UNARY(kern_same_u8, uint8_t, x)

/* x^y. A power below 1 has no whole value but for x = 1 and -1; it is 0, as in PyTorch. */
static uint64_t power(int64_t x, int64_t y) {
  uint64_t result = 1, base = (uint64_t)x;
  if (y < 0 && x != 1 && x != -1) return 0;
  if (y < 0) return x == -1 && y % 2 ? (uint64_t)-1 : 1;
  for (; y > 0; y /= 2, base *= base) {
    if (y % 2) result *= base;
  }
  return result;
}

#define POW(kernel, T)                                                                                \
  void kernel(int64_t n, void *o, int64_t so, const void *a, int64_t sa, const void *b, int64_t sb) { \
    T *q = o;                                                                                         \
    const T *p = a, *r = b;                                                                           \
    for (int64_t i = 0; i < n; i++) q[i * so] = (T)power(p[i * sa], r[i * sb]);                       \
  }
POW(kern_pow_i64, int64_t)
POW(kern_pow_u8, uint8_t)
