/*
 * mse.c - squared differences.
 */
#include "kernels/loss/mse.h"

#include "kernels/reduce/reduce.h"

/* Squares go into a small buffer that is then summed in reduce_sum's order, block by block. */
#define MSE_RUN(T, suffix)                                                                         \
  double mse_run_##suffix(int64_t n, const T *x, const T *y, T *each) {                            \
    T block[1024];                                                                                 \
    double sum = 0;                                                                                \
    for (int64_t at = 0; at < n; at += 1024) {                                                     \
      int64_t len = n - at < 1024 ? n - at : 1024;                                                 \
      T *sq = each ? each + at : block;                                                            \
      for (int64_t i = 0; i < len; i++) sq[i] = (x[at + i] - y[at + i]) * (x[at + i] - y[at + i]); \
      if (!each) sum += reduce_sum_run_##suffix(len, sq, 1);                                       \
    }                                                                                              \
    return sum;                                                                                    \
  }
MSE_RUN(float, f32)
MSE_RUN(double, f64)
