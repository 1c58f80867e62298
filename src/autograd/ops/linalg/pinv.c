/*
 * pinv.c - rows for the pseudoinverse and for least squares.
 */
#include "autograd/ops/linalg/matrix.h"
#include "base/err.h"
#include "kernels/linalg/decompositions.h"

/* --- pinv: (b, m, n) -> (b, n, m). MatrixArgs: number is atol, other rtol ------------------------------------------ */

static int infer_pinv(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  if (matrix_check("pinv", in[0]) < 0) return -1;
  infer_same(s, in, nin, a);
  s->shape[1] = in[0]->shape[2];
  s->shape[2] = in[0]->shape[1];
  return 0;
}
static int fw_pinv(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return linalg_pinv(out, in[0], a->matrix.number, a->matrix.other);
}

/* The gradient of A for that of its pseudoinverse p, where the rank does not change (Golub and Pereyra 1973):
 * -p^T d p^T + (I - A p) d^T p p^T + p^T p d^T (I - p A) */
static Tensor *gradient(Tensor *a, Tensor *p, Tensor *d) {
  Tensor *pt = fm_t(p), *dt = fm_t(d);
  Tensor *first = fm_bmm(pt, fm_bmm(d, pt));
  Tensor *left = fm_bmm(fm_bmm(dt, p), pt), *right = fm_bmm(pt, fm_bmm(p, dt));
  Tensor *second = fm_sub(left, fm_bmm(a, fm_bmm(p, left)));
  Tensor *third = fm_sub(right, fm_bmm(fm_bmm(right, p), a));
  return fm_add(fm_sub(second, first), third);
}

static int bw_pinv(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = gradient(node_saved(n, 0), node_out(n), d)) ? 0 : -1;
}
const Op row_PINV = {.name = "pinv",
                     .nin = 1,
                     .args = OP_ARGS(matrix),
                     .promotes = 1,
                     .floats = true,
                     .save = SAVE_INPUT(0) | SAVE_OUT,
                     .infer = infer_pinv,
                     .forward = fw_pinv,
                     .backward = bw_pinv};

/* --- lstsq: A (b, m, n), B (b, m, k) -> (b, n k + 1), X and the rank behind it. MatrixArgs.number is rcond ---------- */

static int infer_lstsq(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  if (matrix_check("lstsq", in[0]) < 0 || matrix_check("lstsq", in[1]) < 0) return -1;
  if (in[0]->shape[0] != in[1]->shape[0] || in[0]->shape[1] != in[1]->shape[1]) {
    return err_set("lstsq: shapes %s and %s do not fit", tensor_shape_str(in[0]), tensor_shape_str(in[1]));
  }
  shape_rows(s, in[0], in[0]->shape[2] * in[1]->shape[2] + 1);
  return 0;
}
static int fw_lstsq(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return linalg_lstsq(out, in[0], in[1], a->matrix.number);
}

/* X = A^+ B: dB = A^+^T d, and dA is that of A^+ for d B^T */
static int bw_lstsq(Node *n, Tensor *d, Tensor **din) {
  Tensor *a = node_saved(n, 0), *b = node_saved(n, 1);
  if (!a || !b) return -1;
  const OpArgs args = {.matrix = {.other = node_args(n)->matrix.number}};
  Tensor *p = fm_op(OP_PINV, &a, 1, &args), *dx = fm_part(d, 0, a->shape[2], b->shape[2]);
  if (node_wants(n, 1) && !(din[1] = fm_bmm(fm_t(p), dx))) return -1;
  if (node_wants(n, 0) && !(din[0] = gradient(a, p, fm_bmm(dx, fm_t(b))))) return -1;
  return 0;
}
const Op row_LSTSQ = {.name = "lstsq",
                      .nin = 2,
                      .args = OP_ARGS(matrix),
                      .promotes = 3,
                      .floats = true,
                      .save = SAVE_INPUT(0) | SAVE_INPUT(1),
                      .infer = infer_lstsq,
                      .forward = fw_lstsq,
                      .backward = bw_lstsq};
