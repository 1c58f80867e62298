/*
 * order.c - images in the order of the places of few.h.
 */
#include "base/parallel.h"
#include "kernels/conv/blocks.h"
#include "kernels/conv/few/few.h"

#define WINDOW 4 /* places of windows for which a copy pays */

typedef struct Job {
  int64_t size, n, h, w;
  Images from, to;
} Job;

#define DEFINE_COPY(T)                                                                    \
  static void copy_##T(const Job *j, const T *from, T *to) {                              \
    for (int64_t n = 0; n < j->n; n++) {                                                  \
      const T *image = from + n * j->from.stride[0];                                      \
      for (int64_t x = 0; x < j->w; x++) to[x * j->n + n] = image[x * j->from.stride[3]]; \
    }                                                                                     \
  }
DEFINE_COPY(float)
DEFINE_COPY(double)

static void copy_rows(void *ctx, int64_t begin, int64_t end) {
  const Job *j = ctx;
  for (int64_t k = begin; k < end; k++) {
    const void *from = conv_at(&j->from, j->size, 0, k / j->h, k % j->h);
    void *to = conv_at(&j->to, j->size, 0, k / j->h, k % j->h);
    if (j->size == sizeof(float)) {
      copy_float(j, from, to);
    } else {
      copy_double(j, from, to);
    }
  }
}

int few_order(FewImages *m, int64_t size, int64_t n, int64_t channels, int64_t h, int64_t w, int64_t window,
              const Images *from) {
  *m = (FewImages){.images = *from};
  if (n == 1 || window < WINDOW || (from->stride[0] == 1 && from->stride[3] == n)) return 0;
  m->bytes = SIZE_BYTES((size_t)size, n, channels, h, w);
  m->copy = alloc_get(m->bytes);
  if (!m->copy) return -1;
  m->images = (Images){.data = m->copy, .stride = {1, n * w * h, n * w, n}};
  Job j = {.size = size, .n = n, .h = h, .w = w, .from = *from, .to = m->images};
  parallel_for(channels * h, conv_larger(1, PARALLEL_GRAIN / conv_larger(1, n * w)), copy_rows, &j);
  return 0;
}

void few_order_free(FewImages *m) { alloc_put(m->copy, m->bytes); }
