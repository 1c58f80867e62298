/*
 * lu.c - P A = L U, and solutions from it; the same of matrices of any shape, and the permutation as a matrix.
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
  const int info = lapack_getrf(b->dtype, b->n, b->n, lu, p.pivot);
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

/* --- of any shape, row by row --------------------------------------------------------------------------------------- */

typedef struct RowParts {
  int *pivot;
  void *a;
} RowParts;

static int least(int m, int n) { return m < n ? m : n; }

static size_t carve_rows(const Batch *b, char *memory, void *parts) {
  RowParts local, *p = parts ? parts : &local;
  size_t used = 0;
  p->pivot = batch_carve(memory, &used, (size_t)least(b->m, b->n) * sizeof(int));
  p->a = batch_carve(memory, &used, (size_t)b->m * (size_t)b->n * dtype_size(b->dtype));
  return used;
}

/* Without exchanging rows: column j is divided by its pivot and its multiples are taken from the columns behind. */
#define ELIMINATE(name, T)                                          \
  static void name(T *a, int m, int n) {                            \
    for (int j = 0; j < least(m, n); j++) {                         \
      T *pivots = a + (size_t)j * (size_t)m;                        \
      for (int i = j + 1; i < m; i++) pivots[i] /= pivots[j];       \
      for (int c = j + 1; c < n; c++) {                             \
        T *to = a + (size_t)c * (size_t)m;                          \
        for (int i = j + 1; i < m; i++) to[i] -= to[j] * pivots[i]; \
      }                                                             \
    }                                                               \
  }
ELIMINATE(eliminate_f32, float)
ELIMINATE(eliminate_f64, double)

/* Numbers k of the result, behind the factors. */
static void store_rows_pivots(const Batch *b, const int *pivot, char *to) {
  for (int i = 0; i < least(b->m, b->n); i++) {
    const int row = b->option ? pivot[i] : i + 1;
    if (b->dtype == DT_F32) {
      ((float *)(void *)to)[i] = (float)row;
    } else {
      ((double *)(void *)to)[i] = row;
    }
  }
}

/* A pivot of 0 is no failure: U is singular. */
static int rows_one(const Batch *b, int64_t i, char *memory) {
  RowParts p;
  carve_rows(b, memory, &p);
  char *out = batch_matrix(b->out, i);
  batch_load(b->in[0], i, b->m, b->n, p.a, b->m);
  if (b->option) {
    lapack_getrf(b->dtype, b->m, b->n, p.a, p.pivot);
  } else if (b->dtype == DT_F32) {
    eliminate_f32(p.a, b->m, b->n);
  } else {
    eliminate_f64(p.a, b->m, b->n);
  }
  batch_store(b->dtype, p.a, b->m, b->m, b->n, out);
  store_rows_pivots(b, p.pivot, out + (size_t)b->m * (size_t)b->n * dtype_size(b->dtype));
  return 0;
}

int linalg_lu(Tensor *out, const Tensor *a, bool pivot) {
  if (batch_check_size("lu", a->shape[1], a->shape[2]) < 0) return -1;
  const double m = (double)a->shape[1], n = (double)a->shape[2];
  const Batch b = {.name = "lu",
                   .dtype = (DType)a->dtype,
                   .count = out->numel ? a->shape[0] : 0,
                   .m = (int)a->shape[1],
                   .n = (int)a->shape[2],
                   .option = pivot,
                   .out = out,
                   .in = {a},
                   .carve = carve_rows,
                   .one = rows_one,
                   .multiplications = m * n * (m < n ? m : n) / 2};
  BatchFailure failure;
  return batch_run(&b, &failure);
}

/* --- the permutation ---------------------------------------------------------------------------------------------- */

/* Row i of A is row from[i] of L U: the exchanges in opposite order, applied to 0, 1, 2, ... -1 where one is none. */
static int exchange(const Tensor *pivots, int64_t at, int64_t m, int64_t *from) {
  for (int64_t i = 0; i < m; i++) from[i] = i;
  for (int64_t i = pivots->shape[1] - 1; i >= 0; i--) {
    const double given = tensor_get(pivots, at * pivots->shape[1] + i);
    if (!(given >= 1 && given <= (double)m)) {
      return err_set("lu_solve: pivot %lld of the matrix %lld of the batch is %.14g, it must be a row from 1 to %lld",
                     (long long)i + 1, (long long)at + 1, given, (long long)m);
    }
    const int64_t row = (int64_t)given - 1, other = from[row];
    from[row] = from[i];
    from[i] = other;
  }
  return 0;
}

int linalg_lu_permutation(Tensor *out, const Tensor *pivots) {
  const int64_t m = out->shape[1];
  tensor_fill_(out, 0);
  Tensor *from = tensor_new(DT_I64, 1, &m);
  int rc = from ? 0 : -1;
  for (int64_t b = 0; rc == 0 && b < out->shape[0]; b++) {
    rc = exchange(pivots, b, m, tensor_i64(from));
    for (int64_t i = 0; rc == 0 && i < m; i++) {
      const int64_t place = (b * m + i) * m + tensor_i64(from)[i];
      if (out->dtype == DT_F32) {
        tensor_f32(out)[place] = 1;
      } else {
        tensor_f64(out)[place] = 1;
      }
    }
  }
  tensor_release(from);
  return rc;
}
