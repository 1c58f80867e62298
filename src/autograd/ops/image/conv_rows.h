/*
 * conv_rows.h - what the rows of conv.c and conv_pool.c share.
 *
 * Their arguments: ConvArgs. `size` is what the inputs leave open (see each row); `window`, `pool_stride`,
 * `pool_padding` and `pool_ceil` are those of a pool behind the convolution.
 */
#ifndef OPTLAB_AUTOGRAD_OPS_CONV_ROWS_H
#define OPTLAB_AUTOGRAD_OPS_CONV_ROWS_H

#include "autograd/op.h"
#include "autograd/ops/image/pool_rows.h"
#include "kernels/conv/conv.h"

/* How many places a window has that is moved over `image` places with `padding` at both ends together; 0: none. */
static inline int64_t conv_places(int64_t image, int64_t padding, int64_t window, int64_t step, int64_t distance) {
  const int64_t room = image + padding - distance * (window - 1) - 1;
  return room < 0 ? 0 : room / step + 1;
}

/* The convolution of images (n, groups c, h, w) with a weight (groups o, c, kh, kw); the output's size stays open. */
static inline ConvShape conv_shape(int64_t n, int64_t h, int64_t w, int64_t c, int64_t o, int64_t kh, int64_t kw,
                                   const OpArgs *a) {
  return (ConvShape){.n = n,
                     .groups = a->conv.groups,
                     .c = c,
                     .o = o / a->conv.groups,
                     .h = h,
                     .w = w,
                     .kh = kh,
                     .kw = kw,
                     .sh = a->conv.stride[0],
                     .sw = a->conv.stride[1],
                     .ph = a->conv.padding[0],
                     .pw = a->conv.padding[1],
                     .dh = a->conv.dilation[0],
                     .dw = a->conv.dilation[1]};
}

/* Of x and weight, the output's size with the padding on both sides. */
static inline ConvShape conv_shape_of(const Tensor *x, const Tensor *weight, const OpArgs *a) {
  ConvShape s = conv_shape(x->shape[0], x->shape[2], x->shape[3], weight->shape[1], weight->shape[0], weight->shape[2],
                           weight->shape[3], a);
  s.oh = conv_places(s.h, 2 * s.ph, s.kh, s.sh, s.dh);
  s.ow = conv_places(s.w, 2 * s.pw, s.kw, s.sw, s.dw);
  return s;
}

/* A float tensor (n, c, h, w). */
static inline Images conv_images(const Tensor *t) {
  return (Images){.data = tensor_data(t), .stride = {t->stride[0], t->stride[1], t->stride[2], t->stride[3]}};
}

/* The pool behind images of oh x ow; its winners: NULL where memory is not looked at. */
static inline ConvPool conv_pool_of(const Tensor *winners, const OpArgs *a, int64_t oh, int64_t ow) {
  ConvPool p = {.kh = a->conv.window[0], .kw = a->conv.window[1]};
  p.sh = a->conv.pool_stride[0];
  p.sw = a->conv.pool_stride[1];
  p.ph = a->conv.pool_padding[0];
  p.pw = a->conv.pool_padding[1];
  p.oh = pool_places(oh, p.ph, p.kh, p.sh, 1, a->conv.pool_ceil);
  p.ow = pool_places(ow, p.pw, p.kw, p.sw, 1, a->conv.pool_ceil);
  if (winners) p.winners = tensor_u8(winners);
  return p;
}

/* Images (n, c, h, w), in memory as convolutions like them: with the batch innermost. */
static inline void conv_set_images(OpShape *s, DType dt, int64_t n, int64_t c, int64_t h, int64_t w) {
  *s = (OpShape){.dtype = dt, .ndim = 4, .batch_innermost = true, .shape = {n, c, h, w}};
}

#endif
