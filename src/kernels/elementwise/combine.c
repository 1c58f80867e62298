/*
 * combine.c - a x + b y and x + b y, contiguous.
 */
#include "kernels/elementwise/combine.h"

#include "base/simd.h"

#define COMBINE(kernel, T, A, EXPR)                                                                              \
  VECTORIZED(void, kernel, (int64_t n, void *o, const void *pa, const void *px, const void *pb, const void *py), \
             (n, o, pa, px, pb, py)) {                                                                           \
    const T a = (A), b = *(const T *)pb;                                                                         \
    const T *x = px, *y = py;                                                                                    \
    T *q = o;                                                                                                    \
    (void)a;                                                                                                     \
    (void)pa;                                                                                                    \
    INDEPENDENT                                                                                                  \
    for (int64_t i = 0; i < n; i++) q[i] = (EXPR);                                                               \
  }
COMBINE(kern_axpby_f32, float, *(const float *)pa, a *x[i] + b * y[i])
COMBINE(kern_axpby_f64, double, *(const double *)pa, a *x[i] + b * y[i])
COMBINE(kern_xpby_f32, float, 0, x[i] + b * y[i])
COMBINE(kern_xpby_f64, double, 0, x[i] + b * y[i])
