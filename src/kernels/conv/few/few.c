/*
 * few.c - see few.h.
 */
#include "kernels/conv/few/few.h"

#include <string.h>

#include "kernels/conv/blocks.h"

/* Places (u, v) of the output, at row y0 + u sy and column x0 + v sx of it, and what they see. */
typedef struct Grid {
  int64_t rows, columns, y0, x0, sy, sx;
  int64_t down, right; /* in the input, from a place to the next */
  int64_t taps, first; /* its taps: first .. first + taps - 1 of the job's, its runs likewise */
  int64_t runs, first_run;
  int64_t first_block, blocks;
} Grid;

typedef struct Job {
  const ConvKernels *k;
  int64_t size, n, groups, c, o; /* c, o: channels of a group, in and out */
  int64_t h, w;                  /* of the input */
  int64_t window, px;
  Images x, y;
  const char *weight, *bias;
  int64_t so, sc; /* weight(o, c, t) at so o + sc c + t */
  Grid *grid;
  GatherTap *tap;
  Run *run;
  int64_t grids, taps, blocks, output_blocks;
  ConvMemory plan, memory;
} Job;

bool conv_is_few(DType dt, const ConvShape *s) { return s->n < conv_kernels(dt)->lanes; }

/* --- which places see what ------------------------------------------------------------------------------------------ */

/* Memory for the lists; -1 with err_set. */
static int plan_new(Job *j, int64_t grids) {
  const int64_t grid_bytes = size_product(1, SIZE_LIST(grids, sizeof(Grid)));
  const int64_t tap_bytes = size_product(1, SIZE_LIST(j->window, sizeof(GatherTap)));
  const int64_t run_bytes = size_product(1, SIZE_LIST(j->window, sizeof(Run)));
  const bool fit = grid_bytes >= 0 && tap_bytes >= 0 && run_bytes >= 0;
  const int64_t bytes = fit ? conv_aligned(grid_bytes) + conv_aligned(tap_bytes) + conv_aligned(run_bytes) : -1;
  if (conv_memory_get(&j->plan, bytes, 0) < 0) return -1;
  j->grid = (Grid *)(void *)j->plan.shared;
  j->tap = (GatherTap *)(void *)(j->plan.shared + conv_aligned(grid_bytes));
  j->run = (Run *)(void *)((char *)j->tap + conv_aligned(tap_bytes));
  return 0;
}

static void add_tap(Job *j, Grid *g, int64_t tap, int64_t y, int64_t x) {
  Run *last = g->runs > 0 ? &j->run[g->first_run + g->runs - 1] : NULL;
  if (last && last->tap + last->length == tap) {
    last->length++;
  } else {
    j->run[g->first_run + g->runs++] = (Run){.at = g->taps, .tap = tap, .length = 1};
  }
  j->tap[g->first + g->taps++] = (GatherTap){tap, y, x};
}

/* After a grid's last tap. */
static void close_grid(Job *j, Grid *g) {
  g->first_block = j->blocks;
  g->blocks = conv_parts(g->rows * g->columns * j->n, j->px);
  j->blocks += g->blocks;
  j->taps += g->taps;
}

static void plan_forward(Job *j, const ConvShape *s) {
  Grid *g = j->grid;
  *g = (Grid){.rows = s->oh, .columns = s->ow, .sy = 1, .sx = 1, .down = s->sh, .right = s->sw};
  j->grids = 1;
  for (int64_t t = 0; t < j->window; t++) {
    add_tap(j, g, t, t / s->kw * s->dh - s->ph, t % s->kw * s->dw - s->pw);
  }
  close_grid(j, g);
}

static void plan_backward(Job *j, const ConvShape *s) {
  const int64_t down = conv_smaller(s->sh, s->h), across = conv_smaller(s->sw, s->w);
  int64_t runs = 0;
  for (int64_t k = 0; k < down * across; k++) {
    Grid *g = &j->grid[j->grids++];
    *g = (Grid){.y0 = k / across, .x0 = k % across, .sy = s->sh, .sx = s->sw, .down = 1, .right = 1};
    g->rows = conv_parts(s->h - g->y0, s->sh);
    g->columns = conv_parts(s->w - g->x0, s->sw);
    g->first = j->taps;
    g->first_run = runs;
    for (int64_t t = 0; t < j->window; t++) {
      const int64_t y = g->y0 + s->ph - t / s->kw * s->dh, x = g->x0 + s->pw - t % s->kw * s->dw;
      if (y % s->sh == 0 && x % s->sw == 0) add_tap(j, g, t, y / s->sh, x / s->sw);
    }
    runs += g->runs;
    close_grid(j, g);
  }
}

