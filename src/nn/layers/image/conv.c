/*
 * conv.c - Conv2d: each output channel is the sum of the input's channels correlated with windows of its own.
 *
 * Weight and bias start as U(-k, k) with k = 1 / sqrt(in kh kw), as in PyTorch (which writes it as kaiming_uniform_
 * with a = sqrt(5)).
 */
#include <stdio.h>

#include "autograd/op.h"
#include "autograd/ops/image/conv_rows.h"
#include "base/err.h"
#include "kernels/conv/window.h"
#include "nn/functional.h"
#include "nn/init.h"
#include "nn/layers/layers.h"

enum {
  IN_CHANNELS,
  OUT_CHANNELS,
  KERNEL_SIZE,
  STRIDE = KERNEL_SIZE + 2,
  PADDING = STRIDE + 2,
  BIAS = PADDING + 2,
  DTYPE
};
enum { WEIGHT, BIAS_PARAM };

static int build(Module *m) {
  int64_t in = (int64_t)m->args.x[IN_CHANNELS], out = (int64_t)m->args.x[OUT_CHANNELS];
  Pair k = pair_at(m->args.x + KERNEL_SIZE);
  DType dt = arg_dtype(m->args.x[DTYPE]);
  m->param[WEIGHT] = module_param_new(dt, 4, (int64_t[]){out, in, k.h, k.w});
  if (!m->param[WEIGHT]) return -1;
  if (m->args.x[BIAS] == 0) return 0;
  m->param[BIAS_PARAM] = module_param_new(dt, 1, &out);
  return m->param[BIAS_PARAM] ? 0 : -1;
}

static void reset_parameters(Module *m) {
  double fan_in = 1, fan_out;
  init_fans(m->param[WEIGHT], &fan_in, &fan_out);
  double k = 1 / sqrt(fan_in);
  init_uniform(m->param[WEIGHT], -k, k);
  if (m->param[BIAS_PARAM]) init_uniform(m->param[BIAS_PARAM], -k, k);
}

/* --- forward ------------------------------------------------------------------------------------------------------ */

static int check_shapes(const Tensor *x, const Tensor *weight, const Tensor *bias, Pair padding) {
  const char *in = tensor_shape_str(x), *w = tensor_shape_str(weight);
  if (weight->ndim != 4) return err_set("weight is %s, must be (out, in, kh, kw)", w);
  long long channels = (long long)weight->shape[1], out = (long long)weight->shape[0];
  if (x->ndim == 3) {
    return err_set(
        "input is %s, weight is %s: the input must be (N, %lld, H, W); a single image becomes one by "
        "x:unsqueeze(1)",
        in, w, channels);
  }
  if (x->ndim != 4 || x->shape[1] != channels) {
    return err_set("input is %s, weight is %s: the input must be (N, %lld, H, W)", in, w, channels);
  }
  if (weight->shape[2] == 0 || weight->shape[3] == 0) return err_set("weight is %s, its window is empty", w);
  if (x->shape[2] + 2 * padding.h < weight->shape[2] || x->shape[3] + 2 * padding.w < weight->shape[3]) {
    return err_set("input is %s, padded to %lld x %lld, weight is %s: the window must fit into the padded image", in,
                   (long long)(x->shape[2] + 2 * padding.h), (long long)(x->shape[3] + 2 * padding.w), w);
  }
  if (bias && (bias->ndim != 1 || bias->shape[0] != out)) {
    return err_set("bias is %s, weight is %s: the bias must be (%lld)", tensor_shape_str(bias), w, out);
  }
  return 0;
}

Tensor *nn_conv2d(Tensor *x, Tensor *weight, Tensor *bias, Pair stride, Pair padding) {
  if (check_shapes(x, weight, bias, padding) < 0) return NULL;
  OpArgs args = {
      .conv = {.stride = {stride.h, stride.w}, .padding = {padding.h, padding.w}, .dilation = {1, 1}, .groups = 1}};
  const ConvShape s = conv_shape_of(x, weight, &args);
  args.conv.size[0] = (int32_t)s.oh;
  args.conv.size[1] = (int32_t)s.ow;
  return op_apply(OP_CONV2D, (Tensor *[]){x, weight, bias}, bias ? 3 : 2, &args);
}

static int forward(const Module *m, Tensor *const *in, Tensor **out) {
  const double *x = m->args.x;
  return module_one_output(
      out, nn_conv2d(in[0], m->param[WEIGHT], m->param[BIAS_PARAM], pair_at(x + STRIDE), pair_at(x + PADDING)));
}

/* --- with ReLU and pool in one pass ------------------------------------------------------------------------------ */

