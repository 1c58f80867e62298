/*
 * eigh.c - rows for A = V diag(w) V^T, symmetric: (b, n, n) -> (b, n + n n), w and V behind it; and for w alone, which has
 * no gradient. MatrixArgs.upper: which triangle is read.
 */
#include "autograd/ops/linalg/matrix.h"
#include "kernels/linalg/decompositions.h"

static int infer_eigh(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  if (matrix_check_square("eigh", in[0]) < 0) return -1;
  shape_rows(s, in[0], in[0]->shape[1] + in[0]->shape[1] * in[0]->shape[1]);
  return 0;
}
static int fw_eigh(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return linalg_eigh(out, in[0], true, a->matrix.upper != 0);
}

/* V (diag(dw) + (V^T dV - dV^T V) / 2 E) V^T with E_ij = w_j - w_i; of equal eigenvalues, the diagonal among them, nothing */
static int bw_eigh(Node *n, Tensor *d, Tensor **din) {
  int64_t shape[TENSOR_MAX_DIM];
  node_in_shape(n, 0, shape);
  const int64_t k = shape[1];
  Tensor *out = node_out(n), *w = fm_part(out, 0, -1, k), *v = fm_part(out, k, k, k);
  Tensor *e = fm_sub(fm_unsqueeze(w, 1), fm_unsqueeze(w, 2));
  Tensor *vtdv = fm_bmm(fm_t(v), fm_part(d, k, k, k));
  Tensor *turn = fm_muls(fm_div_or_0(fm_sub(vtdv, fm_t(vtdv)), e), 0.5);
  Tensor *inner = fm_add(turn, fm_diagonal(fm_part(d, 0, -1, k)));
  return (din[0] = fm_bmm(v, fm_bmm(inner, fm_t(v)))) ? 0 : -1;
}

const Op row_EIGH = {.name = "eigh",
                     .nin = 1,
                     .args = OP_ARGS(matrix),
                     .promotes = 1,
                     .floats = true,
                     .save = SAVE_OUT,
                     .infer = infer_eigh,
                     .forward = fw_eigh,
                     .backward = bw_eigh};

static int infer_eigvalsh(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  if (matrix_check_square("eigvalsh", in[0]) < 0) return -1;
  shape_rows(s, in[0], in[0]->shape[1]);
  return 0;
}
static int fw_eigvalsh(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return linalg_eigh(out, in[0], false, a->matrix.upper != 0);
}
const Op row_EIGVALSH = {.name = "eigvalsh",
                         .nin = 1,
                         .args = OP_ARGS(matrix),
                         .promotes = 1,
                         .floats = true,
                         .infer = infer_eigvalsh,
                         .forward = fw_eigvalsh};
