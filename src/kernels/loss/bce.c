/*
 * bce.c - a chunk of elements at a time: both logarithms (base/vmath), then the sum of the two terms.
 */
#include "kernels/loss/bce.h"

#include "base/simd.h"
#include "base/vmath/vmath.h"

#define CHUNK 256 /* elements; the logarithms of a chunk stay in the processor's cache */

/* Comparisons with nan are false, so a nan stays. */
#define AT_LEAST(x, least) ((x) < (least) ? (least) : (x))

#define BCE(s, T)                                                                                          \
  /* out = -(y max(one, -100) + (1 - y) max(zero, -100)) */                                                \
  static VECTORIZED(void, join_##s,                                                                        \
                    (int64_t n, T out[], int64_t so, const T *one, const T *zero, const T *y, int64_t sy), \
                    (n, out, so, one, zero, y, sy)) {                                                      \
    for (int64_t i = 0; i < n; i++) {                                                                      \
      const T t = y[i * sy];                                                                               \
      out[i * so] = -(t * AT_LEAST(one[i], -100) + (1 - t) * AT_LEAST(zero[i], -100));                     \
    }                                                                                                      \
  }                                                                                                        \
  void bce_##s(int64_t n, void *o, int64_t so, const void *a, int64_t sa, const void *b, int64_t sb) {     \
    T *out = o, one[CHUNK], zero[CHUNK];                                                                   \
    const T *p = a, *y = b;                                                                                \
    for (; n > 0; n -= CHUNK, p += CHUNK * sa, y += CHUNK * sb, out += CHUNK * so) {                       \
      const int64_t m = n < CHUNK ? n : CHUNK;                                                             \
      for (int64_t i = 0; i < m; i++) zero[i] = -p[i * sa];                                                \
      vmath()->log_##s(m, one, 1, p, sa);                                                                  \
      vmath()->log1p_##s(m, zero, 1, zero, 1);                                                             \
      join_##s(m, out, so, one, zero, y, sb);                                                              \
    }                                                                                                      \
  }
BCE(f32, float)
BCE(f64, double)
