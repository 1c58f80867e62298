/*
 * index.h - moving elements to and from places that index tensors name.
 *
 * Positions are int64 and count from 0, or as scripts give them. Two families:
 *
 *   rows    one index for some neighbouring dimensions of x: position p of the dimensions dim .. dim + dims - 1, counted
 *           row by row. `picked` has x's shape with the index's shape in the place of those dimensions.
 *   picks   an index as deep as x, each entry of which names a position along one dimension (gather, scatter).
 *
 * Where positions repeat, additions are made in the order of the index, and the last of several values stays: results do
 * not depend on the number of threads.
 */
#ifndef OPTLAB_KERNELS_INDEX_INDEX_H
#define OPTLAB_KERNELS_INDEX_INDEX_H

#include "core/tensor.h"

/* How an index counts: from 0; from 1; from 1, or from -1 for the last. */
typedef enum IndexCount { INDEX_FROM_0, INDEX_FROM_1, INDEX_SIGNED } IndexCount;

/* The dimensions of x that an index names, and how it counts. */
typedef struct IndexPlace {
  int64_t dim, dims; /* dims: 1 for picks */
  int64_t count;     /* an IndexCount; picks know no signed ones */
} IndexPlace;

/* What comes behind INDEX_ADD is for picks alone; nan is larger and smaller than every number. */
typedef enum IndexWay { INDEX_GET, INDEX_SET, INDEX_ADD, INDEX_MUL, INDEX_MAX, INDEX_MIN } IndexWay;

/* Whether all are positions of `size` elements; -1 with err_set: "name: index 7 at position 2 is out of range 1..5". */
int index_check(const char *name, const Tensor *index, int64_t size, IndexCount count);

/* The number of positions of the dimensions. */
int64_t index_size(const Tensor *x, IndexPlace p);

/* picked = x[index] (get), x[index] = picked, x[index] += picked. The positions were checked; the dtypes are equal. -1
 * without memory. */
int index_rows(IndexWay way, Tensor *x, Tensor *picked, Tensor *index, IndexPlace p);

/* The same along one dimension: other has the index's shape. Also x[index] *= other, and the larger or smaller of both. */
int index_picks(IndexWay way, Tensor *x, Tensor *other, Tensor *index, IndexPlace p);

/* The same with index_check, a piece of the index at a time while it is in the cache. On failure x or other, which must be
 * new, is of no use. */
int index_picks_checked(const char *name, IndexWay way, Tensor *x, Tensor *other, Tensor *index, IndexPlace p);

/* Whether each of n numbers is one of first .. first + size - 1. */
bool index_all_within(const int64_t *p, int64_t n, int64_t first, uint64_t size);

/* out = the n tensors side by side along dim; all of them row-major, of out's dtype. */
void index_join_rows(Tensor *out, Tensor *const *in, int n, int dim);

/* Both as a write in place (set, add) that is checked and reported to a recorder. */
typedef int IndexMove(IndexWay way, Tensor *x, Tensor *value, Tensor *index, IndexPlace p);
IndexMove index_write_rows, index_write_picks;

/* n > 1 index tensors that count signed, index k for size[k] positions, as one of positions from 0 over all of them, row by
 * row; the tensors broadcast to the shape. Reported to a recorder. NULL with err_set. */
Tensor *index_join(int n, Tensor *const *index, const int64_t *size, int ndim, const int64_t *shape);

#endif
