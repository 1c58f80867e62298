/*
 * reducer.h - the gradients of a batch that several ranks share: summed over its parts while backward goes on.
 *
 *   reducer_start           before the first part of a batch
 *   for each of this rank's parts: reducer_watch(r, true), backward, reducer_watch(r, false), reducer_end_part
 *   reducer_finish          the sums are in the leaves' .grad, the same bits on all ranks
 *
 * A leaf that got no gradient in a part counts as 0 there; where it got none in any part of any rank it has no gradient.
 */
#ifndef OPTLAB_DIST_REDUCER_H
#define OPTLAB_DIST_REDUCER_H

#include "autograd/gradwatch.h"

typedef struct Reducer Reducer;

/* For these leaves, which are float32 or float64 and the same on all ranks, in that order. NULL with err_set. */
Reducer *reducer_new(Tensor *const *leaf, int n, int parts, size_t bucket_bytes);
void reducer_free(Reducer *r); /* accepts NULL */

/* Gradients that the leaves have already are put aside and added to at the end. */
void reducer_start(Reducer *r);

/* While watched, a backward hands each leaf's gradient to the reducer when it is complete. */
void reducer_watch(Reducer *r, bool on);

/* Leaves without a gradient in this part count as 0. 0, or -1 with err_set. */
int reducer_end_part(Reducer *r);

/* Waits for the sums and multiplies them by `scale`. 0, or -1 with err_set. */
int reducer_finish(Reducer *r, double scale, const char *what);

/* The same without the sums: the leaves have the gradients that were put aside. All ranks call it, or finish. */
int reducer_drop(Reducer *r, const char *what);

#endif
