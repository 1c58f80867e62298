/*
 * few.h - convolutions of fewer images than a vector has lanes: output places are in the lanes instead.
 *
 * A block is two vectors of neighbouring places, in the order (row, column, image). What all taps see of it is gathered
 * into [tap][channel][place], and the tiles of the other passes do the rest. A gradient's places are those of one grid
 * for each place of the window's step, so that every grid has taps of its own and no product with a zero between them.
 */
#ifndef OPTLAB_KERNELS_CONV_FEW_H
#define OPTLAB_KERNELS_CONV_FEW_H

#include <stdbool.h>

#include "kernels/conv/conv.h"

/* Whether the shape goes this way. */
bool conv_is_few(DType dt, const ConvShape *s);

/* Images whose neighbouring places are neighbours in memory, as gathering wants them: a copy with the batch innermost
 * where that pays, else the images themselves. */
typedef struct FewImages {
  Images images;
  void *copy; /* or NULL */
  size_t bytes;
} FewImages;

/* window: the places of the window. -1 with err_set. */
int few_order(FewImages *m, int64_t size, int64_t n, int64_t channels, int64_t h, int64_t w, int64_t window,
              const Images *from);
void few_order_free(FewImages *m);

/* As in conv.h, without a pool. */
int few_forward(DType dt, const ConvShape *s, const Images *x, const void *weight, const void *bias, const Images *y);
int few_grad_input(DType dt, const ConvShape *s, const Images *dy, const void *weight, const void *bias,
                   const Images *dx);
int few_grad_weight(DType dt, const ConvShape *s, const Images *dy, const Images *x, void *dweight);

#endif
