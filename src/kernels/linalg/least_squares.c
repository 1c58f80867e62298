/*
 * least_squares.c - the shortest X that minimises |A X - B|, by an orthogonal factorization with pivots.
 */
#include <string.h>

#include "kernels/linalg/batch.h"
#include "kernels/linalg/decompositions.h"
#include "kernels/linalg/lapack.h"

typedef struct Parts {
  void *a, *b, *work;
  int *pivot;
} Parts;

static int larger(const Batch *b) { return b->m > b->n ? b->m : b->n; }

static size_t carve(const Batch *b, char *memory, void *parts) {
  Parts local, *p = parts ? parts : &local;
  const size_t size = dtype_size(b->dtype);
  size_t used = 0;
  p->a = batch_carve(memory, &used, (size_t)b->m * (size_t)b->n * size);
  p->b = batch_carve(memory, &used, (size_t)larger(b) * (size_t)b->k * size);
  p->work = batch_carve(memory, &used, (size_t)b->lwork * size);
  p->pivot = batch_carve(memory, &used, (size_t)b->n * sizeof(int));
  return used;
}

static void store_rank(DType dt, int rank, char *to) {
  if (dt == DT_F32) {
    *(float *)to = (float)rank;
  } else {
    *(double *)to = rank;
  }
}

static int one(const Batch *b, int64_t i, char *memory) {
  Parts p;
  int rank = 0;
  const size_t size = dtype_size(b->dtype);
  carve(b, memory, &p);
  batch_load(b->in[0], i, b->m, b->n, p.a, b->m);
  memset(p.b, 0, (size_t)larger(b) * (size_t)b->k * size);
  batch_load(b->in[1], i, b->m, b->k, p.b, larger(b));
  memset(p.pivot, 0, (size_t)b->n * sizeof(int)); /* any column may be exchanged */
  if (!batch_is_finite(b->dtype, p.a, (int64_t)b->m * b->n)) return BATCH_NOT_FINITE;
  const int info =
      b->m && b->n ? lapack_gelsy(b->dtype, b->m, b->n, b->k, p.a, p.b, p.pivot, b->limit, &rank, p.work, b->lwork) : 0;
  char *out = batch_matrix(b->out, i);
  batch_store(b->dtype, p.b, larger(b), b->n, b->k, out);
  store_rank(b->dtype, rank, out + (size_t)b->n * (size_t)b->k * size);
  return info;
}

int linalg_lstsq(Tensor *out, const Tensor *a, const Tensor *x, double rcond) {
  if (batch_check_size("lstsq", a->shape[1], a->shape[2]) < 0) return -1;
  if (batch_check_size("lstsq", x->shape[1], x->shape[2]) < 0) return -1;
  const double m = (double)a->shape[1], n = (double)a->shape[2];
  Batch b = {.name = "lstsq",
             .dtype = (DType)a->dtype,
             .count = a->shape[0],
             .m = (int)a->shape[1],
             .n = (int)a->shape[2],
             .k = (int)x->shape[2],
             .limit = rcond,
             .out = out,
             .in = {a, x},
             .carve = carve,
             .one = one,
             .multiplications = 2 * m * n * (m < n ? m : n)};
  b.lwork = lapack_gelsy_work(b.dtype, b.m, b.n, b.k);
  BatchFailure failure;
  if (batch_run(&b, &failure) < 0) return -1;
  return batch_error(&b, &failure);
}
