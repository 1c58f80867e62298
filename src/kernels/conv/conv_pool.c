/*
 * conv_pool.c - the pool behind a convolution, by its winners (conv.h).
 */
#include <string.h>

#include "kernels/conv/blocks.h"
#include "kernels/conv/source.h"

typedef struct Job {
  int64_t size, n, channels, h;
  Source dy;
  const Images *dz;
  void *dbias;
  ConvMemory memory;
} Job;

int64_t conv_winners(int64_t n, int64_t channels, const ConvPool *pool) {
  return size_product(1, SIZE_LIST(channels, pool->oh, pool->ow, conv_winner_lanes(n)));
}

/* --- dbias ------------------------------------------------------------------------------------------------------------ */

static void grad_bias_channels(void *ctx, int64_t begin, int64_t end) {
  const Job *j = ctx;
  const ConvPool *pool = j->dy.pool;
  const Images *dy = &j->dy.images;
  const int64_t lanes = conv_winner_lanes(j->n);
  for (int64_t c = begin; c < end; c++) {
    double sum = 0;
    for (int64_t i = 0; i < pool->oh; i++) {
      sum += j->dy.k->sum_won(pool->ow, j->n, conv_at(dy, j->size, 0, c, i), dy->stride[3], dy->stride[0],
                              pool->winners + (c * pool->oh + i) * pool->ow * lanes, lanes);
    }
    if (j->size == sizeof(float)) {
      ((float *)j->dbias)[c] = (float)sum;
    } else {
      ((double *)j->dbias)[c] = sum;
    }
  }
}

int conv_pool_grad_bias(DType dt, int64_t n, int64_t channels, const Images *dy, const ConvPool *pool, void *dbias) {
  Job j = {.size = (int64_t)dtype_size(dt), .n = n, .dbias = dbias};
  j.dy = (Source){.k = conv_kernels(dt), .images = *dy, .pool = pool};
  const int64_t each = conv_larger(1, pool->oh * pool->ow * n);
  parallel_for(channels, conv_larger(1, PARALLEL_GRAIN / each), grad_bias_channels, &j);
  return 0;
}

/* --- dz --------------------------------------------------------------------------------------------------------------- */

static void unpool_rows(void *ctx, int64_t begin, int64_t end) {
  const Job *j = ctx;
  const Source *s = &j->dy;
  const int64_t px = s->k->lanes, sn = j->dz->stride[0], sx = j->dz->stride[3];
  char *row = conv_memory_mine(&j->memory), *scratch = row + conv_aligned(s->columns * px * j->size);
  for (int64_t k = begin; k < end; k++) {
    const int64_t c = k / j->h, y = k % j->h;
    for (int64_t n = 0; n < j->n; n += px) {
      const int64_t images = conv_smaller(px, j->n - n);
      source_pack(s, n, images, c, 1, y, 1, px, scratch, (Packed){row, 0, px});
      char *to = conv_at(j->dz, j->size, n, c, y);
      for (int64_t x = 0; x < s->columns; x++) {
        const char *from = row + x * px * j->size;
        for (int64_t l = 0; l < images; l++) {
          memcpy(to + (x * sx + l * sn) * j->size, from + l * j->size, (size_t)j->size);
        }
      }
    }
  }
}

int conv_unpool(DType dt, int64_t n, int64_t channels, int64_t h, int64_t w, const Images *dy, const ConvPool *pool,
                const Images *dz) {
  Job j = {.size = (int64_t)dtype_size(dt), .n = n, .h = h, .dz = dz};
  if (source_open(&j.dy, dt, n, h, w, dy, pool) < 0) return -1;
  const int64_t px = j.dy.k->lanes, row = conv_aligned(w * px * j.size);
  int rc = conv_memory_get(&j.memory, 0, row + conv_aligned(source_scratch(&j.dy, 1, px)));
  if (rc == 0) {
    parallel_for(channels * h, conv_larger(1, PARALLEL_GRAIN / conv_larger(1, w * n)), unpool_rows, &j);
    conv_memory_put(&j.memory);
  }
  source_close(&j.dy);
  return rc;
}

/* --- its transpose ------------------------------------------------------------------------------------------------------ */

static void pick_channels(void *ctx, int64_t begin, int64_t end) {
  const Job *j = ctx;
  const ConvPool *pool = j->dy.pool;
  const Images *z = &j->dy.images, *y = j->dz;
  const int64_t lanes = conv_winner_lanes(j->n);
  for (int64_t c = begin; c < end; c++) {
    for (int64_t k = 0; k < pool->oh * pool->ow; k++) {
      const int64_t row = k / pool->ow, column = k % pool->ow;
      const uint8_t *winner = pool->winners + (c * pool->oh * pool->ow + k) * lanes;
      for (int64_t n = 0; n < j->n; n++) {
        char *to = conv_at(y, j->size, n, c, row) + column * y->stride[3] * j->size;
        const int64_t at = winner[n], a = row * pool->sh - pool->ph + at / pool->kw;
        const int64_t b = column * pool->sw - pool->pw + at % pool->kw;
        memset(to, 0, (size_t)j->size);
        if (at != NO_WINNER) memcpy(to, conv_at(z, j->size, n, c, a) + b * z->stride[3] * j->size, (size_t)j->size);
      }
    }
  }
}

void conv_pick(DType dt, int64_t n, int64_t channels, const Images *z, const ConvPool *pool, const Images *y) {
  Job j = {.size = (int64_t)dtype_size(dt), .n = n, .dz = y, .dy = {.images = *z, .pool = pool}};
  const int64_t each = conv_larger(1, pool->oh * pool->ow * n);
  parallel_for(channels, conv_larger(1, PARALLEL_GRAIN / each), pick_channels, &j);
}
