/*
 * conv.c - convolution of images, and its two gradients as rows of their own.
 *
 *   CONV2D              (x, weight[, bias]) -> y
 *   CONV2D_GRAD_INPUT   (dy, weight[, winners]) -> dx
 *   CONV2D_GRAD_WEIGHT  (dy, x[, winners]) -> dweight
 *
 * The scalar sum over dy y is linear in each of dy, x and weight, so the three are each other's derivatives:
 * whichever two are given, the row named after the third gives its gradient. That closes the set under
 * differentiation of any order.
 *
 * With winners, dy is what came behind a ReLU and a pool (conv_pool.c). Those forms are not recorded.
 *
 * Where conv_direct takes the shape, images lie in memory with the batch innermost and may come in any order; elsewhere
 * they are row-major and go through matrix products. ConvArgs.size: the height and width of the image (GRAD_INPUT) or
 * the window (GRAD_WEIGHT).
 */
#include "autograd/ops/image/conv_rows.h"
#include "autograd/ops/rows.h"
#include "base/err.h"

/* --- what the rows share ------------------------------------------------------------------------------------------ */

static int check_ranks(const char *row, const Tensor *a, const Tensor *b) {
  if (a->ndim == 4 && b->ndim == 4) return 0;
  return err_set("%s: inputs are %s and %s, both must have 4 dimensions", row, tensor_shape_str(a),
                 tensor_shape_str(b));
}

/* Row-major copies, or the tensors themselves, to be released by release_all. -1: no memory, none is held. */
static int make_contiguous(Tensor *const *in, int nin, Tensor **held) {
  for (int i = 0; i < nin; i++) {
    if ((held[i] = tensor_contiguous(in[i]))) continue;
    while (i > 0) tensor_release(held[--i]);
    return -1;
  }
  return 0;
}

static void release_all(Tensor **held, int n) {
  for (int i = 0; i < n; i++) tensor_release(held[i]);
}

/* x and weight at the end: for their shapes alone */
static Tensor *grad_input(Tensor *dy, Tensor *weight, OpArgs a, const Tensor *x) {
  a.conv.size[0] = x->shape[2];
  a.conv.size[1] = x->shape[3];
  return fm_op(OP_CONV2D_GRAD_INPUT, (Tensor *[]){dy, weight}, 2, &a);
}

static Tensor *grad_weight(Tensor *dy, Tensor *x, OpArgs a, const Tensor *weight) {
  a.conv.size[0] = weight->shape[2];
  a.conv.size[1] = weight->shape[3];
  return fm_op(OP_CONV2D_GRAD_WEIGHT, (Tensor *[]){dy, x}, 2, &a);
}

static Tensor *convolve(Tensor *x, Tensor *weight, const OpArgs *a) {
  return fm_op(OP_CONV2D, (Tensor *[]){x, weight}, 2, a);
}

/* --- conv2d --------------------------------------------------------------------------------------------------- */

static int infer_conv2d(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  const Tensor *x = in[0], *weight = in[1], *bias = nin > 2 ? in[2] : NULL;
  if (check_ranks("conv2d", x, weight) < 0) return -1;
  const ConvShape c = conv_shape_of(x, weight, a);
  if (x->shape[1] != weight->shape[1] || c.win.oh == 0 || c.win.ow == 0) {
    return err_set("conv2d: input is %s, weight is %s: (n, c, h, w) and (o, c, kh, kw) are needed", tensor_shape_str(x),
                   tensor_shape_str(weight));
  }
  if (bias && (bias->ndim != 1 || bias->shape[0] != weight->shape[0])) {
    return err_set("conv2d: bias is %s, must be (%lld)", tensor_shape_str(bias), (long long)weight->shape[0]);
  }
  const DType dt = (DType)x->dtype;
  conv_set_images(s, dt, conv_direct_takes(dt, &c), c.n, c.o, c.win.oh, c.win.ow);
  return 0;
}

static int fw_conv2d(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  const DType dt = (DType)out->dtype;
  const ConvShape s = conv_shape_of(in[0], in[1], a);
  const bool direct = conv_direct_takes(dt, &s);
  const int as_it_is = direct ? 1 : 0; /* x */
  Tensor *t[3];
  if (make_contiguous(in + as_it_is, nin - as_it_is, t + as_it_is) < 0) return -1;
  const void *bias = nin > 2 ? tensor_data(t[2]) : NULL;
  int rc;
  if (direct) {
    const Images x = conv_images(in[0]), y = conv_images(out);
    rc = conv_direct(&s, &x, tensor_f32(t[1]), bias, NULL, &y);
  } else {
    rc = conv2d(dt, &s, tensor_data(t[0]), tensor_data(t[1]), bias, tensor_data(out));
  }
  release_all(t + as_it_is, nin - as_it_is);
  return rc;
}

static int bw_conv2d(Node *n, Tensor *d, Tensor **din) {
  const Tensor *x = node_saved_window(n, 0), *weight = node_saved_window(n, 1);
  if (node_wants(n, 0) && !(din[0] = grad_input(d, node_saved(n, 1), *node_args(n), x))) return -1;
  if (node_wants(n, 1) && !(din[1] = grad_weight(d, node_saved(n, 0), *node_args(n), weight))) return -1;
  if (node_nin(n) > 2 && node_wants(n, 2) && !(din[2] = fm_sum(d, 1 | 4 | 8, false))) return -1;
  return 0;
}

