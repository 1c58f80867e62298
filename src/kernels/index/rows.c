/*
 * rows.c - whole parts of a tensor, picked by one index for some of its dimensions (index.h).
 *
 * The dimensions that are not picked by are walked together, and at each of their positions a chunk of the index is
 * gone through. Where neighbouring elements lie together in both tensors, pieces of them are moved at once. Threads
 * share the index when elements are read, and the other dimensions when they are written, since positions may repeat.
 */
#include <string.h>

#include "base/interrupt.h"
#include "base/parallel.h"
#include "core/walk.h"
#include "kernels/index/index.h"

#define CHUNK 256   /* positions that are worked out at a time */
#define LINE 16     /* elements that a thread has alone, at least */
#define SHORT_ROW 4 /* shorter pieces are moved element by element */

typedef struct Dims { /* of the index, or of what it picks from */
  int n;
  int64_t size[TENSOR_MAX_DIM], step[TENSOR_MAX_DIM]; /* step: bytes */
} Dims;

typedef struct Rows {
  IndexWay way;
  DType dtype;
  const int64_t *index;
  int64_t count;    /* of the index */
  int64_t first;    /* the number of the first position */
  int64_t behind;   /* what is added to negative ones */
  Dims from, to;    /* of x, by the positions; of picked, by the index's places */
  Walk rest;        /* picked, x: the other dimensions, the last one apart where rows are moved */
  int64_t length;   /* of a row; 1: elements are moved one by one */
  int64_t sp, sx;   /* elements from one to the next of a row */
  int64_t outside;  /* positions of the walk */
  char *picked, *x; /* at which they begin */
} Rows;

/* --- where the dimensions lie ------------------------------------------------------------------------------------- */

static void add_dim(Dims *d, int64_t size, int64_t step) {
  if (size == 1) return;
  if (d->n > 0 && d->step[d->n - 1] == step * size) {
    d->size[d->n - 1] *= size;
    d->step[d->n - 1] = step;
  } else {
    d->size[d->n] = size;
    d->step[d->n++] = step;
  }
}

/* How far position p, counted row by row, is from the first. */
INLINE int64_t distance(const Dims *d, int64_t p) {
  int64_t at = 0;
  if (d->n == 0) return 0;
  for (int k = d->n - 1; k > 0; k--) {
    at += p % d->size[k] * d->step[k];
    p /= d->size[k];
  }
  return at + p * d->step[0];
}

int64_t index_size(const Tensor *x, IndexPlace p) {
  int64_t n = 1;
  for (int64_t d = p.dim; d < p.dim + p.dims; d++) n *= x->shape[d];
  return n;
}

static void start(Rows *r, Tensor *x, Tensor *picked, const Tensor *index, IndexPlace p) {
  const int64_t size = (int64_t)dtype_size((DType)x->dtype);
  const int shift = index->ndim - (int)p.dims;
  r->dtype = (DType)x->dtype;
  r->index = tensor_i64(index);
  r->count = index->numel;
  r->first = p.count != INDEX_FROM_0;
  r->behind = p.count == INDEX_SIGNED ? index_size(x, p) + 1 : 0;
  r->from.n = r->to.n = 0;
  for (int d = (int)p.dim; d < p.dim + p.dims; d++) add_dim(&r->from, x->shape[d], x->stride[d] * size);
  for (int d = 0; d < index->ndim; d++) add_dim(&r->to, index->shape[d], picked->stride[p.dim + d] * size);
  walk_start(&r->rest, 2);
  walk_operand(&r->rest, 0, tensor_data(picked), size);
  walk_operand(&r->rest, 1, tensor_data(x), size);
  for (int d = 0; d < x->ndim; d++) {
    if (d >= p.dim && d < p.dim + p.dims) continue;
    const int e = d < p.dim ? d : d + shift;
    walk_add(&r->rest, x->shape[d], (int64_t[]){picked->stride[e], x->stride[d]});
  }
  walk_sort(&r->rest);
  walk_finish(&r->rest);
  r->picked = r->rest.data[0];
  r->x = r->rest.data[1];
}

/* Takes the last dimension out of the walk where it is worth while: its elements lie closer than those of the index. */
static void choose_rows(Rows *r) {
  const int last = r->rest.ndim - 1, end = r->to.n - 1;
  const int64_t row_step = r->rest.stride[last][0] * r->rest.size[0];
  r->length = 1;
  r->sp = r->sx = 0;
  if (r->rest.shape[last] >= SHORT_ROW && (end < 0 || row_step < r->to.step[end])) {
    r->length = r->rest.shape[last];
    r->sp = r->rest.stride[last][0];
    r->sx = r->rest.stride[last][1];
    r->rest.count[last] = 1;
  }
  r->outside = walk_count(&r->rest);
}

