/*
 * softmax.c - softmax and log_softmax along args.along.dim; formulas in kernels/softmax/softmax.h.
 */
#include "kernels/softmax/softmax.h"

#include "autograd/ops/rows.h"
#include "base/err.h"

static int infer_softmax(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  if (a->along.dim < 0 || a->along.dim >= in[0]->ndim) {
    return err_set("softmax: dimension %lld of shape %s", (long long)a->along.dim + 1, tensor_shape_str(in[0]));
  }
  return infer_same(s, in, nin, a);
}

static int fw_softmax(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return softmax_forward(out, in[0], (int)a->along.dim, false);
}
static int fw_log_softmax(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return softmax_forward(out, in[0], (int)a->along.dim, true);
}

static int bw_softmax(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = fm_op(OP_SOFTMAX_GRAD, (Tensor *[]){node_out(n), d}, 2, node_args(n))) ? 0 : -1;
}
static int bw_log_softmax(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = fm_op(OP_LOG_SOFTMAX_GRAD, (Tensor *[]){node_out(n), d}, 2, node_args(n))) ? 0 : -1;
}
const Op row_SOFTMAX = {.name = "softmax",
                        .nin = 1,
                        .args = OP_ARGS(along),
                        .promotes = 1,
                        .floats = true,
                        .save = SAVE_OUT,
                        .keeps_order = true,
                        .infer = infer_softmax,
                        .forward = fw_softmax,
                        .backward = bw_softmax};
const Op row_LOG_SOFTMAX = {.name = "log_softmax",
                            .nin = 1,
                            .args = OP_ARGS(along),
                            .promotes = 1,
                            .floats = true,
                            .save = SAVE_OUT,
                            .keeps_order = true,
                            .infer = infer_softmax,
                            .forward = fw_log_softmax,
                            .backward = bw_log_softmax};

/* --- softmax_grad(y, d), log_softmax_grad(y, d) ------------------------------------------------------------------ */

/* d may be broadcast memory in any order: the kernels read long rows side by side as y has them. */
static int grad_rows(Tensor *out, Tensor *const *in, const OpArgs *a, bool log) {
  const int dim = (int)a->along.dim;
  Tensor *d = in[0]->stride[dim] == 1 && in[1]->stride[dim] != 1 ? tensor_contiguous(in[1]) : tensor_retain(in[1]);
  const int rc = d ? softmax_backward(out, in[0], d, dim, log) : -1;
  tensor_release(d);
  return rc;
}
static int fw_softmax_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return grad_rows(out, in, a, false);
}
static int fw_log_softmax_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return grad_rows(out, in, a, true);
}

/* Of g = y (d - sum d y), with D its gradient: dy = D (d - sum d y) - d sum D y, dd = y (D - sum D y) */
static int bw_softmax_grad(Node *n, Tensor *D, Tensor **din) {
  Tensor *y = node_saved(n, 0), *d = node_saved(n, 1);
  const unsigned dim = 1u << node_args(n)->along.dim;
  if (node_wants(n, 0)) {
    Tensor *inner = fm_sub(d, fm_sum(fm_mul(d, y), dim, true));
    din[0] = fm_sub(fm_mul(D, inner), fm_mul(d, fm_sum(fm_mul(D, y), dim, true)));
    if (!din[0]) return -1;
  }
  if (!node_wants(n, 1)) return 0;
  return (din[1] = fm_op(OP_SOFTMAX_GRAD, (Tensor *[]){y, D}, 2, node_args(n))) ? 0 : -1;
}
/* Of g = d - e^y sum d: dy = -D e^y sum d, dd = D - sum D e^y */
static int bw_log_softmax_grad(Node *n, Tensor *D, Tensor **din) {
  const unsigned dim = 1u << node_args(n)->along.dim;
  Tensor *Dp = fm_mul(D, fm_op1(OP_EXP, node_saved(n, 0)));
  if (node_wants(n, 0) && !(din[0] = fm_neg(fm_mul(Dp, fm_sum(node_saved(n, 1), dim, true))))) return -1;
  if (node_wants(n, 1) && !(din[1] = fm_sub(D, fm_sum(Dp, dim, true)))) return -1;
  return 0;
}
const Op row_SOFTMAX_GRAD = {.name = "softmax_grad",
                             .nin = 2,
                             .args = OP_ARGS(along),
                             .promotes = 3,
                             .floats = true,
                             .save = SAVE_INPUT(0) | SAVE_INPUT(1),
                             .keeps_order = true,
                             .infer = infer_same,
                             .forward = fw_softmax_grad,
                             .backward = bw_softmax_grad};
const Op row_LOG_SOFTMAX_GRAD = {.name = "log_softmax_grad",
                                 .nin = 2,
                                 .args = OP_ARGS(along),
                                 .promotes = 3,
                                 .floats = true,
                                 .save = SAVE_INPUT(0) | SAVE_INPUT(1),
                                 .keeps_order = true,
                                 .infer = infer_same,
                                 .forward = fw_log_softmax_grad,
                                 .backward = bw_log_softmax_grad};
