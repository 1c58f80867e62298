/*
 * plain.c - the cells without gates: h = tanh(x + h), h = relu(x + h).
 */
#include "base/simd.h"
#include "base/vmath/vmath.h"
#include "kernels/rnn/cells.h"

#define PLAIN(T, suffix)                                                                                        \
  static VECTORIZED(void, add_bias_##suffix, (int64_t n, T * w, const T *b), (n, w, b)) {                       \
    INDEPENDENT                                                                                                 \
    for (int64_t j = 0; j < n; j++) w[j] += b[j];                                                               \
  }                                                                                                             \
                                                                                                                \
  static VECTORIZED(void, relu_##suffix, (int64_t n, T * w), (n, w)) {                                          \
    INDEPENDENT                                                                                                 \
    for (int64_t j = 0; j < n; j++) w[j] = w[j] <= 0 ? 0 : w[j];                                                \
  }                                                                                                             \
                                                                                                                \
  static VECTORIZED(void, output_##suffix, (int64_t n, const T *w, T *h, T *y), (n, w, h, y)) {                 \
    INDEPENDENT                                                                                                 \
    for (int64_t j = 0; j < n; j++) h[j] = y[j] = w[j];                                                         \
  }                                                                                                             \
                                                                                                                \
  static void tanh_forward_##suffix(int64_t n, void *w, const void *hidden, const void *bias, void *h, void *c, \
                                    void *y) {                                                                  \
    (void)hidden, (void)c;                                                                                      \
    add_bias_##suffix(n, w, bias);                                                                              \
    vmath()->tanh_##suffix(n, w, 1, w, 1);                                                                      \
    output_##suffix(n, w, h, y);                                                                                \
  }                                                                                                             \
                                                                                                                \
  static void relu_forward_##suffix(int64_t n, void *w, const void *hidden, const void *bias, void *h, void *c, \
                                    void *y) {                                                                  \
    (void)hidden, (void)c;                                                                                      \
    add_bias_##suffix(n, w, bias);                                                                              \
    relu_##suffix(n, w);                                                                                        \
    output_##suffix(n, w, h, y);                                                                                \
  }                                                                                                             \
                                                                                                                \
  static VECTORIZED(void, tanh_gradient_##suffix, (int64_t n, const T *w, const T *dy, const T *dh, T *dx),     \
                    (n, w, dy, dh, dx)) {                                                                       \
    INDEPENDENT                                                                                                 \
    for (int64_t j = 0; j < n; j++) dx[j] = (dh[j] + dy[j]) * (1 - w[j] * w[j]);                                \
  }                                                                                                             \
                                                                                                                \
  static VECTORIZED(void, relu_gradient_##suffix, (int64_t n, const T *w, const T *dy, const T *dh, T *dx),     \
                    (n, w, dy, dh, dx)) {                                                                       \
    INDEPENDENT                                                                                                 \
    for (int64_t j = 0; j < n; j++) dx[j] = w[j] <= 0 ? 0 : dh[j] + dy[j];                                      \
  }                                                                                                             \
                                                                                                                \
  static void tanh_backward_##suffix(int64_t n, const void *w, const void *dy, void *dh, void *dc, void *dx,    \
                                     void *dhidden) {                                                           \
    (void)dc, (void)dhidden;                                                                                    \
    tanh_gradient_##suffix(n, w, dy, dh, dx);                                                                   \
  }                                                                                                             \
                                                                                                                \
  static void relu_backward_##suffix(int64_t n, const void *w, const void *dy, void *dh, void *dc, void *dx,    \
                                     void *dhidden) {                                                           \
    (void)dc, (void)dhidden;                                                                                    \
    relu_gradient_##suffix(n, w, dy, dh, dx);                                                                   \
  }

PLAIN(float, f32)
PLAIN(double, f64)

const RnnCell rnn_cell_tanh = {.gates = 1,
                               .work = 2,
                               .bias = 1,
                               .forward = {tanh_forward_f32, tanh_forward_f64},
                               .backward = {tanh_backward_f32, tanh_backward_f64}};

const RnnCell rnn_cell_relu = {.gates = 1,
                               .work = 2,
                               .bias = 1,
                               .forward = {relu_forward_f32, relu_forward_f64},
                               .backward = {relu_backward_f32, relu_backward_f64}};
