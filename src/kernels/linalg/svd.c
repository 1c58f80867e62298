/*
 * svd.c - singular values and vectors, and the pseudoinverse.
 */
#include <string.h>

#include "kernels/linalg/batch.h"
#include "kernels/linalg/decompositions.h"
#include "kernels/linalg/lapack.h"

enum { VALUES, FIRST, ALL }; /* Batch.option: which vectors */

typedef struct Parts {
  void *a, *u, *vt, *s, *work;
  int *iwork;
} Parts;

static int least(const Batch *b) { return b->m < b->n ? b->m : b->n; }
static int u_columns(const Batch *b) { return b->option == ALL ? b->m : b->option == FIRST ? least(b) : 0; }
static int vt_rows(const Batch *b) { return b->option == ALL ? b->n : b->option == FIRST ? least(b) : 0; }
static char job_of(const Batch *b) { return "NSA"[b->option]; }

static size_t carve(const Batch *b, char *memory, void *parts) {
  Parts local, *p = parts ? parts : &local;
  const size_t size = dtype_size(b->dtype), m = (size_t)b->m, n = (size_t)b->n;
  size_t used = 0;
  p->a = batch_carve(memory, &used, m * n * size);
  p->u = batch_carve(memory, &used, m * (size_t)u_columns(b) * size);
  p->vt = batch_carve(memory, &used, n * (size_t)vt_rows(b) * size);
  p->s = batch_carve(memory, &used, (size_t)least(b) * size);
  p->work = batch_carve(memory, &used, (size_t)b->lwork * size);
  p->iwork = batch_carve(memory, &used, 8 * (size_t)least(b) * sizeof(int));
  return used;
}

/* Ones on the diagonal of n x n. */
static void make_identity(DType dt, void *x, int64_t n) {
  memset(x, 0, (size_t)(n * n) * dtype_size(dt));
  for (int64_t i = 0; i < n; i++) {
    if (dt == DT_F32) {
      ((float *)x)[i * n + i] = 1;
    } else {
      ((double *)x)[i * n + i] = 1;
    }
  }
}

static int decompose(const Batch *b, int64_t i, const Parts *p) {
  if (least(b) == 0) { /* LAPACK leaves the vectors as they were */
    make_identity(b->dtype, p->u, u_columns(b));
    make_identity(b->dtype, p->vt, vt_rows(b));
    return 0;
  }
  batch_load(b->in[0], i, b->m, b->n, p->a, b->m);
  if (!batch_is_finite(b->dtype, p->a, (int64_t)b->m * b->n)) return BATCH_NOT_FINITE;
  return lapack_gesdd(b->dtype, job_of(b), b->m, b->n, p->a, p->s, p->u, p->vt, p->work, b->lwork, p->iwork);
}

static int svd_one(const Batch *b, int64_t i, char *memory) {
  Parts p;
  const size_t size = dtype_size(b->dtype);
  carve(b, memory, &p);
  const int info = decompose(b, i, &p);
  if (info != 0) return info;
  char *u = batch_matrix(b->out, i), *s = u + (size_t)b->m * (size_t)u_columns(b) * size;
  batch_store(b->dtype, p.u, b->m, b->m, u_columns(b), u);
  memcpy(s, p.s, (size_t)least(b) * size);
  batch_store(b->dtype, p.vt, vt_rows(b), vt_rows(b), b->n, s + (size_t)least(b) * size);
  return 0;
}

static int run(const char *name, Tensor *out, const Tensor *a, int option, Batch more) {
  const int64_t m = a->shape[1], n = a->shape[2], smaller = m < n ? m : n;
  if (batch_check_size(name, m, n) < 0 || batch_check_size(name, m, option == ALL ? m : 0) < 0) return -1;
  if (batch_check_size(name, n, option == ALL ? n : 0) < 0) return -1;
  Batch b = more;
  b.name = name;
  b.dtype = (DType)a->dtype;
  b.count = out->numel ? a->shape[0] : 0;
  b.m = (int)m;
  b.n = (int)n;
  b.option = option;
  b.out = out;
  b.in[0] = a;
  b.carve = carve;
  b.multiplications = 10 * (double)m * (double)n * (double)smaller;
  b.lwork = smaller ? lapack_gesdd_work(b.dtype, job_of(&b), b.m, b.n) : 1;
  BatchFailure failure;
  if (batch_run(&b, &failure) < 0) return -1;
  return batch_error(&b, &failure);
}

int linalg_svd(Tensor *out, const Tensor *a, bool full) {
  return run("svd", out, a, full ? ALL : FIRST, (Batch){.one = svd_one});
}

int linalg_svdvals(Tensor *out, const Tensor *a) { return run("svdvals", out, a, VALUES, (Batch){.one = svd_one}); }

/* --- pseudoinverse: V S^+ U^T, its transpose column by column --------------------------------------------------------- */

/* Column j of u times 1 / s[j], or 0. */
#define DIVIDE_COLUMNS(name, T)                                                        \
  static void name(T *u, const T *s, int64_t m, int64_t k, double atol, double rtol) { \
    const double relative = k ? rtol * (double)s[0] : 0;                               \
    const double limit = relative > atol ? relative : atol;                            \
    for (int64_t j = 0; j < k; j++) {                                                  \
      const T factor = (double)s[j] > limit ? 1 / s[j] : 0;                            \
      for (int64_t i = 0; i < m; i++) u[j * m + i] *= factor;                          \
    }                                                                                  \
  }
DIVIDE_COLUMNS(divide_f32, float)
DIVIDE_COLUMNS(divide_f64, double)

static int pinv_one(const Batch *b, int64_t i, char *memory) {
  Parts p;
  const int k = least(b);
  carve(b, memory, &p);
  const int info = decompose(b, i, &p);
  if (info != 0) return info;
  if (b->dtype == DT_F32) {
    divide_f32(p.u, p.s, b->m, k, b->limit, b->other);
  } else {
    divide_f64(p.u, p.s, b->m, k, b->limit, b->other);
  }
  /* out, n x m row by row, is m x n column by column: U S^+ V^T */
  lapack_gemm(b->dtype, false, b->m, b->n, k, p.u, b->m, p.vt, k, batch_matrix(b->out, i), b->m);
  return 0;
}

int linalg_pinv(Tensor *out, const Tensor *a, double atol, double rtol) {
  return run("pinv", out, a, FIRST, (Batch){.one = pinv_one, .limit = atol, .other = rtol});
}
