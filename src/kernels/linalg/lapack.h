/*
 * lapack.h - the functions of LAPACK that are used, each for float and double under one name.
 *
 * OpenBLAS brings LAPACK with its Fortran interface alone: matrices lie column by column, everything is passed by address,
 * and the length of each string comes behind the other arguments. Here numbers are passed by value. Each function returns
 * LAPACK's info: 0, or a positive number that says what the matrix lacks. A function that ends in _work returns how many
 * elements its `work` must have, and in *iwork, if it takes one, the integers.
 */
#ifndef OPTLAB_KERNELS_LINALG_LAPACK_H
#define OPTLAB_KERNELS_LINALG_LAPACK_H

#include "core/dtype.h"

/* Cholesky factor of the lower triangle, in its place. */
int lapack_potrf(DType dt, int n, void *a);

/* LU factors with pivots of m x n. x <- A^-1 x or A^-T x for k columns; A <- A^-1. */
int lapack_getrf(DType dt, int m, int n, void *a, int *pivot);
int lapack_getrs(DType dt, bool transposed, int n, int k, const void *a, const int *pivot, void *x);
int lapack_getri_work(DType dt, int n);
int lapack_getri(DType dt, int n, void *a, const int *pivot, void *work, int lwork);

/* x <- A^-1 x, A triangular. */
void lapack_trsm(DType dt, bool upper, bool unit, int n, int k, const void *a, void *x);

/* QR: R and reflectors; the first `columns` columns of Q from k reflectors. */
int lapack_qr_work(DType dt, int m, int n, int columns);
int lapack_geqrf(DType dt, int m, int n, void *a, void *tau, void *work, int lwork);
int lapack_orgqr(DType dt, int m, int columns, int k, void *q, const void *tau, void *work, int lwork);

/* Eigenvalues w, and eigenvectors in the place of a, from one triangle of a symmetric matrix. */
int lapack_syevd_work(DType dt, bool vectors, int n, int *iwork);
int lapack_syevd(DType dt, bool vectors, bool upper, int n, void *a, void *w, void *work, int lwork, int *iwork,
                 int liwork);

/* Singular values s, and U and V^T where job is 'S' (the first of them) or 'A' (all). job 'N': neither. iwork has
 * 8 min(m, n). */
int lapack_gesdd_work(DType dt, char job, int m, int n);
int lapack_gesdd(DType dt, char job, int m, int n, void *a, void *s, void *u, void *vt, void *work, int lwork,
                 int *iwork);

/* Eigenvalues wr + i wi, and, unless NULL, right eigenvectors v, of a square matrix. */
int lapack_geev_work(DType dt, bool vectors, int n);
int lapack_geev(DType dt, int n, void *a, void *wr, void *wi, void *v, void *work, int lwork);

/* Least squares of any rank: the first n rows of b (max(m, n), k) become the solution; singular values below rcond of
 * the largest count as 0. pivot has n. */
int lapack_gelsy_work(DType dt, int m, int n, int k);
int lapack_gelsy(DType dt, int m, int n, int k, void *a, void *b, int *pivot, double rcond, int *rank, void *work,
                 int lwork);

/* c <- a b, or a b^T; columns as they lie, leading dimensions lda, ldb, ldc. */
void lapack_gemm(DType dt, bool b_transposed, int m, int n, int k, const void *a, int lda, const void *b, int ldb,
                 void *c, int ldc);

#endif
