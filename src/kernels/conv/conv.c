/*
 * conv.c - a convolution and its input's gradient as passes of correlate.h.
 */
#include "kernels/conv/conv.h"

#include "kernels/conv/correlate.h"
#include "kernels/conv/few/few.h"

/* A window of one tap on a plain grid of pixels sees those alone: they are images of their own, with larger strides.
 * Returns whether it is one. */
static bool thin_out(ConvShape *s, Images *x) {
  if (s->kh != 1 || s->kw != 1 || s->ph != 0 || s->pw != 0 || (s->sh == 1 && s->sw == 1)) return false;
  x->stride[2] *= s->sh;
  x->stride[3] *= s->sw;
  s->h = s->oh;
  s->w = s->ow;
  s->sh = s->sw = 1;
  return true;
}

static int forward(DType dt, ConvShape s, Images x, const void *weight, const void *bias, const ConvPool *pool,
                   const Images *y) {
  thin_out(&s, &x);
  Correlation p = {
      .k = conv_kernels(dt), .size = (int64_t)dtype_size(dt), .n = s.n, .groups = s.groups, .c = s.c, .o = s.o};
  p.h = s.h, p.w = s.w, p.oh = s.oh, p.ow = s.ow, p.kh = s.kh, p.kw = s.kw;
  p.y = *y, p.weight = weight, p.bias = bias, p.pool = pool;
  const int64_t window = s.kh * s.kw;
  p.order = (WeightOrder){.so = s.c * window, .sc = window, .sg = s.o * s.c * window};
  p.narrow = s.w == 1 && s.ow == 1 && s.kw == 1;
  const Axis down = {s.h, s.kh, s.sh, s.ph, s.dh, s.oh}, across = {s.w, s.kw, s.sw, s.pw, s.dw, s.ow};
  int rc = -1;
  if (source_open(&p.x, dt, s.n, s.h, s.w, &x, NULL) == 0 && taps_forward(&p.rows, &down, p.narrow) == 0 &&
      taps_forward(&p.columns, &across, true) == 0) {
    rc = correlate(&p);
  }
  taps_free(&p.columns);
  taps_free(&p.rows);
  source_close(&p.x);
  return rc;
}

int conv2d(DType dt, const ConvShape *s, const Images *x, const void *weight, const void *bias, const Images *y) {
  if (conv_is_few(dt, s)) return few_forward(dt, s, x, weight, bias, y);
  return forward(dt, *s, *x, weight, bias, NULL, y);
}

int conv_relu_pool(DType dt, const ConvShape *s, const Images *x, const void *weight, const void *bias,
                   const ConvPool *pool, const Images *y) {
  return forward(dt, *s, *x, weight, bias, pool, y);
}

bool conv_adds(DType dt, const ConvShape *s) { return !conv_is_few(dt, s); }

int conv2d_grad_input(DType dt, const ConvShape *shape, const Images *dy, const ConvPool *pool, const void *weight,
                      const void *bias, const void *add, const Images *dx) {
  const ConvShape s = *shape;
  if (!pool && conv_is_few(dt, shape)) return few_grad_input(dt, shape, dy, weight, bias, dx);
  Correlation p = {
      .k = conv_kernels(dt), .size = (int64_t)dtype_size(dt), .n = s.n, .groups = s.groups, .c = s.o, .o = s.c};
  p.h = s.oh, p.w = s.ow, p.oh = s.h, p.ow = s.w, p.kh = s.kh, p.kw = s.kw;
  p.y = *dx, p.weight = weight, p.bias = bias, p.add = add;
  const int64_t window = s.kh * s.kw;
  p.order = (WeightOrder){.so = window, .sc = s.c * window, .sg = s.o * s.c * window, .turned = 1};
  p.narrow = s.w == 1 && s.ow == 1 && s.kw == 1;
  const Axis down = {s.h, s.kh, s.sh, s.ph, s.dh, s.oh}, across = {s.w, s.kw, s.sw, s.pw, s.dw, s.ow};
  int rc = -1;
  if (source_open(&p.x, dt, s.n, s.oh, s.ow, dy, pool) == 0 && taps_backward(&p.rows, &down, p.narrow) == 0 &&
      taps_backward(&p.columns, &across, true) == 0) {
    rc = correlate(&p);
  }
  taps_free(&p.columns);
  taps_free(&p.rows);
  source_close(&p.x);
  return rc;
}
