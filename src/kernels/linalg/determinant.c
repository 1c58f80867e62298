/*
 * determinant.c - det A, sign and log |det A|, and the cofactors.
 *
 * The cofactors are det A A^-T where the pivots of A say that it is not near a singular matrix. Otherwise they come from
 * the singular values: A = U S V^T has the cofactors det U det V U S* V^T, where the diagonal of S* holds the products of
 * all singular values but one.
 */
#include <float.h>
#include <math.h>

#include "base/err.h"
#include "kernels/linalg/batch.h"
#include "kernels/linalg/decompositions.h"
#include "kernels/linalg/lapack.h"

typedef struct Parts {
  void *a, *u, *v, *c, *s, *work; /* all but the first: of cofactors */
  int *pivot;                     /* and LAPACK's integers */
} Parts;

static size_t carve(const Batch *b, char *memory, void *parts) {
  Parts local, *p = parts ? parts : &local;
  const size_t size = dtype_size(b->dtype), n = (size_t)b->n, square = n * n * size, more = b->lwork > 0;
  size_t used = 0;
  p->a = batch_carve(memory, &used, square);
  p->pivot = batch_carve(memory, &used, 9 * n * sizeof(int));
  p->u = batch_carve(memory, &used, more * square);
  p->v = batch_carve(memory, &used, more * square);
  p->c = batch_carve(memory, &used, more * square);
  p->s = batch_carve(memory, &used, more * n * size);
  p->work = batch_carve(memory, &used, (size_t)b->lwork * size);
  return used;
}

static double get(DType dt, const void *x, int64_t i) {
  return dt == DT_F32 ? (double)((const float *)x)[i] : ((const double *)x)[i];
}

static void put(DType dt, void *x, int64_t i, double value) {
  if (dt == DT_F32) {
    ((float *)x)[i] = (float)value;
  } else {
    ((double *)x)[i] = value;
  }
}

/* Element i of the diagonal. */
static double diagonal(const Batch *b, const void *a, int64_t i) { return get(b->dtype, a, i * b->n + i); }

/* 1 or -1: of the rows that the pivots exchange. */
static double parity(const int *pivot, int n) {
  double sign = 1;
  for (int i = 0; i < n; i++) sign = pivot[i] != i + 1 ? -sign : sign;
  return sign;
}

/* The LU factors of matrix i in p->a; without rows or columns there is nothing to do. */
static void factor(const Batch *b, int64_t i, const Parts *p) {
  if (b->n == 0) return;
  batch_load(b->in[0], i, b->n, b->n, p->a, b->n);
  lapack_getrf(b->dtype, b->n, b->n, p->a, p->pivot); /* a pivot of 0 is a determinant of 0 */
}

static double determinant(const Batch *b, const Parts *p) {
  double det = parity(p->pivot, b->n);
  for (int j = 0; j < b->n; j++) det *= diagonal(b, p->a, j);
  return det;
}

static int det_one(const Batch *b, int64_t i, char *memory) {
  Parts p;
  carve(b, memory, &p);
  factor(b, i, &p);
  put(b->dtype, tensor_data(b->out), i, determinant(b, &p));
  return 0;
}

static int slogdet_one(const Batch *b, int64_t i, char *memory) {
  Parts p;
  carve(b, memory, &p);
  factor(b, i, &p);
  double sign = parity(p.pivot, b->n), sum = 0;
  for (int j = 0; j < b->n; j++) {
    const double x = diagonal(b, p.a, j);
    sign *= x > 0 ? 1 : x < 0 ? -1 : x; /* nan stays nan */
    sum += log(fabs(x));
  }
  put(b->dtype, tensor_data(b->out), 2 * i, sign);
  put(b->dtype, tensor_data(b->out), 2 * i + 1, sum);
  return 0;
}

/* --- cofactors ----------------------------------------------------------------------------------------------------- */

static bool is_far_from_singular(const Batch *b, const void *lu) {
  double least = INFINITY, most = 0;
  for (int j = 0; j < b->n; j++) {
    const double x = fabs(diagonal(b, lu, j));
    least = x < least ? x : least;
    most = x > most ? x : most;
  }
  return least > most * b->n * 16 * (b->dtype == DT_F32 ? (double)FLT_EPSILON : DBL_EPSILON);
}

