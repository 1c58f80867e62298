/*
 * matrix.c - shape rules and formulas on batches of matrices, and the row for their triangles.
 */
#include "autograd/ops/linalg/matrix.h"

#include <string.h>

#include "base/err.h"

int matrix_check(const char *name, const Tensor *a) {
  return a->ndim == 3 ? 0 : err_set("%s: shape %s is no batch of matrices", name, tensor_shape_str(a));
}

int matrix_check_square(const char *name, const Tensor *a) {
  if (matrix_check(name, a) < 0) return -1;
  if (a->shape[1] == a->shape[2]) return 0;
  return err_set("%s: matrices of %lld x %lld are not square", name, (long long)a->shape[1], (long long)a->shape[2]);
}

int infer_square(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  return matrix_check_square("matrix", in[0]) < 0 ? -1 : infer_same(s, in, nin, a);
}

void shape_rows(OpShape *s, const Tensor *a, int64_t width) {
  s->dtype = (DType)a->dtype;
  s->ndim = width < 0 ? 1 : 2;
  s->shape[0] = a->shape[0];
  s->shape[1] = width;
}

Tensor *fm_bmm(Tensor *a, Tensor *b) { return fm_op2(OP_BMM, a, b); }
Tensor *fm_t(Tensor *a) { return fm_transpose(a, 1, 2); }

Tensor *fm_triangle(Tensor *a, bool upper, double diagonal) {
  return fm_op(OP_TRIANGLE, &a, 1, &(OpArgs){.matrix = {upper, 0, diagonal, 0}});
}

Tensor *fm_solve_triangular(Tensor *a, Tensor *b, bool upper, bool unit) {
  return fm_op(OP_SOLVE_TRIANGULAR, (Tensor *[]){a, b}, 2, &(OpArgs){.matrix = {upper, unit, 0, 0}});
}

Tensor *fm_inv(Tensor *a) { return fm_op(OP_INV, &a, 1, &(OpArgs){.matrix = {0, 1, 0, 0}}); }

Tensor *fm_part(Tensor *packed, int64_t start, int64_t rows, int64_t columns) {
  if (!packed) return NULL;
  const bool vector = rows < 0;
  Tensor *part = fm_slice(packed, 1, start, (vector ? 1 : rows) * columns, 1);
  return fm_reshape(part, vector ? 2 : 3, (int64_t[]){packed->shape[0], vector ? columns : rows, columns});
}

Tensor *fm_scale_columns(Tensor *a, Tensor *v) { return fm_mul(a, fm_unsqueeze(v, 1)); }
Tensor *fm_scale_rows(Tensor *a, Tensor *v) { return fm_mul(a, fm_unsqueeze(v, 2)); }

/* What both triangles of a matrix of such rows have in common. */
Tensor *fm_diagonal(Tensor *v) {
  if (!v) return NULL;
  const int64_t n = v->shape[1];
  Tensor *rows = fm_expand(fm_unsqueeze(v, 1), 3, (int64_t[]){v->shape[0], n, n});
  return fm_triangle(fm_triangle(rows, true, 1), false, 1);
}

Tensor *fm_join(Tensor *a, Tensor *b, int dim) {
  return fm_op(OP_CAT, (Tensor *[]){a, b}, 2, &(OpArgs){.along = {.dim = dim}});
}

/* --- triangle: MatrixArgs.upper, and .number for the diagonal ------------------------------------------------------ */

#define KEEP_TRIANGLE(name, T)                                                                   \
  static void name(const Tensor *x, Tensor *out, bool upper, double diagonal) {                  \
    T *to = tensor_data(out);                                                                    \
    const int64_t n = out->shape[2];                                                             \
    for (int64_t b = 0; b < out->shape[0]; b++) {                                                \
      const T *from = (const T *)tensor_data(x) + b * x->stride[0];                              \
      for (int64_t i = 0; i < out->shape[1]; i++, to += n) {                                     \
        const int64_t first = upper ? i : 0, end = upper || i + 1 > n ? n : i + 1;               \
        memset(to, 0, (size_t)n * sizeof(T));                                                    \
        for (int64_t j = first; j < end; j++) to[j] = from[i * x->stride[1] + j * x->stride[2]]; \
        if (i < n) to[i] *= (T)diagonal;                                                         \
      }                                                                                          \
    }                                                                                            \
  }
KEEP_TRIANGLE(keep_f32, float)
KEEP_TRIANGLE(keep_f64, double)

static int infer_triangle(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  return matrix_check("triangle", in[0]) < 0 ? -1 : infer_same(s, in, nin, a);
}
static int fw_triangle(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  if (out->numel == 0) return 0;
  (out->dtype == DT_F32 ? keep_f32 : keep_f64)(in[0], out, a->matrix.upper != 0, a->matrix.number);
  return 0;
}
static int bw_triangle(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = fm_op(OP_TRIANGLE, &d, 1, node_args(n))) ? 0 : -1;
}
const Op row_TRIANGLE = {.name = "triangle",
                         .nin = 1,
                         .args = OP_ARGS(matrix),
                         .promotes = 1,
                         .floats = true,
                         .infer = infer_triangle,
                         .forward = fw_triangle,
                         .backward = bw_triangle};
