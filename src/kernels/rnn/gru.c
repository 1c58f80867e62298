/*
 * gru.c - r = sigmoid(x_r + h_r), z = sigmoid(x_z + h_z), n = tanh(x_n + r h_n), h = (1 - z) n + z h.
 */
#include "base/simd.h"
#include "base/vmath/vmath.h"
#include "kernels/rnn/cells.h"

#define GRU(T, suffix)                                                                                              \
  static VECTORIZED(void, add_gates_##suffix, (int64_t n, T * w, const T *hidden, const T *b), (n, w, hidden, b)) { \
    INDEPENDENT                                                                                                     \
    for (int64_t j = 0; j < n; j++) w[j] = w[j] + hidden[j] + b[j];                                                 \
  }                                                                                                                 \
                                                                                                                    \
  static VECTORIZED(void, add_reset_##suffix, (int64_t n, T * w, const T *hidden, const T *b), (n, w, hidden, b)) { \
    const T *r = w, *h = hidden + 2 * n, *bx = b + 2 * n, *bh = b + 3 * n;                                          \
    T *x = w + 2 * n, *kept = w + 3 * n;                                                                            \
    INDEPENDENT                                                                                                     \
    for (int64_t j = 0; j < n; j++) {                                                                               \
      kept[j] = h[j] + bh[j];                                                                                       \
      x[j] = x[j] + bx[j] + r[j] * kept[j];                                                                         \
    }                                                                                                               \
  }                                                                                                                 \
                                                                                                                    \
  static VECTORIZED(void, output_##suffix, (int64_t n, const T *w, T *h, T *y), (n, w, h, y)) {                     \
    const T *z = w + n, *fresh = w + 2 * n;                                                                         \
    INDEPENDENT                                                                                                     \
    for (int64_t j = 0; j < n; j++) h[j] = y[j] = (h[j] - fresh[j]) * z[j] + fresh[j];                              \
  }                                                                                                                 \
                                                                                                                    \
  static void forward_##suffix(int64_t n, void *work, const void *hidden, const void *bias, void *h, void *c,       \
                               void *y) {                                                                           \
    T *w = work;                                                                                                    \
    (void)c;                                                                                                        \
    add_gates_##suffix(2 * n, w, hidden, bias);                                                                     \
    vmath()->sigmoid_##suffix(2 * n, w, 1, w, 1);                                                                   \
    add_reset_##suffix(n, w, hidden, bias);                                                                         \
    vmath()->tanh_##suffix(n, w + 2 * n, 1, w + 2 * n, 1);                                                          \
    output_##suffix(n, w, h, y);                                                                                    \
  }                                                                                                                 \
                                                                                                                    \
  static VECTORIZED(void, gradient_##suffix, (int64_t n, const T *w, const T *dy, T *dh, T *dx, T *dhidden),        \
                    (n, w, dy, dh, dx, dhidden)) {                                                                  \
    const T *r = w, *z = w + n, *fresh = w + 2 * n, *kept = w + 3 * n, *before = w + 4 * n;                         \
    INDEPENDENT                                                                                                     \
    for (int64_t j = 0; j < n; j++) {                                                                               \
      const T e = dh[j] + dy[j], dn = e * (1 - z[j]) * (1 - fresh[j] * fresh[j]);                                   \
      const T dr = dn * kept[j] * (r[j] * (1 - r[j])), dz = e * (before[j] - fresh[j]) * (z[j] * (1 - z[j]));       \
      dx[j] = dhidden[j] = dr;                                                                                      \
      dx[n + j] = dhidden[n + j] = dz;                                                                              \
      dx[2 * n + j] = dn;                                                                                           \
      dhidden[2 * n + j] = dn * r[j];                                                                               \
      dh[j] = e * z[j];                                                                                             \
    }                                                                                                               \
  }                                                                                                                 \
                                                                                                                    \
  static void backward_##suffix(int64_t n, const void *work, const void *dy, void *dh, void *dc, void *dx,          \
                                void *dhidden) {                                                                    \
    (void)dc;                                                                                                       \
    gradient_##suffix(n, work, dy, dh, dx, dhidden);                                                                \
  }

GRU(float, f32)
GRU(double, f64)

const RnnCell rnn_cell_gru = {.gates = 3,
                              .work = 5,
                              .bias = 4,
                              .apart = true,
                              .forward = {forward_f32, forward_f64},
                              .backward = {backward_f32, backward_f64}};