/* --- moving ------------------------------------------------------------------------------------------------------- */

/* Some places of the index: evenly spaced ones, or by their distances in bytes. */
typedef struct Places {
  int64_t n;
  const int64_t *index; /* of the first one; NULL: the distances are given */
  int64_t first, behind, from, to;
  const int64_t *p, *x;
} Places;

/* Pieces of n elements each, element k of piece i at p[k sp] and q[k sx]. */
#define PIECES(T, P, Q, STATEMENT)                                 \
  for (int64_t i = 0; i < c->n; i++) {                             \
    if (index) fetch(x, index + i, c->n - i, first, behind, from); \
    T *restrict p = (T *)(void *)(picked + (P));                   \
    T *restrict q = (T *)(void *)(x + (Q));                        \
    for (int64_t k = 0; k < n; k++) {                              \
      STATEMENT;                                                   \
    }                                                              \
  }
/* Fetches the row after the next ones. */
#define AHEAD 6
INLINE void fetch(const char *x, const int64_t *index, int64_t left, int64_t first, int64_t behind, int64_t from) {
  const int64_t given = left > AHEAD ? index[AHEAD] : first;
  __builtin_prefetch(x + (given - first + (given < 0 ? behind : 0)) * from);
  __builtin_prefetch(x + (given - first + (given < 0 ? behind : 0)) * from + 64);
  __builtin_prefetch(x + (given - first + (given < 0 ? behind : 0)) * from + 128);
  __builtin_prefetch(x + (given - first + (given < 0 ? behind : 0)) * from + 192);
}

#define EVEN_P i *to
#define EVEN_Q (index[i] - first + (index[i] < 0 ? behind : 0)) * from
#define MOVE(name, T, ASSIGN)                                                                                \
  static VECTORIZED(void, name, (const Places *c, char *picked, char *x, int64_t n, int64_t sp, int64_t sx), \
                    (c, picked, x, n, sp, sx)) {                                                             \
    const int64_t *restrict index = c->index;                                                                \
    const int64_t first = c->first, behind = c->behind, from = c->from, to = c->to;                          \
    if (!index) {                                                                                            \
      PIECES(T, c->p[i], c->x[i], ASSIGN(T, q[k * sx], p[k * sp]))                                           \
    } else if (n == 1 && !behind && from == (int64_t)sizeof(T) && to == (int64_t)sizeof(T)) {                \
      T *restrict p = (T *)(void *)picked, *restrict q = (T *)(void *)x - first;                             \
      for (int64_t i = 0; i < c->n; i++) {                                                                   \
        ASSIGN(T, q[index[i]], p[i]);                                                                        \
      }                                                                                                      \
    } else if (n == 1) {                                                                                     \
      for (int64_t i = 0; i < c->n; i++) {                                                                   \
        ASSIGN(T, *(T *)(void *)(x + EVEN_Q), *(T *)(void *)(picked + EVEN_P));                              \
      }                                                                                                      \
    } else if (sp == 1 && sx == 1) {                                                                         \
      PIECES(T, EVEN_P, EVEN_Q, ASSIGN(T, q[k], p[k]))                                                       \
    } else {                                                                                                 \
      PIECES(T, EVEN_P, EVEN_Q, ASSIGN(T, q[k * sx], p[k * sp]))                                             \
    }                                                                                                        \
  }
#define GET(T, there, here) here = there
#define SET(T, there, here) there = here
#define ADD(T, there, here) there = (T)(there + here)
MOVE(get_bits8, uint8_t, GET)
MOVE(get_bits32, uint32_t, GET)
MOVE(get_bits64, uint64_t, GET)
MOVE(set_bits8, uint8_t, SET)
MOVE(set_bits32, uint32_t, SET)
MOVE(set_bits64, uint64_t, SET)
MOVE(add_u8, uint8_t, ADD)
MOVE(add_i64, uint64_t, ADD)
MOVE(add_f32, float, ADD)
MOVE(add_f64, double, ADD)

typedef void MovePlaces(const Places *c, char *picked, char *x, int64_t n, int64_t sp, int64_t sx);

