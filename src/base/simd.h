/*
 * simd.h - what the kernel files share: run-time choice of the instruction set, and loops that vectorise.
 *
 * VECTORIZED(type, name, (parameters), (their names)) { body } defines a function whose body is compiled three times on
 * x86-64 (AVX-512, AVX2, baseline); each call goes to the copy that cpu_level() names. No -march flag is needed.
 * `static` may stand before it. Helpers called from the body must be INLINE, or they would run in baseline code.
 *
 * None of the loops lets the result of an element depend on its place: they hold correctly rounded operations only,
 * which give the same bits in vectors of any width. exp, log and the like are not; vmath.h computes them.
 */
#ifndef OPTLAB_BASE_SIMD_H
#define OPTLAB_BASE_SIMD_H

#include <math.h>
#include <stdint.h>

#include "base/cpu.h"

#define INLINE static inline __attribute__((always_inline))

#ifdef __x86_64__
#define COPY(level, arch, type, name, parameters, names) \
  static __attribute__((target(arch))) type name##_##level parameters { return name##_body names; }
#define VECTORIZED(type, name, parameters, names)                                                \
  type name parameters;                                                                          \
  INLINE type name##_body parameters;                                                            \
  COPY(avx512, "arch=x86-64-v4", type, name, parameters, names)                                  \
  COPY(avx2, "arch=x86-64-v3", type, name, parameters, names)                                    \
  static __attribute__((noinline)) type name##_baseline parameters { return name##_body names; } \
  type name parameters {                                                                         \
    if (cpu_level() == CPU_AVX512) return name##_avx512 names;                                   \
    if (cpu_level() == CPU_AVX2) return name##_avx2 names;                                       \
    return name##_baseline names;                                                                \
  }                                                                                              \
  INLINE type name##_body parameters
#else
#define VECTORIZED(type, name, parameters, names) type name parameters
#endif

/* The next loop carries no dependence from one turn to another: out is the input's memory or does not touch it. */
#ifdef __clang__
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define INDEPENDENT _Pragma("GCC ivdep")
#endif

/* Makes a number unknown to the optimiser, where it would unroll a loop instead of vectorising it. */
#define OPAQUE(n) __asm__("" : "+r"(n))

#define BLOCK 16 /* elements: one AVX-512 register of floats; for loops that work on several at a time */

#endif
