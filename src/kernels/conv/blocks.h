/*
 * blocks.h - what the passes of a convolution share: cutting numbers into blocks, images at a place, scratch memory.
 */
#ifndef OPTLAB_KERNELS_CONV_BLOCKS_H
#define OPTLAB_KERNELS_CONV_BLOCKS_H

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/size.h"
#include "kernels/conv/conv.h"
#include "kernels/conv/loops/kernels.h"

static inline int64_t conv_smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t conv_larger(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t conv_parts(int64_t n, int64_t most) { return (n + most - 1) / most; }

/* n numbers in `parts` blocks as even as can be: where block i begins. */
static inline int64_t conv_cut(int64_t n, int64_t parts, int64_t i) {
  return n / parts * i + conv_smaller(i, n % parts);
}

/* How many of n things with so many products in all a thread should take at once. */
static inline int64_t conv_grain(int64_t n, double products) {
  const double worth = 1 << 18; /* products for which waking a thread pays */
  return products > (double)n * worth ? 1 : conv_smaller(n, (int64_t)((double)n * worth / (products + 1)) + 1);
}

/* The place of (n, c, y, 0). */
static inline char *conv_at(const Images *m, int64_t size, int64_t n, int64_t c, int64_t y) {
  return (char *)m->data + (n * m->stride[0] + c * m->stride[1] + y * m->stride[2]) * size;
}

/* Memory that is shared, and some for each thread; all of it is 64-byte aligned. */
typedef struct ConvMemory {
  char *shared, *threads;
  int64_t per_thread;
  size_t bytes;
} ConvMemory;

static inline int64_t conv_aligned(int64_t bytes) { return (bytes + 63) / 64 * 64; }

/* A negative size stands for one that no memory has. -1 with err_set. */
static inline int conv_memory_get(ConvMemory *m, int64_t shared, int64_t per_thread) {
  const bool fits = shared >= 0 && per_thread >= 0;
  m->per_thread = fits ? conv_aligned(per_thread) : 0;
  const size_t own = SIZE_BYTES(1, parallel_threads(), m->per_thread);
  m->bytes = fits && own != SIZE_MAX ? own + (size_t)conv_aligned(shared) : SIZE_MAX;
  m->shared = alloc_get(m->bytes);
  if (!m->shared) return -1;
  m->threads = m->shared + conv_aligned(shared);
  return 0;
}

static inline char *conv_memory_mine(const ConvMemory *m) { return m->threads + parallel_thread() * m->per_thread; }
static inline void conv_memory_put(ConvMemory *m) { alloc_put(m->shared, m->bytes); }

#endif
