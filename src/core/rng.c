/*
 * rng.c - Philox4x32-10 and what is drawn from it.
 *
 * A block is ten rounds of multiplying and mixing the counter {counter, stream} under the key {seed}. Element i of a
 * fill comes from block counter0 + i/2 (a block has two 64-bit halves), so elements are independent of each other, of
 * the strides and of the number of threads. A fill of n elements draws ceil(n / 2) blocks.
 *
 *   uniform    u = (top 53 bits) 2^-53, value lo + u (hi - lo), kept below hi also where rounding would reach it
 *   normal     Box-Muller: r = sqrt(-2 ln(1 - u1)); the pair r cos(2 pi u2), r sin(2 pi u2)
 *   bernoulli  u < p
 */
#include "core/rng.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/parallel.h"
#include "base/simd.h"
#include "base/vmath/vmath.h"
#include "core/philox/philox.h"
#include "core/recorder.h"
#include "core/walk.h"

#define TWO_PI 6.283185307179586476925

/* --- generators ------------------------------------------------------------------------------------------- */

Rng rng_make(uint64_t seed, uint64_t stream) { return (Rng){.seed = seed, .stream = stream, .counter = 0}; }

void rng_seed_all(uint64_t seed) {
  recorder_refuse("a new seed is set");
  context->random.seed = seed;
  for (int i = 0; i < RNG_PURPOSES; i++) context->random.of[i] = rng_make(seed, (uint64_t)i);
}

uint64_t rng_seed(void) { return context->random.seed; }
Rng *rng_for(RngPurpose purpose) { return &context->random.of[purpose]; }

/* --- the function ----------------------------------------------------------------------------------------- */

void rng_block(uint64_t seed, uint64_t stream, uint64_t counter, uint32_t out[4]) {
  philox(seed, stream, counter, out);
}

/* The 64-bit number made of words 2 h and 2 h + 1 of a block. */
static inline uint64_t half(const uint32_t block[4], int h) { return block[2 * h] | (uint64_t)block[2 * h + 1] << 32; }
/* Uniform in [0, 1), all multiples of 2^-53. */
static inline double unit(uint64_t bits) { return (double)(bits >> 11) * 0x1p-53; }

double rng_double(Rng *r) {
  uint32_t block[4];
  philox(r->seed, r->stream, r->counter++, block);
  return unit(half(block, 0));
}

/* Lemire's method: the high half of a 128-bit product; the few low halves that would favour some numbers are drawn
 * again. */
uint64_t rng_below(Rng *r, uint64_t n) {
  for (;;) {
    uint32_t block[4];
    philox(r->seed, r->stream, r->counter++, block);
    for (int h = 0; h < 2; h++) {
      const unsigned __int128 product = (unsigned __int128)half(block, h) * n;
      if ((uint64_t)product >= n || (uint64_t)product >= -n % n) return (uint64_t)(product >> 64);
    }
  }
}

/* Numbers below n, n - 1, ..., n - count + 1, what rng_below gives; count is at most RNG_RUN. A run of blocks has them
 * unless a block must draw again. */
static void below_each(Rng *r, uint64_t n, int64_t count, int64_t *out) {
  uint64_t low[RNG_RUN];
  uint32_t word[4 * RNG_RUN];
  bool fine = true;
  rng_blocks(r->seed, r->stream, r->counter, word);
  for (int64_t k = 0; k < count; k++) {
    const unsigned __int128 product = (unsigned __int128)half(word + 4 * k, 0) * (n - (uint64_t)k);
    low[k] = (uint64_t)product;
    out[k] = (int64_t)(product >> 64);
  }
  for (int64_t k = 0; k < count; k++) fine &= low[k] >= n - (uint64_t)k;
  if (fine) {
    r->counter += (uint64_t)count;
    return;
  }
  for (int64_t k = 0; k < count; k++) out[k] = (int64_t)rng_below(r, n - (uint64_t)k);
}

void rng_permutation(Rng *r, int64_t *out, int64_t n) {
  int64_t pick[RNG_RUN];
  for (int64_t i = 0; i < n; i++) out[i] = i;
  for (int64_t last = n - 1; last > 0; last -= RNG_RUN) {
    const int64_t count = last < RNG_RUN ? last : RNG_RUN;
    below_each(r, (uint64_t)last + 1, count, pick);
    for (int64_t k = 0; k < count; k++) {
      const int64_t other = out[pick[k]];
      out[pick[k]] = out[last - k];
      out[last - k] = other;
    }
  }
}

