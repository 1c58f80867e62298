/*
 * instance_norm.c - InstanceNorm1d and InstanceNorm2d: every channel of each sample is shifted and scaled to mean 0 and
 * variance 1, then by learned factors if affine.
 *
 * With track_running_stats the running statistics follow the means over the samples in training, and are used in eval
 * mode, channel by channel.
 */
#include "autograd/formula.h"
#include "base/err.h"
#include "nn/layers/layers.h"
#include "nn/layers/norm/channels.h"

static int check(const Tensor *x, const BatchNorm *b) {
  if (x->ndim < 3) return err_set("input is %s, must be (N, C, L) or (N, C, ...)", tensor_shape_str(x));
  if (!b->training && !b->mean) {
    return err_set("running_mean and running_var are needed unless use_input_stats = true");
  }
  if (norm_check(x, b) < 0) return -1;
  const int64_t samples = x->shape[0] * x->shape[1];
  if (!b->training || samples == 0 || x->numel / samples > 1) return 0;
  return err_set("input is %s: every channel of a sample needs more than one value", tensor_shape_str(x));
}

/* The means over the samples of moments (2, N C). */
static Tensor *mean_moments(Tensor *moments, int64_t n, int64_t channels) {
  const int64_t shape[] = {2, n, channels};
  return fm_mean(fm_reshape(moments, 3, shape), 2, false);
}

static Tensor *by_samples(Tensor *in, const BatchNorm *b) {
  const int64_t n = in->shape[0], channels = in->shape[1], rest = in->numel > 0 ? in->numel / (n * channels) : 0;
  const int64_t rows[] = {1, n * channels, rest}, two[] = {2, n * channels};
  Tensor *x = module_as_float(in), *moments = fm_own(tensor_new(DT_F64, 2, two)), *y = NULL;
  if (!x || !moments) return NULL;
  x = fm_reshape(x, 3, rows);
  if (x) y = fm_op(OP_BATCH_NORM, (Tensor *[]){moments, x}, 2, &(OpArgs){.channel_norm = {b->eps, 0}});
  if (!y) return NULL;
  if (b->mean && in->numel > 0) {
    Tensor *means = mean_moments(moments, n, channels);
    if (!means) return NULL;
    norm_follow(b, means, (double)rest);
  }
  return norm_affine(fm_reshape(y, in->ndim, in->shape), b->weight, b->bias);
}

Tensor *nn_instance_norm(Tensor *in, const BatchNorm *b) {
  if (check(in, b) < 0) return NULL;
  if (!b->training) return nn_batch_norm(in, b);
  FormulaMark mark = fm_begin();
  return fm_end(mark, by_samples(in, b));
}

/* --- the layers ---------------------------------------------------------------------------------------------------- */

/* x: (N, C, ...) with `ndim` dimensions, or a sample without N. */
static Tensor *normalise(const Module *m, Tensor *x, int ndim) {
  const bool single = x->ndim == ndim - 1;
  if (!single && x->ndim != ndim) {
    return err_null("input is %s, must be (N, %.0f, %s) or (%.0f, %s)", tensor_shape_str(x), m->args.x[NORM_FEATURES],
                    ndim == 3 ? "L" : "H, W", m->args.x[NORM_FEATURES], ndim == 3 ? "L" : "H, W");
  }
  FormulaMark mark = fm_begin();
  Tensor *batch = single ? fm_unsqueeze(x, 0) : x, *y = NULL;
  if (batch && norm_check_features(m, batch) == 0) {
    BatchNorm b = norm_of(m);
    b.count = NULL;
    b.training = m->training || !m->buffer[NORM_COUNT];
    y = fm_own(nn_instance_norm(batch, &b));
  }
  return fm_end(mark, y && single ? fm_reshape(y, x->ndim, x->shape) : y);
}

static int forward_1d(const Module *m, Tensor *const *in, Tensor **out) {
  return module_one_output(out, normalise(m, in[0], 3));
}

static int forward_2d(const Module *m, Tensor *const *in, Tensor **out) {
  return module_one_output(out, normalise(m, in[0], 4));
}

static const Arg args[] = {
    {.name = "num_features",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .required = true,
     .doc = "Number of channels, the size of dimension 2."},
    {.name = "eps", .range = RANGE_NOT_NEGATIVE, .def = 1e-5, .doc = "Added to the variance, inside the square root."},
    {.name = "momentum", .def = 0.1, .doc = "Share of the new statistics in each update of the running statistics."},
    {.name = "affine", .kind = ARG_FLAG, .doc = "Whether to learn a weight and a bias for each channel."},
    {.name = "track_running_stats",
     .kind = ARG_FLAG,
     .doc = "Whether to keep running statistics, which eval mode uses."},
    {.name = "dtype",
     .kind = ARG_FLOAT_DTYPE,
     .def = ARG_UNSET,
     .doc = "Dtype of the parameters; by default the default dtype."},
    {0},
};

#define INSTANCE_NORM                                                                                           \
  .equation =                                                                                                   \
      "y = (x - mean) / sqrt(var + eps) weight + bias,\n  mean and var of each sample's channel, of n values\n" \
      "with track_running_stats, in training, over the samples:\n"                                              \
      "running_mean <- (1 - momentum) running_mean + momentum mean of mean\n"                                   \
      "running_var  <- (1 - momentum) running_var + momentum mean of var n / (n - 1)\n"                         \
      "and in eval mode with running_mean and running_var",                                                     \
  .paper =                                                                                                      \
      "Ulyanov, Vedaldi, Lempitsky, \"Instance normalization: the missing ingredient for fast stylization\", "  \
      "arXiv 1607.08022",                                                                                       \
  .inputs = layer_input, .args = args, .params = norm_params, .buffers = norm_buffers, .build = norm_build,     \
  .reset_parameters = norm_reset, .describe = norm_describe

const LayerDef layer_instance_norm1d = {
    .name = "InstanceNorm1d",
    .doc = "Normalizes every channel of each sample of (N, C, L), or of one sample (C, L).",
    .forward = forward_1d,
    INSTANCE_NORM,
};

const LayerDef layer_instance_norm2d = {
    .name = "InstanceNorm2d",
    .doc = "Normalizes every channel of each sample of (N, C, H, W), or of one sample (C, H, W).",
    .forward = forward_2d,
    INSTANCE_NORM,
};
