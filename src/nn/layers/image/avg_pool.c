/*
 * avg_pool.c - AvgPool1d and AvgPool2d: each window becomes its mean.
 */
#include <stdio.h>

#include "base/err.h"
#include "nn/layers/image/pool_layer.h"
#include "nn/layers/layers.h"

/* kernel_size, stride, padding, ceil_mode, count_include_pad[, divisor_override] */
static PoolOptions options(const Module *m, int dims) {
  const double *x = m->args.x;
  return (PoolOptions){.dims = dims,
                       .window = pool_pair(dims, x, 0, 1),
                       .stride = pool_pair(dims, x, dims, 1),
                       .padding = pool_pair(dims, x, 2 * dims, 0),
                       .dilation = {1, 1},
                       .ceil_mode = x[3 * dims] != 0,
                       .count_padding = x[3 * dims + 1] != 0,
                       .divisor = dims == 2 && !isnan(x[8]) ? (int)x[8] : 0};
}

static int build(Module *m, int dims) {
  double *x = m->args.x;
  for (int d = 0; d < dims; d++) {
    if (isnan(x[dims + d])) x[dims + d] = x[d];
  }
  if (dims == 2 && x[8] > INT32_MAX) return err_set("divisor_override must be at most %d, got %.0f", INT32_MAX, x[8]);
  const PoolOptions o = options(m, dims);
  return pool_check_padding(&o);
}

static int forward(const Module *m, int dims, Tensor *const *in, Tensor **out) {
  const PoolOptions o = options(m, dims);
  return module_one_output(out, pool_apply(in[0], &o));
}

static void describe(const Module *m, int dims, char *text, size_t size) {
  const PoolOptions o = options(m, dims);
  char k[32], s[32], p[32];
  /* PyTorch writes those of one dimension as tuples. */
  snprintf(text, size,
           dims == 1 ? "kernel_size=(%s,), stride=(%s,), padding=(%s,)" : "kernel_size=%s, stride=%s, padding=%s",
           pool_pair_text(&o, o.window, k, sizeof k), pool_pair_text(&o, o.stride, s, sizeof s),
           pool_pair_text(&o, o.padding, p, sizeof p));
}

static int build_1d(Module *m) { return build(m, 1); }
static int build_2d(Module *m) { return build(m, 2); }
static int forward_1d(const Module *m, Tensor *const *in, Tensor **out) { return forward(m, 1, in, out); }
static int forward_2d(const Module *m, Tensor *const *in, Tensor **out) { return forward(m, 2, in, out); }
static void describe_1d(const Module *m, char *text, size_t size) { describe(m, 1, text, size); }
static void describe_2d(const Module *m, char *text, size_t size) { describe(m, 2, text, size); }

#define COUNT_ARG                                                                                       \
  {                                                                                                     \
    .name = "count_include_pad", .kind = ARG_FLAG, .def = 1,                                            \
    .doc = "Whether the padding counts as zeros; otherwise a mean is only over positions of the image." \
  }

static const Arg args_1d[] = {
    POOL_WINDOW_ARGS(1, POOL_SIZE_1D, POOL_STEP_1D, POOL_BORDER_1D), POOL_CEIL_ARG, COUNT_ARG, {0}};
static const Arg args_2d[] = {POOL_WINDOW_ARGS(2, POOL_SIZE_2D, POOL_STEP_2D, POOL_BORDER_2D),
                              POOL_CEIL_ARG,
                              COUNT_ARG,
                              {.name = "divisor_override",
                               .kind = ARG_INTEGER,
                               .range = RANGE_AT_LEAST_1,
                               .def = ARG_UNSET,
                               .doc = "Divisor of the sums; by default the number of positions that count."},
                              {0}};

const LayerDef layer_avg_pool1d = {
    .name = "AvgPool1d",
    .functional = "avg_pool1d",
    .doc = "The mean of each window of (N, C, L).",
    .equation = "output length: (L + 2 padding - kernel_size) / stride + 1, rounded down",
    .inputs = layer_input,
    .args = args_1d,
    .build = build_1d,
    .forward = forward_1d,
    .describe = describe_1d,
};

const LayerDef layer_avg_pool2d = {
    .name = "AvgPool2d",
    .functional = "avg_pool2d",
    .doc = "The mean of each window of (N, C, H, W).",
    .equation = "output height: (H + 2 padding - kernel_size) / stride + 1, rounded down;\nwidth likewise",
    .inputs = layer_input,
    .args = args_2d,
    .build = build_2d,
    .forward = forward_2d,
    .describe = describe_2d,
};
