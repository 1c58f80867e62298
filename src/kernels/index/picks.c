/*
 * picks.c - elements picked by an index as deep as the tensor (index.h).
 *
 * Threads share the longest dimension; where elements are written, the longest one but that along which the index names
 * positions, since these may repeat. Along that one, elements are visited in order. Where positions are rows, a few
 * columns are done at a time, so that what is picked from stays in the cache.
 */
#include "base/interrupt.h"
#include "base/parallel.h"
#include "core/walk.h"
#include "kernels/index/index.h"

#define SHORT_RUN 8      /* a run below this is exchanged for the longest dimension */
#define IN_CACHE 32768   /* elements, about, among which picks across rows stay in the second-level cache */
#define LEAST_COLUMNS 16 /* a cache line of them */

typedef struct Picks {
  IndexWay way;
  const Tensor *index;
  Tensor *x, *other;
  int dim;
  int64_t first;   /* the number of the first position */
  int shared;      /* the dimension that threads share; -1: none */
  int64_t columns; /* how many of them at a time; 0: all */
  bool checks;     /* whether the index may hold wrong positions */
  bool *wrong;     /* then: set where it does */
} Picks;

/* A run: index at at[0], x at at[1], other at at[2]; strides in elements, step from one position to the next. */
typedef void PickRun(int64_t n, char *const *at, const int64_t *stride, int64_t step);

#define PICKS(name, T, STATEMENT)                                                     \
  static void name(int64_t n, char *const *at, const int64_t *stride, int64_t step) { \
    const int64_t *restrict index = (const int64_t *)(const void *)at[0];             \
    T *x = (T *)(void *)at[1], *other = (T *)(void *)at[2];                           \
    const int64_t si = stride[0], sx = stride[1], so = stride[2];                     \
    if (si == 1 && sx == 0 && so == 1 && step == 1) {                                 \
      for (int64_t i = 0; i < n; i++) {                                               \
        T *p = x + index[i], *q = other + i;                                          \
        STATEMENT;                                                                    \
      }                                                                               \
      return;                                                                         \
    }                                                                                 \
    for (int64_t i = 0; i < n; i++) {                                                 \
      T *p = x + i * sx + index[i * si] * step, *q = other + i * so;                  \
      STATEMENT;                                                                      \
    }                                                                                 \
  }
PICKS(get_bits8, uint8_t, *q = *p)
PICKS(get_bits32, uint32_t, *q = *p)
PICKS(get_bits64, uint64_t, *q = *p)
PICKS(set_bits8, uint8_t, *p = *q)
PICKS(set_bits32, uint32_t, *p = *q)
PICKS(set_bits64, uint64_t, *p = *q)
PICKS(add_u8, uint8_t, *p = (uint8_t)(*p + *q))
PICKS(add_i64, uint64_t, *p += *q)
PICKS(add_f32, float, *p += *q)
PICKS(add_f64, double, *p += *q)
PICKS(mul_u8, uint8_t, *p = (uint8_t)(*p * *q))
PICKS(mul_i64, uint64_t, *p *= *q)
PICKS(mul_f32, float, *p *= *q)
PICKS(mul_f64, double, *p *= *q)
#define LARGER *p = *q > *p || *q != *q ? *q : *p
#define SMALLER *p = *q < *p || *q != *q ? *q : *p
PICKS(max_u8, uint8_t, LARGER)
PICKS(max_i64, int64_t, LARGER)
PICKS(max_f32, float, LARGER)
PICKS(max_f64, double, LARGER)
PICKS(min_u8, uint8_t, SMALLER)
PICKS(min_i64, int64_t, SMALLER)
PICKS(min_f32, float, SMALLER)
PICKS(min_f64, double, SMALLER)

static PickRun *chosen_run(const Picks *p) {
  static PickRun *const by_dtype[][DT_COUNT] = {
      [INDEX_ADD] = {[DT_F32] = add_f32, [DT_F64] = add_f64, [DT_I64] = add_i64, [DT_U8] = add_u8},
      [INDEX_MUL] = {[DT_F32] = mul_f32, [DT_F64] = mul_f64, [DT_I64] = mul_i64, [DT_U8] = mul_u8},
      [INDEX_MAX] = {[DT_F32] = max_f32, [DT_F64] = max_f64, [DT_I64] = max_i64, [DT_U8] = max_u8},
      [INDEX_MIN] = {[DT_F32] = min_f32, [DT_F64] = min_f64, [DT_I64] = min_i64, [DT_U8] = min_u8}};
  const size_t size = dtype_size((DType)p->x->dtype);
  if (p->way >= INDEX_ADD) return by_dtype[p->way][p->x->dtype];
  if (p->way == INDEX_GET) return size == 4 ? get_bits32 : size == 8 ? get_bits64 : get_bits8;
  return size == 4 ? set_bits32 : size == 8 ? set_bits64 : set_bits8;
}

/* Dimension d, of which positions begin..end-1 are this thread's if it is shared. */
static void add_dim(const Picks *p, Walk *w, int d, int64_t n) {
  const int64_t sx = d == p->dim ? 0 : p->x->stride[d];
  walk_add(w, n, (int64_t[]){p->index->stride[d], sx, p->other->stride[d]});
}

static char *moved(const Tensor *t, int64_t elements) {
  return (char *)tensor_data(t) + elements * (int64_t)dtype_size((DType)t->dtype);
}

#define PIECE 512 /* positions that are checked, and then used */

