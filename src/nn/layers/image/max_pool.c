/*
 * max_pool.c - MaxPool1d and MaxPool2d: each window becomes its largest element.
 */
#include <stdio.h>

#include "nn/layers/image/pool_layer.h"
#include "nn/layers/layers.h"

/* kernel_size, stride, padding, dilation, ceil_mode */
static PoolOptions options(const Module *m, int dims) {
  const double *x = m->args.x;
  return (PoolOptions){.dims = dims,
                       .max = true,
                       .window = pool_pair(dims, x, 0, 1),
                       .stride = pool_pair(dims, x, dims, 1),
                       .padding = pool_pair(dims, x, 2 * dims, 0),
                       .dilation = pool_pair(dims, x, 3 * dims, 1),
                       .ceil_mode = x[4 * dims] != 0};
}

static int build(Module *m, int dims) {
  double *x = m->args.x;
  for (int d = 0; d < dims; d++) {
    if (isnan(x[dims + d])) x[dims + d] = x[d];
  }
  const PoolOptions o = options(m, dims);
  return pool_check_padding(&o);
}

static int forward(const Module *m, int dims, Tensor *const *in, Tensor **out) {
  const PoolOptions o = options(m, dims);
  return module_one_output(out, pool_apply(in[0], &o));
}

static void describe(const Module *m, int dims, char *text, size_t size) {
  const PoolOptions o = options(m, dims);
  char k[32], s[32], p[32], d[32];
  snprintf(text, size, "kernel_size=%s, stride=%s, padding=%s, dilation=%s, ceil_mode=%s",
           pool_pair_text(&o, o.window, k, sizeof k), pool_pair_text(&o, o.stride, s, sizeof s),
           pool_pair_text(&o, o.padding, p, sizeof p), pool_pair_text(&o, o.dilation, d, sizeof d),
           o.ceil_mode ? "True" : "False");
}

bool max_pool2d_plain(const Module *m, Pool2d *pool) {
  const PoolOptions o = options(m, 2);
  *pool = (Pool2d){o.window, o.stride, o.padding, o.ceil_mode};
  return o.dilation.h == 1 && o.dilation.w == 1;
}

static int build_1d(Module *m) { return build(m, 1); }
static int build_2d(Module *m) { return build(m, 2); }
static int forward_1d(const Module *m, Tensor *const *in, Tensor **out) { return forward(m, 1, in, out); }
static int forward_2d(const Module *m, Tensor *const *in, Tensor **out) { return forward(m, 2, in, out); }
static void describe_1d(const Module *m, char *text, size_t size) { describe(m, 1, text, size); }
static void describe_2d(const Module *m, char *text, size_t size) { describe(m, 2, text, size); }

#define DILATION_ARG(dims_)                                                                     \
  {                                                                                             \
    .name = "dilation", .kind = ARG_SIZES, .width = dims_, .range = RANGE_AT_LEAST_1, .def = 1, \
    .doc = "Distance between neighbouring elements of the window."                              \
  }

static const Arg args_1d[] = {
    POOL_WINDOW_ARGS(1, POOL_SIZE_1D, POOL_STEP_1D, POOL_BORDER_1D), DILATION_ARG(1), POOL_CEIL_ARG, {0}};
static const Arg args_2d[] = {
    POOL_WINDOW_ARGS(2, POOL_SIZE_2D, POOL_STEP_2D, POOL_BORDER_2D), DILATION_ARG(2), POOL_CEIL_ARG, {0}};

const LayerDef layer_max_pool1d = {
    .name = "MaxPool1d",
    .functional = "max_pool1d",
    .doc = "The largest element of each window of (N, C, L); the padding is never the largest.",
    .equation = "output length: (L + 2 padding - dilation (kernel_size - 1) - 1) / stride + 1,\n  rounded down",
    .inputs = layer_input,
    .args = args_1d,
    .build = build_1d,
    .forward = forward_1d,
    .describe = describe_1d,
};

const LayerDef layer_max_pool2d = {
    .name = "MaxPool2d",
    .functional = "max_pool2d",
    .doc = "The largest element of each window of (N, C, H, W); the padding is never the largest.",
    .equation =
        "output height: (H + 2 padding - dilation (kernel_size - 1) - 1) / stride + 1,\n  rounded down;\nwidth "
        "likewise",
    .inputs = layer_input,
    .args = args_2d,
    .build = build_2d,
    .forward = forward_2d,
    .describe = describe_2d,
};
