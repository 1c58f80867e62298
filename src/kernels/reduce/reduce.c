/*
 * reduce.c - sums and extremes over some dimensions of a tensor of any strides.
 *
 * A Reduction separates the dimensions that are kept from those that are reduced, sorts both by their strides (memory
 * order) and merges what lies one after the other. Each kept position has a sequence of elements, taken block by block:
 *   - if the reduced elements lie closest in memory, straight from there, or gathered into a buffer when they have
 * gaps;
 *   - if a kept dimension does (column sums), for up to 64 columns at a time, row by row.
 * Few long sequences are cut into chunks of whole blocks. What is cut where depends on the plan, never on the threads.
 */
#include "kernels/reduce/reduce.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "core/walk.h"
#include "kernels/reduce/pairs.h"
#include "kernels/reduce/reduce_kernels.h"

#define MAX_CHUNKS 64   /* of one sequence */
#define ENOUGH_TASKS 16 /* independent results; with fewer their sequences are cut */

typedef struct Reduction {
  const ReduceOp *op;
  int64_t size;                 /* bytes of an element */
  Walk kept;                    /* input, output; without the columns */
  Walk reduced;                 /* input */
  int64_t length;               /* elements of a sequence */
  int64_t columns;              /* sequences side by side in memory; 1 if there are none */
  int64_t column_stride;        /* of their results, in elements */
  int64_t tiles;                /* of up to REDUCE_TILE columns */
  int64_t tasks;                /* kept positions x tiles */
  int64_t chunk;                /* elements of a chunk where sequences are cut */
  int64_t task;                 /* the one being cut */
  Partial (*part)[REDUCE_TILE]; /* its chunks' results */
} Reduction;

/* --- along a sequence --------------------------------------------------------------------------------------------- */

static int64_t run_stride(const Reduction *p) { return p->reduced.stride[p->reduced.ndim - 1][0]; }

static void copy_strided(int64_t n, char *to, const char *from, int64_t stride, int64_t size) {
  if (size == 1) {
    for (int64_t i = 0; i < n; i++) to[i] = from[i * stride];
  } else if (size == 4) {
    for (int64_t i = 0; i < n; i++) ((uint32_t *)(void *)to)[i] = ((const uint32_t *)(const void *)from)[i * stride];
  } else {
    for (int64_t i = 0; i < n; i++) ((uint64_t *)(void *)to)[i] = ((const uint64_t *)(const void *)from)[i * stride];
  }
}

/* The next n elements as contiguous memory: where they are, or copied to buf. */
static const void *take(const Reduction *p, WalkCursor *c, int64_t n, char *buf) {
  const int64_t stride = run_stride(p);
  if (stride == 1 && walk_left(&p->reduced, c) >= n) {
    const char *from = c->at[0];
    walk_on(&p->reduced, 1, c, n);
    return from;
  }
  for (int64_t done = 0; done < n;) {
    const int64_t left = walk_left(&p->reduced, c), some = left < n - done ? left : n - done;
    copy_strided(some, buf + done * p->size, c->at[0], stride, p->size);
    walk_on(&p->reduced, 1, c, some);
    done += some;
  }
  return buf;
}

/* --- one block, then many --------------------------------------------------------------------------------- */

/* n rows of w columns */
static void block_of_columns(const Reduction *p, WalkCursor *c, int64_t n, int64_t w, void *acc, Partial *result) {
  const int64_t stride = run_stride(p), lanes = n < REDUCE_LANES ? n : REDUCE_LANES;
  p->op->clear(w, lanes, acc);
  for (int64_t done = 0; done < n;) {
    const int64_t left = walk_left(&p->reduced, c), some = left < n - done ? left : n - done;
    p->op->rows(some, w, done % REDUCE_LANES, c->at[0], stride, acc);
    walk_on(&p->reduced, 1, c, some);
    done += some;
  }
  p->op->fold(w, lanes, acc, result);
}

/* Elements begin..end-1 of the w sequences that start at `base`; end > begin. */
static void reduce_range(const Reduction *p, char *base, int64_t w, int64_t begin, int64_t end, Partial *result) {
  union {
    double align;
    char rows[REDUCE_LANES * REDUCE_TILE * sizeof(double)];
    char gathered[REDUCE_BLOCK * sizeof(double)];
  } mem;
  Partial level[PAIRS_LEVELS * REDUCE_TILE];
  Pairs pairs = {.w = w, .level = level};
  WalkCursor c;
  walk_seek(&p->reduced, 1, &base, begin, &c);
  for (int64_t at = begin; at < end; at += REDUCE_BLOCK) {
    const int64_t n = end - at < REDUCE_BLOCK ? end - at : REDUCE_BLOCK;
    if (p->columns > 1) {
      block_of_columns(p, &c, n, w, mem.rows, result);
    } else {
      p->op->block(n, take(p, &c, n, mem.gathered), result);
    }
    if (end - begin > REDUCE_BLOCK) pairs_push(p->op, &pairs, result);
  }
  if (end - begin > REDUCE_BLOCK) pairs_finish(p->op, &pairs, result);
}

