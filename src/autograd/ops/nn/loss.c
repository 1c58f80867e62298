/*
 * loss.c - losses that are one pass over the data: mse_loss, binary_cross_entropy.
 */
#include "autograd/ops/rows.h"
#include "base/err.h"
#include "kernels/elementwise/map.h"
#include "kernels/loss/bce.h"
#include "kernels/loss/mse.h"

/* --- mse_loss(x, y): (x - y)^2 -------------------------------------------------------------------------------- */

static int infer_mse(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  if (!tensor_same_shape(in[0], in[1])) {
    return err_set("mse_loss: the input has shape %s, the target %s; reshape one so that they are the same",
                   tensor_shape_str(in[0]), tensor_shape_str(in[1]));
  }
  infer_same(s, in, nin, a);
  if (a->loss.reduction != REDUCE_NONE) s->ndim = 0;
  return 0;
}

static int fw_mse(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  Tensor *x = tensor_contiguous(in[0]), *y = x ? tensor_contiguous(in[1]) : NULL;
  if (!y) {
    tensor_release(x);
    return -1;
  }
  bool each = a->loss.reduction == REDUCE_NONE;
  double sum = x->dtype == DT_F32 ? mse_run_f32(x->numel, tensor_f32(x), tensor_f32(y), each ? tensor_f32(out) : NULL)
                                  : mse_run_f64(x->numel, tensor_f64(x), tensor_f64(y), each ? tensor_f64(out) : NULL);
  if (!each) tensor_set(out, 0, a->loss.reduction == REDUCE_MEAN ? sum / (double)x->numel : sum);
  tensor_release(x);
  tensor_release(y);
  return 0;
}

#define AT_ONCE 4096 /* elements: fewer are worth no threads */

/* x - y times d scale, as the formula below has it. */
static Tensor *difference_times(const Tensor *x, const Tensor *y, const Tensor *d, double scale) {
  Tensor *dx = fm_own(tensor_new_like(x));
  if (!dx) return NULL;
  if (x->dtype == DT_F32) {
    const float by = tensor_f32(d)[0] * (float)scale;
    kern_sub_f32(x->numel, tensor_data(dx), 1, tensor_data(x), 1, tensor_data(y), 1);
    kern_mul_f32(x->numel, tensor_data(dx), 1, tensor_data(dx), 1, &by, 0);
  } else {
    const double by = tensor_f64(d)[0] * scale;
    kern_sub_f64(x->numel, tensor_data(dx), 1, tensor_data(x), 1, tensor_data(y), 1);
    kern_mul_f64(x->numel, tensor_data(dx), 1, tensor_data(dx), 1, &by, 0);
  }
  return dx;
}

static bool is_small(const Tensor *x, const Tensor *y, const Tensor *d) {
  return x->numel <= AT_ONCE && d->ndim == 0 && x->contiguous && y->contiguous && fm_is_unseen();
}

/* dx = 2 (x - y) d / n, dy = -dx */
static int bw_mse(Node *n, Tensor *d, Tensor **din) {
  Tensor *x = node_saved(n, 0), *y = x ? node_saved(n, 1) : NULL;
  if (!y) return -1;
  double scale = node_args(n)->loss.reduction == REDUCE_MEAN ? 2 / (double)x->numel : 2;
  Tensor *dx = is_small(x, y, d) ? difference_times(x, y, d, scale) : fm_mul(fm_sub(x, y), fm_muls(d, scale));
  if (!dx) return -1;
  if (node_wants(n, 0)) din[0] = dx;
  if (node_wants(n, 1) && !(din[1] = fm_neg(dx))) return -1;
  return 0;
}
const Op row_MSE_LOSS = {.name = "mse_loss",
                         .nin = 2,
                         .args = OP_ARGS(loss),
                         .promotes = 3,
                         .floats = true,
                         .save = SAVE_INPUT(0) | SAVE_INPUT(1),
                         .infer = infer_mse,
                         .forward = fw_mse,
                         .backward = bw_mse};

/* --- binary_cross_entropy(x, y) of one shape, element by element ------------------------------------------------ */

/* Formula in kernels/loss/bce.h. */
static int fw_bce(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  map2(out, in[0], in[1], out->dtype == DT_F32 ? bce_f32 : bce_f64);
  return 0;
}

/* log x where a logarithm is not bounded, else -100 */
static Tensor *bounded(Tensor *log) { return log ? fm_op2(OP_MAXIMUM, log, fm_const(log, -100)) : NULL; }

/* dx = (x - y) d / max(x (1 - x), 1e-12), dy = (log(1 - x) - log x) d, as PyTorch has them: linear in the error where x
 * is 0 or 1 */
static int bw_bce(Node *n, Tensor *d, Tensor **din) {
  Tensor *x = node_saved(n, 0);
  if (node_wants(n, 0)) {
    Tensor *spread = fm_op2(OP_MAXIMUM, fm_mul(x, fm_rsubs(1, x)), fm_const(x, 1e-12));
    din[0] = fm_mul(fm_div(fm_sub(x, node_saved(n, 1)), spread), d);
    if (!din[0]) return -1;
  }
  if (!node_wants(n, 1)) return 0;
  Tensor *odds = fm_sub(bounded(fm_op1(OP_LOG1P, fm_neg(x))), bounded(fm_op1(OP_LOG, x)));
  return (din[1] = fm_mul(odds, d)) ? 0 : -1;
}
const Op row_BCE_LOSS = {.name = "binary_cross_entropy",
                         .nin = 2,
                         .promotes = 3,
                         .floats = true,
                         .save = SAVE_INPUT(0) | SAVE_INPUT(1),
                         .keeps_order = true,
                         .infer = infer_same,
                         .forward = fw_bce,
                         .backward = bw_bce,
                         .kern2 = {bce_f32, bce_f64}};
