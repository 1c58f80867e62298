/*
 * vectors.h - vectors of the type T, which kernels_f32.c and kernels_f64.c define before they include it.
 *
 *   T, T_BYTES   the elements and their size
 *   I            the integer of that size
 */
#ifdef __AVX2__
#include <immintrin.h>
#endif
#include <stdint.h>
#include <string.h>

#include "base/simd.h"
#include "kernels/conv/loops/kernels.h"

#if defined(__AVX512F__)
#define VECTOR 64
#define REGISTERS 32
#elif defined(__AVX2__)
#define VECTOR 32
#define REGISTERS 16
#else
#define VECTOR 16
#define REGISTERS 16
#endif
#define VL (VECTOR / T_BYTES)

typedef T Vec __attribute__((vector_size(VECTOR), may_alias));
typedef I IVec __attribute__((vector_size(VECTOR), may_alias));
typedef uint8_t BVec __attribute__((vector_size(VL), may_alias));

INLINE Vec load(const T *p) { return *(const Vec *)p; }
INLINE void store(T *p, Vec v) { *(Vec *)p = v; }
INLINE Vec load_anywhere(const T *p) {
  Vec v;
  memcpy(&v, p, sizeof v);
  return v;
}
INLINE void store_anywhere(T *p, Vec v) { memcpy(p, &v, sizeof v); }
INLINE Vec splat(T x) { return x - (Vec){0}; }

/* VL bytes as integers. gcc takes __builtin_convertvector apart, byte by byte. */
INLINE IVec load_bytes(const uint8_t *p) {
#if defined(__AVX512F__) && T_BYTES == 4
  return (IVec)_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i_u *)p));
#elif defined(__AVX512F__)
  return (IVec)_mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i_u *)p));
#elif defined(__AVX2__) && T_BYTES == 4
  return (IVec)_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i_u *)p));
#else
  BVec v;
  memcpy(&v, p, sizeof v);
  return __builtin_convertvector(v, IVec);
#endif
}

/* --- a square of VL x VL changes its rows and columns ------------------------------------------------------------- */

#if VECTOR / T_BYTES == 16
#define LOWER 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define UPPER 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif VECTOR / T_BYTES == 8
#define LOWER 0, 8, 1, 9, 2, 10, 3, 11
#define UPPER 4, 12, 5, 13, 6, 14, 7, 15
#elif VECTOR / T_BYTES == 4
#define LOWER 0, 4, 1, 5
#define UPPER 2, 6, 3, 7
#else
#define LOWER 0, 2
#define UPPER 1, 3
#endif

/* Shuffling row i with row i + VL / 2 moves the highest bit of every element's (row, column) to the lowest place; after
 * log2(VL) times rows and columns have changed places. */
INLINE void transpose(Vec *v) {
  for (int bit = 1; bit < VL; bit *= 2) {
    Vec next[VL];
    for (int i = 0; i < VL / 2; i++) {
      next[2 * i] = __builtin_shufflevector(v[i], v[i + VL / 2], LOWER);
      next[2 * i + 1] = __builtin_shufflevector(v[i], v[i + VL / 2], UPPER);
    }
    for (int i = 0; i < VL; i++) v[i] = next[i];
  }
}

/* to[x step_to + l] = from[l step_from + x] */
static inline void transpose_square(const T *from, int64_t step_from, T *to, int64_t step_to) {
  Vec v[VL];
  for (int l = 0; l < VL; l++) v[l] = load_anywhere(from + l * step_from);
  transpose(v);
  for (int x = 0; x < VL; x++) store(to + x * step_to, v[x]);
}
