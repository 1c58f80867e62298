/*
 * shape.h - arithmetic with sizes and strides. Strides count elements.
 */
#ifndef OPTLAB_CORE_SHAPE_H
#define OPTLAB_CORE_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#define TENSOR_MAX_DIM 8

static inline bool shape_equal(int na, const int64_t *a, int nb, const int64_t *b) {
  bool equal = na == nb;
  for (int d = 0; equal && d < na; d++) equal = a[d] == b[d];
  return equal;
}

/* Broadcasts two shapes by NumPy's rule into out (room for 8); returns the rank, or -1 without err_set. */
int shape_broadcast(int na, const int64_t *a, int nb, const int64_t *b, int64_t *out);

/* "(2, 3)", "()" for a scalar; returns one of four rotating static buffers, so that one message can show several. */
const char *shape_str(int ndim, const int64_t *shape);

/* Whether the strides are those of a row-major array without gaps. */
bool shape_is_contiguous(int ndim, const int64_t *shape, const int64_t *stride);

/* How far element i, counted row by row, lies from the first one, in elements. */
int64_t shape_offset(int ndim, const int64_t *shape, const int64_t *stride, int64_t i);

/* Dimensions by their strides, the largest first, equal ones in order; order has room for ndim. */
void shape_order_by_stride(int ndim, const int64_t *stride, int *order);

#endif
