/*
 * conv.c - convolution of images, its two gradients as rows of their own, and the transposed convolution.
 *
 *   CONV2D              (x, weight[, bias]) -> y
 *   CONV_TRANSPOSE2D    (x, weight[, bias]) -> y
 *   CONV2D_GRAD_INPUT   (dy, weight[, winners]) -> dx
 *   CONV2D_ADD_GRAD_INPUT  (sum, dy, weight) -> sum + dx
 *   CONV2D_GRAD_WEIGHT  (dy, x[, winners]) -> dweight
 *
 * The scalar sum over dy y is linear in each of dy, x and weight, so the three rows of a convolution are each other's
 * derivatives: whichever two are given, the row named after the third gives its gradient. That closes the set under
 * differentiation of any order. A transposed convolution is the gradient of an input that has a bias.
 *
 * CONV2D_ADD_GRAD_INPUT stands for CONV2D_GRAD_INPUT where a sum of gradients has begun, and is not recorded either.
 *
 * With winners, dy is what came behind a ReLU and a pool (conv_pool.c). Those forms are not recorded.
 *
 * Images may lie in memory in any order; those that are made have the batch innermost. ConvArgs.size: the height and
 * width of what a row makes: y, dx or the window.
 */
#include "autograd/ops/image/conv_rows.h"
#include "autograd/ops/rows.h"
#include "base/err.h"
#include "core/shape.h"
#include "kernels/elementwise/map.h"

/* --- what the rows share ------------------------------------------------------------------------------------------ */

static int check_ranks(const char *row, const Tensor *a, const Tensor *b) {
  if (a->ndim == 4 && b->ndim == 4) return 0;
  return err_set("%s: inputs are %s and %s, both must have 4 dimensions", row, tensor_shape_str(a),
                 tensor_shape_str(b));
}

static int check_bias(const char *row, const Tensor *bias, int64_t channels) {
  if (!bias || (bias->ndim == 1 && bias->shape[0] == channels)) return 0;
  return err_set("%s: bias is %s, must be (%lld)", row, tensor_shape_str(bias), (long long)channels);
}

static OpArgs with_size(const OpArgs *a, int64_t h, int64_t w) {
  OpArgs b = *a;
  b.conv.size[0] = (int32_t)h;
  b.conv.size[1] = (int32_t)w;
  return b;
}

/* The last one of each: for its shape alone. */
static Tensor *convolve(Tensor *x, Tensor *weight, const OpArgs *a, const Tensor *y) {
  const OpArgs b = with_size(a, y->shape[2], y->shape[3]);
  return fm_op(OP_CONV2D, (Tensor *[]){x, weight}, 2, &b);
}

static Tensor *grad_input(Tensor *dy, Tensor *weight, const OpArgs *a, const Tensor *x) {
  const OpArgs b = with_size(a, x->shape[2], x->shape[3]);
  return fm_op(OP_CONV2D_GRAD_INPUT, (Tensor *[]){dy, weight}, 2, &b);
}

static Tensor *grad_weight(Tensor *dy, Tensor *x, const OpArgs *a, const Tensor *weight) {
  const OpArgs b = with_size(a, weight->shape[2], weight->shape[3]);
  return fm_op(OP_CONV2D_GRAD_WEIGHT, (Tensor *[]){dy, x}, 2, &b);
}

/* Row-major copies of weight and bias (or NULL), or the tensors themselves. */
typedef struct Weights {
  Tensor *weight, *bias;
} Weights;

static int weights_get(Weights *w, Tensor *weight, Tensor *bias) {
  w->weight = tensor_contiguous(weight);
  w->bias = bias && w->weight ? tensor_contiguous(bias) : NULL;
  if (w->weight && (w->bias || !bias)) return 0;
  tensor_release(w->weight);
  return -1;
}

static const void *bias_data(const Weights *w) { return w->bias ? tensor_data(w->bias) : NULL; }

static void weights_put(Weights *w) {
  tensor_release(w->weight);
  tensor_release(w->bias);
}

/* --- conv2d --------------------------------------------------------------------------------------------------- */

static int infer_conv2d(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  const Tensor *x = in[0], *weight = in[1];
  if (check_ranks("conv2d", x, weight) < 0) return -1;
  const int64_t groups = a->conv.groups;
  if (groups < 1 || x->shape[1] != groups * weight->shape[1] || weight->shape[0] % groups != 0) {
    return err_set("conv2d: input is %s, weight is %s: (n, groups c, h, w) and (groups o, c, kh, kw) are needed",
                   tensor_shape_str(x), tensor_shape_str(weight));
  }
  if (check_bias("conv2d", nin > 2 ? in[2] : NULL, weight->shape[0]) < 0) return -1;
  conv_set_images(s, (DType)x->dtype, x->shape[0], weight->shape[0], a->conv.size[0], a->conv.size[1]);
  return 0;
}

