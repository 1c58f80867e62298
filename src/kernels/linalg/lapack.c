/*
 * lapack.c - calls of LAPACK's Fortran interface.
 */
#include "kernels/linalg/lapack.h"

#include <cblas.h>
#include <stddef.h>

/* Declares sNAME_ and dNAME_. */
#define FORTRAN(name, ...)             \
  extern void s##name##_(__VA_ARGS__); \
  extern void d##name##_(__VA_ARGS__);

FORTRAN(potrf, const char *, const int *, void *, const int *, int *, size_t)
FORTRAN(getrf, const int *, const int *, void *, const int *, int *, int *)
FORTRAN(getrs, const char *, const int *, const int *, const void *, const int *, const int *, void *, const int *,
        int *, size_t)
FORTRAN(getri, const int *, void *, const int *, const int *, void *, const int *, int *)
FORTRAN(geqrf, const int *, const int *, void *, const int *, void *, void *, const int *, int *)
FORTRAN(orgqr, const int *, const int *, const int *, void *, const int *, const void *, void *, const int *, int *)
FORTRAN(syevd, const char *, const char *, const int *, void *, const int *, void *, void *, const int *, int *,
        const int *, int *, size_t, size_t)
FORTRAN(gesdd, const char *, const int *, const int *, void *, const int *, void *, void *, const int *, void *,
        const int *, void *, const int *, int *, int *, size_t)
FORTRAN(geev, const char *, const char *, const int *, void *, const int *, void *, void *, void *, const int *, void *,
        const int *, void *, const int *, int *, size_t, size_t)
FORTRAN(gelsy, const int *, const int *, const int *, void *, const int *, void *, const int *, int *, const void *,
        int *, void *, const int *, int *)

#define CALL(dt, name, ...) ((dt) == DT_F32 ? s##name##_(__VA_ARGS__) : d##name##_(__VA_ARGS__)) /* both are void */

static int at_least_1(int n) { return n > 1 ? n : 1; }

/* One element of a dtype, and what a query for work has left in it. */
typedef union Element {
  float f;
  double d;
} Element;

static int size_in(DType dt, Element e) {
  const double size = dt == DT_F32 ? (double)e.f : e.d;
  return at_least_1((int)(dt == DT_F32 ? size * (1 + 0x1p-22) + 1 : size)); /* a float may have lost its last digits */
}

static const int QUERY = -1, ONE = 1;

/* --- factorizations ------------------------------------------------------------------------------------------------ */

int lapack_potrf(DType dt, int n, void *a) {
  int info = 0;
  const int ld = at_least_1(n);
  CALL(dt, potrf, "L", &n, a, &ld, &info, 1);
  return info;
}

int lapack_getrf(DType dt, int m, int n, void *a, int *pivot) {
  int info = 0;
  const int ld = at_least_1(m);
  CALL(dt, getrf, &m, &n, a, &ld, pivot, &info);
  return info;
}

int lapack_getrs(DType dt, bool transposed, int n, int k, const void *a, const int *pivot, void *x) {
  int info = 0;
  const int ld = at_least_1(n);
  CALL(dt, getrs, transposed ? "T" : "N", &n, &k, a, &ld, pivot, x, &ld, &info, 1);
  return info;
}

int lapack_getri_work(DType dt, int n) {
  Element work = {0};
  int info = 0, pivot = 0;
  const int ld = at_least_1(n);
  CALL(dt, getri, &n, NULL, &ld, &pivot, &work, &QUERY, &info);
  return size_in(dt, work);
}

int lapack_getri(DType dt, int n, void *a, const int *pivot, void *work, int lwork) {
  int info = 0;
  const int ld = at_least_1(n);
  CALL(dt, getri, &n, a, &ld, pivot, work, &lwork, &info);
  return info;
}

void lapack_trsm(DType dt, bool upper, bool unit, int n, int k, const void *a, void *x) {
  const CBLAS_UPLO uplo = upper ? CblasUpper : CblasLower;
  const CBLAS_DIAG diag = unit ? CblasUnit : CblasNonUnit;
  const int ld = at_least_1(n);
  if (dt == DT_F32) {
    cblas_strsm(CblasColMajor, CblasLeft, uplo, CblasNoTrans, diag, n, k, 1.0f, a, ld, x, ld);
  } else {
    cblas_dtrsm(CblasColMajor, CblasLeft, uplo, CblasNoTrans, diag, n, k, 1.0, a, ld, x, ld);
  }
}

int lapack_qr_work(DType dt, int m, int n, int columns) {
  Element work = {0}, tau = {0};
  int info = 0;
  const int ld = at_least_1(m), k = m < n ? m : n;
  CALL(dt, geqrf, &m, &n, NULL, &ld, &tau, &work, &QUERY, &info);
  const int first = size_in(dt, work);
  CALL(dt, orgqr, &m, &columns, &k, NULL, &ld, &tau, &work, &QUERY, &info);
  const int second = size_in(dt, work);
  return first > second ? first : second;
}

