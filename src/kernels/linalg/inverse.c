/*
 * inverse.c - A^-1 from LU factors.
 */
#include <math.h>

#include "base/err.h"
#include "kernels/linalg/batch.h"
#include "kernels/linalg/decompositions.h"
#include "kernels/linalg/lapack.h"

typedef struct Parts {
  void *a, *work;
  int *pivot;
} Parts;

static size_t carve(const Batch *b, char *memory, void *parts) {
  Parts local, *p = parts ? parts : &local;
  const size_t size = dtype_size(b->dtype), n = (size_t)b->n;
  size_t used = 0;
  p->a = batch_carve(memory, &used, n * n * size);
  p->work = batch_carve(memory, &used, (size_t)b->lwork * size);
  p->pivot = batch_carve(memory, &used, n * sizeof(int));
  return used;
}

static void fill_inf(DType dt, char *x, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    if (dt == DT_F32) {
      ((float *)x)[i] = INFINITY;
    } else {
      ((double *)x)[i] = INFINITY;
    }
  }
}

static int one(const Batch *b, int64_t i, char *memory) {
  Parts p;
  const bool checked = b->option != 0;
  carve(b, memory, &p);
  batch_load(b->in[0], i, b->n, b->n, p.a, b->n);
  int info = lapack_getrf(b->dtype, b->n, b->n, p.a, p.pivot);
  if (info == 0) info = lapack_getri(b->dtype, b->n, p.a, p.pivot, p.work, b->lwork);
  if (info != 0 && checked) return info;
  if (info != 0) {
    fill_inf(b->dtype, batch_matrix(b->out, i), (int64_t)b->n * b->n);
  } else {
    batch_store(b->dtype, p.a, b->n, b->n, b->n, batch_matrix(b->out, i));
  }
  return 0;
}

int linalg_inv(Tensor *out, const Tensor *a, bool checked) {
  if (batch_check_size("inv", a->shape[1], a->shape[2]) < 0) return -1;
  const double n = (double)a->shape[1];
  const Batch b = {.name = "inv",
                   .dtype = (DType)a->dtype,
                   .count = n > 0 ? a->shape[0] : 0,
                   .n = (int)a->shape[1],
                   .option = checked,
                   .lwork = lapack_getri_work((DType)a->dtype, (int)a->shape[1]),
                   .out = out,
                   .in = {a},
                   .carve = carve,
                   .one = one,
                   .multiplications = n * n * n};
  BatchFailure failure;
  if (batch_run(&b, &failure) < 0) return -1;
  if (failure.at < 0) return 0;
  return err_set("inv: %s is singular: pivot %d of its LU factors is 0", batch_which(&b, &failure), failure.info);
}
