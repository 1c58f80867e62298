/*
 * conv_direct.h - convolution of small images with few channels, sixteen images at a time.
 *
 * The same mathematics as conv.h, in float32 with stride 1. Images may lie in memory in any order; fastest is the batch
 * innermost, element (n, c, y, x) at n + N (x + W (y + H c)), which is how conv_direct's callers lay out what it makes.
 *
 * Behind the convolution there may be a ReLU and a max pool whose windows lie side by side. Then `y` and `dy` are the
 * pool's output and its gradient, and the convolution's own output is never stored: for each window the pool keeps one
 * byte, the place of its winner.
 *
 * Threads share groups of sixteen images; sums over images are taken group by group. A last group that is not full is
 * padded with zeros. Each function returns -1 with err_set when its scratch memory cannot be had.
 */
#ifndef OPTLAB_KERNELS_CONV_CONV_DIRECT_H
#define OPTLAB_KERNELS_CONV_CONV_DIRECT_H

#include "kernels/conv/conv.h"

typedef struct Images {
  float *data;
  int64_t stride[4]; /* of (n, c, y, x), in elements */
} Images;

typedef struct ConvPool {
  int64_t kh, kw;   /* the window, which is its step too */
  uint8_t *winners; /* conv_direct_winners bytes, written by conv_direct, read by the gradients */
} ConvPool;

/* Whether this path takes a convolution: float32, stride 1, and a group's images fit into a core's cache; and whether
 * a pool with windows of kh x kw may come along. */
bool conv_direct_takes(DType dt, const ConvShape *s);
bool conv_direct_takes_pool(DType dt, const ConvShape *s, int64_t kh, int64_t kw);

/* The pool's output, and the bytes that its winners need. */
static inline int64_t conv_direct_pooled(int64_t size, int64_t window) { return size / window; }
int64_t conv_direct_winners(const ConvShape *s, int64_t kh, int64_t kw);

/* pool: NULL where there is none */
int conv_direct(const ConvShape *s, const Images *x, const float *weight, const float *bias /* or NULL */,
                const ConvPool *pool, const Images *y);
int conv_direct_grad_input(const ConvShape *s, const Images *dy, const ConvPool *pool, const float *weight,
                           const Images *dx);
int conv_direct_grad_weight(const ConvShape *s, const Images *dy, const ConvPool *pool, const Images *x,
                            float *dweight);

/* dbias (o) behind a pool; without one it is the plain sum of dy. */
int conv_direct_grad_bias(const ConvShape *s, const Images *dy, const ConvPool *pool, float *dbias);

/* dz, the gradient of the convolution's own output: dy at the winners, zeros elsewhere; and its transpose, which takes
 * the elements of z at the winners. */
int conv_direct_unpool(const ConvShape *s, const Images *dy, const ConvPool *pool, const Images *dz);
void conv_direct_pick(const ConvShape *s, const Images *z, const ConvPool *pool, const Images *y);

#endif
