/*
 * pool.c - the loops of pool.h: a block of interleaved images at a time, plane by plane, window by window.
 *
 * Each loop is written for `lanes` images side by side and inlined twice: for BLOCK of them, which makes vector code of
 * it, and for one.
 */
#include "kernels/conv/pool.h"

#include "base/parallel.h"
#include "base/simd.h"

#define CHUNK PARALLEL_FROM /* elements in a chunk: as many as are worth waking a thread for */

typedef struct Planes {
  const Window2d *win;
  int64_t inner, blocks; /* images; blocks of images */
  const char *x, *from;  /* what is looked at, what is taken (pick) or handed out (gradients) */
  char *to;
} Planes;

INLINE int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* Rows y0 .. y1 - 1 and columns x0 .. x1 - 1 of the image: the part of window (i, j) inside it. */
typedef struct Part {
  int64_t y0, y1, x0, x1;
} Part;

INLINE Part part_inside(const Window2d *g, int64_t i, int64_t j) {
  const int64_t y = i * g->sh - g->ph, x = j * g->sw - g->pw;
  return (Part){larger(y, 0), smaller(y + g->kh, g->h), larger(x, 0), smaller(x + g->kw, g->w)};
}

/* For the pixels `at` of a part, in row-major order. */
#define EACH_PIXEL(g, part, at)                            \
  for (int64_t row_ = (part).y0; row_ < (part).y1; row_++) \
    for (int64_t at = row_ * (g)->w + (part).x0; at < row_ * (g)->w + (part).x1; at++)

/* The windows (i, j) of a plane, the n-th of them at a time. */
#define EACH_WINDOW(g, i, j, n)                \
  for (int64_t i = 0, n = 0; i < (g)->oh; i++) \
    for (int64_t j = 0; j < (g)->ow; j++, n++)

/* gcc vectorises the loop over a block only if it does not see that it has 16 turns. */
INLINE int turns(int lanes) {
  if (lanes > 1) OPAQUE(lanes);
  return lanes;
}
#define EACH_LANE(l) INDEPENDENT for (int l = 0, turns_ = turns(lanes); l < turns_; l++)

/* In the functions below x, y, from, dy, dx are at a plane's first pixel and the block's first image; `step` leads from
 * a pixel to the next. */
