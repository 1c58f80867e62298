/*
 * blocks.h - several element-wise kernels over the same elements, block by block.
 *
 * A block is so short that all temporaries stay in the first-level cache: a chain of twenty operations goes through
 * memory once. Each step is a kernel (kernels/elementwise), so an element gets the bits that the operations would
 * give one after the other, wherever it stands and on any number of threads. Sums and extremes are made on the way, in
 * the order of kernels/reduce.
 */
#ifndef OPTLAB_KERNELS_BLOCKS_BLOCKS_H
#define OPTLAB_KERNELS_BLOCKS_BLOCKS_H

#include <stddef.h>

#include "core/dtype.h"
#include "kernels/elementwise/combine.h"
#include "kernels/elementwise/kernels.h"
#include "kernels/reduce/pairs.h"

#define BLOCKS_LENGTH 512   /* elements of a block, or half of them; it and its double divide REDUCE_BLOCK */
#define BLOCKS_MAX_TEMPS 24 /* temporaries of a program */
#define BLOCKS_MAX_SUMS 16  /* sums of a program */
#define BLOCKS_MAX_AHEAD 16 /* arrays whose next block is fetched ahead */
#define BLOCKS_CHUNK 16384  /* elements of a piece for one thread; a power of two */

typedef enum BlocksKind {
  BLOCKS_ARRAY,  /* memory of all elements */
  BLOCKS_ONE,    /* memory of one value for all elements, among the arrays */
  BLOCKS_TEMP,   /* memory of one block */
  BLOCKS_NUMBER, /* one value for all elements */
} BlocksKind;

typedef struct BlocksPlace {
  uint8_t kind;   /* a BlocksKind */
  uint8_t size;   /* bytes of an element */
  uint16_t index; /* among the arrays, the temporaries or the numbers */
} BlocksPlace;

typedef enum BlocksArity { BLOCKS_K1 = 1, BLOCKS_K2, BLOCKS_K3, BLOCKS_COMBINE } BlocksArity;

typedef struct BlocksStep {
  BlocksArity arity;
  union {
    Kern1 *k1;
    Kern2 *k2;
    Kern3 *k3;
    KernCombine *combine; /* in[0], in[2] are numbers, in[1], in[3] elements */
  } kern;
  BlocksPlace out, in[4];
} BlocksStep;

typedef struct BlocksSum {
  BlocksPlace of; /* elements of the program's dtype */
  const ReduceOp *op;
} BlocksSum;

typedef struct BlocksProgram {
  const BlocksStep *step;
  const BlocksSum *sum;
  int nsteps, ntemps, nsums;
  int temp_size; /* bytes of an element of a temporary, at most */
} BlocksProgram;

/* One of the sums of a piece: begin, push each block, end. */
typedef struct BlocksPartialSum {
  const ReduceOp *op;
  Pairs pairs;
  Partial level[PAIRS_LEVELS];
} BlocksPartialSum;

static inline void blocks_sum_begin(BlocksPartialSum *s, const ReduceOp *op) {
  s->op = op;
  s->pairs = (Pairs){.w = 1, .level = s->level};
}

static inline void blocks_sum_push(BlocksPartialSum *s, int64_t n, const void *elements) {
  Partial part;
  s->op->block(n, elements, &part);
  pairs_push(s->op, &s->pairs, &part);
}

static inline Partial blocks_sum_end(BlocksPartialSum *s) {
  Partial result = {0};
  pairs_finish(s->op, &s->pairs, &result);
  return result;
}

/* What a program runs on: arrays of n elements each, numbers one after the other in their own size. */
typedef struct BlocksData {
  char *const *array;
  const char *number;
  size_t number_size;
  bool is_far; /* the arrays are longer than the caches: fetch each block while the one before is worked on. Rules
                * of long arrays gain by it; the chains of plans were measured to lose */
} BlocksData;

/* Elements begin..end-1, on the caller's thread; what the sums come to goes to sum[0..nsums-1]. */
void blocks_run_piece(const BlocksProgram *b, const BlocksData *d, int64_t begin, int64_t end, Partial *sum);

/* A function that does as blocks_run_piece does for a program of its own. */
typedef void BlocksPiece(void *ctx, int64_t begin, int64_t end, Partial *sum);

/* Elements 0..n-1 in pieces that threads share. The sums of the pieces are put together in their order. */
void blocks_run(int64_t n, int nsums, const ReduceOp *const *op, BlocksPiece *piece, void *ctx, Partial *sum);

/* The calling thread's next blocks_run calls begin at the other end, if it works alone: what the ones before used last
 * may still be in a cache. To be called before each pass over the same memory. Nothing but time depends on it. */
void blocks_turn(void);

#endif
