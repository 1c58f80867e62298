/*
 * pool_rows.h - what the rows of max_pool.c and sums.c share.
 */
#ifndef OPTLAB_AUTOGRAD_OPS_POOL_ROWS_H
#define OPTLAB_AUTOGRAD_OPS_POOL_ROWS_H

#include "autograd/op.h"
#include "kernels/pool/pool.h"

/* How many places a window has that is moved over `image` places with `padding` at each end; 0: none. In ceil mode a
 * last window may reach beyond the padding, but not begin in it. */
static inline int64_t pool_places(int64_t image, int64_t padding, int64_t window, int64_t step, int64_t distance,
                                  bool ceil_mode) {
  const int64_t room = image + 2 * padding - distance * (window - 1) - 1 + (ceil_mode ? step - 1 : 0);
  const int64_t n = room < 0 ? 0 : room / step + 1;
  return ceil_mode && (n - 1) * step >= image + padding ? n - 1 : n;
}

/* What the outputs see, {down, across}; turned: the opposite (lists.h). -1 with err_set without memory. */
typedef struct ListPair {
  Lists down, across;
} ListPair;

int pool_lists(ListPair *l, const PoolArgs *a, bool turned);
int resize_lists(ListPair *l, const ResizeArgs *a, bool single, bool turned);
void pool_lists_free(ListPair *l);

/* Images that do not lie row by row have the batch innermost in an op's output, if they have it in the input. */
bool pool_batch_innermost(const Tensor *x);

/* (n, c, size), in memory as `like`. */
int pool_infer(OpShape *s, const Tensor *like, const int32_t *size);

/* out (n, c, ...) = the sums over x's windows; frees the lists, also where rc < 0 is passed on. */
int pool_sums(Tensor *out, Tensor *x, ListPair *l, int rc);

/* Bytes of winners that max_pool2d needs for x; -1: more than any memory has. */
int64_t max_pool_winner_bytes(const PoolArgs *a, const Tensor *x);

/* A float tensor (n, c, h, w), as kernels take it. */
Images pool_images(const Tensor *t);

/* t with the batch innermost where that is asked for, else as it is; an own reference. */
Tensor *pool_ordered(Tensor *t, bool batch_innermost);

#endif
