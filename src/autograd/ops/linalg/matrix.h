/*
 * matrix.h - what the rows on batches of matrices, tensors (batch, rows, columns), share.
 */
#ifndef OPTLAB_AUTOGRAD_OPS_LINALG_MATRIX_H
#define OPTLAB_AUTOGRAD_OPS_LINALG_MATRIX_H

#include "autograd/ops/rows.h"

/* Refuses what is no batch of (square) matrices, by the row's name. */
int matrix_check(const char *name, const Tensor *a);
int matrix_check_square(const char *name, const Tensor *a);

/* Shape rules: the first input's shape, which is a batch of square matrices; one number, or `width` numbers, for each. */
int infer_square(OpShape *s, Tensor *const *in, int nin, const OpArgs *a);
void shape_rows(OpShape *s, const Tensor *a, int64_t width);

/* For formulas. */
Tensor *fm_bmm(Tensor *a, Tensor *b);
Tensor *fm_t(Tensor *a); /* the last two dimensions exchanged */
/* What lies in a triangle, its diagonal times a factor; 0 elsewhere. */
Tensor *fm_triangle(Tensor *a, bool upper, double diagonal);
Tensor *fm_solve_triangular(Tensor *a, Tensor *b, bool upper, bool unit);
Tensor *fm_inv(Tensor *a);
/* Numbers from `start` on of each line of (batch, ..) as rows x columns, or, for rows -1, as vectors (batch, columns). */
Tensor *fm_part(Tensor *packed, int64_t start, int64_t rows, int64_t columns);
Tensor *fm_scale_columns(Tensor *a, Tensor *v); /* a diag(v) for vectors (batch, columns) */
Tensor *fm_scale_rows(Tensor *a, Tensor *v);    /* diag(v) a */
Tensor *fm_diagonal(Tensor *v);                 /* diag(v) */
/* Side by side (dim 2) or one above the other (dim 1). */
Tensor *fm_join(Tensor *a, Tensor *b, int dim);

#endif