static MovePlaces *chosen_move(const Rows *r) {
  static MovePlaces *const add[DT_COUNT] = {
      [DT_F32] = add_f32, [DT_F64] = add_f64, [DT_I64] = add_i64, [DT_U8] = add_u8};
  const size_t size = dtype_size(r->dtype);
  if (r->way == INDEX_ADD) return add[r->dtype];
  if (r->way == INDEX_GET) return size == 4 ? get_bits32 : size == 8 ? get_bits64 : get_bits8;
  return size == 4 ? set_bits32 : size == 8 ? set_bits64 : set_bits8;
}

/* A part of the work: `outside` positions of the walk from the first on, `length` elements of each row from `skip` on. */
typedef struct Part {
  int64_t first, outside, skip, length;
} Part;

static void move_places(const Rows *r, const Places *c, Part part) {
  const int64_t size = r->rest.size[0];
  char *base[] = {r->picked + part.skip * r->sp * size, r->x + part.skip * r->sx * size};
  MovePlaces *run = chosen_move(r);
  WalkCursor at;
  walk_seek(&r->rest, 2, base, part.first, &at);
  for (int64_t k = 0; k < part.outside && !interrupt_requested(); k++) {
    run(c, at.at[0], at.at[1], part.length, r->sp, r->sx);
    walk_on(&r->rest, 2, &at, 1);
  }
}

/* Places begin..end-1 of the index whose distances have to be worked out. */
static void move_uneven(const Rows *r, int64_t begin, int64_t end, Part part) {
  int64_t p[CHUNK], x[CHUNK];
  for (int64_t i = begin; i < end; i += CHUNK) {
    const Places c = {.n = end - i < CHUNK ? end - i : CHUNK, .p = p, .x = x};
    for (int64_t k = 0; k < c.n; k++) {
      const int64_t given = r->index[i + k];
      x[k] = distance(&r->from, given - r->first + (given < 0 ? r->behind : 0));
      p[k] = distance(&r->to, i + k);
    }
    move_places(r, &c, part);
  }
}

static void move(const Rows *r, int64_t begin, int64_t end, Part part) {
  if (r->from.n > 1 || r->to.n > 1) {
    move_uneven(r, begin, end, part);
    return;
  }
  const int64_t to = r->to.n ? r->to.step[0] : 0;
  const Places c = {.n = end - begin,
                    .index = r->index + begin,
                    .first = r->first,
                    .behind = r->behind,
                    .from = r->from.n ? r->from.step[0] : 0,
                    .to = to};
  Rows moved = *r;
  moved.picked += begin * to;
  move_places(&moved, &c, part);
}

static void share_index(void *ctx, int64_t begin, int64_t end) {
  const Rows *r = ctx;
  move(r, begin, end, (Part){0, r->outside, 0, r->length});
}
static void share_outside(void *ctx, int64_t begin, int64_t end) {
  const Rows *r = ctx;
  move(r, 0, r->count, (Part){begin, end - begin, 0, r->length});
}
static void share_rows(void *ctx, int64_t begin, int64_t end) {
  const Rows *r = ctx;
  move(r, 0, r->count, (Part){0, r->outside, begin, end - begin});
}

/* How many of n equal parts of some work make a chunk for a thread; at least `least`. */
static int64_t grain(int64_t elements_each, int64_t least) {
  const int64_t n = PARALLEL_GRAIN / (elements_each > 0 ? elements_each : 1);
  return n > least ? n : least;
}

static void share(Rows *r) {
  const int64_t each = r->outside * r->length;
  if (r->count * each < PARALLEL_FROM) {
    move(r, 0, r->count, (Part){0, r->outside, 0, r->length});
  } else if (r->way == INDEX_GET && r->outside <= r->count) {
    parallel_for(r->count, grain(each, 1), share_index, r);
  } else if (r->length > r->outside) {
    parallel_for(r->length, grain(r->count * r->outside, LINE), share_rows, r);
  } else {
    parallel_for(r->outside, grain(r->count * r->length, 1), share_outside, r);
  }
}

int index_rows(IndexWay way, Tensor *x, Tensor *picked, Tensor *index, IndexPlace p) {
  Rows r;
  if (picked->numel == 0) return 0;
  Tensor *even = tensor_contiguous(index);
  if (!even) return -1;
  r.way = way;
  start(&r, x, picked, even, p);
  choose_rows(&r);
  share(&r);
  tensor_release(even);
  return 0;
}