/* --- fills ------------------------------------------------------------------------------------------------ */

#define BATCH (2 * BLOCK) /* elements made at a time: two from each of BLOCK blocks, always all of them */
#define CHUNK 256         /* batches in a thread's chunk */

/* Turns BLOCK pairs of uniform numbers u, v in [0, 1) into the distribution's, in place; p holds its parameters. */
typedef void Shape(double *u, double *v, const double *p);

typedef struct Fill {
  Rng rng; /* as it was before the fill */
  Tensor *t;
  Walk walk; /* of t, row by row */
  Shape *shape;
  const double *p;
} Fill;

static VECTORIZED(void, to_units, (const uint64_t *bits, double *u, double *v), (bits, u, v)) {
  for (int j = 0; j < BLOCK; j++) {
    u[j] = unit(bits[2 * j]);
    v[j] = unit(bits[2 * j + 1]);
  }
}

_Static_assert(BLOCK == RNG_RUN, "a batch is what rng_blocks draws");

static void draw_batch(const Rng *r, uint64_t first, double *u, double *v) {
  uint32_t word[4 * RNG_RUN];
  uint64_t bits[2 * RNG_RUN];
  rng_blocks(r->seed, r->stream, r->counter + first, word);
  for (int i = 0; i < 2 * RNG_RUN; i++) bits[i] = half(word, i);
  to_units(bits, u, v);
}

INLINE double at_most(double x, double limit) { return x < limit ? x : limit; }

/* p = {lo, hi - lo, largest value allowed} */
static VECTORIZED(void, shape_uniform, (double *u, double *v, const double *p), (u, v, p)) {
  for (int j = 0; j < BLOCK; j++) u[j] = at_most(p[0] + u[j] * p[1], p[2]);
  for (int j = 0; j < BLOCK; j++) v[j] = at_most(p[0] + v[j] * p[1], p[2]);
}

/* p = {probability} */
static VECTORIZED(void, shape_bernoulli, (double *u, double *v, const double *p), (u, v, p)) {
  for (int j = 0; j < BLOCK; j++) u[j] = u[j] < p[0] ? 1.0 : 0.0;
  for (int j = 0; j < BLOCK; j++) v[j] = v[j] < p[0] ? 1.0 : 0.0;
}

/* p = {mean, standard deviation} */
static VECTORIZED(void, shape_normal, (double *u, double *v, const double *p), (u, v, p)) {
  const double mean = p[0], std = p[1];
  double radius[BLOCK], cosine[BLOCK], sine[BLOCK];
  for (int j = 0; j < BLOCK; j++) radius[j] = 1 - u[j];
  for (int j = 0; j < BLOCK; j++) sine[j] = TWO_PI * v[j];
  vmath()->log_f64(BLOCK, radius, 1, radius, 1);
  vmath()->cos_f64(BLOCK, cosine, 1, sine, 1);
  vmath()->sin_f64(BLOCK, sine, 1, sine, 1);
  for (int j = 0; j < BLOCK; j++) {
    const double r = std * sqrt(-2 * radius[j]);
    u[j] = mean + r * cosine[j];
    v[j] = mean + r * sine[j];
  }
}

/* Converts n numbers to the elements of a run. */
static void store_run(DType dt, char *o, int64_t stride, const double *x, int64_t n) {
  const int64_t step = stride * (int64_t)dtype_size(dt);
  for (int64_t i = 0; i < n; i++) dtype_store(dt, o + i * step, x[i]);
}

/* The elements from `first` on, wherever they lie. */
static void store_strided(const Fill *f, int64_t first, int64_t n, const double *x) {
  const Walk *w = &f->walk;
  WalkCursor c;
  walk_seek(w, 1, w->data, first, &c);
  for (int64_t done = 0; done < n;) {
    const int64_t left = walk_left(w, &c), some = left < n - done ? left : n - done;
    store_run((DType)f->t->dtype, c.at[0], w->stride[w->ndim - 1][0], x + done, some);
    walk_on(w, 1, &c, some);
    done += some;
  }
}

