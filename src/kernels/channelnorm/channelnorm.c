/*
 * channelnorm.c - channels in chunks. A chunk is part of a piece, or several pieces, and stays in the first-level cache.
 *
 * A thread does all that a channel needs while the channel is in its cache, where there are enough channels for all
 * threads; else the threads share the chunks. Both add up the same chunks in the same order.
 */
#include "kernels/channelnorm/channelnorm.h"

#include <math.h>

#include "base/alloc.h"
#include "base/cpu.h"
#include "base/parallel.h"
#include "base/size.h"
#include "kernels/channelnorm/channelnorm_kernels.h"
#include "kernels/elementwise/kernels.h"

#define CHUNK 4096 /* elements, about */

const ChannelNormKernels *channelnorm_kernels(void) {
#ifdef __x86_64__
  if (cpu_level() == CPU_AVX512) return &channelnorm_kernels_avx512;
  if (cpu_level() == CPU_AVX2) return &channelnorm_kernels_avx2;
#endif
  return &channelnorm_kernels_baseline;
}

/* --- the factors of a channel -------------------------------------------------------------------------------------- */

static double element(const ChannelNorm *c, const void *values, int64_t i, double otherwise) {
  if (!values) return otherwise;
  return c->dtype == DT_F64 ? ((const double *)values)[i] : (double)((const float *)values)[i];
}

double channel_scale(const ChannelNorm *c, int64_t channel) {
  const double v = c->var[channel] + c->eps;
  return v == 0 && !c->given ? 0 : 1 / sqrt(v);
}

Factors channel_factors(const ChannelNorm *c, int64_t i) {
  return (Factors){
      .mean = c->mean[i], .factor = element(c, c->w, i, 1) * channel_scale(c, i), .shift = element(c, c->b, i, 0)};
}

Factors channel_grad_factors(const ChannelNorm *c, int64_t i) {
  const double n = (double)(c->outer * c->inner), scale = channel_scale(c, i);
  return (Factors){
      .mean = c->mean[i], .factor = element(c, c->w, i, 1) * scale, .all = c->db[i] / n, .along = scale * c->dw[i] / n};
}

/* --- chunks ---------------------------------------------------------------------------------------------------------- */

typedef struct Chunks {
  const ChannelNorm *c;
  const ChannelNormKernels *k;
  bool doubles;
  int64_t cuts;  /* chunks of a piece, where it is long; */
  int64_t group; /* else pieces of a chunk */
  int64_t count; /* of chunks of a channel */
  void *parts;   /* of each channel and chunk, where threads share chunks */
} Chunks;

static Chunks chunks_of(const ChannelNorm *c) {
  Chunks k = {.c = c, .k = channelnorm_kernels(), .doubles = c->dtype == DT_F64};
  k.cuts = (c->inner + CHUNK - 1) / CHUNK;
  k.group = k.cuts > 1 ? 1 : CHUNK / c->inner;
  k.count = k.cuts > 1 ? c->outer * k.cuts : (c->outer + k.group - 1) / k.group;
  return k;
}

/* Where cut i of a piece begins. */
static int64_t cut_at(const Chunks *k, int64_t i) {
  return i == k->cuts ? k->c->inner : i * (k->c->inner / k->cuts) / CHANNEL_LEAST * CHANNEL_LEAST;
}

static Pieces chunk(const Chunks *k, int64_t channel, int64_t i) {
  const ChannelNorm *c = k->c;
  const int64_t stride = c->channels * c->inner, outer = k->cuts > 1 ? i / k->cuts : i * k->group;
  const int64_t begin = k->cuts > 1 ? cut_at(k, i % k->cuts) : 0;
  Pieces p = {.pieces = k->group, .stride = stride, .n = c->inner};
  if (k->cuts > 1) p.n = cut_at(k, i % k->cuts + 1) - begin;
  if (p.pieces > c->outer - outer) p.pieces = c->outer - outer;
  const int64_t at = (outer * stride + channel * c->inner + begin) * (int64_t)dtype_size(c->dtype);
  p.x = (const char *)c->x + at;
  p.d = c->d ? (const char *)c->d + at : NULL;
  p.add = c->add ? (const char *)c->add + at : NULL;
  p.y = c->y ? (char *)c->y + at : NULL;
  if (!c->z) return p;
  p.z = (const char *)c->z + at;
  p.masked = c->masked ? (char *)c->masked + at : p.y;
  return p;
}

static Moments chunk_moments(const Chunks *k, int64_t channel, int64_t i) {
  const Pieces p = chunk(k, channel, i);
  return k->k->moments[k->doubles](&p);
}

