/*
 * variance.c - moments of chunks, and what makes one of two.
 */
#include "kernels/reduce/variance.h"

#include <math.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/simd.h"

#define CHUNK 4096     /* elements */
#define LANES 16       /* sums side by side */
#define ENOUGH_ROWS 16 /* with fewer the rows' chunks are shared among the threads */

typedef struct Moments {
  double n, mean, squares; /* squares: of the differences from the mean */
} Moments;

INLINE double fold(double lane[LANES]) {
  for (int half = LANES / 2; half > 0; half /= 2) {
    for (int l = 0; l < half; l++) lane[l] += lane[l + half];
  }
  return lane[0];
}

/* lane l gets the terms of elements l, l + LANES, ...; TERM is made of the element x[i] */
#define SUM(total, TERM)                                       \
  do {                                                         \
    double lane[LANES] = {0};                                  \
    int64_t done = 0;                                          \
    for (; done + LANES <= n; done += LANES)                   \
      for (int l = 0; l < LANES; l++) {                        \
        const int64_t i = done + l;                            \
        lane[l] += TERM;                                       \
      }                                                        \
    for (int64_t i = done; i < n; i++) lane[i - done] += TERM; \
    (total) = fold(lane);                                      \
  } while (0)

/* Of n > 0 elements. Differences are taken from the first one, so that equal elements differ by 0. */
#define CHUNK_MOMENTS(name, T)                                                   \
  static VECTORIZED(Moments, name, (int64_t n, const T *x), (n, x)) {            \
    const double first = (double)x[0];                                           \
    double sum, squares;                                                         \
    SUM(sum, (double)x[i] - first);                                              \
    const double mean = sum / (double)n;                                         \
    SUM(squares, ((double)x[i] - first - mean) * ((double)x[i] - first - mean)); \
    return (Moments){(double)n, first + mean, squares};                          \
  }

CHUNK_MOMENTS(moments_f32, float)
CHUNK_MOMENTS(moments_f64, double)

static Moments join(Moments a, Moments b) {
  const double n = a.n + b.n, difference = b.mean - a.mean, share = b.n / n;
  return (Moments){n, a.mean + difference * share, a.squares + b.squares + difference * difference * a.n * share};
}

typedef struct Variance {
  Tensor *out;
  const Tensor *rows;
  int64_t length, chunks, row;
  double divisor;
  bool root;
  Moments *part; /* of the chunks of that row */
} Variance;

static Moments chunk_moments(const Variance *v, int64_t row, int64_t chunk) {
  const int64_t from = chunk * CHUNK, left = v->length - from, n = left < CHUNK ? left : CHUNK;
  const int64_t at = row * v->length + from;
  return v->rows->dtype == DT_F32 ? moments_f32(n, tensor_f32(v->rows) + at) : moments_f64(n, tensor_f64(v->rows) + at);
}

static void store(const Variance *v, int64_t row, double squares) {
  const double variance = squares / v->divisor, result = v->root ? sqrt(variance) : variance;
  if (v->out->dtype == DT_F32) {
    tensor_f32(v->out)[row] = (float)result;
  } else {
    tensor_f64(v->out)[row] = result;
  }
}

static void run_rows(void *ctx, int64_t begin, int64_t end) {
  const Variance *v = ctx;
  for (int64_t row = begin; row < end; row++) {
    Moments m = chunk_moments(v, row, 0);
    for (int64_t c = 1; c < v->chunks; c++) m = join(m, chunk_moments(v, row, c));
    store(v, row, m.squares);
  }
}

static void run_chunks(void *ctx, int64_t begin, int64_t end) {
  const Variance *v = ctx;
  for (int64_t c = begin; c < end; c++) v->part[c] = chunk_moments(v, v->row, c);
}

/* Each row by all threads. */
static int run_cut(Variance *v) {
  const size_t bytes = (size_t)v->chunks * sizeof *v->part;
  v->part = alloc_get(bytes);
  if (!v->part) return -1;
  for (v->row = 0; v->row < v->out->numel; v->row++) {
    parallel_for(v->chunks, PARALLEL_GRAIN / CHUNK, run_chunks, v);
    Moments m = v->part[0];
    for (int64_t c = 1; c < v->chunks; c++) m = join(m, v->part[c]);
    store(v, v->row, m.squares);
  }
  alloc_put(v->part, bytes);
  return 0;
}

static int run(Variance *v) {
  if (v->rows->numel < PARALLEL_FROM) {
    run_rows(v, 0, v->out->numel);
  } else if (v->out->numel >= ENOUGH_ROWS || v->chunks == 1) {
    parallel_for(v->out->numel, PARALLEL_GRAIN / v->length + 1, run_rows, v);
  } else {
    return run_cut(v);
  }
  return 0;
}

/* a with the dimensions that are kept in front, row-major; a new reference. */
static Tensor *as_rows(const Tensor *a, unsigned dims) {
  int64_t shape[TENSOR_MAX_DIM], stride[TENSOR_MAX_DIM];
  int n = 0;
  for (unsigned reduced = 0; reduced < 2; reduced++) {
    for (int d = 0; d < a->ndim; d++) {
      if ((dims >> d & 1) != reduced) continue;
      shape[n] = a->shape[d];
      stride[n++] = a->stride[d];
    }
  }
  Tensor *turned = tensor_view(a, n, shape, stride, a->offset);
  Tensor *rows = turned ? tensor_contiguous(turned) : NULL;
  tensor_release(turned);
  return rows;
}

int reduce_variance(Tensor *out, const Tensor *a, unsigned dims, double divisor, bool root) {
  if (a->numel == 0) {
    tensor_fill_(out, 0 / divisor);
    return 0;
  }
  Tensor *rows = as_rows(a, dims);
  if (!rows) return -1;
  tensor_touch(out);
  const int64_t length = a->numel / out->numel;
  Variance v = {.out = out,
                .rows = rows,
                .length = length,
                .chunks = (length + CHUNK - 1) / CHUNK,
                .divisor = divisor,
                .root = root};
  const int rc = run(&v);
  tensor_release(rows);
  return rc;
}
