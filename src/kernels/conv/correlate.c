/*
 * correlate.c - see correlate.h.
 */
#include "kernels/conv/correlate.h"

#include <string.h>

#define BAND_BYTES (640 << 10) /* of packed input rows: they should stay in a core's second-level cache */
#define UNITS_A_THREAD 4

/* How the pass is cut. */
typedef struct Cut {
  int64_t tile, px;              /* the tiles' size, and images of a block */
  int64_t image_blocks;          /* of images, */
  int64_t blocks;                /* of output channels, */
  int64_t bands, height, places; /* of rows of y; rows of a band, input rows that one sees at most */
} Cut;

typedef struct Job {
  const Correlation *p;
  Cut cut;
  ConvMemory memory;
} Job;

/* --- cutting ------------------------------------------------------------------------------------------------------ */

/* Few output channels would leave tiles of two vectors waiting for their sums. */
static int64_t tile_size(const Correlation *p) {
  const ConvKernels *k = p->k;
  if (p->n <= k->lanes) return 0;
  if (p->o <= k->outputs[3] && p->n > 4 * k->lanes) return 3;
  if (p->o <= k->outputs[2] && p->n > 2 * k->lanes) return 2;
  return 1;
}

/* The rows of the convolution that rows begin .. end - 1 of y are made of. */
static void conv_rows(const Correlation *p, int64_t begin, int64_t end, int64_t *from, int64_t *to) {
  *from = begin;
  *to = end;
  if (!p->pool) return;
  *from = conv_larger(0, begin * p->pool->sh - p->pool->ph);
  *to = conv_smaller(p->oh, (end - 1) * p->pool->sh - p->pool->ph + p->pool->kh);
}

/* The input rows that a band of `height` rows of y sees at most. */
static int64_t places_of(const Correlation *p, int64_t rows, int64_t height) {
  int64_t most = 0;
  for (int64_t i = 0; i < rows; i += height) {
    int64_t begin, end, from, to;
    conv_rows(p, i, conv_smaller(i + height, rows), &begin, &end);
    taps_seen(&p->rows, begin, end, &from, &to);
    most = conv_larger(most, to - from);
  }
  return most;
}

static Cut cut_for(const Correlation *p) {
  Cut c = {.tile = tile_size(p)};
  const int64_t rows = p->pool ? p->pool->oh : p->oh, threads = parallel_threads();
  c.px = p->k->lanes << c.tile;
  c.image_blocks = conv_parts(p->n, c.px);
  c.blocks = conv_parts(p->o, p->k->outputs[c.tile]);
  const int64_t units = p->groups * c.image_blocks, wanted = threads > 1 ? UNITS_A_THREAD * threads : 1;
  c.height = conv_larger(1, rows / conv_parts(wanted, units));
  const double row = (double)p->w * (double)p->c * (double)c.px * (double)p->size;
  for (;; c.height = (c.height + 1) / 2) {
    c.places = places_of(p, rows, c.height);
    if (c.height == 1 || (double)c.places * row <= BAND_BYTES) break;
  }
  c.bands = conv_parts(rows, c.height);
  return c;
}

/* --- one unit ------------------------------------------------------------------------------------------------------ */

typedef struct Unit {
  int64_t group, n, images, tile, px; /* images n .. n + images - 1 */
  int64_t begin, end;                 /* rows of y */
  int64_t from;                       /* the input's row at the packed memory's begin */
  char *x, *out, *scratch;
  Tile t;
} Unit;

static void pack_band(const Job *j, Unit *u) {
  const Correlation *p = j->p;
  int64_t begin, end, to;
  conv_rows(p, u->begin, u->end, &begin, &end);
  taps_seen(&p->rows, begin, end, &u->from, &to);
  source_pack(&p->x, u->n, u->images, u->group * p->c, p->c, u->from, to - u->from, u->px, u->scratch,
              (Packed){u->x, u->t.x_row, u->t.x_column});
}

/* The tile that makes column `column` of row `row` of the convolution. */
static inline void aim(const Correlation *p, Unit *u, int64_t row, int64_t column) {
  static const Run all = {0, 0, 1};
  Tile *t = &u->t;
  const Run *rows = p->rows.run + p->rows.first[row];
  const int64_t nrows = p->rows.first[row + 1] - p->rows.first[row];
  t->rows = p->narrow ? &all : rows;
  t->nrows = p->narrow ? 1 : nrows;
  t->columns = p->narrow ? rows : p->columns.run + p->columns.first[column];
  t->ncolumns = p->narrow ? nrows : p->columns.first[column + 1] - p->columns.first[column];
}

/* What is added to the number at y. */
static const char *added_to(const Correlation *p, const char *y) {
  return p->add ? p->add + (y - (const char *)p->y.data) : NULL;
}

