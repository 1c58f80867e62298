/*
 * few_weight.c - the gradient of the weights for few images (few.h).
 *
 * A chunk is some blocks of output places. What they see is gathered as for the output; their gradient is gathered, too,
 * and transposed, so that output channels are in the lanes, or stays as it is where those would not fill the lanes. All
 * taps and channels are one dimension of the tiles. Chunks and their sums are cut by the shape alone.
 */
#include <string.h>

#include "base/err.h"
#include "kernels/conv/blocks.h"
#include "kernels/conv/few/few.h"

#define CHUNK 8               /* blocks at most */
#define CHUNK_BYTES (1 << 18) /* and fewer where what they see has more bytes than this */
#define SUMS 8                /* sums of a group at most, */
#define SUMS_BYTES (16 << 20) /* and fewer where they would have more bytes than this */
#define FULL 0.83             /* share of lanes that output channels must fill */

typedef struct Job {
  const ConvShape *s;
  const ConvKernels *k;
  int64_t size, px, window;
  const Images *x, *dy;
  GatherTap *tap;                   /* of the window, and the one that sees the place itself */
  bool lanes;                       /* places are in the lanes of dy */
  int64_t vectors, width, outputs;  /* of output channels: vectors of a block, channels of one, blocks */
  int64_t terms;                    /* channels times taps */
  int64_t blocks, chunk, sums, sum; /* of places; of a chunk; of a group; elements of one */
  ConvMemory memory;
} Job;

/* --- cutting ---------------------------------------------------------------------------------------------------------- */

static void choose_tiles(Job *j) {
  const int64_t lanes = j->k->lanes, vectors = conv_parts(j->s->o, lanes);
  j->lanes = (double)j->s->o < FULL * (double)(vectors * lanes);
  j->vectors = j->lanes ? 1 : vectors >= 2 ? 2 : 1;
  j->width = j->lanes ? 1 : j->vectors * lanes;
  j->outputs = conv_parts(j->s->o, j->width);
}

static int cut(Job *j) {
  const ConvShape *s = j->s;
  choose_tiles(j);
  j->terms = size_product((size_t)j->size, SIZE_LIST(s->c, j->window));
  j->sum = size_product((size_t)j->size, SIZE_LIST(j->outputs * j->width, s->c, j->window));
  const int64_t all = size_product((size_t)j->size, SIZE_LIST(s->groups, conv_larger(j->sum, 1)));
  if (j->terms < 0 || j->sum < 0 || all < 0) return err_set("the weights are too large");
  j->blocks = conv_parts(s->oh * s->ow * s->n, j->px);
  j->chunk = conv_larger(1, conv_smaller(CHUNK, CHUNK_BYTES / conv_larger(1, j->terms * j->px * j->size)));
  const int64_t most = conv_larger(1, conv_smaller(SUMS, SUMS_BYTES / conv_larger(1, all * j->size)));
  j->sums = conv_smaller(most, conv_parts(j->blocks, j->chunk));
  return 0;
}

/* --- one chunk -------------------------------------------------------------------------------------------------------- */

static Gather gather_of(const Job *j, const Images *m, int64_t channel, int64_t channels, int64_t block) {
  const ConvShape *s = j->s;
  Gather g = {.from = conv_at(m, j->size, 0, channel, 0), .images = s->n, .columns = s->ow, .channels = channels};
  g.sn = m->stride[0];
  g.sc = m->stride[1];
  g.sy = m->stride[2];
  g.sx = m->stride[3];
  g.first = block * j->px;
  g.count = conv_smaller(j->px, s->oh * s->ow * s->n - g.first);
  return g;
}

static void gather_x(const Job *j, int64_t group, int64_t block, char *to) {
  const ConvShape *s = j->s;
  Gather g = gather_of(j, j->x, group * s->c, s->c, block);
  g.h = s->h, g.w = s->w, g.down = s->sh, g.right = s->sw;
  g.tap = j->tap;
  g.taps = j->window;
  g.to = to;
  j->k->gather(&g);
}

/* [block of outputs][place][output], or [output][place] where places are in the lanes; `row`: memory for the latter. */
static void gather_dy(const Job *j, int64_t group, int64_t block, char *row, int64_t output_block, char *to) {
  const ConvShape *s = j->s;
  Gather g = gather_of(j, j->dy, group * s->o, s->o, block);
  g.h = s->oh, g.w = s->ow, g.down = 1, g.right = 1;
  g.tap = j->tap + j->window;
  g.taps = 1;
  g.to = j->lanes ? to : row;
  j->k->gather(&g);
  Spread p = {.channel = j->px, .image = 1, .columns = 1, .images = j->px, .to_image = j->width};
  for (int64_t b = 0; b < j->outputs && !j->lanes; b++) {
    p.from = row + b * j->width * j->px * j->size;
    p.channels = s->o - b * j->width;
    p.to = to + b * output_block * j->size;
    j->k->spread(&p);
  }
}

typedef struct Chunk {
  int64_t group, first, blocks;
  char *x, *dy, *row, *sum;
} Chunk;

