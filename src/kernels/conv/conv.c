/*
 * conv.c - convolution as matrix products, for any shape.
 *
 * A band of output rows of one image is unrolled into columns (c kh kw, band): column p holds what the window at output
 * position p sees. Then, with the weight as a matrix (o, c kh kw),
 *
 *   y = weight columns        columns' gradient = weight' dy, added back into dx        dweight += dy columns'
 *
 * Bands keep the columns within a core's cache. Images are dealt out in groups, each with scratch memory of its own
 * and, for dweight, a partial sum; the partial sums are added group by group. Bands and groups follow from the shapes
 * alone, so no result depends on the number of threads.
 */
#include "kernels/conv/conv.h"

#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/parallel.h"
#include "base/size.h"
#include "kernels/gemm/gemm.h"

#define BAND (1 << 16)        /* elements that the columns of a band should have at most */
#define GROUPS 32             /* groups of images at most, */
#define PARTIAL_MAX (1 << 22) /* and fewer where their partial sums would have more elements than this */

/* --- unrolling ------------------------------------------------------------------------------------------------ */

static inline int64_t at_least_0(int64_t v) { return v > 0 ? v : 0; }
static inline int64_t at_most(int64_t v, int64_t most) { return v < most ? v : most; }

/* The output columns [*from, *to) whose pixel at offset b of the window lies inside the image. */
static void inside(const Window2d *win, int64_t b, int64_t *from, int64_t *to) {
  const int64_t first = win->pw - b, beyond = win->w + win->pw - b; /* j sw >= first, j sw < beyond */
  *to = at_most((at_least_0(beyond) + win->sw - 1) / win->sw, win->ow);
  *from = at_most((at_least_0(first) + win->sw - 1) / win->sw, *to);
}

/* unroll: columns (c kh kw, rows ow) of output rows i0 .. i0 + rows - 1 of the image x (c, h, w).
 * roll: the opposite, adds the columns to x. */
#define UNROLL(T, suffix)                                                                                   \
  static void unroll_##suffix(const ConvShape *s, const void *image, int64_t i0, int64_t rows, void *to) {  \
    const Window2d *g = &s->win;                                                                            \
    T *col = to;                                                                                            \
    for (int64_t k = 0; k < s->c * g->kh * g->kw; k++) {                                                    \
      const int64_t b = k % g->kw, a = k / g->kw % g->kh;                                                   \
      const T *plane = (const T *)image + k / (g->kw * g->kh) * g->h * g->w;                                \
      int64_t from, end;                                                                                    \
      inside(g, b, &from, &end);                                                                            \
      for (int64_t i = i0; i < i0 + rows; i++, col += g->ow) {                                              \
        const int64_t y = i * g->sh - g->ph + a;                                                            \
        const bool outside = y < 0 || y >= g->h;                                                            \
        const int64_t j0 = outside ? g->ow : from, j1 = outside ? g->ow : end;                              \
        const T *row = outside ? plane : plane + y * g->w;                                                  \
        for (int64_t j = 0; j < j0; j++) col[j] = 0;                                                        \
        for (int64_t j = j0; j < j1; j++) col[j] = row[j * g->sw - g->pw + b];                              \
        for (int64_t j = j1; j < g->ow; j++) col[j] = 0;                                                    \
      }                                                                                                     \
    }                                                                                                       \
  }                                                                                                         \
  static void roll_##suffix(const ConvShape *s, const void *columns, int64_t i0, int64_t rows, void *to) {  \
    const Window2d *g = &s->win;                                                                            \
    const T *col = columns;                                                                                 \
    for (int64_t k = 0; k < s->c * g->kh * g->kw; k++) {                                                    \
      const int64_t b = k % g->kw, a = k / g->kw % g->kh;                                                   \
      T *plane = (T *)to + k / (g->kw * g->kh) * g->h * g->w;                                               \
      int64_t from, end;                                                                                    \
      inside(g, b, &from, &end);                                                                            \
      for (int64_t i = i0; i < i0 + rows; i++, col += g->ow) {                                              \
        const int64_t y = i * g->sh - g->ph + a;                                                            \
        if (y < 0 || y >= g->h) continue;                                                                   \
        T *row = plane + y * g->w;                                                                          \
        for (int64_t j = from; j < end; j++) row[j * g->sw - g->pw + b] += col[j];                          \
      }                                                                                                     \
    }                                                                                                       \
  }                                                                                                         \
  static void add_##suffix(int64_t n, void *sum, const void *part) {                                        \
    for (int64_t i = 0; i < n; i++) ((T *)sum)[i] += ((const T *)part)[i];                                  \
  }                                                                                                         \
  static void spread_##suffix(int64_t n, void *to, const void *value) {                                     \
    for (int64_t i = 0; i < n; i++) ((T *)to)[i] = *(const T *)value;                                       \
  }                                                                                                         \
  static void product_##suffix(int64_t m, int64_t n, int64_t k, const void *a, int64_t rsa, int64_t csa,    \
                               const void *b, int64_t rsb, int64_t csb, void *c, int64_t rsc, bool add) {   \
    gemm_##suffix(m, n, k, a, rsa, csa, b, rsb, csb, c, rsc, add); /* copies nothing and fits, see run() */ \
  }
