/*
 * dropout.c - see dropout.h. A score has 32 bits of a block of Philox: its chance is a multiple of 2^-32.
 */
#include "kernels/attention/dropout.h"

#include "core/rng.h"

_Static_assert(DROPOUT_RUN == 4 * RNG_RUN, "a run is what rng_blocks draws");

static int64_t blocks_of_row(const Tensor *k) { return (k->shape[2] + DROPOUT_RUN - 1) / DROPOUT_RUN * RNG_RUN; }

int64_t attention_draws(const Tensor *q, const Tensor *k) {
  return q->shape[0] * q->shape[1] * q->shape[2] * blocks_of_row(k);
}

#define FACTORS(T, s)                                                                                         \
  void dropout_factors_##s(const Attention *a, int64_t b, int64_t i, int64_t first, int64_t n, T *to) {       \
    const uint64_t least = (uint64_t)(a->dropout * 0x1p32), row = (uint64_t)(b * a->q->shape[2] + i);         \
    const uint64_t at = (uint64_t)a->rng[2] + row * (uint64_t)blocks_of_row(a->k) + (uint64_t)first / 4;      \
    const T kept = (T)(1 / (1 - a->dropout));                                                                 \
    for (int64_t j = 0; j < n; j += DROPOUT_RUN) {                                                            \
      uint32_t word[DROPOUT_RUN];                                                                             \
      rng_blocks((uint64_t)a->rng[0], (uint64_t)a->rng[1], at + (uint64_t)j / 4, word);                       \
      for (int64_t l = 0; l < DROPOUT_RUN && j + l < n; l++) to[j + l] = word[l] >= least ? kept : 0;         \
    }                                                                                                         \
  }                                                                                                           \
                                                                                                              \
  static void all_##s(const Attention *a, T *to) {                                                            \
    const int64_t rows = a->q->shape[2], keys = a->k->shape[2], all = a->q->shape[0] * a->q->shape[1] * rows; \
    for (int64_t r = 0; r < all; r++) dropout_factors_##s(a, r / rows, r % rows, 0, keys, to + r * keys);     \
  }
FACTORS(float, f32)
FACTORS(double, f64)

void attention_factors(const Attention *a, Tensor *to) {
  tensor_touch(to);
  if (to->dtype == DT_F32) all_f32(a, tensor_f32(to));
  if (to->dtype == DT_F64) all_f64(a, tensor_f64(to));
}
