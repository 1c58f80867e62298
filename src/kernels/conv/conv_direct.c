/*
 * conv_direct.c - sixteen images at a time: into a buffer of vectors, through the kernels, out again.
 *
 * A thread takes a group of LANES images, packs what the kernels read into buffers of its own that fit its cache, and
 * unpacks what they made. Packing follows any strides; where the images are the innermost dimension it is a copy of
 * vectors.
 */
#include "kernels/conv/conv_direct.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cpu.h"
#include "base/parallel.h"
#include "base/size.h"
#include "kernels/conv/conv_kernels.h"

#define GROUP_MAX (1 << 18) /* floats of a packed group at most: it should stay in a core's second-level cache */
#define WINDOW_MAX 16       /* rows or columns of the window at most */
#define BATCH_MIN 8         /* images; a smaller batch would leave most lanes idle */

static inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static const ConvKernels *kernels(void) {
#ifdef __x86_64__
  if (cpu_level() == CPU_AVX512) return &conv_kernels_avx512;
  if (cpu_level() == CPU_AVX2) return &conv_kernels_avx2;
#endif
  return &conv_kernels_baseline;
}

/* --- buffers ------------------------------------------------------------------------------------------------------ */

/* Memory for `channels` planes of rows x (left + columns + right) vectors. */
typedef struct BufferShape {
  int64_t channels, rows, columns, left, right;
} BufferShape;

static int64_t room_size(BufferShape r) { return r.channels * r.rows * (r.left + r.columns + r.right) * LANES; }

static GroupBuffer buffer_at(float *memory, BufferShape r) {
  const int64_t row = (r.left + r.columns + r.right) * LANES;
  return (GroupBuffer){.data = memory + r.left * LANES, .plane = r.rows * row, .row = row};
}

static void zero(float *to, int64_t vectors) { memset(to, 0, (size_t)(vectors * LANES) * sizeof(float)); }

static void zero_margins(GroupBuffer b, BufferShape r) {
  for (int64_t k = 0; k < r.channels * r.rows; k++) {
    float *row = b.data + k * b.row;
    zero(row - r.left * LANES, r.left);
    zero(row + r.columns * LANES, r.right);
  }
}

/* One row: to[x][lane] = from[lane][x] for `lanes` images, zeros for the others. */
static void pack_row(const float *from, int64_t sn, int64_t sx, int64_t lanes, int64_t columns, float *to) {
  if (sn == 1 && lanes == LANES) {
    for (int64_t x = 0; x < columns; x++) memcpy(to + x * LANES, from + x * sx, LANES * sizeof(float));
    return;
  }
  if (sx == 1 && lanes == LANES) {
    kernels()->interleave(from, sn, columns, to);
    return;
  }
  if (lanes < LANES) zero(to, columns);
  for (int64_t l = 0; l < lanes; l++) {
    for (int64_t x = 0; x < columns; x++) to[x * LANES + l] = from[l * sn + x * sx];
  }
}

static void unpack_row(const float *from, int64_t lanes, int64_t columns, float *to, int64_t sn, int64_t sx) {
  if (sn == 1 && lanes == LANES) {
    for (int64_t x = 0; x < columns; x++) memcpy(to + x * sx, from + x * LANES, LANES * sizeof(float));
    return;
  }
  for (int64_t l = 0; l < lanes; l++) {
    for (int64_t x = 0; x < columns; x++) to[l * sn + x * sx] = from[x * LANES + l];
  }
}

static float *row_of(const Images *m, int64_t n, int64_t c, int64_t y) {
  return m->data + n * m->stride[0] + c * m->stride[1] + y * m->stride[2];
}

/* Images n .. n + lanes - 1. */
static GroupBuffer pack(const Images *m, int64_t n, int64_t lanes, BufferShape r, float *memory) {
  GroupBuffer b = buffer_at(memory, r);
  zero_margins(b, r);
  for (int64_t c = 0; c < r.channels; c++) {
    for (int64_t y = 0; y < r.rows; y++) {
      pack_row(row_of(m, n, c, y), m->stride[0], m->stride[3], lanes, r.columns, b.data + c * b.plane + y * b.row);
    }
  }
  return b;
}

