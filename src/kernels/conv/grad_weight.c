/*
 * grad_weight.c - the gradient of a convolution's weights.
 *
 * Work is cut by the shape alone into units: a group of channels, a block of images, a band of output rows. Each has a
 * sum of its own; the sums are added in order. A unit packs the rows of x that it sees. The output's gradient goes by in
 * chunks that fit a core's first-level cache: transposed, with output channels in the lanes, or, where those would be
 * too few to fill lanes, packed with images in the lanes. For each chunk, block of channels and tap a tile is added to
 * the unit's sum.
 */
#include <string.h>

#include "base/err.h"
#include "kernels/conv/blocks.h"
#include "kernels/conv/few/few.h"
#include "kernels/conv/source.h"

#define BAND_BYTES (4 << 20)    /* of packed rows of x */
#define CHUNK_BYTES (48 << 10)  /* of dy for one block of outputs, where a row is shorter */
#define COLUMN_BYTES (32 << 10) /* of those, what the tiles of one block of columns read */
#define UNITS 8                 /* units of a group at least, where there are rows enough, */
#define SUMS_BYTES (64 << 20)   /* and at most where their sums would have more bytes than this */
#define FLAT_CHANNELS 4         /* up to so many channels neighbouring taps share a tile */
#define FULL 0.83               /* share of lanes that output channels must fill */

typedef struct Job {
  const ConvShape *s;
  const ConvKernels *k;
  int64_t size;
  Source x, dy;
  bool lanes;             /* images are in the lanes */
  bool flat;              /* the taps of a row and their channels are one dimension of s->c * s->kw channels */
  int64_t px;             /* images of a block in memory */
  int64_t vectors, width; /* of output channels: vectors of a block (0: images are in the lanes), channels of one */
  int64_t channels, taps; /* as the tiles see them: of a tap, and taps of the window */
  int64_t blocks;         /* of output channels */
  int64_t image_blocks, bands, height, places;
  int64_t runs;            /* of units that share a sum, one after the other */
  int64_t sum;             /* elements of a sum */
  int64_t chunk;           /* output rows of one */
  int64_t left, x_columns; /* zeros left of the image, and columns with them */
  ConvMemory memory;
} Job;

/* --- cutting -------------------------------------------------------------------------------------------------------- */

/* Cycles for one position, all channels and outputs, by tiles of `vectors` vectors of outputs. */
static double cost(const ConvKernels *k, int64_t outputs, int64_t channels, int64_t vectors) {
  const int64_t blocks = conv_parts(outputs, vectors * k->lanes),
                parts = conv_parts(channels, k->channels[vectors - 1]);
  double sum = 0;
  for (int64_t i = 0; i < parts; i++) {
    const double c = (double)(conv_cut(channels, parts, i + 1) - conv_cut(channels, parts, i)), v = (double)vectors;
    const double products = c * v / 2, loads = (c + v) / 2;
    sum += products > loads ? products + 0.1 * loads : loads + 0.1 * products;
  }
  return sum * (double)blocks;
}

static void choose_tiles(Job *j) {
  const ConvShape *s = j->s;
  const double filled = (double)s->o / (double)(conv_parts(s->o, j->k->lanes) * j->k->lanes);
  j->flat = s->c <= FLAT_CHANNELS && s->kw > 1 && s->dw == 1;
  j->channels = j->flat ? s->c * s->kw : s->c;
  j->taps = j->flat ? s->kh : s->kh * s->kw;
  j->px = 2 * j->k->lanes;
  j->lanes = filled < FULL && s->n >= j->k->lanes / 2;
  if (j->lanes) {
    j->width = 1;
    j->blocks = s->o;
    return;
  }
  j->vectors = 1;
  for (int64_t v = 2; v <= GRAD_VECTORS; v++) {
    if (cost(j->k, s->o, j->channels, v) < cost(j->k, s->o, j->channels, j->vectors)) j->vectors = v;
  }
  j->width = j->vectors * j->k->lanes;
  j->blocks = conv_parts(s->o, j->width);
}