static bool are_alike(const Tensor *x, const Tensor *weight, const Tensor *bias) {
  return dtype_is_float((DType)x->dtype) && weight->dtype == x->dtype && (!bias || bias->dtype == x->dtype);
}

static OpArgs args_with_pool(const Module *m, Pool2d pool) {
  const Pair s = pair_at(m->args.x + STRIDE), p = pair_at(m->args.x + PADDING);
  return (OpArgs){.conv = {.stride = {s.h, s.w},
                           .padding = {p.h, p.w},
                           .dilation = {1, 1},
                           .groups = 1,
                           .window = {pool.window.h, pool.window.w},
                           .pool_stride = {pool.stride.h, pool.stride.w},
                           .pool_padding = {pool.padding.h, pool.padding.w}}};
}

bool conv2d_relu_pool_fits(const Module *const *m, const Tensor *x) {
  const Tensor *weight = m[0]->param[WEIGHT];
  Pool2d pool;
  if (!max_pool2d_plain(m[2], &pool) || pool.window.h * pool.window.w > CONV_POOL_MAX) return false;
  if (!are_alike(x, weight, m[0]->param[BIAS_PARAM]) || x->ndim != 4 || x->shape[1] != weight->shape[1]) return false;
  const OpArgs args = args_with_pool(m[0], pool);
  const ConvShape s = conv_shape_of(x, weight, &args);
  const ConvPool p = conv_pool_of(NULL, &args, s.oh, s.ow);
  return s.oh > 0 && s.ow > 0 && p.oh > 0 && p.ow > 0;
}

int conv2d_relu_pool(const Module *const *m, Tensor *x, Tensor **out) {
  Tensor *weight = m[0]->param[WEIGHT], *bias = m[0]->param[BIAS_PARAM];
  Pool2d pool;
  max_pool2d_plain(m[2], &pool);
  const OpArgs args = args_with_pool(m[0], pool);
  const ConvShape s = conv_shape_of(x, weight, &args);
  const ConvPool p = conv_pool_of(NULL, &args, s.oh, s.ow);
  int64_t bytes = conv_winners(s.n, s.groups * s.o, &p);
  Tensor *winners = tensor_new(DT_U8, 1, &bytes);
  if (!winners) return -1;
  Tensor *y = op_apply(OP_CONV2D_RELU_POOL, (Tensor *[]){winners, x, weight, bias}, bias ? 4 : 3, &args);
  tensor_release(winners);
  return module_one_output(out, y);
}

static void describe(const Module *m, char *text, size_t size) {
  Pair k = pair_at(m->args.x + KERNEL_SIZE), s = pair_at(m->args.x + STRIDE), p = pair_at(m->args.x + PADDING);
  int n = snprintf(text, size, "%.0f, %.0f, kernel_size=(%d, %d), stride=(%d, %d)", m->args.x[IN_CHANNELS],
                   m->args.x[OUT_CHANNELS], k.h, k.w, s.h, s.w);
  if (p.h || p.w) n += snprintf(text + n, size - (size_t)n, ", padding=(%d, %d)", p.h, p.w);
  if (m->args.x[BIAS] == 0) snprintf(text + n, size - (size_t)n, ", bias=False");
}

static const Arg args[] = {
    {.name = "in_channels",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .required = true,
     .doc = "Number of channels of the input."},
    {.name = "out_channels",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .required = true,
     .doc = "Number of channels of the output."},
    {.name = "kernel_size",
     .kind = ARG_SIZES,
     .width = 2,
     .range = RANGE_AT_LEAST_1,
     .required = true,
     .doc = "Size of the window: {height, width}."},
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
     .doc = "Zeros added around the image: {above and below, left and right}."},
    {.name = "bias", .kind = ARG_FLAG, .def = 1, .doc = "Whether to add a learned bias to each channel."},
    {.name = "dtype",
     .kind = ARG_FLOAT_DTYPE,
     .def = ARG_UNSET,
     .doc = "Dtype of the parameters; by default the default dtype."},
    {0},
};

const LayerDef layer_conv2d = {
    .name = "Conv2d",
    .doc = "Correlates images (N, in_channels, H, W) with learned windows.",
    .equation =
        "y[n, o] = b[o] + sum over c of x[n, c] * W[o, c]    (*: correlation)\n"
        "output height: (H + 2 padding - kernel_size) / stride + 1, rounded down;\nwidth likewise",
    .inputs = layer_input,
    .args = args,
    .params = (const ModuleTensor[]){{"weight", "W (out_channels, in_channels, kernel height, kernel width)"},
                                     {"bias", "b (out_channels)"},
                                     {0}},
    .build = build,
    .reset_parameters = reset_parameters,
    .forward = forward,
    .describe = describe,
};
