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

/* P A = L U, whether singular or not, of any shape: out (batch, m n + k), k = min(m, n), has both factors row by row and the
 * pivots, from 1; those of a `pivot` of false are 1, 2, ... */
int linalg_lu(Tensor *out, const Tensor *a, bool pivot);
/* P of A = P L U (batch, m, m), from pivots (batch, k). */
int linalg_lu_permutation(Tensor *out, const Tensor *pivots);

/* Error: singular; unless `checked`, the inverse of a singular matrix is all inf. */
int linalg_inv(Tensor *out, const Tensor *a, bool checked);

/* (batch); (batch, 2): sign and log of the absolute value, (0, -inf) where A is singular. */
int linalg_det(Tensor *out, const Tensor *a);
int linalg_slogdet(Tensor *out, const Tensor *a);
/* det A A^-T, also where A is singular: the gradient of det. */
int linalg_cofactors(Tensor *out, const Tensor *a);

/* A = Q R: out (batch, ..) has m x columns of Q, none, min(m, n) or m of them, and R with as many rows, but min(m, n)
 * where there are none. */
int linalg_qr(Tensor *out, const Tensor *a, int64_t columns);

/* A = V diag(w) V^T of one triangle of a symmetric A: out (batch, n + n n) has w in ascending order, and V; or, without
 * vectors, w alone. */
int linalg_eigh(Tensor *out, const Tensor *a, bool vectors, bool upper);

/* A V = V diag(w) of any square A: out (batch, 2 n + 2 n n) has the real and the imaginary parts of w, and those of V; or,
 * without vectors, w alone. */
int linalg_eig(Tensor *out, const Tensor *a, bool vectors);

/* A = U diag(s) V^T: out (batch, ..) has U, s in descending order, and V^T; with all m and n columns of U and V, or with
 * min(m, n) of them. linalg_svdvals: s alone. */
int linalg_svd(Tensor *out, const Tensor *a, bool full);
int linalg_svdvals(Tensor *out, const Tensor *a);

/* The pseudoinverse: singular values up to the larger of atol and rtol times the largest count as 0. */
int linalg_pinv(Tensor *out, const Tensor *a, double atol, double rtol);

/* The shortest X of those that minimise |A X - B|: out (batch, n k + 1) has X, and the rank of A, of which singular values
 * below rcond times the largest count as 0. */
int linalg_lstsq(Tensor *out, const Tensor *a, const Tensor *b, double rcond);

/* The exponential of a square matrix. */
int linalg_matrix_exp(Tensor *out, const Tensor *a);

#endif
