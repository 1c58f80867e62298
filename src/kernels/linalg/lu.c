/*
 * lu.c - P A = L U, and solutions from it.
 */
#include <string.h>

#include "base/err.h"
#include "kernels/linalg/batch.h"
#include "kernels/linalg/decompositions.h"
#include "kernels/linalg/lapack.h"

typedef struct Parts {
  int *pivot;
  void *x;
} Parts;

static size_t carve(const Batch *b, char *memory, void *parts) {
  Parts local, *p = parts ? parts : &local;
  size_t used = 0;
  p->pivot = batch_carve(memory, &used, (size_t)b->n * sizeof(int));
  p->x = batch_carve(memory, &used, (size_t)b->n * (size_t)b->k * dtype_size(b->dtype));
  return used;
}

/* Pivots are kept as numbers behind the factors. */
static void store_pivots(DType dt, const int *pivot, int n, char *to) {
  for (int i = 0; i < n; i++) {
    if (dt == DT_F32) {
      ((float *)to)[i] = (float)pivot[i];
    } else {
      ((double *)to)[i] = pivot[i];
    }
  }
}

static void load_pivots(DType dt, const char *from, int n, int *pivot) {
  for (int i = 0; i < n; i++) pivot[i] = dt == DT_F32 ? (int)((const float *)from)[i] : (int)((const double *)from)[i];
}

static size_t factor_bytes(const Batch *b) { return (size_t)b->n * (size_t)b->n * dtype_size(b->dtype); }

static int factor_one(const Batch *b, int64_t i, char *memory) {
  Parts p;
  carve(b, memory, &p);
  char *lu = batch_matrix(b->out, i);
  batch_load(b->in[0], i, b->n, b->n, lu, b->n);
  const int info = lapack_getrf(b->dtype, b->n, lu, p.pivot);
  store_pivots(b->dtype, p.pivot, b->n, lu + factor_bytes(b));
  return info;
}

int linalg_lu_factor(Tensor *out, const Tensor *a) {
  if (batch_check_size("lu_factor", a->shape[1], a->shape[2]) < 0) return -1;
  const double n = (double)a->shape[1];
  const Batch b = {.name = "lu_factor",
                   .dtype = (DType)a->dtype,
                   .count = n > 0 ? a->shape[0] : 0,
                   .n = (int)a->shape[1],
                   .out = out,
                   .in = {a},
                   .carve = carve,
                   .one = factor_one,
                   .multiplications = n * n * n / 3};
  BatchFailure failure;
  if (batch_run(&b, &failure) < 0) return -1;
  if (failure.at < 0) return 0;
  return err_set("lu_factor: %s is singular: pivot %d of its LU factors is 0", batch_which(&b, &failure), failure.info);
}

static int solve_one(const Batch *b, int64_t i, char *memory) {
  Parts p;
  carve(b, memory, &p);
  const char *lu = batch_matrix(b->in[0], i);
  load_pivots(b->dtype, lu + factor_bytes(b), b->n, p.pivot);
  batch_load(b->in[1], i, b->n, b->k, p.x, b->n);
  lapack_getrs(b->dtype, b->option != 0, b->n, b->k, lu, p.pivot, p.x);
  batch_store(b->dtype, p.x, b->n, b->n, b->k, batch_matrix(b->out, i));
  return 0;
}

int linalg_lu_solve(Tensor *out, const Tensor *lu, const Tensor *x, bool transposed) {
  if (batch_check_size("lu_solve", x->shape[1], x->shape[2]) < 0) return -1;
  const Batch b = {.name = "lu_solve",
                   .dtype = (DType)lu->dtype,
                   .count = out->numel ? lu->shape[0] : 0,
                   .n = (int)x->shape[1],
                   .k = (int)x->shape[2],
                   .option = transposed,
                   .out = out,
                   .in = {lu, x},
                   .carve = carve,
                   .one = solve_one,
                   .multiplications = (double)x->shape[1] * (double)x->shape[1] * (double)x->shape[2]};
  BatchFailure failure;
  return batch_run(&b, &failure);
}
