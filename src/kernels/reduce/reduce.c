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
#include "kernels/reduce/reduce_kernels.h"

#define PARALLEL_FROM 32768 /* elements of the input */
#define GRAIN 8192          /* elements in a thread's chunk, about */
#define MAX_CHUNKS 64       /* of one sequence */
#define ENOUGH_TASKS 16     /* independent results; with fewer their sequences are cut */
#define MAX_LEVELS 48       /* of pairwise merging: 2^48 blocks */

typedef struct Dim {
  int64_t n;
  int64_t in, out; /* strides of the input and (kept dimensions) of the output, in elements */
} Dim;

typedef struct Reduction {
  const ReduceOp *op;
  int64_t size; /* bytes of an element */
  const char *a;
  char *out;
  int nkept, nreduced; /* nreduced >= 1 */
  Dim kept[TENSOR_MAX_DIM + 1], reduced[TENSOR_MAX_DIM + 1];
  int64_t length;               /* elements of a sequence */
  Dim column;                   /* sequences side by side in memory; n = 1 if there are none */
  int64_t tiles;                /* of up to REDUCE_TILE columns */
  int64_t tasks;                /* kept positions x tiles */
  int64_t chunk;                /* elements of a chunk where sequences are cut */
  int64_t task;                 /* the one being cut */
  Partial (*part)[REDUCE_TILE]; /* its chunks' results */
} Reduction;

/* --- walking along a sequence ----------------------------------------------------------------------------- */

/* A place in the reduced dimensions: `left` elements of the innermost run are still to come from `at`. */
typedef struct Walk {
  const char *at;
  int64_t left;
  int64_t index[TENSOR_MAX_DIM + 1];
} Walk;

static Walk walk_from(const Reduction *p, const char *base, int64_t position) {
  Walk w;
  w.at = base;
  for (int d = p->nreduced - 1; d >= 0; d--) {
    w.index[d] = position % p->reduced[d].n;
    position /= p->reduced[d].n;
    w.at += w.index[d] * p->reduced[d].in * p->size;
  }
  w.left = p->reduced[p->nreduced - 1].n - w.index[p->nreduced - 1];
  return w;
}

/* Goes n <= left elements on, and to the next run if this one ends. */
static void walk_on(const Reduction *p, Walk *w, int64_t n) {
  const int last = p->nreduced - 1;
  w->at += n * p->reduced[last].in * p->size;
  w->index[last] += n;
  w->left -= n;
  for (int d = last; d > 0 && w->index[d] == p->reduced[d].n; d--) {
    w->at += (p->reduced[d - 1].in - w->index[d] * p->reduced[d].in) * p->size;
    w->index[d] = 0;
    w->index[d - 1]++;
  }
  if (w->left == 0) w->left = p->reduced[last].n;
}

static void copy_strided(int64_t n, char *to, const char *from, int64_t stride, int64_t size) {
  if (size == 4) {
    for (int64_t i = 0; i < n; i++) ((uint32_t *)(void *)to)[i] = ((const uint32_t *)(const void *)from)[i * stride];
  } else {
    for (int64_t i = 0; i < n; i++) ((uint64_t *)(void *)to)[i] = ((const uint64_t *)(const void *)from)[i * stride];
  }
}

/* The next n elements as contiguous memory: where they are, or copied to buf. */
static const void *walk_take(const Reduction *p, Walk *w, int64_t n, char *buf) {
  const int64_t stride = p->reduced[p->nreduced - 1].in;
  if (stride == 1 && w->left >= n) {
    const char *from = w->at;
    walk_on(p, w, n);
    return from;
  }
  for (int64_t done = 0; done < n;) {
    const int64_t take = w->left < n - done ? w->left : n - done;
    copy_strided(take, buf + done * p->size, w->at, stride, p->size);
    walk_on(p, w, take);
    done += take;
  }
  return buf;
}

/* --- one block, then many --------------------------------------------------------------------------------- */

/* n rows of w columns */
static void block_of_columns(const Reduction *p, Walk *walk, int64_t n, int64_t w, void *acc, Partial *result) {
  const int64_t stride = p->reduced[p->nreduced - 1].in, lanes = n < REDUCE_LANES ? n : REDUCE_LANES;
  p->op->clear(w, lanes, acc);
  for (int64_t done = 0; done < n;) {
    const int64_t take = walk->left < n - done ? walk->left : n - done;
    p->op->rows(take, w, done % REDUCE_LANES, walk->at, stride, acc);
    walk_on(p, walk, take);
    done += take;
  }
  p->op->fold(w, lanes, acc, result);
}

/* Pairwise merging like a binary counter: level k holds the result of 2^k blocks or nothing. */
typedef struct Stack {
  uint64_t count;
  Partial level[MAX_LEVELS][REDUCE_TILE];
} Stack;

