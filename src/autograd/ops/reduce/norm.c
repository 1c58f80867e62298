/*
 * norm.c - the row for p-norms over dimensions.
 *
 *   (sum |x|^p)^(1/p)     p = inf, -inf: the largest, the smallest |x|     p = 0: how many x are not 0
 *
 * Where the norm or a coordinate is 0, the gradient is the one that PyTorch gives, which is finite: 0 where the norm
 * is. Arguments: NormArgs.
 */
#include <math.h>

#include "autograd/ops/rows.h"
#include "base/err.h"
#include "kernels/elementwise/map.h"
#include "kernels/reduce/reduce.h"

static int infer_norm(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  const double p = a->norm.p;
  if (p < 0 || isinf(p)) {
    if (reduce_extent(in[0]->ndim, in[0]->shape, reduce_dims(in[0], a)) == 0) {
      return err_set("norm: shape %s has no element, so it has no norm of order %g", tensor_shape_str(in[0]), p);
    }
  }
  return infer_reduce(s, in, nin, a);
}

/* --- forward ---------------------------------------------------------------------------------------------------- */

/* t = t^p; -1 without memory */
static int raise(Tensor *t, double p) {
  Tensor *number = tensor_scalar((DType)t->dtype, p);
  if (!number) return -1;
  map2(t, t, number, t->dtype == DT_F32 ? kern_pow_f32 : kern_pow_f64);
  tensor_release(number);
  return 0;
}

/* What is reduced where p is neither 1 nor 2: |x|^p, |x|, or 1 where x is not 0; a new tensor. */
static Tensor *terms_of(Tensor *x, double p) {
  const bool f32 = x->dtype == DT_F32;
  if (p == 0) {
    FormulaMark m = fm_begin();
    return fm_end(m, fm_cast(fm_op2(OP_NE, x, fm_const(x, 0)), (DType)x->dtype));
  }
  Tensor *t = tensor_new_like(x);
  if (!t) return NULL;
  map1(t, x, f32 ? kern_abs_f32 : kern_abs_f64);
  if (isinf(p) || raise(t, p) == 0) return t;
  tensor_release(t);
  return NULL;
}

static int reduce_terms(Tensor *out, Tensor *x, double p, unsigned dims) {
  Tensor *terms = terms_of(x, p);
  if (!terms) return -1;
  if (isinf(p)) {
    (p > 0 ? reduce_amax : reduce_amin)(out, terms, dims);
  } else {
    reduce_sum(out, terms, dims);
  }
  tensor_release(terms);
  return 0;
}

static int fw_norm(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const double p = a->norm.p;
  const unsigned dims = reduce_dims(in[0], a);
  Tensor k = reduce_kept(out, in[0], dims);
  if (p == 2) {
    reduce_squares(&k, in[0], dims);
    map1(out, out, out->dtype == DT_F32 ? kern_sqrt_f32 : kern_sqrt_f64);
    return 0;
  }
  if (p == 1) {
    reduce_sizes(&k, in[0], dims);
    return 0;
  }
  if (reduce_terms(&k, in[0], p, dims) < 0) return -1;
  return p == 0 || isinf(p) ? 0 : raise(out, 1 / p);
}

/* --- backward: y is the norm, d its gradient --------------------------------------------------------------------- */

/* sign(x) |x|^(p-1), 0 where x is 0 */
static Tensor *slope(Tensor *x, double p) {
  Tensor *size = fm_op1(OP_ABS, x);
  if (p > 2) return fm_mul(x, fm_pows(size, p - 2));
  Tensor *power = fm_mul(fm_op1(OP_SIGN, x), fm_pows(size, p - 1));
  return p > 1 ? power : fm_op3(OP_WHERE, fm_op2(OP_EQ, x, fm_const(x, 0)), fm_const(x, 0), power);
}

/* sign(x) d, shared evenly by the elements whose |x| is the norm; a nan has a share of a norm that is nan */
static Tensor *extreme_slope(Node *n, Tensor *x, Tensor *d) {
  Tensor *wins = reduce_winners(n, fm_op1(OP_ABS, x), node_out(n), true);
  Tensor *count = fm_sum(wins, node_args(n)->norm.dims, true);
  return fm_mul(fm_mul(fm_op1(OP_SIGN, x), wins), reduce_spread(n, fm_div(d, fm_reshape(count, d->ndim, d->shape))));
}

static int bw_norm(Node *n, Tensor *d, Tensor **din) {
  const double p = node_args(n)->norm.p;
  Tensor *x = node_saved(n, 0);
  if (p == 0) {
    din[0] = fm_zeros_like(x);
  } else if (p == 1) {
    din[0] = fm_mul(fm_op1(OP_SIGN, x), reduce_spread(n, d));
  } else if (p == 2) {
    din[0] = fm_mul(x, reduce_spread(n, fm_div_or_0(d, node_out(n))));
  } else if (isinf(p)) {
    din[0] = extreme_slope(n, x, d);
  } else if (p < 1) {
    din[0] = fm_mul(slope(x, p), reduce_spread(n, fm_mul(d, fm_pows(node_out(n), 1 - p))));
  } else {
    din[0] = fm_mul(slope(x, p), reduce_spread(n, fm_div_or_0(d, fm_pows(node_out(n), p - 1))));
  }
  return din[0] ? 0 : -1;
}

const Op row_NORM = {.name = "norm",
                     .nin = 1,
                     .args = OP_ARGS(norm),
                     .promotes = 1,
                     .floats = true,
                     .save = SAVE_INPUT(0) | SAVE_OUT,
                     .infer = infer_norm,
                     .forward = fw_norm,
                     .backward = bw_norm};
