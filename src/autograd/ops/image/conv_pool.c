/*
 * conv_pool.c - a convolution, a ReLU and a max pool in one pass (kernels/conv/conv.h).
 *
 *   CONV2D_RELU_POOL       (winners, x, weight[, bias]) -> y
 *   CONV2D_POOL_GRAD_BIAS  (dy, winners) -> dbias
 *   CONV2D_UNPOOL          (dy, winners) -> dz
 *   CONV2D_PICK            (z, winners) -> y
 *
 * `winners` is memory for the places of the windows' maxima: CONV2D_RELU_POOL writes it, the others read it. Only the
 * first row and the last two are differentiable. Where the gradient itself is to be differentiated, it goes through dz,
 * the gradient of the convolution's own output z, and the rows of conv.c; else they take dy and the winners as they
 * are. dy -> dz is linear, and z -> y (its elements at the winners) its transpose: each other's backward.
 *
 * ConvArgs.size in CONV2D_UNPOOL: the height and width of z.
 */
#include "autograd/ops/image/conv_rows.h"
#include "autograd/ops/rows.h"
#include "base/err.h"

/* --- conv2d_relu_pool ------------------------------------------------------------------------------------------ */

static int infer_relu_pool(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const ConvShape c = conv_shape_of(in[1], in[2], a);
  const ConvPool pool = conv_pool_of(NULL, a, c.oh, c.ow);
  conv_set_images(s, (DType)in[1]->dtype, c.n, in[2]->shape[0], pool.oh, pool.ow);
  return 0;
}

static int fw_relu_pool(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  const ConvShape s = conv_shape_of(in[1], in[2], a);
  const Images x = conv_images(in[1]), y = conv_images(out);
  const ConvPool pool = conv_pool_of(in[0], a, s.oh, s.ow);
  Tensor *weight = tensor_contiguous(in[2]), *bias = nin > 3 ? tensor_contiguous(in[3]) : NULL;
  int rc = -1;
  if (weight && (bias || nin < 4)) {
    rc = conv_relu_pool((DType)out->dtype, &s, &x, tensor_data(weight), bias ? tensor_data(bias) : NULL, &pool, &y);
  }
  tensor_release(weight);
  tensor_release(bias);
  return rc;
}

static Tensor *with(OpId op, Tensor *a, Tensor *b, Tensor *winners, OpArgs args, int64_t h, int64_t w) {
  args.conv.size[0] = (int32_t)h;
  args.conv.size[1] = (int32_t)w;
  return fm_op(op, (Tensor *[]){a, b, winners}, winners ? 3 : 2, &args);
}

static int bw_relu_pool(Node *n, Tensor *d, Tensor **din) {
  Tensor *winners = node_saved(n, 0);
  const Tensor *x = node_saved_window(n, 1), *weight = node_saved_window(n, 2);
  const OpArgs *a = node_args(n);
  if (!winners) return -1;
  if (grad_mode()) {
    const ConvShape s = conv_shape_of(x, weight, a);
    d = with(OP_CONV2D_UNPOOL, d, winners, NULL, *a, s.oh, s.ow);
    if (!d) return -1;
  }
  Tensor *places = grad_mode() ? NULL : winners;
  if (node_wants(n, 1) &&
      !(din[1] = with(OP_CONV2D_GRAD_INPUT, d, node_saved(n, 2), places, *a, x->shape[2], x->shape[3]))) {
    return -1;
  }
  if (node_wants(n, 2) &&
      !(din[2] = with(OP_CONV2D_GRAD_WEIGHT, d, node_saved(n, 1), places, *a, weight->shape[2], weight->shape[3]))) {
    return -1;
  }
  if (node_nin(n) < 4 || !node_wants(n, 3)) return 0;
  din[3] = places ? fm_op(OP_CONV2D_POOL_GRAD_BIAS, (Tensor *[]){d, places}, 2, a) : fm_sum(d, 1 | 4 | 8, false);
  return din[3] ? 0 : -1;
}