static int fw_conv2d(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  ConvShape s = conv_shape_of(in[0], in[1], a);
  s.oh = out->shape[2];
  s.ow = out->shape[3];
  Weights w;
  if (weights_get(&w, in[1], nin > 2 ? in[2] : NULL) < 0) return -1;
  const Images x = conv_images(in[0]), y = conv_images(out);
  int rc = conv2d((DType)out->dtype, &s, &x, tensor_data(w.weight), bias_data(&w), &y);
  weights_put(&w);
  return rc;
}

/* The gradient of x, together with those that have reached it before. */
static Tensor *grad_of_input(Node *n, Tensor *d) {
  const Tensor *x = node_saved_window(n, 0);
  Tensor *weight = node_saved(n, 1), *sum = node_continue_sum(n, 0, (DType)d->dtype);
  if (!sum) return grad_input(d, weight, node_args(n), x);
  const OpArgs b = with_size(node_args(n), x->shape[2], x->shape[3]);
  return fm_op(OP_CONV2D_ADD_GRAD_INPUT, (Tensor *[]){sum, d, weight}, 3, &b);
}

static int bw_conv2d(Node *n, Tensor *d, Tensor **din) {
  const Tensor *weight = node_saved_window(n, 1);
  if (node_wants(n, 0) && !(din[0] = grad_of_input(n, d))) return -1;
  if (node_wants(n, 1) && !(din[1] = grad_weight(d, node_saved(n, 0), node_args(n), weight))) return -1;
  if (node_nin(n) > 2 && node_wants(n, 2) && !(din[2] = fm_sum(d, 1 | 4 | 8, false))) return -1;
  return 0;
}

const Op row_CONV2D = {.name = "conv2d",
                       .nin = 3,
                       .args = OP_ARGS(conv),
                       .shares = true,
                       .promotes = 7,
                       .floats = true,
                       .save = SAVE_INPUT(0) | SAVE_INPUT(1),
                       .infer = infer_conv2d,
                       .forward = fw_conv2d,
                       .backward = bw_conv2d};

/* --- conv2d_grad_input(dy, weight[, winners]), conv_transpose2d(x, weight[, bias]) ------------------------------- */

/* dy's size is the convolution's output, unless it went through a pool. */
static ConvShape shape_for_input(const Tensor *dy, const Tensor *weight, const OpArgs *a, bool pooled) {
  ConvShape s = conv_shape(dy->shape[0], a->conv.size[0], a->conv.size[1], weight->shape[1], weight->shape[0],
                           weight->shape[2], weight->shape[3], a);
  s.oh = pooled ? conv_places(s.h, 2 * s.ph, s.kh, s.sh, s.dh) : dy->shape[2];
  s.ow = pooled ? conv_places(s.w, 2 * s.pw, s.kw, s.sw, s.dw) : dy->shape[3];
  return s;
}

static int infer_input(OpShape *s, const char *row, Tensor *const *in, const OpArgs *a) {
  const Tensor *dy = in[0], *weight = in[1];
  if (check_ranks(row, dy, weight) < 0) return -1;
  const int64_t groups = a->conv.groups;
  if (groups < 1 || dy->shape[1] != weight->shape[0] || weight->shape[0] % groups != 0) {
    return err_set("%s: inputs are %s and %s: (n, groups o, h, w) and (groups o, c, kh, kw) are needed", row,
                   tensor_shape_str(dy), tensor_shape_str(weight));
  }
  conv_set_images(s, (DType)dy->dtype, dy->shape[0], groups * weight->shape[1], a->conv.size[0], a->conv.size[1]);
  return 0;
}

static int infer_grad_input(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return infer_input(s, "conv2d_grad_input", in, a);
}

static int infer_transpose(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  if (infer_input(s, "conv_transpose2d", in, a) < 0) return -1;
  return check_bias("conv_transpose2d", nin > 2 ? in[2] : NULL, s->shape[1]);
}

static int to_input(Tensor *out, Tensor *dy, Tensor *weight, Tensor *bias, Tensor *sum, const Tensor *winners,
                    const OpArgs *a) {
  const ConvShape s = shape_for_input(dy, weight, a, winners != NULL);
  const ConvPool pool = winners ? conv_pool_of(winners, a, s.oh, s.ow) : (ConvPool){0};
  Weights w;
  if (weights_get(&w, weight, bias) < 0) return -1;
  const Images from = conv_images(dy), to = conv_images(out);
  const bool at_once = sum && shape_equal(4, sum->stride, 4, out->stride) && conv_adds((DType)out->dtype, &s);
  int rc = conv2d_grad_input((DType)out->dtype, &s, &from, winners ? &pool : NULL, tensor_data(w.weight), bias_data(&w),
                             at_once ? tensor_data(sum) : NULL, &to);
  weights_put(&w);
  if (rc == 0 && sum && !at_once) map2(out, sum, out, op_row(OP_ADD)->kern2[out->dtype]);
  return rc;
}