/* Rows y .. y + rows - 1 of every channel. */
static void unpack(GroupBuffer b, BufferShape r, int64_t rows, const Images *m, int64_t n, int64_t lanes, int64_t y) {
  for (int64_t c = 0; c < r.channels; c++) {
    for (int64_t i = 0; i < rows; i++) {
      unpack_row(b.data + c * b.plane + i * b.row, lanes, r.columns, row_of(m, n, c, y + i), m->stride[0],
                 m->stride[3]);
    }
  }
}

/* --- what all functions share ------------------------------------------------------------------------------------- */

typedef struct Job {
  const ConvShape *s;
  const ConvKernels *k;
  const ConvPool *pool; /* or NULL */
  Correlation p;
  BufferShape in, out; /* what a kernel reads and writes, or the two it reads */
  const Images *x, *y; /* x or dx; y or dy; z or dz where both belong to the output */
  float *shared;       /* packed weights or partial sums */
  float *scratch;      /* per_thread floats for each thread */
  int64_t per_thread, per_group;
  size_t bytes;
} Job;

static int64_t groups_of(const ConvShape *s) { return (s->n + LANES - 1) / LANES; }
static int64_t whole_vectors(int64_t floats) { return (floats + LANES - 1) / LANES * LANES; }

static int get_memory(Job *j, int64_t shared, int64_t per_thread) {
  j->per_thread = whole_vectors(per_thread);
  j->bytes = SIZE_BYTES(sizeof(float), whole_vectors(shared) + parallel_threads() * j->per_thread);
  j->shared = alloc_get(j->bytes);
  if (!j->shared) return -1;
  j->scratch = j->shared + whole_vectors(shared);
  return 0;
}

static void run(Job *j, void (*work)(void *job, int64_t begin, int64_t end)) {
  parallel_for(groups_of(j->s), 1, work, j);
}

static void put_memory(Job *j) { alloc_put(j->shared, j->bytes); }

static float *my_scratch(const Job *j) { return j->scratch + parallel_thread() * j->per_thread; }
static int64_t lanes_of(const Job *j, int64_t group) { return smaller(LANES, j->s->n - group * LANES); }

static int64_t pool_rows(const Job *j) { return conv_direct_pooled(j->s->win.oh, j->pool->kh); }
static int64_t pool_columns(const Job *j) { return conv_direct_pooled(j->s->win.ow, j->pool->kw); }

/* The winners of a group's output channel and row of windows. */
static uint8_t *winners_at(const Job *j, int64_t group, int64_t o, int64_t i) {
  return j->pool->winners + ((group * j->s->o + o) * pool_rows(j) + i) * pool_columns(j) * LANES;
}

int64_t conv_direct_winners(const ConvShape *s, int64_t kh, int64_t kw) {
  return size_product(
      1, SIZE_LIST(groups_of(s), s->o, conv_direct_pooled(s->win.oh, kh), conv_direct_pooled(s->win.ow, kw), LANES));
}

bool conv_direct_takes(DType dt, const ConvShape *s) {
  const Window2d *g = &s->win;
  const int64_t in = size_product(sizeof(float), SIZE_LIST(s->c, g->h, g->w + 2 * g->pw, LANES));
  const int64_t out = size_product(sizeof(float), SIZE_LIST(s->o, g->oh, g->ow, LANES));
  const bool window = g->kh <= WINDOW_MAX && g->kw <= WINDOW_MAX && g->ph < g->kh && g->pw < g->kw;
  return dt == DT_F32 && s->n >= BATCH_MIN && s->c > 0 && s->o > 0 && g->sh == 1 && g->sw == 1 && window && in >= 0 &&
         in <= GROUP_MAX && out >= 0 && out <= GROUP_MAX;
}

