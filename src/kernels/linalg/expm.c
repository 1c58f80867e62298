/*
 * expm.c - the exponential of a matrix, by scaling and squaring.
 *
 *   e^A = (e^(A / 2^s))^(2^s)     e^X about (V - U)^-1 (V + U), Pade's approximation of degree 13
 *
 * N. J. Higham, "The Scaling and Squaring Method for the Matrix Exponential Revisited", SIAM J. Matrix Anal. Appl. 26
 * (2005). It is computed in float64 for both float types.
 */
#include <math.h>
#include <string.h>

#include "kernels/linalg/batch.h"
#include "kernels/linalg/decompositions.h"
#include "kernels/linalg/lapack.h"

#define NORM_MAX 5.371920351148152 /* up to which degree 13 is exact in float64 */

static const double COEFFICIENT[] = {64764752532480000,
                                     32382376266240000,
                                     7771770303897600,
                                     1187353796428800,
                                     129060195264000,
                                     10559470521600,
                                     670442572800,
                                     33522128640,
                                     1323241920,
                                     40840800,
                                     960960,
                                     16380,
                                     182,
                                     1};

/* n x n each, column by column. */
typedef struct Parts {
  double *a, *a2, *a4, *a6, *u, *v, *t;
  int *pivot;
} Parts;

static size_t carve(const Batch *b, char *memory, void *parts) {
  Parts local, *p = parts ? parts : &local;
  const size_t n = (size_t)b->n, square = n * n * sizeof(double);
  double **matrix[] = {&p->a, &p->a2, &p->a4, &p->a6, &p->u, &p->v, &p->t};
  size_t used = 0;
  for (size_t i = 0; i < sizeof matrix / sizeof *matrix; i++) *matrix[i] = batch_carve(memory, &used, square);
  p->pivot = batch_carve(memory, &used, n * sizeof(int));
  return used;
}

static void multiply(int n, const double *a, const double *b, double *c) {
  lapack_gemm(DT_F64, false, n, n, n, a, n, b, n, c, n);
}

/* The largest sum of a column's absolute values; nan where there is one. */
static double norm1(int64_t n, const double *a) {
  double largest = 0;
  for (int64_t j = 0; j < n; j++) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += fabs(a[j * n + i]);
    if (!(sum <= largest)) largest = sum;
  }
  return largest;
}

/* to = c6 A6 + c4 A4 + c2 A2, plus c0 on the diagonal */
static void combine(const Parts *p, int64_t n, double c6, double c4, double c2, double c0, double *to) {
  for (int64_t i = 0; i < n * n; i++) to[i] = c6 * p->a6[i] + c4 * p->a4[i] + c2 * p->a2[i];
  for (int64_t i = 0; i < n; i++) to[i * n + i] += c0;
}

static void add(int64_t n, double *to, const double *x) {
  for (int64_t i = 0; i < n * n; i++) to[i] += x[i];
}

/* u and v of the approximation */
static void pade(const Parts *p, int n) {
  const double *c = COEFFICIENT;
  multiply(n, p->a, p->a, p->a2);
  multiply(n, p->a2, p->a2, p->a4);
  multiply(n, p->a4, p->a2, p->a6);
  combine(p, n, c[13], c[11], c[9], 0, p->t);
  multiply(n, p->a6, p->t, p->v);
  combine(p, n, c[7], c[5], c[3], c[1], p->t);
  add(n, p->t, p->v);
  multiply(n, p->a, p->t, p->u);
  combine(p, n, c[12], c[10], c[8], 0, p->t);
  multiply(n, p->a6, p->t, p->v);
  combine(p, n, c[6], c[4], c[2], c[0], p->t);
  add(n, p->v, p->t);
}

/* e^A in p->v. */
static int exponential(const Parts *p, int n) {
  const double norm = norm1(n, p->a);
  if (!isfinite(norm)) return BATCH_NOT_FINITE;
  int squarings = 0;
  for (double x = norm; x > NORM_MAX; x /= 2) squarings++;
  for (int64_t i = 0; i < (int64_t)n * n; i++) p->a[i] = ldexp(p->a[i], -squarings);
  pade(p, n);
  for (int64_t i = 0; i < (int64_t)n * n; i++) { /* t = V - U, v = V + U */
    p->t[i] = p->v[i] - p->u[i];
    p->v[i] += p->u[i];
  }
  const int info = lapack_getrf(DT_F64, n, n, p->t, p->pivot);
  if (info != 0) return info;
  lapack_getrs(DT_F64, false, n, n, p->t, p->pivot, p->v);
  for (int s = 0; s < squarings; s++) {
    multiply(n, p->v, p->v, p->t);
    memcpy(p->v, p->t, (size_t)n * (size_t)n * sizeof(double));
  }
  return 0;
}

static int one(const Batch *b, int64_t i, char *memory) {
  Parts p;
  const int64_t n = b->n, count = n * n;
  carve(b, memory, &p);
  batch_load(b->in[0], i, n, n, b->dtype == DT_F64 ? (void *)p.a : (void *)p.t, n);
  for (int64_t k = 0; b->dtype == DT_F32 && k < count; k++) p.a[k] = (double)((const float *)p.t)[k];
  const int info = exponential(&p, b->n);
  if (info != 0) return info;
  for (int64_t k = 0; b->dtype == DT_F32 && k < count; k++) ((float *)p.t)[k] = (float)p.v[k];
  batch_store(b->dtype, b->dtype == DT_F64 ? (void *)p.v : (void *)p.t, n, n, n, batch_matrix(b->out, i));
  return 0;
}

int linalg_matrix_exp(Tensor *out, const Tensor *a) {
  if (batch_check_size("matrix_exp", a->shape[1], a->shape[2]) < 0) return -1;
  const double n = (double)a->shape[1];
  const Batch b = {.name = "matrix_exp",
                   .dtype = (DType)a->dtype,
                   .count = out->numel ? a->shape[0] : 0,
                   .n = (int)a->shape[1],
                   .out = out,
                   .in = {a},
                   .carve = carve,
                   .one = one,
                   .multiplications = 8 * n * n * n};
  BatchFailure failure;
  if (batch_run(&b, &failure) < 0) return -1;
  return batch_error(&b, &failure);
}
