/*
 * reduce.c - rows for sums, means and extremes over dimensions, and what moments.c and norm.c share with them.
 *
 * Arguments: ReduceArgs; of amax and amin ExtremeArgs, of argmax and argmin ArgmaxArgs.
 */
#include <math.h>
#include <string.h>

#include "autograd/ops/rows.h"
#include "base/err.h"
#include "kernels/elementwise/map.h"
#include "kernels/reduce/reduce.h"

unsigned reduce_dims(const Tensor *x, const OpArgs *a) { return a->reduce.dims & ((1u << x->ndim) - 1); }

double reduce_extent(int ndim, const int64_t *shape, unsigned dims) {
  double n = 1;
  for (int d = 0; d < ndim; d++) {
    if (dims >> d & 1) n *= (double)shape[d];
  }
  return n;
}

int infer_reduce(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const Tensor *x = in[0];
  unsigned dims = reduce_dims(x, a);
  s->dtype = (DType)x->dtype;
  s->ndim = 0;
  for (int d = 0; d < x->ndim; d++) {
    if (!(dims >> d & 1)) {
      s->shape[s->ndim++] = x->shape[d];
    } else if (a->reduce.keepdim) {
      s->shape[s->ndim++] = 1;
    }
  }
  return 0;
}

Tensor reduce_kept(const Tensor *out, const Tensor *x, unsigned dims) {
  Tensor k = *out;
  k.ndim = x->ndim;
  int64_t run = 1;
  for (int d = x->ndim - 1; d >= 0; d--) {
    k.shape[d] = dims >> d & 1 ? 1 : x->shape[d];
    k.stride[d] = run;
    run *= k.shape[d];
  }
  return k;
}

Tensor *reduce_spread(Node *n, Tensor *d) {
  int64_t shape[TENSOR_MAX_DIM], keep[TENSOR_MAX_DIM];
  int ndim = node_in_shape(n, 0, shape);
  unsigned dims = node_args(n)->reduce.dims;
  for (int i = 0; i < ndim; i++) keep[i] = dims >> i & 1 ? 1 : shape[i];
  return fm_expand(fm_reshape(d, ndim, keep), ndim, shape);
}

double reduce_count(Node *n) {
  int64_t shape[TENSOR_MAX_DIM];
  int ndim = node_in_shape(n, 0, shape);
  return reduce_extent(ndim, shape, node_args(n)->reduce.dims);
}

/* --- sum, mean -------------------------------------------------------------------------------------------- */

static int fw_sum(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  unsigned dims = reduce_dims(in[0], a);
  Tensor k = reduce_kept(out, in[0], dims);
  reduce_sum(&k, in[0], dims);
  return 0;
}

static int bw_sum(Node *n, Tensor *d, Tensor **din) { return (din[0] = reduce_spread(n, d)) ? 0 : -1; }

static int fw_mean(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  fw_sum(out, in, nin, a);
  double count = reduce_extent(in[0]->ndim, in[0]->shape, reduce_dims(in[0], a));
  FormulaMark m = fm_begin();
  Tensor *c = fm_const(out, count);
  if (c) map2(out, out, c, out->dtype == DT_F32 ? kern_div_f32 : kern_div_f64);
  fm_end(m, NULL);
  return c ? 0 : -1;
}

static int bw_mean(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = reduce_spread(n, fm_divs(d, reduce_count(n)))) ? 0 : -1;
}

const Op row_SUM = {.name = "sum",
                    .nin = 1,
                    .args = OP_ARGS(reduce),
                    .promotes = 1,
                    .wide = true,
                    .infer = infer_reduce,
                    .forward = fw_sum,
                    .backward = bw_sum};
const Op row_MEAN = {.name = "mean",
                     .nin = 1,
                     .args = OP_ARGS(reduce),
                     .promotes = 1,
                     .floats = true,
                     .infer = infer_reduce,
                     .forward = fw_mean,
                     .backward = bw_mean};

/* --- amax, amin: a tie shares the gradient evenly --------------------------------------- */

static int infer_extreme(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  if (reduce_extent(in[0]->ndim, in[0]->shape, reduce_dims(in[0], a)) == 0) {
    return err_set("max/min: shape %s has no element to choose from", tensor_shape_str(in[0]));
  }
  return infer_reduce(s, in, nin, a);
}

static int fw_amax(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  unsigned dims = reduce_dims(in[0], a);
  Tensor k = reduce_kept(out, in[0], dims);
  reduce_amax(&k, in[0], dims);
  return 0;
}

static int fw_amin(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  unsigned dims = reduce_dims(in[0], a);
  Tensor k = reduce_kept(out, in[0], dims);
  reduce_amin(&k, in[0], dims);
  return 0;
}

Tensor *reduce_winners(Node *n, Tensor *x, Tensor *y, bool nan_wins) {
  Tensor *wins = fm_op2(OP_EQ, x, reduce_spread(n, y));
  if (nan_wins) wins = fm_op2(OP_MAXIMUM, wins, fm_op2(OP_NE, x, x));
  return wins ? fm_cast(wins, (DType)x->dtype) : NULL;
}

static int bw_extreme(Node *n, Tensor *d, Tensor **din) {
  Tensor *wins = reduce_winners(n, node_saved(n, 0), node_out(n), node_args(n)->extreme.nan_wins != 0);
  Tensor *count = reduce_spread(n, fm_sum(wins, node_args(n)->extreme.dims, true));
  return (din[0] = fm_mul(fm_div(wins, count), reduce_spread(n, d))) ? 0 : -1;
}
const Op row_AMAX = {.name = "amax",
                     .nin = 1,
                     .args = OP_ARGS(extreme),
                     .promotes = 1,
                     .save = SAVE_INPUT(0) | SAVE_OUT,
                     .infer = infer_extreme,
                     .forward = fw_amax,
                     .backward = bw_extreme};
const Op row_AMIN = {.name = "amin",
                     .nin = 1,
                     .args = OP_ARGS(extreme),
                     .promotes = 1,
                     .save = SAVE_INPUT(0) | SAVE_OUT,
                     .infer = infer_extreme,
                     .forward = fw_amin,
                     .backward = bw_extreme};

/* --- argmax, argmin: 0-based positions, int64, no gradient -------------------------------------------------------- */

static int infer_arg(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  int64_t dim = a->argmax.dim;
  if (dim < 0 || dim >= in[0]->ndim) {
    return err_set("argmax/argmin: dimension %lld of shape %s", (long long)dim + 1, tensor_shape_str(in[0]));
  }
  int rc = infer_extreme(s, in, nin, &(OpArgs){.reduce = {1u << dim, a->argmax.keepdim != 0}});
  s->dtype = DT_I64;
  return rc;
}

static int fw_argmax(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  Tensor k = reduce_kept(out, in[0], 1u << a->argmax.dim);
  reduce_argmax(&k, in[0], (int)a->argmax.dim);
  return 0;
}

static int fw_argmin(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  Tensor k = reduce_kept(out, in[0], 1u << a->argmax.dim);
  reduce_argmin(&k, in[0], (int)a->argmax.dim);
  return 0;
}
const Op row_ARGMAX = {.name = "argmax", .nin = 1, .args = OP_ARGS(argmax), .infer = infer_arg, .forward = fw_argmax};
const Op row_ARGMIN = {.name = "argmin", .nin = 1, .args = OP_ARGS(argmax), .infer = infer_arg, .forward = fw_argmin};
