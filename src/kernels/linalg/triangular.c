/*
 * triangular.c - A X = B with a triangular A.
 */
#include "kernels/linalg/batch.h"
#include "kernels/linalg/decompositions.h"
#include "kernels/linalg/lapack.h"

enum { UPPER = 1, UNIT = 2 };

typedef struct Parts {
  void *a, *x;
} Parts;

static size_t carve(const Batch *b, char *memory, void *parts) {
  Parts local, *p = parts ? parts : &local;
  const size_t column = (size_t)b->n * dtype_size(b->dtype);
  size_t used = 0;
  p->a = batch_carve(memory, &used, column * (size_t)b->n);
  p->x = batch_carve(memory, &used, column * (size_t)b->k);
  return used;
}

static int one(const Batch *b, int64_t i, char *memory) {
  Parts p;
  carve(b, memory, &p);
  batch_load(b->in[0], i, b->n, b->n, p.a, b->n);
  batch_load(b->in[1], i, b->n, b->k, p.x, b->n);
  lapack_trsm(b->dtype, (b->option & UPPER) != 0, (b->option & UNIT) != 0, b->n, b->k, p.a, p.x);
  batch_store(b->dtype, p.x, b->n, b->n, b->k, batch_matrix(b->out, i));
  return 0;
}

int linalg_solve_triangular(Tensor *out, const Tensor *a, const Tensor *x, bool upper, bool unit) {
  if (batch_check_size("solve_triangular", a->shape[1], a->shape[2]) < 0) return -1;
  if (batch_check_size("solve_triangular", x->shape[1], x->shape[2]) < 0) return -1;
  const Batch b = {.name = "solve_triangular",
                   .dtype = (DType)a->dtype,
                   .count = out->numel ? a->shape[0] : 0,
                   .n = (int)a->shape[1],
                   .k = (int)x->shape[2],
                   .option = (upper ? UPPER : 0) | (unit ? UNIT : 0),
                   .out = out,
                   .in = {a, x},
                   .carve = carve,
                   .one = one,
                   .multiplications = (double)a->shape[1] * (double)a->shape[1] * (double)x->shape[2] / 2};
  BatchFailure failure;
  return batch_run(&b, &failure);
}
