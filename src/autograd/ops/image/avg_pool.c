/*
 * avg_pool.c - means over windows of images (n, c, h, w).
 *
 *   AVG_POOL2D       (x) -> y    the mean of each window
 *   AVG_POOL2D_GRAD  (dy) -> dx  each window's share of dy, spread over the window
 *
 * Arguments: PoolArgs. They are each other's transpose, and so each other's backward.
 */
#include "autograd/ops/image/pool_rows.h"
#include "autograd/ops/rows.h"

static int infer_mean(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return pool_infer(s, in[0], a->pool.output);
}

static int fw_mean(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  ListPair l;
  const int rc = pool_lists(&l, &a->pool, false);
  return pool_sums(out, in[0], &l, rc);
}

static int bw_mean(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = fm_op(OP_AVG_POOL2D_GRAD, &d, 1, node_args(n))) ? 0 : -1;
}

const Op row_AVG_POOL2D = {.name = "avg_pool2d",
                           .nin = 1,
                           .args = OP_ARGS(pool),
                           .serial = true,
                           .promotes = 1,
                           .floats = true,
                           .infer = infer_mean,
                           .forward = fw_mean,
                           .backward = bw_mean};

static int infer_grad(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return pool_infer(s, in[0], a->pool.image);
}

static int fw_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  ListPair l;
  const int rc = pool_lists(&l, &a->pool, true);
  return pool_sums(out, in[0], &l, rc);
}

static int bw_grad(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = fm_op(OP_AVG_POOL2D, &d, 1, node_args(n))) ? 0 : -1;
}

const Op row_AVG_POOL2D_GRAD = {.name = "avg_pool2d_grad",
                                .nin = 1,
                                .args = OP_ARGS(pool),
                                .serial = true,
                                .promotes = 1,
                                .floats = true,
                                .infer = infer_grad,
                                .forward = fw_grad,
                                .backward = bw_grad};
