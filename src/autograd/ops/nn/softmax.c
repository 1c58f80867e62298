/*
 * softmax.c - rows that networks use often enough to have one pass of their own: softmax, log_softmax.
 */
#include <math.h>

#include "autograd/ops/rows.h"
#include "base/err.h"

/* --- softmax, log_softmax, along.dim ------------------------------------------------------------------------- */

static int infer_softmax(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  if (a->along.dim < 0 || a->along.dim >= in[0]->ndim) {
    return err_set("softmax: dimension %lld of shape %s", (long long)a->along.dim + 1, tensor_shape_str(in[0]));
  }
  return infer_same(s, in, nin, a);
}

/* One row of n values with stride st: y = x - max - log sum exp(x - max), or exp of that. The maximum is taken out
 * first so that nothing overflows; sums in double. */
#define SOFTMAX_ROW(T, suffix, expT)                                                                   \
  static void softmax_row_##suffix(T *y, const T *x, int64_t n, int64_t st, bool log_wanted) {         \
    T top = x[0];                                                                                      \
    for (int64_t i = 1; i < n; i++) top = x[i * st] > top || x[i * st] != x[i * st] ? x[i * st] : top; \
    double sum = 0;                                                                                    \
    for (int64_t i = 0; i < n; i++) sum += (double)(y[i * st] = expT(x[i * st] - top));                \
    double log_sum = log(sum);                                                                         \
    for (int64_t i = 0; i < n; i++) {                                                                  \
      y[i * st] = (T)(log_wanted ? (double)(x[i * st] - top) - log_sum : (double)y[i * st] / sum);     \
    }                                                                                                  \
  }
SOFTMAX_ROW(float, f32, expf)
SOFTMAX_ROW(double, f64, exp)

static int softmax_rows(Tensor *out, Tensor *in, int dim, bool log_wanted) {
  Tensor *x = tensor_contiguous(in);
  if (!x) return -1;
  int64_t n = x->shape[dim], inner = out->stride[dim], outer = n && inner ? x->numel / (n * inner) : 0;
  for (int64_t o = 0; o < outer; o++) {
    for (int64_t i = 0; i < inner; i++) {
      int64_t at = o * n * inner + i;
      if (x->dtype == DT_F32) {
        softmax_row_f32(tensor_f32(out) + at, tensor_f32(x) + at, n, inner, log_wanted);
      } else {
        softmax_row_f64(tensor_f64(out) + at, tensor_f64(x) + at, n, inner, log_wanted);
      }
    }
  }
  tensor_release(x);
  return 0;
}

static int fw_softmax(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return softmax_rows(out, in[0], (int)a->along.dim, false);
}
static int fw_log_softmax(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return softmax_rows(out, in[0], (int)a->along.dim, true);
}

/* y (d - sum(d y)) */
static int bw_softmax(Node *n, Tensor *d, Tensor **din) {
  Tensor *y = node_out(n), *dy = fm_mul(d, y);
  unsigned dim = 1u << node_args(n)->along.dim;
  return (din[0] = fm_sub(dy, fm_mul(y, fm_sum(dy, dim, true)))) ? 0 : -1;
}
/* d - exp(y) sum(d) */
static int bw_log_softmax(Node *n, Tensor *d, Tensor **din) {
  unsigned dim = 1u << node_args(n)->along.dim;
  return (din[0] = fm_sub(d, fm_mul(fm_op1(OP_EXP, node_out(n)), fm_sum(d, dim, true)))) ? 0 : -1;
}
const Op row_SOFTMAX = {.name = "softmax",
                        .nin = 1,
                        .args = OP_ARGS(along),
                        .promotes = 1,
                        .floats = true,
                        .save = SAVE_OUT,
                        .infer = infer_softmax,
                        .forward = fw_softmax,
                        .backward = bw_softmax};
const Op row_LOG_SOFTMAX = {.name = "log_softmax",
                            .nin = 1,
                            .args = OP_ARGS(along),
                            .promotes = 1,
                            .floats = true,
                            .save = SAVE_OUT,
                            .infer = infer_softmax,
                            .forward = fw_log_softmax,
                            .backward = bw_log_softmax};
