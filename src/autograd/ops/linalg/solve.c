/*
 * solve.c - rows for LU factors, A X = B and A^-1.
 *
 * lu_solve takes A and its factors. Its gradients belong to A and B, so that the factors serve the solutions of backward
 * too, in every order; lu_factor itself has no gradient.
 */
#include "autograd/ops/linalg/matrix.h"
#include "base/err.h"
#include "kernels/linalg/decompositions.h"

/* --- lu_factor: (b, n, n) -> (b, n n + n) -------------------------------------------------------------------------- */

static int infer_lu_factor(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  if (matrix_check_square("lu_factor", in[0]) < 0) return -1;
  shape_rows(s, in[0], in[0]->shape[1] * in[0]->shape[1] + in[0]->shape[1]);
  return 0;
}
static int fw_lu_factor(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  return linalg_lu_factor(out, in[0]);
}
const Op row_LU_FACTOR = {
    .name = "lu_factor", .nin = 1, .promotes = 1, .floats = true, .infer = infer_lu_factor, .forward = fw_lu_factor};

/* --- lu_solve: A, its factors, B -> X. MatrixArgs.option 1: A^T X = B ---------------------------------------------- */

static int infer_lu_solve(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  const Tensor *m = in[0], *b = in[2];
  if (matrix_check_square("lu_solve", m) < 0 || matrix_check("lu_solve", b) < 0) return -1;
  if (m->shape[0] != b->shape[0] || m->shape[2] != b->shape[1]) {
    return err_set("lu_solve: shapes %s and %s do not fit", tensor_shape_str(m), tensor_shape_str(b));
  }
  return infer_same(s, in + 2, nin, a);
}
static int fw_lu_solve(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return linalg_lu_solve(out, in[1], in[2], a->matrix.option != 0);
}

/* dB = A^-T d; dA = -dB X^T. Of A^T X = B: dB = A^-1 d; dA = -X dB^T. */
static int bw_lu_solve(Node *n, Tensor *d, Tensor **din) {
  const bool transposed = node_args(n)->matrix.option != 0;
  Tensor *db = fm_op(OP_LU_SOLVE, (Tensor *[]){node_saved(n, 0), node_saved(n, 1), d}, 3,
                     &(OpArgs){.matrix = {0, !transposed, 0, 0}});
  if (!db) return -1;
  if (node_wants(n, 2)) din[2] = db;
  if (!node_wants(n, 0)) return 0;
  Tensor *x = node_out(n);
  Tensor *da = transposed ? fm_bmm(x, fm_t(db)) : fm_bmm(db, fm_t(x));
  return (din[0] = fm_neg(da)) ? 0 : -1;
}
const Op row_LU_SOLVE = {.name = "lu_solve",
                         .nin = 3,
                         .args = OP_ARGS(matrix),
                         .promotes = 7,
                         .floats = true,
                         .save = SAVE_INPUT(0) | SAVE_INPUT(1) | SAVE_OUT,
                         .infer = infer_lu_solve,
                         .forward = fw_lu_solve,
                         .backward = bw_lu_solve};

/* --- inv. MatrixArgs.option 1: a singular matrix is an error, 0: its inverse is inf -------------------------------- */

static int fw_inv(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return linalg_inv(out, in[0], a->matrix.option != 0);
}

/* dA = -Y^T d Y^T */
static int bw_inv(Node *n, Tensor *d, Tensor **din) {
  Tensor *yt = fm_t(node_out(n));
  return (din[0] = fm_neg(fm_bmm(yt, fm_bmm(d, yt)))) ? 0 : -1;
}
const Op row_INV = {.name = "inv",
                    .nin = 1,
                    .args = OP_ARGS(matrix),
                    .promotes = 1,
                    .floats = true,
                    .save = SAVE_OUT,
                    .infer = infer_square,
                    .forward = fw_inv,
                    .backward = bw_inv};