bool conv_direct_takes_pool(DType dt, const ConvShape *s, int64_t kh, int64_t kw) {
  return conv_direct_takes(dt, s) && kh <= s->win.oh && kw <= s->win.ow && kh * kw <= NO_WINNER;
}

/* The output's room, as a correlation writes it: with columns for the last tile to hang over. */
static BufferShape shape_for_tiles(int64_t channels, int64_t rows, int64_t columns) {
  return (BufferShape){.channels = channels, .rows = rows, .columns = columns, .right = CONV_OVERHANG};
}

/* A correlation's input: the padding, as far as tiles touch it. */
static BufferShape shape_for_input(int64_t channels, const Window2d *g) {
  const int64_t left = smaller(g->pw, CONV_OVERHANG);
  return (BufferShape){.channels = channels, .rows = g->h, .columns = g->w, .left = left, .right = CONV_OVERHANG};
}

/* --- forward ------------------------------------------------------------------------------------------------------ */

/* ReLU and pool of one row of windows, channel by channel, from the buffer `b` to row i of y. */
static void pool_row(const Job *j, GroupBuffer b, int64_t group, int64_t i, float *memory) {
  const int64_t columns = pool_columns(j), lanes = lanes_of(j, group);
  for (int64_t o = 0; o < j->s->o; o++) {
    j->k->relu_pool(j->pool->kh, j->pool->kw, columns, b.data + o * b.plane, b.row, memory, winners_at(j, group, o, i));
    unpack_row(memory, lanes, columns, row_of(j->y, group * LANES, o, i), j->y->stride[0], j->y->stride[3]);
  }
}

static void forward_group(void *ctx, int64_t group, int64_t end) {
  (void)end;
  const Job *j = ctx;
  const int64_t lanes = lanes_of(j, group), n = group * LANES;
  float *memory = my_scratch(j), *out = memory + room_size(j->in);
  const GroupBuffer in = pack(j->x, n, lanes, j->in, memory), band = buffer_at(out, j->out);
  const int64_t rows = j->out.rows, bands = j->s->win.oh / rows;
  for (int64_t i = 0; i < bands; i++) {
    j->k->correlate(&j->p, &in, i * rows, rows, &band);
    if (j->pool) {
      pool_row(j, band, group, i, out + room_size(j->out));
    } else {
      unpack(band, j->out, rows, j->y, n, lanes, i * rows);
    }
  }
}

int conv_direct(const ConvShape *s, const Images *x, const float *weight, const float *bias, const ConvPool *pool,
                const Images *y) {
  const Window2d *g = &s->win;
  Job j = {.s = s, .k = kernels(), .pool = pool, .x = x, .y = y, .p = {.c = s->c, .o = s->o, .win = *g, .bias = bias}};
  j.in = shape_for_input(s->c, g);
  j.out = shape_for_tiles(s->o, pool ? pool->kh : 1, g->ow);
  if (get_memory(&j, s->o * s->c * g->kh * g->kw, room_size(j.in) + room_size(j.out) + g->ow * LANES) < 0) return -1;
  j.k->pack_weight(&j.p, weight, s->c * g->kh * g->kw, g->kh * g->kw, false, j.shared);
  j.p.weight = j.shared;
  run(&j, forward_group);
  put_memory(&j);
  return 0;
}

/* --- gradients --------------------------------------------------------------------------------------------------- */