/* The rows of x that output rows i .. end - 1 see: *from up to *to. */
static void rows_seen(const ConvShape *s, int64_t i, int64_t end, int64_t *from, int64_t *to) {
  *from = conv_larger(0, i * s->sh - s->ph);
  *to = conv_smaller(s->h, (end - 1) * s->sh - s->ph + (s->kh - 1) * s->dh + 1);
  if (*from > *to) *from = *to;
}

static int64_t places_of(const ConvShape *s, int64_t height) {
  return conv_smaller(s->h, (height - 1) * s->sh + (s->kh - 1) * s->dh + 1);
}

static void cut(Job *j) {
  const ConvShape *s = j->s;
  choose_tiles(j);
  j->left = j->flat ? s->pw : 0;
  j->x_columns = j->flat ? conv_larger(s->w + s->pw, (s->ow - 1) * s->sw + s->kw) : s->w;
  j->image_blocks = conv_parts(s->n, j->px);
  j->height = conv_larger(1, s->oh / conv_parts(UNITS, s->groups * j->image_blocks));
  const double row = (double)j->x_columns * (double)s->c * (double)j->px * (double)j->size;
  while (j->height > 1 && (double)places_of(s, j->height) * row > BAND_BYTES) j->height = (j->height + 1) / 2;
  j->bands = conv_parts(s->oh, j->height);
  j->places = places_of(s, j->height);
  const double chunk_row = (double)s->ow * (double)j->px * (double)(j->lanes ? s->o : j->width) * (double)j->size;
  const double rows = chunk_row > 0 ? CHUNK_BYTES / chunk_row : 1;
  j->chunk = rows < 1 ? 1 : conv_smaller((int64_t)rows, j->height);
}

/* Sums are kept for `runs` units each. */
static int choose_sums(Job *j) {
  j->sum = size_product((size_t)j->size, SIZE_LIST(j->blocks * j->width, j->taps, j->channels));
  const int64_t all = size_product((size_t)j->size, SIZE_LIST(j->s->groups, conv_larger(j->sum, 1)));
  if (j->sum < 0 || all < 0) return err_set("the weights are too large");
  const int64_t units = j->image_blocks * j->bands;
  const int64_t most = conv_larger(1, SUMS_BYTES / conv_larger(1, all * j->size));
  j->runs = conv_parts(units, conv_smaller(units, most));
  return 0;
}

static int64_t sums_of_group(const Job *j) { return conv_parts(j->image_blocks * j->bands, j->runs); }

/* --- one unit --------------------------------------------------------------------------------------------------------- */

typedef struct Unit {
  int64_t group, n, images; /* images n .. n + images - 1 */
  int64_t begin, end;       /* output rows */
  int64_t from, packed;     /* the rows of x that are packed: from .. packed - 1 */
  char *x, *dy, *scratch, *row, *sum;
} Unit;

static int64_t x_column(const Job *j) { return j->s->c * j->px; }
static int64_t x_row(const Job *j) { return j->x_columns * x_column(j); }
static int64_t dy_column(const Job *j) { return j->px * (j->lanes ? j->s->o : j->width); }
static int64_t dy_row(const Job *j) { return j->s->ow * dy_column(j); }
static int64_t dy_block(const Job *j) { return j->chunk * dy_row(j); } /* from a block of outputs to the next one */

/* The rows of x up to `to` that are not packed yet. */
static void pack_x(const Job *j, Unit *u, int64_t to) {
  const ConvShape *s = j->s;
  if (to <= u->packed) return;
  const int64_t column = x_column(j) * j->size, right = j->x_columns - j->left - s->w;
  for (int64_t y = u->packed; y < to; y++) {
    char *row = u->x + (y - u->from) * x_row(j) * j->size;
    memset(row, 0, (size_t)(j->left * column));
    if (right > 0) memset(row + (j->left + s->w) * column, 0, (size_t)(right * column));
  }
  char *first = u->x + (u->packed - u->from) * x_row(j) * j->size + j->left * column;
  source_pack(&j->x, u->n, u->images, u->group * s->c, s->c, u->packed, to - u->packed, j->px, u->scratch,
              (Packed){first, x_row(j), x_column(j)});
  u->packed = to;
}

