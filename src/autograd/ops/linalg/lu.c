/*
 * lu.c - rows for A = P L U of matrices of any shape, with a gradient, and for P.
 *
 * lu: (b, m, n) -> (b, m n + k), k = min(m, n): L below the diagonal, whose own is 1, and U from it on, row by row;
 * then the pivots, from 1. MatrixArgs.option 1: rows are exchanged. lu_permutation: (b, k) pivots -> (b, m, m), m being
 * MatrixArgs.option.
 */
#include "autograd/ops/linalg/matrix.h"
#include "kernels/linalg/decompositions.h"

static int64_t least(int64_t m, int64_t n) { return m < n ? m : n; }

static int infer_lu(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  if (matrix_check("lu", in[0]) < 0) return -1;
  const int64_t m = in[0]->shape[1], n = in[0]->shape[2];
  shape_rows(s, in[0], m * n + least(m, n));
  return 0;
}
static int fw_lu(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return linalg_lu(out, in[0], a->matrix.option != 0);
}

/* --- backward ----------------------------------------------------------------------------------------------------- */

/* What lies on and above diagonal `offset`, or on and below it. */
static Tensor *part_above(Tensor *x, int64_t offset) {
  return fm_op(OP_TRI, &x, 1, &(OpArgs){.diagonal = {{0, 0}, offset, 1, {0, 0}}});
}
static Tensor *part_below(Tensor *x, int64_t offset) {
  return fm_op(OP_TRI, &x, 1, &(OpArgs){.diagonal = {{0, 0}, offset, 0, {0, 0}}});
}

/* L^T d for the strict lower part d of a gradient: L is `lower` with ones on the diagonal. */
static Tensor *times_lower(Tensor *lower, Tensor *d, int64_t k) {
  return fm_add(fm_bmm(fm_t(lower), d), fm_slice(d, 1, 0, k, 1));
}

/* x U^-T and L^-T x */
static Tensor *by_upper(Tensor *x, Tensor *square) { return fm_t(fm_solve_triangular(square, fm_t(x), true, false)); }
static Tensor *by_lower(Tensor *x, Tensor *square) { return fm_solve_triangular(fm_t(square), x, true, true); }

/* m <= n: L^-T (tril(L^T dL - dU U^T, -1) U1^-T + triu(dU1), dU2), where U1 and dU1 are square */
static Tensor *wide(Tensor *lu, Tensor *d, int64_t m, int64_t n) {
  Tensor *square = fm_slice(lu, 2, 0, m, 1), *dl = part_below(fm_slice(d, 2, 0, m, 1), -1), *du = part_above(d, 0);
  Tensor *inner = fm_sub(times_lower(part_below(square, -1), dl, m), fm_bmm(du, fm_t(part_above(lu, 0))));
  Tensor *x = fm_add(by_upper(part_below(inner, -1), square), fm_slice(du, 2, 0, m, 1));
  if (x && n > m) x = fm_join(x, fm_slice(du, 2, m, n - m, 1), 2);
  return by_lower(x, square);
}

/* m > n: (L1^-T triu(dU U^T - L^T dL) + dL1, dL2) U^-T, one above the other */
static Tensor *tall(Tensor *lu, Tensor *d, int64_t m, int64_t n) {
  Tensor *square = fm_slice(lu, 1, 0, n, 1), *dl = part_below(d, -1), *du = part_above(fm_slice(d, 1, 0, n, 1), 0);
  Tensor *inner = fm_sub(fm_bmm(du, fm_t(part_above(square, 0))), times_lower(part_below(lu, -1), dl, n));
  Tensor *x = fm_add(by_lower(part_above(inner, 0), square), fm_slice(dl, 1, 0, n, 1));
  return by_upper(fm_join(x, fm_slice(dl, 1, n, m - n, 1), 1), square);
}

static int bw_lu(Node *n, Tensor *d, Tensor **din) {
  int64_t shape[TENSOR_MAX_DIM];
  node_in_shape(n, 0, shape);
  const int64_t rows = shape[1], columns = shape[2];
  Tensor *out = node_out(n), *lu = fm_part(out, 0, rows, columns);
  Tensor *pivots = fm_part(out, rows * columns, -1, least(rows, columns)), *dlu = fm_part(d, 0, rows, columns);
  if (!lu || !pivots || !dlu) return -1;
  Tensor *x = rows <= columns ? wide(lu, dlu, rows, columns) : tall(lu, dlu, rows, columns);
  if (x && node_args(n)->matrix.option) {
    x = fm_bmm(fm_op(OP_LU_PERMUTATION, &pivots, 1, &(OpArgs){.matrix = {0, rows, 0, 0}}), x);
  }
  return (din[0] = x) ? 0 : -1;
}
const Op row_LU = {.name = "lu",
                   .nin = 1,
                   .args = OP_ARGS(matrix),
                   .promotes = 1,
                   .floats = true,
                   .save = SAVE_OUT,
                   .infer = infer_lu,
                   .forward = fw_lu,
                   .backward = bw_lu};

/* --- lu_permutation ----------------------------------------------------------------------------------------------- */

static int infer_permutation(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  s->dtype = (DType)in[0]->dtype;
  s->ndim = 3;
  s->shape[0] = in[0]->shape[0];
  s->shape[1] = s->shape[2] = a->matrix.option;
  return 0;
}
static int fw_permutation(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  return linalg_lu_permutation(out, in[0]);
}
const Op row_LU_PERMUTATION = {
    .name = "lu_permutation", .nin = 1, .args = OP_ARGS(matrix), .infer = infer_permutation, .forward = fw_permutation};
