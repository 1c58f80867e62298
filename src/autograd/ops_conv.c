/*
 * ops_conv.c - convolution of images, and its two gradients as rows of their own.
 *
 *   CONV2D              (x, weight[, bias]) -> y
 *   CONV2D_GRAD_INPUT   (dy, weight) -> dx
 *   CONV2D_GRAD_WEIGHT  (dy, x) -> dweight
 *
 * The scalar sum over dy y is linear in each of dy, x and weight, so the three are each other's derivatives:
 * whichever two are given, the row named after the third gives its gradient. That closes the set under
 * differentiation of any order.
 *
 * i[0], i[1]: stride; i[2], i[3]: padding; i[4], i[5]: the image's (GRAD_INPUT) or the window's (GRAD_WEIGHT) height
 * and width, which the two inputs leave open.
 */
#include "autograd/rows.h"
#include "core/conv.h"
#include "core/err.h"

/* --- what the rows share ------------------------------------------------------------------------------------------ */

static int check_ranks(const char *row, const Tensor *a, const Tensor *b) {
  if (a->ndim == 4 && b->ndim == 4) return 0;
  return err_set("%s: inputs are %s and %s, both must have 4 dimensions", row, tensor_shape_str(a),
                 tensor_shape_str(b));
}

static Window2d window_of(const OpArgs *a) {
  return (Window2d){.sh = a->i[0], .sw = a->i[1], .ph = a->i[2], .pw = a->i[3]};
}

static void set_shape(OpShape *s, const Tensor *like, int64_t d0, int64_t d1, int64_t d2, int64_t d3) {
  *s = (OpShape){.dtype = (DType)like->dtype, .ndim = 4, .shape = {d0, d1, d2, d3}};
}

