/*
 * scan.c - see scan.h.
 *
 * A tile is up to SIDE sequences that lie beside each other: neighbouring columns, or, where the dimension is innermost,
 * neighbouring rows. All of them go on together, for one sequence alone would wait for each of its additions.
 */
#include "kernels/scan/scan.h"

#include "base/parallel.h"
#include "base/simd.h"

#define SIDE 32 /* columns */
#define ROWS 4  /* rows: as many as the processor can add at a time, for each addition waits for the one before */

/* w sequences of n elements; beside: from one to the next, step: along them, in elements (negative: backwards). */
typedef struct Tile {
  int64_t n, w, beside, step;
} Tile;

typedef void Run(const Tile *t, void *out, const void *a, const void *b);

#define SCAN(name, T, Wide, START, NEXT)                                                                    \
  /* w rows, a constant */                                                                                  \
  INLINE void name##_rows(const int w, const Tile *t, T *o, const T *p, const T *q) {                       \
    Wide y[ROWS];                                                                                           \
    const int64_t n = t->n, beside = t->beside, step = t->step;                                             \
    for (int j = 0; j < w; j++) y[j] = START;                                                               \
    for (int64_t k = 0; k < n; k++, o += step, p += step, q += step) {                                      \
      for (int j = 0; j < w; j++) {                                                                         \
        y[j] = NEXT(y[j], (Wide)p[j * beside], (Wide)q[j * beside]);                                        \
        o[j * beside] = (T)y[j];                                                                            \
      }                                                                                                     \
    }                                                                                                       \
  }                                                                                                         \
  INLINE void name##_columns(const Tile *t, T *o, const T *p, const T *q) {                                 \
    Wide y[SIDE];                                                                                           \
    const int64_t w = t->w;                                                                                 \
    for (int64_t j = 0; j < w; j++) y[j] = START;                                                           \
    for (int64_t k = 0; k < t->n; k++, o += t->step, p += t->step, q += t->step) {                          \
      INDEPENDENT                                                                                           \
      for (int64_t j = 0; j < w; j++) o[j] = (T)(y[j] = NEXT(y[j], (Wide)p[j], (Wide)q[j]));                \
    }                                                                                                       \
  }                                                                                                         \
  static VECTORIZED(void, name, (const Tile *t, void *out, const void *a, const void *b), (t, out, a, b)) { \
    if (t->beside == 1) {                                                                                   \
      name##_columns(t, out, a, b);                                                                         \
    } else if (t->w == ROWS) {                                                                              \
      name##_rows(ROWS, t, out, a, b);                                                                      \
    } else {                                                                                                \
      for (int64_t j = 0; j < t->w; j++) {                                                                  \
        const int64_t at = j * t->beside;                                                                   \
        name##_rows(1, t, (T *)out + at, (const T *)a + at, (const T *)b + at);                             \
      }                                                                                                     \
    }                                                                                                       \
  }
#define PLUS(y, a, b) ((y) + (a))
#define TIMES(y, a, b) ((y) * (a))
#define LINEAR(y, a, b) ((b) + (a) * (y))

SCAN(sum_f32, float, double, 0, PLUS)
SCAN(sum_f64, double, double, 0, PLUS)
SCAN(sum_i64, int64_t, uint64_t, 0, PLUS)
SCAN(product_f32, float, double, 1, TIMES)
SCAN(product_f64, double, double, 1, TIMES)
SCAN(product_i64, int64_t, uint64_t, 1, TIMES)
SCAN(linear_f32, float, double, 0, LINEAR)
SCAN(linear_f64, double, double, 0, LINEAR)

/* --- over a tensor ------------------------------------------------------------------------------------------------ */

typedef struct Scan {
  Run *run;
  int64_t n, inner, outer; /* the dimension, those behind it, those before it */
  int64_t side, tiles;     /* sequences of a tile; tiles in a row of columns, or 1 */
  int64_t size;            /* bytes of an element */
  bool reverse;
  char *out;
  const char *a, *b;
} Scan;

static void run_tile(const Scan *s, int64_t i) {
  Tile t = {.n = s->n, .step = s->reverse ? -s->inner : s->inner};
  int64_t at, left;
  if (s->inner > 1) {
    const int64_t column = i % s->tiles * s->side;
    at = i / s->tiles * s->n * s->inner + column;
    left = s->inner - column;
    t.beside = 1;
  } else {
    at = i * s->side * s->n;
    left = s->outer - i * s->side;
    t.beside = s->n;
  }
  t.w = left < s->side ? left : s->side;
  if (s->reverse) at += (s->n - 1) * s->inner;
  at *= s->size;
  s->run(&t, s->out + at, s->a + at, s->b + at);
}

static void run_tiles(void *ctx, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; i++) run_tile(ctx, i);
}

static void scan(Tensor *out, const Tensor *a, const Tensor *b, int dim, bool reverse, Run *run) {
  Scan s = {.run = run,
            .n = a->shape[dim],
            .inner = 1,
            .outer = 1,
            .size = (int64_t)dtype_size((DType)a->dtype),
            .reverse = reverse,
            .out = tensor_data(out),
            .a = tensor_data(a),
            .b = tensor_data(b)};
  for (int d = 0; d < a->ndim; d++) {
    if (d < dim) s.outer *= a->shape[d];
    if (d > dim) s.inner *= a->shape[d];
  }
  s.side = s.inner > 1 ? SIDE : ROWS;
  s.tiles = s.inner > 1 ? (s.inner + s.side - 1) / s.side : 1;
  const int64_t count = s.inner > 1 ? s.outer * s.tiles : (s.outer + s.side - 1) / s.side;
  if (a->numel < PARALLEL_FROM) {
    run_tiles(&s, 0, count);
  } else {
    parallel_for(count, PARALLEL_GRAIN / (s.n * s.side) + 1, run_tiles, &s);
  }
}

/* Of one or two inputs in any order of memory. */
static int scan_any(Tensor *out, const Tensor *a, const Tensor *b, int dim, bool reverse, Run *const *run) {
  tensor_touch(out);
  if (a->numel == 0) return 0;
  Tensor *x = tensor_contiguous((Tensor *)a), *y = b == a ? x : tensor_contiguous((Tensor *)b);
  const bool ok = x && y;
  if (ok) scan(out, x, y, dim, reverse, run[a->dtype]);
  if (y != x) tensor_release(y);
  tensor_release(x);
  return ok ? 0 : -1;
}

int scan_sum(Tensor *out, const Tensor *x, int dim, bool reverse) {
  static Run *const run[DT_COUNT] = {[DT_F32] = sum_f32, [DT_F64] = sum_f64, [DT_I64] = sum_i64};
  return scan_any(out, x, x, dim, reverse, run);
}
int scan_product(Tensor *out, const Tensor *x, int dim, bool reverse) {
  static Run *const run[DT_COUNT] = {[DT_F32] = product_f32, [DT_F64] = product_f64, [DT_I64] = product_i64};
  return scan_any(out, x, x, dim, reverse, run);
}
int scan_recurrence(Tensor *out, const Tensor *a, const Tensor *b, int dim, bool reverse) {
  static Run *const run[DT_COUNT] = {[DT_F32] = linear_f32, [DT_F64] = linear_f64};
  return scan_any(out, a, b, dim, reverse, run);
}