int lapack_geqrf(DType dt, int m, int n, void *a, void *tau, void *work, int lwork) {
  int info = 0;
  const int ld = at_least_1(m);
  CALL(dt, geqrf, &m, &n, a, &ld, tau, work, &lwork, &info);
  return info;
}

int lapack_orgqr(DType dt, int m, int columns, int k, void *q, const void *tau, void *work, int lwork) {
  int info = 0;
  const int ld = at_least_1(m);
  CALL(dt, orgqr, &m, &columns, &k, q, &ld, tau, work, &lwork, &info);
  return info;
}

/* --- eigenvalues and singular values ------------------------------------------------------------------------------- */

int lapack_syevd_work(DType dt, bool vectors, int n, int *iwork) {
  Element work = {0}, w = {0};
  int info = 0;
  const int ld = at_least_1(n);
  CALL(dt, syevd, vectors ? "V" : "N", "L", &n, NULL, &ld, &w, &work, &QUERY, iwork, &QUERY, &info, 1, 1);
  *iwork = at_least_1(*iwork);
  return size_in(dt, work);
}

int lapack_syevd(DType dt, bool vectors, bool upper, int n, void *a, void *w, void *work, int lwork, int *iwork,
                 int liwork) {
  int info = 0;
  const int ld = at_least_1(n);
  CALL(dt, syevd, vectors ? "V" : "N", upper ? "U" : "L", &n, a, &ld, w, work, &lwork, iwork, &liwork, &info, 1, 1);
  return info;
}

static int least(int m, int n) { return m < n ? m : n; }

int lapack_gesdd_work(DType dt, char job, int m, int n) {
  Element work = {0}, s = {0};
  int info = 0, iwork = 0;
  const int ld = at_least_1(m), ldvt = at_least_1(job == 'A' ? n : least(m, n));
  CALL(dt, gesdd, &job, &m, &n, NULL, &ld, &s, NULL, &ld, NULL, &ldvt, &work, &QUERY, &iwork, &info, 1);
  return size_in(dt, work);
}

int lapack_gesdd(DType dt, char job, int m, int n, void *a, void *s, void *u, void *vt, void *work, int lwork,
                 int *iwork) {
  int info = 0;
  const int ld = at_least_1(m), ldvt = at_least_1(job == 'A' ? n : least(m, n));
  CALL(dt, gesdd, &job, &m, &n, a, &ld, s, u, &ld, vt, &ldvt, work, &lwork, iwork, &info, 1);
  return info;
}

int lapack_geev_work(DType dt, bool vectors, int n) {
  Element work = {0}, w = {0};
  int info = 0;
  const int ld = at_least_1(n);
  CALL(dt, geev, "N", vectors ? "V" : "N", &n, NULL, &ld, &w, &w, NULL, &ONE, NULL, &ld, &work, &QUERY, &info, 1, 1);
  return size_in(dt, work);
}

int lapack_geev(DType dt, int n, void *a, void *wr, void *wi, void *v, void *work, int lwork) {
  int info = 0;
  const int ld = at_least_1(n);
  CALL(dt, geev, "N", v ? "V" : "N", &n, a, &ld, wr, wi, NULL, &ONE, v, &ld, work, &lwork, &info, 1, 1);
  return info;
}

/* --- least squares, products --------------------------------------------------------------------------------------- */

int lapack_gelsy_work(DType dt, int m, int n, int k) {
  Element work = {0}, rcond = {0};
  int info = 0, pivot = 0, rank = 0;
  const int lda = at_least_1(m), ldb = at_least_1(m > n ? m : n);
  CALL(dt, gelsy, &m, &n, &k, NULL, &lda, NULL, &ldb, &pivot, &rcond, &rank, &work, &QUERY, &info);
  return size_in(dt, work);
}

int lapack_gelsy(DType dt, int m, int n, int k, void *a, void *b, int *pivot, double rcond, int *rank, void *work,
                 int lwork) {
  Element limit = {0};
  int info = 0;
  const int lda = at_least_1(m), ldb = at_least_1(m > n ? m : n);
  if (dt == DT_F32) {
    limit.f = (float)rcond;
  } else {
    limit.d = rcond;
  }
  CALL(dt, gelsy, &m, &n, &k, a, &lda, b, &ldb, pivot, &limit, rank, work, &lwork, &info);
  return info;
}

void lapack_gemm(DType dt, bool b_transposed, int m, int n, int k, const void *a, int lda, const void *b, int ldb,
                 void *c, int ldc) {
  const CBLAS_TRANSPOSE tb = b_transposed ? CblasTrans : CblasNoTrans;
  if (dt == DT_F32) {
    cblas_sgemm(CblasColMajor, CblasNoTrans, tb, m, n, k, 1.0f, a, lda, b, ldb, 0.0f, c, ldc);
  } else {
    cblas_dgemm(CblasColMajor, CblasNoTrans, tb, m, n, k, 1.0, a, lda, b, ldb, 0.0, c, ldc);
  }
}
