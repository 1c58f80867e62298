/*
 * qr.c - A = Q R by Householder's reflections.
 */
#include <string.h>

#include "kernels/linalg/batch.h"
#include "kernels/linalg/decompositions.h"
#include "kernels/linalg/lapack.h"

typedef struct Parts {
  void *a, *r, *tau, *work;
} Parts;

static int least(int m, int n) { return m < n ? m : n; }

/* Rows of R. */
static int rows_of(const Batch *b) { return b->option ? b->option : least(b->m, b->n); }

static size_t carve(const Batch *b, char *memory, void *parts) {
  Parts local, *p = parts ? parts : &local;
  const size_t size = dtype_size(b->dtype), m = (size_t)b->m, n = (size_t)b->n;
  const size_t columns = n > (size_t)b->option ? n : (size_t)b->option;
  size_t used = 0;
  p->a = batch_carve(memory, &used, m * columns * size);
  p->r = batch_carve(memory, &used, (size_t)rows_of(b) * n * size);
  p->tau = batch_carve(memory, &used, (size_t)least(b->m, b->n) * size);
  p->work = batch_carve(memory, &used, (size_t)b->lwork * size);
  return used;
}

/* r = the upper triangle of a, with zeros below; its first rows. */
static void take_r(const Batch *b, const Parts *p) {
  const size_t size = dtype_size(b->dtype);
  const int rows = rows_of(b);
  memset(p->r, 0, (size_t)rows * (size_t)b->n * size);
  for (int j = 0; j < b->n; j++) {
    const int length = least(least(j + 1, rows), b->m);
    memcpy((char *)p->r + (size_t)j * (size_t)rows * size, (const char *)p->a + (size_t)j * (size_t)b->m * size,
           (size_t)length * size);
  }
}

static int one(const Batch *b, int64_t i, char *memory) {
  Parts p;
  const int columns = b->option, k = least(b->m, b->n);
  const size_t size = dtype_size(b->dtype);
  char *out = batch_matrix(b->out, i);
  carve(b, memory, &p);
  batch_load(b->in[0], i, b->m, b->n, p.a, b->m);
  int info = k > 0 ? lapack_geqrf(b->dtype, b->m, b->n, p.a, p.tau, p.work, b->lwork) : 0;
  take_r(b, &p);
  if (info == 0 && columns > 0) info = lapack_orgqr(b->dtype, b->m, columns, k, p.a, p.tau, p.work, b->lwork);
  batch_store(b->dtype, p.a, b->m, b->m, columns, out);
  batch_store(b->dtype, p.r, rows_of(b), rows_of(b), b->n, out + (size_t)b->m * (size_t)columns * size);
  return info;
}

int linalg_qr(Tensor *out, const Tensor *a, int64_t columns) {
  if (batch_check_size("qr", a->shape[1], a->shape[2]) < 0 || batch_check_size("qr", a->shape[1], columns) < 0)
    return -1;
  const double m = (double)a->shape[1], n = (double)a->shape[2];
  Batch b = {.name = "qr",
             .dtype = (DType)a->dtype,
             .count = out->numel ? a->shape[0] : 0,
             .m = (int)a->shape[1],
             .n = (int)a->shape[2],
             .option = (int)columns,
             .out = out,
             .in = {a},
             .carve = carve,
             .one = one,
             .multiplications = 2 * m * n * (m < n ? m : n)};
  b.lwork = lapack_qr_work(b.dtype, b.m, b.n, b.option ? b.option : least(b.m, b.n));
  BatchFailure failure;
  if (batch_run(&b, &failure) < 0) return -1;
  return batch_error(&b, &failure);
}
