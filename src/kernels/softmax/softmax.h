/*
 * softmax.h - softmax and log_softmax of rows of scores, and their gradients, on several threads.
 *
 *   y = e^x / sum e^x                    dx = y (d - sum d y)
 *   y = x - log sum e^x                  dx = d - e^y sum d
 *
 * The largest score is taken out first, so nothing overflows. A row's result does not depend on the rows around it.
 */
#ifndef OPTLAB_KERNELS_SOFTMAX_SOFTMAX_H
#define OPTLAB_KERNELS_SOFTMAX_SOFTMAX_H

#include "core/tensor.h"
#include "kernels/softmax/score_rows.h"

/* The memory of t seen as rows along dim; -1, without err_set, where strides do not allow it. */
int score_memory(ScoreMemory *m, const Tensor *t, int dim);

/* The same for a tensor that may have to be copied: *m belongs to the result, a new reference. */
Tensor *score_tensor(ScoreMemory *m, Tensor *t, int dim);

/* The same for a tensor that is written: t, or a new one of its shape that score_deliver copies to t. score_deliver
 * releases it; rc < 0: after a failure. */
Tensor *score_target(ScoreMemory *m, Tensor *t, int dim);
int score_deliver(Tensor *t, Tensor *target, int rc);

/* Positions behind dim; rows of t along dim. */
int64_t score_inner(const Tensor *t, int dim);
int64_t score_count(const Tensor *t, int dim);

/* Memory for `panels` panels of n scores for each thread. */
void *score_scratch_get(DType dt, int64_t panels, int64_t n);
void score_scratch_put(void *scratch, DType dt, int64_t panels, int64_t n);

/* The part of the calling thread. */
void *score_scratch_own(void *scratch, DType dt, int64_t panels, int64_t n);

/* y, of x's shape and dtype, dense: softmax or its logarithm along dim. -1 without memory. */
int softmax_forward(Tensor *y, Tensor *x, int dim, bool log);

/* dx from the output y and its gradient d. */
int softmax_backward(Tensor *dx, Tensor *y, Tensor *d, int dim, bool log);

#endif
