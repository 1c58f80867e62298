/*
 * dropout.c - Dropout, and Dropout1d and Dropout2d, which treat the elements of a channel alike: in training, some are
 * zeroed at random and the others scaled so that the expected value stays; in eval mode the identity.
 */
#include <stdio.h>

#include "autograd/formula.h"
#include "base/err.h"
#include "core/rng.h"
#include "nn/functional.h"
#include "nn/layers/layers.h"

/* x times a mask of that shape, which broadcasts. */
static Tensor *masked(Tensor *x, double p, int ndim, const int64_t *shape) {
  DType dt = dtype_is_float((DType)x->dtype) ? (DType)x->dtype : dtype_default();
  FormulaMark mark = fm_begin();
  Tensor *mask = fm_own(tensor_new(dt, ndim, shape));
  if (mask) rng_fill_bernoulli(rng_for(RNG_DROPOUT), mask, 1 - p);
  return fm_end(mark, fm_mul(x, fm_muls(mask, p < 1 ? 1 / (1 - p) : 0)));
}

Tensor *nn_dropout(Tensor *x, double p, bool training) {
  return training && p > 0 ? masked(x, p, x->ndim, x->shape) : tensor_retain(x);
}

Tensor *nn_dropout_channels(Tensor *x, double p, bool training, int dims) {
  int64_t shape[TENSOR_MAX_DIM];
  if (dims == 1 && x->ndim != 3 && x->ndim != 2) {
    return err_null("input is %s, must be (N, C, L) or (C, L)", tensor_shape_str(x));
  }
  if (dims == 2 && x->ndim != 4) return err_null("input is %s, must be (N, C, H, W)", tensor_shape_str(x));
  if (!training || p == 0) return tensor_retain(x);
  for (int d = 0; d < x->ndim; d++) shape[d] = d < x->ndim - dims ? x->shape[d] : 1;
  return masked(x, p, x->ndim, shape);
}

static int forward(const Module *m, Tensor *const *in, Tensor **out) {
  return module_one_output(out, nn_dropout(in[0], m->args.x[0], m->training));
}

static int forward_1d(const Module *m, Tensor *const *in, Tensor **out) {
  return module_one_output(out, nn_dropout_channels(in[0], m->args.x[0], m->training, 1));
}

static int forward_2d(const Module *m, Tensor *const *in, Tensor **out) {
  return module_one_output(out, nn_dropout_channels(in[0], m->args.x[0], m->training, 2));
}

static void describe(const Module *m, char *text, size_t size) {
  char number[32];
  snprintf(text, size, "p=%s, inplace=False", module_python_float(m->args.x[0], number, sizeof number));
}

static const Arg args[] = {
    {.name = "p", .range = RANGE_0_TO_1, .def = 0.5, .doc = "Probability that an element becomes 0."},
    {0},
};

const LayerDef layer_dropout = {
    .name = "Dropout",
    .doc = "In training, zeroes each element with probability p.",
    .equation =
        "y = 0 with probability p, else x / (1 - p)    in training\n"
        "y = x                                         in eval mode",
    .paper = "Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, \"Dropout\", JMLR 15, 2014",
    .inputs = layer_input,
    .args = args,
    .forward = forward,
    .describe = describe,
};

static const Arg channel_args[] = {
    {.name = "p", .range = RANGE_0_TO_1, .def = 0.5, .doc = "Probability that a channel becomes 0."},
    {0},
};

#define CHANNEL_DROPOUT                                                                               \
  .equation =                                                                                         \
      "y = 0 with probability p, else x / (1 - p)    in training, by channel\n"                       \
      "y = x                                         in eval mode",                                   \
  .paper =                                                                                            \
      "Tompson, Goroshin, Jain, LeCun, Bregler, \"Efficient object localization using convolutional " \
      "networks\", CVPR 2015",                                                                        \
  .inputs = layer_input, .args = channel_args, .describe = describe

const LayerDef layer_dropout1d = {
    .name = "Dropout1d",
    .doc = "In training, zeroes each channel of (N, C, L), or of (C, L), with probability p.",
    .forward = forward_1d,
    CHANNEL_DROPOUT,
};

const LayerDef layer_dropout2d = {
    .name = "Dropout2d",
    .doc = "In training, zeroes each channel of (N, C, H, W) with probability p.",
    .forward = forward_2d,
    CHANNEL_DROPOUT,
};
