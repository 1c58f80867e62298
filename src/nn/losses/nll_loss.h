/*
 * nll_loss.h - the part of the negative log-likelihood that the cross entropy shares.
 *
 * All of it runs inside a formula: results are borrowed from its pool.
 */
#ifndef OPTLAB_NN_LOSSES_NLL_LOSS_H
#define OPTLAB_NN_LOSSES_NLL_LOSS_H

#include "nn/losses/loss.h"

#define NLL_IGNORED (-100) /* the default of ignore_index: no class has this label */

/* clang-format off */
#define IGNORE_INDEX_ARG                                                           \
  {.name = "ignore_index", .kind = ARG_INTEGER, .def = NLL_IGNORED,                \
   .doc = "A label, in the range of the classes or not, whose rows do not count."}
/* clang-format on */

/* Labels, ready for use. */
typedef struct ClassLabels {
  Tensor *index;  /* int64 positions from 0, -1 where the label is to be ignored; the target's shape */
  Tensor *weight; /* (C), without gradient, as in PyTorch; NULL: all 1 */
} ClassLabels;

/* Checks target (labels 1..C or `ignored`) and weight (C, or NULL) against scores and fills *l. -1 with err_set. */
int nll_labels(ClassLabels *l, const Tensor *scores, const Tensor *target, Tensor *weight, double ignored);

/* 0, or -1 with err_set: is weight NULL or (C)? */
int nll_check_weight(const Tensor *scores, const Tensor *weight);

/* An op of scores and labels: NLL_LOSS, CROSS_ENTROPY or CROSS_ENTROPY_SHARES. */
Tensor *nll_op(OpId op, Tensor *scores, const ClassLabels *l, double smoothing, Reduction r);

/* The mean_weight of a loss whose class weights are its first buffer: the sum of the weights of the labels that are not
 * ignored; nothing for another reduction than the mean, or without class weights where ignore_index has its default. */
int nll_mean_weight(const Module *m, Reduction r, double ignored, Tensor *const *in, Tensor **out);

#endif
