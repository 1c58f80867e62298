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

#endif
