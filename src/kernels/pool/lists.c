/*
 * lists.c - see lists.h.
 */
#include "kernels/pool/lists.h"

#include <math.h>

#include "base/alloc.h"
#include "base/size.h"

static size_t seen_bytes(const Lists *l) { return SIZE_BYTES(sizeof(Seen), l->count); }
static size_t first_bytes(const Lists *l) { return SIZE_BYTES(sizeof(int64_t), l->places + 1); }
static size_t divisor_bytes(const Lists *l) { return SIZE_BYTES(sizeof(double), l->places); }

static int make(Lists *l) {
  l->seen = alloc_get(seen_bytes(l));
  l->first = alloc_get(first_bytes(l));
  l->divisor = alloc_get(divisor_bytes(l));
  if (l->seen && l->first && l->divisor) return 0;
  lists_free(l);
  return -1;
}

void lists_free(Lists *l) {
  if (l->seen) alloc_put(l->seen, seen_bytes(l));
  if (l->first) alloc_put(l->first, first_bytes(l));
  if (l->divisor) alloc_put(l->divisor, divisor_bytes(l));
  l->seen = NULL;
  l->first = NULL;
  l->divisor = NULL;
}

/* --- pools -------------------------------------------------------------------------------------------------------- */

/* Taps tap .. tap + count - 1 of a window lie in the image, the first of them at place `at`. */
typedef struct Inside {
  int64_t at, tap, count;
  double divisor;
} Inside;

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t parts(int64_t n, int64_t of) { return n <= 0 ? 0 : (n + of - 1) / of; }

static Inside inside_part(const PoolAxis *a, int64_t i) {
  const int64_t begin = i * a->image / a->output, end = parts((i + 1) * a->image, a->output);
  return (Inside){begin, 0, end - begin, (double)(end - begin)};
}

static Inside inside(const PoolAxis *a, int64_t i) {
  if (a->adaptive) return inside_part(a, i);
  const int64_t start = i * a->step - a->padding, tap = parts(-start, a->distance);
  Inside w = {.at = start + tap * a->distance, .tap = tap};
  w.count = larger(0, smaller(a->window - tap, parts(a->image - w.at, a->distance)));
  w.divisor = (double)(a->count_padding ? smaller(start + a->window, a->image + a->padding) - start : w.count);
  if (a->divisor) w.divisor = (double)a->divisor;
  return w;
}

int lists_of_pool(Lists *l, const PoolAxis *a) {
  *l = (Lists){.places = a->output};
  for (int64_t i = 0; i < a->output; i++) {
    const Inside w = inside(a, i);
    l->count += w.count;
    l->most = larger(l->most, w.tap + w.count);
  }
  if (make(l) < 0) return -1;
  int64_t n = 0;
  for (int64_t i = 0; i < a->output; i++) {
    const Inside w = inside(a, i);
    l->first[i] = n;
    l->divisor[i] = w.divisor;
    for (int64_t k = 0; k < w.count; k++) {
      l->seen[n++] = (Seen){w.at + k * (a->adaptive ? 1 : a->distance), w.tap + k, 1};
    }
  }
  l->first[a->output] = n;
  return 0;
}

/* --- resizes ------------------------------------------------------------------------------------------------------ */

/* As PyTorch rounds it, in the images' own type. */
static double rounded(const ResizeAxis *a, double x) { return a->single ? (double)(float)x : x; }

static double step_of(const ResizeAxis *a) {
  if (a->align_corners) {
    return a->output > 1 ? rounded(a, (double)(a->image - 1) / (double)(a->output - 1)) : 0;
  }
  return rounded(a, a->scale > 0 ? 1 / a->scale : (double)a->image / (double)a->output);
}

/* Where output i lies in the image. */
static double source(const ResizeAxis *a, int64_t i) {
  const double step = step_of(a), at = (double)i;
  if (a->align_corners || a->mode == RESIZE_NEAREST) return rounded(a, at * step);
  if (a->mode == RESIZE_NEAREST_EXACT) return rounded(a, (at + 0.5) * step);
  return rounded(a, rounded(a, (at + 0.5) * step) - 0.5);
}