/* The shape of the convolution whose image, weight and output have the shapes of these tensors. */
static ConvShape conv_shape(const Tensor *x, const Tensor *weight, const Tensor *y, const OpArgs *a) {
  ConvShape s = {.n = x->shape[0], .c = x->shape[1], .o = weight->shape[0], .win = window_of(a)};
  s.win.h = x->shape[2];
  s.win.w = x->shape[3];
  s.win.kh = weight->shape[2];
  s.win.kw = weight->shape[3];
  s.win.oh = y->shape[2];
  s.win.ow = y->shape[3];
  return s;
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

static Tensor *grad_input(Tensor *dy, Tensor *weight, OpArgs a, const Tensor *x) {
  a.i[4] = x->shape[2];
  a.i[5] = x->shape[3];
  return fm_op(OP_CONV2D_GRAD_INPUT, (Tensor *[]){dy, weight}, 2, &a);
}

static Tensor *grad_weight(Tensor *dy, Tensor *x, OpArgs a, const Tensor *weight) {
  a.i[4] = weight->shape[2];
  a.i[5] = weight->shape[3];
  return fm_op(OP_CONV2D_GRAD_WEIGHT, (Tensor *[]){dy, x}, 2, &a);
}

static Tensor *convolve(Tensor *x, Tensor *weight, const OpArgs *a) {
  return fm_op(OP_CONV2D, (Tensor *[]){x, weight}, 2, a);
}

/* --- conv2d --------------------------------------------------------------------------------------------------- */

static int infer_conv2d(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  const Tensor *x = in[0], *weight = in[1], *bias = nin > 2 ? in[2] : NULL;
  if (check_ranks("conv2d", x, weight) < 0) return -1;
  Window2d win = window_of(a);
  win.h = x->shape[2];
  win.w = x->shape[3];
  win.kh = weight->shape[2];
  win.kw = weight->shape[3];
  if (x->shape[1] != weight->shape[1] || !window2d_fit(&win)) {
    return err_set("conv2d: input is %s, weight is %s: (n, c, h, w) and (o, c, kh, kw) are needed", tensor_shape_str(x),
                   tensor_shape_str(weight));
  }
  if (bias && (bias->ndim != 1 || bias->shape[0] != weight->shape[0])) {
    return err_set("conv2d: bias is %s, must be (%lld)", tensor_shape_str(bias), (long long)weight->shape[0]);
  }
  set_shape(s, x, x->shape[0], weight->shape[0], win.oh, win.ow);
  return 0;
}

static int fw_conv2d(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  ConvShape s = conv_shape(in[0], in[1], out, a);
  Tensor *t[3];
  if (make_contiguous(in, nin, t) < 0) return -1;
  int rc = conv2d((DType)out->dtype, &s, tensor_data(t[0]), tensor_data(t[1]), nin > 2 ? tensor_data(t[2]) : NULL,
                  tensor_data(out));
  release_all(t, nin);
  return rc;
}

static int bw_conv2d(Node *n, Tensor *d, Tensor **din) {
  Tensor *x = node_saved(n, 0), *weight = node_saved(n, 1);
  if (node_wants(n, 0) && !(din[0] = grad_input(d, weight, *node_args(n), x))) return -1;
  if (node_wants(n, 1) && !(din[1] = grad_weight(d, x, *node_args(n), weight))) return -1;
  if (node_nin(n) > 2 && node_wants(n, 2) && !(din[2] = fm_sum(d, 1 | 4 | 8, false))) return -1;
  return 0;
}

const Op row_CONV2D = {.name = "conv2d",
                       .nin = 3,
                       .match = 7,
                       .floats = true,
                       .save = SAVE_X0 | SAVE_X1,
                       .infer = infer_conv2d,
                       .forward = fw_conv2d,
                       .backward = bw_conv2d};

/* --- conv2d_grad_input(dy, weight) ---------------------------------------------------------------------------- */

static int infer_grad_input(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  if (check_ranks("conv2d_grad_input", in[0], in[1]) < 0) return -1;
  set_shape(s, in[0], in[0]->shape[0], in[1]->shape[1], a->i[4], a->i[5]);
  return 0;
}

static int fw_grad_input(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  ConvShape s = conv_shape(out, in[1], in[0], a);
  Tensor *t[2];
  if (make_contiguous(in, nin, t) < 0) return -1;
  int rc = conv2d_grad_input((DType)out->dtype, &s, tensor_data(t[0]), tensor_data(t[1]), tensor_data(out));
  release_all(t, nin);
  return rc;
}

static int bw_grad_input(Node *n, Tensor *d, Tensor **din) {
  Tensor *dy = node_saved(n, 0), *weight = node_saved(n, 1);
  if (node_wants(n, 0) && !(din[0] = convolve(d, weight, node_args(n)))) return -1;
  if (node_wants(n, 1) && !(din[1] = grad_weight(dy, d, *node_args(n), weight))) return -1;
  return 0;
}

const Op row_CONV2D_GRAD_INPUT = {.name = "conv2d_grad_input",
                                  .nin = 2,
                                  .match = 3,
                                  .floats = true,
                                  .save = SAVE_X0 | SAVE_X1,
                                  .infer = infer_grad_input,
                                  .forward = fw_grad_input,
                                  .backward = bw_grad_input};

/* --- conv2d_grad_weight(dy, x) -------------------------------------------------------------------------------- */

static int infer_grad_weight(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  if (check_ranks("conv2d_grad_weight", in[0], in[1]) < 0) return -1;
  set_shape(s, in[0], in[0]->shape[1], in[1]->shape[1], a->i[4], a->i[5]);
  return 0;
}

static int fw_grad_weight(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  ConvShape s = conv_shape(in[1], out, in[0], a);
  Tensor *t[2];
  if (make_contiguous(in, nin, t) < 0) return -1;
  int rc = conv2d_grad_weight((DType)out->dtype, &s, tensor_data(t[0]), tensor_data(t[1]), tensor_data(out));
  release_all(t, nin);
  return rc;
}

static int bw_grad_weight(Node *n, Tensor *d, Tensor **din) {
  Tensor *dy = node_saved(n, 0), *x = node_saved(n, 1);
  if (node_wants(n, 0) && !(din[0] = convolve(x, d, node_args(n)))) return -1;
  if (node_wants(n, 1) && !(din[1] = grad_input(dy, d, *node_args(n), x))) return -1;
  return 0;
}

const Op row_CONV2D_GRAD_WEIGHT = {.name = "conv2d_grad_weight",
                                   .nin = 2,
                                   .match = 3,
                                   .floats = true,
                                   .save = SAVE_X0 | SAVE_X1,
                                   .infer = infer_grad_weight,
                                   .forward = fw_grad_weight,
                                   .backward = bw_grad_weight};
