/*
 * pad.c - see pad.h.
 *
 * The dimensions in front of the first that is padded are one, which threads share. The others but the last are gone
 * through position by position; of the last, whole rows are moved: the middle at once, the ends element by element.
 */
#include "kernels/pad/pad.h"

#include <string.h>

#include "base/interrupt.h"
#include "base/parallel.h"
#include "base/simd.h"

typedef struct Pad {
  const Padding *p;
  DType dtype;
  int64_t size;  /* bytes of an element */
  int64_t outer; /* positions of the dimensions in front */
  int ndim;      /* the others; at least 1 */
  int64_t n[TENSOR_MAX_DIM], wide[TENSOR_MAX_DIM],
      before[TENSOR_MAX_DIM]; /* of each of them, without and with padding */
  int64_t rows, small, large; /* of an outer position: rows with padding, elements without and with */
  char *x, *out;
  bool add; /* x += out, for the gradient */
} Pad;

/* Where position j comes from; -1: the value. */
INLINE int64_t source(PadMode mode, int64_t j, int64_t before, int64_t n) {
  const int64_t s = j - before;
  if (s >= 0 && s < n) return s;
  if (mode == PAD_CONSTANT || n == 0) return -1;
  if (mode == PAD_REFLECT) return s < 0 ? -s : 2 * (n - 1) - s;
  if (mode == PAD_REPLICATE) return s < 0 ? 0 : n - 1;
  return s < 0 ? s + n : s - n;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

/* Positions of the last dimension that are x's own, from *first to *end - 1. */
static void middle(const Pad *w, int64_t *first, int64_t *end) {
  const int d = w->ndim - 1;
  const int64_t before = w->before[d], wide = w->wide[d], last = before + w->n[d];
  *first = before < 0 ? 0 : before > wide ? wide : before;
  *end = last > wide ? wide : last < *first ? *first : last;
}

static void move_one(const Pad *w, char *x, char *out, int64_t j) {
  const int d = w->ndim - 1;
  const int64_t s = source(w->p->mode, j, w->before[d], w->n[d]);
  if (s < 0) return;
  if (!w->add) {
    memcpy(out + j * w->size, x + s * w->size, (size_t)w->size);
  } else if (w->dtype == DT_F32) {
    ((float *)(void *)x)[s] += ((float *)(void *)out)[j];
  } else {
    ((double *)(void *)x)[s] += ((double *)(void *)out)[j];
  }
}

static void move_middle(const Pad *w, char *x, char *out, int64_t first, int64_t end) {
  if (end <= first) return;
  x += (first - w->before[w->ndim - 1]) * w->size;
  out += first * w->size;
  if (!w->add) {
    memcpy(out, x, (size_t)((end - first) * w->size));
  } else if (w->dtype == DT_F32) {
    float *a = (float *)(void *)x;
    const float *b = (const float *)(const void *)out;
    for (int64_t i = 0; i < end - first; i++) a[i] += b[i];
  } else {
    double *a = (double *)(void *)x;
    const double *b = (const double *)(const void *)out;
    for (int64_t i = 0; i < end - first; i++) a[i] += b[i];
  }
}

static void move_row(const Pad *w, char *x, char *out) {
  int64_t first, end;
  middle(w, &first, &end);
  for (int64_t j = 0; j < first; j++) move_one(w, x, out, j);
  move_middle(w, x, out, first, end);
  for (int64_t j = end; j < w->wide[w->ndim - 1]; j++) move_one(w, x, out, j);
}

/* The row of x that row r of an outer position shows, in elements from its beginning; -1: the value. */
static int64_t row_source(const Pad *w, int64_t r) {
  int64_t at = 0, step = w->n[w->ndim - 1];
  for (int d = w->ndim - 2; d >= 0; d--) {
    const int64_t s = source(w->p->mode, r % w->wide[d], w->before[d], w->n[d]);
    if (s < 0) return -1;
    at += s * step;
    step *= w->n[d];
    r /= w->wide[d];
  }
  return at;
}

static void pad_some(void *ctx, int64_t begin, int64_t end) {
  const Pad *w = ctx;
  const int64_t row = w->wide[w->ndim - 1];
  for (int64_t o = begin; o < end && !interrupt_requested(); o++) {
    for (int64_t r = 0; r < w->rows; r++) {
      const int64_t at = row_source(w, r);
      if (at >= 0) move_row(w, w->x + (o * w->small + at) * w->size, w->out + (o * w->large + r * row) * w->size);
    }
  }
}

/* --- tensors ------------------------------------------------------------------------------------------------------ */

static void add_dim(Pad *w, int64_t n, int64_t wide, int64_t before, bool last) {
  if (n == wide && before == 0 && !last && w->ndim == 0) {
    w->outer *= n;
    return;
  }
  w->n[w->ndim] = n;
  w->wide[w->ndim] = wide;
  w->before[w->ndim++] = before;
}

/* x is the narrow tensor, out the wide one; both in the same order of memory. */
static void pad_run(Tensor *x, Tensor *out, const Padding *p, bool first_innermost, bool add) {
  Pad w = {.p = p, .dtype = (DType)x->dtype, .size = (int64_t)dtype_size((DType)x->dtype), .outer = 1, .rows = 1};
  w.x = tensor_data(x);
  w.out = tensor_data(out);
  w.add = add;
  w.small = w.large = 1;
  for (int i = 0; i < x->ndim; i++) { /* as they lie in memory */
    const int d = !first_innermost ? i : i + 1 < x->ndim ? i + 1 : 0;
    add_dim(&w, x->shape[d], out->shape[d], p->before[d], i + 1 == x->ndim);
  }
  for (int d = 0; d < w.ndim; d++) {
    w.small *= w.n[d];
    w.large *= w.wide[d];
    if (d + 1 < w.ndim) w.rows *= w.wide[d];
  }
  if (out->numel < PARALLEL_FROM) {
    pad_some(&w, 0, w.outer);
  } else {
    parallel_for(w.outer, PARALLEL_GRAIN / w.large + 1, pad_some, &w);
  }
}

/* The tensor in that order of memory; a new reference. */
static Tensor *in_order(Tensor *t, bool first_innermost) {
  return first_innermost ? tensor_batch_innermost(t) : tensor_contiguous(t);
}

int pad_forward(Tensor *out, Tensor *x, const Padding *p) {
  const bool first_innermost = tensor_is_batch_innermost(out) && !out->contiguous;
  Tensor *from = in_order(x, first_innermost);
  if (!from) return -1;
  if (p->mode == PAD_CONSTANT) tensor_fill_(out, p->value);
  if (out->numel > 0 && x->ndim > 0 && x->numel > 0) pad_run(from, out, p, first_innermost, false);
  if (x->ndim == 0) tensor_copy_(out, from);
  tensor_release(from);
  tensor_touch(out);
  return 0;
}

int pad_backward(Tensor *dx, Tensor *d, const Padding *p) {
  const bool first_innermost = tensor_is_batch_innermost(dx) && !dx->contiguous;
  Tensor *from = in_order(d, first_innermost);
  if (!from) return -1;
  tensor_fill_(dx, 0);
  if (d->numel > 0 && dx->ndim > 0 && dx->numel > 0) pad_run(dx, from, p, first_innermost, true);
  if (dx->ndim == 0) tensor_copy_(dx, from);
  tensor_release(from);
  tensor_touch(dx);
  return 0;
}