typedef struct Sums {
  double dot, sum;
} Sums;

static Sums chunk_sums(const Chunks *k, int64_t channel, int64_t i) {
  const Pieces p = chunk(k, channel, i);
  Sums s = {0, 0};
  k->k->sums[k->doubles](&p, k->c->mean[channel], &s.dot, &s.sum);
  return s;
}

static void chunk_apply(const Chunks *k, int64_t channel, int64_t i, const Factors *f) {
  const Pieces p = chunk(k, channel, i);
  (k->c->relu ? k->k->apply_relu : k->k->apply)[k->doubles](&p, f);
}

static void chunk_grad(const Chunks *k, int64_t channel, int64_t i, const Factors *f) {
  Pieces p = chunk(k, channel, i);
  if (p.z) p.d = p.masked;
  k->k->grad[k->doubles](&p, f);
}

/* --- whole channels; the parts of their sums are those that threads found, or are found here ------------------------- */

static void find_moments(const Chunks *k, int64_t channel) {
  const Moments *parts = k->parts;
  Moments all = {0, 0, 0};
  for (int64_t i = 0; i < k->count; i++) {
    moments_add(&all, parts ? parts[channel * k->count + i] : chunk_moments(k, channel, i));
  }
  k->c->mean[channel] = all.mean;
  k->c->var[channel] = all.m2 / all.n;
}

static void find_sums(const Chunks *k, int64_t channel) {
  const Sums *parts = k->parts;
  Sums all = {0, 0};
  for (int64_t i = 0; i < k->count; i++) {
    const Sums s = parts ? parts[channel * k->count + i] : chunk_sums(k, channel, i);
    all.dot += s.dot;
    all.sum += s.sum;
  }
  k->c->dw[channel] = all.dot * channel_scale(k->c, channel);
  k->c->db[channel] = all.sum;
}

static void forward_channels(void *ctx, int64_t begin, int64_t end) {
  const Chunks *k = ctx;
  for (int64_t c = begin; c < end; c++) {
    find_moments(k, c);
    const Factors f = channel_factors(k->c, c);
    for (int64_t i = 0; i < k->count; i++) chunk_apply(k, c, i, &f);
  }
}

static void sums_channels(void *ctx, int64_t begin, int64_t end) {
  for (int64_t c = begin; c < end; c++) find_sums(ctx, c);
}

static void backward_channels(void *ctx, int64_t begin, int64_t end) {
  const Chunks *k = ctx;
  for (int64_t c = begin; c < end; c++) {
    find_sums(k, c);
    const Factors f = channel_grad_factors(k->c, c);
    for (int64_t i = 0; i < k->count; i++) chunk_grad(k, c, i, &f);
  }
}

/* --- shared chunks ----------------------------------------------------------------------------------------------------- */

static void moments_parts(void *ctx, int64_t begin, int64_t end) {
  const Chunks *k = ctx;
  for (int64_t i = begin; i < end; i++) ((Moments *)k->parts)[i] = chunk_moments(k, i / k->count, i % k->count);
}

static void sums_parts(void *ctx, int64_t begin, int64_t end) {
  const Chunks *k = ctx;
  for (int64_t i = begin; i < end; i++) ((Sums *)k->parts)[i] = chunk_sums(k, i / k->count, i % k->count);
}

static void apply_parts(void *ctx, int64_t begin, int64_t end) {
  const Chunks *k = ctx;
  for (int64_t i = begin; i < end; i++) {
    const Factors f = channel_factors(k->c, i / k->count);
    chunk_apply(k, i / k->count, i % k->count, &f);
  }
}

static void grad_parts(void *ctx, int64_t begin, int64_t end) {
  const Chunks *k = ctx;
  for (int64_t i = begin; i < end; i++) {
    const Factors f = channel_grad_factors(k->c, i / k->count);
    chunk_grad(k, i / k->count, i % k->count, &f);
  }
}

typedef void Body(void *ctx, int64_t begin, int64_t end);

static void share_channels(Chunks *k, Body *body) {
  const int64_t n = k->c->outer * k->c->inner;
  parallel_for(k->c->channels, 1 + PARALLEL_GRAIN / (n + 1), body, k);
}

static void share_chunks(Chunks *k, Body *body) {
  const int64_t n = k->c->outer * k->c->inner / (k->count ? k->count : 1);
  parallel_for(k->c->channels * k->count, 1 + PARALLEL_GRAIN / (n + 1), body, k);
}

