/*
 * moments.c - rows for the variance and its square root over dimensions.
 *
 * Of n values, the sum of squared differences from their mean is divided by n - correction, or by 0 where that is
 * negative: too few values give nan. Arguments: VarArgs.
 */
#include <math.h>

#include "autograd/ops/rows.h"
#include "kernels/elementwise/map.h"
#include "kernels/reduce/reduce.h"

static double divisor(double n, const OpArgs *a) { return fmax(n - a->var.correction, 0); }

/* t = t / c; -1 without memory */
static int divide(Tensor *t, double c) {
  Tensor *number = tensor_scalar((DType)t->dtype, c);
  if (!number) return -1;
  map2(t, t, number, t->dtype == DT_F32 ? kern_div_f32 : kern_div_f64);
  tensor_release(number);
  return 0;
}

/* The mean over dims, which keep size 1; a new tensor. */
static Tensor *mean_of(const Tensor *x, unsigned dims, double n) {
  int64_t shape[TENSOR_MAX_DIM];
  for (int d = 0; d < x->ndim; d++) shape[d] = dims >> d & 1 ? 1 : x->shape[d];
  Tensor *mean = tensor_new((DType)x->dtype, x->ndim, shape);
  if (!mean) return NULL;
  reduce_sum(mean, x, dims);
  if (divide(mean, n) == 0) return mean;
  tensor_release(mean);
  return NULL;
}

static int fw_var(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const Tensor *x = in[0];
  const unsigned dims = reduce_dims(x, a);
  const double n = reduce_extent(x->ndim, x->shape, dims);
  const bool f32 = x->dtype == DT_F32;
  Tensor *mean = mean_of(x, dims, n), *squares = mean ? tensor_new_like(x) : NULL;
  if (squares) {
    Tensor k = reduce_kept(out, x, dims);
    map2(squares, x, mean, f32 ? kern_sub_f32 : kern_sub_f64);
    map1(squares, squares, f32 ? kern_square_f32 : kern_square_f64);
    reduce_sum(&k, squares, dims);
  }
  const int rc = squares ? divide(out, divisor(n, a)) : -1;
  tensor_release(mean);
  tensor_release(squares);
  return rc;
}

static int fw_std(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  if (fw_var(out, in, nin, a) < 0) return -1;
  map1(out, out, out->dtype == DT_F32 ? kern_sqrt_f32 : kern_sqrt_f64);
  return 0;
}

/* 2 (x - mean) d / (n - correction), d the gradient of the variance */
static int bw_var(Node *n, Tensor *d, Tensor **din) {
  Tensor *x = node_saved(n, 0);
  Tensor *centred = fm_sub(x, fm_mean(x, node_args(n)->var.dims, true));
  Tensor *scaled = reduce_spread(n, fm_muls(d, 2 / divisor(reduce_count(n), node_args(n))));
  return (din[0] = fm_mul(centred, scaled)) ? 0 : -1;
}

/* With y^2 the variance, its gradient is d / (2 y), and 0 where all values are equal, as PyTorch has it. */
static int bw_std(Node *n, Tensor *d, Tensor **din) {
  return bw_var(n, fm_div_or_0(fm_muls(d, 0.5), node_out(n)), din);
}

const Op row_VAR = {.name = "var",
                    .nin = 1,
                    .args = OP_ARGS(var),
                    .promotes = 1,
                    .floats = true,
                    .save = SAVE_INPUT(0),
                    .infer = infer_reduce,
                    .forward = fw_var,
                    .backward = bw_var};
const Op row_STD = {.name = "std",
                    .nin = 1,
                    .args = OP_ARGS(var),
                    .promotes = 1,
                    .floats = true,
                    .save = SAVE_INPUT(0) | SAVE_OUT,
                    .infer = infer_reduce,
                    .forward = fw_std,
                    .backward = bw_std};
