/*
 * max.c - maxima of windows and their winners (pool.h).
 */
#include <string.h>

#include "kernels/pool/planes.h"

static bool is_wide(const PoolShape *s) { return s->kh > POOL_BYTE_TAPS / s->kw; }
static int64_t winner_size(const PoolShape *s) { return is_wide(s) ? (int64_t)sizeof(int32_t) : 1; }

int64_t pool_winner_bytes(const PoolShape *s) {
  const Planes p = planes_of(s);
  return size_product(1, SIZE_LIST(p.blocks, s->oh, s->ow, p.lanes, winner_size(s)));
}

/* Row y of the outputs has its winners so many bytes on. */
static int64_t winners_at(const Planes *p, int64_t block, int64_t y) {
  const PoolShape *s = p->shape;
  return (block * s->oh + y) * s->ow * p->lanes * winner_size(s);
}

static MaxRow row_of(const Pass *p, int64_t y, View x, View to) {
  const int64_t first = p->rows->first[y];
  MaxRow r = {.x = x, .kw = p->planes.shape->kw, .wide = is_wide(p->planes.shape), .lanes = p->planes.lanes};
  r.sight = (Sight){.rows = p->rows->seen + first,
                    .nrows = p->rows->first[y + 1] - first,
                    .columns = p->columns->seen,
                    .first = p->columns->first,
                    .outputs = p->columns->places};
  r.y = to.data;
  r.y_column = to.column;
  return r;
}

static void max_row(const Pass *p, int64_t block, int64_t y, View x, View to) {
  MaxRow r = row_of(p, y, x, to);
  r.winners = (char *)p->write_winners + winners_at(&p->planes, block, y);
  p->planes.k->max(&r);
}

static void unmax_row(const Pass *p, int64_t block, int64_t y, View x, View to) {
  MaxRow r = row_of(p, y, x, to);
  r.winners = (char *)p->winners + winners_at(&p->planes, block, 0);
  r.winner_row = p->planes.shape->ow * p->planes.lanes;
  p->planes.k->unmax(&r);
}

int pool_max(const PoolShape *s, const Lists *rows, const Lists *columns, const Images *x, void *winners,
             const Images *y) {
  Pass p = {.planes = planes_of(s), .rows = rows, .columns = columns, .x = x, .y = y, .h = s->h, .w = s->w};
  p.row = max_row;
  p.write_winners = winners;
  return pass_run(&p);
}

int pool_unmax(const PoolShape *s, const Lists *rows, const Lists *columns, const Images *dy, const void *winners,
               const Images *dx) {
  Pass p = {.planes = planes_of(s), .rows = rows, .columns = columns, .x = dy, .y = dx, .h = s->oh, .w = s->ow};
  p.row = unmax_row;
  p.winners = winners;
  return pass_run(&p);
}

/* --- winner by winner ------------------------------------------------------------------------------------------------- */

typedef struct Job {
  Planes planes;
  const Lists *rows, *columns;
  const Images *x, *y;
  const void *winners;
} Job;

/* The place that the list of an output has for a tap; -1: none, the window lies in the padding. */
static int64_t place_of(const Lists *l, int64_t output, int64_t tap) {
  for (int64_t k = l->first[output]; k < l->first[output + 1]; k++) {
    if (l->seen[k].tap == tap) return l->seen[k].at;
  }
  return -1;
}

static void take(const Job *j, int64_t n, int64_t c, int64_t i, int64_t k, int64_t winner) {
  const int64_t size = j->planes.size, kw = j->planes.shape->kw;
  const int64_t y = place_of(j->rows, i, winner / kw), x = place_of(j->columns, k, winner % kw);
  char *to = conv_at(j->y, size, n, c, i) + k * j->y->stride[3] * size;
  memset(to, 0, (size_t)size);
  if (y >= 0 && x >= 0) memcpy(to, conv_at(j->x, size, n, c, y) + x * j->x->stride[3] * size, (size_t)size);
}

static void pick_rows(void *ctx, int64_t begin, int64_t end) {
  const Job *j = ctx;
  const Planes *p = &j->planes;
  const PoolShape *s = p->shape;
  for (int64_t row = begin; row < end; row++) {
    const int64_t block = row / s->oh, i = row % s->oh;
    const char *winners = (const char *)j->winners + winners_at(p, block, i);
    for (int64_t k = 0; k < s->ow * p->lanes; k++) {
      int64_t n, c;
      if (!planes_lane(p, block, k % p->lanes, &n, &c)) continue;
      take(j, n, c, i, k / p->lanes, is_wide(s) ? ((const int32_t *)winners)[k] : ((const uint8_t *)winners)[k]);
    }
  }
}

void pool_pick(const PoolShape *s, const Lists *rows, const Lists *columns, const Images *x, const void *winners,
               const Images *y) {
  Job j = {.planes = planes_of(s), .rows = rows, .columns = columns, .x = x, .y = y, .winners = winners};
  const int64_t each = conv_larger(1, s->ow * j.planes.lanes);
  parallel_for(j.planes.blocks * s->oh, conv_larger(1, PARALLEL_GRAIN / each), pick_rows, &j);
}
