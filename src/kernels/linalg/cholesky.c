/*
 * cholesky.c - A = L L^T.
 */
#include <string.h>

#include "base/err.h"
#include "kernels/linalg/batch.h"
#include "kernels/linalg/decompositions.h"
#include "kernels/linalg/lapack.h"

static size_t carve(const Batch *b, char *memory, void *parts) {
  size_t used = 0;
  void *a = batch_carve(memory, &used, (size_t)b->n * (size_t)b->n * dtype_size(b->dtype));
  if (parts) *(void **)parts = a;
  return used;
}

/* Zeros above the diagonal of a row-major matrix. */
static void clear_upper(char *x, int64_t n, size_t size) {
  for (int64_t i = 0; i < n; i++) memset(x + (size_t)(i * n + i + 1) * size, 0, (size_t)(n - 1 - i) * size);
}

static int one(const Batch *b, int64_t i, char *memory) {
  void *a;
  carve(b, memory, &a);
  batch_load(b->in[0], i, b->n, b->n, a, b->n);
  const int info = lapack_potrf(b->dtype, b->n, a);
  if (info != 0) return info;
  batch_store(b->dtype, a, b->n, b->n, b->n, batch_matrix(b->out, i));
  clear_upper(batch_matrix(b->out, i), b->n, dtype_size(b->dtype));
  return 0;
}

int linalg_cholesky(Tensor *out, const Tensor *a) {
  if (batch_check_size("cholesky", a->shape[1], a->shape[2]) < 0) return -1;
  const double n = (double)a->shape[1];
  const Batch b = {.name = "cholesky",
                   .dtype = (DType)a->dtype,
                   .count = a->shape[0],
                   .n = (int)a->shape[1],
                   .out = out,
                   .in = {a},
                   .carve = carve,
                   .one = one,
                   .multiplications = n * n * n / 6};
  BatchFailure failure;
  if (batch_run(&b, &failure) < 0) return -1;
  if (failure.at < 0) return 0;
  return err_set("cholesky: %s is not positive definite: its leading minor of order %d is not positive",
                 batch_which(&b, &failure), failure.info);
}
