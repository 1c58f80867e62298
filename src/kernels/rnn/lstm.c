/*
 * lstm.c - c = sigmoid(f) c + sigmoid(i) tanh(g), h = sigmoid(o) tanh(c).
 */
#include "base/simd.h"
#include "base/vmath/vmath.h"
#include "kernels/rnn/cells.h"

#define PART 256 /* elements of a row whose tanh(c) is kept at a time */

#define LSTM(T, suffix)                                                                                       \
  static VECTORIZED(void, add_bias_##suffix, (int64_t n, T * g, const T *b), (n, g, b)) {                     \
    INDEPENDENT                                                                                               \
    for (int64_t j = 0; j < n; j++) g[j] += b[j];                                                             \
  }                                                                                                           \
                                                                                                              \
  static VECTORIZED(void, next_state_##suffix, (int64_t n, T * w, T * c), (n, w, c)) {                        \
    const T *i = w, *f = w + n, *g = w + 2 * n;                                                               \
    T *before = w + 4 * n;                                                                                    \
    INDEPENDENT                                                                                               \
    for (int64_t j = 0; j < n; j++) {                                                                         \
      before[j] = c[j];                                                                                       \
      c[j] = f[j] * c[j] + i[j] * g[j];                                                                       \
    }                                                                                                         \
  }                                                                                                           \
                                                                                                              \
  static VECTORIZED(void, output_##suffix, (int64_t n, const T *o, T *y, T *h), (n, o, y, h)) {               \
    INDEPENDENT                                                                                               \
    for (int64_t j = 0; j < n; j++) h[j] = y[j] = o[j] * y[j];                                                \
  }                                                                                                           \
                                                                                                              \
  static void forward_##suffix(int64_t n, void *work, const void *hidden, const void *bias, void *h, void *c, \
                               void *y) {                                                                     \
    T *w = work;                                                                                              \
    (void)hidden;                                                                                             \
    add_bias_##suffix(4 * n, w, bias);                                                                        \
    vmath()->sigmoid_##suffix(2 * n, w, 1, w, 1);                                                             \
    vmath()->tanh_##suffix(n, w + 2 * n, 1, w + 2 * n, 1);                                                    \
    vmath()->sigmoid_##suffix(n, w + 3 * n, 1, w + 3 * n, 1);                                                 \
    next_state_##suffix(n, w, c);                                                                             \
    vmath()->tanh_##suffix(n, y, 1, c, 1);                                                                    \
    output_##suffix(n, w + 3 * n, y, h);                                                                      \
  }                                                                                                           \
                                                                                                              \
  /* t = the new c, of m elements of a row */                                                                 \
  static VECTORIZED(void, state_again_##suffix, (int64_t m, int64_t n, const T *w, T *t), (m, n, w, t)) {     \
    const T *i = w, *f = w + n, *g = w + 2 * n, *before = w + 4 * n;                                          \
    INDEPENDENT                                                                                               \
    for (int64_t j = 0; j < m; j++) t[j] = f[j] * before[j] + i[j] * g[j];                                    \
  }                                                                                                           \
                                                                                                              \
  static VECTORIZED(void, gradient_##suffix,                                                                  \
                    (int64_t m, int64_t n, const T *w, const T *t, const T *dy, const T *dh, T *dc, T *d),    \
                    (m, n, w, t, dy, dh, dc, d)) {                                                            \
    const T *i = w, *f = w + n, *g = w + 2 * n, *o = w + 3 * n, *before = w + 4 * n;                          \
    T *di = d, *df = d + n, *dg = d + 2 * n, *dout = d + 3 * n;                                               \
    INDEPENDENT                                                                                               \
    for (int64_t j = 0; j < m; j++) {                                                                         \
      const T e = dh[j] + dy[j], s = dc[j] + e * o[j] * (1 - t[j] * t[j]);                                    \
      di[j] = s * g[j] * (i[j] * (1 - i[j]));                                                                 \
      df[j] = s * before[j] * (f[j] * (1 - f[j]));                                                            \
      dg[j] = s * i[j] * (1 - g[j] * g[j]);                                                                   \
      dout[j] = e * t[j] * (o[j] * (1 - o[j]));                                                               \
      dc[j] = s * f[j];                                                                                       \
    }                                                                                                         \
  }                                                                                                           \
                                                                                                              \
  static void backward_##suffix(int64_t n, const void *work, const void *dy, void *dh, void *dc, void *dx,    \
                                void *dhidden) {                                                              \
    const T *w = work;                                                                                        \
    T t[PART];                                                                                                \
    (void)dhidden;                                                                                            \
    for (int64_t j = 0; j < n; j += PART) {                                                                   \
      const int64_t m = n - j < PART ? n - j : PART;                                                          \
      state_again_##suffix(m, n, w + j, t);                                                                   \
      vmath()->tanh_##suffix(m, t, 1, t, 1);                                                                  \
      gradient_##suffix(m, n, w + j, t, (const T *)dy + j, (const T *)dh + j, (T *)dc + j, (T *)dx + j);      \
    }                                                                                                         \
  }

LSTM(float, f32)
LSTM(double, f64)

const RnnCell rnn_cell_lstm = {.gates = 4,
                               .work = 6,
                               .bias = 4,
                               .carries = true,
                               .forward = {forward_f32, forward_f64},
                               .backward = {backward_f32, backward_f64}};
