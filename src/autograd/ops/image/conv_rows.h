/*
 * conv_rows.h - what the rows of conv.c and conv_pool.c share.
 *
 * Their arguments: ConvArgs. `size` is what the inputs leave open (see each row), `window` that of a pool behind the
 * convolution.
 */
#ifndef OPTLAB_AUTOGRAD_OPS_CONV_ROWS_H
#define OPTLAB_AUTOGRAD_OPS_CONV_ROWS_H

#include "autograd/op.h"
#include "kernels/conv/conv_direct.h"

/* The convolution of images (n, c, h, w) with windows (o, c, kh, kw); oh and ow are 0 where the window does not fit. */
static inline ConvShape conv_shape(int64_t n, int64_t c, int64_t h, int64_t w, int64_t o, int64_t kh, int64_t kw,
                                   const OpArgs *a) {
  ConvShape s = {.n = n,
                 .c = c,
                 .o = o,
                 .win = {.h = h, .w = w, .kh = kh, .kw = kw, .sh = a->conv.stride[0], .sw = a->conv.stride[1]}};
  s.win.ph = a->conv.padding[0];
  s.win.pw = a->conv.padding[1];
  window2d_fit(&s.win);
  return s;
}

static inline ConvShape conv_shape_of(const Tensor *x, const Tensor *weight, const OpArgs *a) {
  return conv_shape(x->shape[0], x->shape[1], x->shape[2], x->shape[3], weight->shape[0], weight->shape[2],
                    weight->shape[3], a);
}

/* A float32 tensor (n, c, h, w) for conv_direct. */
static inline Images conv_images(const Tensor *t) {
  return (Images){.data = tensor_f32(t), .stride = {t->stride[0], t->stride[1], t->stride[2], t->stride[3]}};
}

static inline ConvPool conv_pool_of(const Tensor *winners, const OpArgs *a) {
  return (ConvPool){.kh = a->conv.window[0], .kw = a->conv.window[1], .winners = tensor_u8(winners)};
}

/* Images (n, c, h, w), in memory as the convolution that makes them likes it. */
static inline void conv_set_images(OpShape *s, DType dt, bool direct, int64_t n, int64_t c, int64_t h, int64_t w) {
  *s = (OpShape){.dtype = dt, .ndim = 4, .batch_innermost = direct, .shape = {n, c, h, w}};
}

#endif
