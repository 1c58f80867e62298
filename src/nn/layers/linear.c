/*
 * linear.c - Linear: an affine map of the last dimension.
 *
 * Both parameters start as U(-k, k) with k = 1 / sqrt(in_features), as in PyTorch (which writes it as kaiming_uniform_
 * with a = sqrt(5)).
 */
#include <stdio.h>

#include "autograd/op.h"
#include "base/err.h"
#include "nn/functional.h"
#include "nn/init.h"
#include "nn/layers/layers.h"

enum { IN_FEATURES, OUT_FEATURES, BIAS, DTYPE };
enum { WEIGHT, BIAS_PARAM };

static int build(Module *m) {
  int64_t in = (int64_t)m->args.x[IN_FEATURES], out = (int64_t)m->args.x[OUT_FEATURES];
  DType dt = arg_dtype(m->args.x[DTYPE]);
  m->param[WEIGHT] = module_param_new(dt, 2, (int64_t[]){out, in});
  if (!m->param[WEIGHT]) return -1;
  if (m->args.x[BIAS] == 0) return 0;
  m->param[BIAS_PARAM] = module_param_new(dt, 1, &out);
  return m->param[BIAS_PARAM] ? 0 : -1;
}

static void reset_parameters(Module *m) {
  double k = 1 / sqrt(m->args.x[IN_FEATURES]);
  init_uniform(m->param[WEIGHT], -k, k);
  if (m->param[BIAS_PARAM]) init_uniform(m->param[BIAS_PARAM], -k, k);
}

Tensor *nn_linear(Tensor *x, Tensor *weight, Tensor *bias) {
  if (weight->ndim != 2) return err_null("weight is %s, must be (out, in)", tensor_shape_str(weight));
  int64_t in = weight->shape[1], out = weight->shape[0];
  if (!x->ndim || x->shape[x->ndim - 1] != in) {
    return err_null("input is %s, weight is %s: the last dimension of the input must be %lld", tensor_shape_str(x),
                    tensor_shape_str(weight), (long long)in);
  }
  if (bias && (bias->ndim != 1 || bias->shape[0] != out)) {
    return err_null("bias is %s, weight is %s: the bias must be (%lld)", tensor_shape_str(bias),
                    tensor_shape_str(weight), (long long)out);
  }
  return op_apply(OP_LINEAR, (Tensor *[]){x, weight, bias}, bias ? 3 : 2, NULL);
}

static int forward(const Module *m, Tensor *const *in, Tensor **out) {
  return module_one_output(out, nn_linear(in[0], m->param[WEIGHT], m->param[BIAS_PARAM]));
}

static void describe(const Module *m, char *text, size_t size) {
  snprintf(text, size, "in_features=%.0f, out_features=%.0f, bias=%s", m->args.x[IN_FEATURES], m->args.x[OUT_FEATURES],
           m->args.x[BIAS] != 0 ? "True" : "False");
}

static const Arg args[] = {
    {.name = "in_features",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .required = true,
     .doc = "Size of the last dimension of the input."},
    {.name = "out_features",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .required = true,
     .doc = "Size of the last dimension of the output."},
    {.name = "bias", .kind = ARG_FLAG, .def = 1, .doc = "Whether to add a learned bias."},
    {.name = "dtype",
     .kind = ARG_FLOAT_DTYPE,
     .def = ARG_UNSET,
     .doc = "Dtype of the parameters; by default the default dtype."},
    {0},
};

const LayerDef layer_linear = {
    .name = "Linear",
    .doc = "An affine map of the last dimension: (..., in_features) -> (..., out_features).",
    .equation = "y = x W' + b",
    .inputs = layer_input,
    .args = args,
    .params = (const ModuleTensor[]){{"weight", "W (out_features, in_features)"}, {"bias", "b (out_features)"}, {0}},
    .build = build,
    .reset_parameters = reset_parameters,
    .forward = forward,
    .describe = describe,
};
