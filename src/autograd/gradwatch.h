/*
 * gradwatch.h - being told when the gradient of a leaf is complete, while backward goes on.
 *
 * Backward visits the recorded operations from the newest to the oldest, so the gradients of the last layers are
 * complete long before it ends; somebody may want to send them off meanwhile (dist/reducer.h). Backward knows only this
 * interface. context->gradwatch is NULL unless somebody watches, so that a backward pays for one comparison.
 */
#ifndef OPTLAB_AUTOGRAD_GRADWATCH_H
#define OPTLAB_AUTOGRAD_GRADWATCH_H

#include "core/context.h"
#include "core/tensor.h"

typedef struct GradWatch {
  /* Operation number `seq` will add to leaf->grad. Reported before a backward begins, from the oldest operation on, once
   * for each input of each operation: a leaf's first report names the operation that completes its gradient. 0, or -1
   * with err_set, which ends the backward. */
  int (*expect)(struct GradWatch *w, Tensor *leaf, uint64_t seq);
  /* Operation number `seq`, and all with larger numbers, have added what they had to add. 0, or -1 with err_set. */
  int (*passed)(struct GradWatch *w, uint64_t seq);
} GradWatch;

#endif
