/*
 * decompositions.h - decompositions and solutions of every matrix of a batch.
 *
 * Matrices are tensors (batch, rows, columns) of float32 or float64 with any strides; results are row-major. Each function
 * returns -1 with err_set, naming the operation and the matrix, where there is no result.
 */
#ifndef OPTLAB_KERNELS_LINALG_DECOMPOSITIONS_H
#define OPTLAB_KERNELS_LINALG_DECOMPOSITIONS_H

#include "core/tensor.h"

/* A = L L^T; only the lower triangle of A is read. Error: not positive definite. */
int linalg_cholesky(Tensor *out, const Tensor *a);

/* A X = B, A triangular: the other triangle is not read, and with `unit` the diagonal neither. */
int linalg_solve_triangular(Tensor *out, const Tensor *a, const Tensor *b, bool upper, bool unit);

/* P A = L U: out (batch, n n + n) has both factors column by column, and the pivots. Error: singular. */
int linalg_lu_factor(Tensor *out, const Tensor *a);
/* A X = B or, transposed, A^T X = B from what linalg_lu_factor gave. */
int linalg_lu_solve(Tensor *out, const Tensor *lu, const Tensor *b, bool transposed);

/* Error: singular; unless `checked`, the inverse of a singular matrix is all inf. */
int linalg_inv(Tensor *out, const Tensor *a, bool checked);

/* (batch); (batch, 2): sign and log of the absolute value, (0, -inf) where A is singular. */
int linalg_det(Tensor *out, const Tensor *a);
int linalg_slogdet(Tensor *out, const Tensor *a);
/* det A A^-T, also where A is singular: the gradient of det. */
int linalg_cofactors(Tensor *out, const Tensor *a);

#endif
