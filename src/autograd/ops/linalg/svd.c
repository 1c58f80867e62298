/*
 * svd.c - rows for A = U diag(s) V^T: (b, m, n) -> (b, ..), U, s and V^T behind each other; and for s alone, which has no
 * gradient. MatrixArgs.option 1: all columns of U and V, else min(m, n).
 */
#include "autograd/ops/linalg/matrix.h"
#include "kernels/linalg/decompositions.h"

static int64_t least(int64_t m, int64_t n) { return m < n ? m : n; }

static int infer_svd(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  if (matrix_check("svd", in[0]) < 0) return -1;
  const int64_t m = in[0]->shape[1], n = in[0]->shape[2], k = least(m, n);
  const bool full = a->matrix.option != 0;
  shape_rows(s, in[0], m * (full ? m : k) + k + (full ? n : k) * n);
  return 0;
}
static int fw_svd(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return linalg_svd(out, in[0], a->matrix.option != 0);
}

/* U, s and V^T, with min(m, n) columns of U and V. */
typedef struct Factors {
  Tensor *u, *s, *vt;
} Factors;

static Factors factors_of(Tensor *packed, int64_t m, int64_t n, bool full) {
  const int64_t k = least(m, n), columns = full ? m : k, rows = full ? n : k;
  Tensor *u = fm_part(packed, 0, m, columns), *vt = fm_part(packed, m * columns + k, rows, n);
  return (Factors){full ? fm_slice(u, 2, 0, k, 1) : u, fm_part(packed, m * columns, -1, k),
                   full ? fm_slice(vt, 1, 0, k, 1) : vt};
}

static Tensor *skew(Tensor *x) { return fm_sub(x, fm_t(x)); }

/* U (skew(U^T dU) / E S + S skew(V^T dV) / E + diag(ds)) V^T, E_ij = s_j^2 - s_i^2, and, where U or V is not square,
 * (dU - U U^T dU) S^-1 V^T or U S^-1 (dV^T - dV^T V V^T). Of equal singular values nothing; of those that are 0 neither. */
static int bw_svd(Node *node, Tensor *d, Tensor **din) {
  int64_t shape[TENSOR_MAX_DIM];
  node_in_shape(node, 0, shape);
  const int64_t m = shape[1], n = shape[2], k = least(m, n);
  const bool full = node_args(node)->matrix.option != 0;
  const Factors f = factors_of(node_out(node), m, n, full), df = factors_of(d, m, n, full);
  Tensor *square = fm_op1(OP_SQUARE, f.s), *e = fm_sub(fm_unsqueeze(square, 1), fm_unsqueeze(square, 2));
  Tensor *utdu = fm_bmm(fm_t(f.u), df.u), *dvtv = fm_bmm(df.vt, fm_t(f.vt));
  Tensor *of_u = fm_scale_columns(fm_div_or_0(skew(utdu), e), f.s);
  Tensor *of_v = fm_scale_rows(fm_div_or_0(skew(fm_t(dvtv)), e), f.s);
  Tensor *inner = fm_add(fm_add(of_u, of_v), fm_diagonal(df.s)), *left = fm_bmm(f.u, inner);
  if (m > k) left = fm_add(left, fm_div_or_0(fm_sub(df.u, fm_bmm(f.u, utdu)), fm_unsqueeze(f.s, 1)));
  Tensor *da = fm_bmm(left, f.vt);
  if (n > k) {
    Tensor *right = fm_div_or_0(fm_sub(df.vt, fm_bmm(dvtv, f.vt)), fm_unsqueeze(f.s, 2));
    da = fm_add(da, fm_bmm(f.u, right));
  }
  return (din[0] = da) ? 0 : -1;
}

const Op row_SVD = {.name = "svd",
                    .nin = 1,
                    .args = OP_ARGS(matrix),
                    .promotes = 1,
                    .floats = true,
                    .save = SAVE_OUT,
                    .infer = infer_svd,
                    .forward = fw_svd,
                    .backward = bw_svd};

static int infer_svdvals(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  if (matrix_check("svdvals", in[0]) < 0) return -1;
  shape_rows(s, in[0], least(in[0]->shape[1], in[0]->shape[2]));
  return 0;
}
static int fw_svdvals(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  return linalg_svdvals(out, in[0]);
}
const Op row_SVDVALS = {
    .name = "svdvals", .nin = 1, .promotes = 1, .floats = true, .infer = infer_svdvals, .forward = fw_svdvals};
