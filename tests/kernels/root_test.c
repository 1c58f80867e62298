/*
 * root_test.c - whether the roots and quotients of kernels/elementwise/root.h are the rounded ones.
 *
 * Tries the root of every mantissa for an even and an odd exponent, and of some mantissas for every exponent, of zeros,
 * infinities and nan; quotients by many numbers. Prints what is wrong; the exit status is 0 when nothing is, or where the
 * processor does without these functions. Run by rounding_spec.lua.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/cpu.h"
#include "kernels/elementwise/root.h"

#ifdef __x86_64__

static int wrong;

static float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static int same(float a, float b) { return memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b); }

static void expect(const char *what, float v, float c, float got, float right) {
  if (!same(got, right) && wrong++ < 5) {
    printf("%s: of %a and %a it is %a, expected %a\n", what, (double)v, (double)c, (double)got, (double)right);
  }
}

/* The roots of 16 numbers, `step` apart as bits. */
ROOT_TARGET static void check_roots(uint32_t bits, uint32_t step) {
  RootFloats v, got, right;
  for (int k = 0; k < ROOT_LANES; k++) v[k] = float_of(bits + (uint32_t)k * step);
  got = root(v);
  right = _mm512_sqrt_ps(v);
  if (memcmp(&got, &right, sizeof got) == 0) return;
  for (int k = 0; k < ROOT_LANES; k++) expect("root", v[k], 1, got[k], right[k]);
}

ROOT_TARGET static void check_quotients(uint32_t bits, uint32_t step, float c) {
  RootFloats v, got, right;
  for (int k = 0; k < ROOT_LANES; k++) v[k] = float_of(bits + (uint32_t)k * step);
  got = root_over(v, c, 1 / c);
  right = _mm512_div_ps(_mm512_sqrt_ps(v), _mm512_set1_ps(c));
  if (memcmp(&got, &right, sizeof got) == 0) return;
  for (int k = 0; k < ROOT_LANES; k++) expect("quotient", v[k], c, got[k], right[k]);
}

int main(void) {
  if (!cpu_has_slow_roots()) return 0;
  for (uint32_t bits = 0x3f000000; bits < 0x40000000; bits += ROOT_LANES) check_roots(bits, 1);
  for (uint32_t bits = 0; bits < 0xffff0000; bits += ROOT_LANES * 4099) check_roots(bits, 4099);
  for (uint32_t bits = 0; bits < 0x7f000000; bits += 0x00800000) check_roots(bits - 8, 1);
  check_roots(0x7f7ffff8, 1);
  check_roots(0x80000000 - 8, 1);
  check_roots(0, 0);
  for (uint32_t i = 0; i < 3000; i++) {
    const float c = float_of(i < 1000 ? 0x3f800000 - i : 0x36000000 + (i - 1000) * 68111);
    if (!root_divides_by(c)) continue;
    for (uint32_t bits = i; bits < 0x7f800000; bits += ROOT_LANES * 130003) check_quotients(bits, 130003, c);
  }
  return wrong != 0;
}

#else

int main(void) { return 0; }

#endif