/* Calls `parts` for all chunks, with memory of `size` bytes for each, if the threads are to share them. */
static int find_parts(Chunks *k, size_t size, Body *parts) {
  if (k->c->channels >= parallel_threads() || k->count < 2) return 0;
  const size_t bytes = SIZE_BYTES(size, k->c->channels, k->count);
  k->parts = alloc_get(bytes);
  if (!k->parts) return -1;
  share_chunks(k, parts);
  return 0;
}

static void drop_parts(Chunks *k, size_t size) {
  if (k->parts) alloc_put(k->parts, SIZE_BYTES(size, k->c->channels, k->count));
  k->parts = NULL;
}

/* --- pieces shorter than a vector: the ReLU is a pass of its own ------------------------------------------------------- */

typedef struct Flat {
  const ChannelNorm *c;
  int64_t size;
  void *masked;
} Flat;

static void relu_part(void *ctx, int64_t begin, int64_t end) {
  const Flat *f = ctx;
  const ChannelNorm *c = f->c;
  char *y = (char *)c->y + begin * f->size;
  const char *add = (const char *)c->add + begin * f->size;
  const bool doubles = c->dtype == DT_F64;
  if (c->add) (doubles ? kern_add_f64 : kern_add_f32)(end - begin, y, 1, y, 1, add, 1);
  (doubles ? kern_relu_f64 : kern_relu_f32)(end - begin, y, 1, y, 1);
}

static void mask_part(void *ctx, int64_t begin, int64_t end) {
  const Flat *f = ctx;
  const ChannelNorm *c = f->c;
  const int64_t at = begin * f->size;
  (c->dtype == DT_F64 ? kern_relu_grad_f64 : kern_relu_grad_f32)(
      end - begin, (char *)f->masked + at, 1, (const char *)c->z + at, 1, (const char *)c->d + at, 1);
}

static int64_t elements(const ChannelNorm *c) { return c->outer * c->channels * c->inner; }

static int short_batch_norm(const ChannelNorm *c) {
  if (columns_moments(c) < 0 || columns_norm(c) < 0) return -1;
  if (c->relu) parallel_for(elements(c), PARALLEL_GRAIN, relu_part, &(Flat){c, (int64_t)dtype_size(c->dtype), NULL});
  return 0;
}

static int short_batch_grad(const ChannelNorm *c) {
  if (!c->z) return columns_sums(c) < 0 ? -1 : columns_grad(c);
  ChannelNorm masked = *c;
  Flat f = {c, (int64_t)dtype_size(c->dtype), c->masked ? c->masked : c->y};
  parallel_for(elements(c), PARALLEL_GRAIN, mask_part, &f);
  masked.d = f.masked;
  return columns_sums(&masked) < 0 ? -1 : columns_grad(&masked);
}

/* --- the functions ------------------------------------------------------------------------------------------------------- */

static bool short_pieces(const ChannelNorm *c) { return c->inner < CHANNEL_LEAST; }

int channel_norm(const ChannelNorm *c) {
  if (short_pieces(c)) return columns_norm(c);
  Chunks k = chunks_of(c);
  share_chunks(&k, apply_parts);
  return 0;
}

int channel_norm_sums(const ChannelNorm *c) {
  if (short_pieces(c)) return columns_sums(c);
  Chunks k = chunks_of(c);
  if (find_parts(&k, sizeof(Sums), sums_parts) < 0) return -1;
  share_channels(&k, sums_channels);
  drop_parts(&k, sizeof(Sums));
  return 0;
}

int channel_batch_norm(const ChannelNorm *c) {
  if (short_pieces(c)) return short_batch_norm(c);
  Chunks k = chunks_of(c);
  if (find_parts(&k, sizeof(Moments), moments_parts) < 0) return -1;
  if (!k.parts) {
    share_channels(&k, forward_channels);
    return 0;
  }
  for (int64_t i = 0; i < c->channels; i++) find_moments(&k, i);
  drop_parts(&k, sizeof(Moments));
  share_chunks(&k, apply_parts);
  return 0;
}

int channel_batch_grad(const ChannelNorm *c) {
  if (short_pieces(c)) return short_batch_grad(c);
  Chunks k = chunks_of(c);
  if (find_parts(&k, sizeof(Sums), sums_parts) < 0) return -1;
  if (!k.parts) {
    share_channels(&k, backward_channels);
    return 0;
  }
  for (int64_t i = 0; i < c->channels; i++) find_sums(&k, i);
  drop_parts(&k, sizeof(Sums));
  share_chunks(&k, grad_parts);
  return 0;
}
