/*
 * attention.h - softmax(scale q k' + mask) v for batches of matrices, in blocks: no more than ATTENTION_ROWS times
 * ATTENTION_KEYS scores exist at a time on each thread, so memory grows linearly with the length.
 *
 * All tensors have four dimensions: q (N, H, L, E), k (N, H, S, E), v (N, H, S, D), mask (N, H, L, S) in any order of
 * memory, lse and out row-major. The last dimension of q, k, v, d is dense. With `causal`, query i sees keys up to i.
 * Over blocks of keys the largest score so far and the sum of exponentials are carried along; lse (N, H, L) becomes the
 * logarithm of the whole sum, from which backward makes the probabilities again.
 */
#ifndef OPTLAB_KERNELS_ATTENTION_ATTENTION_H
#define OPTLAB_KERNELS_ATTENTION_ATTENTION_H

#include "core/tensor.h"

typedef struct Attention {
  const Tensor *q, *k, *v, *mask; /* mask: NULL where there is none; of q's dtype */
  Tensor *out, *lse;              /* out (N, H, L, D) */
  double scale;
  bool causal;
  double dropout;       /* each probability becomes 0 with this chance, else is divided by 1 - dropout; 0: none */
  const int64_t *rng;   /* seed, stream and counter of attention_draws blocks of random numbers (core/rng.h) */
  const Tensor *d;      /* backward: the gradient of out */
  Tensor *dq, *dk, *dv; /* row-major */
} Attention;

/* Blocks of random numbers for dropout: four scores of a row share one, so a row's numbers depend on its place alone. */
int64_t attention_draws(const Tensor *q, const Tensor *k);

/* What the probabilities are multiplied by, (N, H, L, S), row-major, of a's dtype: 0 or 1 / (1 - dropout). */
void attention_factors(const Attention *a, Tensor *to);

/* -1 with err_set without memory. */
int attention_forward(const Attention *a);
int attention_backward(const Attention *a);

#endif
