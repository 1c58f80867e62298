/*
 * rounding_test.c - whether the compiler, with the flags of the kernels, keeps the rounding in (double)(float)x.
 *
 * gcc 12.2 at -O3 loses it where a vector is built element by element (its SLP vectoriser), so the release build goes
 * without that pass. This is a loop that shows it, for each instruction set that the processor has. Prints what is
 * wrong; the exit status is 0 when nothing is. Run by rounding_spec.lua.
 */
#include <stdio.h>

#include "base/cpu.h"

typedef float Floats __attribute__((vector_size(64), aligned(4), may_alias));
typedef double Doubles __attribute__((vector_size(64)));

#define TENTHS(name, TARGET)                                                               \
  static __attribute__((noinline)) TARGET void name(Doubles *o, const Floats *q, long n) { \
    Doubles lo = o[0], hi = o[1];                                                          \
    for (long s = 0; s < n; s++) {                                                         \
      float l[16] __attribute__((aligned(64)));                                            \
      *(Floats *)l = q[s];                                                                 \
      Doubles a, c;                                                                        \
      for (int k = 0; k < 8; k++) {                                                        \
        a[k] = (double)(float)(((double)l[k] + 0) / 10);                                   \
        c[k] = (double)(float)(((double)l[k + 8] + 0) / 10);                               \
      }                                                                                    \
      lo += a * 10, hi += c * 10;                                                          \
    }                                                                                      \
    o[0] = lo, o[1] = hi;                                                                  \
  }
TENTHS(tenths_baseline, )
#ifdef __x86_64__
TENTHS(tenths_avx2, __attribute__((target("arch=x86-64-v3"))))
TENTHS(tenths_avx512, __attribute__((target("arch=x86-64-v4"))))
#endif

static int check(const char *level, void (*tenths)(Doubles *, const Floats *, long)) {
  Floats q;
  Doubles o[2] = {{0}};
  for (int k = 0; k < 16; k++) q[k] = (float)(k + 1);
  tenths(o, &q, 1);
  int wrong = 0;
  for (int k = 0; k < 16; k++) {
    volatile float tenth = (float)((double)q[k] / 10);
    const double got = o[k / 8][k % 8], right = (double)tenth * 10;
    if (got != right) wrong = 1, printf("%s: element %d is %a, expected %a\n", level, k, got, right);
  }
  return wrong;
}

int main(void) {
  int wrong = check("baseline", tenths_baseline);
#ifdef __x86_64__
  if (cpu_level() >= CPU_AVX2) wrong |= check("avx2", tenths_avx2);
  if (cpu_level() >= CPU_AVX512) wrong |= check("avx512", tenths_avx512);
#endif
  return wrong;
}
