/*
 * chain_test.c - whether BLAS sums up in the plain order where gemm_is_chain says so: products of many shapes, of other
 * numbers than it tries. Prints what differs; the exit status is 0 when nothing does. Run by rounding_spec.lua.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/gemm/chain.h"
#include "kernels/gemm/gemm.h"

#define LONGEST 20
#define SHAPES 256 /* so many are tried */
#define PRODUCTS 12
#define ROOM (LONGEST * LONGEST)

static double number(void) { return ldexp(drand48() - 0.5, (int)(lrand48() % 8)); }

#define DIFFERS(T, suffix, FMA)                                                                                \
  static bool differs_##suffix(const GemmShape *s) {                                                           \
    T a[ROOM], b[ROOM], c[ROOM], before[ROOM];                                                                 \
    for (int i = 0; i < ROOM; i++) a[i] = (T)number(), b[i] = (T)number(), before[i] = c[i] = (T)number();     \
    gemm_##suffix(s->m, s->n, s->k, a, s->rsa, s->csa, b, s->rsb, s->csb, c, s->rsc, s->accumulate);           \
    for (int64_t i = 0; i < s->m; i++) {                                                                       \
      for (int64_t j = 0; j < s->n; j++) {                                                                     \
        T x = 0;                                                                                               \
        for (int64_t l = 0; l < s->k; l++) x = FMA(a[i * s->rsa + l * s->csa], b[l * s->rsb + j * s->csb], x); \
        if (s->accumulate) x = before[i * s->rsc + j] + x;                                                     \
        if (memcmp(&x, &c[i * s->rsc + j], sizeof x) != 0) return true;                                        \
      }                                                                                                        \
    }                                                                                                          \
    return false;                                                                                              \
  }
DIFFERS(float, f32, fmaf)
DIFFERS(double, f64, fma)

static int64_t length(void) { return 1 + lrand48() % LONGEST; }

static GemmShape shape(void) {
  const int64_t m = length(), n = length(), k = length();
  const bool ta = lrand48() & 1, tb = lrand48() & 1;
  return (GemmShape){m,          n,          k, ta ? 1 : k,    ta ? m : 1,
                     tb ? 1 : n, tb ? k : 1, n, lrand48() & 1, lrand48() & 1 ? DT_F32 : DT_F64};
}

int main(void) {
  int wrong = 0;
  for (int i = 0; i < SHAPES; i++) {
    const GemmShape s = shape();
    bool differs = false;
    if (!gemm_is_chain(&s)) continue;
    for (int t = 0; t < PRODUCTS; t++) differs = (s.dtype == DT_F32 ? differs_f32(&s) : differs_f64(&s)) || differs;
    if (!differs) continue;
    wrong = 1;
    printf("%d x %d by %d x %d, strides %d %d %d %d, %s%s\n", (int)s.m, (int)s.k, (int)s.k, (int)s.n, (int)s.rsa,
           (int)s.csa, (int)s.rsb, (int)s.csb, dtype_name((DType)s.dtype), s.accumulate ? ", added" : "");
  }
  return wrong;
}
