/*
 * sampling.h - which rows an epoch visits: a permutation, draws with replacement, draws by weight.
 *
 * Each is a pure function of (key, stream), so the same epoch has the same order in every run.
 */
#ifndef OPTLAB_DATA_SAMPLING_H
#define OPTLAB_DATA_SAMPLING_H

#include "core/tensor.h"

/* The numbers 0..n-1 in random order; n < 2^32. */
void sampling_shuffle(uint64_t key, uint64_t stream, int64_t *order, int64_t n);

/* `count` numbers, each drawn among 0..n-1 with equal chances; 0 < n < 2^32. */
void sampling_draw(uint64_t key, uint64_t stream, int64_t *order, int64_t count, int64_t n);

/* `count` numbers, i drawn with the chance weight[i] / sum of weight; sums[i] = weight[0] + ... + weight[i]. */
void sampling_weighted(uint64_t key, uint64_t stream, int64_t *order, int64_t count, const double *sums, int64_t n);

/* Fills sums[n] from a tensor (n) of any dtype. 0, or -1 with err_set where a weight is negative or no number, or where
 * their sum is 0 or infinite. */
int sampling_sums(Tensor *weight, double *sums);

#endif
