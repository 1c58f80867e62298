/*
 * source.c - see source.h.
 */
#include "kernels/conv/source.h"

#include "core/tensor.h"

int source_open(Source *s, DType dt, int64_t n, int64_t h, int64_t w, const Images *images, const ConvPool *pool) {
  *s = (Source){.k = conv_kernels(dt), .size = (int64_t)dtype_size(dt), .n = n, .columns = w};
  s->images = *images;
  s->pool = pool;
  if (!pool) return 0;
  const Axis down = {h, pool->kh, pool->sh, pool->ph, 1, pool->oh},
             across = {w, pool->kw, pool->sw, pool->pw, 1, pool->ow};
  if (taps_backward(&s->rows, &down, false) == 0 && taps_backward(&s->across, &across, false) == 0) return 0;
  source_close(s);
  return -1;
}

void source_close(Source *s) {
  taps_free(&s->rows);
  taps_free(&s->across);
}

/* One row of windows, as pack wants it. */
static PackRow row_of(const Source *s, int64_t n, int64_t images, int64_t c, int64_t channels, int64_t y, int64_t px) {
  const int64_t *stride = s->images.stride;
  return (PackRow){.from = conv_at(&s->images, s->size, n, c, y),
                   .sn = stride[0],
                   .sc = stride[1],
                   .sx = stride[3],
                   .images = images,
                   .channels = channels,
                   .columns = s->pool ? s->pool->ow : s->columns,
                   .px = px};
}

int64_t source_scratch(const Source *s, int64_t channels, int64_t px) {
  return s->pool ? size_product(1, SIZE_LIST(s->size, s->pool->kh, s->pool->ow, channels, px)) : 0;
}

static void unpool(const Source *s, PackRow row, int64_t n, int64_t c, int64_t y, void *scratch, char *to,
                   int64_t to_column) {
  const ConvPool *pool = s->pool;
  const int64_t first = s->rows.first[y], windows = s->rows.first[y + 1] - first;
  const bool packed = row.images < row.px || row.sn != 1;
  UnpoolRow u = {.rows = s->rows.run + first, .nrows = windows, .columns = &s->across, .kh = pool->kh, .kw = pool->kw};
  u.images = row.images;
  u.channels = row.channels;
  u.px = row.px;
  u.to = to;
  u.to_column = to_column;
  u.winner_channel = pool->oh * pool->ow * conv_winner_lanes(s->n);
  u.winner_row = pool->ow * conv_winner_lanes(s->n);
  u.winner_column = conv_winner_lanes(s->n);
  u.winners = pool->winners + c * u.winner_channel + n;
  u.dy = packed ? scratch : s->images.data;
  if (!packed) {
    u.dy = conv_at(&s->images, s->size, n, c, 0);
    u.dy_channel = row.sc;
    u.dy_row = s->images.stride[2];
    u.dy_column = row.sx;
    s->k->unpool(&u);
    return;
  }
  u.dy_channel = row.px;
  u.dy_column = row.px * row.channels;
  u.dy_row = u.dy_column * pool->ow;
  row.to_column = u.dy_column;
  for (int64_t k = 0; k < windows; k++) {
    row.from = conv_at(&s->images, s->size, n, c, u.rows[k].at);
    row.to = (char *)scratch + k * u.dy_row * s->size;
    s->k->pack(&row);
  }
  if (windows > 0) u.dy = (char *)scratch - u.rows[0].at * u.dy_row * s->size;
  s->k->unpool(&u);
}

/* Rows that follow each other in memory, before and after, are packed as one long row: that has fewer ends, and reads
 * on where it stopped. */
static bool rows_follow(const Source *s, const Packed *packed) {
  const int64_t *stride = s->images.stride;
  return stride[3] == 1 && stride[2] == s->columns && packed->row == s->columns * packed->column;
}

void source_pack(const Source *s, int64_t n, int64_t images, int64_t c, int64_t channels, int64_t y, int64_t rows,
                 int64_t px, void *scratch, Packed packed) {
  const int64_t together = !s->pool && rows_follow(s, &packed) ? rows : 1;
  for (int64_t r = 0; r < rows; r += together) {
    PackRow row = row_of(s, n, images, c, channels, y + r, px);
    row.columns *= together;
    row.to = packed.to + r * packed.row * s->size;
    row.to_column = packed.column;
    if (s->pool) {
      unpool(s, row, n, c, y + r, scratch, row.to, packed.column);
    } else {
      s->k->pack(&row);
    }
  }
}
