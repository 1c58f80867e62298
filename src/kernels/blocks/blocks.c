/*
 * blocks.c - see blocks.h.
 */
#include "kernels/blocks/blocks.h"

#include "base/parallel.h"

#define MAX_PIECES 64 /* with sums: their results lie on the stack */

#define LINE 64 /* bytes of a cache line, in which temporaries begin */

/* Bytes from which `bytes` can be taken that begin in a line. */
#define ROOM(bytes) ((bytes) + LINE)

static char *line_start(char *room) { return room + (LINE - (uintptr_t)room % LINE) % LINE; }

/* The place's memory for elements from `at` on, and its stride. */
typedef struct Window {
  char *at;
  int64_t stride;
} Window;

static inline Window window(const BlocksData *d, BlocksPlace p, char *const *temp, int64_t at) {
  switch ((BlocksKind)p.kind) {
    case BLOCKS_ARRAY:
      return (Window){d->array[p.index] + at * p.size, 1};
    case BLOCKS_ONE:
      return (Window){d->array[p.index], 0};
    case BLOCKS_TEMP:
      return (Window){temp[p.index], 1};
    default:
      return (Window){(char *)d->number + p.index * d->number_size, 0};
  }
}

static void run_step(const BlocksStep *s, const BlocksData *d, char *const *temp, int64_t at, int64_t n) {
  Window out = window(d, s->out, temp, at), in[4];
  for (int i = 0; i < (int)s->arity; i++) in[i] = window(d, s->in[i], temp, at);
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

typedef struct Piece {
  const BlocksProgram *b;
  const BlocksData *d;
  int64_t end;
  int64_t length; /* of a block */
  Ahead ahead;
} Piece;

static inline int64_t shorter(int64_t a, int64_t b) { return a < b ? a : b; }

#define LONG_BYTES 32768 /* temporaries of long blocks stay in the first-level cache */

/* Long blocks spend less time between the kernels. */
static int64_t block_length(const BlocksProgram *b) {
  const int64_t bytes = (int64_t)b->ntemps * b->temp_size;
  return bytes * 2 * BLOCKS_LENGTH <= LONG_BYTES ? 2 * BLOCKS_LENGTH : BLOCKS_LENGTH;
}

/* All steps of the block at..at+n-1. */
static void run_steps(const Piece *p, char *const *temp, int64_t at, int64_t n) {
  const int64_t next = at + n, more = shorter(p->end - next, p->length);
  for (int i = 0; i < p->b->nsteps; i++) {
    if (p->ahead.n && more > 0) fetch(&p->ahead, p->d, next, more, i, p->b->nsteps);
    run_step(&p->b->step[i], p->d, temp, at, n);
  }
}

static void run_without_sums(const Piece *p, int64_t begin) {
  const int64_t bytes = p->length * p->b->temp_size;
  char room[ROOM(p->b->ntemps * bytes)], *first = line_start(room), *temp[p->b->ntemps + 1];
  for (int i = 0; i < p->b->ntemps; i++) temp[i] = first + i * bytes;
  for (int64_t at = begin; at < p->end; at += p->length) {
    run_steps(p, temp, at, shorter(p->end - at, p->length));
  }
}

/* The bytes of an element of a temporary that is summed, 0 of another one. */
static int summed_size(const BlocksProgram *b, int temp) {
  for (int k = 0; k < b->nsums; k++) {
    if (b->sum[k].of.kind == BLOCKS_TEMP && b->sum[k].of.index == temp) return b->sum[k].of.size;
  }
  return 0;
}

/* One block of the sums, elements at..at+n-1, in short blocks; a temporary that is summed has room for all of them. */
static void run_summed(const Piece *p, char *const *temp, const int *summed, int64_t at, int64_t n,
                       BlocksPartialSum *sums) {
  const BlocksProgram *b = p->b;
  char *now[b->ntemps + 1];
  for (int64_t done = 0; done < n; done += p->length) {
    for (int i = 0; i < b->ntemps; i++) now[i] = temp[i] + done * summed[i];
    run_steps(p, now, at + done, shorter(n - done, p->length));
  }
  for (int k = 0; k < b->nsums; k++) blocks_sum_push(&sums[k], n, window(p->d, b->sum[k].of, temp, at).at);
}

static void run_with_sums(const Piece *p, int64_t begin, Partial *sum) {
  const BlocksProgram *b = p->b;
  BlocksPartialSum sums[b->nsums];
  int summed[b->ntemps + 1];
  char *temp[b->ntemps + 1];
  int64_t elements = 0;
  for (int i = 0; i < b->ntemps; i++) elements += (summed[i] = summed_size(b, i)) ? REDUCE_BLOCK : p->length;
  char room[ROOM(elements * b->temp_size)], *at = line_start(room);
  for (int i = 0; i < b->ntemps; i++) {
    temp[i] = at;
    at += (summed[i] ? REDUCE_BLOCK : p->length) * b->temp_size;
  }
  for (int k = 0; k < b->nsums; k++) blocks_sum_begin(&sums[k], b->sum[k].op);
  for (int64_t i = begin; i < p->end; i += REDUCE_BLOCK) {
    run_summed(p, temp, summed, i, shorter(p->end - i, REDUCE_BLOCK), sums);
  }
  for (int k = 0; k < b->nsums; k++) sum[k] = blocks_sum_end(&sums[k]);
}

void blocks_run_piece(const BlocksProgram *b, const BlocksData *d, int64_t begin, int64_t end, Partial *sum) {
  Piece p = {.b = b, .d = d, .end = end, .length = block_length(b)};
  if (d->is_far) find_arrays(&p.ahead, b);
  if (b->nsums) {
    run_with_sums(&p, begin, sum);
  } else {
    run_without_sums(&p, begin);
  }
}

/* --- pieces ------------------------------------------------------------------------------------------------------- */

typedef struct Job {
  BlocksPiece *piece;
  void *ctx;
  int nsums;
  int64_t n, chunk;
  bool backward;
  Partial *part; /* [pieces][nsums] */
} Job;

static _Thread_local bool backward;

void blocks_turn(void) { backward = !backward; }

static void run_chunk(void *ctx, int64_t begin, int64_t end) {
  const Job *job = ctx;
  int64_t i = begin / job->chunk;
  if (job->backward) {
    i = (job->n - 1) / job->chunk - i;
    begin = i * job->chunk;
    end = shorter(job->n, begin + job->chunk);
  }
  job->piece(job->ctx, begin, end, job->part ? job->part + i * job->nsums : NULL);
}

void blocks_run(int64_t n, int nsums, const ReduceOp *const *op, BlocksPiece *piece, void *ctx, Partial *sum) {
  if (n <= BLOCKS_CHUNK) {
    piece(ctx, 0, n, sum);
    return;
  }
  /* Several threads keep their pieces from one pass to the next, as far as they can. */
  Job job = {piece, ctx, nsums, n, BLOCKS_CHUNK, backward && parallel_threads() == 1, NULL};
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
