/*
 * arg_reduce.c - positions of the largest and smallest elements.
 *
 * One sequence along the dimension for each position of the others. A contiguous sequence of some length is gone over
 * twice, for the extreme (vectorised) and for its first place; the others once.
 */
#include <assert.h>

#include "base/parallel.h"
#include "base/simd.h"
#include "core/walk.h"
#include "kernels/reduce/reduce.h"
#include "kernels/reduce/reduce_kernels.h"

#define TWO_PASSES_FROM 64

typedef int64_t Find(int64_t n, const void *a, int64_t stride);

/* BEATS(x, y): x comes before y. The first NaN ends the search. */
#define DEFINE_FIND(name, T, BEATS)                               \
  static int64_t name(int64_t n, const void *a, int64_t stride) { \
    const T *p = a;                                               \
    int64_t best = 0;                                             \
    T y = p[0];                                                   \
    for (int64_t i = 0; i < n && y == y; i++) {                   \
      const T x = p[i * stride];                                  \
      if (BEATS(x, y) || x != x) {                                \
        best = i;                                                 \
        y = x;                                                    \
      }                                                           \
    }                                                             \
    return best;                                                  \
  }
#define GREATER(x, y) ((x) > (y))
#define LESS(x, y) ((x) < (y))
DEFINE_FIND(first_max_f32, float, GREATER)
DEFINE_FIND(first_max_f64, double, GREATER)
DEFINE_FIND(first_max_i64, int64_t, GREATER)
DEFINE_FIND(first_max_u8, uint8_t, GREATER)
DEFINE_FIND(first_min_f32, float, LESS)
DEFINE_FIND(first_min_f64, double, LESS)
DEFINE_FIND(first_min_i64, int64_t, LESS)
DEFINE_FIND(first_min_u8, uint8_t, LESS)

#define SEEN_AT_ONCE 64

/* How many of n elements lie before the run of SEEN_AT_ONCE that has x, or before the last, shorter one. */
static VECTORIZED(int64_t, skip_f32, (int64_t n, const float *a, float x), (n, a, x)) {
  int64_t run = SEEN_AT_ONCE, i = 0;
  OPAQUE(run);
  for (; i + run <= n; i += run) {
    int32_t found = 0;
    for (int64_t j = 0; j < run; j++) found |= a[i + j] == x;
    if (found) break;
  }
  return i;
}

/* The first of n elements that is equal to x, or the first NaN if x is one; there is one. */
static int64_t place_f32(int64_t n, const float *a, float x) {
  int64_t i = x == x ? skip_f32(n, a, x) : 0;
  while (!(a[i] == x || (a[i] != a[i] && x != x))) i++;
  return i;
}

/* The largest (smallest) of n contiguous values block by block, then its place in the first block that has it. */
static int64_t find_twice_f32(int64_t n, const float *a, const ReduceOp *op) {
  Partial best, block;
  op->block(n < REDUCE_BLOCK ? n : REDUCE_BLOCK, a, &best);
  int64_t where = 0;
  for (int64_t at = REDUCE_BLOCK; at < n && best.d == best.d; at += REDUCE_BLOCK) {
    op->block(n - at < REDUCE_BLOCK ? n - at : REDUCE_BLOCK, a + at, &block);
    const Partial before = best;
    op->merge(1, &best, &block);
    if (best.d != before.d) where = at;
  }
  return where + place_f32(n - where, a + where, (float)best.d);
}

static int64_t find_max_f32(int64_t n, const void *a, int64_t stride) {
  if (stride != 1 || n < TWO_PASSES_FROM) return first_max_f32(n, a, stride);
  return find_twice_f32(n, a, &reduce_max_ops[DT_F32]);
}
static int64_t find_min_f32(int64_t n, const void *a, int64_t stride) {
  if (stride != 1 || n < TWO_PASSES_FROM) return first_min_f32(n, a, stride);
  return find_twice_f32(n, a, &reduce_min_ops[DT_F32]);
}

static Find *const find_max[DT_COUNT] = {
    [DT_F32] = find_max_f32, [DT_F64] = first_max_f64, [DT_I64] = first_max_i64, [DT_U8] = first_max_u8};
static Find *const find_min[DT_COUNT] = {
    [DT_F32] = find_min_f32, [DT_F64] = first_min_f64, [DT_I64] = first_min_i64, [DT_U8] = first_min_u8};

/* --- over a tensor ---------------------------------------------------------------------------------------- */

typedef struct Search {
  Walk kept; /* input, output: the other dimensions */
  int64_t length, stride;
  Find *find;
} Search;

static void search(void *ctx, int64_t begin, int64_t end) {
  const Search *s = ctx;
  WalkCursor c;
  walk_seek(&s->kept, 2, s->kept.data, begin, &c);
  for (int64_t i = begin; i < end; i++) {
    *(int64_t *)(void *)c.at[1] = s->find(s->length, c.at[0], s->stride);
    walk_on(&s->kept, 2, &c, 1);
  }
}

static void search_all(Tensor *out, const Tensor *a, int dim, Find *find) {
  assert(out->dtype == DT_I64 && a->shape[dim] > 0);
  Search s = {.length = a->shape[dim], .stride = a->stride[dim], .find = find};
  walk_start(&s.kept, 2);
  walk_operand(&s.kept, 0, tensor_data(a), (int64_t)dtype_size((DType)a->dtype));
  walk_operand(&s.kept, 1, tensor_data(out), (int64_t)sizeof(int64_t));
  for (int d = 0; d < a->ndim; d++) {
    if (d != dim) walk_add(&s.kept, a->shape[d], (int64_t[]){a->stride[d], out->stride[d]});
  }
  walk_finish(&s.kept);
  tensor_touch(out);
  if (a->numel < PARALLEL_FROM) {
    search(&s, 0, out->numel);
  } else {
    parallel_for(out->numel, PARALLEL_GRAIN / s.length + 1, search, &s);
  }
}

void reduce_argmax(Tensor *out, const Tensor *a, int dim) { search_all(out, a, dim, find_max[a->dtype]); }
void reduce_argmin(Tensor *out, const Tensor *a, int dim) { search_all(out, a, dim, find_min[a->dtype]); }
