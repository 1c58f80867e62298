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

/* t = t / c, float64; -1 without memory */
static int divide(Tensor *t, double c) {
  Tensor *number = tensor_scalar(DT_F64, c);
  if (!number) return -1;
  map2(t, t, number, kern_div_f64);
  tensor_release(number);
  return 0;
}

/* The mean over dims, which keep size 1; a new tensor. */
static Tensor *mean_of(const Tensor *x, unsigned dims, double n) {
  int64_t shape[TENSOR_MAX_DIM];
  for (int d = 0; d < x->ndim; d++) shape[d] = dims >> d & 1 ? 1 : x->shape[d];
  Tensor *mean = tensor_new(DT_F64, x->ndim, shape);
  if (!mean) return NULL;
  reduce_sum(mean, x, dims);
  if (divide(mean, n) == 0) return mean;
  tensor_release(mean);
  return NULL;
}

/* out = the variance of x, or its root; all are float64. squares has x's shape and may be x. */
static int moment(Tensor *out, const Tensor *x, Tensor *squares, const OpArgs *a, bool root) {
  const unsigned dims = reduce_dims(x, a);
  const double n = reduce_extent(x->ndim, x->shape, dims);
  Tensor *mean = mean_of(x, dims, n), k = reduce_kept(out, x, dims);
  if (!mean) return -1;
  map2(squares, x, mean, kern_sub_f64);
  map1(squares, squares, kern_square_f64);
  reduce_sum(&k, squares, dims);
  tensor_release(mean);
  if (divide(out, divisor(n, a)) < 0) return -1;
  if (root) map1(out, out, kern_sqrt_f64);
  return 0;
}

/* float32 is computed in float64, as in PyTorch: the squares of differences of 1e-20 or 1e20 leave float32's range. */
static int forward(Tensor *out, const Tensor *x, const OpArgs *a, bool root) {
  const bool narrow = x->dtype == DT_F32;
  Tensor *work = narrow ? tensor_cast(x, DT_F64) : tensor_new_like(x);
  Tensor *wide = narrow ? tensor_new(DT_F64, out->ndim, out->shape) : tensor_retain(out);
  int rc = work && wide ? moment(wide, narrow ? work : x, work, a, root) : -1;
  if (rc == 0 && narrow) rc = tensor_copy_(out, wide);
  tensor_release(work);
  tensor_release(wide);
  return rc;
}

static int fw_var(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return forward(out, in[0], a, false);
}

static int fw_std(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return forward(out, in[0], a, true);
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
