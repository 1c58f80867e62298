/*
 * pool.c - layers that summarise windows of an image by one number.
 *
 *   MaxPool2d(kernel_size, {stride = kernel_size, padding = 0})   the largest element; padding never wins
 *   AvgPool2d(kernel_size, {stride = kernel_size, padding = 0})   the mean; padding counts as zeros
 *
 *   x (N, C, H, W) -> (N, C, (H + 2 ph - kh) / sh + 1, ... likewise), rounded down
 */
#include <stdio.h>

#include "autograd/op.h"
#include "base/err.h"
#include "nn/layers/layers.h"

enum { KERNEL_SIZE, STRIDE, PADDING };

static int build(Module *m) {
  if (m->arg[STRIDE] == ARG_NONE) m->arg[STRIDE] = m->arg[KERNEL_SIZE];
  Pair k = pair_of(m->arg[KERNEL_SIZE]), p = pair_of(m->arg[PADDING]);
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
  Pair k = pair_of(m->arg[KERNEL_SIZE]), s = pair_of(m->arg[STRIDE]), p = pair_of(m->arg[PADDING]);
  if (check_input(x, k, p) < 0) return NULL;
  return op_apply(op, &x, 1, &(OpArgs){.pool = {{k.h, k.w}, {s.h, s.w}, {p.h, p.w}, {0}}});
}

static Tensor *max_pool(const Module *m, Tensor *const *in) { return pool(OP_MAX_POOL2D, m, in[0]); }
static Tensor *avg_pool(const Module *m, Tensor *const *in) { return pool(OP_AVG_POOL2D, m, in[0]); }

bool max_pool2d_side_by_side(const Module *m, Pair *window) {
  Pair p = pair_of(m->arg[PADDING]);
  *window = pair_of(m->arg[KERNEL_SIZE]);
  return m->def == &layer_max_pool2d && m->arg[STRIDE] == m->arg[KERNEL_SIZE] && p.h == 0 && p.w == 0;
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
  snprintf(text, size, "kernel_size=%s, stride=%s, padding=%s", pair_text(pair_of(m->arg[KERNEL_SIZE]), k, sizeof k),
           pair_text(pair_of(m->arg[STRIDE]), s, sizeof s), pair_text(pair_of(m->arg[PADDING]), p, sizeof p));
}

static void describe_max(const Module *m, char *text, size_t size) {
  char windows[128];
  describe_avg(m, windows, sizeof windows);
  snprintf(text, size, "%s, dilation=1, ceil_mode=False", windows);
}

#define POOL_ARGS                                                                        \
  {                                                                                      \
    {"kernel_size", ARG_PAIR, ARG_REQUIRED, NULL}, {"stride", ARG_PAIR, ARG_NONE, NULL}, \
        {"padding", ARG_PAIR0, PAIR(0, 0), NULL},                                        \
  }

const LayerDef layer_max_pool2d = {
    .name = "MaxPool2d",
    .functional = "max_pool2d",
    .ninputs = 1,
    .args = POOL_ARGS,
    .build = build,
    .forward = max_pool,
    .describe = describe_max,
};

const LayerDef layer_avg_pool2d = {
    .name = "AvgPool2d",
    .functional = "avg_pool2d",
    .ninputs = 1,
    .args = POOL_ARGS,
    .build = build,
    .forward = avg_pool,
    .describe = describe_avg,
};