const Op row_CONV2D = {.name = "conv2d",
                       .nin = 3,
                       .args = OP_ARGS(conv),
                       .serial = true,
                       .promotes = 7,
                       .floats = true,
                       .save = SAVE_INPUT(0) | SAVE_INPUT(1),
                       .infer = infer_conv2d,
                       .forward = fw_conv2d,
                       .backward = bw_conv2d};

/* --- conv2d_grad_input(dy, weight[, winners]) ----------------------------------------------------------------- */

static ConvShape shape_for_input(const Tensor *dy, const Tensor *weight, const OpArgs *a) {
  return conv_shape(dy->shape[0], weight->shape[1], a->conv.size[0], a->conv.size[1], weight->shape[0],
                    weight->shape[2], weight->shape[3], a);
}

static int infer_grad_input(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  if (check_ranks("conv2d_grad_input", in[0], in[1]) < 0) return -1;
  const ConvShape c = shape_for_input(in[0], in[1], a);
  const DType dt = (DType)in[0]->dtype;
  conv_set_images(s, dt, conv_direct_takes(dt, &c), c.n, c.c, c.win.h, c.win.w);
  return 0;
}

static int direct_grad_input(Tensor *out, Tensor *const *in, int nin, const ConvShape *s, const OpArgs *a) {
  Tensor *weight = tensor_contiguous(in[1]);
  if (!weight) return -1;
  const Images dy = conv_images(in[0]), dx = conv_images(out);
  const ConvPool pool = nin > 2 ? conv_pool_of(in[2], a) : (ConvPool){0};
  int rc = conv_direct_grad_input(s, &dy, nin > 2 ? &pool : NULL, tensor_f32(weight), &dx);
  tensor_release(weight);
  return rc;
}

static int fw_grad_input(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  const DType dt = (DType)out->dtype;
  const ConvShape s = shape_for_input(in[0], in[1], a);
  if (conv_direct_takes(dt, &s)) return direct_grad_input(out, in, nin, &s, a);
  Tensor *t[2];
  if (make_contiguous(in, 2, t) < 0) return -1;
  int rc = conv2d_grad_input(dt, &s, tensor_data(t[0]), tensor_data(t[1]), tensor_data(out));
  release_all(t, 2);
  return rc;
}

static int bw_grad_input(Node *n, Tensor *d, Tensor **din) {
  const Tensor *weight = node_saved_window(n, 1);
  if (node_wants(n, 0) && !(din[0] = convolve(d, node_saved(n, 1), node_args(n)))) return -1;
  if (node_wants(n, 1) && !(din[1] = grad_weight(node_saved(n, 0), d, *node_args(n), weight))) return -1;
  return 0;
}

const Op row_CONV2D_GRAD_INPUT = {.name = "conv2d_grad_input",
                                  .nin = 3,
                                  .args = OP_ARGS(conv),
                                  .serial = true,
                                  .promotes = 3,
                                  .floats = true,
                                  .save = SAVE_INPUT(0) | SAVE_INPUT(1),
                                  .infer = infer_grad_input,
                                  .forward = fw_grad_input,
                                  .backward = bw_grad_input};

/* --- conv2d_grad_weight(dy, x[, winners]) --------------------------------------------------------------------- */

static ConvShape shape_for_weight(const Tensor *dy, const Tensor *x, const OpArgs *a) {
  return conv_shape(x->shape[0], x->shape[1], x->shape[2], x->shape[3], dy->shape[1], a->conv.size[0], a->conv.size[1],
                    a);
}

static int infer_grad_weight(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  if (check_ranks("conv2d_grad_weight", in[0], in[1]) < 0) return -1;
  conv_set_images(s, (DType)in[0]->dtype, false, in[0]->shape[1], in[1]->shape[1], a->conv.size[0], a->conv.size[1]);
  return 0;
}

static int fw_grad_weight(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  const DType dt = (DType)out->dtype;
  const ConvShape s = shape_for_weight(in[0], in[1], a);
  if (conv_direct_takes(dt, &s)) {
    const Images dy = conv_images(in[0]), x = conv_images(in[1]);
    const ConvPool pool = nin > 2 ? conv_pool_of(in[2], a) : (ConvPool){0};
    return conv_direct_grad_weight(&s, &dy, nin > 2 ? &pool : NULL, &x, tensor_f32(out));
  }
  Tensor *t[2];
  if (make_contiguous(in, 2, t) < 0) return -1;
  int rc = conv2d_grad_weight(dt, &s, tensor_data(t[0]), tensor_data(t[1]), tensor_data(out));
  release_all(t, 2);
  return rc;
}

static int bw_grad_weight(Node *n, Tensor *d, Tensor **din) {
  const Tensor *x = node_saved_window(n, 1);
  if (node_wants(n, 0) && !(din[0] = convolve(node_saved(n, 1), d, node_args(n)))) return -1;
  if (node_wants(n, 1) && !(din[1] = grad_input(node_saved(n, 0), d, *node_args(n), x))) return -1;
  return 0;
}

const Op row_CONV2D_GRAD_WEIGHT = {.name = "conv2d_grad_weight",
                                   .nin = 3,
                                   .args = OP_ARGS(conv),
                                   .serial = true,
                                   .promotes = 3,
                                   .floats = true,
                                   .save = SAVE_INPUT(0) | SAVE_INPUT(1),
                                   .infer = infer_grad_weight,
                                   .forward = fw_grad_weight,
                                   .backward = bw_grad_weight};
