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

/* {along H, along W}, of one dimension {along L, what leaves images of one column as they are}. */
typedef struct ConvOptions {
  int dims; /* 1 or 2 */
  Pair stride, padding, dilation;
  bool same;           /* padding so that the output is as large as the input; `padding` is not read */
  Pair output_padding; /* of transposed ones alone */
  int64_t groups;
} ConvOptions;

/* x (N, in, H, W), weight (out, in / groups, kh, kw), bias (out) or NULL -> (N, out, oh, ow); of one dimension
 * x (N, in, L), weight (out, in / groups, k). */
Tensor *nn_conv(Tensor *x, Tensor *weight, Tensor *bias, const ConvOptions *o);

/* The same with weight (in, out / groups, kh, kw): what nn_conv's gradient makes of x. */
Tensor *nn_conv_transpose(Tensor *x, Tensor *weight, Tensor *bias, const ConvOptions *o);

typedef struct BatchNorm {
  Tensor *mean, *var;    /* (C), running; moved in training; both NULL: there are none */
  Tensor *count;         /* int64 (): batches seen in training; or NULL */
  Tensor *weight, *bias; /* (C), or NULL */
  bool training;         /* use (and follow) the batch's mean and variance */
  double momentum;       /* NAN: the running ones are the means over the batches seen; `count` is needed */
  double eps;
} BatchNorm;

/* x (N, C, ...): (x - mean) / sqrt(var + eps) weight + bias, channel by channel. On failure nothing has moved. */
Tensor *nn_batch_norm(Tensor *x, const BatchNorm *b);

/* relu(batch_norm(x) + add), bit for bit what the three give; in training in one pass. add: of x's shape, or NULL. */
Tensor *nn_batch_norm_relu(Tensor *x, Tensor *add, const BatchNorm *b);

/* The same for the channels of each sample; the running ones move towards the means over the samples. */
Tensor *nn_instance_norm(Tensor *x, const BatchNorm *b);

/* x (N, C, ...) with the channels of each sample in `groups`; weight and bias (C), or NULL. */
Tensor *nn_group_norm(Tensor *x, int64_t groups, Tensor *weight, Tensor *bias, double eps);

typedef struct Attend {
  double dropout; /* of the probabilities */
  bool causal;    /* query i sees the keys 1 to i */
  double scale;   /* NAN: 1 / sqrt(E) */
} Attend;

/* q (..., L, E), k (..., S, E), v (..., S, D) -> (..., L, D): softmax(scale q k' + mask) v. mask: NULL, or what
 * broadcasts to (..., L, S): floats to add, or uint8, 1 where a key is seen. */
Tensor *nn_attention(Tensor *q, Tensor *k, Tensor *v, Tensor *mask, Attend o);

/* Rows of weight at int64 positions, from 1; padding: a row (-1: the last) that gets no gradient, NAN: none. */
Tensor *nn_embedding(Tensor *positions, Tensor *weight, double padding);

/* Sizes of the last dimensions. */
typedef struct RowNormShape {
  int ndim;
  int64_t size[TENSOR_MAX_DIM];
} RowNormShape;

RowNormShape nn_row_norm_shape(const double *x); /* from the places of an argument */

/* Layer normalisation of these dimensions of x, or RMS normalisation; weight and bias of their shape or NULL. eps NAN:
 * the spacing of x's dtype at 1. */
Tensor *nn_row_norm(Tensor *x, const RowNormShape *s, Tensor *weight, Tensor *bias, double eps, bool rms);

/* x with positions before and behind its last dimensions: n numbers, two for each dimension from the last one on. mode: a
 * PadMode; value: of constant padding. */
Tensor *nn_pad(Tensor *x, const double *pad, int n, int mode, double value);

/* Zeroes each element with probability p and multiplies the others by 1 / (1 - p); x itself unless training. */
Tensor *nn_dropout(Tensor *x, double p, bool training);

/* The same for whole channels of x (N, C, ...), or of (C, L). */
Tensor *nn_dropout_channels(Tensor *x, double p, bool training, int dims);

/* labels (...): integers 1..classes, any dtype; classes < 1: the largest label. int64 (..., classes), 1 at the
 * label. */
Tensor *nn_one_hot(Tensor *labels, int64_t classes);

#endif
