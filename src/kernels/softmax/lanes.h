/*
 * lanes.h - vectors as wide as the instruction set that a file is compiled for (add_copies in CMake), for floats
 * (suffix f32) and doubles (f64): loads and stores, the larger of two, e^x, sums.
 *
 * Instruction sets differ in the last bits: products and sums are contracted where the set can, and the order of a sum
 * depends on the number of lanes.
 */
#ifndef OPTLAB_KERNELS_SOFTMAX_LANES_H
#define OPTLAB_KERNELS_SOFTMAX_LANES_H

#include <stdint.h>
#include <string.h>

#include "base/simd.h"

#if defined(__AVX512F__)
#define VECTOR 64
#elif defined(__AVX2__)
#define VECTOR 32
#else
#define VECTOR 16
#endif

typedef float Vec_f32 __attribute__((vector_size(VECTOR)));
typedef int32_t Int_f32 __attribute__((vector_size(VECTOR)));
typedef double Vec_f64 __attribute__((vector_size(VECTOR)));
typedef int64_t Int_f64 __attribute__((vector_size(VECTOR)));

#define VL_f32 (VECTOR / 4)
#define VL_f64 (VECTOR / 8)

/* v with lane l moved to lane l - n */
#define TURN_2(v, n) __builtin_shufflevector(v, v, (n) % 2, (1 + (n)) % 2)
#define TURN_4(v, n) __builtin_shufflevector(v, v, (n) % 4, (1 + (n)) % 4, (2 + (n)) % 4, (3 + (n)) % 4)
#define TURN_8(v, n)                                                                                                \
  __builtin_shufflevector(v, v, (n) % 8, (1 + (n)) % 8, (2 + (n)) % 8, (3 + (n)) % 8, (4 + (n)) % 8, (5 + (n)) % 8, \
                          (6 + (n)) % 8, (7 + (n)) % 8)
#define TURN_16(v, n)                                                                                          \
  __builtin_shufflevector(v, v, (n) % 16, (1 + (n)) % 16, (2 + (n)) % 16, (3 + (n)) % 16, (4 + (n)) % 16,      \
                          (5 + (n)) % 16, (6 + (n)) % 16, (7 + (n)) % 16, (8 + (n)) % 16, (9 + (n)) % 16,      \
                          (10 + (n)) % 16, (11 + (n)) % 16, (12 + (n)) % 16, (13 + (n)) % 16, (14 + (n)) % 16, \
                          (15 + (n)) % 16)
#if VECTOR == 64
#define TURN_f32 TURN_16
#define TURN_f64 TURN_8
#elif VECTOR == 32
#define TURN_f32 TURN_8
#define TURN_f64 TURN_4
#else
#define TURN_f32 TURN_4
#define TURN_f64 TURN_2
#endif