/* --- tasks: one tile of columns at one kept position ------------------------------------------------------ */

typedef struct Task {
  char *a, *out;
  int64_t w;
} Task;

static Task task_at(const Reduction *p, int64_t task) {
  const int64_t first = task % p->tiles * REDUCE_TILE, left = p->columns - first;
  WalkCursor c;
  walk_seek(&p->kept, 2, p->kept.data, task / p->tiles, &c);
  return (Task){.a = c.at[0] + first * p->size,
                .out = c.at[1] + first * p->column_stride * p->size,
                .w = left < REDUCE_TILE ? left : REDUCE_TILE};
}

static void run_tasks(void *ctx, int64_t begin, int64_t end) {
  const Reduction *p = ctx;
  Partial result[REDUCE_TILE];
  for (int64_t i = begin; i < end; i++) {
    const Task u = task_at(p, i);
    reduce_range(p, u.a, u.w, 0, p->length, result);
    p->op->store(u.w, result, u.out, p->column_stride);
  }
}

static void run_chunks(void *ctx, int64_t begin, int64_t end) {
  const Reduction *p = ctx;
  const Task u = task_at(p, p->task);
  for (int64_t c = begin; c < end; c++) {
    const int64_t from = c * p->chunk, to = from + p->chunk < p->length ? from + p->chunk : p->length;
    reduce_range(p, u.a, u.w, from, to, p->part[c]);
  }
}

/* Each sequence in chunks of 2^k blocks, which gives the same pairs as one piece would. */
static void run_cut(Reduction *p) {
  Partial part[MAX_CHUNKS][REDUCE_TILE], level[PAIRS_LEVELS * REDUCE_TILE], result[REDUCE_TILE];
  const int64_t w = p->columns < REDUCE_TILE ? p->columns : REDUCE_TILE;
  p->part = part;
  p->chunk = REDUCE_BLOCK;
  while (p->chunk * w < PARALLEL_GRAIN || p->chunk * MAX_CHUNKS < p->length) p->chunk *= 2;
  const int64_t chunks = (p->length + p->chunk - 1) / p->chunk;
  for (p->task = 0; p->task < p->tasks; p->task++) {
    const Task u = task_at(p, p->task);
    parallel_for(chunks, 1, run_chunks, p);
    Pairs pairs = {.w = u.w, .level = level};
    for (int64_t c = 0; c < chunks; c++) pairs_push(p->op, &pairs, part[c]);
    pairs_finish(p->op, &pairs, result);
    p->op->store(u.w, result, u.out, p->column_stride);
  }
}

static void run_reduction(Reduction *p) {
  const int64_t w = p->columns < REDUCE_TILE ? p->columns : REDUCE_TILE;
  if (p->tasks * w * p->length < PARALLEL_FROM) {
    run_tasks(p, 0, p->tasks);
  } else if (p->tasks >= ENOUGH_TASKS || p->length <= 2 * REDUCE_BLOCK) {
    const int64_t grain = PARALLEL_GRAIN / (w * p->length);
    parallel_for(p->tasks, grain > 0 ? grain : 1, run_tasks, p);
  } else {
    run_cut(p);
  }
}

/* --- making a plan ---------------------------------------------------------------------------------------- */

/* The innermost kept dimension is left to the columns if it lies closest in memory. */
static void take_columns(Reduction *p) {
  Walk *kept = &p->kept;
  const int last = kept->ndim - 1;
  p->columns = p->column_stride = 1;
  if (kept->shape[last] > 1 && kept->stride[last][0] == 1 && run_stride(p) != 1) {
    p->columns = kept->shape[last];
    p->column_stride = kept->stride[last][1];
    kept->ndim--;
  }
}

static void reduction_over(Reduction *p, const ReduceOp *op, Tensor *out, const Tensor *a, unsigned dims) {
  p->op = op;
  p->size = (int64_t)dtype_size((DType)a->dtype);
  p->length = 1;
  walk_start(&p->kept, 2);
  walk_operand(&p->kept, 0, tensor_data(a), p->size);
  walk_operand(&p->kept, 1, tensor_data(out), p->size);
  walk_start(&p->reduced, 1);
  walk_operand(&p->reduced, 0, tensor_data(a), p->size);
  for (int d = 0; d < a->ndim; d++) {
    if (dims >> d & 1) {
      walk_add(&p->reduced, a->shape[d], &a->stride[d]);
      p->length *= a->shape[d];
    } else {
      walk_add(&p->kept, a->shape[d], (int64_t[]){a->stride[d], out->stride[d]});
    }
  }
  walk_sort(&p->kept);
  walk_finish(&p->kept);
  walk_sort(&p->reduced);
  walk_finish(&p->reduced);
  take_columns(p);
  p->tiles = (p->columns + REDUCE_TILE - 1) / REDUCE_TILE;
  p->tasks = p->tiles;
  for (int d = 0; d < p->kept.ndim; d++) p->tasks *= p->kept.shape[d];
}

