/*
 * moments.c - rows for the variance and its square root over dimensions.
 *
 * Of n values, the sum of squared differences from their mean is divided by n - correction, or by 0 where that is
 * negative: too few values give nan. Arguments: VarArgs.
 */
#include <math.h>

#include "autograd/ops/rows.h"
#include "kernels/reduce/variance.h"

static double divisor(double n, const OpArgs *a) { return fmax(n - a->var.correction, 0); }

static int forward(Tensor *out, const Tensor *x, const OpArgs *a, bool root) {
  const unsigned dims = reduce_dims(x, a);
  return reduce_variance(out, x, dims, divisor(reduce_extent(x->ndim, x->shape, dims), a), root);
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