static int fw_grad_input(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  return to_input(out, in[0], in[1], NULL, NULL, nin > 2 ? in[2] : NULL, a);
}

static int fw_transpose(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  return to_input(out, in[0], in[1], nin > 2 ? in[2] : NULL, NULL, NULL, a);
}

static int bw_input(Node *n, Tensor *d, Tensor **din) {
  const Tensor *dy = node_saved_window(n, 0), *weight = node_saved_window(n, 1);
  if (node_wants(n, 0) && !(din[0] = convolve(d, node_saved(n, 1), node_args(n), dy))) return -1;
  if (node_wants(n, 1) && !(din[1] = grad_weight(node_saved(n, 0), d, node_args(n), weight))) return -1;
  if (node_nin(n) > 2 && node_wants(n, 2) && !(din[2] = fm_sum(d, 1 | 4 | 8, false))) return -1;
  return 0;
}

const Op row_CONV2D_GRAD_INPUT = {.name = "conv2d_grad_input",
                                  .nin = 3,
                                  .args = OP_ARGS(conv),
                                  .shares = true,
                                  .promotes = 3,
                                  .floats = true,
                                  .save = SAVE_INPUT(0) | SAVE_INPUT(1),
                                  .infer = infer_grad_input,
                                  .forward = fw_grad_input,
                                  .backward = bw_input};

static int infer_add_grad_input(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return infer_input(s, "conv2d_add_grad_input", in + 1, a);
}

static int fw_add_grad_input(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return to_input(out, in[1], in[2], NULL, in[0], NULL, a);
}

const Op row_CONV2D_ADD_GRAD_INPUT = {.name = "conv2d_add_grad_input",
                                      .nin = 3,
                                      .args = OP_ARGS(conv),
                                      .shares = true,
                                      .promotes = 7,
                                      .floats = true,
                                      .infer = infer_add_grad_input,
                                      .forward = fw_add_grad_input};

const Op row_CONV_TRANSPOSE2D = {.name = "conv_transpose2d",
                                 .nin = 3,
                                 .args = OP_ARGS(conv),
                                 .shares = true,
                                 .promotes = 7,
                                 .floats = true,
                                 .save = SAVE_INPUT(0) | SAVE_INPUT(1),
                                 .infer = infer_transpose,
                                 .forward = fw_transpose,
                                 .backward = bw_input};

/* --- conv2d_grad_weight(dy, x[, winners]) --------------------------------------------------------------------- */

static ConvShape shape_for_weight(const Tensor *dy, const Tensor *x, const OpArgs *a, bool pooled) {
  ConvShape s = conv_shape(x->shape[0], x->shape[2], x->shape[3], x->shape[1] / a->conv.groups, dy->shape[1],
                           a->conv.size[0], a->conv.size[1], a);
  s.oh = pooled ? conv_places(s.h, 2 * s.ph, s.kh, s.sh, s.dh) : dy->shape[2];
  s.ow = pooled ? conv_places(s.w, 2 * s.pw, s.kw, s.sw, s.dw) : dy->shape[3];
  return s;
}

static int infer_grad_weight(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const Tensor *dy = in[0], *x = in[1];
  if (check_ranks("conv2d_grad_weight", dy, x) < 0) return -1;
  *s = (OpShape){.dtype = (DType)dy->dtype, .ndim = 4};
  s->shape[0] = dy->shape[1];
  s->shape[1] = x->shape[1] / a->conv.groups;
  s->shape[2] = a->conv.size[0];
  s->shape[3] = a->conv.size[1];
  return 0;
}

static int fw_grad_weight(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  const ConvShape s = shape_for_weight(in[0], in[1], a, nin > 2);
  const ConvPool pool = nin > 2 ? conv_pool_of(in[2], a, s.oh, s.ow) : (ConvPool){0};
  const Images dy = conv_images(in[0]), x = conv_images(in[1]);
  return conv2d_grad_weight((DType)out->dtype, &s, &dy, nin > 2 ? &pool : NULL, &x, tensor_data(out));
}

static int bw_grad_weight(Node *n, Tensor *d, Tensor **din) {
  const Tensor *dy = node_saved_window(n, 0), *x = node_saved_window(n, 1);
  if (node_wants(n, 0) && !(din[0] = convolve(node_saved(n, 1), d, node_args(n), dy))) return -1;
  if (node_wants(n, 1) && !(din[1] = grad_input(node_saved(n, 0), d, node_args(n), x))) return -1;
  return 0;
}

const Op row_CONV2D_GRAD_WEIGHT = {.name = "conv2d_grad_weight",
                                   .nin = 3,
                                   .args = OP_ARGS(conv),
                                   .shares = true,
                                   .promotes = 3,
                                   .floats = true,
                                   .save = SAVE_INPUT(0) | SAVE_INPUT(1),
                                   .infer = infer_grad_weight,
                                   .forward = fw_grad_weight,
                                   .backward = bw_grad_weight};