UNROLL(float, f32)
UNROLL(double, f64)

/* What the algorithm needs of a dtype. */
typedef struct Kernels {
  int64_t size;
  void (*unroll)(const ConvShape *s, const void *image, int64_t i0, int64_t rows, void *columns);
  void (*roll)(const ConvShape *s, const void *columns, int64_t i0, int64_t rows, void *image);
  void (*add)(int64_t n, void *sum, const void *part);
  void (*spread)(int64_t n, void *to, const void *value);
  void (*product)(int64_t m, int64_t n, int64_t k, const void *a, int64_t rsa, int64_t csa, const void *b, int64_t rsb,
                  int64_t csb, void *c, int64_t rsc, bool add);
} Kernels;

static const Kernels kernels_f32 = {sizeof(float), unroll_f32, roll_f32, add_f32, spread_f32, product_f32};
static const Kernels kernels_f64 = {sizeof(double), unroll_f64, roll_f64, add_f64, spread_f64, product_f64};

/* --- the plan --------------------------------------------------------------------------------------------------- */

typedef struct ConvJob {
  const ConvShape *s;
  const Kernels *f;
  const char *in, *weight, *bias; /* in: x or dy */
  char *out, *image, *scratch;    /* image: x where `in` is dy */
  int64_t k, positions;           /* c kh kw; oh ow */
  int64_t rows;                   /* output rows of a band */
  int64_t group;                  /* images of a group */
  int64_t columns, partial;       /* elements of a group's columns and partial sum */
} ConvJob;

/* Fills in what follows from the shapes. -1 with err_set where a dimension is too large for BLAS. */
static int plan(ConvJob *p, DType dt, const ConvShape *s) {
  const Window2d *g = &s->win;
  *p = (ConvJob){.s = s, .f = dt == DT_F32 ? &kernels_f32 : &kernels_f64};
  p->k = size_product(1, SIZE_LIST(s->c, g->kh, g->kw));
  p->positions = size_product(1, SIZE_LIST(g->oh, g->ow));
  if (p->k < 0 || p->positions < 0 || p->k > INT_MAX || p->positions > INT_MAX || s->o > INT_MAX) {
    return err_set("the convolution is too large: BLAS takes dimensions up to %d", INT_MAX);
  }
  const int64_t per_row = p->k * g->ow;
  p->rows = at_most(per_row > 0 && BAND / per_row > 1 ? BAND / per_row : 1, g->oh);
  p->group = (s->n + GROUPS - 1) / GROUPS;
  p->columns = per_row * p->rows;
  return 0;
}

static char *scratch_of_group(const ConvJob *p, int64_t first_image) {
  return p->scratch + first_image / p->group * (p->columns + p->partial) * p->f->size;
}

/* Calls work for the groups of images; each finds its scratch memory by its first image. */
static int run(ConvJob *p, void (*work)(void *job, int64_t begin, int64_t end), void (*finish)(const ConvJob *p)) {
  if (p->s->n == 0) return 0;
  const int64_t groups = (p->s->n + p->group - 1) / p->group;
  const size_t bytes = SIZE_BYTES((size_t)p->f->size, groups, p->columns + p->partial);
  p->scratch = alloc_get(bytes);
  if (!p->scratch) return -1;
  parallel_for(p->s->n, p->group, work, p);
  if (finish) finish(p);
  alloc_put(p->scratch, bytes);
  return 0;
}

/* --- forward ------------------------------------------------------------------------------------------------------ */

