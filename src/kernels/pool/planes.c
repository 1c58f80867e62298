/*
 * planes.c - see planes.h.
 */
#include "kernels/pool/planes.h"

#define BAND_PIXELS 2048 /* of an image's rows in a band, about: they stay in the second-level cache */
#define MOST_LANES 64    /* of a vector */

Planes planes_of(const PoolShape *s) {
  Planes p = {.k = pool_kernels(s->dt), .shape = s, .size = (int64_t)dtype_size(s->dt)};
  p.direct = s->batch_innermost && s->n >= p.k->lanes;
  p.lanes = p.direct ? s->n : p.k->lanes;
  p.blocks = p.direct ? s->c : conv_parts(s->n * s->c, p.lanes);
  return p;
}

int64_t planes_scratch(const Planes *p, int64_t rows, int64_t w) {
  return p->direct ? 0 : size_product((size_t)p->size, SIZE_LIST(rows, w, p->lanes));
}

/* The band's rows as one run, or row by row where that is not one. */
static void move_lanes(const Planes *p, const Band *b, char *scratch, void (*move)(const Squares *s)) {
  const int64_t *stride = b->images->stride;
  char *plane[MOST_LANES];
  int64_t n, c, planes = 0;
  while (planes < p->lanes && planes_lane(p, b->block, planes, &n, &c)) {
    plane[planes++] = conv_at(b->images, p->size, n, c, b->begin);
  }
  const bool whole = stride[2] == b->w * stride[3];
  const int64_t runs = whole ? 1 : b->end - b->begin, length = whole ? (b->end - b->begin) * b->w : b->w;
  for (int64_t k = 0; k < runs; k++) {
    move(&(Squares){.plane = plane,
                    .planes = planes,
                    .n = length,
                    .step = stride[3],
                    .numbers = scratch + k * length * p->lanes * p->size});
    for (int64_t l = 0; l < planes; l++) plane[l] += stride[2] * p->size;
  }
}

View planes_view(const Planes *p, const Band *b, void *scratch, bool read) {
  const int64_t *stride = b->images->stride;
  if (p->direct) return (View){conv_at(b->images, p->size, 0, b->block, 0), stride[2], stride[3]};
  if (read) move_lanes(p, b, scratch, p->k->into_lanes);
  const int64_t row = b->w * p->lanes;
  return (View){(char *)scratch - b->begin * row * p->size, row, p->lanes};
}

void planes_written(const Planes *p, const Band *b, void *scratch) {
  if (!p->direct) move_lanes(p, b, scratch, p->k->from_lanes);
}

/* --- passes ----------------------------------------------------------------------------------------------------------- */

static void run_bands(void *ctx, int64_t begin, int64_t end) {
  const Pass *p = ctx;
  char *in = conv_memory_mine(&p->memory), *out = in + p->in_bytes;
  for (int64_t item = begin; item < end; item++) {
    const int64_t block = item / p->bands, first = item % p->bands * p->band;
    const int64_t last = conv_smaller(first + p->band, p->rows->places);
    Band from = {.images = p->x, .block = block, .w = p->w}, to = {p->y, block, first, last, p->columns->places};
    lists_seen(p->rows, first, last, &from.begin, &from.end);
    const View x = planes_view(&p->planes, &from, in, true), y = planes_view(&p->planes, &to, out, false);
    for (int64_t i = first; i < last; i++) {
      p->row(p, block, i, x, (View){(char *)y.data + i * y.row * p->planes.size, y.row, y.column});
    }
    planes_written(&p->planes, &to, out);
  }
}

/* Rows of the image that a band of outputs sees at most. */
static int64_t most_rows(const Pass *p) {
  int64_t most = 0, from, to;
  for (int64_t i = 0; i < p->rows->places; i += p->band) {
    lists_seen(p->rows, i, conv_smaller(i + p->band, p->rows->places), &from, &to);
    most = conv_larger(most, to - from);
  }
  return most;
}

int pass_run(Pass *p) {
  const Planes *planes = &p->planes;
  const int64_t oh = p->rows->places, ow = p->columns->places, pixels = conv_larger(p->h * p->w, oh * ow);
  if (oh == 0 || ow == 0 || planes->blocks == 0) return 0;
  p->band = conv_smaller(oh, conv_larger(1, oh * BAND_PIXELS / conv_larger(1, pixels)));
  p->bands = conv_parts(oh, p->band);
  const int64_t in = planes_scratch(planes, most_rows(p), p->w), out = planes_scratch(planes, p->band, ow);
  p->in_bytes = in < 0 ? 0 : conv_aligned(in * planes->size);
  if (conv_memory_get(&p->memory, 0, in < 0 || out < 0 ? -1 : p->in_bytes + out * planes->size) < 0) return -1;
  const int64_t elements = conv_larger(1, pixels / p->bands * planes->lanes);
  parallel_for(planes->blocks * p->bands, conv_larger(1, PARALLEL_FROM / elements), run_bands, p);
  conv_memory_put(&p->memory);
  return 0;
}
