/*
 * rownorm.c - rows shared among threads. The parameters' gradients are summed over parts of the rows, whose number
 * depends on the shape alone.
 */
#include "kernels/rownorm/rownorm.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cpu.h"
#include "base/parallel.h"
#include "base/size.h"
#include "kernels/rownorm/rownorm_kernels.h"

#define PARTS 16      /* of the rows, at most, */
#define LEAST_PART 32 /* each of at least so many */

static const RowNormKernels *kernels(void) {
#ifdef __x86_64__
  if (cpu_level() == CPU_AVX512) return &rownorm_kernels_avx512;
  if (cpu_level() == CPU_AVX2) return &rownorm_kernels_avx2;
#endif
  return &rownorm_kernels_baseline;
}

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t grain(const RowNorm *r) { return 1 + PARALLEL_GRAIN / (r->n + 1); }

static void run_forward(void *ctx, int64_t begin, int64_t end) {
  const RowNorm *r = ctx;
  kernels()->forward[r->dtype == DT_F64](r, begin, end);
}

void row_norm(const RowNorm *r) { parallel_for(r->rows, grain(r), run_forward, (void *)r); }

static void run_backward(void *ctx, int64_t begin, int64_t end) {
  const RowNorm *r = ctx;
  kernels()->backward[r->dtype == DT_F64](r, begin, end);
}

void row_norm_grad(const RowNorm *r) { parallel_for(r->rows, grain(r), run_backward, (void *)r); }

typedef struct Parts {
  const RowNorm *r;
  int64_t rows; /* of a part */
  char *sums;   /* of each part: dw, db */
} Parts;

static void run_parts(void *ctx, int64_t begin, int64_t end) {
  const Parts *p = ctx;
  for (int64_t k = begin; k < end; k++) {
    char *sum = p->sums + (size_t)(k * 2 * p->r->n) * dtype_size(p->r->dtype);
    const int64_t first = k * p->rows, last = smaller(first + p->rows, p->r->rows);
    kernels()->params[p->r->dtype == DT_F64](p->r, first, last, sum);
  }
}

#define ADD_PART(T, s)                                         \
  static void add_part_##s(T *sum, const T *part, int64_t n) { \
    for (int64_t i = 0; i < n; i++) sum[i] += part[i];         \
  }
ADD_PART(float, f32)
ADD_PART(double, f64)

bool row_norm_grad_together(const RowNorm *r) {
  return r->rows >= PARTS * LEAST_PART || (double)r->rows * (double)r->n < PARALLEL_FROM;
}

int row_norm_param_grad(const RowNorm *r) {
  const int64_t most = (r->rows + PARTS - 1) / PARTS, rows = most > LEAST_PART ? most : LEAST_PART;
  const int64_t parts = (r->rows + rows - 1) / rows, width = 2 * r->n;
  const size_t size = dtype_size(r->dtype), bytes = SIZE_BYTES(size, parts, width);
  memset(r->dw, 0, (size_t)width * size);
  Parts p = {r, rows, alloc_get(bytes)};
  if (!p.sums) return -1;
  parallel_for(parts, 1, run_parts, &p);
  for (int64_t k = 0; k < parts; k++) {
    const void *part = p.sums + (size_t)(k * width) * size;
    if (r->dtype == DT_F32) add_part_f32(r->dw, part, width);
    if (r->dtype == DT_F64) add_part_f64(r->dw, part, width);
  }
  alloc_put(p.sums, bytes);
  return 0;
}