/* The output's gradient of a group, `r` being its room: packed, or unpooled from what came behind the pool. */
static GroupBuffer pack_output_gradient(const Job *j, const Images *dy, int64_t group, BufferShape r, float *memory) {
  const int64_t lanes = lanes_of(j, group), n = group * LANES;
  if (!j->pool) return pack(dy, n, lanes, r, memory);
  GroupBuffer b = buffer_at(memory, r);
  zero_margins(b, r);
  const int64_t kh = j->pool->kh, kw = j->pool->kw, rows = pool_rows(j), columns = pool_columns(j);
  float *packed = memory + room_size(r);
  for (int64_t o = 0; o < r.channels; o++) {
    float *plane = b.data + o * b.plane;
    for (int64_t i = 0; i < rows; i++) {
      pack_row(row_of(dy, n, o, i), dy->stride[0], dy->stride[3], lanes, columns, packed);
      j->k->unpool(kh, kw, columns, r.columns, packed, winners_at(j, group, o, i), plane + i * kh * b.row, b.row);
    }
    for (int64_t y = rows * kh; y < r.rows; y++) zero(plane + y * b.row, r.columns);
  }
  return b;
}

/* Floats for pack_output_gradient. */
static int64_t output_gradient_size(const ConvShape *s, BufferShape r) { return room_size(r) + s->win.ow * LANES; }

static void grad_input_group(void *ctx, int64_t group, int64_t end) {
  (void)end;
  const Job *j = ctx;
  float *memory = my_scratch(j);
  const GroupBuffer dy = pack_output_gradient(j, j->y, group, j->in, memory);
  const GroupBuffer row = buffer_at(memory + output_gradient_size(j->s, j->in), j->out);
  for (int64_t i = 0; i < j->s->win.h; i++) {
    j->k->correlate(&j->p, &dy, i, 1, &row);
    unpack(row, j->out, 1, j->x, group * LANES, lanes_of(j, group), i);
  }
}

/* dx is dy correlated with the windows turned round, input and output channels exchanged. */
int conv_direct_grad_input(const ConvShape *s, const Images *dy, const ConvPool *pool, const float *weight,
                           const Images *dx) {
  const Window2d *g = &s->win;
  const Window2d turned = {.h = g->oh,
                           .w = g->ow,
                           .kh = g->kh,
                           .kw = g->kw,
                           .sh = 1,
                           .sw = 1,
                           .ph = g->kh - 1 - g->ph,
                           .pw = g->kw - 1 - g->pw,
                           .oh = g->h,
                           .ow = g->w};
  Job j = {.s = s, .k = kernels(), .pool = pool, .x = dx, .y = dy, .p = {.c = s->o, .o = s->c, .win = turned}};
  j.in = shape_for_input(s->o, &turned);
  j.out = shape_for_tiles(s->c, 1, g->w);
  if (get_memory(&j, s->o * s->c * g->kh * g->kw, output_gradient_size(s, j.in) + room_size(j.out)) < 0) return -1;
  j.k->pack_weight(&j.p, weight, g->kh * g->kw, s->c * g->kh * g->kw, true, j.shared);
  j.p.weight = j.shared;
  run(&j, grad_input_group);
  put_memory(&j);
  return 0;
}

static void grad_weight_group(void *ctx, int64_t group, int64_t end) {
  (void)end;
  const Job *j = ctx;
  float *memory = my_scratch(j);
  const GroupBuffer x = pack(j->x, group * LANES, lanes_of(j, group), j->in, memory);
  const GroupBuffer dy = pack_output_gradient(j, j->y, group, j->out, memory + room_size(j->in));
  j->k->grad_weight(&j->p, &dy, &x, j->shared + group * j->per_group);
}

/* to[k] = the groups' partial sums, added in the order of the groups */
static void add_groups(const Job *j, float *to) {
  memcpy(to, j->shared, (size_t)j->per_group * sizeof(float));
  for (int64_t group = 1; group < groups_of(j->s); group++) {
    for (int64_t k = 0; k < j->per_group; k++) to[k] += j->shared[group * j->per_group + k];
  }
}