/* Row i of the output's gradient with output channels in the lanes, to row r of the chunk. */
static void spread_row(const Job *j, const Unit *u, int64_t i, int64_t r) {
  const ConvShape *s = j->s;
  const Images *dy = &j->dy.images;
  Spread p = {.columns = s->ow, .to_image = j->width, .to_column = dy_column(j)};
  p.image = 1;
  p.images = conv_parts(u->images, j->k->lanes) * j->k->lanes;
  const bool direct = !j->dy.pool && dy->stride[0] == 1 && p.images == u->images;
  if (!direct) {
    source_pack(&j->dy, u->n, u->images, u->group * s->o, s->o, i, 1, j->px, u->scratch,
                (Packed){u->row, 0, s->o * j->px});
  }
  p.channel = direct ? dy->stride[1] : j->px;
  p.column = direct ? dy->stride[3] : s->o * j->px;
  const char *from = direct ? conv_at(dy, j->size, u->n, u->group * s->o, i) : u->row;
  for (int64_t b = 0; b < j->blocks; b++) {
    p.from = from + b * j->width * p.channel * j->size;
    p.channels = s->o - b * j->width;
    p.to = u->dy + (b * dy_block(j) + r * dy_row(j)) * j->size;
    j->k->spread(&p);
  }
}

/* Whether each channel of an image is one run of memory, and long enough for spread_columns. */
static bool row_major(const Job *j) {
  const int64_t *stride = j->dy.images.stride;
  return !j->dy.pool && stride[3] == 1 && stride[2] == j->s->ow && j->s->oh * j->s->ow >= j->k->lanes;
}

/* Output rows i .. i + rows - 1 of row-major images to the chunk. */
static void spread_rows(const Job *j, const Unit *u, int64_t i, int64_t rows) {
  const ConvShape *s = j->s;
  const Images *dy = &j->dy.images;
  Spread p = {.channel = dy->stride[1], .column = 1, .image = dy->stride[0], .images = u->images};
  p.plane = s->oh * s->ow;
  p.first = i * s->ow;
  p.columns = rows * s->ow;
  p.to_image = j->width;
  p.to_column = dy_column(j);
  for (int64_t b = 0; b < j->blocks; b++) {
    p.from = conv_at(dy, j->size, u->n, u->group * s->o + b * j->width, 0);
    p.channels = s->o - b * j->width;
    p.to = u->dy + b * dy_block(j) * j->size;
    j->k->spread_columns(&p);
  }
}

static void pack_dy(const Job *j, const Unit *u, int64_t i, int64_t rows) {
  if (!j->lanes && row_major(j)) {
    spread_rows(j, u, i, rows);
    return;
  }
  if (j->lanes) {
    source_pack(&j->dy, u->n, u->images, u->group * j->s->o, j->s->o, i, rows, j->px, u->scratch,
                (Packed){u->dy, dy_row(j), dy_column(j)});
    return;
  }
  for (int64_t r = 0; r < rows; r++) spread_row(j, u, i + r, r);
}

/* The output places begin .. end - 1 cut to those whose tap lies inside the image. */
static void cut_to_image(int64_t image, int64_t step, int64_t ahead, int64_t *begin, int64_t *end) {
  const int64_t beyond = image + ahead; /* place step < beyond, place step >= ahead */
  *end = conv_smaller(*end, beyond > 0 ? conv_parts(beyond, step) : 0);
  *begin = conv_larger(*begin, ahead > 0 ? conv_parts(ahead, step) : 0);
}

/* Adds tap (a, b) over the output's rows i .. end - 1, of which row `first` is the chunk's first one, and columns
 * column .. beyond - 1. */
static void add_tap(const Job *j, const Unit *u, GradTile t, GradFn *tile, int64_t a, int64_t b, int64_t first,
                    int64_t i, int64_t end, int64_t column, int64_t beyond) {
  const ConvShape *s = j->s;
  const int64_t down = a * s->dh - s->ph, right = j->flat ? 0 : b * s->dw - s->pw;
  cut_to_image(s->h, s->sh, -down, &i, &end);
  if (!j->flat) cut_to_image(s->w, s->sw, -right, &column, &beyond);
  if (i >= end || column >= beyond) return;
  t.rows = end - i;
  t.columns = beyond - column;
  t.dy = (const char *)t.dy + ((i - first) * t.dy_row + column * t.dy_column) * j->size;
  t.x =
      (const char *)t.x + ((i * s->sh + down - u->from) * x_row(j) + (column * s->sw + right) * x_column(j)) * j->size;
  tile(&t);
}

