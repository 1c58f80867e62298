/*
 * conv.c - Conv1d and Conv2d: each output channel is the sum of the input's channels correlated with windows of its own.
 */
#include "autograd/op.h"
#include "autograd/ops/image/conv_rows.h"
#include "kernels/conv/few/few.h"
#include "nn/layers/image/conv_layer.h"
#include "nn/layers/layers.h"

/* in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, dtype */
#define PLACES(dims_)                                                                                         \
  {                                                                                                           \
    .dims = dims_, .kernel_size = 2, .stride = 2 + (dims_), .padding = 2 + 2 * (dims_), .more = -1,           \
    .dilation = 2 + 3 * (dims_), .groups = 2 + 4 * (dims_), .bias = 3 + 4 * (dims_), .dtype = 4 + 4 * (dims_) \
  }
static const ConvPlaces places_1d = PLACES(1), places_2d = PLACES(2);

static int forward(const Module *m, const ConvPlaces *at, Tensor *const *in, Tensor **out) {
  const ConvOptions o = conv_layer_options(at, m->args.x);
  return module_one_output(out, nn_conv(in[0], m->param[CONV_WEIGHT], m->param[CONV_BIAS], &o));
}

static int build_1d(Module *m) { return conv_layer_build(m, &places_1d, false); }
static int build_2d(Module *m) { return conv_layer_build(m, &places_2d, false); }
static int forward_1d(const Module *m, Tensor *const *in, Tensor **out) { return forward(m, &places_1d, in, out); }
static int forward_2d(const Module *m, Tensor *const *in, Tensor **out) { return forward(m, &places_2d, in, out); }
static void describe_1d(const Module *m, char *text, size_t n) { conv_layer_describe(m, &places_1d, text, n); }
static void describe_2d(const Module *m, char *text, size_t n) { conv_layer_describe(m, &places_2d, text, n); }

/* --- with ReLU and pool in one pass ------------------------------------------------------------------------------ */

static bool are_alike(const Tensor *x, const Tensor *weight, const Tensor *bias) {
  return dtype_is_float((DType)x->dtype) && weight->dtype == x->dtype && (!bias || bias->dtype == x->dtype);
}

/* false: the padding is not the same on both sides. */
static bool args_with_pool(const Module *m, Pool2d pool, OpArgs *args) {
  ConvOptions o = conv_layer_options(&places_2d, m->args.x);
  const Tensor *weight = m->param[CONV_WEIGHT];
  const int64_t down = (weight->shape[2] - 1) * o.dilation.h, across = (weight->shape[3] - 1) * o.dilation.w;
  if (o.same && (down % 2 || across % 2)) return false;
  if (o.same) o.padding = (Pair){(int)(down / 2), (int)(across / 2)};
  *args = (OpArgs){.conv = {.stride = {o.stride.h, o.stride.w},
                            .padding = {o.padding.h, o.padding.w},
                            .dilation = {o.dilation.h, o.dilation.w},
                            .groups = (int32_t)o.groups,
                            .window = {pool.window.h, pool.window.w},
                            .pool_stride = {pool.stride.h, pool.stride.w},
                            .pool_padding = {pool.padding.h, pool.padding.w},
                            .pool_ceil = pool.ceil_mode}};
  return true;
}

bool conv2d_relu_pool_fits(const Module *const *m, const Tensor *x) {
  const Tensor *weight = m[0]->param[CONV_WEIGHT];
  Pool2d pool;
  if (!max_pool2d_plain(m[2], &pool) || pool.window.h * pool.window.w > CONV_POOL_MAX) return false;
  if (!are_alike(x, weight, m[0]->param[CONV_BIAS]) || x->ndim != 4) return false;
  OpArgs args;
  if (!args_with_pool(m[0], pool, &args) || x->shape[1] != weight->shape[1] * args.conv.groups) return false;
  const ConvShape s = conv_shape_of(x, weight, &args);
  const ConvPool p = conv_pool_of(NULL, &args, s.oh, s.ow);
  return !conv_is_few((DType)x->dtype, &s) && s.oh > 0 && s.ow > 0 && p.oh > 0 && p.ow > 0;
}

int conv2d_relu_pool(const Module *const *m, Tensor *x, Tensor **out) {
  Tensor *weight = m[0]->param[CONV_WEIGHT], *bias = m[0]->param[CONV_BIAS];
  Pool2d pool;
  max_pool2d_plain(m[2], &pool);
  OpArgs args;
  args_with_pool(m[0], pool, &args);
  const ConvShape s = conv_shape_of(x, weight, &args);
  const ConvPool p = conv_pool_of(NULL, &args, s.oh, s.ow);
  int64_t bytes = conv_winners(s.n, s.groups * s.o, &p);
  Tensor *winners = tensor_new(DT_U8, 1, &bytes);
  if (!winners) return -1;
  Tensor *y = op_apply(OP_CONV2D_RELU_POOL, (Tensor *[]){winners, x, weight, bias}, bias ? 4 : 3, &args);
  tensor_release(winners);
  return module_one_output(out, y);
}

/* --- declarations -------------------------------------------------------------------------------------------------- */

static const Arg args_1d[] = {
    CONV_CHANNEL_ARGS,
    CONV_KERNEL_ARG(1, "Size of the window."),
    CONV_STRIDE_1D,
    CONV_PADDING_1D,
    CONV_DILATION_1D,
    CONV_GROUPS_ARG,
    CONV_BIAS_ARG,
    CONV_DTYPE_ARG,
    {0},
};

static const Arg args_2d[] = {
    CONV_CHANNEL_ARGS,
    CONV_KERNEL_ARG(2, "Size of the window: {height, width}."),
    CONV_STRIDE_2D,
    CONV_PADDING_2D,
    CONV_DILATION_2D,
    CONV_GROUPS_ARG,
    CONV_BIAS_ARG,
    CONV_DTYPE_ARG,
    {0},
};

const LayerDef layer_conv1d = {
    .name = "Conv1d",
    .doc = "Correlates signals (N, in_channels, L) with learned windows.",
    .equation =
        "y[n, o] = b[o] + sum over c of x[n, c] * W[o, c]    (*: correlation)\n"
        "output length: (L + 2 padding - dilation (kernel_size - 1) - 1) / stride + 1,\n  rounded down",
    .inputs = layer_input,
    .args = args_1d,
    .params =
        (const ModuleTensor[]){
            {"weight", "W (out_channels, in_channels / groups, kernel size)"}, {"bias", "b (out_channels)"}, {0}},
    .build = build_1d,
    .reset_parameters = conv_layer_reset,
    .forward = forward_1d,
    .describe = describe_1d,
};

const LayerDef layer_conv2d = {
    .name = "Conv2d",
    .doc = "Correlates images (N, in_channels, H, W) with learned windows.",
    .equation =
        "y[n, o] = b[o] + sum over c of x[n, c] * W[o, c]    (*: correlation)\n"
        "output height: (H + 2 padding - dilation (kernel_size - 1) - 1) / stride + 1,\n  rounded down;\nwidth "
        "likewise",
    .inputs = layer_input,
    .args = args_2d,
    .params = (const ModuleTensor[]){{"weight", "W (out_channels, in_channels / groups, kernel height, kernel width)"},
                                     {"bias", "b (out_channels)"},
                                     {0}},
    .build = build_2d,
    .reset_parameters = conv_layer_reset,
    .forward = forward_2d,
    .describe = describe_2d,
};
