/*
 * pool_formula.c - pools of one and two dimensions (pool_layer.h).
 *
 * Signals (N, C, L) are images of one row, (N, C, 1, L).
 */
#include <stdio.h>

#include "autograd/formula.h"
#include "autograd/ops/image/pool_rows.h"
#include "base/err.h"
#include "nn/layers/image/pool_layer.h"

/* --- checks ------------------------------------------------------------------------------------------------------- */

const char *pool_pair_text(const PoolOptions *o, Pair p, char *text, size_t size) {
  if (o->dims == 1 || p.h == p.w) {
    snprintf(text, size, "%d", p.w);
  } else {
    snprintf(text, size, "(%d, %d)", p.h, p.w);
  }
  return text;
}

int pool_check_padding(const PoolOptions *o) {
  const Pair k = o->window, p = o->padding;
  if (2 * p.h <= k.h && 2 * p.w <= k.w) return 0;
  if (o->dims == 1) return err_set("padding %d is more than half of kernel_size %d", p.w, k.w);
  return err_set("padding (%d, %d) is more than half of kernel_size (%d, %d)", p.h, p.w, k.h, k.w);
}

static int check_input(const Tensor *x, const PoolOptions *o) {
  const char *in = tensor_shape_str(x), *form = o->dims == 1 ? "L" : "H, W";
  if (x->ndim == o->dims + 1) {
    return err_set("input is %s, must be (N, C, %s); a single %s becomes one by x:unsqueeze(1)", in, form,
                   o->dims == 1 ? "signal" : "image");
  }
  if (x->ndim != o->dims + 2 || x->shape[2] == 0 || x->shape[o->dims + 1] == 0) {
    return err_set("input is %s, must be (N, C, %s)", in, form);
  }
  for (int d = 2; d < x->ndim; d++) {
    if (x->shape[d] > INT32_MAX) return err_set("input is %s: its sizes can be at most %d", in, INT32_MAX);
  }
  return 0;
}

/* --- sizes -------------------------------------------------------------------------------------------------------- */

static int32_t one_of(Pair p, int d) { return d ? p.w : p.h; }

static int fill_args(PoolArgs *a, const Tensor *x, const PoolOptions *o) {
  *a = (PoolArgs){.adaptive = o->adaptive, .count_padding = o->count_padding, .divisor = o->divisor};
  for (int d = 0; d < 2; d++) {
    a->image[d] = (int32_t)x->shape[2 + d];
    if (o->adaptive) {
      a->output[d] = one_of(o->output, d);
      a->window[d] = a->image[d] / a->output[d] + 2; /* no part is larger */
      continue;
    }
    a->window[d] = one_of(o->window, d);
    a->stride[d] = one_of(o->stride, d);
    a->padding[d] = one_of(o->padding, d);
    a->dilation[d] = one_of(o->dilation, d);
    a->output[d] =
        (int32_t)pool_places(a->image[d], a->padding[d], a->window[d], a->stride[d], a->dilation[d], o->ceil_mode);
  }
  if (a->output[0] > 0 && a->output[1] > 0) return 0;
  const Pair k = o->window, p = o->padding;
  if (o->dims == 1) {
    return err_set(
        "input is (%lld, %lld, %d), kernel_size is %d, padding is %d: the window must fit into the padded signal",
        (long long)x->shape[0], (long long)x->shape[1], a->image[1], k.w, p.w);
  }
  return err_set("input is %s, kernel_size is (%d, %d), padding is (%d, %d): the window must fit into the padded image",
                 tensor_shape_str(x), k.h, k.w, p.h, p.w);
}

/* --- the function ------------------------------------------------------------------------------------------------- */

static Tensor *maxima(Tensor *x, OpArgs *a) {
  a->pool.batch_innermost = pool_batch_innermost(x);
  const int64_t bytes = max_pool_winner_bytes(&a->pool, x);
  if (bytes < 0) return err_null("input is %s: no memory holds its windows' places", tensor_shape_str(x));
  Tensor *winners = fm_own(tensor_new(DT_U8, 1, &bytes));
  return winners ? fm_op(OP_MAX_POOL2D, (Tensor *[]){winners, x}, 2, a) : NULL;
}

Tensor *pool_apply(Tensor *in, const PoolOptions *o) {
  OpArgs a = {0};
  if (check_input(in, o) < 0) return NULL;
  FormulaMark mark = fm_begin();
  Tensor *x = module_as_float(in), *y = NULL;
  if (x && o->dims == 1) x = fm_unsqueeze(x, 2);
  if (x && fill_args(&a.pool, x, o) == 0) y = o->max ? maxima(x, &a) : fm_op(OP_AVG_POOL2D, &x, 1, &a);
  if (y && o->dims == 1) y = fm_reshape(y, 3, (int64_t[]){y->shape[0], y->shape[1], y->shape[3]});
  return fm_end(mark, y);
}
