/*
 * gradsum.h - adding up the gradients that reach one place: a node, a result of autograd_grad.
 *
 * The first gradient is held as it is, for others may hold it too. From the second on the sum has memory of its own and
 * is changed in place, unless the sums themselves are differentiated (create_graph). A slice adds to its part of the
 * sum, so the gradients of all slices of a tensor together cost as much as one gradient of the whole.
 */
#ifndef OPTLAB_AUTOGRAD_GRADSUM_H
#define OPTLAB_AUTOGRAD_GRADSUM_H

#include "core/tensor.h"

typedef struct GradSum {
  Tensor *t; /* NULL: nothing yet; owned */
  bool own;  /* nobody else sees its memory, which may be written */
} GradSum;

/* *sum += g. fresh: g is a new tensor that nobody else will look at. -1 with err_set. */
int gradsum_add(GradSum *sum, Tensor *g, bool fresh, bool create_graph);

/* Makes sum->t, which is there, one that may be written. -1 without memory. */
int gradsum_make_own(GradSum *sum);

static inline void gradsum_clear(GradSum *sum) {
  tensor_release(sum->t);
  *sum = (GradSum){NULL, false};
}

#endif
