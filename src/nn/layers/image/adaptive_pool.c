/*
 * adaptive_pool.c - AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveMaxPool1d, AdaptiveMaxPool2d: an image of any size
 * becomes one of a given size.
 */
#include <stdio.h>

#include "nn/layers/image/pool_layer.h"
#include "nn/layers/layers.h"

static PoolOptions options(const Module *m, int dims, bool max) {
  return (PoolOptions){.dims = dims, .max = max, .adaptive = true, .output = pool_pair(dims, m->args.x, 0, 1)};
}

static int forward(const Module *m, int dims, bool max, Tensor *const *in, Tensor **out) {
  const PoolOptions o = options(m, dims, max);
  return module_one_output(out, pool_apply(in[0], &o));
}

static int avg_1d(const Module *m, Tensor *const *in, Tensor **out) { return forward(m, 1, false, in, out); }
static int avg_2d(const Module *m, Tensor *const *in, Tensor **out) { return forward(m, 2, false, in, out); }
static int max_1d(const Module *m, Tensor *const *in, Tensor **out) { return forward(m, 1, true, in, out); }
static int max_2d(const Module *m, Tensor *const *in, Tensor **out) { return forward(m, 2, true, in, out); }

static void describe_1d(const Module *m, char *text, size_t size) {
  snprintf(text, size, "output_size=%.0f", m->args.x[0]);
}

static void describe_2d(const Module *m, char *text, size_t size) {
  const PoolOptions o = options(m, 2, false);
  char pair[32];
  snprintf(text, size, "output_size=%s", pool_pair_text(&o, o.output, pair, sizeof pair));
}

#define SIZE_ARG(dims_, doc_) \
  { .name = "output_size", .kind = ARG_SIZES, .width = dims_, .range = RANGE_AT_LEAST_1, .required = true, .doc = doc_ }
static const Arg args_1d[] = {SIZE_ARG(1, "Length of the output."), {0}};
static const Arg args_2d[] = {SIZE_ARG(2, "Size of the output: {height, width}."), {0}};

#define PARTS_1D "part i: places floor((i - 1) L / output_size) + 1 .. ceil(i L / output_size)"
#define PARTS_2D "part i: rows floor((i - 1) H / height) + 1 .. ceil(i H / height);\ncolumns likewise"
#define COMMON(dims_, size_) \
  .equation = PARTS_##size_, .inputs = layer_input, .args = args_##dims_##d, .describe = describe_##dims_##d

const LayerDef layer_adaptive_avg_pool1d = {
    .name = "AdaptiveAvgPool1d",
    .functional = "adaptive_avg_pool1d",
    .doc = "The means of output_size parts of (N, C, L).",
    .forward = avg_1d,
    COMMON(1, 1D),
};

const LayerDef layer_adaptive_avg_pool2d = {
    .name = "AdaptiveAvgPool2d",
    .functional = "adaptive_avg_pool2d",
    .doc = "The means of output_size parts of (N, C, H, W).",
    .forward = avg_2d,
    COMMON(2, 2D),
};

const LayerDef layer_adaptive_max_pool1d = {
    .name = "AdaptiveMaxPool1d",
    .functional = "adaptive_max_pool1d",
    .doc = "The largest elements of output_size parts of (N, C, L).",
    .forward = max_1d,
    COMMON(1, 1D),
};

const LayerDef layer_adaptive_max_pool2d = {
    .name = "AdaptiveMaxPool2d",
    .functional = "adaptive_max_pool2d",
    .doc = "The largest elements of output_size parts of (N, C, H, W).",
    .forward = max_2d,
    COMMON(2, 2D),
};
