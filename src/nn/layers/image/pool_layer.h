/*
 * pool_layer.h - what pools of one and two dimensions share: their options, the function, parts of their declarations.
 */
#ifndef OPTLAB_NN_LAYERS_IMAGE_POOL_LAYER_H
#define OPTLAB_NN_LAYERS_IMAGE_POOL_LAYER_H

#include "nn/module.h"

/* {along H, along W}, of one dimension {1, along L}. */
typedef struct PoolOptions {
  int dims; /* 1 or 2 */
  bool max; /* else means */
  Pair window, stride, padding, dilation;
  bool ceil_mode;
  bool count_padding; /* of means */
  int divisor;        /* of means; 0: the window's size */
  bool adaptive;      /* `output` parts instead of windows of one size */
  Pair output;
} PoolOptions;

/* Two numbers at place `at` of x, or one and `other` before it. */
static inline Pair pool_pair(int dims, const double *x, int at, int other) {
  return dims == 2 ? pair_at(x + at) : (Pair){other, (int)x[at]};
}

/* Of kernel_size and padding; -1 with err_set. */
int pool_check_padding(const PoolOptions *o);

/* x (N, C, H, W), or (N, C, L): of every window its maximum or mean. */
Tensor *pool_apply(Tensor *x, const PoolOptions *o);

/* In the text of a layer: "2", "(2, 3)"; of one dimension "2". */
const char *pool_pair_text(const PoolOptions *o, Pair p, char *text, size_t size);

#define POOL_WINDOW_ARGS(dims_, size_, step_, border_)                                                \
  {.name = "kernel_size",                                                                             \
   .kind = ARG_SIZES,                                                                                 \
   .width = dims_,                                                                                    \
   .range = RANGE_AT_LEAST_1,                                                                         \
   .required = true,                                                                                  \
   .doc = size_},                                                                                     \
      {.name = "stride",                                                                              \
       .kind = ARG_SIZES,                                                                             \
       .width = dims_,                                                                                \
       .range = RANGE_AT_LEAST_1,                                                                     \
       .def = ARG_UNSET,                                                                              \
       .doc = step_},                                                                                 \
  {                                                                                                   \
    .name = "padding", .kind = ARG_SIZES, .width = dims_, .range = RANGE_NOT_NEGATIVE, .doc = border_ \
  }
#define POOL_SIZE_1D "Size of the window."
#define POOL_SIZE_2D "Size of the window: {height, width}."
#define POOL_STEP_1D "Step from one window to the next; by default kernel_size."
#define POOL_STEP_2D "Step from one window to the next: {down, right}; by default kernel_size."
#define POOL_BORDER_1D "Positions added at both ends."
#define POOL_BORDER_2D "Border added around the image: {above and below, left and right}."
#define POOL_CEIL_ARG                                                                                     \
  {                                                                                                       \
    .name = "ceil_mode", .kind = ARG_FLAG,                                                                \
    .doc = "Whether the output's size is rounded up, so that a last window may reach beyond the padding." \
  }

#endif
