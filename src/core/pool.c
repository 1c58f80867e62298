/*
 * pool.c - the loops of pool.h: a plane at a time, window by window.
 */
#include "core/pool.h"

#include <string.h>

#include "core/parallel.h"

#define GRAIN (1 << 15) /* pixels that are worth a thread's start */

typedef struct Planes {
  const Window2d *win;
  const char *x, *from; /* what is looked at, what is taken (pick) or handed out (gradients) */
  char *to;
} Planes;

static inline int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* Rows y0 .. y1 - 1 and columns x0 .. x1 - 1 of the image: the part of window (i, j) inside it. */
typedef struct Part {
  int64_t y0, y1, x0, x1;
} Part;

static inline Part part_inside(const Window2d *g, int64_t i, int64_t j) {
  const int64_t y = i * g->sh - g->ph, x = j * g->sw - g->pw;
  return (Part){larger(y, 0), smaller(y + g->kh, g->h), larger(x, 0), smaller(x + g->kw, g->w)};
}

#define POOL(T, suffix)                                                                             \
  static inline int64_t winner_##suffix(const Window2d *g, const T *x, int64_t i, int64_t j) {      \
    const Part p = part_inside(g, i, j);                                                            \
    int64_t best = p.y0 * g->w + p.x0;                                                              \
    for (int64_t y = p.y0; y < p.y1; y++) {                                                         \
      for (int64_t at = y * g->w + p.x0; at < y * g->w + p.x1; at++) {                              \
        if (x[at] > x[best] || x[at] != x[at]) best = at;                                           \
      }                                                                                             \
    }                                                                                               \
    return best;                                                                                    \
  }                                                                                                 \
  static void pick_##suffix(void *ctx, int64_t begin, int64_t end) {                                \
    const Planes *p = ctx;                                                                          \
    const Window2d *g = p->win;                                                                     \
    for (int64_t n = begin; n < end; n++) {                                                         \
      const T *x = (const T *)p->x + n * g->h * g->w, *from = (const T *)p->from + n * g->h * g->w; \
      T *y = (T *)p->to + n * g->oh * g->ow;                                                        \
      for (int64_t i = 0; i < g->oh; i++)                                                           \
        for (int64_t j = 0; j < g->ow; j++) *y++ = from[winner_##suffix(g, x, i, j)];               \
    }                                                                                               \
  }                                                                                                 \
  static void max_grad_##suffix(void *ctx, int64_t begin, int64_t end) {                            \
    const Planes *p = ctx;                                                                          \
    const Window2d *g = p->win;                                                                     \
    for (int64_t n = begin; n < end; n++) {                                                         \
      const T *x = (const T *)p->x + n * g->h * g->w, *dy = (const T *)p->from + n * g->oh * g->ow; \
      T *dx = (T *)p->to + n * g->h * g->w;                                                         \
      memset(dx, 0, (size_t)(g->h * g->w) * sizeof(T));                                             \
      for (int64_t i = 0; i < g->oh; i++)                                                           \
        for (int64_t j = 0; j < g->ow; j++) dx[winner_##suffix(g, x, i, j)] += *dy++;               \
    }                                                                                               \
  }                                                                                                 \
  static inline T sum_##suffix(const Window2d *g, const T *x, int64_t i, int64_t j) {               \
    const Part p = part_inside(g, i, j);                                                            \
    T sum = 0;                                                                                      \
    for (int64_t y = p.y0; y < p.y1; y++)                                                           \
      for (int64_t at = y * g->w + p.x0; at < y * g->w + p.x1; at++) sum += x[at];                  \
    return sum;                                                                                     \
  }                                                                                                 \
  static void avg_##suffix(void *ctx, int64_t begin, int64_t end) {                                 \
    const Planes *p = ctx;                                                                          \
    const Window2d *g = p->win;                                                                     \
    const T area = (T)(g->kh * g->kw);                                                              \
    for (int64_t n = begin; n < end; n++) {                                                         \
      const T *x = (const T *)p->x + n * g->h * g->w;                                               \
      T *y = (T *)p->to + n * g->oh * g->ow;                                                        \
      for (int64_t i = 0; i < g->oh; i++)                                                           \
        for (int64_t j = 0; j < g->ow; j++) *y++ = sum_##suffix(g, x, i, j) / area;                 \
    }                                                                                               \
  }                                                                                                 \
  static inline void spread_##suffix(const Window2d *g, T *dx, int64_t i, int64_t j, T share) {     \
    const Part p = part_inside(g, i, j);                                                            \
    for (int64_t y = p.y0; y < p.y1; y++)                                                           \
      for (int64_t at = y * g->w + p.x0; at < y * g->w + p.x1; at++) dx[at] += share;               \
  }                                                                                                 \
  static void avg_grad_##suffix(void *ctx, int64_t begin, int64_t end) {                            \
    const Planes *p = ctx;                                                                          \
    const Window2d *g = p->win;                                                                     \
    const T area = (T)(g->kh * g->kw);                                                              \
    for (int64_t n = begin; n < end; n++) {                                                         \
      const T *dy = (const T *)p->from + n * g->oh * g->ow;                                         \
      T *dx = (T *)p->to + n * g->h * g->w;                                                         \
      memset(dx, 0, (size_t)(g->h * g->w) * sizeof(T));                                             \
      for (int64_t i = 0; i < g->oh; i++)                                                           \
        for (int64_t j = 0; j < g->ow; j++) spread_##suffix(g, dx, i, j, *dy++ / area);             \
    }                                                                                               \
  }
POOL(float, f32)
POOL(double, f64)

typedef void Body(void *ctx, int64_t begin, int64_t end);

static void run(const Window2d *win, int64_t count, Planes p, Body *body) {
  const int64_t pixels = larger(win->h * win->w, 1);
  p.win = win;
  parallel_for(count, larger(GRAIN / pixels, 1), body, &p);
}

void max_pool2d_pick(DType dt, const Window2d *win, int64_t count, const void *x, const void *from, void *y) {
  run(win, count, (Planes){.x = x, .from = from, .to = y}, dt == DT_F32 ? pick_f32 : pick_f64);
}

void max_pool2d_grad(DType dt, const Window2d *win, int64_t count, const void *x, const void *dy, void *dx) {
  run(win, count, (Planes){.x = x, .from = dy, .to = dx}, dt == DT_F32 ? max_grad_f32 : max_grad_f64);
}

void avg_pool2d(DType dt, const Window2d *win, int64_t count, const void *x, void *y) {
  run(win, count, (Planes){.x = x, .to = y}, dt == DT_F32 ? avg_f32 : avg_f64);
}

void avg_pool2d_grad(DType dt, const Window2d *win, int64_t count, const void *dy, void *dx) {
  run(win, count, (Planes){.from = dy, .to = dx}, dt == DT_F32 ? avg_grad_f32 : avg_grad_f64);
}