static void add_chunk(const Job *j, const Chunk *c) {
  const int64_t at_once = j->lanes ? GRAD_OUTPUTS : 1, most = j->lanes ? GRAD_CHANNELS : j->k->channels[j->vectors - 1];
  const int64_t outputs = conv_parts(j->outputs, at_once), parts = conv_parts(j->terms, most);
  const int64_t x_block = j->terms * j->px, dy_block = j->px * (j->lanes ? j->s->o : j->width);
  const int64_t output_block = j->lanes ? j->px : j->chunk * dy_block;
  for (int64_t b = 0; b < c->blocks; b++) {
    gather_x(j, c->group, c->first + b, c->x + b * x_block * j->size);
    gather_dy(j, c->group, c->first + b, c->row, output_block, c->dy + b * dy_block * j->size);
  }
  GradTile t = {.rows = 1, .columns = c->blocks, .images = j->px, .x_column = x_block, .dy_column = dy_block};
  t.sum_output = j->terms;
  for (int64_t p = 0; p < parts; p++) {
    const int64_t term = conv_cut(j->terms, parts, p), terms = conv_cut(j->terms, parts, p + 1) - term;
    for (int64_t b = 0; b < outputs; b++) {
      const int64_t o = conv_cut(j->outputs, outputs, b), n = conv_cut(j->outputs, outputs, b + 1) - o;
      t.x = c->x + term * j->px * j->size;
      t.dy = c->dy + o * output_block * j->size;
      t.sum = c->sum + (o * j->terms + term) * j->width * j->size;
      GradFn *const *tiles = j->lanes ? j->k->lanes_grad + (n - 1) * GRAD_CHANNELS : j->k->grad[j->vectors - 1];
      tiles[terms - 1](&t);
    }
  }
}

/* --- the pass ----------------------------------------------------------------------------------------------------------- */

static int64_t x_bytes(const Job *j) { return size_product(1, SIZE_LIST(j->chunk, j->terms, j->px, j->size)); }
static int64_t dy_bytes(const Job *j) {
  return size_product(1, SIZE_LIST(j->chunk, j->outputs * j->width, j->px, j->size));
}
static int64_t row_bytes(const Job *j) { return size_product(1, SIZE_LIST(j->s->o, j->px, j->size)); }

static char *sum_at(const Job *j, int64_t k) { return j->memory.shared + k * conv_aligned(j->sum * j->size); }

static void run_sums(void *ctx, int64_t begin, int64_t end) {
  const Job *j = ctx;
  Chunk c = {.x = conv_memory_mine(&j->memory)};
  c.dy = c.x + conv_aligned(x_bytes(j));
  c.row = c.dy + conv_aligned(dy_bytes(j));
  for (int64_t k = begin; k < end; k++) {
    c.group = k / j->sums;
    c.sum = sum_at(j, k);
    memset(c.sum, 0, (size_t)(j->sum * j->size));
    const int64_t last = conv_cut(j->blocks, j->sums, k % j->sums + 1);
    for (c.first = conv_cut(j->blocks, j->sums, k % j->sums); c.first < last; c.first += c.blocks) {
      c.blocks = conv_smaller(j->chunk, last - c.first);
      add_chunk(j, &c);
    }
  }
}

static int run_ordered(Job *j, char *dweight) {
  const ConvShape *s = j->s;
  const int64_t x = x_bytes(j), dy = dy_bytes(j), row = row_bytes(j), most = SIZE_BYTES_MAX / 8;
  const bool fits = x >= 0 && dy >= 0 && row >= 0 && x <= most && dy <= most && row <= most;
  const int64_t own = fits ? conv_aligned(x) + conv_aligned(dy) + row : -1;
  const int64_t sums = size_product(1, SIZE_LIST(s->groups, j->sums, conv_aligned(j->sum * j->size)));
  if (conv_memory_get(&j->memory, sums, own) < 0) return -1;
  const double products = (double)j->blocks * (double)j->px * (double)j->terms * (double)(s->o * s->groups);
  parallel_for(s->groups * j->sums, conv_grain(s->groups * j->sums, products), run_sums, j);
  for (int64_t g = 0; g < s->groups; g++) {
    char *sum = sum_at(j, g * j->sums);
    for (int64_t k = 1; k < j->sums; k++) j->k->add(j->sum, sum, sum_at(j, g * j->sums + k));
    j->k->unpack_weight(sum, j->width, s->o, s->c, j->window, dweight + g * s->o * j->terms * j->size);
  }
  conv_memory_put(&j->memory);
  return 0;
}

/* x's places are gathered once for each tap, dy's once. */
static int run(Job *j, void *dweight) {
  const ConvShape *s = j->s;
  FewImages x;
  if (few_order(&x, j->size, s->n, s->groups * s->c, s->h, s->w, j->window, j->x) < 0) return -1;
  j->x = &x.images;
  const int rc = run_ordered(j, dweight);
  few_order_free(&x);
  return rc;
}

int few_grad_weight(DType dt, const ConvShape *s, const Images *dy, const Images *x, void *dweight) {
  Job j = {.s = s, .k = conv_kernels(dt), .size = (int64_t)dtype_size(dt), .x = x, .dy = dy, .window = s->kh * s->kw};
  j.px = 2 * j.k->lanes;
  if (cut(&j) < 0) return -1;
  const size_t bytes = SIZE_BYTES(sizeof(GatherTap), j.window + 1);
  j.tap = alloc_get(bytes);
  if (!j.tap) return -1;
  for (int64_t t = 0; t < j.window; t++) {
    j.tap[t] = (GatherTap){t, t / s->kw * s->dh - s->ph, t % s->kw * s->dw - s->pw};
  }
  j.tap[j.window] = (GatherTap){0, 0, 0};
  int rc = run(&j, dweight);
  alloc_put(j.tap, bytes);
  return rc;
}
