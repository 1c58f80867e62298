/*
 * loader_rows.h - the rows of a batch: copied, moved at random, converted from bytes.
 */
#ifndef OPTLAB_DATA_LOADER_ROWS_H
#define OPTLAB_DATA_LOADER_ROWS_H

#include "core/tensor.h"
#include "data/augment.h"
#include "data/byte_transform.h"

#define LOADER_ROWS_WIDTH (16 << 10) /* the most columns of an image that is moved */

typedef struct RowSource {
  Tensor *field;                  /* row-major */
  const int64_t *order;           /* the rows of an epoch; NULL: 0, 1, ... */
  int64_t first;                  /* the first of them */
  const ByteTransform *transform; /* of uint8 rows; NULL: none */
  Augment augment;                /* of images (n, channels, height, width) */
  uint64_t key, stream;           /* of its random numbers: image i of the epoch takes block i */
} RowSource;

/* to[i] = from[order[i]] for rows of `bytes` bytes, n of them. */
void loader_gather(char *to, const char *from, const int64_t *order, int64_t n, size_t bytes);

/* Fills the row-major `out`, whose shape[0] says how many rows. Large batches are shared among threads. */
void loader_rows(Tensor *out, const RowSource *s);

#endif