/* Row `row` of `outputs` channels, channel o of column j to out + o * channel + j * column elements. */
static void row_to_memory(const Correlation *p, Unit *u, TileFn *tile, int64_t row, char *out, int64_t column) {
  const char *add = added_to(p, out);
  for (int64_t j = 0; j < p->ow; j++) {
    aim(p, u, row, j);
    u->t.out = out + j * column * p->size;
    u->t.add = add ? add + j * column * p->size : NULL;
    u->t.next = p->pool ? 0 : column;
    tile(&u->t);
  }
}

static void add_number(int64_t size, void *to, const void *from) {
  if (size == 8) *(double *)to += *(const double *)from;
  if (size == 4) *(float *)to += *(const float *)from;
}

/* Numbers [channel][px] to a column of the tensor. */
static void put_images(const Correlation *p, const Unit *u, int64_t outputs, char *to) {
  const int64_t sn = p->y.stride[0] * p->size, so = p->y.stride[1] * p->size;
  const char *add = added_to(p, to);
  for (int64_t o = 0; o < outputs; o++) {
    char *from = u->out + o * u->px * p->size;
    for (int64_t l = 0; l < u->images; l++) {
      if (add) add_number(p->size, from + l * p->size, add + o * so + l * sn);
      memcpy(to + o * so + l * sn, from + l * p->size, (size_t)p->size);
    }
  }
}

static void plain_row(const Correlation *p, Unit *u, TileFn *tile, int64_t o, int64_t outputs, int64_t row) {
  char *y = conv_at(&p->y, p->size, u->n, u->group * p->o + o, row);
  if (u->images == u->px && p->y.stride[0] == 1) {
    u->t.out_channel = p->y.stride[1];
    row_to_memory(p, u, tile, row, y, p->y.stride[3]);
    return;
  }
  u->t.out = u->out;
  u->t.out_channel = u->px;
  for (int64_t j = 0; j < p->ow; j++) {
    aim(p, u, row, j);
    tile(&u->t);
    put_images(p, u, outputs, y + j * p->y.stride[3] * p->size);
  }
}

/* --- with ReLU and pool -------------------------------------------------------------------------------------------- */

/* One row of windows of channel o of the block, whose convolution's rows stand in `ring`, row r at r % kh. */
static void pool_channel(const Correlation *p, const Unit *u, const char *ring, int64_t channel, int64_t i,
                         char *row_memory) {
  const ConvPool *q = p->pool;
  const void *x[q->kh];
  for (int64_t a = 0; a < q->kh; a++) {
    const int64_t row = i * q->sh - q->ph + a;
    x[a] = row < 0 || row >= p->oh ? NULL : ring + row % q->kh * p->ow * u->px * p->size;
  }
  const int64_t lanes = conv_winner_lanes(p->n);
  const bool whole = u->images == u->px && p->y.stride[0] == 1;
  char *y = conv_at(&p->y, p->size, u->n, channel, i);
  PoolRow r = {.x = x, .kh = q->kh, .kw = q->kw, .sw = q->sw, .pw = q->pw, .width = p->ow, .columns = q->ow};
  r.images = u->images;
  r.px = u->px;
  r.y = whole ? y : row_memory;
  r.y_column = whole ? p->y.stride[3] : u->px;
  r.winner = q->winners + (channel * q->oh + i) * q->ow * lanes + u->n;
  r.winner_column = lanes;
  p->k->relu_pool(&r);
  if (whole) return;
  for (int64_t k = 0; k < q->ow; k++) {
    const char *from = row_memory + k * u->px * p->size;
    char *to = y + k * p->y.stride[3] * p->size;
    for (int64_t l = 0; l < u->images; l++) {
      memcpy(to + l * p->y.stride[0] * p->size, from + l * p->size, (size_t)p->size);
    }
  }
}

static void pooled_rows(const Correlation *p, Unit *u, TileFn *tile, int64_t o, int64_t outputs) {
  const int64_t kh = p->pool->kh, row_size = p->ow * u->px;
  u->t.out_channel = kh * row_size;
  char *row_memory = u->out + outputs * kh * row_size * p->size;
  int64_t done = 0;
  for (int64_t i = u->begin; i < u->end; i++) {
    int64_t from, to;
    conv_rows(p, i, i + 1, &from, &to);
    for (int64_t row = conv_larger(from, done); row < to; row++) {
      row_to_memory(p, u, tile, row, u->out + row % kh * row_size * p->size, u->px);
    }
    done = to;
    for (int64_t k = 0; k < outputs; k++) {
      pool_channel(p, u, u->out + k * u->t.out_channel * p->size, u->group * p->o + o + k, i, row_memory);
    }
  }
}

/* --- the pass ------------------------------------------------------------------------------------------------------- */

