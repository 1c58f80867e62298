/*
 * conv_formula.c - convolutions and transposed convolutions of one and two dimensions (nn/functional.h).
 *
 * Signals (N, C, L) are images of one column, (N, C, L, 1).
 */
#include "autograd/formula.h"
#include "autograd/ops/image/conv_rows.h"
#include "base/err.h"
#include "nn/functional.h"

/* --- checks ------------------------------------------------------------------------------------------------------- */

static const char *window_text(int dims) { return dims == 1 ? "k" : "kh, kw"; }
static const char *image_text(int dims) { return dims == 1 ? "L" : "H, W"; }

static int check_input(const Tensor *x, const Tensor *weight, int dims, int64_t channels) {
  const char *in = tensor_shape_str(x), *w = tensor_shape_str(weight);
  if (x->ndim == dims + 1) {
    return err_set(
        "input is %s, weight is %s: the input must be (N, %lld, %s); a single %s becomes one by "
        "x:unsqueeze(1)",
        in, w, (long long)channels, image_text(dims), dims == 1 ? "signal" : "image");
  }
  if (x->ndim == dims + 2 && x->shape[1] == channels) return 0;
  return err_set("input is %s, weight is %s: the input must be (N, %lld, %s)", in, w, (long long)channels,
                 image_text(dims));
}

static int check_weight(const Tensor *weight, int dims, int64_t groups, const char *order) {
  const char *w = tensor_shape_str(weight);
  if (weight->ndim != dims + 2) return err_set("weight is %s, must be (%s, %s)", w, order, window_text(dims));
  if (weight->shape[2] == 0 || weight->shape[dims + 1] == 0) return err_set("weight is %s, its window is empty", w);
  if (weight->shape[0] % groups == 0) return 0;
  return err_set("weight is %s, groups is %lld: its first size must be a multiple of groups", w, (long long)groups);
}

static int check_bias(const Tensor *bias, const Tensor *weight, int64_t out) {
  if (!bias || (bias->ndim == 1 && bias->shape[0] == out)) return 0;
  return err_set("bias is %s, weight is %s: the bias must be (%lld)", tensor_shape_str(bias), tensor_shape_str(weight),
                 (long long)out);
}

/* --- arguments ---------------------------------------------------------------------------------------------------- */

static int64_t at(const Tensor *t, int d) { return d < t->ndim ? t->shape[d] : 1; }

static int one_of(Pair p, int d) { return d ? p.w : p.h; }

static OpArgs conv_args(const ConvOptions *o, const Tensor *weight) {
  OpArgs a = {.conv = {.groups = (int32_t)o->groups}};
  for (int d = 0; d < 2; d++) {
    a.conv.stride[d] = one_of(o->stride, d);
    a.conv.dilation[d] = one_of(o->dilation, d);
    a.conv.padding[d] = one_of(o->padding, d);
    if (o->same) a.conv.padding[d] = (int32_t)(a.conv.dilation[d] * (at(weight, 2 + d) - 1) / 2);
  }
  return a;
}

static int too_large(int64_t places) {
  return err_set("the output would have %lld places in one dimension, at most %d can be", (long long)places, INT32_MAX);
}

/* --- convolution -------------------------------------------------------------------------------------------------- */

static int set_size(OpArgs *a, const Tensor *x, const Tensor *weight, const ConvOptions *o) {
  for (int d = 0; d < 2; d++) {
    const int64_t padding = o->same ? a->conv.dilation[d] * (at(weight, 2 + d) - 1) : 2 * a->conv.padding[d];
    const int64_t places =
        conv_places(at(x, 2 + d), padding, at(weight, 2 + d), a->conv.stride[d], a->conv.dilation[d]);
    if (places > INT32_MAX) return too_large(places);
    a->conv.size[d] = (int32_t)places;
  }
  if (a->conv.size[0] > 0 && a->conv.size[1] > 0) return 0;
  const char *in = tensor_shape_str(x), *w = tensor_shape_str(weight);
  const long long h = (long long)(at(x, 2) + 2 * a->conv.padding[0]),
                  v = (long long)(at(x, 3) + 2 * a->conv.padding[1]);
  if (o->dims == 1) {
    return err_set("input is %s, padded to %lld, weight is %s: the window must fit into the padded signal", in, h, w);
  }
  return err_set("input is %s, padded to %lld x %lld, weight is %s: the window must fit into the padded image", in, h,
                 v, w);
}

