/*
 * pool.c - maxima and means over windows of images (n, c, h, w).
 *
 *   MAX_POOL2D       (x) -> y       the largest element of each window
 *   MAX_POOL2D_GRAD  (dy, x) -> dx  dy to the places where x's windows have their winners
 *   MAX_POOL2D_PICK  (t, x) -> y    the elements of t at those places
 *   AVG_POOL2D       (x) -> y       the mean of each window, padding counted as zeros
 *   AVG_POOL2D_GRAD  (dy) -> dx     each window's share of dy, spread over the window
 *
 * The winners are found anew from x where they are needed, which keeps no indices; x's own gradient through GRAD and
 * PICK is zero, so they are given x without its graph. GRAD and PICK are each other's backward, and so are the two for
 * means.
 *
 * Arguments: PoolArgs. `image` is the height and width of x where a row has only dy.
 */
#include "kernels/conv/pool.h"
#include "autograd/ops/rows.h"
#include "base/err.h"

/* --- what the rows share ------------------------------------------------------------------------------------------ */

static Window2d window_of(const OpArgs *a, int64_t h, int64_t w) {
  Window2d win = {.h = h, .w = w, .kh = a->pool.window[0], .kw = a->pool.window[1]};
  win.sh = a->pool.stride[0];
  win.sw = a->pool.stride[1];
  win.ph = a->pool.padding[0];
  win.pw = a->pool.padding[1];
  window2d_fit(&win);
  return win;
}

/* Images lie in memory row by row, or with the batch innermost where x (or dy, for the means' gradient) does; then all
 * tensors of the op are brought into that order. */
static bool interleaved(const Tensor *x) { return !x->contiguous && tensor_is_batch_innermost(x); }

static Tensor *in_order_of(const Tensor *out, Tensor *t) {
  return out->contiguous ? tensor_contiguous(t) : tensor_batch_innermost(t);
}

static int64_t planes(const Tensor *out) { return out->contiguous ? out->shape[0] * out->shape[1] : out->shape[1]; }
static int64_t inner(const Tensor *out) { return out->contiguous ? 1 : out->shape[0]; }

static int infer_pool(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  const Tensor *x = in[nin - 1];
  bool image = x->ndim == 4 && x->shape[2] > 0 && x->shape[3] > 0;
  bool padding = 2 * a->pool.padding[0] <= a->pool.window[0] && 2 * a->pool.padding[1] <= a->pool.window[1];
  Window2d win = image ? window_of(a, x->shape[2], x->shape[3]) : (Window2d){0};
  if (!image || !padding || win.oh == 0 || win.ow == 0) {
    return err_set("pooling: windows of %lld x %lld do not fit an input of shape %s", (long long)a->pool.window[0],
                   (long long)a->pool.window[1], tensor_shape_str(x));
  }
  *s = (OpShape){.dtype = (DType)x->dtype, .ndim = 4, .shape = {x->shape[0], x->shape[1], win.oh, win.ow}};
  s->batch_innermost = interleaved(x);
  return 0;
}

/* --- max_pool2d ----------------------------------------------------------------------------------------------- */

/* x without its graph: winners do not move with x. */
static Tensor *places(const Tensor *x) { return x ? fm_own(tensor_alias(x)) : NULL; }

static Tensor *with_places(OpId op, Tensor *t, const Tensor *x, const OpArgs *a) {
  Tensor *fixed = places(x);
  return fixed ? fm_op(op, (Tensor *[]){t, fixed}, 2, a) : NULL;
}

static int fw_max_pool2d(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  Window2d win = window_of(a, in[0]->shape[2], in[0]->shape[3]);
  Tensor *x = in_order_of(out, in[nin - 1]), *t = in_order_of(out, in[0]);
  bool ok = x && t;
  if (ok) {
    max_pool2d_pick((DType)out->dtype, &win, planes(out), inner(out), tensor_data(x), tensor_data(t), tensor_data(out));
  }
  tensor_release(x);
  tensor_release(t);
  return ok ? 0 : -1;
}

static int bw_max_pool2d(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = with_places(OP_MAX_POOL2D_GRAD, d, node_saved(n, 0), node_args(n))) ? 0 : -1;
}

