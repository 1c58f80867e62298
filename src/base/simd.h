/*
 * simd.h - what the kernel files share: run-time choice of the instruction set, and loops that vectorise.
 *
 * For src/core, src/optim and src/data. A function marked VECTORIZED is compiled three times (AVX-512, AVX2, baseline)
 * and the loader picks the copy that suits the processor; no -march flag is needed. Helpers called from one must be
 * INLINE, or they would run in baseline code.
 *
 * None of the loops here lets the result of an element depend on its place. Loops over correctly rounded operations are
 * free to use any vector width. The vector forms of exp, log, ... may differ from the scalar ones in the last bit, so
 * loops over them run in whole blocks of BLOCK elements only; what is left over is padded to a block first.
 */
#ifndef OPTLAB_BASE_SIMD_H
#define OPTLAB_BASE_SIMD_H

#include <math.h>
#include <stdint.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__linux__)
#ifndef VECTORIZED /* tests compile each copy by itself */
#define VECTORIZED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
#if __GLIBC_PREREQ(2, 35)
#define HAVE_LIBMVEC 1
#endif
#else
#define VECTORIZED
#endif

#define INLINE static inline __attribute__((always_inline))

/* The next loop carries no dependence from one turn to another: out is the input's memory or does not touch it. */
#if defined(__GNUC__) && !defined(__clang__)
#define INDEPENDENT _Pragma("GCC ivdep")
#else
#define INDEPENDENT
#endif

/* Tells gcc which functions of libm have a vector twin in glibc's libmvec. (math.h does so under -ffast-math only.) */
#ifdef HAVE_LIBMVEC
#define LIBMVEC1(fn)                                              \
  float fn##f(float) __attribute__((const, simd("notinbranch"))); \
  double fn(double) __attribute__((const, simd("notinbranch")));
#define LIBMVEC2(fn)                                                     \
  float fn##f(float, float) __attribute__((const, simd("notinbranch"))); \
  double fn(double, double) __attribute__((const, simd("notinbranch")));
#else
#define LIBMVEC1(fn)
#define LIBMVEC2(fn)
#endif

/* Makes a number unknown to the optimiser: gcc unrolls a loop of exactly 16 calls instead of vectorising it. */
#define OPAQUE(n) __asm__("" : "+r"(n))

#define BLOCK 16 /* elements: one AVX-512 register of floats */

/* Copies the next min(n, BLOCK) elements of a strided run and repeats the first one up to a whole block. */
#define DEFINE_LOAD_BLOCK(name, T)                                          \
  INLINE void name(T *buf, int64_t n, const T *p, int64_t stride) {         \
    for (int64_t i = 0; i < BLOCK; i++) buf[i] = p[i < n ? i * stride : 0]; \
  }
DEFINE_LOAD_BLOCK(load_block_float, float)
DEFINE_LOAD_BLOCK(load_block_double, double)

#endif
