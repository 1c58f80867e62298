/*
 * join.c - row-major tensors side by side along a dimension (index.h).
 *
 * In front of the dimension there are `outer` positions, which threads share; each tensor has one piece for each of them.
 */
#include <string.h>

#include "base/interrupt.h"
#include "base/parallel.h"
#include "base/simd.h"
#include "kernels/index/index.h"

#define SHORT_PIECE 256 /* bytes; below, a loop is faster than a call of memcpy */

typedef struct Join {
  int n;
  Tensor *const *in;
  int64_t behind; /* bytes of one position of the dimension */
  int64_t row;    /* bytes of a row of the result */
  int dim;
  char *out;
} Join;

/* n bytes in two halves that overlap, each of T's size. */
#define HALVES(T)                                            \
  do {                                                       \
    T first, last;                                           \
    memcpy(&first, from, sizeof(T));                         \
    memcpy(&last, from + n - (int64_t)sizeof(T), sizeof(T)); \
    memcpy(to, &first, sizeof(T));                           \
    memcpy(to + n - (int64_t)sizeof(T), &last, sizeof(T));   \
  } while (0)

typedef struct Half {
  uint64_t part[2];
} Half;

/* The pieces of positions begin..end-1 of the outer ones, n bytes each. */
static VECTORIZED(void, copy_pieces, (char *to, const char *from, int64_t n, int64_t row, int64_t count),
                  (to, from, n, row, count)) {
  if (n >= SHORT_PIECE) {
    for (int64_t i = 0; i < count; i++, to += row, from += n) memcpy(to, from, (size_t)n);
  } else if (n >= 16) {
    for (int64_t i = 0; i < count; i++, to += row, from += n) {
      for (int64_t k = 0; k < n - 16; k += 16) memcpy(to + k, from + k, 16);
      HALVES(Half);
    }
  } else if (n >= 8) {
    for (int64_t i = 0; i < count; i++, to += row, from += n) HALVES(uint64_t);
  } else if (n >= 4) {
    for (int64_t i = 0; i < count; i++, to += row, from += n) HALVES(uint32_t);
  } else {
    for (int64_t i = 0; i < count; i++, to += row, from += n) {
      for (int64_t k = 0; k < n; k++) to[k] = from[k];
    }
  }
}

#define TOGETHER \
  16384 /* bytes of rows that all tensors are copied into, one after the other, while they are in the cache */

static void join_rows(void *ctx, int64_t begin, int64_t end) {
  const Join *j = ctx;
  const int64_t step = TOGETHER / j->row + 1;
  for (int64_t i = begin; i < end && !interrupt_requested(); i += step) {
    const int64_t count = end - i < step ? end - i : step;
    char *to = j->out + i * j->row;
    for (int k = 0; k < j->n; k++) {
      const int64_t n = j->in[k]->shape[j->dim] * j->behind;
      copy_pieces(to, (const char *)tensor_data(j->in[k]) + i * n, n, j->row, count);
      to += n;
    }
  }
}

void index_join_rows(Tensor *out, Tensor *const *in, int n, int dim) {
  Join j = {.n = n, .in = in, .dim = dim, .behind = (int64_t)dtype_size((DType)out->dtype), .out = tensor_data(out)};
  int64_t outer = 1;
  for (int d = 0; d < out->ndim; d++) {
    if (d < dim) outer *= out->shape[d];
    if (d > dim) j.behind *= out->shape[d];
  }
  j.row = out->shape[dim] * j.behind;
  tensor_touch(out);
  if (out->numel == 0) return;
  parallel_for(outer, 4 * PARALLEL_FROM / j.row + 1, join_rows, &j);
}
