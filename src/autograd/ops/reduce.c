/*
 * reduce.c - rows for sums, means, extremes and norms over dimensions.
 *
 * Arguments: ReduceArgs, of argmax and argmin ArgmaxArgs.
 */
#include <math.h>
#include <string.h>

#include "autograd/ops/rows.h"
#include "base/err.h"
#include "kernels/elementwise/map.h"
#include "kernels/reduce/reduce.h"

static unsigned dim_mask(const Tensor *x, const OpArgs *a) { return a->reduce.dims & ((1u << x->ndim) - 1); }

static int64_t extent(int ndim, const int64_t *shape, unsigned dims) {
  int64_t n = 1;
  for (int d = 0; d < ndim; d++) {
    if (dims >> d & 1) n *= shape[d];
  }
  return n;
}

static int infer_reduce(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const Tensor *x = in[0];
  unsigned dims = dim_mask(x, a);
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

/* out's memory under the shape that keeps the reduced dimensions, which reduce.h asks for; a copy of the struct that
 * borrows the storage. */
static Tensor kept(const Tensor *out, const Tensor *x, unsigned dims) {
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

/* The gradient or the output brought back to the form that keeps the dimensions, then to the input's shape. */
static Tensor *spread(Node *n, Tensor *d) {
  int64_t shape[TENSOR_MAX_DIM], keep[TENSOR_MAX_DIM];
  int ndim = node_in_shape(n, 0, shape);
  unsigned dims = node_args(n)->reduce.dims;
  for (int i = 0; i < ndim; i++) keep[i] = dims >> i & 1 ? 1 : shape[i];
  return fm_expand(fm_reshape(d, ndim, keep), ndim, shape);
}

static double reduced_count(Node *n) {
  int64_t shape[TENSOR_MAX_DIM];
  int ndim = node_in_shape(n, 0, shape);
  return (double)extent(ndim, shape, node_args(n)->reduce.dims);
}

/* --- sum, mean -------------------------------------------------------------------------------------------- */

static int fw_sum(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  unsigned dims = dim_mask(in[0], a);
  Tensor k = kept(out, in[0], dims);
  reduce_sum(&k, in[0], dims);
  return 0;
}

static int bw_sum(Node *n, Tensor *d, Tensor **din) { return (din[0] = spread(n, d)) ? 0 : -1; }

static int fw_mean(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  fw_sum(out, in, nin, a);
  double count = (double)extent(in[0]->ndim, in[0]->shape, dim_mask(in[0], a));
  FormulaMark m = fm_begin();
  Tensor *c = fm_const(out, count);
  if (c) map2(out, out, c, out->dtype == DT_F32 ? kern_div_f32 : kern_div_f64);
  fm_end(m, NULL);
  return c ? 0 : -1;
}

static int bw_mean(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = spread(n, fm_divs(d, reduced_count(n)))) ? 0 : -1;
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

/* --- amax, amin: a tie shares the gradient evenly, as PyTorch's amax does --------------------------------------- */

static int infer_extreme(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  if (extent(in[0]->ndim, in[0]->shape, dim_mask(in[0], a)) == 0) {
    return err_set("max/min: shape %s has no element to choose from", tensor_shape_str(in[0]));
  }
  return infer_reduce(s, in, nin, a);
}

static int fw_amax(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  unsigned dims = dim_mask(in[0], a);
  Tensor k = kept(out, in[0], dims);
  reduce_amax(&k, in[0], dims);
  return 0;
}

static int fw_amin(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  unsigned dims = dim_mask(in[0], a);
  Tensor k = kept(out, in[0], dims);
  reduce_amin(&k, in[0], dims);
  return 0;
}

static int bw_extreme(Node *n, Tensor *d, Tensor **din) {
  Tensor *x = node_saved(n, 0);
  Tensor *winner = fm_cast(fm_op2(OP_EQ, x, spread(n, node_out(n))), (DType)d->dtype);
  Tensor *count = spread(n, fm_sum(winner, node_args(n)->reduce.dims, true));
  return (din[0] = fm_mul(fm_div(winner, count), spread(n, d))) ? 0 : -1;
}
const Op row_AMAX = {.name = "amax",
                     .nin = 1,
                     .args = OP_ARGS(reduce),
                     .promotes = 1,
                     .save = SAVE_INPUT(0) | SAVE_OUT,
                     .infer = infer_extreme,
                     .forward = fw_amax,
                     .backward = bw_extreme};
const Op row_AMIN = {.name = "amin",
                     .nin = 1,
                     .args = OP_ARGS(reduce),
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
  Tensor k = kept(out, in[0], 1u << a->argmax.dim);
  reduce_argmax(&k, in[0], (int)a->argmax.dim);
  return 0;
}

static int fw_argmin(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  Tensor k = kept(out, in[0], 1u << a->argmax.dim);
  reduce_argmin(&k, in[0], (int)a->argmax.dim);
  return 0;
}
const Op row_ARGMAX = {.name = "argmax", .nin = 1, .args = OP_ARGS(argmax), .infer = infer_arg, .forward = fw_argmax};
const Op row_ARGMIN = {.name = "argmin", .nin = 1, .args = OP_ARGS(argmax), .infer = infer_arg, .forward = fw_argmin};

/* --- norm: sqrt(sum x^2); the gradient at 0 is 0 ----------------------------------------------------------------- */

static int fw_norm(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  Tensor *sq = tensor_new_like(in[0]);
  if (!sq) return -1;
  bool f32 = out->dtype == DT_F32;
  map1(sq, in[0], f32 ? kern_square_f32 : kern_square_f64);
  fw_sum(out, &sq, nin, a);
  map1(out, out, f32 ? kern_sqrt_f32 : kern_sqrt_f64);
  tensor_release(sq);
  return 0;
}

static int bw_norm(Node *n, Tensor *d, Tensor **din) {
  Tensor *y = node_out(n);
  Tensor *ratio = fm_op3(OP_WHERE, fm_op2(OP_EQ, y, fm_const(y, 0)), fm_const(d, 0), fm_div(d, y));
  return (din[0] = fm_mul(node_saved(n, 0), spread(n, ratio))) ? 0 : -1;
}
const Op row_NORM = {.name = "norm",
                     .nin = 1,
                     .args = OP_ARGS(reduce),
                     .promotes = 1,
                     .floats = true,
                     .save = SAVE_INPUT(0) | SAVE_OUT,
                     .infer = infer_reduce,
                     .forward = fw_norm,
                     .backward = bw_norm};
