/*
 * columns.c - channels whose pieces are shorter than a vector: a matrix of outer rows and channels * inner columns. The
 * columns' sums run over parts of the rows, whose number depends on the shape alone.
 */
#include "base/alloc.h"
#include "base/parallel.h"
#include "base/size.h"
#include "kernels/channelnorm/channelnorm_kernels.h"

#define PARTS 16      /* of the rows, at most, */
#define LEAST_PART 32 /* each of at least so many */

typedef struct Job {
  const ChannelNorm *c;
  int64_t width, rows, parts; /* rows of a part */
  double *sums;               /* of each part: two of each column */
  void *factors;              /* five of each column */
} Job;

static Job job_of(const ChannelNorm *c) {
  Job j = {.c = c, .width = c->channels * c->inner};
  const int64_t most = (c->outer + PARTS - 1) / PARTS;
  j.rows = most > LEAST_PART ? most : LEAST_PART;
  j.parts = (c->outer + j.rows - 1) / j.rows;
  return j;
}

static Columns columns(const Job *j, int64_t begin, int64_t end) {
  return (Columns){.width = j->width,
                   .begin = begin,
                   .end = end < j->c->outer ? end : j->c->outer,
                   .x = j->c->x,
                   .d = j->c->d,
                   .y = j->c->y,
                   .factors = j->factors};
}

/* --- factors ------------------------------------------------------------------------------------------------------ */

static size_t factor_bytes(const Job *j) { return SIZE_BYTES(dtype_size(j->c->dtype), 5, j->width); }

static void set(const Job *j, int64_t at, double x) {
  if (j->c->dtype == DT_F64) ((double *)j->factors)[at] = x;
  if (j->c->dtype == DT_F32) ((float *)j->factors)[at] = (float)x;
}

static int make_factors(Job *j, Factors (*of)(const ChannelNorm *c, int64_t channel)) {
  j->factors = alloc_get(factor_bytes(j));
  if (!j->factors) return -1;
  for (int64_t i = 0; i < j->width; i++) {
    const Factors f = of(j->c, i / j->c->inner);
    const double all[] = {f.mean, f.factor, f.shift, f.all, f.along};
    for (int k = 0; k < 5; k++) set(j, k * j->width + i, all[k]);
  }
  return 0;
}

static void drop_factors(Job *j) { alloc_put(j->factors, factor_bytes(j)); }

/* --- rows --------------------------------------------------------------------------------------------------------- */

static void apply_rows(void *ctx, int64_t begin, int64_t end) {
  const Job *j = ctx;
  const Columns c = columns(j, begin, end);
  channelnorm_kernels()->column_apply[j->c->dtype == DT_F64](&c);
}

static void grad_rows(void *ctx, int64_t begin, int64_t end) {
  const Job *j = ctx;
  const Columns c = columns(j, begin, end);
  channelnorm_kernels()->column_grad[j->c->dtype == DT_F64](&c);
}

static int rows_with(const ChannelNorm *c, Factors (*of)(const ChannelNorm *c, int64_t channel),
                     void (*body)(void *ctx, int64_t begin, int64_t end)) {
  Job j = job_of(c);
  if (make_factors(&j, of) < 0) return -1;
  parallel_for(c->outer, 1 + PARALLEL_GRAIN / (j.width + 1), body, &j);
  drop_factors(&j);
  return 0;
}

int columns_norm(const ChannelNorm *c) { return rows_with(c, channel_factors, apply_rows); }
int columns_grad(const ChannelNorm *c) { return rows_with(c, channel_grad_factors, grad_rows); }

/* --- sums --------------------------------------------------------------------------------------------------------- */

static size_t sum_bytes(const Job *j) { return SIZE_BYTES(2 * sizeof(double), j->parts, j->width); }

static void moments_parts(void *ctx, int64_t begin, int64_t end) {
  const Job *j = ctx;
  for (int64_t k = begin; k < end; k++) {
    const Columns c = columns(j, k * j->rows, (k + 1) * j->rows);
    double *mean = j->sums + 2 * k * j->width;
    channelnorm_kernels()->column_moments[j->c->dtype == DT_F64](&c, mean, mean + j->width);
  }
}

static void sums_parts(void *ctx, int64_t begin, int64_t end) {
  const Job *j = ctx;
  for (int64_t k = begin; k < end; k++) {
    const Columns c = columns(j, k * j->rows, (k + 1) * j->rows);
    double *dot = j->sums + 2 * k * j->width;
    channelnorm_kernels()->column_sums[j->c->dtype == DT_F64](&c, dot, dot + j->width);
  }
}

int columns_moments(const ChannelNorm *c) {
  Job j = job_of(c);
  j.sums = alloc_get(sum_bytes(&j));
  if (!j.sums) return -1;
  parallel_for(j.parts, 1, moments_parts, &j);
  for (int64_t i = 0; i < c->channels; i++) {
    Moments all = {0, 0, 0};
    for (int64_t k = 0; k < j.parts * c->inner; k++) {
      const int64_t part = k / c->inner, column = i * c->inner + k % c->inner;
      const int64_t left = c->outer - part * j.rows, rows = left < j.rows ? left : j.rows;
      const double *mean = j.sums + 2 * part * j.width + column;
      moments_add(&all, (Moments){(double)rows, mean[0], mean[j.width]});
    }
    c->mean[i] = all.mean;
    c->var[i] = all.m2 / all.n;
  }
  alloc_put(j.sums, sum_bytes(&j));
  return 0;
}

int columns_sums(const ChannelNorm *c) {
  Job j = job_of(c);
  if (make_factors(&j, channel_factors) < 0) return -1;
  j.sums = alloc_get(sum_bytes(&j));
  if (j.sums) parallel_for(j.parts, 1, sums_parts, &j);
  for (int64_t i = 0; j.sums && i < c->channels; i++) {
    double along = 0, all = 0;
    for (int64_t k = 0; k < j.parts * c->inner; k++) {
      const double *dot = j.sums + 2 * (k / c->inner) * j.width + i * c->inner + k % c->inner;
      along += dot[0];
      all += dot[j.width];
    }
    c->dw[i] = along * channel_scale(c, i);
    c->db[i] = all;
  }
  const int rc = j.sums ? 0 : -1;
  if (j.sums) alloc_put(j.sums, sum_bytes(&j));
  drop_factors(&j);
  return rc;
}
