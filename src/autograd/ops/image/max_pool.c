/*
 * max_pool.c - maxima over windows of images (n, c, h, w).
 *
 *   MAX_POOL2D       (winners, x) -> y   the largest element of each window
 *   MAX_POOL2D_GRAD  (dy, winners) -> dx dy to the places of the winners
 *   MAX_POOL2D_PICK  (t, winners) -> y   the elements of t at those places
 *
 * `winners` is memory that MAX_POOL2D writes and the others read. GRAD and PICK are linear in their
 * first input and each other's transpose, so each other's backward.
 *
 * Arguments: PoolArgs.
 */
#include "autograd/ops/image/pool_rows.h"
#include "autograd/ops/rows.h"

static PoolShape shape_of(const PoolArgs *a, DType dt, int64_t n, int64_t c) {
  return (PoolShape){.dt = dt,
                     .batch_innermost = a->batch_innermost,
                     .n = n,
                     .c = c,
                     .h = a->image[0],
                     .w = a->image[1],
                     .oh = a->output[0],
                     .ow = a->output[1],
                     .kh = a->window[0],
                     .kw = a->window[1]};
}

static PoolShape shape_with(const OpArgs *a, const Tensor *t) {
  return shape_of(&a->pool, (DType)t->dtype, t->shape[0], t->shape[1]);
}

int64_t max_pool_winner_bytes(const PoolArgs *a, const Tensor *x) {
  const PoolShape s = shape_of(a, (DType)x->dtype, x->shape[0], x->shape[1]);
  return pool_winner_bytes(&s);
}

/* (n, c, size), in memory as the images of the pool. */
static int infer_images(OpShape *s, const Tensor *t, const OpArgs *a, const int32_t *size) {
  pool_infer(s, t, size);
  s->batch_innermost = a->pool.batch_innermost;
  return 0;
}

/* --- max_pool2d --------------------------------------------------------------------------------------------------- */

static int infer_max(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return infer_images(s, in[1], a, a->pool.output);
}

static int fw_max(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const PoolShape s = shape_with(a, in[1]);
  ListPair l;
  if (pool_lists(&l, &a->pool, false) < 0) return -1;
  Tensor *x = pool_ordered(in[1], s.batch_innermost);
  int rc = -1;
  if (x) {
    const Images from = pool_images(x), to = pool_images(out);
    rc = pool_max(&s, &l.down, &l.across, &from, tensor_data(in[0]), &to);
  }
  tensor_release(x);
  pool_lists_free(&l);
  return rc;
}

static int bw_max(Node *n, Tensor *d, Tensor **din) {
  Tensor *winners = node_saved(n, 0);
  if (!winners) return -1;
  return (din[1] = fm_op(OP_MAX_POOL2D_GRAD, (Tensor *[]){d, winners}, 2, node_args(n))) ? 0 : -1;
}

const Op row_MAX_POOL2D = {.name = "max_pool2d",
                           .nin = 2,
                           .args = OP_ARGS(pool),
                           .shares = true,
                           .writes = 1,
                           .save = SAVE_INPUT(0),
                           .infer = infer_max,
                           .forward = fw_max,
                           .backward = bw_max};

/* --- its gradient and that one's ---------------------------------------------------------------------------------- */

static int infer_grad(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return infer_images(s, in[0], a, a->pool.image);
}

static int fw_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const PoolShape s = shape_with(a, in[0]);
  ListPair l;
  if (pool_lists(&l, &a->pool, true) < 0) return -1;
  Tensor *d = pool_ordered(in[0], s.batch_innermost);
  int rc = -1;
  if (d) {
    const Images from = pool_images(d), to = pool_images(out);
    rc = pool_unmax(&s, &l.down, &l.across, &from, tensor_data(in[1]), &to);
  }
  tensor_release(d);
  pool_lists_free(&l);
  return rc;
}

static int bw_grad(Node *n, Tensor *d, Tensor **din) {
  Tensor *winners = node_saved(n, 1);
  if (!winners) return -1;
  return (din[0] = fm_op(OP_MAX_POOL2D_PICK, (Tensor *[]){d, winners}, 2, node_args(n))) ? 0 : -1;
}

const Op row_MAX_POOL2D_GRAD = {.name = "max_pool2d_grad",
                                .nin = 2,
                                .args = OP_ARGS(pool),
                                .shares = true,
                                .save = SAVE_INPUT(1),
                                .infer = infer_grad,
                                .forward = fw_grad,
                                .backward = bw_grad};

static int infer_pick(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return infer_images(s, in[0], a, a->pool.output);
}

static int fw_pick(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const PoolShape s = shape_with(a, in[0]);
  ListPair l;
  if (pool_lists(&l, &a->pool, false) < 0) return -1;
  const Images from = pool_images(in[0]), to = pool_images(out);
  pool_pick(&s, &l.down, &l.across, &from, tensor_data(in[1]), &to);
  pool_lists_free(&l);
  return 0;
}

static int bw_pick(Node *n, Tensor *d, Tensor **din) {
  Tensor *winners = node_saved(n, 1);
  if (!winners) return -1;
  return (din[0] = fm_op(OP_MAX_POOL2D_GRAD, (Tensor *[]){d, winners}, 2, node_args(n))) ? 0 : -1;
}

const Op row_MAX_POOL2D_PICK = {.name = "max_pool2d_pick",
                                .nin = 2,
                                .args = OP_ARGS(pool),
                                .shares = true,
                                .save = SAVE_INPUT(1),
                                .infer = infer_pick,
                                .forward = fw_pick,
                                .backward = bw_pick};
