/*
 * blocks.c - see blocks.h.
 */
#include "kernels/blocks/blocks.h"

#include "base/parallel.h"

#define MAX_PIECES 64 /* with sums: their results lie on the stack */

/* The place's memory for elements from `at` on, and its stride. */
typedef struct Window {
  char *at;
  int64_t stride;
} Window;

static inline Window window(const BlocksData *d, BlocksPlace p, char *temps, int64_t length, int64_t at) {
  switch ((BlocksKind)p.kind) {
    case BLOCKS_ARRAY:
      return (Window){d->array[p.index] + at * p.size, 1};
    case BLOCKS_TEMP:
      return (Window){temps + p.index * length * (int64_t)sizeof(double), 1};
    default:
      return (Window){(char *)d->number + p.index * d->number_size, 0};
  }
}

static void run_step(const BlocksStep *s, const BlocksData *d, char *temps, int64_t length, int64_t at, int64_t n) {
  Window out = window(d, s->out, temps, length, at), in[4];
  for (int i = 0; i < (int)s->arity; i++) in[i] = window(d, s->in[i], temps, length, at);
  switch (s->arity) {
    case BLOCKS_K1:
      s->kern.k1(n, out.at, 1, in[0].at, in[0].stride);
      break;
    case BLOCKS_K2:
      s->kern.k2(n, out.at, 1, in[0].at, in[0].stride, in[1].at, in[1].stride);
      break;
    case BLOCKS_K3:
      s->kern.k3(n, out.at, 1, in[0].at, in[0].stride, in[1].at, in[1].stride, in[2].at, in[2].stride);
      break;
    case BLOCKS_COMBINE:
      s->kern.combine(n, out.at, in[0].at, in[1].at, in[2].at, in[3].at);
      break;
  }
}

/* --- what comes next ---------------------------------------------------------------------------------------------- */

#define LINE 64 /* bytes of a line of the cache */

/* The arrays of a program whose next block is asked for while this one is worked on. */
typedef struct Ahead {
  int n;
  BlocksPlace array[BLOCKS_MAX_AHEAD];
} Ahead;

static void see(Ahead *ahead, BlocksPlace p) {
  if (p.kind != BLOCKS_ARRAY || ahead->n == BLOCKS_MAX_AHEAD) return;
  for (int i = 0; i < ahead->n; i++) {
    if (ahead->array[i].index == p.index) return;
  }
  ahead->array[ahead->n++] = p;
}

static void find_arrays(Ahead *ahead, const BlocksProgram *b) {
  ahead->n = 0;
  for (int i = 0; i < b->nsteps; i++) {
    for (int k = 0; k < (int)b->step[i].arity; k++) see(ahead, b->step[i].in[k]);
    see(ahead, b->step[i].out);
  }
}

/* Share `part` of `parts` of n elements from `at` on. */
static void fetch(const Ahead *ahead, const BlocksData *d, int64_t at, int64_t n, int part, int parts) {
  for (int i = 0; i < ahead->n; i++) {
    const BlocksPlace p = ahead->array[i];
    const int64_t bytes = n * p.size;
    const char *from = d->array[p.index] + at * p.size + bytes * part / parts;
    const char *to = d->array[p.index] + at * p.size + bytes * (part + 1) / parts;
    for (; from < to; from += LINE) {
      __builtin_prefetch(from);
      __asm__ volatile(""); /* or gcc takes the loop for one without effect */
    }
  }
}

/* --- one piece ---------------------------------------------------------------------------------------------------- */

void blocks_run_piece(const BlocksProgram *b, const BlocksData *d, int64_t begin, int64_t end, Partial *sum) {
  const int64_t length = b->nsums ? REDUCE_BLOCK : BLOCKS_LENGTH;
  Ahead ahead = {0};
  if (d->is_far) find_arrays(&ahead, b);
  double temps[b->ntemps * length + 1];
  BlocksPartialSum sums[b->nsums + 1];
  for (int k = 0; k < b->nsums; k++) blocks_sum_begin(&sums[k], b->sum[k].op);
  for (int64_t at = begin; at < end; at += length) {
    const int64_t n = end - at < length ? end - at : length;
    const int64_t next = at + length, more = end - next < length ? end - next : length;
    for (int i = 0; i < b->nsteps; i++) {
      if (ahead.n && more > 0) fetch(&ahead, d, next, more, i, b->nsteps);
      run_step(&b->step[i], d, (char *)temps, length, at, n);
    }
    for (int k = 0; k < b->nsums; k++) {
      blocks_sum_push(&sums[k], n, window(d, b->sum[k].of, (char *)temps, length, at).at);
    }
  }
  for (int k = 0; k < b->nsums; k++) sum[k] = blocks_sum_end(&sums[k]);
}

/* --- pieces ------------------------------------------------------------------------------------------------------- */

typedef struct Job {
  BlocksPiece *piece;
  void *ctx;
  int nsums;
  int64_t chunk;
  Partial *part; /* [pieces][nsums] */
} Job;

static void run_chunk(void *ctx, int64_t begin, int64_t end) {
  const Job *job = ctx;
  job->piece(job->ctx, begin, end, job->part ? job->part + begin / job->chunk * job->nsums : NULL);
}

void blocks_run(int64_t n, int nsums, const ReduceOp *const *op, BlocksPiece *piece, void *ctx, Partial *sum) {
  if (n <= BLOCKS_CHUNK) {
    piece(ctx, 0, n, sum);
    return;
  }
  Job job = {piece, ctx, nsums, BLOCKS_CHUNK, NULL};
  Partial part[nsums ? MAX_PIECES * nsums : 1];
  while (nsums && job.chunk * MAX_PIECES < n) job.chunk *= 2;
  if (nsums) job.part = part;
  parallel_for(n, job.chunk, run_chunk, &job);
  for (int k = 0; k < nsums; k++) {
    Partial level[PAIRS_LEVELS];
    Pairs pairs = {.w = 1, .level = level};
    for (int64_t c = 0; c * job.chunk < n; c++) pairs_push(op[k], &pairs, &part[c * nsums + k]);
    pairs_finish(op[k], &pairs, &sum[k]);
  }
}
