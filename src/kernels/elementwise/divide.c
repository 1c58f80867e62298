/*
 * divide.c - divisions with a whole result and what they leave: remainder, fmod, floor_divide; atan2 and hypot.
 */
#include "base/vmath/vmath.h"
#include "kernels/elementwise/kernels.h"

#define RUN(kernel, T, EXPR)                                                                          \
  void kernel(int64_t n, void *o, int64_t so, const void *a, int64_t sa, const void *b, int64_t sb) { \
    T *q = o;                                                                                         \
    const T *p = a, *r = b;                                                                           \
    for (int64_t i = 0; i < n; i++) {                                                                 \
      const T x = p[i * sa], y = r[i * sb];                                                           \
      q[i * so] = (T)(EXPR);                                                                          \
    }                                                                                                 \
  }

/* --- floats --------------------------------------------------------------------------------------------------- */

#define FLOATS(s, T, fmod, floor, copysign)                               \
  INLINE T remainder_##s(T x, T y) {                                      \
    const T m = fmod(x, y);                                               \
    return m != 0 && (y < 0) != (m < 0) ? m + y : m;                      \
  }                                                                       \
  /* x - m is a multiple of y but for rounding, which floor would show */ \
  INLINE T floor_divide_##s(T x, T y) {                                   \
    if (y == 0) return x / y;                                             \
    const T m = fmod(x, y);                                               \
    T q = (x - m) / y;                                                    \
    if (m != 0 && (y < 0) != (m < 0)) q -= 1;                             \
    if (q == 0) return copysign(0, x / y);                                \
    const T down = floor(q);                                              \
    return q - down > (T)0.5 ? down + 1 : down;                           \
  }                                                                       \
  RUN(kern_remainder_##s, T, remainder_##s(x, y))                         \
  RUN(kern_floor_divide_##s, T, floor_divide_##s(x, y))                   \
  RUN(kern_fmod_##s, T, fmod(x, y))
FLOATS(f32, float, fmodf, floorf, copysignf)
FLOATS(f64, double, fmod, floor, copysign)

/* --- integers ------------------------------------------------------------------------------------------------- */

/* INT64_MIN / -1 wraps. */
INLINE int64_t quotient(int64_t x, int64_t y) { return y == 0 ? 0 : y == -1 ? (int64_t)(0 - (uint64_t)x) : x / y; }
INLINE int64_t left(int64_t x, int64_t y) { return y == 0 || y == -1 ? 0 : x % y; }
INLINE int64_t left_of_floor(int64_t x, int64_t y) {
  const int64_t m = left(x, y);
  return m != 0 && (y < 0) != (m < 0) ? m + y : m;
}
INLINE int64_t floor_quotient(int64_t x, int64_t y) {
  const int64_t m = left(x, y);
  return quotient(x, y) - (m != 0 && (y < 0) != (m < 0));
}
#define INTEGERS(s, T)                            \
  RUN(kern_remainder_##s, T, left_of_floor(x, y)) \
  RUN(kern_fmod_##s, T, left(x, y))               \
  RUN(kern_floor_divide_##s, T, floor_quotient(x, y))
INTEGERS(i64, int64_t)
INTEGERS(u8, uint8_t)

/* --- of vmath.h ----------------------------------------------------------------------------------------------- */

#define VMATH2(fn)                                                                                             \
  void kern_##fn##_f32(int64_t n, void *o, int64_t so, const void *a, int64_t sa, const void *b, int64_t sb) { \
    vmath()->fn##_f32(n, o, so, a, sa, b, sb);                                                                 \
  }                                                                                                            \
  void kern_##fn##_f64(int64_t n, void *o, int64_t so, const void *a, int64_t sa, const void *b, int64_t sb) { \
    vmath()->fn##_f64(n, o, so, a, sa, b, sb);                                                                 \
  }
VMATH2(atan2)
VMATH2(hypot)
