/*
 * batch.c - matrices shared among threads, and copied.
 */
#include "kernels/linalg/batch.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/parallel.h"
#include "base/size.h"
#include "kernels/gemm/blas.h"

#define TILE 16 /* rows and columns that are copied together */

int batch_check_size(const char *name, int64_t m, int64_t n) {
  const int64_t smaller = m < n ? m : n, larger = m < n ? n : m;
  if (smaller <= BATCH_MAX_ORDER && larger <= INT32_MAX) return 0;
  return err_set("%s: a matrix of %lld x %lld is too large, its smaller side may have %d", name, (long long)m,
                 (long long)n, BATCH_MAX_ORDER);
}

/* --- running -------------------------------------------------------------------------------------------------------- */

typedef struct Job {
  const Batch *batch;
  int *info;
  char *memory;
  size_t each; /* bytes of a thread */
} Job;

static void run_matrices(void *ctx, int64_t begin, int64_t end) {
  const Job *job = ctx;
  char *memory = job->memory + (size_t)parallel_thread() * job->each;
  for (int64_t i = begin; i < end; i++) job->info[i] = job->batch->one(job->batch, i, memory);
}

/* The matrices that a thread takes at a time: enough that it is worth waking. */
static int64_t grain_of(const Batch *b) {
  const double grain = 1 + 4 * PARALLEL_GRAIN / (b->multiplications + 1);
  return (int64_t)grain;
}

int batch_run(const Batch *b, BatchFailure *failure) {
  *failure = (BatchFailure){-1, 0};
  if (b->count == 0) return 0;
  if (blas_prepare() < 0) return -1;
  const size_t each = b->carve(b, NULL, NULL);
  const int64_t threads = b->count > grain_of(b) ? parallel_threads() : 1;
  /* the caller may be a worker itself, whose number counts */
  const int64_t places = threads > parallel_thread() ? threads : parallel_thread() + 1;
  const size_t all = SIZE_BYTES(each, places), infos = SIZE_BYTES(sizeof(int), b->count);
  Job job = {b, alloc_get(infos), alloc_get(all), each};
  if (job.info && job.memory) {
    memset(job.info, 0, infos);
    parallel_for(b->count, grain_of(b), run_matrices, &job);
    for (int64_t i = 0; i < b->count && failure->at < 0; i++) {
      if (job.info[i] != 0) *failure = (BatchFailure){i, job.info[i]};
    }
  }
  const int status = job.info && job.memory ? 0 : -1;
  alloc_put(job.info, infos);
  alloc_put(job.memory, all);
  return status;
}

/* --- messages ------------------------------------------------------------------------------------------------------- */

const char *batch_which(const Batch *b, const BatchFailure *failure) {
  static _Thread_local char text[48];
  if (b->count <= 1) return "the matrix";
  snprintf(text, sizeof text, "matrix %lld of the batch", (long long)failure->at + 1);
  return text;
}

int batch_error(const Batch *b, const BatchFailure *failure) {
  if (failure->at < 0) return 0;
  if (failure->info == BATCH_NOT_FINITE) {
    return err_set("%s: %s holds inf or nan", b->name, batch_which(b, failure));
  }
  return err_set("%s: %s: LAPACK's method did not converge (info %d)", b->name, batch_which(b, failure), failure->info);
}

/* --- copies --------------------------------------------------------------------------------------------------------- */

/* to[i rs2 + j cs2] = from[i rs + j cs], tile by tile. */
#define COPY_MATRIX(name, T)                                                                                          \
  static void name(const T *from, int64_t rs, int64_t cs, T *to, int64_t rs2, int64_t cs2, int64_t rows, int64_t n) { \
    for (int64_t i0 = 0; i0 < rows; i0 += TILE) {                                                                     \
      const int64_t i1 = i0 + TILE < rows ? i0 + TILE : rows;                                                         \
      for (int64_t j0 = 0; j0 < n; j0 += TILE) {                                                                      \
        const int64_t j1 = j0 + TILE < n ? j0 + TILE : n;                                                             \
        for (int64_t j = j0; j < j1; j++) {                                                                           \
          for (int64_t i = i0; i < i1; i++) to[i * rs2 + j * cs2] = from[i * rs + j * cs];                            \
        }                                                                                                             \
      }                                                                                                               \
    }                                                                                                                 \
  }
COPY_MATRIX(copy_f32, float)
COPY_MATRIX(copy_f64, double)

void batch_load(const Tensor *t, int64_t i, int64_t rows, int64_t columns, void *to, int64_t ld) {
  const void *from = batch_matrix(t, i);
  if (t->dtype == DT_F32) {
    copy_f32(from, t->stride[1], t->stride[2], to, 1, ld, rows, columns);
  } else {
    copy_f64(from, t->stride[1], t->stride[2], to, 1, ld, rows, columns);
  }
}

void batch_store(DType dt, const void *from, int64_t ld, int64_t rows, int64_t columns, void *to) {
  if (dt == DT_F32) {
    copy_f32(from, 1, ld, to, columns, 1, rows, columns);
  } else {
    copy_f64(from, 1, ld, to, columns, 1, rows, columns);
  }
}

bool batch_is_finite(DType dt, const void *x, int64_t n) {
  double sum = 0; /* of x - x, which is 0 or nan */
  if (dt == DT_F32) {
    for (const float *p = x, *end = p + n; p < end; p++) sum += (double)(*p - *p);
  } else {
    for (const double *p = x, *end = p + n; p < end; p++) sum += *p - *p;
  }
  return sum == 0;
}