static void forward_images(void *ctx, int64_t begin, int64_t end) {
  const ConvJob *p = ctx;
  const ConvShape *s = p->s;
  const int64_t size = p->f->size, ow = s->win.ow;
  char *columns = scratch_of_group(p, begin);
  for (int64_t n = begin; n < end; n++) {
    const char *x = p->in + n * s->c * s->win.h * s->win.w * size;
    char *y = p->out + n * s->o * p->positions * size;
    for (int64_t o = 0; p->bias && o < s->o; o++) {
      p->f->spread(p->positions, y + o * p->positions * size, p->bias + o * size);
    }
    for (int64_t i = 0; i < s->win.oh; i += p->rows) {
      const int64_t rows = at_most(p->rows, s->win.oh - i), len = rows * ow;
      p->f->unroll(s, x, i, rows, columns);
      p->f->product(s->o, len, p->k, p->weight, p->k, 1, columns, len, 1, y + i * ow * size, p->positions,
                    p->bias != NULL);
    }
  }
}

int conv2d(DType dt, const ConvShape *s, const void *x, const void *weight, const void *bias, void *y) {
  ConvJob p;
  if (plan(&p, dt, s) < 0) return -1;
  p.in = x;
  p.weight = weight;
  p.bias = bias;
  p.out = y;
  return run(&p, forward_images, NULL);
}

/* --- gradients ------------------------------------------------------------------------------------------------ */

static void grad_input_images(void *ctx, int64_t begin, int64_t end) {
  const ConvJob *p = ctx;
  const ConvShape *s = p->s;
  const int64_t size = p->f->size, ow = s->win.ow, pixels = s->c * s->win.h * s->win.w;
  char *columns = scratch_of_group(p, begin);
  for (int64_t n = begin; n < end; n++) {
    const char *dy = p->in + n * s->o * p->positions * size;
    char *dx = p->out + n * pixels * size;
    memset(dx, 0, (size_t)(pixels * size));
    for (int64_t i = 0; i < s->win.oh; i += p->rows) {
      const int64_t rows = at_most(p->rows, s->win.oh - i), len = rows * ow;
      p->f->product(p->k, len, s->o, p->weight, 1, p->k, dy + i * ow * size, p->positions, 1, columns, len, false);
      p->f->roll(s, columns, i, rows, dx);
    }
  }
}

int conv2d_grad_input(DType dt, const ConvShape *s, const void *dy, const void *weight, void *dx) {
  ConvJob p;
  if (plan(&p, dt, s) < 0) return -1;
  p.in = dy;
  p.weight = weight;
  p.out = dx;
  return run(&p, grad_input_images, NULL);
}

static void grad_weight_images(void *ctx, int64_t begin, int64_t end) {
  const ConvJob *p = ctx;
  const ConvShape *s = p->s;
  const int64_t size = p->f->size, ow = s->win.ow;
  char *columns = scratch_of_group(p, begin), *sum = columns + p->columns * size;
  memset(sum, 0, (size_t)(p->partial * size));
  for (int64_t n = begin; n < end; n++) {
    const char *x = p->image + n * s->c * s->win.h * s->win.w * size;
    const char *dy = p->in + n * s->o * p->positions * size;
    for (int64_t i = 0; i < s->win.oh; i += p->rows) {
      const int64_t rows = at_most(p->rows, s->win.oh - i), len = rows * ow;
      p->f->unroll(s, x, i, rows, columns);
      p->f->product(s->o, p->k, len, dy + i * ow * size, p->positions, 1, columns, 1, len, sum, p->k, true);
    }
  }
}

static void add_partial_sums(const ConvJob *p) {
  for (int64_t n = 0; n < p->s->n; n += p->group) {
    p->f->add(p->partial, p->out, scratch_of_group(p, n) + p->columns * p->f->size);
  }
}

int conv2d_grad_weight(DType dt, const ConvShape *s, const void *dy, const void *x, void *dweight) {
  ConvJob p;
  if (plan(&p, dt, s) < 0) return -1;
  p.in = dy;
  p.image = (char *)x;
  p.out = dweight;
  p.partial = s->o * p.k;
  const int64_t groups = p.partial > PARTIAL_MAX / GROUPS ? PARTIAL_MAX / p.partial : GROUPS;
  if (groups < GROUPS) p.group = groups > 1 ? (s->n + groups - 1) / groups : s->n;
  memset(dweight, 0, (size_t)(p.partial * p.f->size));
  return run(&p, grad_weight_images, add_partial_sums);
}
