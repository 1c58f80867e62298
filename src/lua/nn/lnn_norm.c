/*
 * lnn_norm.c - normalisations as functions.
 */
#include "lua/nn/lnn_norm.h"

#include "nn/functional.h"

enum { NORM_MEAN, NORM_VAR, NORM_WEIGHT, NORM_BIAS, NORM_TRAINING, NORM_MOMENTUM, NORM_EPS };
enum { NORM_ADD = NORM_BIAS + 1 }; /* among the tensors */
/* clang-format off */
#define BATCH_NORM_ARGS                                                                                                \
  {.name = "running_mean", .kind = ARG_TENSOR, .doc = "Running mean (C); updated in place in training."},              \
  {.name = "running_var", .kind = ARG_TENSOR, .doc = "Running variance (C); updated in place in training."},           \
  {.name = "weight", .kind = ARG_TENSOR, .doc = "Factor for each channel: a tensor (C)."},                             \
  {.name = "bias", .kind = ARG_TENSOR, .doc = "Added to each channel: a tensor (C)."},                                 \
  {.name = "training", .kind = ARG_FLAG, .doc = "Whether to use the batch's statistics instead of the running ones."}, \
  {.name = "momentum",                                                                                                 \
   .def = 0.1,                                                                                                         \
   .doc = "Share of the batch's statistics in each update of the running statistics."},                                \
  {.name = "eps", .range = RANGE_NOT_NEGATIVE, .def = 1e-5, .doc = "Added to the variance, inside the square root."}
/* clang-format on */
const Arg lnn_batch_norm_args[] = {BATCH_NORM_ARGS, {0}};
const Arg lnn_batch_norm_relu_args[] = {
    BATCH_NORM_ARGS,
    {.name = "add", .kind = ARG_TENSOR, .doc = "Added before the ReLU: a tensor like the input."},
    {0}};

/* Of the arguments of batch_norm and instance_norm. */
static BatchNorm norm_of(const double *x, Tensor *const *given) {
  return (BatchNorm){.mean = given[NORM_MEAN],
                     .var = given[NORM_VAR],
                     .weight = given[NORM_WEIGHT],
                     .bias = given[NORM_BIAS],
                     .training = x[NORM_TRAINING] != 0,
                     .momentum = x[NORM_MOMENTUM],
                     .eps = x[NORM_EPS]};
}

Tensor *lnn_batch_norm(Tensor *const *in, const double *x, Tensor *const *given) {
  const BatchNorm b = norm_of(x, given);
  return nn_batch_norm(in[0], &b);
}

Tensor *lnn_batch_norm_relu(Tensor *const *in, const double *x, Tensor *const *given) {
  const BatchNorm b = norm_of(x, given);
  return nn_batch_norm_relu(in[0], given[NORM_ADD], &b);
}

/* Declared like batch_norm but for use_input_stats. */
const Arg lnn_instance_norm_args[] = {
    {.name = "running_mean", .kind = ARG_TENSOR, .doc = "Running mean (C); updated in place with use_input_stats."},
    {.name = "running_var", .kind = ARG_TENSOR, .doc = "Running variance (C); updated in place with use_input_stats."},
    {.name = "weight", .kind = ARG_TENSOR, .doc = "Factor for each channel: a tensor (C)."},
    {.name = "bias", .kind = ARG_TENSOR, .doc = "Added to each channel: a tensor (C)."},
    {.name = "use_input_stats",
     .kind = ARG_FLAG,
     .def = 1,
     .doc = "Whether to use the statistics of each sample instead of the running ones."},
    {.name = "momentum", .def = 0.1, .doc = "Share of the new statistics in each update of the running statistics."},
    {.name = "eps", .range = RANGE_NOT_NEGATIVE, .def = 1e-5, .doc = "Added to the variance, inside the square root."},
    {0},
};

Tensor *lnn_instance_norm(Tensor *const *in, const double *x, Tensor *const *given) {
  const BatchNorm b = norm_of(x, given);
  return nn_instance_norm(in[0], &b);
}

enum { GROUP_COUNT, GROUP_WEIGHT, GROUP_BIAS, GROUP_EPS };
const Arg lnn_group_norm_args[] = {
    {.name = "num_groups",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .required = true,
     .doc = "Number of groups; it divides the number of channels."},
    {.name = "weight", .kind = ARG_TENSOR, .doc = "Factor for each channel: a tensor (C)."},
    {.name = "bias", .kind = ARG_TENSOR, .doc = "Added to each channel: a tensor (C)."},
    {.name = "eps", .range = RANGE_NOT_NEGATIVE, .def = 1e-5, .doc = "Added to the variance, inside the square root."},
    {0},
};

Tensor *lnn_group_norm(Tensor *const *in, const double *x, Tensor *const *given) {
  return nn_group_norm(in[0], (int64_t)x[GROUP_COUNT], given[0], given[1], x[GROUP_EPS]);
}

enum { ROW_SHAPE, ROW_WEIGHT = ROW_SHAPE + ARG_SHAPE_PLACES, LAYER_BIAS, LAYER_EPS, RMS_EPS = LAYER_BIAS };
/* clang-format off */
#define ROW_SHAPE_ARG                                                                            \
  {.name = "normalized_shape", .kind = ARG_SHAPE, .range = RANGE_AT_LEAST_1, .required = true, \
   .doc = "Sizes of the last dimensions, which are normalized together."}
/* clang-format on */
const Arg lnn_layer_norm_args[] = {
    ROW_SHAPE_ARG,
    {.name = "weight", .kind = ARG_TENSOR, .doc = "Factors: a tensor of that shape."},
    {.name = "bias", .kind = ARG_TENSOR, .doc = "Added at the end: a tensor of that shape."},
    {.name = "eps", .range = RANGE_NOT_NEGATIVE, .def = 1e-5, .doc = "Added to the variance."},
    {0},
};
const Arg lnn_rms_norm_args[] = {
    ROW_SHAPE_ARG,
    {.name = "weight", .kind = ARG_TENSOR, .doc = "Factors: a tensor of that shape."},
    {.name = "eps",
     .range = RANGE_NOT_NEGATIVE,
     .def = ARG_UNSET,
     .doc = "Added to the mean square; by default the spacing of the input's dtype at 1."},
    {0},
};

Tensor *lnn_layer_norm(Tensor *const *in, const double *x, Tensor *const *given) {
  const RowNormShape s = nn_row_norm_shape(x + ROW_SHAPE);
  return nn_row_norm(in[0], &s, given[0], given[1], x[LAYER_EPS], false);
}

Tensor *lnn_rms_norm(Tensor *const *in, const double *x, Tensor *const *given) {
  const RowNormShape s = nn_row_norm_shape(x + ROW_SHAPE);
  return nn_row_norm(in[0], &s, given[0], NULL, x[RMS_EPS], true);
}