/* --- common cases without a plan -------------------------------------------------------------------------- */

typedef struct Rows {
  const ReduceOp *op;
  const char *a;
  char *out;
  int64_t length, size;
} Rows;

#define FEW_ROWS 4 /* so many together gain nothing */

static void run_rows(void *ctx, int64_t begin, int64_t end) {
  const Rows *r = ctx;
  for (int64_t i = begin; i < end;) {
    const int64_t left = end - i, rows = left < FEW_ROWS ? 1 : left < REDUCE_LINES ? left : REDUCE_LINES;
    const char *a = r->a + i * r->length * r->size;
    char *out = r->out + i * r->size;
    if (rows > 1) {
      r->op->lines(r->length, rows, a, out);
    } else {
      Partial result;
      r->op->block(r->length, a, &result);
      r->op->store(1, &result, out, 1);
    }
    i += rows;
  }
}

bool reduce_is_of_rows(const Tensor *a, unsigned dims) {
  int d = a->ndim - 1;
  while (d >= 0 && (dims >> d & 1 || a->shape[d] == 1)) d--;
  while (d >= 0 && (!(dims >> d & 1) || a->shape[d] == 1)) d--;
  return d < 0;
}

static void reduce(Tensor *out, const Tensor *a, unsigned dims, const ReduceOp *ops) {
  const ReduceOp *op = &ops[a->dtype];
  assert(op->block && out->dtype == a->dtype);
  tensor_touch(out);
  if (out->numel == 0) return;
  const int64_t length = a->numel / out->numel;
  if (a->contiguous && out->contiguous && length <= REDUCE_BLOCK && reduce_is_of_rows(a, dims)) {
    Rows r = {op, tensor_data(a), tensor_data(out), length, (int64_t)dtype_size((DType)a->dtype)};
    if (a->numel < PARALLEL_FROM) {
      run_rows(&r, 0, out->numel);
    } else {
      parallel_for(out->numel, PARALLEL_GRAIN / length + 1, run_rows, &r);
    }
    return;
  }
  Reduction p;
  reduction_over(&p, op, out, a, dims);
  run_reduction(&p);
}

/* --- public ----------------------------------------------------------------------------------------------- */

static void reduce_or_fill(Tensor *out, const Tensor *a, unsigned dims, const ReduceOp *ops, double of_nothing) {
  if (a->numel == 0) {
    tensor_fill_(out, of_nothing);
  } else {
    reduce(out, a, dims, ops);
  }
}

void reduce_sum(Tensor *out, const Tensor *a, unsigned dims) { reduce_or_fill(out, a, dims, reduce_sum_ops, 0); }
void reduce_prod(Tensor *out, const Tensor *a, unsigned dims) { reduce_or_fill(out, a, dims, reduce_prod_ops, 1); }
void reduce_squares(Tensor *out, const Tensor *a, unsigned dims) {
  reduce_or_fill(out, a, dims, reduce_squares_ops, 0);
}
void reduce_sizes(Tensor *out, const Tensor *a, unsigned dims) { reduce_or_fill(out, a, dims, reduce_sizes_ops, 0); }

void reduce_amax(Tensor *out, const Tensor *a, unsigned dims) { reduce(out, a, dims, reduce_max_ops); }
void reduce_amin(Tensor *out, const Tensor *a, unsigned dims) { reduce(out, a, dims, reduce_min_ops); }

/* One sequence, always on this thread: losses call it from inside chunks of their own. */
static double sum_blocks(int64_t n, const void *a, int64_t stride, DType dt) {
  Partial result;
  Reduction p = {.op = &reduce_sum_ops[dt], .size = (int64_t)dtype_size(dt), .length = n, .columns = 1};
  walk_start(&p.reduced, 1);
  walk_operand(&p.reduced, 0, (void *)a, p.size);
  walk_add(&p.reduced, n, &stride);
  walk_finish(&p.reduced);
  reduce_range(&p, p.reduced.data[0], 1, 0, n, &result);
  return result.d + 0;
}

static inline double sum_run(int64_t n, const void *a, int64_t stride, DType dt) {
  Partial result;
  if (n <= 0) return 0;
  if (stride != 1 || n > REDUCE_BLOCK) return sum_blocks(n, a, stride, dt);
  reduce_sum_ops[dt].block(n, a, &result);
  return result.d + 0;
}

double reduce_sum_run_f32(int64_t n, const float *a, int64_t s) { return sum_run(n, a, s, DT_F32); }
double reduce_sum_run_f64(int64_t n, const double *a, int64_t s) { return sum_run(n, a, s, DT_F64); }
