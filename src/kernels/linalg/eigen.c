/*
 * eigen.c - eigenvalues and eigenvectors of symmetric and of any square matrices.
 */
#include <string.h>

#include "kernels/linalg/batch.h"
#include "kernels/linalg/decompositions.h"
#include "kernels/linalg/lapack.h"

enum { VECTORS = 1, UPPER = 2 }; /* Batch.option */

typedef struct Parts {
  void *a, *v, *work; /* v: of eig alone */
  int *iwork;
} Parts;

static size_t carve(const Batch *b, char *memory, void *parts) {
  Parts local, *p = parts ? parts : &local;
  const size_t size = dtype_size(b->dtype), n = (size_t)b->n;
  size_t used = 0;
  p->a = batch_carve(memory, &used, n * n * size);
  p->v = batch_carve(memory, &used, b->liwork ? 0 : n * n * size);
  p->work = batch_carve(memory, &used, (size_t)b->lwork * size);
  p->iwork = batch_carve(memory, &used, (size_t)b->liwork * sizeof(int));
  return used;
}

static Batch batch_of(const char *name, Tensor *out, const Tensor *a, bool vectors) {
  const double n = (double)a->shape[1];
  return (Batch){.name = name,
                 .dtype = (DType)a->dtype,
                 .count = a->shape[1] ? a->shape[0] : 0,
                 .n = (int)a->shape[1],
                 .option = vectors ? VECTORS : 0,
                 .out = out,
                 .in = {a},
                 .carve = carve,
                 .multiplications = 10 * n * n * n};
}

static int run(const Batch *b) {
  BatchFailure failure;
  if (batch_run(b, &failure) < 0) return -1;
  return batch_error(b, &failure);
}

/* --- symmetric ----------------------------------------------------------------------------------------------------- */

/* Whether the triangle that is read is finite. */
static bool is_triangle_finite(const Batch *b, const char *a) {
  const size_t size = dtype_size(b->dtype), n = (size_t)b->n;
  for (size_t j = 0; j < n; j++) {
    const size_t first = b->option & UPPER ? 0 : j, length = b->option & UPPER ? j + 1 : n - j;
    if (!batch_is_finite(b->dtype, a + (j * n + first) * size, (int64_t)length)) return false;
  }
  return true;
}

static int eigh_one(const Batch *b, int64_t i, char *memory) {
  Parts p;
  char *out = batch_matrix(b->out, i);
  const bool vectors = (b->option & VECTORS) != 0, upper = (b->option & UPPER) != 0;
  carve(b, memory, &p);
  batch_load(b->in[0], i, b->n, b->n, p.a, b->n);
  if (!is_triangle_finite(b, p.a)) return BATCH_NOT_FINITE;
  const int info = lapack_syevd(b->dtype, vectors, upper, b->n, p.a, out, p.work, b->lwork, p.iwork, b->liwork);
  if (vectors) batch_store(b->dtype, p.a, b->n, b->n, b->n, out + (size_t)b->n * dtype_size(b->dtype));
  return info;
}

int linalg_eigh(Tensor *out, const Tensor *a, bool vectors, bool upper) {
  const char *name = vectors ? "eigh" : "eigvalsh";
  if (batch_check_size(name, a->shape[1], a->shape[2]) < 0) return -1;
  Batch b = batch_of(name, out, a, vectors);
  b.one = eigh_one;
  b.option |= upper ? UPPER : 0;
  b.lwork = lapack_syevd_work(b.dtype, vectors, b.n, &b.liwork);
  return run(&b);
}

/* --- any square matrix --------------------------------------------------------------------------------------------- */

/* LAPACK gives a pair of complex vectors as real part and imaginary part of the first, in two columns; here each has both
 * parts, written as rows behind each other. */
#define SPLIT_VECTORS(name, T)                                         \
  static void name(int64_t n, const T *wi, const T *v, T *re, T *im) { \
    for (int64_t j = 0; j < n; j++) {                                  \
      const bool first = wi[j] > 0, second = wi[j] < 0;                \
      const T *x = v + (second ? j - 1 : j) * n, *y = x + n;           \
      for (int64_t i = 0; i < n; i++) {                                \
        re[i * n + j] = x[i];                                          \
        im[i * n + j] = first ? y[i] : second ? -y[i] : 0;             \
      }                                                                \
    }                                                                  \
  }
SPLIT_VECTORS(split_f32, float)
SPLIT_VECTORS(split_f64, double)

static int eig_one(const Batch *b, int64_t i, char *memory) {
  Parts p;
  const int64_t n = b->n;
  carve(b, memory, &p);
  batch_load(b->in[0], i, n, n, p.a, n);
  if (!batch_is_finite(b->dtype, p.a, n * n)) return BATCH_NOT_FINITE;
  char *wr = batch_matrix(b->out, i), *wi = wr + (size_t)n * dtype_size(b->dtype);
  const int info = lapack_geev(b->dtype, b->n, p.a, wr, wi, b->option ? p.v : NULL, p.work, b->lwork);
  if (info != 0 || !b->option) return info;
  if (b->dtype == DT_F32) {
    float *re = (float *)wi + n;
    split_f32(n, (const float *)wi, p.v, re, re + n * n);
  } else {
    double *re = (double *)wi + n;
    split_f64(n, (const double *)wi, p.v, re, re + n * n);
  }
  return 0;
}

int linalg_eig(Tensor *out, const Tensor *a, bool vectors) {
  const char *name = vectors ? "eig" : "eigvals";
  if (batch_check_size(name, a->shape[1], a->shape[2]) < 0) return -1;
  Batch b = batch_of(name, out, a, vectors);
  b.one = eig_one;
  b.lwork = lapack_geev_work(b.dtype, vectors, b.n);
  return run(&b);
}