/* All taps of one block of outputs and one of channels. */
static void add_block(const Job *j, const Unit *u, GradTile t, GradFn *tile, int64_t step, int64_t first, int64_t rows,
                      int64_t column, int64_t beyond) {
  const int64_t kw = j->flat ? 1 : j->s->kw;
  char *sum = t.sum;
  for (int64_t tap = 0; tap < j->taps; tap++) {
    t.sum = sum + tap * step * j->size;
    add_tap(j, u, t, tile, tap / kw, tap % kw, first, first, first + rows, column, beyond);
  }
}

/* The chunk of `rows` output rows from `first` on, its columns column .. beyond - 1. */
static void add_chunk(const Job *j, const Unit *u, int64_t first, int64_t rows, int64_t column, int64_t beyond) {
  const int64_t outputs = j->lanes ? GRAD_OUTPUTS : 1, blocks = conv_parts(j->blocks, outputs);
  const int64_t most = j->lanes ? GRAD_CHANNELS : j->k->channels[j->vectors - 1], parts = conv_parts(j->channels, most);
  GradTile t = {.dy_row = dy_row(j), .dy_column = dy_column(j), .images = u->images};
  t.x_row = j->s->sh * x_row(j);
  t.x_column = j->s->sw * x_column(j);
  t.sum_output = j->taps * j->channels;
  for (int64_t b = 0; b < blocks; b++) {
    const int64_t o = conv_cut(j->blocks, blocks, b), n = conv_cut(j->blocks, blocks, b + 1) - o;
    t.dy = u->dy + o * (j->lanes ? j->px : dy_block(j)) * j->size;
    for (int64_t p = 0; p < parts; p++) {
      const int64_t c = conv_cut(j->channels, parts, p), m = conv_cut(j->channels, parts, p + 1) - c;
      t.x = u->x + c * j->px * j->size;
      t.sum = u->sum + (o * j->taps * j->channels + c) * j->width * j->size;
      add_block(j, u, t,
                j->lanes ? j->k->lanes_grad[(n - 1) * GRAD_CHANNELS + m - 1] : j->k->grad[j->vectors - 1][m - 1],
                j->channels * j->width, first, rows, column, beyond);
    }
  }
}

static void add_unit(const Job *j, Unit *u) {
  const ConvShape *s = j->s;
  int64_t to;
  rows_seen(s, u->begin, u->end, &u->from, &to);
  u->packed = u->from;
  for (int64_t i = u->begin; i < u->end; i += j->chunk) {
    const int64_t rows = conv_smaller(j->chunk, u->end - i);
    int64_t from;
    if (j->x.images.stride[0] == 1) rows_seen(s, i, i + rows, &from, &to); /* else all at once: long rows */
    pack_x(j, u, to);
    pack_dy(j, u, i, rows);
    const int64_t fit = COLUMN_BYTES / conv_larger(1, rows * dy_column(j) * j->size);
    const int64_t parts = conv_parts(s->ow, conv_larger(1, fit));
    for (int64_t p = 0; p < parts; p++)
      add_chunk(j, u, i, rows, conv_cut(s->ow, parts, p), conv_cut(s->ow, parts, p + 1));
  }
}

/* --- the pass ------------------------------------------------------------------------------------------------------------ */

static int64_t x_bytes(const Job *j) {
  return size_product(1, SIZE_LIST(j->places, j->x_columns, j->s->c, j->px, j->size));
}
static int64_t dy_bytes(const Job *j) {
  const int64_t outputs = j->lanes ? j->s->o : j->blocks * j->width;
  return size_product(1, SIZE_LIST(j->chunk, j->s->ow, outputs, j->px, j->size));
}
static int64_t row_bytes(const Job *j) {
  return j->lanes ? 0 : size_product(1, SIZE_LIST(j->s->ow, j->s->o, j->px, j->size));
}