/* Keys' cubic convolution with a = -0.75; t: how far the place lies beyond the second of four. */
static void cubic_weights(double t, double *w) {
  const double a = -0.75, u = 1 - t;
  w[0] = ((a * (t + 1) - 5 * a) * (t + 1) + 8 * a) * (t + 1) - 4 * a;
  w[1] = ((a + 2) * t - (a + 3)) * t * t + 1;
  w[2] = ((a + 2) * u - (a + 3)) * u * u + 1;
  w[3] = ((a * (u + 1) - 5 * a) * (u + 1) + 8 * a) * (u + 1) - 4 * a;
}

static int64_t clamped(const ResizeAxis *a, double at) {
  return at < 0 ? 0 : at > (double)(a->image - 1) ? a->image - 1 : (int64_t)at;
}

static int64_t taps_of(const ResizeAxis *a) { return a->mode == RESIZE_CUBIC ? 4 : a->mode == RESIZE_LINEAR ? 2 : 1; }

static void sees(const ResizeAxis *a, int64_t i, Seen *to) {
  double at = source(a, i), w[4] = {1};
  if (a->mode == RESIZE_LINEAR && at < 0) at = 0;
  const double begin = a->mode == RESIZE_CUBIC ? floor(at) - 1 : (double)clamped(a, floor(at));
  if (a->mode == RESIZE_CUBIC) cubic_weights(at - floor(at), w);
  if (a->mode == RESIZE_LINEAR) {
    w[1] = fmin(at - begin, 1);
    w[0] = 1 - w[1];
  }
  for (int64_t k = 0; k < taps_of(a); k++) to[k] = (Seen){clamped(a, begin + (double)k), k, w[k]};
}

int lists_of_resize(Lists *l, const ResizeAxis *a) {
  const int64_t taps = taps_of(a);
  *l = (Lists){.places = a->output, .count = size_product(1, SIZE_LIST(a->output, taps)), .most = taps};
  l->weighted = taps > 1;
  if (make(l) < 0) return -1;
  for (int64_t i = 0; i < a->output; i++) {
    l->first[i] = i * taps;
    l->divisor[i] = 1;
    sees(a, i, l->seen + i * taps);
  }
  l->first[a->output] = l->count;
  return 0;
}

/* --- turned ------------------------------------------------------------------------------------------------------- */

/* Whether all divisors are one number, which can stay one. */
static bool is_even(const Lists *l) {
  for (int64_t i = 1; i < l->places; i++) {
    if (l->divisor[i] != l->divisor[0]) return false;
  }
  return true;
}

int lists_turned(Lists *l, const Lists *from, int64_t places) {
  const bool even = is_even(from);
  *l = (Lists){.places = places, .count = from->count, .most = from->most, .weighted = from->weighted || !even};
  if (make(l) < 0) return -1;
  for (int64_t i = 0; i <= places; i++) l->first[i] = 0;
  for (int64_t i = 0; i < places; i++) l->divisor[i] = even && from->places > 0 ? from->divisor[0] : 1;
  for (int64_t k = 0; k < from->count; k++) l->first[from->seen[k].at + 1]++;
  for (int64_t i = 0; i < places; i++) l->first[i + 1] += l->first[i];
  for (int64_t i = 0; i < from->places; i++) {
    for (int64_t k = from->first[i]; k < from->first[i + 1]; k++) {
      const Seen *s = &from->seen[k];
      l->seen[l->first[s->at]++] = (Seen){i, s->tap, even ? s->weight : s->weight / from->divisor[i]};
    }
  }
  for (int64_t i = places; i > 0; i--) l->first[i] = l->first[i - 1]; /* each had moved to the next one's */
  l->first[0] = 0;
  return 0;
}

void lists_seen(const Lists *l, int64_t begin, int64_t end, int64_t *from, int64_t *to) {
  *from = INT64_MAX;
  *to = 0;
  for (int64_t k = l->first[begin]; k < l->first[end]; k++) {
    *from = smaller(*from, l->seen[k].at);
    *to = larger(*to, l->seen[k].at + 1);
  }
  if (*from > *to) *from = *to;
}
