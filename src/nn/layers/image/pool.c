/*
 * pool.c - MaxPool2d and AvgPool2d: each window of an image becomes one number.
 */
#include <stdio.h>

#include "autograd/op.h"
#include "base/err.h"
#include "nn/layers/layers.h"

enum { KERNEL_SIZE, STRIDE = KERNEL_SIZE + 2, PADDING = STRIDE + 2 };

static int build(Module *m) {
  double *x = m->args.x;
  for (int i = 0; i < 2; i++) {
    if (isnan(x[STRIDE + i])) x[STRIDE + i] = x[KERNEL_SIZE + i];
  }
  Pair k = pair_at(m->args.x + KERNEL_SIZE), p = pair_at(m->args.x + PADDING);
  if (2 * p.h <= k.h && 2 * p.w <= k.w) return 0;
  return err_set("padding (%d, %d) is more than half of kernel_size (%d, %d)", p.h, p.w, k.h, k.w);
}

static int check_input(const Tensor *x, Pair k, Pair p) {
  const char *in = tensor_shape_str(x);
  if (x->ndim == 3) {
    return err_set("input is %s, must be (N, C, H, W); a single image becomes one by x:unsqueeze(1)", in);
  }
  if (x->ndim != 4 || x->shape[2] == 0 || x->shape[3] == 0) return err_set("input is %s, must be (N, C, H, W)", in);
  if (x->shape[2] + 2 * p.h >= k.h && x->shape[3] + 2 * p.w >= k.w) return 0;
  return err_set("input is %s, kernel_size is (%d, %d), padding is (%d, %d): the window must fit into the padded image",
                 in, k.h, k.w, p.h, p.w);
}

static Tensor *pool(OpId op, const Module *m, Tensor *x) {
  Pair k = pair_at(m->args.x + KERNEL_SIZE), s = pair_at(m->args.x + STRIDE), p = pair_at(m->args.x + PADDING);
  if (check_input(x, k, p) < 0) return NULL;
  return op_apply(op, &x, 1, &(OpArgs){.pool = {{k.h, k.w}, {s.h, s.w}, {p.h, p.w}, {0}}});
}

static int max_pool(const Module *m, Tensor *const *in, Tensor **out) {
  return module_one_output(out, pool(OP_MAX_POOL2D, m, in[0]));
}
static int avg_pool(const Module *m, Tensor *const *in, Tensor **out) {
  return module_one_output(out, pool(OP_AVG_POOL2D, m, in[0]));
}

bool max_pool2d_plain(const Module *m, Pool2d *pool) {
  *pool = (Pool2d){pair_at(m->args.x + KERNEL_SIZE), pair_at(m->args.x + STRIDE), pair_at(m->args.x + PADDING)};
  return true;
}

/* "2" or "(2, 3)" */
static const char *pair_text(Pair p, char *text, size_t size) {
  if (p.h == p.w) {
    snprintf(text, size, "%d", p.h);
  } else {
    snprintf(text, size, "(%d, %d)", p.h, p.w);
  }
  return text;
}

static void describe_avg(const Module *m, char *text, size_t size) {
  char k[32], s[32], p[32];
  snprintf(text, size, "kernel_size=%s, stride=%s, padding=%s",
           pair_text(pair_at(m->args.x + KERNEL_SIZE), k, sizeof k),
           pair_text(pair_at(m->args.x + STRIDE), s, sizeof s), pair_text(pair_at(m->args.x + PADDING), p, sizeof p));
}

static void describe_max(const Module *m, char *text, size_t size) {
  char windows[128];
  describe_avg(m, windows, sizeof windows);
  snprintf(text, size, "%s, dilation=1, ceil_mode=False", windows);
}

static const Arg args[] = {
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
     .def = ARG_UNSET,
     .doc = "Step from one window to the next: {down, right}; by default kernel_size."},
    {.name = "padding",
     .kind = ARG_SIZES,
     .width = 2,
     .range = RANGE_NOT_NEGATIVE,
     .doc = "Border added around the image: {above and below, left and right}."},
    {0},
};

#define OUTPUT_SIZE "output height: (H + 2 padding - kernel_size) / stride + 1, rounded down;\nwidth likewise"

const LayerDef layer_max_pool2d = {
    .name = "MaxPool2d",
    .functional = "max_pool2d",
    .doc = "The largest element of each window of (N, C, H, W); the padding is never the largest.",
    .equation = OUTPUT_SIZE,
    .inputs = layer_input,
    .args = args,
    .build = build,
    .forward = max_pool,
    .describe = describe_max,
};

const LayerDef layer_avg_pool2d = {
    .name = "AvgPool2d",
    .functional = "avg_pool2d",
    .doc = "The mean of each window of (N, C, H, W); the padding counts as zeros.",
    .equation = OUTPUT_SIZE,
    .inputs = layer_input,
    .args = args,
    .build = build,
    .forward = avg_pool,
    .describe = describe_avg,
};