const Op row_CONV2D_RELU_POOL = {.name = "conv2d_relu_pool",
                                 .nin = 4,
                                 .args = OP_ARGS(conv),
                                 .shares = true,
                                 .writes = 1,
                                 .save = SAVE_INPUT(0) | SAVE_INPUT(1) | SAVE_INPUT(2),
                                 .infer = infer_relu_pool,
                                 .forward = fw_relu_pool,
                                 .backward = bw_relu_pool};

/* --- the rows with a pool's gradient ----------------------------------------------------------------------------- */

/* The pool whose output is like y. */
static ConvPool pool_before(const Tensor *winners, const Tensor *y, const OpArgs *a) {
  ConvPool pool = conv_pool_of(winners, a, 0, 0);
  pool.oh = y->shape[2];
  pool.ow = y->shape[3];
  return pool;
}

static int infer_grad_bias(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  *s = (OpShape){.dtype = (DType)in[0]->dtype, .ndim = 1, .shape = {in[0]->shape[1]}};
  return 0;
}

static int fw_grad_bias(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const ConvPool pool = pool_before(in[1], in[0], a);
  const Images dy = conv_images(in[0]);
  return conv_pool_grad_bias((DType)out->dtype, in[0]->shape[0], in[0]->shape[1], &dy, &pool, tensor_data(out));
}

const Op row_CONV2D_POOL_GRAD_BIAS = {.name = "conv2d_pool_grad_bias",
                                      .nin = 2,
                                      .args = OP_ARGS(conv),
                                      .shares = true,
                                      .infer = infer_grad_bias,
                                      .forward = fw_grad_bias};

static int infer_unpool(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  conv_set_images(s, (DType)in[0]->dtype, in[0]->shape[0], in[0]->shape[1], a->conv.size[0], a->conv.size[1]);
  return 0;
}

static int fw_unpool(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const ConvPool pool = pool_before(in[1], in[0], a);
  const Images dy = conv_images(in[0]), dz = conv_images(out);
  const int64_t *z = out->shape;
  return conv_unpool((DType)out->dtype, z[0], z[1], z[2], z[3], &dy, &pool, &dz);
}

static int bw_unpool(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = fm_op(OP_CONV2D_PICK, (Tensor *[]){d, node_saved(n, 1)}, 2, node_args(n))) ? 0 : -1;
}

const Op row_CONV2D_UNPOOL = {.name = "conv2d_unpool",
                              .nin = 2,
                              .args = OP_ARGS(conv),
                              .shares = true,
                              .save = SAVE_INPUT(1),
                              .infer = infer_unpool,
                              .forward = fw_unpool,
                              .backward = bw_unpool};

static int infer_pick(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const Tensor *z = in[0];
  const ConvPool pool = conv_pool_of(NULL, a, z->shape[2], z->shape[3]);
  conv_set_images(s, (DType)z->dtype, z->shape[0], z->shape[1], pool.oh, pool.ow);
  return 0;
}

static int fw_pick(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const ConvPool pool = pool_before(in[1], out, a);
  const Images z = conv_images(in[0]), y = conv_images(out);
  conv_pick((DType)out->dtype, out->shape[0], out->shape[1], &z, &pool, &y);
  return 0;
}

static int bw_pick(Node *n, Tensor *d, Tensor **din) {
  int64_t z[TENSOR_MAX_DIM];
  node_in_shape(n, 0, z);
  return (din[0] = with(OP_CONV2D_UNPOOL, d, node_saved(n, 1), NULL, *node_args(n), z[2], z[3])) ? 0 : -1;
}

const Op row_CONV2D_PICK = {.name = "conv2d_pick",
                            .nin = 2,
                            .args = OP_ARGS(conv),
                            .shares = true,
                            .save = SAVE_INPUT(1),
                            .infer = infer_pick,
                            .forward = fw_pick,
                            .backward = bw_pick};