static void run_unit(const Job *j, Unit *u) {
  const Correlation *p = j->p;
  Tile *t = &u->t;
  pack_band(j, u);
  const int64_t taps = p->c * p->kh * p->kw;
  const char *weight = j->memory.shared + u->group * p->o * taps * p->size;
  for (int64_t b = 0; b < j->cut.blocks; b++) {
    const int64_t o = conv_cut(p->o, j->cut.blocks, b), outputs = conv_cut(p->o, j->cut.blocks, b + 1) - o;
    TileFn *tile = p->k->tile[u->tile][outputs - 1];
    t->weight = weight + o * taps * p->size;
    t->bias = p->bias ? p->bias + (u->group * p->o + o) * p->size : NULL;
    t->x = u->x - u->from * t->x_row * p->size;
    if (p->pool) {
      pooled_rows(p, u, tile, o, outputs);
    } else {
      for (int64_t row = u->begin; row < u->end; row++) plain_row(p, u, tile, o, outputs, row);
    }
  }
}

static int64_t input_bytes(const Correlation *p, const Cut *c) {
  return size_product(1, SIZE_LIST(c->places, p->w, p->c, c->px, p->size));
}

/* Memory for a tile's outputs, or the rows behind which the pool stands. */
static int64_t output_bytes(const Correlation *p, const Cut *c) {
  const int64_t rows = p->pool ? (p->k->outputs[c->tile] * p->pool->kh + 1) * p->ow : p->k->outputs[c->tile];
  return size_product(1, SIZE_LIST(rows, c->px, p->size));
}

static void run_units(void *ctx, int64_t begin, int64_t end) {
  const Job *j = ctx;
  const Correlation *p = j->p;
  const Cut *c = &j->cut;
  const int64_t rows = p->pool ? p->pool->oh : p->oh;
  for (int64_t k = begin; k < end; k++) {
    Unit u = {.group = k / c->bands / c->image_blocks, .n = k / c->bands % c->image_blocks * c->px};
    u.images = conv_smaller(c->px, p->n - u.n);
    for (u.tile = c->tile; u.tile > 0 && p->k->lanes << (u.tile - 1) >= u.images;) u.tile--;
    u.px = p->k->lanes << u.tile;
    u.begin = k % c->bands * c->height;
    u.end = conv_smaller(u.begin + c->height, rows);
    u.x = conv_memory_mine(&j->memory);
    u.out = u.x + conv_aligned(input_bytes(p, c));
    u.scratch = u.out + conv_aligned(output_bytes(p, c));
    u.t = (Tile){.channels = p->c, .kw = p->kw, .x_column = p->c * u.px, .x_row = p->w * p->c * u.px};
    run_unit(j, &u);
  }
}

static void pack_weights(void *ctx, int64_t begin, int64_t end) {
  const Job *j = ctx;
  const Correlation *p = j->p;
  const int64_t window = p->kh * p->kw, taps = p->c * window;
  for (int64_t k = begin; k < end; k++) {
    const int64_t group = k / j->cut.blocks, b = k % j->cut.blocks;
    const int64_t o = conv_cut(p->o, j->cut.blocks, b), outputs = conv_cut(p->o, j->cut.blocks, b + 1) - o;
    p->k->pack_weight(p->weight + (group * p->order.sg + o * p->order.so) * p->size, p->order.so, p->order.sc, outputs,
                      p->c, window, p->order.turned, j->memory.shared + (group * p->o + o) * taps * p->size);
  }
}

int correlate(const Correlation *p) {
  if (p->n == 0 || p->groups * p->o == 0 || p->oh * p->ow == 0) return 0;
  const int64_t weights = size_product(1, SIZE_LIST(p->groups, p->o, p->c, p->kh, p->kw, p->size));
  Job j = {.p = p, .cut = cut_for(p)};
  const int64_t in = input_bytes(p, &j.cut), out = output_bytes(p, &j.cut);
  const int64_t scratch = source_scratch(&p->x, p->c, j.cut.px);
  const bool fits = in >= 0 && out >= 0 && scratch >= 0 && in <= SIZE_BYTES_MAX / 4 && out <= SIZE_BYTES_MAX / 4 &&
                    scratch <= SIZE_BYTES_MAX / 4;
  if (conv_memory_get(&j.memory, weights, fits ? conv_aligned(in) + conv_aligned(out) + scratch : -1) < 0) return -1;
  const double products = (double)p->n * (double)(p->oh * p->ow) * (double)(p->groups * p->o) * (double)p->c *
                          (double)p->kh * (double)p->kw;
  const int64_t units = p->groups * j.cut.image_blocks * j.cut.bands, blocks = p->groups * j.cut.blocks;
  parallel_for(blocks, conv_grain(blocks, (double)weights), pack_weights, &j);
  parallel_for(units, conv_grain(units, products), run_units, &j);
  conv_memory_put(&j.memory);
  return 0;
}
