/*
 * philox.c - many blocks of Philox4x32-10 at once.
 *
 * A round takes the 64-bit products of two 32-bit words with constants. x86-64 has an instruction that multiplies the
 * lower halves of 64-bit lanes; compilers do not find it and multiply whole lanes, several times slower. So a word lies
 * in the lower half of a lane, whatever the upper half holds.
 */
#include "core/philox/philox.h"

#include <stddef.h>
#include <string.h>

#include "core/rng.h"

static void one_by_one(uint64_t seed, uint64_t stream, uint64_t first, uint32_t *out) {
  for (int j = 0; j < RNG_RUN; j++) philox(seed, stream, first + (uint64_t)j, out + (ptrdiff_t)4 * j);
}

#ifdef __x86_64__
#include <immintrin.h>

/* clang-format off */
#define LOWER_8 0, 8, 1, 9, 2, 10, 3, 11
#define UPPER_8 4, 12, 5, 13, 6, 14, 7, 15
#define LOWER_4 0, 4, 1, 5
#define UPPER_4 2, 6, 3, 7
/* clang-format on */

/* LANES blocks; Wide is the intrinsics' vector of as many 64-bit integers. */
#define DEFINE_LANES(level, arch, LANES, Wide, product)                                                               \
  typedef uint64_t Words_##level __attribute__((vector_size(8 * (LANES))));                                           \
  static inline __attribute__((target(arch))) void lanes_##level(uint64_t seed, uint64_t stream, uint64_t first,      \
                                                                 uint32_t *out) {                                     \
    const Words_##level none = {0}, m0 = none + PHILOX_M0, m1 = none + PHILOX_M1, low = none + UINT32_MAX;            \
    Words_##level c0 = none, c1, c2 = none + (uint32_t)stream, c3 = none + (stream >> 32);                            \
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);                                                        \
    for (int j = 0; j < (LANES); j++) c0[j] = first + (uint64_t)j;                                                    \
    c1 = c0 >> 32;                                                                                                    \
    for (int round = 0; round < 10; round++) {                                                                        \
      const Words_##level p0 = (Words_##level)product((Wide)c0, (Wide)m0);                                            \
      const Words_##level p1 = (Words_##level)product((Wide)c2, (Wide)m1);                                            \
      c0 = (p1 >> 32) ^ c1 ^ (none + k0);                                                                             \
      c1 = p1;                                                                                                        \
      c2 = (p0 >> 32) ^ c3 ^ (none + k1);                                                                             \
      c3 = p0;                                                                                                        \
      k0 += PHILOX_W0;                                                                                                \
      k1 += PHILOX_W1;                                                                                                \
    }                                                                                                                 \
    c0 = (c0 & low) | c1 << 32;                                                                                       \
    c2 = (c2 & low) | c3 << 32;                                                                                       \
    const Words_##level lower = __builtin_shufflevector(c0, c2, LOWER_##LANES);                                       \
    const Words_##level upper = __builtin_shufflevector(c0, c2, UPPER_##LANES);                                       \
    memcpy(out, &lower, sizeof lower);                                                                                \
    memcpy(out + (ptrdiff_t)2 * (LANES), &upper, sizeof upper);                                                       \
  }                                                                                                                   \
  static                                                                                                              \
      __attribute__((target(arch))) void run_##level(uint64_t seed, uint64_t stream, uint64_t first, uint32_t *out) { \
    for (int j = 0; j < RNG_RUN; j += (LANES)) {                                                                      \
      lanes_##level(seed, stream, first + (uint64_t)j, out + (ptrdiff_t)4 * j);                                       \
    }                                                                                                                 \
  }
DEFINE_LANES(avx512, "arch=x86-64-v4", 8, __m512i, _mm512_mul_epu32)
DEFINE_LANES(avx2, "arch=x86-64-v3", 4, __m256i, _mm256_mul_epu32)
#endif

void rng_blocks(uint64_t seed, uint64_t stream, uint64_t first, uint32_t out[4 * RNG_RUN]) {
#ifdef __x86_64__
  if (cpu_level() == CPU_AVX512) {
    run_avx512(seed, stream, first, out);
    return;
  }
  if (cpu_level() == CPU_AVX2) {
    run_avx2(seed, stream, first, out);
    return;
  }
#endif
  one_by_one(seed, stream, first, out);
}
