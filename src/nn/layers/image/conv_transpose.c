/*
 * conv_transpose.c - ConvTranspose1d and ConvTranspose2d: what a convolution's gradient makes of its output's.
 */
#include "nn/layers/image/conv_layer.h"
#include "nn/layers/layers.h"

/* in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, bias, dilation, dtype */
#define PLACES(dims_)                                                                                            \
  {                                                                                                              \
    .dims = dims_, .kernel_size = 2, .stride = 2 + (dims_), .padding = 2 + 2 * (dims_), .more = 2 + 3 * (dims_), \
    .groups = 2 + 4 * (dims_), .bias = 3 + 4 * (dims_), .dilation = 4 + 4 * (dims_), .dtype = 4 + 5 * (dims_)    \
  }
static const ConvPlaces places_1d = PLACES(1), places_2d = PLACES(2);

static int forward(const Module *m, const ConvPlaces *at, Tensor *const *in, Tensor **out) {
  const ConvOptions o = conv_layer_options(at, m->args.x);
  return module_one_output(out, nn_conv_transpose(in[0], m->param[CONV_WEIGHT], m->param[CONV_BIAS], &o));
}

static int build_1d(Module *m) { return conv_layer_build(m, &places_1d, true); }
static int build_2d(Module *m) { return conv_layer_build(m, &places_2d, true); }
static int forward_1d(const Module *m, Tensor *const *in, Tensor **out) { return forward(m, &places_1d, in, out); }
static int forward_2d(const Module *m, Tensor *const *in, Tensor **out) { return forward(m, &places_2d, in, out); }
static void describe_1d(const Module *m, char *text, size_t n) { conv_layer_describe(m, &places_1d, text, n); }
static void describe_2d(const Module *m, char *text, size_t n) { conv_layer_describe(m, &places_2d, text, n); }

static const Arg args_1d[] = {
    CONV_CHANNEL_ARGS,      CONV_KERNEL_ARG(1, "Size of the window."),
    CONV_SPREAD_1D,         CONV_CUT_1D,
    CONV_OUTPUT_PADDING_1D, CONV_GROUPS_ARG,
    CONV_BIAS_ARG,          CONV_DILATION_1D,
    CONV_DTYPE_ARG,         {0},
};

static const Arg args_2d[] = {
    CONV_CHANNEL_ARGS,      CONV_KERNEL_ARG(2, "Size of the window: {height, width}."),
    CONV_SPREAD_2D,         CONV_CUT_2D,
    CONV_OUTPUT_PADDING_2D, CONV_GROUPS_ARG,
    CONV_BIAS_ARG,          CONV_DILATION_2D,
    CONV_DTYPE_ARG,         {0},
};

const LayerDef layer_conv_transpose1d = {
    .name = "ConvTranspose1d",
    .doc = "Spreads signals (N, in_channels, L) over learned windows: the transpose of Conv1d.",
    .equation =
        "y[n, o, l stride - padding + k dilation] is the sum of all\n  x[n, c, l] W[c, o, k], plus b[o]\n"
        "output length: (L - 1) stride - 2 padding + dilation (kernel_size - 1)\n  + output_padding + 1",
    .inputs = layer_input,
    .args = args_1d,
    .params =
        (const ModuleTensor[]){
            {"weight", "W (in_channels, out_channels / groups, kernel size)"}, {"bias", "b (out_channels)"}, {0}},
    .build = build_1d,
    .reset_parameters = conv_layer_reset,
    .forward = forward_1d,
    .describe = describe_1d,
};

const LayerDef layer_conv_transpose2d = {
    .name = "ConvTranspose2d",
    .doc = "Spreads images (N, in_channels, H, W) over learned windows: the transpose of Conv2d.",
    .equation =
        "y[n, o, i stride - padding + a dilation, ...] is the sum of all\n  x[n, c, i, j] W[c, o, a, b], plus b[o]\n"
        "output height: (H - 1) stride - 2 padding + dilation (kernel_size - 1)\n  + output_padding + 1;\nwidth "
        "likewise",
    .inputs = layer_input,
    .args = args_2d,
    .params = (const ModuleTensor[]){{"weight", "W (in_channels, out_channels / groups, kernel height, kernel width)"},
                                     {"bias", "b (out_channels)"},
                                     {0}},
    .build = build_2d,
    .reset_parameters = conv_layer_reset,
    .forward = forward_2d,
    .describe = describe_2d,
};