#define POOL(T, Index, suffix)                                                                                         \
  INLINE void winners_##suffix(const Window2d *g, const T *restrict x, int64_t step, int lanes, Part p,                \
                               Index *restrict at) {                                                                   \
    T best[BLOCK];                                                                                                     \
    const int64_t first = p.y0 * g->w + p.x0;                                                                          \
    EACH_LANE(l) best[l] = x[first * step + l];                                                                        \
    EACH_LANE(l) at[l] = (Index)first;                                                                                 \
    EACH_PIXEL(g, p, k) EACH_LANE(l) {                                                                                 \
      const T here = x[k * step + l];                                                                                  \
      const Index better = (here > best[l]) | (here != here);                                                          \
      best[l] = better ? here : best[l];                                                                               \
      at[l] = better ? (Index)k : at[l];                                                                               \
    }                                                                                                                  \
  }                                                                                                                    \
  INLINE void pick_block_##suffix(const Window2d *g, const T *restrict x, const T *from, T *restrict y, int64_t step,  \
                                  int lanes) {                                                                         \
    Index at[BLOCK];                                                                                                   \
    EACH_WINDOW(g, i, j, n) {                                                                                          \
      const Part p = part_inside(g, i, j);                                                                             \
      winners_##suffix(g, x, step, lanes, p, at);                                                                      \
      EACH_PIXEL(g, p, k) EACH_LANE(l) y[n * step + l] = at[l] == k ? from[k * step + l] : y[n * step + l];            \
    }                                                                                                                  \
  }                                                                                                                    \
  INLINE void max_grad_block_##suffix(const Window2d *g, const T *restrict x, const T *dy, T *restrict dx,             \
                                      int64_t step, int lanes) {                                                       \
    Index at[BLOCK];                                                                                                   \
    for (int64_t k = 0; k < g->h * g->w; k++) EACH_LANE(l) dx[k * step + l] = 0;                                       \
    EACH_WINDOW(g, i, j, n) {                                                                                          \
      const Part p = part_inside(g, i, j);                                                                             \
      winners_##suffix(g, x, step, lanes, p, at);                                                                      \
      EACH_PIXEL(g, p, k) EACH_LANE(l) dx[k * step + l] += at[l] == k ? dy[n * step + l] : 0;                          \
    }                                                                                                                  \
  }                                                                                                                    \
  INLINE void avg_block_##suffix(const Window2d *g, const T *restrict x, const T *unused, T *restrict y, int64_t step, \
                                 int lanes) {                                                                          \
    (void)unused;                                                                                                      \
    const T area = (T)(g->kh * g->kw);                                                                                 \
    EACH_WINDOW(g, i, j, n) {                                                                                          \
      const Part p = part_inside(g, i, j);                                                                             \
      T sum[BLOCK] = {0};                                                                                              \
      EACH_PIXEL(g, p, k) EACH_LANE(l) sum[l] += x[k * step + l];                                                      \
      EACH_LANE(l) y[n * step + l] = sum[l] / area;                                                                    \
    }                                                                                                                  \
  }                                                                                                                    \
  INLINE void avg_grad_block_##suffix(const Window2d *g, const T *unused, const T *dy, T *restrict dx, int64_t step,   \
                                      int lanes) {                                                                     \
    (void)unused;                                                                                                      \
    const T area = (T)(g->kh * g->kw);                                                                                 \
    for (int64_t k = 0; k < g->h * g->w; k++) EACH_LANE(l) dx[k * step + l] = 0;                                       \
    EACH_WINDOW(g, i, j, n) {                                                                                          \
      const Part p = part_inside(g, i, j);                                                                             \
      EACH_PIXEL(g, p, k) EACH_LANE(l) dx[k * step + l] += dy[n * step + l] / area;                                    \
    }                                                                                                                  \
  }                                                                                                                    \
  SHARE(T, pick_##suffix, pick_block_##suffix, h * g->w, h * g->w, oh * g->ow)                                         \
  SHARE(T, max_grad_##suffix, max_grad_block_##suffix, h * g->w, oh * g->ow, h * g->w)                                 \
  SHARE(T, avg_##suffix, avg_block_##suffix, h * g->w, h * g->w, oh * g->ow)                                           \
  SHARE(T, avg_grad_##suffix, avg_grad_block_##suffix, oh * g->ow, oh * g->ow, h * g->w)

/* name(plane and block `begin` .. end - 1) with block(...); the numbers of pixels of x, from and to. */
#define SHARE(T, name, block, x_pixels, from_pixels, to_pixels)                                                      \
  static VECTORIZED(void, name, (void *ctx, int64_t begin, int64_t end), (ctx, begin, end)) {                        \
    const Planes *p = ctx;                                                                                           \
    const Window2d *g = p->win;                                                                                      \
    const int64_t step = p->inner;                                                                                   \
    for (int64_t item = begin; item < end; item++) {                                                                 \
      const int64_t plane = item / p->blocks;                                                                        \
      int64_t image = item % p->blocks * BLOCK;                                                                      \
      const T *x = p->x ? (const T *)p->x + plane * g->x_pixels * step : NULL;                                       \
      const T *from = p->from ? (const T *)p->from + plane * g->from_pixels * step : NULL;                           \
      T *to = (T *)p->to + plane * g->to_pixels * step;                                                              \
      if (image + BLOCK <= step) {                                                                                   \
        block(g, x ? x + image : NULL, from ? from + image : NULL, to + image, step, BLOCK);                         \
        continue;                                                                                                    \
      }                                                                                                              \
      for (; image < step; image++) block(g, x ? x + image : NULL, from ? from + image : NULL, to + image, step, 1); \
    }                                                                                                                \
  }

POOL(float, int32_t, f32)
POOL(double, int64_t, f64)

typedef void Body(void *ctx, int64_t begin, int64_t end);

static void run(const Window2d *win, int64_t count, int64_t inner, Planes p, Body *body) {
  p.win = win;
  p.inner = inner;
  p.blocks = (inner + BLOCK - 1) / BLOCK;
  const int64_t elements = larger(win->h * win->w, 1) * smaller(inner, BLOCK);
  if (elements > 0) parallel_for(count * p.blocks, larger(CHUNK / elements, 1), body, &p);
}

void max_pool2d_pick(DType dt, const Window2d *win, int64_t count, int64_t inner, const void *x, const void *from,
                     void *y) {
  run(win, count, inner, (Planes){.x = x, .from = from, .to = y}, dt == DT_F32 ? pick_f32 : pick_f64);
}

void max_pool2d_grad(DType dt, const Window2d *win, int64_t count, int64_t inner, const void *x, const void *dy,
                     void *dx) {
  run(win, count, inner, (Planes){.x = x, .from = dy, .to = dx}, dt == DT_F32 ? max_grad_f32 : max_grad_f64);
}

void avg_pool2d(DType dt, const Window2d *win, int64_t count, int64_t inner, const void *x, void *y) {
  run(win, count, inner, (Planes){.x = x, .to = y}, dt == DT_F32 ? avg_f32 : avg_f64);
}

void avg_pool2d_grad(DType dt, const Window2d *win, int64_t count, int64_t inner, const void *dy, void *dx) {
  run(win, count, inner, (Planes){.from = dy, .to = dx}, dt == DT_F32 ? avg_grad_f32 : avg_grad_f64);
}