/* A signal or its weight as images, images as they are; and back. */
static Tensor *as_images(Tensor *t, int dims) { return dims == 1 && t ? fm_unsqueeze(t, 3) : t; }

static Tensor *as_signals(Tensor *t, int dims) { return dims == 1 && t ? fm_reshape(t, 3, t->shape) : t; }

static Tensor *apply(OpId op, Tensor *x, Tensor *weight, Tensor *bias, const OpArgs *a, int dims) {
  if (dims == 2) return op_apply(op, (Tensor *[]){x, weight, bias}, bias ? 3 : 2, a);
  FormulaMark m = fm_begin();
  Tensor *in[] = {as_images(x, dims), as_images(weight, dims), bias};
  Tensor *y = in[0] && in[1] ? as_signals(fm_op(op, in, bias ? 3 : 2, a), dims) : NULL;
  return fm_end(m, y);
}

Tensor *nn_conv(Tensor *x, Tensor *weight, Tensor *bias, const ConvOptions *o) {
  if (check_weight(weight, o->dims, o->groups, o->groups == 1 ? "out, in" : "out, in / groups") < 0) return NULL;
  if (check_input(x, weight, o->dims, weight->shape[1] * o->groups) < 0) return NULL;
  if (o->same && (o->stride.h != 1 || (o->dims == 2 && o->stride.w != 1))) {
    err_set("padding = 'same' needs stride = 1, for the output is as large as the input");
    return NULL;
  }
  OpArgs a = conv_args(o, weight);
  if (set_size(&a, x, weight, o) < 0 || check_bias(bias, weight, weight->shape[0]) < 0) return NULL;
  return apply(OP_CONV2D, x, weight, bias, &a, o->dims);
}

/* --- transposed convolution --------------------------------------------------------------------------------------- */

static int set_transposed_size(OpArgs *a, const Tensor *x, const Tensor *weight, const ConvOptions *o) {
  for (int d = 0; d < o->dims; d++) {
    const int more = one_of(o->output_padding, d), s = a->conv.stride[d], step = a->conv.dilation[d];
    if (more >= s && more >= step) {
      return err_set("output_padding is %d, stride is %d, dilation is %d: it must be less than one of them", more, s,
                     step);
    }
    int64_t window = step * (weight->shape[2 + d] - 1) + 1, places;
    if (__builtin_mul_overflow(x->shape[2 + d] - 1, (int64_t)s, &places)) places = INT64_MAX / 2;
    places += window + more - 2 * (int64_t)a->conv.padding[d];
    if (places > INT32_MAX) return too_large(places);
    if (places < 1 || x->shape[2 + d] < 1) {
      return err_set("input is %s, weight is %s, padding is %d: nothing is left of the output", tensor_shape_str(x),
                     tensor_shape_str(weight), a->conv.padding[d]);
    }
    a->conv.size[d] = (int32_t)places;
  }
  return 0;
}

Tensor *nn_conv_transpose(Tensor *x, Tensor *weight, Tensor *bias, const ConvOptions *o) {
  if (check_weight(weight, o->dims, o->groups, o->groups == 1 ? "in, out" : "in, out / groups") < 0) return NULL;
  if (check_input(x, weight, o->dims, weight->shape[0]) < 0) return NULL;
  OpArgs a = conv_args(o, weight);
  a.conv.size[1] = 1;
  if (set_transposed_size(&a, x, weight, o) < 0 || check_bias(bias, weight, weight->shape[1] * o->groups) < 0) {
    return NULL;
  }
  return apply(OP_CONV_TRANSPOSE2D, x, weight, bias, &a, o->dims);
}
