/*
 * functional.h - forward formulas that more than one caller needs.
 *
 * Like a layer's forward: tensors are borrowed, the result is a new reference, NULL means failure with a sentence that
 * lacks the caller's name.
 */
#ifndef OPTLAB_NN_FUNCTIONAL_H
#define OPTLAB_NN_FUNCTIONAL_H

#include "args/arg.h"
#include "core/tensor.h"

/* x (..., in), weight (out, in), bias (out) or NULL -> (..., out): x weight' + bias */
Tensor *nn_linear(Tensor *x, Tensor *weight, Tensor *bias);

/* x (N, in, H, W), weight (out, in, kh, kw), bias (out) or NULL -> (N, out, oh, ow) */
Tensor *nn_conv2d(Tensor *x, Tensor *weight, Tensor *bias, Pair stride, Pair padding);

typedef struct BatchNorm {
  Tensor *mean, *var;    /* (C), running; moved in training; both NULL: there are none */
  Tensor *weight, *bias; /* (C), or NULL */
  bool training;         /* use (and follow) the batch's mean and variance */
  double momentum, eps;
} BatchNorm;

/* x (N, C, ...): (x - mean) / sqrt(var + eps) weight + bias, channel by channel. On failure nothing has moved. */
Tensor *nn_batch_norm(Tensor *x, const BatchNorm *b);

/* Zeroes each element with probability p and multiplies the others by 1 / (1 - p); x itself unless training. */
Tensor *nn_dropout(Tensor *x, double p, bool training);

/* labels (...): integers 1..classes, any dtype; classes < 1: the largest label. int64 (..., classes), 1 at the
 * label. */
Tensor *nn_one_hot(Tensor *labels, int64_t classes);

#endif
