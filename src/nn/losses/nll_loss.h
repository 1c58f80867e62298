/*
 * nll_loss.h - the part of the negative log-likelihood that the cross entropy shares.
 *
 * All of it runs inside a formula: results are borrowed from its pool.
 */
#ifndef OPTLAB_NN_LOSSES_NLL_LOSS_H
#define OPTLAB_NN_LOSSES_NLL_LOSS_H

#include "nn/losses/loss.h"

/* Labels, ready for use. */
typedef struct ClassLabels {
  Tensor *index;  /* int64 positions from 0, the scores' shape with 1 class */
  Tensor *weight; /* the weight of each label's class, the target's shape; NULL: all 1 */
} ClassLabels;

/* Checks target (labels 1..C) and weight (C, or NULL) against scores and fills *l. -1 with err_set. */
int nll_labels(ClassLabels *l, const Tensor *scores, const Tensor *target, Tensor *weight);

/* 0, or -1 with err_set: is weight NULL or (C)? */
int nll_check_weight(const Tensor *scores, const Tensor *weight);

/* -w[y] logp[y], reduced. */
Tensor *nll_loss(Tensor *logp, const ClassLabels *l, Reduction r);

/* loss_reduce, but a mean divides by the sum of the labels' weights. */
Tensor *nll_weighted_mean(Tensor *each, const ClassLabels *l, Reduction r);

/* The mean_weight of a loss whose class weights are its first buffer: the sum of the labels' weights; nothing without
 * class weights or for another reduction than the mean. */
int nll_mean_weight(const Module *m, Reduction r, Tensor *const *in, Tensor **out);

#endif