static char *sum_at(const Job *j, int64_t k) { return j->memory.shared + k * conv_aligned(j->sum * j->size); }

/* The units of the sums begin .. end - 1. */
static void run_units(void *ctx, int64_t begin, int64_t end) {
  const Job *j = ctx;
  const ConvShape *s = j->s;
  const int64_t sums = sums_of_group(j), units = j->image_blocks * j->bands;
  Unit u = {.x = conv_memory_mine(&j->memory)};
  u.dy = u.x + conv_aligned(x_bytes(j));
  u.row = u.dy + conv_aligned(dy_bytes(j));
  u.scratch = u.row + conv_aligned(row_bytes(j));
  for (int64_t k = begin; k < end; k++) {
    u.group = k / sums;
    u.sum = sum_at(j, k);
    memset(u.sum, 0, (size_t)(j->sum * j->size));
    for (int64_t i = k % sums * j->runs; i < conv_smaller(units, (k % sums + 1) * j->runs); i++) {
      u.n = i / j->bands * j->px;
      u.images = conv_smaller(j->px, s->n - u.n);
      u.begin = i % j->bands * j->height;
      u.end = conv_smaller(u.begin + j->height, s->oh);
      add_unit(j, &u);
    }
  }
}

#define ADD_GRAIN 4096
static void add_sums(void *ctx, int64_t begin, int64_t end) {
  const Job *j = ctx;
  const int64_t sums = sums_of_group(j);
  for (int64_t g = 0; g < j->s->groups; g++) {
    for (int64_t k = 1; k < sums; k++) {
      j->k->add(end - begin, sum_at(j, g * sums) + begin * j->size, sum_at(j, g * sums + k) + begin * j->size);
    }
  }
}

static void put_weights(const Job *j, char *dweight) {
  const ConvShape *s = j->s;
  for (int64_t g = 0; g < s->groups; g++) {
    const int64_t window = s->kh * s->kw;
    j->k->unpack_weight(sum_at(j, g * sums_of_group(j)), j->width, s->o, s->c, window,
                        dweight + g * s->o * s->c * window * j->size);
  }
}

static int run(Job *j, char *dweight) {
  const int64_t x = x_bytes(j), dy = dy_bytes(j), row = row_bytes(j), px = j->px;
  const int64_t scratch = conv_larger(source_scratch(&j->dy, j->s->o, px), 0);
  const int64_t most = SIZE_BYTES_MAX / 8, sums = j->s->groups * sums_of_group(j);
  const bool fits = x >= 0 && dy >= 0 && row >= 0 && x <= most && dy <= most && row <= most && scratch <= most;
  const int64_t own = fits ? conv_aligned(x) + conv_aligned(dy) + conv_aligned(row) + scratch : -1;
  if (conv_memory_get(&j->memory, size_product(1, SIZE_LIST(sums, conv_aligned(j->sum * j->size))), own) < 0) return -1;
  parallel_for(sums, 1, run_units, j);
  parallel_for(j->sum, ADD_GRAIN, add_sums, j);
  put_weights(j, dweight);
  conv_memory_put(&j->memory);
  return 0;
}

int conv2d_grad_weight(DType dt, const ConvShape *s, const Images *dy, const ConvPool *pool, const Images *x,
                       void *dweight) {
  Job j = {.s = s, .k = conv_kernels(dt), .size = (int64_t)dtype_size(dt)};
  if (s->groups * s->o * s->c == 0) return 0;
  if (s->n == 0 || s->oh * s->ow == 0) {
    memset(dweight, 0, (size_t)(s->groups * s->o * s->c * s->kh * s->kw * j.size));
    return 0;
  }
  if (!pool && conv_is_few(dt, s)) return few_grad_weight(dt, s, dy, x, dweight);
  cut(&j);
  if (choose_sums(&j) < 0 || source_open(&j.x, dt, s->n, s->h, s->w, x, NULL) < 0) return -1;
  int rc = source_open(&j.dy, dt, s->n, s->oh, s->ow, dy, pool);
  if (rc == 0) rc = run(&j, dweight);
  source_close(&j.dy);
  source_close(&j.x);
  return rc;
}
