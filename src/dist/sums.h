/*
 * sums.h - the sums of several arrays over the parts of a batch, sent off as soon as they are complete.
 *
 * A batch is cut into parts; each rank has `parts` of them, in order. In each round every rank puts each array once for
 * each of its parts. The sum runs over all parts of all ranks, in pairs as in tree.h, the parts of a rank first. So the
 * bits depend on the parts alone, and not on how many ranks share them (where each has a power of two of them, or one
 * rank has all).
 *
 * The arrays are cut into buckets of about `bucket_bytes`. A bucket whose arrays have all been put for the rank's last
 * part is sent at once, while others are still being computed; each call drives the messages on.
 */
#ifndef OPTLAB_DIST_SUMS_H
#define OPTLAB_DIST_SUMS_H

#include "core/dtype.h"

typedef struct Sums Sums;

typedef struct SumsArray {
  DType dtype; /* float32, float64 or int64 */
  int64_t n;
} SumsArray;

/* All ranks make the same sums in the same order. NULL with err_set without memory. */
Sums *sums_new(const SumsArray *array, int n, int parts, size_t bucket_bytes);
void sums_free(Sums *s); /* accepts NULL */

/* This part's values of array i; NULL: it has none, which counts as 0. The part is the same for all arrays, and the next
 * one begins when all have been put. 0, or -1 with err_set. */
int sums_put(Sums *s, int i, const void *values);

/* Drives the messages on. */
int sums_poll(Sums *s);

/* Waits for the sums of this round. `what` names the caller. */
int sums_wait(Sums *s, const char *what);

/* The sum of array i into out[0..n-1]; returns how many parts had values. After sums_wait, before the next round. */
int64_t sums_take(const Sums *s, int i, void *out);

#endif
