/*
 * bce.c - in whole blocks of elements, for libmvec's logarithm (base/simd.h).
 */
#include "kernels/loss/bce.h"

#include "base/simd.h"

LIBMVEC1(log)
LIBMVEC1(log1p)

/* Comparisons with nan are false, so a nan stays. */
#define AT_LEAST(x, least) ((x) < (least) ? (least) : (x))

#define BCE(kernel, T, logT, log1pT)                                                                             \
  VECTORIZED void kernel(int64_t n, void *o, int64_t so, const void *a, int64_t sa, const void *b, int64_t sb) { \
    T *out = o, x[BLOCK], y[BLOCK];                                                                              \
    const T *p = a, *r = b;                                                                                      \
    for (; n > 0; n -= BLOCK, p += BLOCK * sa, r += BLOCK * sb, out += BLOCK * so) {                             \
      load_block_##T(x, n, p, sa);                                                                               \
      load_block_##T(y, n, r, sb);                                                                               \
      int64_t lanes = BLOCK;                                                                                     \
      OPAQUE(lanes);                                                                                             \
      for (int64_t i = 0; i < lanes; i++) {                                                                      \
        const T one = logT(x[i]), zero = log1pT(-x[i]);                                                          \
        x[i] = -(y[i] * AT_LEAST(one, -100) + (1 - y[i]) * AT_LEAST(zero, -100));                                \
      }                                                                                                          \
      for (int64_t i = 0; i < BLOCK && i < n; i++) out[i * so] = x[i];                                           \
    }                                                                                                            \
  }
BCE(bce_f32, float, logf, log1pf)
BCE(bce_f64, double, log, log1p)