/* c = det A A^-T, column by column: the rows of the inverse, which is computed in the place of the factors. */
static void cofactors_by_inverse(const Batch *b, const Parts *p) {
  const double det = determinant(b, p);
  const int64_t n = b->n;
  lapack_getri(b->dtype, b->n, p->a, p->pivot, p->work, b->lwork);
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; j < n; j++) put(b->dtype, p->c, i + j * n, det * get(b->dtype, p->a, j + i * n));
  }
}

/* The determinant of an orthogonal matrix, which is lost. */
static double orientation(const Batch *b, void *q, int *pivot) {
  lapack_getrf(b->dtype, b->n, b->n, q, pivot);
  double sign = parity(pivot, b->n);
  for (int j = 0; j < b->n; j++) sign = diagonal(b, q, j) < 0 ? -sign : sign;
  return sign;
}

/* The product of all singular values but number j. */
static double others(const Batch *b, const void *s, int j) {
  double product = 1;
  for (int i = 0; i < b->n; i++) product *= i == j ? 1 : get(b->dtype, s, i);
  return product;
}

static int cofactors_by_svd(const Batch *b, int64_t i, const Parts *p) {
  const int64_t n = b->n;
  batch_load(b->in[0], i, n, n, p->a, n);
  if (!batch_is_finite(b->dtype, p->a, n * n)) return BATCH_NOT_FINITE;
  const int info = lapack_gesdd(b->dtype, 'A', b->n, b->n, p->a, p->s, p->u, p->v, p->work, b->lwork, p->pivot);
  if (info != 0) return info;
  for (int64_t j = 0; j < n; j++) { /* a = U S*, of which each column has a factor */
    const double factor_j = others(b, p->s, (int)j);
    for (int64_t k = 0; k < n; k++) put(b->dtype, p->a, k + j * n, factor_j * get(b->dtype, p->u, k + j * n));
  }
  lapack_gemm(b->dtype, false, b->n, b->n, b->n, p->a, b->n, p->v, b->n, p->c, b->n);
  const double sign = orientation(b, p->u, p->pivot) * orientation(b, p->v, p->pivot);
  for (int64_t k = 0; k < n * n; k++) put(b->dtype, p->c, k, sign * get(b->dtype, p->c, k));
  return 0;
}

static int cofactors_one(const Batch *b, int64_t i, char *memory) {
  Parts p;
  int info = 0;
  carve(b, memory, &p);
  factor(b, i, &p);
  if (is_far_from_singular(b, p.a)) {
    cofactors_by_inverse(b, &p);
  } else {
    info = cofactors_by_svd(b, i, &p);
  }
  batch_store(b->dtype, p.c, b->n, b->n, b->n, batch_matrix(b->out, i));
  return info;
}

/* --- public -------------------------------------------------------------------------------------------------------- */

static Batch batch_of(const char *name, Tensor *out, const Tensor *a, int (*one)(const Batch *, int64_t, char *)) {
  const double n = (double)a->shape[1];
  return (Batch){.name = name,
                 .dtype = (DType)a->dtype,
                 .count = a->shape[0],
                 .n = (int)a->shape[1],
                 .out = out,
                 .in = {a},
                 .carve = carve,
                 .one = one,
                 .multiplications = n * n * n / 3};
}

int linalg_det(Tensor *out, const Tensor *a) {
  if (batch_check_size("det", a->shape[1], a->shape[2]) < 0) return -1;
  const Batch b = batch_of("det", out, a, det_one);
  BatchFailure failure;
  return batch_run(&b, &failure);
}

int linalg_slogdet(Tensor *out, const Tensor *a) {
  if (batch_check_size("slogdet", a->shape[1], a->shape[2]) < 0) return -1;
  const Batch b = batch_of("slogdet", out, a, slogdet_one);
  BatchFailure failure;
  return batch_run(&b, &failure);
}

int linalg_cofactors(Tensor *out, const Tensor *a) {
  if (out->numel == 0) return 0;
  if (batch_check_size("cofactors", a->shape[1], a->shape[2]) < 0) return -1;
  Batch b = batch_of("cofactors", out, a, cofactors_one);
  const int inverse = lapack_getri_work(b.dtype, b.n), svd = lapack_gesdd_work(b.dtype, 'A', b.n, b.n);
  b.lwork = inverse > svd ? inverse : svd;
  BatchFailure failure;
  if (batch_run(&b, &failure) < 0) return -1;
  return batch_error(&b, &failure);
}
