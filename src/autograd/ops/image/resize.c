/*
 * resize.c - images (n, c, h, w) in another size.
 *
 *   RESIZE2D       (x) -> y    each pixel a sum of some of x's, with weights (ResizeMode)
 *   RESIZE2D_GRAD  (dy) -> dx  its transpose
 *
 * Arguments: ResizeArgs. They are each other's backward.
 */
#include "autograd/ops/image/pool_rows.h"
#include "autograd/ops/rows.h"

static int infer_resize(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return pool_infer(s, in[0], a->resize.output);
}

static int fw_resize(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  ListPair l;
  const int rc = resize_lists(&l, &a->resize, out->dtype == DT_F32, false);
  return pool_sums(out, in[0], &l, rc);
}

static int bw_resize(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = fm_op(OP_RESIZE2D_GRAD, &d, 1, node_args(n))) ? 0 : -1;
}

const Op row_RESIZE2D = {.name = "interpolate",
                         .nin = 1,
                         .args = OP_ARGS(resize),
                         .serial = true,
                         .promotes = 1,
                         .floats = true,
                         .infer = infer_resize,
                         .forward = fw_resize,
                         .backward = bw_resize};

static int infer_grad(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return pool_infer(s, in[0], a->resize.image);
}

static int fw_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  ListPair l;
  const int rc = resize_lists(&l, &a->resize, out->dtype == DT_F32, true);
  return pool_sums(out, in[0], &l, rc);
}

static int bw_grad(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = fm_op(OP_RESIZE2D, &d, 1, node_args(n))) ? 0 : -1;
}

const Op row_RESIZE2D_GRAD = {.name = "interpolate_grad",
                              .nin = 1,
                              .args = OP_ARGS(resize),
                              .serial = true,
                              .promotes = 1,
                              .floats = true,
                              .infer = infer_grad,
                              .forward = fw_grad,
                              .backward = bw_grad};
