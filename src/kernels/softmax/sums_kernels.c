/*
 * sums_kernels.c - see sums.h. CMake compiles this file once for each instruction set and names the copy by SUMS_KERNELS.
 */
#include <math.h>

#include "kernels/softmax/pieces.h"
#include "kernels/softmax/sums.h"

#define LOG_SUMS(T, s)                                                                                    \
  static void panel_##s(const LogSumsJob *j, int64_t first, int64_t end, T *buf) {                        \
    Vec_##s top[PV_##s];                                                                                  \
    double sum[SCORE_PANEL];                                                                              \
    T *y = (T *)j->y + first;                                                                             \
    const Panel from = panel_of(&j->x, j->inner, first, end);                                             \
    panel_load_##s(buf, j->x.data, &from, j->n, j->x.step);                                               \
    panel_top_##s(top, buf, j->n);                                                                        \
    panel_exp_##s(buf, j->n, top, sum, false);                                                            \
    for (int64_t l = 0; l < from.rows; l++) {                                                             \
      const T t = top[l / VL_##s][l % VL_##s];                                                            \
      y[l] = isinf(t) ? t : (T)((double)t + log(sum[l]));                                                 \
    }                                                                                                     \
  }                                                                                                       \
                                                                                                          \
  static void run_##s(const LogSumsJob *j, int64_t begin, int64_t end, void *scratch) {                   \
    if (scratch) {                                                                                        \
      for (int64_t r = begin; r < end; r += SCORE_PANEL) panel_##s(j, r, end, scratch);                   \
      return;                                                                                             \
    }                                                                                                     \
    for (int64_t r = begin; r < end; r++) {                                                               \
      const T *x = (const T *)j->x.data + score_row_at(&j->x, j->inner, r), top = row_top_##s(x, j->n);   \
      ((T *)j->y)[r] = isinf(top) ? top : (T)((double)top + log(row_exp_##s(NULL, x, j->n, top, false))); \
    }                                                                                                     \
  }
LOG_SUMS(float, f32)
LOG_SUMS(double, f64)

#define PASTE(a, b) a##b
#define TABLE(set) PASTE(log_sums_, set)
const LogSumsKernels TABLE(SUMS_KERNELS) = {{run_f32, run_f64}};
