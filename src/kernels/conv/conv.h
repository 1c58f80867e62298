/*
 * conv.h - 2-D cross-correlation, which networks call convolution, and its two gradients.
 *
 *   x (n, groups c, h, w)  weight (groups o, c, kh, kw)  bias (groups o)  y (n, groups o, oh, ow)
 *
 *   y[n, o, i, j] = bias[o] + sum over c, a, b of weight[o, c, a, b] x[n, c, i sh - ph + a dh, j sw - pw + b dw]
 *
 * where x is zero outside of the image, and group g's outputs see group g's channels alone. dt is DT_F32 or DT_F64.
 * Images may lie in memory in any order; fastest is the batch innermost, element (n, c, y, x) at n + N (x + W (y + H c)).
 * Weights are row-major.
 *
 * An output is one sum in one order; the sums of the weights' gradient are cut by the shape alone. So no result depends
 * on the number of threads. Each function returns -1 with err_set when its scratch memory cannot be had.
 */
#ifndef OPTLAB_KERNELS_CONV_CONV_H
#define OPTLAB_KERNELS_CONV_CONV_H

#include "core/tensor.h"

typedef struct ConvShape {
  int64_t n, groups;
  int64_t c, o;   /* of one group */
  int64_t h, w;   /* the image */
  int64_t kh, kw; /* the window, */
  int64_t sh, sw; /* its steps, */
  int64_t ph, pw; /* the padding above and at the left, */
  int64_t dh, dw; /* the distances of its taps */
  int64_t oh, ow; /* the output */
} ConvShape;

/* Images (n, c, y, x); strides in elements. */
typedef struct Images {
  void *data;
  int64_t stride[4];
} Images;

/* A max pool behind a convolution and a ReLU: of each window it keeps one byte, the place of its winner. So windows have
 * at most CONV_POOL_MAX places. */
#define CONV_POOL_MAX 255
typedef struct ConvPool {
  int64_t kh, kw, sh, sw, ph, pw;
  int64_t oh, ow;   /* the pool's output */
  uint8_t *winners; /* conv_winners bytes, written by conv_relu_pool, read by the gradients */
} ConvPool;

int conv2d(DType dt, const ConvShape *s, const Images *x, const void *weight, const void *bias /* or NULL */,
           const Images *y);

/* dx = what y's gradient dy makes of x's, plus bias (groups c), if there is one, as transposed convolutions have it.
 * With a pool dy is the gradient of the pool's output. `add`, images that lie in memory as dx does, is added in the same
 * pass; only where conv_adds says so. */
int conv2d_grad_input(DType dt, const ConvShape *s, const Images *dy, const ConvPool *pool /* or NULL */,
                      const void *weight, const void *bias /* or NULL */, const void *add /* or NULL */,
                      const Images *dx);
bool conv_adds(DType dt, const ConvShape *s);

/* dweight, summed over the images */
int conv2d_grad_weight(DType dt, const ConvShape *s, const Images *dy, const ConvPool *pool /* or NULL */,
                       const Images *x, void *dweight);

/* The output of the convolution, of ReLU and of the pool behind it, in one pass; and the bytes for its winners. */
int conv_relu_pool(DType dt, const ConvShape *s, const Images *x, const void *weight, const void *bias /* or NULL */,
                   const ConvPool *pool, const Images *y);
int64_t conv_winners(int64_t n, int64_t channels, const ConvPool *pool);

/* Behind a pool, with images (n, channels, h, w): dbias, the sum of dy over the windows with a winner; the gradient dz
 * of the convolution's own output; and the transpose of dy -> dz, which sums up z at each window's winner. */
int conv_pool_grad_bias(DType dt, int64_t n, int64_t channels, const Images *dy, const ConvPool *pool, void *dbias);
int conv_unpool(DType dt, int64_t n, int64_t channels, int64_t h, int64_t w, const Images *dy, const ConvPool *pool,
                const Images *dz);
void conv_pick(DType dt, int64_t n, int64_t channels, const Images *z, const ConvPool *pool, const Images *y);

#endif
