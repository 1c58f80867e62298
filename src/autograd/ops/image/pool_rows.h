/*
 * pool_rows.h - what the rows of max_pool.c, avg_pool.c and resize.c share.
 */
#ifndef OPTLAB_AUTOGRAD_OPS_POOL_ROWS_H
#define OPTLAB_AUTOGRAD_OPS_POOL_ROWS_H

#include "autograd/op.h"
#include "kernels/pool/pool.h"

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
