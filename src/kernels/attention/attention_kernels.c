/*
 * attention_kernels.c - see attention_kernels.h. CMake compiles this file once for each instruction set and names the
 * copy by ATTENTION_KERNELS.
 */
#include "kernels/attention/attention_kernels.h"

#include "kernels/softmax/lanes.h"

#define ROUNDED(n, s) (((n) + AT_ONCE * VL_##s - 1) / (AT_ONCE * VL_##s) * (AT_ONCE * VL_##s))

#define ATTENTION(T, s)                                                                 \
  static T step_##s(T *x, int64_t n, T *top, double *sum) {                             \
    const int64_t end = ROUNDED(n, s);                                                  \
    Vec_##s most = splat_##s(*top), total = {0};                                        \
    for (int64_t i = n; i < end; i++) x[i] = -(T)INFINITY;                              \
    for (int64_t i = 0; i < end; i += VL_##s) most = larger_##s(most, load_##s(x + i)); \
    const T old = *top, now = largest_lane_##s(most);                                   \
    *top = now;                                                                         \
    if (now == -(T)INFINITY) { /* every key so far is masked */                         \
      memset(x, 0, (size_t)end * sizeof *x);                                            \
      return 1;                                                                         \
    }                                                                                   \
    for (int64_t i = 0; i < end; i += AT_ONCE * VL_##s) {                               \
      Vec_##s v[AT_ONCE];                                                               \
      for (int k = 0; k < AT_ONCE; k++) v[k] = load_##s(x + i + k * VL_##s) - now;      \
      exp_##s(AT_ONCE, v);                                                              \
      for (int k = 0; k < AT_ONCE; k++) {                                               \
        store_##s(x + i + k * VL_##s, v[k]);                                            \
        total += v[k];                                                                  \
      }                                                                                 \
    }                                                                                   \
    Vec_##s shift[1] = {splat_##s(old - now)};                                          \
    exp_##s(1, shift);                                                                  \
    *sum = *sum * (double)shift[0][0] + sum_lanes_##s(total) + (double)(now - now);     \
    return shift[0][0];                                                                 \
  }                                                                                     \
                                                                                        \
  static void grad_##s(T *x, T *dp, int64_t n, T lse, T dot, T scale) {                 \
    const int64_t end = ROUNDED(n, s);                                                  \
    for (int64_t i = n; i < end; i++) x[i] = -(T)INFINITY, dp[i] = 0;                   \
    for (int64_t i = 0; i < end; i += AT_ONCE * VL_##s) {                               \
      Vec_##s v[AT_ONCE];                                                               \
      for (int k = 0; k < AT_ONCE; k++) {                                               \
        const Vec_##s from = load_##s(x + i + k * VL_##s) - lse;                        \
        v[k] = choose_##s(from > 0, splat_##s(0), from); /* by rounding */              \
      }                                                                                 \
      exp_##s(AT_ONCE, v);                                                              \
      for (int k = 0; k < AT_ONCE; k++) {                                               \
        const int64_t at = i + k * VL_##s;                                              \
        const Vec_##s p = v[k] + (lse - lse);                                           \
        store_##s(x + at, p);                                                           \
        store_##s(dp + at, (load_##s(dp + at) - dot) * p * scale);                      \
      }                                                                                 \
    }                                                                                   \
  }
ATTENTION(float, f32)
ATTENTION(double, f64)

#define PASTE(a, b) a##b
#define TABLE(set) PASTE(attention_kernels_, set)
const AttentionKernels TABLE(ATTENTION_KERNELS) = {step_f32, step_f64, grad_f32, grad_f64};
