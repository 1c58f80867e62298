/*
 * activation.c - gradients of activation functions, d f'(x), in one pass: relu's, silu's and gelu's by the input x,
 * tanh's and sigmoid's by the output y.
 */
#include "base/simd.h"
#include "base/vmath/vmath.h"
#include "kernels/elementwise/kernels.h"

/* One combination of strides, written out so that the compiler sees them. */
#define LOOP(T, X, D, EXPR)         \
  for (int64_t i = 0; i < n; i++) { \
    const T x = (X), d = (D);       \
    q[i] = (EXPR);                  \
  }

#define GRADIENT(kernel, T, EXPR)                                                                                  \
  VECTORIZED(void, kernel, (int64_t n, void *o, int64_t so, const void *a, int64_t sa, const void *b, int64_t sb), \
             (n, o, so, a, sa, b, sb)) {                                                                           \
    T *q = o;                                                                                                      \
    const T *p = a, *r = b;                                                                                        \
    if (so == 1 && sa == 1 && sb == 1) {                                                                           \
      INDEPENDENT LOOP(T, p[i], r[i], EXPR)                                                                        \
    } else if (so == 1 && sa == 1 && sb == 0) {                                                                    \
      const T all = r[0];                                                                                          \
      INDEPENDENT LOOP(T, p[i], all, EXPR)                                                                         \
    } else {                                                                                                       \
      for (int64_t i = 0; i < n; i++) {                                                                            \
        const T x = p[i * sa], d = r[i * sb];                                                                      \
        q[i * so] = (EXPR);                                                                                        \
      }                                                                                                            \
    }                                                                                                              \
  }

#define GRADIENTS(s, T)                                        \
  GRADIENT(kern_relu_grad_##s, T, x <= 0 ? 0 : d) /* nan: d */ \
  GRADIENT(kern_tanh_grad_##s, T, d *(1 - (x * x)))            \
  GRADIENT(kern_sigmoid_grad_##s, T, d *(x * (1 - x)))
GRADIENTS(f32, float)
GRADIENTS(f64, double)

#define VMATH2(fn, s)                                                                                          \
  void kern_##fn##_##s(int64_t n, void *o, int64_t so, const void *a, int64_t sa, const void *b, int64_t sb) { \
    vmath()->fn##_##s(n, o, so, a, sa, b, sb);                                                                 \
  }
VMATH2(silu_grad, f32)
VMATH2(silu_grad, f64)
VMATH2(gelu_grad, f32)
VMATH2(gelu_grad, f64)
VMATH2(gelu_tanh_grad, f32)
VMATH2(gelu_tanh_grad, f64)
