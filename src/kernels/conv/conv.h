/*
 * conv.h - 2-D cross-correlation, which networks call convolution, and its two gradients.
 *
 *   x (n, c, h, w)  weight (o, c, kh, kw)  bias (o)  y (n, o, oh, ow); all row-major; dt is DT_F32 or DT_F64
 *
 *   y[n, o, i, j] = bias[o] + sum over c, a, b of weight[o, c, a, b] x[n, c, i sh - ph + a, j sw - pw + b]
 *
 * Threads share the images (and, of few images, the blocks of the products). All sums are taken in an order that
 * depends on the shapes alone. Each function returns -1 with err_set when its scratch memory cannot be had.
 */
#ifndef OPTLAB_KERNELS_CONV_CONV_H
#define OPTLAB_KERNELS_CONV_CONV_H

#include "core/tensor.h"
#include "kernels/conv/window.h"

typedef struct ConvShape {
  int64_t n, c, o;
  Window2d win;
} ConvShape;

int conv2d(DType dt, const ConvShape *s, const void *x, const void *weight, const void *bias /* or NULL */, void *y);

/* dx = what y's gradient dy makes of x's */
int conv2d_grad_input(DType dt, const ConvShape *s, const void *dy, const void *weight, void *dx);

/* dweight, summed over the images */
int conv2d_grad_weight(DType dt, const ConvShape *s, const void *dy, const void *x, void *dweight);

#endif
