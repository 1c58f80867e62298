/*
 * loader_rows.c - rows that are only copied go by memcpy; the others one at a time, an image that is both moved and
 * converted line by line.
 */
#include "data/loader_rows.h"

#include <string.h>

#include "base/parallel.h"
#include "core/rng.h"

/* The usual short rows have a copy of constant size. */
void loader_gather(char *to, const char *from, const int64_t *order, int64_t n, size_t bytes) {
#define ROWS_OF(size)                                                                    \
  case size:                                                                             \
    for (int64_t i = 0; i < n; i++) memcpy(to + i * size, from + order[i] * size, size); \
    return;
  switch (bytes) {
    ROWS_OF(4)
    ROWS_OF(8)
    ROWS_OF(12)
    ROWS_OF(16)
    ROWS_OF(20)
    ROWS_OF(24)
    ROWS_OF(28)
    ROWS_OF(32)
    ROWS_OF(40)
    ROWS_OF(48)
    ROWS_OF(64)
    default:
      for (int64_t i = 0; i < n; i++) memcpy(to + (size_t)i * bytes, from + (size_t)order[i] * bytes, bytes);
  }
#undef ROWS_OF
}

typedef struct Rows {
  const RowSource *s;
  const char *from;
  char *to;
  int64_t elements; /* of a row */
  size_t in, out;   /* bytes of a row */
  ImageShape shape;
} Rows;

/* A row of bytes to numbers. */
static void convert(const Rows *r, char *to, const char *from) {
  const ByteTransform *t = r->s->transform;
  byte_transform_run(t, (const uint8_t *)from, to, r->elements, r->elements / t->channels);
}

/* Row i of the batch, which moves. */
static void move_row(const Rows *r, int64_t i, const char *from, char *to) {
  const ImageShape *shape = &r->shape;
  const ByteTransform *t = r->s->transform;
  uint32_t word[4];
  uint8_t line[LOADER_ROWS_WIDTH];
  rng_block(r->s->key, r->s->stream, (uint64_t)(r->s->first + i), word);
  const ImagePlace place = augment_place(r->s->augment, word);
  if (!t) {
    augment_cut(to, shape->height, shape->width, from, shape, place);
    return;
  }
  const size_t step = (size_t)shape->width * dtype_size(t->dtype);
  for (int64_t c = 0; c < shape->channels; c++) {
    for (int64_t y = 0; y < shape->height; y++, to += step) {
      augment_line((char *)line, shape->width, from, shape, place, c, y);
      byte_transform_channel(t, c, line, to, shape->width);
    }
  }
}

static void run_rows(void *ctx, int64_t begin, int64_t end) {
  const Rows *r = ctx;
  const RowSource *s = r->s;
  const bool moves = augment_is_on(s->augment);
  if (!moves && !s->order && s->transform->channels == 1) {
    const uint8_t *from = (const uint8_t *)r->from + (size_t)(s->first + begin) * r->in;
    byte_transform_channel(s->transform, 0, from, r->to + (size_t)begin * r->out, (end - begin) * r->elements);
    return;
  }
  for (int64_t i = begin; i < end; i++) {
    const int64_t row = s->order ? s->order[s->first + i] : s->first + i;
    const char *from = r->from + (size_t)row * r->in;
    char *to = r->to + (size_t)i * r->out;
    if (moves) {
      move_row(r, i, from, to);
    } else {
      convert(r, to, from);
    }
  }
}

static Rows rows_of(Tensor *out, const RowSource *s) {
  const Tensor *t = s->field;
  Rows r = {.s = s, .from = tensor_data(t), .to = tensor_data(out), .elements = t->numel / t->shape[0]};
  const size_t element = dtype_size((DType)t->dtype);
  r.in = (size_t)r.elements * element;
  r.out = (size_t)r.elements * dtype_size((DType)out->dtype);
  if (t->ndim == 4) r.shape = (ImageShape){t->shape[1], t->shape[2], t->shape[3], element};
  return r;
}

void loader_rows(Tensor *out, const RowSource *s) {
  Rows r = rows_of(out, s);
  const int64_t n = out->shape[0];
  if (augment_is_on(s->augment) || s->transform) {
    const int64_t grain = PARALLEL_FROM / (r.elements > 0 ? r.elements : 1);
    parallel_for(n, grain > 0 ? grain : 1, run_rows, &r);
  } else if (s->order) {
    loader_gather(r.to, r.from, s->order + s->first, n, r.in);
  } else {
    memcpy(r.to, r.from + (size_t)s->first * r.in, (size_t)n * r.in);
  }
}
