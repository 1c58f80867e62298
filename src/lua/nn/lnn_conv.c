/*
 * lnn_conv.c - nn.functional.conv1d, conv2d, conv_transpose1d, conv_transpose2d.
 */
#include "lua/nn/lnn_conv.h"

#include "nn/layers/image/conv_layer.h"

#define BIAS \
  { .name = "bias", .kind = ARG_TENSOR, .doc = "Added to each channel: a tensor (out_channels)." }
#define GROUPS CONV_GROUPS_ARG

const Arg lnn_conv1d_args[] = {
    BIAS,
    {.name = "stride",
     .kind = ARG_SIZES,
     .width = 1,
     .range = RANGE_AT_LEAST_1,
     .def = 1,
     .doc = "Step from one window to the next."},
    {.name = "padding",
     .kind = ARG_SIZES,
     .width = 1,
     .range = RANGE_NOT_NEGATIVE,
     .choices = conv_padding_words,
     .doc = "Zeros added at both ends; 'same': so many that the output is as long as the input; 'valid': none."},
    {.name = "dilation",
     .kind = ARG_SIZES,
     .width = 1,
     .range = RANGE_AT_LEAST_1,
     .def = 1,
     .doc = "Distance of the window's places from each other."},
    GROUPS,
    {0},
};

const Arg lnn_conv2d_args[] = {
    BIAS,
    {.name = "stride",
     .kind = ARG_SIZES,
     .width = 2,
     .range = RANGE_AT_LEAST_1,
     .def = 1,
     .doc = "Step from one window to the next: {down, right}."},
    {.name = "padding",
     .kind = ARG_SIZES,
     .width = 2,
     .range = RANGE_NOT_NEGATIVE,
     .choices = conv_padding_words,
     .doc =
         "Zeros added around the image: {above and below, left and right}; 'same': so many that the output is as large "
         "as the input; 'valid': none."},
    {.name = "dilation",
     .kind = ARG_SIZES,
     .width = 2,
     .range = RANGE_AT_LEAST_1,
     .def = 1,
     .doc = "Distance of the window's places from each other: {down, right}."},
    GROUPS,
    {0},
};

const Arg lnn_conv_transpose1d_args[] = {
    BIAS,
    {.name = "stride",
     .kind = ARG_SIZES,
     .width = 1,
     .range = RANGE_AT_LEAST_1,
     .def = 1,
     .doc = "Step from one window to the next, in the output."},
    {.name = "padding",
     .kind = ARG_SIZES,
     .width = 1,
     .range = RANGE_NOT_NEGATIVE,
     .def = 0,
     .doc = "Places cut off at both ends of the output."},
    {.name = "output_padding",
     .kind = ARG_SIZES,
     .width = 1,
     .range = RANGE_NOT_NEGATIVE,
     .def = 0,
     .doc = "Places added at the end of the output."},
    GROUPS,
    {.name = "dilation",
     .kind = ARG_SIZES,
     .width = 1,
     .range = RANGE_AT_LEAST_1,
     .def = 1,
     .doc = "Distance of the window's places from each other."},
    {0},
};

const Arg lnn_conv_transpose2d_args[] = {
    BIAS,
    {.name = "stride",
     .kind = ARG_SIZES,
     .width = 2,
     .range = RANGE_AT_LEAST_1,
     .def = 1,
     .doc = "Step from one window to the next, in the output: {down, right}."},
    {.name = "padding",
     .kind = ARG_SIZES,
     .width = 2,
     .range = RANGE_NOT_NEGATIVE,
     .def = 0,
     .doc = "Places cut off around the output: {above and below, left and right}."},
    {.name = "output_padding",
     .kind = ARG_SIZES,
     .width = 2,
     .range = RANGE_NOT_NEGATIVE,
     .def = 0,
     .doc = "Places added to the output: {below, right}."},
    GROUPS,
    {.name = "dilation",
     .kind = ARG_SIZES,
     .width = 2,
     .range = RANGE_AT_LEAST_1,
     .def = 1,
     .doc = "Distance of the window's places from each other: {down, right}."},
    {0},
};

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
