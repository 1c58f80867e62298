/*
 * softmax_kernels.c - see softmax_kernels.h. CMake compiles this file once for each instruction set and names the copy
 * by SOFTMAX_KERNELS.
 */
#include "kernels/softmax/softmax_kernels.h"

#include "kernels/softmax/pieces.h"

#define SOFTMAX(T, s)                                                                                         \
  /* --- forward: y = e^(x - top) / sum, or x - top - log sum */                                              \
                                                                                                              \
  static void forward_row_##s(T *y, const T *x, int64_t n, bool log_wanted) {                                 \
    const T top = row_top_##s(x, n);                                                                          \
    if (log_wanted) {                                                                                         \
      const T log_sum = (T)log(row_exp_##s(y, x, n, top, false));                                             \
      for (int64_t i = 0; i < n; i++) y[i] = x[i] - top - log_sum;                                            \
    } else {                                                                                                  \
      const T share = (T)(1 / row_exp_##s(y, x, n, top, true));                                               \
      for (int64_t i = 0; i < n; i++) y[i] *= share;                                                          \
    }                                                                                                         \
  }                                                                                                           \
                                                                                                              \
  static void forward_panel_##s(const SoftmaxJob *j, int64_t first, int64_t end, T *buf) {                    \
    Vec_##s top[PV_##s];                                                                                      \
    double sum[SCORE_PANEL];                                                                                  \
    T last[SCORE_PANEL];                                                                                      \
    const Panel from = panel_of(&j->x, j->inner, first, end), to = panel_of(&j->y, j->inner, first, end);     \
    panel_load_##s(buf, j->x.data, &from, j->n, j->x.step);                                                   \
    panel_top_##s(top, buf, j->n);                                                                            \
    panel_exp_##s(buf, j->n, top, sum, !j->log);                                                              \
    for (int l = 0; l < SCORE_PANEL; l++) last[l] = (T)(j->log ? log(sum[l]) : 1 / sum[l]);                   \
    for (int64_t c = 0; c < j->n; c++) {                                                                      \
      T *at = buf + c * SCORE_PANEL;                                                                          \
      for (int l = 0; l < SCORE_PANEL; l++) at[l] = j->log ? at[l] - last[l] : at[l] * last[l];               \
    }                                                                                                         \
    panel_store_##s(j->y.data, buf, &to, j->n, j->y.step);                                                    \
  }                                                                                                           \
                                                                                                              \
  static void forward_##s(const SoftmaxJob *j, int64_t begin, int64_t end, void *scratch) {                   \
    if (softmax_along_rows(j)) {                                                                              \
      for (int64_t r = begin; r < end; r++) {                                                                 \
        forward_row_##s((T *)j->y.data + score_row_at(&j->y, j->inner, r),                                    \
                        (const T *)j->x.data + score_row_at(&j->x, j->inner, r), j->n, j->log);               \
      }                                                                                                       \
      return;                                                                                                 \
    }                                                                                                         \
    for (int64_t r = begin; r < end; r += SCORE_PANEL) forward_panel_##s(j, r, end, scratch);                 \
  }                                                                                                           \
                                                                                                              \
  /* --- backward: y (d - sum d y), or d - e^y sum d */                                                       \
                                                                                                              \
  /* e^y, also of nan */                                                                                      \
  INLINE Vec_##s power_##s(Vec_##s y) {                                                                       \
    Vec_##s e = y;                                                                                            \
    exp_##s(1, &e);                                                                                           \
    return choose_##s(y != y, y, e);                                                                          \
  }                                                                                                           \
                                                                                                              \
  static double row_dot_##s(const T *d, const T *y, int64_t n, bool log) {                                    \
    double sum = 0;                                                                                           \
    for (int64_t i = 0; i < n;) {                                                                             \
      Vec_##s run = {0};                                                                                      \
      for (int64_t end = smaller(n, i + SUM_RUN * VL_##s); i < end; i += VL_##s) {                            \
        const int64_t at = smaller(i, n - VL_##s);                                                            \
        const Vec_##s v = log ? load_##s(d + at) : load_##s(d + at) * load_##s(y + at);                       \
        run += at == i ? v : without_##s(v, i - at);                                                          \
      }                                                                                                       \
      sum += sum_lanes_##s(run);                                                                              \
    }                                                                                                         \
    return sum;                                                                                               \
  }                                                                                                           \
                                                                                                              \
  static void backward_row_##s(T *dx, const T *d, const T *y, int64_t n, bool log) {                          \
    const T sum = (T)row_dot_##s(d, y, n, log);                                                               \
    if (!log) {                                                                                               \
      for (int64_t i = 0; i < n; i++) dx[i] = y[i] * (d[i] - sum);                                            \
      return;                                                                                                 \
    }                                                                                                         \
    for (int64_t i = 0; i < n; i += VL_##s) {                                                                 \
      const int64_t at = smaller(i, n - VL_##s);                                                              \
      store_##s(dx + at, load_##s(d + at) - power_##s(load_##s(y + at)) * sum);                               \
    }                                                                                                         \
  }                                                                                                           \
                                                                                                              \
  static void backward_panel_##s(const SoftmaxJob *j, int64_t first, int64_t end, T *y) {                     \
    Vec_##s total[PV_##s] = {{0}};                                                                            \
    T *d = y + j->n * SCORE_PANEL;                                                                            \
    const Panel from = panel_of(&j->x, j->inner, first, end), from_d = panel_of(&j->d, j->inner, first, end); \
    const Panel to = panel_of(&j->y, j->inner, first, end);                                                   \
    panel_load_##s(y, j->x.data, &from, j->n, j->x.step);                                                     \
    panel_load_##s(d, j->d.data, &from_d, j->n, j->d.step);                                                   \
    for (int64_t c = 0; c < j->n;) {                                                                          \
      Vec_##s run[PV_##s] = {{0}};                                                                            \
      for (int64_t stop = smaller(j->n, c + SUM_RUN); c < stop; c++) {                                        \
        for (int v = 0; v < PV_##s; v++) {                                                                    \
          const int64_t at = c * SCORE_PANEL + v * VL_##s;                                                    \
          run[v] += j->log ? load_##s(d + at) : load_##s(d + at) * load_##s(y + at);                          \
        }                                                                                                     \
      }                                                                                                       \
      for (int v = 0; v < PV_##s; v++) total[v] += run[v];                                                    \
    }                                                                                                         \
    for (int64_t c = 0; c < j->n; c++) {                                                                      \
      for (int v = 0; v < PV_##s; v++) {                                                                      \
        const int64_t at = c * SCORE_PANEL + v * VL_##s;                                                      \
        const Vec_##s p = load_##s(y + at), g = load_##s(d + at);                                             \
        store_##s(d + at, j->log ? g - power_##s(p) * total[v] : p * (g - total[v]));                         \
      }                                                                                                       \
    }                                                                                                         \
    panel_store_##s(j->y.data, d, &to, j->n, j->y.step);                                                      \
  }                                                                                                           \
                                                                                                              \
  static void backward_##s(const SoftmaxJob *j, int64_t begin, int64_t end, void *scratch) {                  \
    if (softmax_along_rows(j)) {                                                                              \
      for (int64_t r = begin; r < end; r++) {                                                                 \
        backward_row_##s((T *)j->y.data + score_row_at(&j->y, j->inner, r),                                   \
                         (const T *)j->d.data + score_row_at(&j->d, j->inner, r),                             \
                         (const T *)j->x.data + score_row_at(&j->x, j->inner, r), j->n, j->log);              \
      }                                                                                                       \
      return;                                                                                                 \
    }                                                                                                         \
    for (int64_t r = begin; r < end; r += SCORE_PANEL) backward_panel_##s(j, r, end, scratch);                \
  }
SOFTMAX(float, f32)
SOFTMAX(double, f64)

#define PASTE(a, b) a##b
#define TABLE(set) PASTE(softmax_kernels_, set)
const SoftmaxKernels TABLE(SOFTMAX_KERNELS) = {{forward_f32, forward_f64}, {backward_f32, backward_f64}};
