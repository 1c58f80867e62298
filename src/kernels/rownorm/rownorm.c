/*
 * rownorm.c - one row after the other. Sums run in single precision over RUN numbers, LANES side by side, then in
 * double precision. The parameters' gradients are summed over parts of the rows, whose number depends on the shape alone.
 */
#include "kernels/rownorm/rownorm.h"

#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/simd.h"
#include "base/size.h"

#define LANES 16
#define RUN 512
#define PARTS 16      /* of the rows, at most, */
#define LEAST_PART 32 /* each of at least so many */

INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* total: the sum of TERM, made of i, for i < n */
#define ROW_SUM(T, total, TERM)                                   \
  do {                                                            \
    (total) = 0;                                                  \
    for (int64_t at = 0; at < n;) {                               \
      T lane[LANES] = {0};                                        \
      const int64_t end = smaller(n, at + RUN);                   \
      for (; at + LANES <= end; at += LANES) {                    \
        for (int l = 0; l < LANES; l++) {                         \
          const int64_t i = at + l;                               \
          lane[l] += TERM;                                        \
        }                                                         \
      }                                                           \
      for (int l = 0; at < end; at++, l++) {                      \
        const int64_t i = at;                                     \
        lane[l] += TERM;                                          \
      }                                                           \
      for (int half = LANES / 2; half > 0; half /= 2) {           \
        for (int l = 0; l < half; l++) lane[l] += lane[l + half]; \
      }                                                           \
      (total) += (double)lane[0];                                 \
    }                                                             \
  } while (0)

#define ROW_NORM(T, s)                                                                                             \
  /* the mean (of RMS 0) and 1 / sqrt(variance + eps) */                                                           \
  INLINE void moments_##s(const T *x, int64_t n, bool rms, double eps, T *m, T *scale) {                           \
    double sum, squares;                                                                                           \
    *m = 0;                                                                                                        \
    if (!rms) {                                                                                                    \
      ROW_SUM(T, sum, x[i]);                                                                                       \
      *m = (T)(sum / (double)n);                                                                                   \
    }                                                                                                              \
    const T mean = *m;                                                                                             \
    ROW_SUM(T, squares, (x[i] - mean) * (x[i] - mean));                                                            \
    *scale = (T)(1 / sqrt(squares / (double)n + eps));                                                             \
  }                                                                                                                \
                                                                                                                   \
  static VECTORIZED(void, forward_##s, (const RowNorm *r, int64_t begin, int64_t end), (r, begin, end)) {          \
    const int64_t n = r->n;                                                                                        \
    const T *w = r->w, *b = r->b;                                                                                  \
    for (int64_t row = begin; row < end; row++) {                                                                  \
      const T *x = (const T *)r->x + row * n;                                                                      \
      T *y = (T *)r->y + row * n, m, scale;                                                                        \
      moments_##s(x, n, r->rms, r->eps, &m, &scale);                                                               \
      if (w && b) {                                                                                                \
        INDEPENDENT for (int64_t i = 0; i < n; i++) y[i] = (x[i] - m) * scale * w[i] + b[i];                       \
      } else if (w) {                                                                                              \
        INDEPENDENT for (int64_t i = 0; i < n; i++) y[i] = (x[i] - m) * scale * w[i];                              \
      } else {                                                                                                     \
        INDEPENDENT for (int64_t i = 0; i < n; i++) y[i] = (x[i] - m) * scale;                                     \
      }                                                                                                            \
    }                                                                                                              \
  }                                                                                                                \
                                                                                                                   \
  /* one row; w: NULL where it is 1 (a constant) */                                                                \
  INLINE void grad_row_##s(const T *x, const T *d, const T *w, T *dx, int64_t n, T m, T scale, bool rms) {         \
    double sum = 0, dot;                                                                                           \
    if (!rms) ROW_SUM(T, sum, (w ? d[i] * w[i] : d[i]));                                                           \
    ROW_SUM(T, dot, (w ? d[i] * w[i] : d[i]) * ((x[i] - m) * scale));                                              \
    const T mean = (T)(sum / (double)n), along = (T)(dot / (double)n);                                             \
    INDEPENDENT for (int64_t i = 0; i < n; i++) {                                                                  \
      dx[i] = scale * ((w ? d[i] * w[i] : d[i]) - mean - (x[i] - m) * scale * along);                              \
    }                                                                                                              \
  }                                                                                                                \
                                                                                                                   \
  static VECTORIZED(void, backward_##s, (const RowNorm *r, int64_t begin, int64_t end), (r, begin, end)) {         \
    const int64_t n = r->n;                                                                                        \
    for (int64_t row = begin; row < end; row++) {                                                                  \
      const T *x = (const T *)r->x + row * n, *d = (const T *)r->d + row * n;                                      \
      T *dx = (T *)r->y + row * n, m, scale;                                                                       \
      moments_##s(x, n, r->rms, r->eps, &m, &scale);                                                               \
      if (r->w) grad_row_##s(x, d, r->w, dx, n, m, scale, r->rms);                                                 \
      if (!r->w) grad_row_##s(x, d, NULL, dx, n, m, scale, r->rms);                                                \
    }                                                                                                              \
  }                                                                                                                \
                                                                                                                   \
  /* dw and db of rows begin .. end - 1 */                                                                         \
  static VECTORIZED(void, param_##s, (const RowNorm *r, int64_t begin, int64_t end, T *dw), (r, begin, end, dw)) { \
    const int64_t n = r->n;                                                                                        \
    T *db = dw + n;                                                                                                \
    memset(dw, 0, 2 * (size_t)n * sizeof *dw);                                                                     \
    for (int64_t row = begin; row < end; row++) {                                                                  \
      const T *x = (const T *)r->x + row * n, *d = (const T *)r->d + row * n;                                      \
      T m, scale;                                                                                                  \
      moments_##s(x, n, r->rms, r->eps, &m, &scale);                                                               \
      INDEPENDENT for (int64_t i = 0; i < n; i++) {                                                                \
        dw[i] += d[i] * ((x[i] - m) * scale);                                                                      \
        db[i] += d[i];                                                                                             \
      }                                                                                                            \
    }                                                                                                              \
  }                                                                                                                \
                                                                                                                   \
  static void add_part_##s(T *sum, const T *part, int64_t n) {                                                     \
    for (int64_t i = 0; i < n; i++) sum[i] += part[i];                                                             \
  }
