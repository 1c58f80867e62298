/*
 * sums.c - sums over windows of images (n, c, h, w).
 *
 *   AVG_POOL2D       (x) -> y    the mean of each window (PoolArgs)
 *   AVG_POOL2D_GRAD  (dy) -> dx  each window's share of dy, spread over the window
 *   RESIZE2D         (x) -> y    images in another size: each pixel a sum of some of x's, with weights (ResizeArgs)
 *   RESIZE2D_GRAD    (dy) -> dx
 *
 * Each is linear, and the transpose of the other of its pair, so its backward.
 */
#include "autograd/ops/image/pool_rows.h"
#include "autograd/ops/rows.h"

static int lists_of_pools(ListPair *l, const OpArgs *a, const Tensor *out, bool turned) {
  (void)out;
  return pool_lists(l, &a->pool, turned);
}

static int lists_of_resizes(ListPair *l, const OpArgs *a, const Tensor *out, bool turned) {
  return resize_lists(l, &a->resize, out->dtype == DT_F32, turned);
}

/* kind: of the arguments; size: theirs that the output has; turned: from outputs to images; back: the other row. */
#define SUMS(ID, text, kind, lists_of, size, turned, back)                         \
  static int infer_##ID(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) { \
    (void)nin;                                                                     \
    return pool_infer(s, in[0], a->kind.size);                                     \
  }                                                                                \
  static int fw_##ID(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {   \
    (void)nin;                                                                     \
    ListPair l;                                                                    \
    const int rc = lists_of(&l, a, out, turned);                                   \
    return pool_sums(out, in[0], &l, rc);                                          \
  }                                                                                \
  static int bw_##ID(Node *n, Tensor *d, Tensor **din) {                           \
    return (din[0] = fm_op(back, &d, 1, node_args(n))) ? 0 : -1;                   \
  }                                                                                \
  const Op row_##ID = {.name = text,                                               \
                       .nin = 1,                                                   \
                       .args = OP_ARGS(kind),                                      \
                       .shares = true,                                             \
                       .promotes = 1,                                              \
                       .floats = true,                                             \
                       .infer = infer_##ID,                                        \
                       .forward = fw_##ID,                                         \
                       .backward = bw_##ID};

SUMS(AVG_POOL2D, "avg_pool2d", pool, lists_of_pools, output, false, OP_AVG_POOL2D_GRAD)
SUMS(AVG_POOL2D_GRAD, "avg_pool2d_grad", pool, lists_of_pools, image, true, OP_AVG_POOL2D)
SUMS(RESIZE2D, "interpolate", resize, lists_of_resizes, output, false, OP_RESIZE2D_GRAD)
SUMS(RESIZE2D_GRAD, "interpolate_grad", resize, lists_of_resizes, image, true, OP_RESIZE2D)