/* The block's input of a group: [tap][channel][px]. */
static void gather_block(const Job *j, const Grid *g, const Images *from, int64_t channels, int64_t group,
                         int64_t block, char *to) {
  const int64_t first = block * j->px, all = g->rows * g->columns * j->n;
  Gather a = {.from = conv_at(from, j->size, 0, group * channels, 0), .h = j->h, .w = j->w, .images = j->n};
  a.sn = from->stride[0];
  a.sc = from->stride[1];
  a.sy = from->stride[2];
  a.sx = from->stride[3];
  a.columns = g->columns;
  a.down = g->down;
  a.right = g->right;
  a.tap = j->tap + g->first;
  a.taps = g->taps;
  a.channels = channels;
  a.first = first;
  a.count = conv_smaller(j->px, all - first);
  a.to = to;
  j->k->gather(&a);
}

/* --- output and input's gradient ------------------------------------------------------------------------------------ */

/* Where a block's places stand in y, elements from its channel's first one; whether they are a run of memory. */
static bool find_places(const Job *j, const Grid *g, int64_t block, int64_t count, int64_t *at) {
  bool together = count == j->px;
  for (int64_t l = 0; l < count; l++) {
    const int64_t q = block * j->px + l, n = q % j->n, v = q / j->n % g->columns, u = q / j->n / g->columns;
    at[l] = n * j->y.stride[0] + (g->y0 + u * g->sy) * j->y.stride[2] + (g->x0 + v * g->sx) * j->y.stride[3];
    together = together && at[l] == at[0] + l;
  }
  return together;
}

static void put_places(const Job *j, const char *from, int64_t count, const int64_t *at, char *to) {
  if (j->size == sizeof(float)) {
    for (int64_t l = 0; l < count; l++) ((float *)(void *)to)[at[l]] = ((const float *)(const void *)from)[l];
  } else {
    for (int64_t l = 0; l < count; l++) ((double *)(void *)to)[at[l]] = ((const double *)(const void *)from)[l];
  }
}

#define MOST_PLACES 32 /* two vectors of floats */

static void run_block(const Job *j, const Grid *g, int64_t group, int64_t block, char *memory) {
  static const Run all = {0, 0, 1};
  int64_t at[MOST_PLACES];
  const int64_t count = conv_smaller(j->px, g->rows * g->columns * j->n - block * j->px), taps = j->window * j->c;
  const bool together = find_places(j, g, block, count, at);
  char *out = memory + conv_aligned(j->window * j->c * j->px * j->size);
  gather_block(j, g, &j->x, j->c, group, block, memory);
  Tile t = {.x = memory, .channels = j->c, .x_column = j->c * j->px, .rows = &all, .nrows = 1};
  t.columns = j->run + g->first_run;
  t.ncolumns = g->runs;
  t.out_channel = together ? j->y.stride[1] : j->px;
  for (int64_t b = 0; b < j->output_blocks; b++) {
    const int64_t o = conv_cut(j->o, j->output_blocks, b), outputs = conv_cut(j->o, j->output_blocks, b + 1) - o;
    const int64_t channel = group * j->o + o;
    char *y = conv_at(&j->y, j->size, 0, channel, 0);
    t.weight = j->memory.shared + channel * taps * j->size;
    t.bias = j->bias ? j->bias + channel * j->size : NULL;
    t.out = together ? y + at[0] * j->size : out;
    j->k->tile[1][outputs - 1](&t);
    for (int64_t k = 0; k < outputs && !together; k++) {
      put_places(j, out + k * j->px * j->size, count, at, y + k * j->y.stride[1] * j->size);
    }
  }
}

