/*
 * triangular.c - the row for A X = B with a triangular A. MatrixArgs: upper; option 1: ones on the diagonal.
 */
#include "autograd/ops/linalg/matrix.h"
#include "base/err.h"
#include "kernels/linalg/decompositions.h"

static int infer_solve_triangular(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  const Tensor *m = in[0], *b = in[1];
  if (matrix_check_square("solve_triangular", m) < 0 || matrix_check("solve_triangular", b) < 0) return -1;
  if (m->shape[0] != b->shape[0] || m->shape[2] != b->shape[1]) {
    return err_set("solve_triangular: shapes %s and %s do not fit", tensor_shape_str(m), tensor_shape_str(b));
  }
  return infer_same(s, in + 1, nin, a);
}
static int fw_solve_triangular(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return linalg_solve_triangular(out, in[0], in[1], a->matrix.upper != 0, a->matrix.option != 0);
}

/* dB = A^-T d; dA = -dB X^T in A's triangle */
static int bw_solve_triangular(Node *n, Tensor *d, Tensor **din) {
  const MatrixArgs *a = &node_args(n)->matrix;
  Tensor *db = fm_solve_triangular(fm_t(node_saved(n, 0)), d, !a->upper, a->option != 0);
  if (!db) return -1;
  if (node_wants(n, 1)) din[1] = db;
  if (!node_wants(n, 0)) return 0;
  Tensor *da = fm_neg(fm_bmm(db, fm_t(node_out(n))));
  return (din[0] = fm_triangle(da, a->upper != 0, a->option ? 0 : 1)) ? 0 : -1;
}

const Op row_SOLVE_TRIANGULAR = {.name = "solve_triangular",
                                 .nin = 2,
                                 .args = OP_ARGS(matrix),
                                 .promotes = 3,
                                 .floats = true,
                                 .save = SAVE_INPUT(0) | SAVE_OUT,
                                 .infer = infer_solve_triangular,
                                 .forward = fw_solve_triangular,
                                 .backward = bw_solve_triangular};