static void store_batch(const Fill *f, int64_t first, const double *u, const double *v) {
  const Tensor *t = f->t;
  const int64_t left = t->numel - first;
  if (t->dtype == DT_F32 && t->contiguous && left >= BATCH) {
    float *out = tensor_f32(t) + first;
    for (int j = 0; j < BLOCK; j++) {
      out[2 * j] = (float)u[j];
      out[2 * j + 1] = (float)v[j];
    }
    return;
  }
  double x[BATCH];
  for (int j = 0; j < BLOCK; j++) {
    x[2 * j] = u[j];
    x[2 * j + 1] = v[j];
  }
  store_strided(f, first, left < BATCH ? left : BATCH, x);
}

static void fill_batches(void *ctx, int64_t begin, int64_t end) {
  const Fill *f = ctx;
  double u[BLOCK], v[BLOCK];
  for (int64_t b = begin; b < end; b++) {
    draw_batch(&f->rng, (uint64_t)b * BLOCK, u, v);
    f->shape(u, v, f->p);
    store_batch(f, b * BATCH, u, v);
  }
}

/* What a recorded fill needs to be drawn again, from the next numbers of the same purpose. */
typedef struct FillArgs {
  double p[3];
  Shape *shape;
  int64_t purpose;
} FillArgs;

static int run_fill(const Computation *c, Context *own);

static void report_fill(const Rng *r, Tensor *t, Shape *shape, const double *p, int np) {
  FillArgs args = {.shape = shape, .purpose = r - context->random.of};
  for (int i = 0; i < np; i++) args.p[i] = p[i];
  if (args.purpose < 0 || args.purpose >= RNG_PURPOSES) {
    return; /* a generator of its own gives the same numbers again */
  }
  context->recorder->call(&(Computation){
      .name = "random numbers", .run = run_fill, .nout = 1, .n = 1, .t = &t, .args = &args, .size = sizeof args});
}

static void fill(Rng *r, Tensor *t, Shape *shape, const double *p, int np) {
  if (context->recorder) report_fill(r, t, shape, p, np);
  Fill f;
  f.rng = *r;
  f.t = t;
  f.shape = shape;
  f.p = p;
  walk_row_major(&f.walk, 1, (const Tensor *[]){t});
  r->counter += (uint64_t)(t->numel + 1) / 2;
  tensor_touch(t);
  parallel_for((t->numel + BATCH - 1) / BATCH, CHUNK, fill_batches, &f);
}

static int run_fill(const Computation *c, Context *own) {
  FillArgs args;
  memcpy(&args, c->args, sizeof args);
  fill(&own->random.of[args.purpose], c->t[0], args.shape, args.p, 0);
  return 0;
}

/* The largest number below hi that t can hold; hi itself for an empty interval. */
static double largest_below(const Tensor *t, double lo, double hi) {
  if (!(lo < hi)) return hi;
  if (t->dtype != DT_F32) return nextafter(hi, lo);
  const float f = (float)hi;
  return (double)((double)f < hi ? f : nextafterf(f, -INFINITY));
}

void rng_fill_uniform(Rng *r, Tensor *t, double lo, double hi) {
  fill(r, t, shape_uniform, (double[]){lo, hi - lo, largest_below(t, lo, hi)}, 3);
}

void rng_fill_normal(Rng *r, Tensor *t, double mean, double std) { fill(r, t, shape_normal, (double[]){mean, std}, 2); }

void rng_fill_bernoulli(Rng *r, Tensor *t, double p) { fill(r, t, shape_bernoulli, &p, 1); }

/* --- blocks set aside --------------------------------------------------------------------------------------------- */

typedef struct ClaimArgs {
  int64_t blocks, purpose;
} ClaimArgs;

static int run_claim(const Computation *c, Context *own) {
  ClaimArgs args;
  memcpy(&args, c->args, sizeof args);
  rng_claim(&own->random.of[args.purpose], c->t[0], args.blocks);
  return 0;
}

void rng_claim(Rng *r, Tensor *t, int64_t blocks) {
  const ClaimArgs args = {.blocks = blocks, .purpose = r - context->random.of};
  if (context->recorder && args.purpose >= 0 && args.purpose < RNG_PURPOSES) {
    context->recorder->call(&(Computation){
        .name = "random numbers", .run = run_claim, .nout = 1, .n = 1, .t = &t, .args = &args, .size = sizeof args});
  }
  tensor_touch(t);
  const uint64_t place[3] = {r->seed, r->stream, r->counter};
  memcpy(tensor_i64(t), place, sizeof place);
  r->counter += (uint64_t)blocks;
}
