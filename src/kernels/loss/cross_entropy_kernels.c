/*
 * cross_entropy_kernels.c - see cross_entropy.h. CMake compiles this file once for each instruction set and names the
 * copy by CROSS_ENTROPY_KERNELS.
 */
#include "base/vmath/vmath.h"
#include "kernels/loss/cross_entropy.h"
#include "kernels/softmax/pieces.h"

#define CROSS_ENTROPY(T, s)                                                                                         \
  static double weight_of_##s(const CrossEntropyJob *j, int64_t c) {                                                \
    return j->weight ? (double)((const T *)j->weight)[c] : 1;                                                       \
  }                                                                                                                 \
                                                                                                                    \
  /* --- forward --- */                                                                                             \
                                                                                                                    \
  /* x: the scores less `top`, one every `step` */                                                                  \
  static T loss_##s(const CrossEntropyJob *j, int64_t r, const T *x, int64_t step, T top, double log_sum) {         \
    const int64_t y = j->label[r];                                                                                  \
    const double e = j->smoothing;                                                                                  \
    double others = 0;                                                                                              \
    if (y < 0) return 0;                                                                                            \
    const double own = log_sum - (double)(x[y * step] - top);                                                       \
    if (e == 0) return (T)(weight_of_##s(j, y) * own);                                                              \
    for (int64_t c = 0; c < j->n; c++) others += weight_of_##s(j, c) * (log_sum - (double)(x[c * step] - top));     \
    return (T)((1 - e) * weight_of_##s(j, y) * own + e / (double)j->n * others);                                    \
  }                                                                                                                 \
                                                                                                                    \
  static void forward_rows_##s(const CrossEntropyJob *j, int64_t first, int64_t end) {                              \
    T top[SCORE_PANEL], *loss = j->loss;                                                                            \
    double sum[SCORE_PANEL] = {0};                                                                                  \
    const int64_t rows = smaller(end - first, SCORE_PANEL);                                                         \
    for (int64_t l = 0; l < rows; l++) {                                                                            \
      const T *x = (const T *)j->x.data + score_row_at(&j->x, j->inner, first + l);                                 \
      top[l] = row_top_##s(x, j->n);                                                                                \
      sum[l] = row_exp_##s(NULL, x, j->n, top[l], false);                                                           \
    }                                                                                                               \
    vmath()->log_f64(rows, sum, 1, sum, 1);                                                                         \
    for (int64_t l = 0; l < rows; l++) {                                                                            \
      const T *x = (const T *)j->x.data + score_row_at(&j->x, j->inner, first + l);                                 \
      loss[first + l] = loss_##s(j, first + l, x, 1, top[l], sum[l]);                                               \
    }                                                                                                               \
  }                                                                                                                 \
                                                                                                                    \
  static void forward_panel_##s(const CrossEntropyJob *j, int64_t first, int64_t end, T *buf) {                     \
    Vec_##s top[PV_##s];                                                                                            \
    T *loss = j->loss;                                                                                              \
    double sum[SCORE_PANEL];                                                                                        \
    const Panel from = panel_of(&j->x, j->inner, first, end);                                                       \
    panel_load_##s(buf, j->x.data, &from, j->n, j->x.step);                                                         \
    panel_top_##s(top, buf, j->n);                                                                                  \
    panel_exp_##s(buf, j->n, top, sum, false);                                                                      \
    vmath()->log_f64(SCORE_PANEL, sum, 1, sum, 1);                                                                  \
    for (int64_t l = 0; l < from.rows; l++) {                                                                       \
      loss[first + l] = loss_##s(j, first + l, buf + l, SCORE_PANEL, 0, sum[l]);                                    \
    }                                                                                                               \
  }                                                                                                                 \
                                                                                                                    \
  static void forward_##s(const CrossEntropyJob *j, int64_t begin, int64_t end, void *scratch) {                    \
    const bool rows = cross_entropy_along_rows(j);                                                                  \
    for (int64_t r = begin; r < end; r += SCORE_PANEL) {                                                            \
      if (rows) forward_rows_##s(j, r, end);                                                                        \
      if (!rows) forward_panel_##s(j, r, end, scratch);                                                             \
    }                                                                                                               \
  }                                                                                                                 \
                                                                                                                    \
  /* --- backward --- */                                                                                            \
                                                                                                                    \
  /* What the exponentials of a row are multiplied by and what is taken off: at the label; of a class of weight   \
   * 1. */ \
  typedef struct Factors_##s {                                                                                      \
    T share, own, each;                                                                                             \
  } Factors_##s;                                                                                                    \
                                                                                                                    \
  static Factors_##s factors_##s(const CrossEntropyJob *j, int64_t r, double sum) {                                 \
    const int64_t y = j->label[r];                                                                                  \
    if (y < 0) return (Factors_##s){0, 0, 0};                                                                       \
    const double d = j->scale * (double)((const T *)j->d)[r * j->d_stride], w = weight_of_##s(j, y);                \
    return (Factors_##s){(T)(cross_entropy_share(j, w) / sum * d), (T)((1 - j->smoothing) * w * d),                 \
                         (T)(j->smoothing / (double)j->n * d)};                                                     \
  }                                                                                                                 \
                                                                                                                    \
  /* The same of a panel; without weights all rows are computed alike. */                                           \
  typedef struct PanelFactors_##s {                                                                                 \
    T share[SCORE_PANEL], own[SCORE_PANEL], each[SCORE_PANEL];                                                      \
  } PanelFactors_##s;                                                                                               \
                                                                                                                    \
  static void alike_##s(const CrossEntropyJob *j, const int64_t *row, const double *sum, PanelFactors_##s *f) {     \
    const double share = cross_entropy_share(j, 1), own = 1 - j->smoothing, each = j->smoothing / (double)j->n;     \
    double d[SCORE_PANEL];                                                                                          \
    for (int64_t l = 0; l < SCORE_PANEL; l++) d[l] = j->scale * (double)((const T *)j->d)[row[l] * j->d_stride];    \
    for (int64_t l = 0; l < SCORE_PANEL; l++) f->share[l] = (T)(share / sum[l] * d[l]);                             \
    for (int64_t l = 0; l < SCORE_PANEL; l++) f->own[l] = (T)(own * d[l]);                                          \
    for (int64_t l = 0; l < SCORE_PANEL; l++) f->each[l] = (T)(each * d[l]);                                        \
    for (int64_t l = 0; l < SCORE_PANEL; l++) {                                                                     \
      if (j->label[row[l]] < 0) f->share[l] = f->own[l] = f->each[l] = 0;                                           \
    }                                                                                                               \
  }                                                                                                                 \
                                                                                                                    \
  static void panel_factors_##s(const CrossEntropyJob *j, const int64_t *row, const double *sum,                    \
                                PanelFactors_##s *f) {                                                              \
    if (!j->weight) {                                                                                               \
      alike_##s(j, row, sum, f);                                                                                    \
      return;                                                                                                       \
    }                                                                                                               \
    for (int64_t l = 0; l < SCORE_PANEL; l++) {                                                                     \
      const Factors_##s one = factors_##s(j, row[l], sum[l]);                                                       \
      f->share[l] = one.share, f->own[l] = one.own, f->each[l] = one.each;                                          \
    }                                                                                                               \
  }                                                                                                                 \
                                                                                                                    \
  static void backward_row_##s(const CrossEntropyJob *j, int64_t r) {                                               \
    const T *x = (const T *)j->x.data + score_row_at(&j->x, j->inner, r), *w = j->weight;                           \
    T *dx = (T *)j->dx.data + score_row_at(&j->dx, j->inner, r);                                                    \
    if (j->label[r] < 0) {                                                                                          \
      memset(dx, 0, (size_t)j->n * sizeof *dx);                                                                     \
      return;                                                                                                       \
    }                                                                                                               \
    const Factors_##s f = factors_##s(j, r, row_exp_##s(dx, x, j->n, row_top_##s(x, j->n), true));                  \
    if (f.each == 0) {                                                                                              \
      for (int64_t c = 0; c < j->n; c++) dx[c] *= f.share;                                                          \
    } else {                                                                                                        \
      for (int64_t c = 0; c < j->n; c++) dx[c] = dx[c] * f.share - f.each * (w ? w[c] : 1);                         \
    }                                                                                                               \
    dx[j->label[r]] -= f.own;                                                                                       \
  }                                                                                                                 \
                                                                                                                    \
  static void backward_panel_##s(const CrossEntropyJob *j, int64_t first, int64_t end, T *buf) {                    \
    Vec_##s top[PV_##s];                                                                                            \
    double sum[SCORE_PANEL];                                                                                        \
    PanelFactors_##s f;                                                                                             \
    int64_t row[SCORE_PANEL];                                                                                       \
    const T *w = j->weight;                                                                                         \
    const Panel from = panel_of(&j->x, j->inner, first, end), to = panel_of(&j->dx, j->inner, first, end);          \
    panel_load_##s(buf, j->x.data, &from, j->n, j->x.step);                                                         \
    panel_top_##s(top, buf, j->n);                                                                                  \
    panel_exp_##s(buf, j->n, top, sum, true);                                                                       \
    for (int64_t l = 0; l < SCORE_PANEL; l++) row[l] = first + (l < from.rows ? l : 0);                             \
    panel_factors_##s(j, row, sum, &f);                                                                             \
    for (int64_t c = 0; c < j->n; c++) {                                                                            \
      T *at = buf + c * SCORE_PANEL;                                                                                \
      const T part = w ? w[c] : 1;                                                                                  \
      for (int64_t l = 0; l < SCORE_PANEL; l++) at[l] = at[l] * f.share[l] - f.each[l] * part;                      \
    }                                                                                                               \
    for (int64_t l = 0; l < from.rows; l++) {                                                                       \
      const int64_t y = j->label[first + l];                                                                        \
      if (y >= 0) buf[y * SCORE_PANEL + l] -= f.own[l];                                                             \
      for (int64_t c = 0; y < 0 && c < j->n; c++) buf[c * SCORE_PANEL + l] = 0; /* of nan too */                    \
    }                                                                                                               \
    panel_store_##s(j->dx.data, buf, &to, j->n, j->dx.step);                                                        \
  }                                                                                                                 \
                                                                                                                    \
  static void backward_##s(const CrossEntropyJob *j, int64_t begin, int64_t end, void *scratch) {                   \
    if (cross_entropy_along_rows(j)) {                                                                              \
      for (int64_t r = begin; r < end; r++) backward_row_##s(j, r);                                                 \
      return;                                                                                                       \
    }                                                                                                               \
    for (int64_t r = begin; r < end; r += SCORE_PANEL) backward_panel_##s(j, r, end, scratch);                      \
  }
CROSS_ENTROPY(float, f32)
CROSS_ENTROPY(double, f64)

#define PASTE(a, b) a##b
#define TABLE(set) PASTE(cross_entropy_kernels_, set)
const CrossEntropyKernels TABLE(CROSS_ENTROPY_KERNELS) = {{forward_f32, forward_f64}, {backward_f32, backward_f64}};
