/*
 * rng.h - counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011).
 *
 * The n-th number of a stream is a pure function of (seed, stream, n), so results depend neither on the number of
 * threads nor on what other streams were used for. Each purpose draws from a stream of its own: one more
 * dropout layer does not change how the data are shuffled.
 */
#ifndef OPTLAB_CORE_RNG_H
#define OPTLAB_CORE_RNG_H

#include <stdint.h>

#include "core/tensor.h"

typedef enum RngPurpose {
  RNG_USER,    /* lab.rand, lab.randn, uniform_, normal_, ... */
  RNG_INIT,    /* initial weights */
  RNG_DATA,    /* shuffling */
  RNG_DROPOUT, /* masks */
  RNG_PURPOSES
} RngPurpose;

typedef struct Rng {
  uint64_t seed;
  uint64_t stream;
  uint64_t counter; /* blocks of four 32-bit numbers drawn so far */
} Rng;

/* A run's generators, one for each purpose, and the seed with which all of them began. */
typedef struct Generators {
  uint64_t seed;
  Rng of[RNG_PURPOSES];
} Generators;

/* The three functions are about the generators of the current context (context.h). */
void rng_seed_all(uint64_t seed); /* restarts the generator of every purpose; the seed at the start is 0 */
uint64_t rng_seed(void);          /* the seed in use */
Rng *rng_for(RngPurpose purpose); /* borrowed; lives as long as the context */

Rng rng_make(uint64_t seed, uint64_t stream);

/* The block `counter` of (seed, stream): four independent 32-bit numbers. */
void rng_block(uint64_t seed, uint64_t stream, uint64_t counter, uint32_t out[4]);

/* The blocks first, first + 1, ..., RNG_RUN of them, one after the other; many times faster than one by one. */
#define RNG_RUN 16
void rng_blocks(uint64_t seed, uint64_t stream, uint64_t first, uint32_t out[4 * RNG_RUN]);

double rng_double(Rng *r);              /* uniform in [0, 1), 53 bits; draws one block */
uint64_t rng_below(Rng *r, uint64_t n); /* uniform in 0..n-1 without modulo bias; n > 0 */

/* Fill a tensor (any dtype that can hold the values, any strides). */
void rng_fill_uniform(Rng *r, Tensor *t, double lo, double hi); /* [lo, hi) */
void rng_fill_normal(Rng *r, Tensor *t, double mean, double std);
void rng_fill_bernoulli(Rng *r, Tensor *t, double p); /* 1 with probability p, else 0 */
/* Sets the next `blocks` blocks aside for who draws them later: t, three int64, becomes seed, stream and counter. */
void rng_claim(Rng *r, Tensor *t, int64_t blocks);
void rng_permutation(Rng *r, int64_t *out, int64_t n); /* 0..n-1 in random order (Fisher-Yates) */

#endif
