/*
 * sampling.c - random orders from one stream of 32-bit numbers.
 *
 * The permutation is Fisher and Yates's with bounded numbers by multiplication (Lemire, "Fast random integer generation
 * in an interval", 2019). Draws by weight search the sums of the weights for a uniform number of 53 bits.
 */
#include "data/sampling.h"

#include <math.h>

#include "base/err.h"
#include "core/rng.h"

/* A source of 32-bit numbers: the blocks of one stream in order, each from its last word to its first. */
typedef struct Words {
  uint64_t seed, stream, counter;
  uint32_t word[4 * RNG_RUN];
  int at;
} Words;

static Words words_from(uint64_t key, uint64_t stream) {
  return (Words){.seed = key, .stream = stream, .at = 4 * RNG_RUN};
}

static inline uint32_t next_word(Words *w) {
  if (w->at == 4 * RNG_RUN) {
    rng_blocks(w->seed, w->stream, w->counter, w->word);
    w->counter += RNG_RUN;
    w->at = 0;
  }
  return w->word[w->at++ ^ 3];
}

/* Uniform in 0..n-1 without bias, n > 0. */
static uint32_t below(Words *w, uint32_t n) {
  uint64_t m = (uint64_t)next_word(w) * n;
  if ((uint32_t)m < n) {
    uint32_t reject = -n % n;
    while ((uint32_t)m < reject) m = (uint64_t)next_word(w) * n;
  }
  return (uint32_t)(m >> 32);
}

void sampling_shuffle(uint64_t key, uint64_t stream, int64_t *order, int64_t n) {
  Words w = words_from(key, stream);
  for (int64_t i = 0; i < n; i++) {
    int64_t j = below(&w, (uint32_t)i + 1);
    order[i] = order[j];
    order[j] = i;
  }
}

void sampling_draw(uint64_t key, uint64_t stream, int64_t *order, int64_t count, int64_t n) {
  Words w = words_from(key, stream);
  for (int64_t i = 0; i < count; i++) order[i] = below(&w, (uint32_t)n);
}

/* Uniform in [0, 1), 53 bits. */
static double uniform(Words *w) {
  const uint64_t high = next_word(w) >> 5, low = next_word(w) >> 6;
  return (double)(high << 26 | low) * 0x1p-53;
}

/* The first i with sums[i] > x; rows without weight are never that one. */
static int64_t find(const double *sums, int64_t n, double x) {
  int64_t low = 0, high = n - 1;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (sums[middle] > x) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

void sampling_weighted(uint64_t key, uint64_t stream, int64_t *order, int64_t count, const double *sums, int64_t n) {
  Words w = words_from(key, stream);
  const double total = sums[n - 1];
  while (n > 1 && sums[n - 2] == total) n--; /* rows without weight at the end */
  for (int64_t i = 0; i < count; i++) order[i] = find(sums, n, uniform(&w) * total);
}

int sampling_sums(Tensor *weight, double *sums) {
  double total = 0;
  for (int64_t i = 0; i < weight->shape[0]; i++) {
    const double x = tensor_get(weight, i);
    if (!(x >= 0 && isfinite(x))) {
      return err_set("weights must be numbers of at least 0, got %g for row %lld", x, (long long)i + 1);
    }
    total += x;
    sums[i] = total;
  }
  return total > 0 && isfinite(total) ? 0
                                      : err_set("the weights have the sum %g; some row must have one above 0", total);
}
