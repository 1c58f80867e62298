/*
 * lnn_conv.c - nn.functional.conv1d, conv2d, conv_transpose1d, conv_transpose2d.
 */
#include "lua/nn/lnn_conv.h"

#include "nn/layers/image/conv_layer.h"

#define BIAS \
  { .name = "bias", .kind = ARG_TENSOR, .doc = "Added to each channel: a tensor (out_channels)." }

const Arg lnn_conv1d_args[] = {BIAS, CONV_STRIDE_1D, CONV_PADDING_1D, CONV_DILATION_1D, CONV_GROUPS_ARG, {0}};
const Arg lnn_conv2d_args[] = {BIAS, CONV_STRIDE_2D, CONV_PADDING_2D, CONV_DILATION_2D, CONV_GROUPS_ARG, {0}};

const Arg lnn_conv_transpose1d_args[] = {
    BIAS, CONV_SPREAD_1D, CONV_CUT_1D, CONV_OUTPUT_PADDING_1D, CONV_GROUPS_ARG, CONV_DILATION_1D, {0}};
const Arg lnn_conv_transpose2d_args[] = {
    BIAS, CONV_SPREAD_2D, CONV_CUT_2D, CONV_OUTPUT_PADDING_2D, CONV_GROUPS_ARG, CONV_DILATION_2D, {0}};

/* bias, stride, padding, dilation, groups; bias, stride, padding, output_padding, groups, dilation */
#define PLACES(dims_)                                                                            \
  {                                                                                              \
    .dims = dims_, .stride = 1, .padding = 1 + (dims_), .more = -1, .dilation = 1 + 2 * (dims_), \
    .groups = 1 + 3 * (dims_)                                                                    \
  }
#define TRANSPOSED_PLACES(dims_)                                                                            \
  {                                                                                                         \
    .dims = dims_, .stride = 1, .padding = 1 + (dims_), .more = 1 + 2 * (dims_), .groups = 1 + 3 * (dims_), \
    .dilation = 2 + 3 * (dims_)                                                                             \
  }

typedef Tensor *Formula(Tensor *x, Tensor *weight, Tensor *bias, const ConvOptions *o);

static Tensor *run(Formula *f, const ConvPlaces at, Tensor *const *in, const double *x, Tensor *const *given) {
  const ConvOptions o = conv_layer_options(&at, x);
  return f(in[0], in[1], given[0], &o);
}

Tensor *lnn_conv1d(Tensor *const *in, const double *x, Tensor *const *given) {
  return run(nn_conv, (ConvPlaces)PLACES(1), in, x, given);
}

Tensor *lnn_conv2d(Tensor *const *in, const double *x, Tensor *const *given) {
  return run(nn_conv, (ConvPlaces)PLACES(2), in, x, given);
}

Tensor *lnn_conv_transpose1d(Tensor *const *in, const double *x, Tensor *const *given) {
  return run(nn_conv_transpose, (ConvPlaces)TRANSPOSED_PLACES(1), in, x, given);
}

Tensor *lnn_conv_transpose2d(Tensor *const *in, const double *x, Tensor *const *given) {
  return run(nn_conv_transpose, (ConvPlaces)TRANSPOSED_PLACES(2), in, x, given);
}
