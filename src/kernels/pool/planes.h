/*
 * planes.h - the planes of images in blocks of lanes, and bands of rows of a block as the loops want them.
 *
 * With the batch innermost a block is a channel, all images of which are its lanes, and the loops work on the tensors'
 * own memory. Else, and for batches smaller than a vector, a block is a vector of planes that is brought into lanes.
 */
#ifndef OPTLAB_KERNELS_POOL_PLANES_H
#define OPTLAB_KERNELS_POOL_PLANES_H

#include "kernels/conv/blocks.h"
#include "kernels/pool/pool.h"

typedef struct Planes {
  const PoolKernels *k;
  const PoolShape *shape;
  int64_t size;          /* bytes of an element */
  bool direct;           /* a block is a channel with the batch innermost */
  int64_t blocks, lanes; /* of a block */
} Planes;

Planes planes_of(const PoolShape *s);

/* Lane l of block b is image *n of channel *c; false: it is none. */
static inline bool planes_lane(const Planes *p, int64_t b, int64_t l, int64_t *n, int64_t *c) {
  const PoolShape *s = p->shape;
  const int64_t at = b * p->lanes + l;
  *n = s->batch_innermost ? at % s->n : at / s->c;
  *c = s->batch_innermost ? at / s->n : at % s->c;
  return at < s->n * s->c;
}

/* Rows of a block's images, `w` columns wide. */
typedef struct Band {
  const Images *images;
  int64_t block, begin, end, w;
} Band;

/* Elements of scratch memory for `rows` rows of w columns; -1: more than any memory has. */
int64_t planes_scratch(const Planes *p, int64_t rows, int64_t w);

/* The band as the loops see it: (y, x) at row y, y the row's own number. read: with what it holds; else the loops write
 * it, and planes_written brings it to its place. */
View planes_view(const Planes *p, const Band *b, void *scratch, bool read);
void planes_written(const Planes *p, const Band *b, void *scratch);

/* --- passes over bands of outputs --------------------------------------------------------------------------------- */

typedef struct Pass Pass;
typedef void RowFn(const Pass *p, int64_t block, int64_t y, View x, View to);

struct Pass {
  Planes planes;
  const Lists *rows, *columns;
  const Images *x, *y;
  int64_t h, w; /* of x */
  RowFn *row;   /* computes row y of the outputs of a block: `to` is at (y, 0) */
  const void *winners;
  void *write_winners;
  /* pass_run's own */
  int64_t band, bands, in_bytes;
  ConvMemory memory;
};

int pass_run(Pass *p);

#endif
