/*
 * qr.c - the row for A = Q R: (b, m, n) -> (b, ..), Q and R behind it. MatrixArgs.option: columns of Q are min(m, n)
 * (QR_REDUCED), m (QR_COMPLETE), or none are computed (QR_R).
 */
#include "autograd/ops/linalg/matrix.h"
#include "base/err.h"
#include "kernels/linalg/decompositions.h"

enum { QR_REDUCED, QR_COMPLETE, QR_R };

static int64_t least(int64_t m, int64_t n) { return m < n ? m : n; }

static int64_t columns_of(int64_t m, int64_t n, int64_t option) {
  return option == QR_R ? 0 : option == QR_COMPLETE ? m : least(m, n);
}

static int infer_qr(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  if (matrix_check("qr", in[0]) < 0) return -1;
  const int64_t m = in[0]->shape[1], n = in[0]->shape[2], columns = columns_of(m, n, a->matrix.option);
  shape_rows(s, in[0], m * columns + (columns ? columns : least(m, n)) * n);
  return 0;
}
static int fw_qr(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return linalg_qr(out, in[0], columns_of(in[0]->shape[1], in[0]->shape[2], a->matrix.option));
}

/* m >= n: (dQ + Q P) R^-T with the symmetric P whose upper triangle is that of dR R^T - Q^T dQ */
static Tensor *tall(Tensor *q, Tensor *r, Tensor *dq, Tensor *dr) {
  Tensor *half = fm_triangle(fm_sub(fm_bmm(dr, fm_t(r)), fm_bmm(fm_t(q), dq)), true, 0.5);
  Tensor *left = fm_add(dq, fm_bmm(q, fm_add(half, fm_t(half))));
  return fm_t(fm_solve_triangular(r, fm_t(left), true, false));
}

/* m < n: Q (dR + (P X^-T, 0)), X the first columns of R, P the lower triangle of S - S^T with S = Q^T dQ - dR R^T */
static Tensor *wide(Tensor *q, Tensor *r, Tensor *dq, Tensor *dr, int64_t m, int64_t n) {
  Tensor *x = fm_slice(r, 2, 0, m, 1), *s = fm_sub(fm_bmm(fm_t(q), dq), fm_bmm(dr, fm_t(r)));
  Tensor *p = fm_triangle(fm_sub(s, fm_t(s)), false, 0);
  Tensor *first = fm_t(fm_solve_triangular(x, fm_t(p), true, false));
  Tensor *padded = fm_op(OP_SLICE_GRAD, &first, 1, &(OpArgs){.slice = {2, 0, m, 1, n}});
  return fm_bmm(q, fm_add(dr, padded));
}

static int bw_qr(Node *n, Tensor *d, Tensor **din) {
  int64_t shape[TENSOR_MAX_DIM];
  const int64_t option = node_args(n)->matrix.option;
  node_in_shape(n, 0, shape);
  const int64_t rows = shape[1], columns = shape[2];
  if (option == QR_R) return err_set("qr: the gradient needs Q, which the mode 'r' does not compute");
  if (option == QR_COMPLETE && rows > columns) {
    return err_set("qr: the mode 'complete' has no gradient where a matrix has more rows than columns");
  }
  const int64_t k = least(rows, columns);
  Tensor *out = node_out(n);
  Tensor *q = fm_part(out, 0, rows, k), *r = fm_part(out, rows * k, k, columns);
  Tensor *dq = fm_part(d, 0, rows, k), *dr = fm_part(d, rows * k, k, columns);
  din[0] = rows >= columns ? tall(q, r, dq, dr) : wide(q, r, dq, dr, rows, columns);
  return din[0] ? 0 : -1;
}

const Op row_QR = {.name = "qr",
                   .nin = 1,
                   .args = OP_ARGS(matrix),
                   .promotes = 1,
                   .floats = true,
                   .save = SAVE_OUT,
                   .infer = infer_qr,
                   .forward = fw_qr,
                   .backward = bw_qr};
