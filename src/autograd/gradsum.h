/*
 * gradsum.h - adding up the gradients that reach one place: a node, a result of autograd_grad.
 *
 * The first gradient is held as it is, for others may hold it too. From the second on the sum has memory of its own and
 * is changed in place, unless the sums themselves are differentiated (create_graph). A slice adds to its part of the
 * sum, so the gradients of all slices of a tensor together cost as much as one gradient of the whole. Where sums are
 * differentiated, the gradients of slices are kept until the sum is asked for, and become one operation.
 */
#ifndef OPTLAB_AUTOGRAD_GRADSUM_H
#define OPTLAB_AUTOGRAD_GRADSUM_H

#include "autograd/op.h"

typedef struct GradSum {
  Tensor *t;               /* NULL: nothing yet; owned */
  bool own;                /* nobody else sees its memory, which may be written */
  struct GradParts *parts; /* gradients of slices that are not yet in t, NULL: none; owned */
} GradSum;

static inline bool gradsum_is_empty(const GradSum *sum) { return !sum->t && !sum->parts; }

/* *sum += g. fresh: g is a new tensor that nobody else will look at. -1 with err_set. */
int gradsum_add(GradSum *sum, Tensor *g, bool fresh, bool create_graph);

/* *sum = g, which contains the sum so far. */
int gradsum_set(GradSum *sum, Tensor *g);

/* Makes sum->t, which is there, one that may be written. -1 without memory. */
int gradsum_make_own(GradSum *sum);

/* Keeps g, the gradient of a slice, whose graph will lead to the sum. -1 without memory. */
int gradsum_keep(GradSum *sum, Tensor *g, const SliceArgs *slice);

/* Adds what was kept to sum->t, which gets this shape. -1 with err_set. */
int gradsum_settle(GradSum *sum, int ndim, const int64_t *shape);

void gradsum_clear(GradSum *sum); /* to nothing yet */

#endif