static void stack_push(const ReduceOp *op, Stack *s, int64_t w, Partial *result) {
  int k = 0;
  for (; s->count >> k & 1; k++) {
    op->merge(w, s->level[k], result);
    memcpy(result, s->level[k], (size_t)w * sizeof *result);
  }
  memcpy(s->level[k], result, (size_t)w * sizeof *result);
  s->count++;
}

static void stack_finish(const ReduceOp *op, Stack *s, int64_t w, Partial *result) {
  bool first = true;
  for (int k = 0; k < MAX_LEVELS && s->count >> k; k++) {
    if ((s->count >> k & 1) == 0) continue;
    if (!first) op->merge(w, s->level[k], result);
    memcpy(result, s->level[k], (size_t)w * sizeof *result);
    first = false;
  }
}

/* Elements begin..end-1 of the w sequences that start at `base`; end > begin. */
static void reduce_range(const Reduction *p, const char *base, int64_t w, int64_t begin, int64_t end, Partial *result) {
  union {
    double align;
    char rows[REDUCE_LANES * REDUCE_TILE * sizeof(double)];
    char gathered[REDUCE_BLOCK * sizeof(double)];
  } mem;
  Stack stack;
  stack.count = 0;
  Walk walk = walk_from(p, base, begin);
  for (int64_t at = begin; at < end; at += REDUCE_BLOCK) {
    const int64_t n = end - at < REDUCE_BLOCK ? end - at : REDUCE_BLOCK;
    if (p->column.n > 1) {
      block_of_columns(p, &walk, n, w, mem.rows, result);
    } else {
      p->op->block(n, walk_take(p, &walk, n, mem.gathered), result);
    }
    if (end - begin > REDUCE_BLOCK) stack_push(p->op, &stack, w, result);
  }
  if (end - begin > REDUCE_BLOCK) stack_finish(p->op, &stack, w, result);
}

/* --- tasks: one tile of columns at one kept position ------------------------------------------------------ */

typedef struct Task {
  const char *a;
  char *out;
  int64_t w;
} Task;

static Task task_at(const Reduction *p, int64_t task) {
  const int64_t first = task % p->tiles * REDUCE_TILE, left = p->column.n - first;
  Task u = {.a = p->a + first * p->size, .out = p->out + first * p->column.out * p->size};
  u.w = left < REDUCE_TILE ? left : REDUCE_TILE;
  task /= p->tiles;
  for (int d = p->nkept - 1; d >= 0; d--) {
    const int64_t i = task % p->kept[d].n;
    task /= p->kept[d].n;
    u.a += i * p->kept[d].in * p->size;
    u.out += i * p->kept[d].out * p->size;
  }
  return u;
}