#define LANES_OF(T, I, s)                                                                          \
  INLINE Vec_##s load_##s(const T *p) {                                                            \
    Vec_##s v;                                                                                     \
    memcpy(&v, p, sizeof v);                                                                       \
    return v;                                                                                      \
  }                                                                                                \
  INLINE void store_##s(T *p, Vec_##s v) { memcpy(p, &v, sizeof v); }                              \
  INLINE Vec_##s splat_##s(T x) { return x - (Vec_##s){0}; }                                       \
  INLINE Vec_##s choose_##s(Int_##s mask, Vec_##s a, Vec_##s b) {                                  \
    return (Vec_##s)((mask & (Int_##s)a) | (~mask & (Int_##s)b));                                  \
  }                                                                                                \
  /* nan if either is */                                                                           \
  INLINE Vec_##s larger_##s(Vec_##s a, Vec_##s b) { return choose_##s((b > a) | (b != b), b, a); } \
  /* 0 in the first n lanes, for sums over a vector whose first lanes are counted elsewhere */     \
  INLINE Vec_##s without_##s(Vec_##s v, int64_t n) {                                               \
    Int_##s lane;                                                                                  \
    for (int l = 0; l < VL_##s; l++) lane[l] = l;                                                  \
    return (Vec_##s)((lane >= (I)n) & (Int_##s)v);                                                 \
  }                                                                                                \
  INLINE double sum_lanes_##s(Vec_##s v) {                                                         \
    if (VL_##s > 8) v += TURN_##s(v, 8);                                                           \
    if (VL_##s > 4) v += TURN_##s(v, 4);                                                           \
    if (VL_##s > 2) v += TURN_##s(v, 2);                                                           \
    return (double)(v[0] + v[1]);                                                                  \
  }                                                                                                \
  INLINE T largest_lane_##s(Vec_##s v) {                                                           \
    if (VL_##s > 8) v = larger_##s(v, TURN_##s(v, 8));                                             \
    if (VL_##s > 4) v = larger_##s(v, TURN_##s(v, 4));                                             \
    if (VL_##s > 2) v = larger_##s(v, TURN_##s(v, 2));                                             \
    v = larger_##s(v, TURN_##s(v, 1));                                                             \
    return v[0];                                                                                   \
  }
LANES_OF(float, int32_t, f32)
LANES_OF(double, int64_t, f64)

/*
 * e^x of k vectors (a constant) in place, x <= 0, within 1 ulp; 0 where e^x would be subnormal, which leaves out what
 * no sum with a 1 in it notices. The result for nan is a number or nan.
 *
 *   x = n ln 2 + r,  |r| <= ln(2) / 2,  e^x = 2^n e^r
 *
 * Adding ROUND leaves n in the lowest bits of a float; shifted to the exponent's place it multiplies by 2^n. One vector
 * would be a chain of 20 instructions, each of which waits for the one before: the steps of the k vectors alternate,
 * and ORDERED keeps the compiler from undoing that.
 */
#define AT_ONCE 4

#ifdef __x86_64__
#define ORDERED(v) __asm__("" : "+v"(v))
#else
#define ORDERED(v) (void)0
#endif

#define EXP_STEP(...)           \
  for (int i = 0; i < k; i++) { \
    __VA_ARGS__;                \
  }

#define EXP_OF(T, s, ROUND, LEAST, LN2_HIGH, LN2_LOW, SHIFT, FIRST, ...)                                \
  INLINE void exp_##s(int k, Vec_##s *x) {                                                              \
    static const T more[] = {__VA_ARGS__};                                                              \
    Vec_##s t[AT_ONCE], n[AT_ONCE], r[AT_ONCE], y[AT_ONCE];                                             \
    Int_##s normal[AT_ONCE];                                                                            \
    EXP_STEP(normal[i] = x[i] >= (T)(LEAST); r[i] = choose_##s(normal[i], x[i], splat_##s((T)(LEAST)))) \
    EXP_STEP(t[i] = r[i] * (T)M_LOG2E + (T)(ROUND); ORDERED(t[i]))                                      \
    EXP_STEP(n[i] = t[i] - (T)(ROUND); ORDERED(n[i]))                                                   \
    EXP_STEP(r[i] = r[i] - n[i] * (T)(LN2_HIGH); ORDERED(r[i]))                                         \
    EXP_STEP(r[i] = r[i] - n[i] * (T)(LN2_LOW); ORDERED(r[i]))                                          \
    EXP_STEP(y[i] = r[i] * (T)(FIRST) + more[0]; ORDERED(y[i]))                                         \
    for (int j = 1; j < (int)(sizeof more / sizeof *more); j++) {                                       \
      EXP_STEP(y[i] = y[i] * r[i] + more[j]; ORDERED(y[i]))                                             \
    }                                                                                                   \
    EXP_STEP(x[i] = (Vec_##s)(((Int_##s)y[i] + ((Int_##s)t[i] << SHIFT)) & normal[i]))                  \
  }
/* LEAST is the logarithm of the smallest normal number; the first part of ln 2 has 9 and 32 bits. */
EXP_OF(float, f32, 12582912, -87.33654, 0.693359375, -2.12194440e-4, 23, 1.9875691500e-4, 1.3981999507e-3f,
       8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f, 1, 1)
/* Taylor's series; r^14 / 14! < 5e-18 */
EXP_OF(double, f64, 6755399441055744, -708.396418532264, 0.693147180369123816490, 1.90821492927058770002e-10, 52,
       1 / 6227020800.0, 1 / 479001600.0, 1 / 39916800.0, 1 / 3628800.0, 1 / 362880.0, 1 / 40320.0, 1 / 5040.0,
       1 / 720.0, 1 / 120.0, 1 / 24.0, 1 / 6.0, 0.5, 1, 1)

#endif