ROW_NORM(float, f32)
ROW_NORM(double, f64)

static int64_t grain(const RowNorm *r) { return 1 + PARALLEL_GRAIN / (r->n + 1); }

static void run_forward(void *ctx, int64_t begin, int64_t end) {
  const RowNorm *r = ctx;
  if (r->dtype == DT_F32) forward_f32(r, begin, end);
  if (r->dtype == DT_F64) forward_f64(r, begin, end);
}

void row_norm(const RowNorm *r) { parallel_for(r->rows, grain(r), run_forward, (void *)r); }

static void run_backward(void *ctx, int64_t begin, int64_t end) {
  const RowNorm *r = ctx;
  if (r->dtype == DT_F32) backward_f32(r, begin, end);
  if (r->dtype == DT_F64) backward_f64(r, begin, end);
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
    if (p->r->dtype == DT_F32) param_f32(p->r, first, last, (float *)(void *)sum);
    if (p->r->dtype == DT_F64) param_f64(p->r, first, last, (double *)(void *)sum);
  }
}

int row_norm_param_grad(const RowNorm *r) {
  const int64_t most = (r->rows + PARTS - 1) / PARTS, rows = most > LEAST_PART ? most : LEAST_PART;
  const int64_t parts = (r->rows + rows - 1) / rows, width = 2 * r->n;
  const size_t size = dtype_size(r->dtype), bytes = SIZE_BYTES(size, parts, width);
  memset(r->y, 0, (size_t)width * size);
  Parts p = {r, rows, alloc_get(bytes)};
  if (!p.sums) return -1;
  parallel_for(parts, 1, run_parts, &p);
  for (int64_t k = 0; k < parts; k++) {
    const void *part = p.sums + (size_t)(k * width) * size;
    if (r->dtype == DT_F32) add_part_f32(r->y, part, width);
    if (r->dtype == DT_F64) add_part_f64(r->y, part, width);
  }
  alloc_put(p.sums, bytes);
  return 0;
}
