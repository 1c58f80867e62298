/*
 * det.c - rows for det A, the cofactors det A A^-T, which are its gradient, and sign and logarithm of |det A|.
 */
#include "autograd/ops/linalg/matrix.h"
#include "kernels/linalg/decompositions.h"

/* (b) numbers as (b, 1, 1), to be multiplied with matrices */
static Tensor *as_factors(Tensor *d) { return d ? fm_reshape(d, 3, (int64_t[]){d->shape[0], 1, 1}) : NULL; }

static int infer_det(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  if (matrix_check_square("det", in[0]) < 0) return -1;
  shape_rows(s, in[0], -1);
  return 0;
}
static int fw_det(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  return linalg_det(out, in[0]);
}
static int bw_det(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = fm_mul(as_factors(d), fm_op1(OP_COFACTORS, node_saved(n, 0)))) ? 0 : -1;
}
const Op row_DET = {.name = "det",
                    .nin = 1,
                    .promotes = 1,
                    .floats = true,
                    .save = SAVE_INPUT(0),
                    .infer = infer_det,
                    .forward = fw_det,
                    .backward = bw_det};

static int fw_cofactors(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  return linalg_cofactors(out, in[0]);
}

/* C = det A Y^T with Y = A^-1. dA = <d, C> Y^T - Y^T d^T C, which a singular A does not have in this form. */
static int bw_cofactors(Node *n, Tensor *d, Tensor **din) {
  Tensor *c = node_out(n), *yt = fm_t(fm_inv(node_saved(n, 0)));
  Tensor *sum = fm_sum(fm_mul(d, c), 6, true);
  return (din[0] = fm_sub(fm_mul(sum, yt), fm_bmm(yt, fm_bmm(fm_t(d), c)))) ? 0 : -1;
}
const Op row_COFACTORS = {.name = "cofactors",
                          .nin = 1,
                          .promotes = 1,
                          .floats = true,
                          .save = SAVE_INPUT(0) | SAVE_OUT,
                          .infer = infer_square,
                          .forward = fw_cofactors,
                          .backward = bw_cofactors};

static int infer_slogdet(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  if (matrix_check_square("slogdet", in[0]) < 0) return -1;
  shape_rows(s, in[0], 2);
  return 0;
}
static int fw_slogdet(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  return linalg_slogdet(out, in[0]);
}

/* the logarithm has the gradient A^-T, the sign none */
static int bw_slogdet(Node *n, Tensor *d, Tensor **din) {
  Tensor *of_log = as_factors(fm_slice(d, 1, 1, 1, 1));
  return (din[0] = fm_mul(of_log, fm_t(fm_inv(node_saved(n, 0))))) ? 0 : -1;
}
const Op row_SLOGDET = {.name = "slogdet",
                        .nin = 1,
                        .promotes = 1,
                        .floats = true,
                        .save = SAVE_INPUT(0),
                        .infer = infer_slogdet,
                        .forward = fw_slogdet,
                        .backward = bw_slogdet};
