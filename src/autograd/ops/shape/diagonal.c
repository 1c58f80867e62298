/*
 * diagonal.c - rows for diagonals of matrices and for their triangles.
 */
#include <string.h>

#include "autograd/ops/rows.h"
#include "base/err.h"

/* --- diagonal: the other dimensions, then the diagonal; a view ---------------------------------------------------- */

/* Elements of the diagonal of an m x n matrix. */
static int64_t length_of(int64_t m, int64_t n, int64_t offset) {
  const int64_t rows = offset < 0 ? m + offset : m, columns = offset > 0 ? n - offset : n;
  const int64_t least = rows < columns ? rows : columns;
  return least > 0 ? least : 0;
}

static int infer_diagonal(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const Tensor *x = in[0];
  const int64_t *dim = a->diagonal.dim;
  s->dtype = (DType)x->dtype;
  if (dim[0] < 0 || dim[1] < 0 || dim[0] >= x->ndim || dim[1] >= x->ndim || dim[0] == dim[1]) {
    return err_set("diagonal: dimensions %lld and %lld of shape %s", (long long)dim[0] + 1, (long long)dim[1] + 1,
                   tensor_shape_str(x));
  }
  s->ndim = 0;
  for (int d = 0; d < x->ndim; d++) {
    if (d != dim[0] && d != dim[1]) s->shape[s->ndim++] = x->shape[d];
  }
  s->shape[s->ndim++] = length_of(x->shape[dim[0]], x->shape[dim[1]], a->diagonal.offset);
  return 0;
}

static Tensor *diagonal_window(const Tensor *x, int ndim, const int64_t *shape, const DiagonalArgs *a) {
  int64_t stride[TENSOR_MAX_DIM], offset = x->offset;
  int n = 0;
  for (int d = 0; d < x->ndim; d++) {
    if (d != a->dim[0] && d != a->dim[1]) stride[n++] = x->stride[d];
  }
  stride[n] = x->stride[a->dim[0]] + x->stride[a->dim[1]];
  if (shape[n] > 0) offset += a->offset < 0 ? -a->offset * x->stride[a->dim[0]] : a->offset * x->stride[a->dim[1]];
  return tensor_view(x, ndim, shape, stride, offset);
}

static Tensor *view_diagonal(const OpShape *s, Tensor *x, const OpArgs *a) {
  return diagonal_window(x, s->ndim, s->shape, &a->diagonal);
}
static int bw_diagonal(Node *n, Tensor *d, Tensor **din) {
  OpArgs a = *node_args(n);
  int64_t shape[TENSOR_MAX_DIM];
  node_in_shape(n, 0, shape);
  for (int i = 0; i < 2; i++) a.diagonal.size[i] = shape[a.diagonal.dim[i]];
  return (din[0] = fm_op(OP_DIAGONAL_GRAD, &d, 1, &a)) ? 0 : -1;
}
static Tensor *part_diagonal(const Node *n, Tensor *whole) {
  OpShape s;
  const OpArgs *a = node_args(n);
  return infer_diagonal(&s, &whole, 1, a) < 0 ? NULL : diagonal_window(whole, s.ndim, s.shape, &a->diagonal);
}
const Op row_DIAGONAL = {.name = "diagonal",
                         .nin = 1,
                         .args = OP_ARGS(diagonal),
                         .infer = infer_diagonal,
                         .view = view_diagonal,
                         .backward = bw_diagonal,
                         .part = part_diagonal};

/* --- diagonal_grad: zeros but for the diagonal, which is the input's last dimension ------------------------------- */

static int infer_diagonal_grad(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const Tensor *x = in[0];
  const DiagonalArgs *g = &a->diagonal;
  s->dtype = (DType)x->dtype;
  s->ndim = x->ndim + 1;
  if (s->ndim > TENSOR_MAX_DIM) return err_set("diagonal_grad: a tensor has at most %d dimensions", TENSOR_MAX_DIM);
  const bool sane = x->ndim > 0 && g->dim[0] >= 0 && g->dim[1] >= 0 && g->dim[0] < s->ndim && g->dim[1] < s->ndim;
  if (!sane || g->dim[0] == g->dim[1] || length_of(g->size[0], g->size[1], g->offset) != x->shape[x->ndim - 1]) {
    return err_set("diagonal_grad: shape %s is no diagonal of matrices of these sizes", tensor_shape_str(x));
  }
  for (int d = 0, from = 0; d < s->ndim; d++) {
    s->shape[d] = d == g->dim[0] ? g->size[0] : d == g->dim[1] ? g->size[1] : x->shape[from++];
  }
  return 0;
}
static int fw_diagonal_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  tensor_fill_(out, 0);
  Tensor *window = diagonal_window(out, in[0]->ndim, in[0]->shape, &a->diagonal);
  const int rc = window ? tensor_copy_(window, in[0]) : -1;
  tensor_release(window);
  return rc;
}
static int bw_diagonal_grad(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = fm_op(OP_DIAGONAL, &d, 1, node_args(n))) ? 0 : -1;
}
const Op row_DIAGONAL_GRAD = {.name = "diagonal_grad",
                              .nin = 1,
                              .args = OP_ARGS(diagonal),
                              .infer = infer_diagonal_grad,
                              .forward = fw_diagonal_grad,
                              .backward = bw_diagonal_grad};

/* --- tri: 0 on one side of a diagonal ------------------------------------------------------------------------ */

static int infer_tri(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  if (in[0]->ndim < 2) return err_set("tri: shape %s has no matrices", tensor_shape_str(in[0]));
  return infer_same(s, in, nin, a);
}

/* Sets elements first..last-1 of a row to 0. */
static void clear(char *row, int64_t first, int64_t last, size_t size) {
  if (last > first) memset(row + (size_t)first * size, 0, (size_t)(last - first) * size);
}
static int64_t within(int64_t i, int64_t n) { return i < 0 ? 0 : i > n ? n : i; }

static int fw_tri(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  if (tensor_copy_(out, in[0]) < 0) return -1;
  const int64_t m = out->shape[out->ndim - 2], n = out->shape[out->ndim - 1];
  const size_t size = dtype_size((DType)out->dtype);
  char *row = tensor_data(out);
  for (int64_t i = 0; n > 0 && i < out->numel / n; i++, row += (size_t)n * size) {
    const int64_t at = i % m + a->diagonal.offset; /* where the diagonal is in this row */
    if (a->diagonal.upper) {
      clear(row, 0, within(at, n), size);
    } else {
      clear(row, within(at + 1, n), n, size);
    }
  }
  return 0;
}
static int bw_tri(Node *n, Tensor *d, Tensor **din) { return (din[0] = fm_op(OP_TRI, &d, 1, node_args(n))) ? 0 : -1; }
const Op row_TRI = {
    .name = "tri", .nin = 1, .args = OP_ARGS(diagonal), .infer = infer_tri, .forward = fw_tri, .backward = bw_tri};
