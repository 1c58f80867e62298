/*
 * group_norm.c - GroupNorm: the channels (dimension 2) of each sample in groups, each group shifted and scaled to mean 0
 * and variance 1, then each channel by learned factors. Weights start as 1, biases as 0.
 */
#include <stdio.h>

#include "autograd/formula.h"
#include "base/err.h"
#include "nn/layers/layers.h"
#include "nn/layers/norm/channels.h"

enum { GROUPS, CHANNELS, EPS, AFFINE, DTYPE };

static int check(const Tensor *x, int64_t groups, const Tensor *weight, const Tensor *bias) {
  if (x->ndim < 2) return err_set("input is %s, must be (N, C) or (N, C, ...)", tensor_shape_str(x));
  if (x->shape[1] % groups != 0) {
    return err_set("input is %s: its %lld channels do not make %lld groups of equal size", tensor_shape_str(x),
                   (long long)x->shape[1], (long long)groups);
  }
  if (norm_check_channels("weight", weight, x) < 0 || norm_check_channels("bias", bias, x) < 0) return -1;
  if (x->numel != groups) return 0;
  return err_set("input is %s: %lld groups have one value each", tensor_shape_str(x), (long long)groups);
}

Tensor *nn_group_norm(Tensor *in, int64_t groups, Tensor *weight, Tensor *bias, double eps) {
  if (check(in, groups, weight, bias) < 0) return NULL;
  FormulaMark mark = fm_begin();
  int64_t rows[] = {in->shape[0], groups, in->shape[1] / groups};
  for (int d = 2; d < in->ndim; d++) rows[2] *= in->shape[d];
  Tensor *x = module_as_float(in);
  Tensor *h =
      fm_op(OP_ROW_NORM, (Tensor *[]){x ? fm_reshape(x, 3, rows) : NULL}, 1, &(OpArgs){.row_norm = {eps, 1, 0}});
  return fm_end(mark, norm_affine(h ? fm_reshape(h, in->ndim, in->shape) : NULL, weight, bias));
}

/* --- the layer ------------------------------------------------------------------------------------------------------- */

static int build(Module *m) {
  const int64_t channels = (int64_t)m->args.x[CHANNELS];
  if (channels % (int64_t)m->args.x[GROUPS] != 0) {
    return err_set("num_channels must be a multiple of num_groups, got %.0f and %.0f", m->args.x[CHANNELS],
                   m->args.x[GROUPS]);
  }
  return m->args.x[AFFINE] != 0 ? norm_build_params(m, arg_dtype(m->args.x[DTYPE]), channels) : 0;
}

static int forward(const Module *m, Tensor *const *in, Tensor **out) {
  if (in[0]->ndim > 1 && in[0]->shape[1] != (int64_t)m->args.x[CHANNELS]) {
    return err_set("input is %s: its second dimension must be num_channels, %.0f", tensor_shape_str(in[0]),
                   m->args.x[CHANNELS]);
  }
  return module_one_output(out, nn_group_norm(in[0], (int64_t)m->args.x[GROUPS], m->param[NORM_WEIGHT],
                                              m->param[NORM_BIAS], m->args.x[EPS]));
}

static void describe(const Module *m, char *text, size_t size) {
  char eps[32];
  snprintf(text, size, "%.0f, %.0f, eps=%s, affine=%s", m->args.x[GROUPS], m->args.x[CHANNELS],
           module_python_float(m->args.x[EPS], eps, sizeof eps), m->args.x[AFFINE] != 0 ? "True" : "False");
}

static const Arg args[] = {
    {.name = "num_groups",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .required = true,
     .doc = "Number of groups, a divisor of num_channels."},
    {.name = "num_channels",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .required = true,
     .doc = "Number of channels, the size of dimension 2."},
    {.name = "eps", .range = RANGE_NOT_NEGATIVE, .def = 1e-5, .doc = "Added to the variance, inside the square root."},
    {.name = "affine", .kind = ARG_FLAG, .def = 1, .doc = "Whether to learn a weight and a bias for each channel."},
    {.name = "dtype",
     .kind = ARG_FLOAT_DTYPE,
     .def = ARG_UNSET,
     .doc = "Dtype of the parameters; by default the default dtype."},
    {0},
};

const LayerDef layer_group_norm = {
    .name = "GroupNorm",
    .doc = "Normalizes groups of channels of each sample of (N, C, ...).",
    .equation = "y = (x - mean) / sqrt(var + eps) weight + bias,\n  mean and var of each sample's group of channels",
    .paper = "Wu, He, \"Group normalization\", ECCV 2018",
    .inputs = layer_input,
    .args = args,
    .params = (const ModuleTensor[]){{"weight", "(num_channels)"}, {"bias", "(num_channels)"}, {0}},
    .build = build,
    .reset_parameters = norm_reset,
    .forward = forward,
    .describe = describe,
};
