/*
 * conv_layer.h - what the layers of convolutions share: places of their arguments, parameters, options.
 */
#ifndef OPTLAB_NN_LAYERS_IMAGE_CONV_LAYER_H
#define OPTLAB_NN_LAYERS_IMAGE_CONV_LAYER_H

#include "nn/functional.h"
#include "nn/module.h"

enum { CONV_WEIGHT, CONV_BIAS };

/* Where the arguments stand; `more`: output_padding, -1: there is none. */
typedef struct ConvPlaces {
  int dims;
  int kernel_size, stride, padding, more, dilation, groups, bias, dtype;
} ConvPlaces;

extern const char *const conv_padding_words[]; /* "same", "valid" */

ConvOptions conv_layer_options(const ConvPlaces *at, const double *x);

/* LayerDef's: the weight is (first, second / groups, window). */
int conv_layer_build(Module *m, const ConvPlaces *at, bool transposed);
void conv_layer_reset(Module *m);
void conv_layer_describe(const Module *m, const ConvPlaces *at, char *text, size_t size);

/* Rows of the declarations, of `dims` numbers each. */
#define CONV_CHANNEL_ARGS                                                                     \
  {.name = "in_channels",                                                                     \
   .kind = ARG_INTEGER,                                                                       \
   .range = RANGE_AT_LEAST_1,                                                                 \
   .required = true,                                                                          \
   .doc = "Number of channels of the input."},                                                \
  {                                                                                           \
    .name = "out_channels", .kind = ARG_INTEGER, .range = RANGE_AT_LEAST_1, .required = true, \
    .doc = "Number of channels of the output."                                                \
  }
#define CONV_SIZES(dims_, name_, range_, def_, doc_) \
  { .name = name_, .kind = ARG_SIZES, .width = dims_, .range = range_, .def = def_, .doc = doc_ }
#define CONV_KERNEL_ARG(dims_, doc_) \
  { .name = "kernel_size", .kind = ARG_SIZES, .width = dims_, .range = RANGE_AT_LEAST_1, .required = true, .doc = doc_ }
/* Those that layers and functions share. */
#define CONV_STEP_1D "Step from one window to the next"
#define CONV_STRIDE_1D CONV_SIZES(1, "stride", RANGE_AT_LEAST_1, 1, CONV_STEP_1D ".")
#define CONV_STRIDE_2D CONV_SIZES(2, "stride", RANGE_AT_LEAST_1, 1, CONV_STEP_1D ": {down, right}.")
#define CONV_DISTANCE_1D "Distance of the window's places from each other"
#define CONV_DILATION_1D CONV_SIZES(1, "dilation", RANGE_AT_LEAST_1, 1, CONV_DISTANCE_1D ".")
#define CONV_DILATION_2D CONV_SIZES(2, "dilation", RANGE_AT_LEAST_1, 1, CONV_DISTANCE_1D ": {down, right}.")
#define CONV_PADDING_ARG(dims_, doc_)                                                                                 \
  {                                                                                                                   \
    .name = "padding", .kind = ARG_SIZES, .width = dims_, .range = RANGE_NOT_NEGATIVE, .choices = conv_padding_words, \
    .doc = doc_                                                                                                       \
  }
#define CONV_PADDING_1D                                                                                           \
  CONV_PADDING_ARG(1,                                                                                             \
                   "Zeros added at both ends; 'same': so many that the output is as long as the input; 'valid': " \
                   "none.")
#define CONV_PADDING_2D                                                                                         \
  CONV_PADDING_ARG(2,                                                                                           \
                   "Zeros added around the image: {above and below, left and right}; 'same': so many that the " \
                   "output is as large as the input; 'valid': none.")

/* Of transposed convolutions */
#define CONV_SPREAD_1D CONV_SIZES(1, "stride", RANGE_AT_LEAST_1, 1, CONV_STEP_1D ", in the output.")
#define CONV_SPREAD_2D CONV_SIZES(2, "stride", RANGE_AT_LEAST_1, 1, CONV_STEP_1D ", in the output: {down, right}.")
#define CONV_CUT_1D CONV_SIZES(1, "padding", RANGE_NOT_NEGATIVE, 0, "Positions cut off at both ends of the output.")
#define CONV_CUT_2D                               \
  CONV_SIZES(2, "padding", RANGE_NOT_NEGATIVE, 0, \
             "Positions cut off around the output: {above and below, left and right}.")
#define CONV_OUTPUT_PADDING_1D \
  CONV_SIZES(1, "output_padding", RANGE_NOT_NEGATIVE, 0, "Positions added at the end of the output.")
#define CONV_OUTPUT_PADDING_2D \
  CONV_SIZES(2, "output_padding", RANGE_NOT_NEGATIVE, 0, "Positions added to the output: {below, right}.")

#define CONV_GROUPS_ARG                                                                       \
  {                                                                                           \
    .name = "groups", .kind = ARG_INTEGER, .range = RANGE_AT_LEAST_1, .def = 1,               \
    .doc = "Number of groups of channels; an output depends only on inputs of its own group." \
  }
#define CONV_BIAS_ARG \
  { .name = "bias", .kind = ARG_FLAG, .def = 1, .doc = "Whether to add a learned bias to each channel." }
#define CONV_DTYPE_ARG                                              \
  {                                                                 \
    .name = "dtype", .kind = ARG_FLOAT_DTYPE, .def = ARG_UNSET,     \
    .doc = "Dtype of the parameters; by default the default dtype." \
  }

#endif