int conv_direct_grad_weight(const ConvShape *s, const Images *dy, const ConvPool *pool, const Images *x,
                            float *dweight) {
  const Window2d *g = &s->win;
  Job j = {.s = s, .k = kernels(), .pool = pool, .x = x, .y = dy, .p = {.c = s->c, .o = s->o, .win = *g}};
  j.in = (BufferShape){.channels = s->c, .rows = g->h, .columns = g->w, .left = g->pw, .right = g->pw};
  j.out = (BufferShape){.channels = s->o, .rows = g->oh, .columns = g->ow};
  j.per_group = s->o * s->c * g->kh * g->kw;
  if (get_memory(&j, groups_of(s) * j.per_group, room_size(j.in) + output_gradient_size(s, j.out)) < 0) return -1;
  run(&j, grad_weight_group);
  add_groups(&j, dweight);
  put_memory(&j);
  return 0;
}

/* --- the pool's own ---------------------------------------------------------------------------------------------- */

static void grad_bias_group(void *ctx, int64_t group, int64_t end) {
  (void)end;
  const Job *j = ctx;
  const int64_t columns = pool_columns(j), lanes = lanes_of(j, group);
  float *lane = my_scratch(j), *row = lane + LANES, *sum = j->shared + group * j->per_group;
  for (int64_t o = 0; o < j->s->o; o++) {
    zero(lane, 1);
    for (int64_t i = 0; i < pool_rows(j); i++) {
      pack_row(row_of(j->y, group * LANES, o, i), j->y->stride[0], j->y->stride[3], lanes, columns, row);
      j->k->add_won(columns, row, winners_at(j, group, o, i), lane);
    }
    sum[o] = 0;
    for (int64_t l = 0; l < LANES; l++) sum[o] += lane[l];
  }
}

int conv_direct_grad_bias(const ConvShape *s, const Images *dy, const ConvPool *pool, float *dbias) {
  Job j = {.s = s, .k = kernels(), .pool = pool, .y = dy, .per_group = s->o};
  if (get_memory(&j, groups_of(s) * s->o, (1 + pool_columns(&j)) * LANES) < 0) return -1;
  run(&j, grad_bias_group);
  add_groups(&j, dbias);
  put_memory(&j);
  return 0;
}

static void unpool_group(void *ctx, int64_t group, int64_t end) {
  (void)end;
  const Job *j = ctx;
  const GroupBuffer dz = pack_output_gradient(j, j->y, group, j->out, my_scratch(j));
  unpack(dz, j->out, j->out.rows, j->x, group * LANES, lanes_of(j, group), 0);
}

int conv_direct_unpool(const ConvShape *s, const Images *dy, const ConvPool *pool, const Images *dz) {
  Job j = {.s = s, .k = kernels(), .pool = pool, .x = dz, .y = dy};
  j.out = (BufferShape){.channels = s->o, .rows = s->win.oh, .columns = s->win.ow};
  if (get_memory(&j, 0, output_gradient_size(s, j.out)) < 0) return -1;
  run(&j, unpool_group);
  put_memory(&j);
  return 0;
}

static void pick_group(void *ctx, int64_t group, int64_t end) {
  (void)end;
  const Job *j = ctx;
  const int64_t lanes = lanes_of(j, group), kw = j->pool->kw, kh = j->pool->kh;
  for (int64_t o = 0; o < j->s->o; o++) {
    for (int64_t i = 0; i < pool_rows(j); i++) {
      const uint8_t *winner = winners_at(j, group, o, i);
      for (int64_t k = 0; k < pool_columns(j) * LANES; k++) {
        const int64_t at = winner[k], n = group * LANES + k % LANES, window = k / LANES;
        if (k % LANES >= lanes) continue;
        float *y = row_of(j->y, n, o, i) + window * j->y->stride[3];
        *y = 0;
        if (at == NO_WINNER) continue;
        *y = row_of(j->x, n, o, i * kh + at / kw)[(window * kw + at % kw) * j->x->stride[3]];
      }
    }
  }
}

void conv_direct_pick(const ConvShape *s, const Images *z, const ConvPool *pool, const Images *y) {
  Job j = {.s = s, .pool = pool, .x = z, .y = y};
  run(&j, pick_group);
}