static void run_tasks(void *ctx, int64_t begin, int64_t end) {
  const Reduction *p = ctx;
  Partial result[REDUCE_TILE];
  for (int64_t i = begin; i < end; i++) {
    const Task u = task_at(p, i);
    reduce_range(p, u.a, u.w, 0, p->length, result);
    p->op->store(u.w, result, u.out, p->column.out);
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
  Partial part[MAX_CHUNKS][REDUCE_TILE], result[REDUCE_TILE];
  const int64_t w = p->column.n < REDUCE_TILE ? p->column.n : REDUCE_TILE;
  p->part = part;
  p->chunk = REDUCE_BLOCK;
  while (p->chunk * w < GRAIN || p->chunk * MAX_CHUNKS < p->length) p->chunk *= 2;
  const int64_t chunks = (p->length + p->chunk - 1) / p->chunk;
  for (p->task = 0; p->task < p->tasks; p->task++) {
    const Task u = task_at(p, p->task);
    parallel_for(chunks, 1, run_chunks, p);
    Stack stack;
    stack.count = 0;
    for (int64_t c = 0; c < chunks; c++) stack_push(p->op, &stack, u.w, part[c]);
    stack_finish(p->op, &stack, u.w, result);
    p->op->store(u.w, result, u.out, p->column.out);
  }
}

static void run_reduction(Reduction *p) {
  const int64_t w = p->column.n < REDUCE_TILE ? p->column.n : REDUCE_TILE;
  if (p->tasks * w * p->length < PARALLEL_FROM) {
    run_tasks(p, 0, p->tasks);
  } else if (p->tasks >= ENOUGH_TASKS || p->length <= 2 * REDUCE_BLOCK) {
    const int64_t grain = GRAIN / (w * p->length);
    parallel_for(p->tasks, grain > 0 ? grain : 1, run_tasks, p);
  } else {
    run_cut(p);
  }
}

/* --- making a plan ---------------------------------------------------------------------------------------- */

/* Into memory order, outermost first; for equal strides the order stays. */
static void sort_dims(int n, Dim *dim) {
  for (int i = 1; i < n; i++)
    for (int j = i; j > 0 && llabs(dim[j].in) > llabs(dim[j - 1].in); j--) {
      const Dim other = dim[j];
      dim[j] = dim[j - 1];
      dim[j - 1] = other;
    }
}

static int merge_dims(int n, Dim *dim) {
  int last = 0;
  for (int d = 1; d < n; d++) {
    if (dim[last].in == dim[d].in * dim[d].n && dim[last].out == dim[d].out * dim[d].n) {
      dim[d].n *= dim[last].n;
      dim[last] = dim[d];
    } else {
      dim[++last] = dim[d];
    }
  }
  return n > 0 ? last + 1 : 0;
}

static void reduction_over(Reduction *p, const ReduceOp *op, Tensor *out, const Tensor *a, unsigned dims) {
  p->op = op;
  p->size = (int64_t)dtype_size((DType)a->dtype);
  p->a = tensor_data(a);
  p->out = tensor_data(out);
  p->nkept = p->nreduced = 0;
  p->length = 1;
  for (int d = 0; d < a->ndim; d++) {
    if (a->shape[d] == 1) continue;
    if (dims >> d & 1) {
      p->reduced[p->nreduced++] = (Dim){.n = a->shape[d], .in = a->stride[d], .out = 0};
      p->length *= a->shape[d];
    } else {
      p->kept[p->nkept++] = (Dim){.n = a->shape[d], .in = a->stride[d], .out = out->stride[d]};
    }
  }
  if (p->nreduced == 0) p->reduced[p->nreduced++] = (Dim){.n = 1, .in = 1, .out = 0};
  sort_dims(p->nkept, p->kept);
  p->nkept = merge_dims(p->nkept, p->kept);
  sort_dims(p->nreduced, p->reduced);
  p->nreduced = merge_dims(p->nreduced, p->reduced);
  p->column = (Dim){.n = 1, .in = 1, .out = 1};
  if (p->nkept > 0 && p->kept[p->nkept - 1].in == 1 && p->reduced[p->nreduced - 1].in != 1) {
    p->column = p->kept[--p->nkept];
  }
  p->tiles = (p->column.n + REDUCE_TILE - 1) / REDUCE_TILE;
  p->tasks = p->tiles;
  for (int d = 0; d < p->nkept; d++) p->tasks *= p->kept[d].n;
}

/* --- common cases without a plan -------------------------------------------------------------------------- */

typedef struct Rows {
  const ReduceOp *op;
  const char *a;
  char *out;
  int64_t length, size;
} Rows;

static void run_rows(void *ctx, int64_t begin, int64_t end) {
  const Rows *r = ctx;
  for (int64_t i = begin; i < end; i++) {
    Partial result;
    r->op->block(r->length, r->a + i * r->length * r->size, &result);
    r->op->store(1, &result, r->out + i * r->size, 1);
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
      parallel_for(out->numel, GRAIN / length + 1, run_rows, &r);
    }
    return;
  }
  Reduction p;
  reduction_over(&p, op, out, a, dims);
  run_reduction(&p);
}

/* --- public ----------------------------------------------------------------------------------------------- */

void reduce_sum(Tensor *out, const Tensor *a, unsigned dims) {
  if (a->numel == 0) {
    tensor_fill_(out, 0);
  } else {
    reduce(out, a, dims, reduce_sum_ops);
  }
}

void reduce_amax(Tensor *out, const Tensor *a, unsigned dims) { reduce(out, a, dims, reduce_max_ops); }
void reduce_amin(Tensor *out, const Tensor *a, unsigned dims) { reduce(out, a, dims, reduce_min_ops); }

/* A plan of one sequence, always on this thread: losses call it from inside chunks of their own. */
static double sum_run(int64_t n, const void *a, int64_t stride, DType dt) {
  Partial result;
  if (n <= 0) return 0;
  if (stride == 1 && n <= REDUCE_BLOCK) {
    reduce_sum_ops[dt].block(n, a, &result);
    return result.d + 0;
  }
  Reduction p = {.op = &reduce_sum_ops[dt], .size = (int64_t)dtype_size(dt), .nreduced = 1, .length = n};
  p.reduced[0] = (Dim){.n = n, .in = stride, .out = 0};
  p.column = (Dim){.n = 1, .in = 1, .out = 1};
  reduce_range(&p, a, 1, 0, n, &result);
  return result.d + 0;
}

double reduce_sum_run_f32(int64_t n, const float *a, int64_t s) { return sum_run(n, a, s, DT_F32); }
double reduce_sum_run_f64(int64_t n, const double *a, int64_t s) { return sum_run(n, a, s, DT_F64); }