const Op row_MAX_POOL2D = {.name = "max_pool2d",
                           .nin = 1,
                           .args = OP_ARGS(pool),
                           .serial = true,
                           .promotes = 1,
                           .floats = true,
                           .save = SAVE_INPUT(0),
                           .infer = infer_pool,
                           .forward = fw_max_pool2d,
                           .backward = bw_max_pool2d};

static int fw_max_pool2d_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  Window2d win = window_of(a, out->shape[2], out->shape[3]);
  Tensor *d = in_order_of(out, in[0]), *x = in_order_of(out, in[1]);
  bool ok = d && x;
  if (ok) {
    max_pool2d_grad((DType)out->dtype, &win, planes(out), inner(out), tensor_data(x), tensor_data(d), tensor_data(out));
  }
  tensor_release(d);
  tensor_release(x);
  return ok ? 0 : -1;
}

static int infer_like_x(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  s->batch_innermost = interleaved(in[1]);
  return infer_same(s, in + 1, nin - 1, a);
}

static int bw_max_pool2d_grad(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = with_places(OP_MAX_POOL2D_PICK, d, node_saved(n, 1), node_args(n))) ? 0 : -1;
}

const Op row_MAX_POOL2D_GRAD = {.name = "max_pool2d_grad",
                                .nin = 2,
                                .args = OP_ARGS(pool),
                                .serial = true,
                                .promotes = 3,
                                .floats = true,
                                .save = SAVE_INPUT(1),
                                .infer = infer_like_x,
                                .forward = fw_max_pool2d_grad,
                                .backward = bw_max_pool2d_grad};

static int bw_max_pool2d_pick(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = with_places(OP_MAX_POOL2D_GRAD, d, node_saved(n, 1), node_args(n))) ? 0 : -1;
}

const Op row_MAX_POOL2D_PICK = {.name = "max_pool2d_pick",
                                .nin = 2,
                                .args = OP_ARGS(pool),
                                .serial = true,
                                .promotes = 3,
                                .floats = true,
                                .save = SAVE_INPUT(1),
                                .infer = infer_pool,
                                .forward = fw_max_pool2d,
                                .backward = bw_max_pool2d_pick};

/* --- avg_pool2d ----------------------------------------------------------------------------------------------- */

static int fw_avg_pool2d(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  Tensor *x = in_order_of(out, in[0]);
  if (!x) return -1;
  Window2d win = window_of(a, x->shape[2], x->shape[3]);
  avg_pool2d((DType)out->dtype, &win, planes(out), inner(out), tensor_data(x), tensor_data(out));
  tensor_release(x);
  return 0;
}

static int bw_avg_pool2d(Node *n, Tensor *d, Tensor **din) {
  OpArgs a = *node_args(n);
  int64_t shape[TENSOR_MAX_DIM];
  node_in_shape(n, 0, shape);
  a.pool.image[0] = shape[2];
  a.pool.image[1] = shape[3];
  return (din[0] = fm_op(OP_AVG_POOL2D_GRAD, &d, 1, &a)) ? 0 : -1;
}

const Op row_AVG_POOL2D = {.name = "avg_pool2d",
                           .nin = 1,
                           .args = OP_ARGS(pool),
                           .serial = true,
                           .promotes = 1,
                           .floats = true,
                           .infer = infer_pool,
                           .forward = fw_avg_pool2d,
                           .backward = bw_avg_pool2d};

static int infer_image(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  infer_same(s, in, nin, a);
  s->shape[2] = a->pool.image[0];
  s->shape[3] = a->pool.image[1];
  s->batch_innermost = interleaved(in[0]);
  return 0;
}

static int fw_avg_pool2d_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  Tensor *d = in_order_of(out, in[0]);
  if (!d) return -1;
  Window2d win = window_of(a, out->shape[2], out->shape[3]);
  avg_pool2d_grad((DType)out->dtype, &win, planes(out), inner(out), tensor_data(d), tensor_data(out));
  tensor_release(d);
  return 0;
}

static int bw_avg_pool2d_grad(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = fm_op(OP_AVG_POOL2D, &d, 1, node_args(n))) ? 0 : -1;
}

const Op row_AVG_POOL2D_GRAD = {.name = "avg_pool2d_grad",
                                .nin = 1,
                                .args = OP_ARGS(pool),
                                .serial = true,
                                .promotes = 1,
                                .floats = true,
                                .infer = infer_image,
                                .forward = fw_avg_pool2d_grad,
                                .backward = bw_avg_pool2d_grad};