static void run_blocks(void *ctx, int64_t begin, int64_t end) {
  const Job *j = ctx;
  for (int64_t k = begin; k < end; k++) {
    const int64_t group = k / j->blocks, block = k % j->blocks;
    const Grid *g = j->grid;
    while (block >= g->first_block + g->blocks) g++;
    run_block(j, g, group, block - g->first_block, conv_memory_mine(&j->memory));
  }
}

static void pack_weights(void *ctx, int64_t begin, int64_t end) {
  const Job *j = ctx;
  const int64_t taps = j->window * j->c;
  for (int64_t k = begin; k < end; k++) {
    const int64_t group = k / j->output_blocks, b = k % j->output_blocks;
    const int64_t o = conv_cut(j->o, j->output_blocks, b), outputs = conv_cut(j->o, j->output_blocks, b + 1) - o;
    j->k->pack_weight(j->weight + (group * j->o * taps + o * j->so) * j->size, j->so, j->sc, outputs, j->c, j->window,
                      0, j->memory.shared + (group * j->o + o) * taps * j->size);
  }
}

/* With the plan made. */
static int run_ordered(Job *j) {
  const int64_t weights = size_product(1, SIZE_LIST(j->groups, j->o, j->c, j->window, j->size));
  const int64_t block = size_product(1, SIZE_LIST(j->window, j->c, j->px, j->size));
  j->output_blocks = conv_parts(j->o, j->k->outputs[1]);
  const bool fits = block >= 0 && block <= SIZE_BYTES_MAX / 4;
  int rc = conv_memory_get(&j->memory, weights, fits ? conv_aligned(block) + j->o * j->px * j->size : -1);
  if (rc == 0) {
    const int64_t units = j->groups * j->blocks, blocks = j->groups * j->output_blocks;
    const double products = (double)j->blocks * (double)j->px * (double)j->groups * (double)j->o * (double)j->c *
                            (double)j->window / (double)j->grids;
    parallel_for(blocks, conv_grain(blocks, (double)weights), pack_weights, j);
    parallel_for(units, conv_grain(units, products), run_blocks, j);
    conv_memory_put(&j->memory);
  }
  return rc;
}

/* With the plan made, which is freed. */
static int run(Job *j) {
  FewImages x;
  int rc = few_order(&x, j->size, j->n, j->groups * j->c, j->h, j->w, j->window, &j->x);
  if (rc == 0) {
    j->x = x.images;
    rc = run_ordered(j);
    few_order_free(&x);
  }
  conv_memory_put(&j->plan);
  return rc;
}

static Job job_for(DType dt, const ConvShape *s) {
  Job j = {.k = conv_kernels(dt), .size = (int64_t)dtype_size(dt), .n = s->n, .groups = s->groups};
  j.window = s->kh * s->kw;
  j.px = 2 * j.k->lanes;
  return j;
}

int few_forward(DType dt, const ConvShape *s, const Images *x, const void *weight, const void *bias, const Images *y) {
  Job j = job_for(dt, s);
  if (s->n == 0 || s->groups * s->o == 0 || s->oh * s->ow == 0) return 0;
  if (plan_new(&j, 1) < 0) return -1;
  j.c = s->c, j.o = s->o, j.h = s->h, j.w = s->w, j.x = *x, j.y = *y, j.weight = weight, j.bias = bias;
  j.so = s->c * j.window;
  j.sc = j.window;
  plan_forward(&j, s);
  return run(&j);
}

int few_grad_input(DType dt, const ConvShape *s, const Images *dy, const void *weight, const void *bias,
                   const Images *dx) {
  Job j = job_for(dt, s);
  if (s->n == 0 || s->groups * s->c == 0 || s->h * s->w == 0) return 0;
  if (plan_new(&j, conv_smaller(s->sh, s->h) * conv_smaller(s->sw, s->w)) < 0) return -1;
  j.c = s->o, j.o = s->c, j.h = s->oh, j.w = s->ow, j.x = *dy, j.y = *dx, j.weight = weight, j.bias = bias;
  j.so = j.window;
  j.sc = s->c * j.window;
  plan_backward(&j, s);
  return run(&j);
}