static bool within(const Picks *p, const int64_t *index, int64_t n, int64_t stride) {
  const uint64_t size = (uint64_t)p->x->shape[p->dim];
  if (stride == 1) return index_all_within(index, n, p->first, size);
  bool ok = true;
  for (int64_t i = 0; i < n; i++) ok = ok && (uint64_t)index[i * stride] - (uint64_t)p->first < size;
  return ok;
}

/* A run, piece by piece; false where a position is wrong. */
static bool run_checked(const Picks *p, PickRun *run, int64_t n, char *const *from, const int64_t *stride,
                        int64_t step) {
  const int64_t size = (int64_t)dtype_size((DType)p->x->dtype);
  char *at[] = {from[0], from[1], from[2]};
  for (int64_t i = 0; i < n; i += PIECE) {
    const int64_t count = n - i < PIECE ? n - i : PIECE;
    if (!within(p, (const int64_t *)(const void *)at[0], count, stride[0])) return false;
    run(count, at, stride, step);
    at[0] += count * stride[0] * (int64_t)sizeof(int64_t);
    for (int k = 1; k < 3; k++) at[k] += count * stride[k] * size;
  }
  return true;
}

/* Positions begin..end-1 of the shared dimension. */
static void pick_some(const Picks *p, int64_t begin, int64_t end) {
  const int64_t *shape = p->index->shape;
  const int s = p->shared, last = p->index->ndim - 1;
  const bool shared_last = last >= 0 && shape[last] < SHORT_RUN; /* the longest dimension as the run */
  Walk w;
  WalkCursor c;
  walk_start(&w, 3);
  walk_operand(&w, 0, moved(p->index, s < 0 ? 0 : begin * p->index->stride[s]), (int64_t)sizeof(int64_t));
  const int64_t step = p->x->ndim ? p->x->stride[p->dim] : 0;
  const int64_t from = s < 0 || s == p->dim ? 0 : begin * p->x->stride[s];
  walk_operand(&w, 1, moved(p->x, from - p->first * step), (int64_t)dtype_size((DType)p->x->dtype));
  walk_operand(&w, 2, moved(p->other, s < 0 ? 0 : begin * p->other->stride[s]), w.size[1]);
  for (int d = 0; d <= last; d++) {
    if (d != s || !shared_last) add_dim(p, &w, d, d == s ? end - begin : shape[d]);
  }
  if (s >= 0 && shared_last) add_dim(p, &w, s, end - begin);
  walk_finish(&w);
  const int run_dim = w.ndim - 1;
  const int64_t n = w.shape[run_dim];
  w.count[run_dim] = 1;
  PickRun *run = chosen_run(p);
  walk_seek(&w, 3, w.data, 0, &c);
  for (int64_t k = walk_count(&w); k > 0 && !interrupt_requested(); k--) {
    if (!p->checks) {
      run(n, c.at, w.stride[run_dim], step);
    } else if (!run_checked(p, run, n, c.at, w.stride[run_dim], step)) {
      __atomic_store_n(p->wrong, true, __ATOMIC_RELAXED);
      return;
    }
    walk_on(&w, 3, &c, 1);
  }
}

/* How many columns of rows, between which elements are picked, are gone through at a time; 0: elements of a row. */
static int64_t columns(const Picks *p) {
  const int last = p->index->ndim - 1;
  if (last < 0 || p->dim == last || p->index->shape[last] < LEAST_COLUMNS) return 0;
  const int64_t rows = p->x->shape[p->dim], n = IN_CACHE / (rows ? rows : 1);
  return n > LEAST_COLUMNS ? n : LEAST_COLUMNS;
}

static void pick_part(void *ctx, int64_t begin, int64_t end) {
  const Picks *p = ctx;
  const int64_t step = p->columns ? p->columns : end - begin;
  for (int64_t i = begin; i < end; i += step) pick_some(p, i, end - i < step ? end : i + step);
}

static void pick_all(Picks *p) {
  const Tensor *index = p->index;
  p->columns = columns(p);
  if (index->numel == 0) return;
  if (p->columns) p->shared = index->ndim - 1;
  for (int d = 0; d < index->ndim && !p->columns; d++) {
    if (d == p->dim && p->way != INDEX_GET) continue;
    if (p->shared < 0 || index->shape[d] > index->shape[p->shared]) p->shared = d;
  }
  if (p->shared < 0 || index->numel < PARALLEL_FROM) {
    pick_part(p, 0, p->shared < 0 ? 1 : index->shape[p->shared]);
    return;
  }
  const int64_t each = index->numel / index->shape[p->shared];
  const int64_t grain = each < PARALLEL_GRAIN ? PARALLEL_GRAIN / each : 1;
  parallel_for(index->shape[p->shared], grain < p->columns ? p->columns : grain, pick_part, p);
}

int index_picks(IndexWay way, Tensor *x, Tensor *other, Tensor *index, IndexPlace place) {
  pick_all(&(Picks){way, index, x, other, (int)place.dim, place.count != INDEX_FROM_0, -1, 0, false, NULL});
  return 0;
}

int index_picks_checked(const char *name, IndexWay way, Tensor *x, Tensor *other, Tensor *index, IndexPlace place) {
  bool wrong = index->dtype != DT_I64;
  if (!wrong) {
    pick_all(&(Picks){way, index, x, other, (int)place.dim, place.count != INDEX_FROM_0, -1, 0, true, &wrong});
  }
  return wrong ? index_check(name, index, x->shape[place.dim], (IndexCount)place.count) : 0;
}
