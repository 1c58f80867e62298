/*
 * scan.c - rows for running sums and products and for linear recurrences along a dimension, and for products.
 *
 * A recurrence y_k = b_k + a_k y_(k-1) has itself, backwards, as its gradient: with g_k the gradient of y_k,
 * db_k = g_k + a_(k+1) db_(k+1) and da_k = db_k y_(k-1). The gradient of running products is one too, without a
 * division: dx_k = (x_1 ... x_(k-1)) s_k with s_k = d_k + x_(k+1) s_(k+1).
 */
#include "kernels/scan/scan.h"
#include "autograd/ops/rows.h"
#include "base/err.h"
#include "kernels/reduce/reduce.h"

static int infer_scan(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  infer_same(s, in, nin, a);
  if (a->scan.dim < 0 || a->scan.dim >= s->ndim) {
    return err_set("scan: dimension %lld of shape %s", (long long)a->scan.dim + 1, tensor_shape_str(in[0]));
  }
  return 0;
}

static Tensor *scan(OpId id, Tensor *x, int64_t dim, bool reverse) {
  return fm_op(id, &x, 1, &(OpArgs){.scan = {dim, reverse}});
}

/* x one position on along dim (back: one position towards the first), with `fill` at the free place. */
static Tensor *shifted(Tensor *x, int dim, bool back, double fill) {
  int64_t shape[TENSOR_MAX_DIM];
  if (!x || x->shape[dim] == 0) return x;
  for (int d = 0; d < x->ndim; d++) shape[d] = d == dim ? 1 : x->shape[d];
  Tensor *edge = fm_own(tensor_full((DType)x->dtype, x->ndim, shape, fill));
  Tensor *rest = fm_slice(x, dim, back, x->shape[dim] - 1, 1);
  if (!edge || !rest) return NULL;
  return fm_op(OP_CAT, back ? (Tensor *[]){rest, edge} : (Tensor *[]){edge, rest}, 2, &(OpArgs){.along = {dim}});
}

/* --- cumsum, cumprod ---------------------------------------------------------------------------------------------- */

static int fw_cumsum(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return scan_sum(out, in[0], (int)a->scan.dim, a->scan.reverse);
}
static int bw_cumsum(Node *n, Tensor *d, Tensor **din) {
  const OpArgs *a = node_args(n);
  return (din[0] = scan(OP_CUMSUM, d, a->scan.dim, !a->scan.reverse)) ? 0 : -1;
}
const Op row_CUMSUM = {.name = "cumsum",
                       .nin = 1,
                       .args = OP_ARGS(scan),
                       .promotes = 1,
                       .wide = true,
                       .infer = infer_scan,
                       .forward = fw_cumsum,
                       .backward = bw_cumsum};

static int fw_cumprod(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return scan_product(out, in[0], (int)a->scan.dim, a->scan.reverse);
}
static int bw_cumprod(Node *n, Tensor *d, Tensor **din) {
  const int dim = (int)node_args(n)->scan.dim;
  const bool reverse = node_args(n)->scan.reverse;
  Tensor *before = shifted(node_out(n), dim, reverse, 1), *next = shifted(node_saved(n, 0), dim, !reverse, 1);
  if (!before || !next) return -1;
  Tensor *sums = fm_op(OP_SCAN, (Tensor *[]){next, d}, 2, &(OpArgs){.scan = {dim, !reverse}});
  return (din[0] = fm_mul(before, sums)) ? 0 : -1;
}
const Op row_CUMPROD = {.name = "cumprod",
                        .nin = 1,
                        .args = OP_ARGS(scan),
                        .promotes = 1,
                        .wide = true,
                        .save = SAVE_INPUT(0) | SAVE_OUT,
                        .infer = infer_scan,
                        .forward = fw_cumprod,
                        .backward = bw_cumprod};

/* --- scan(a, b): the recurrence ----------------------------------------------------------------------------------- */

static int infer_recurrence(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  if (!tensor_same_shape(in[0], in[1])) {
    return err_set("scan: shapes %s and %s differ", tensor_shape_str(in[0]), tensor_shape_str(in[1]));
  }
  return infer_scan(s, in, nin, a);
}
static int fw_scan(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return scan_recurrence(out, in[0], in[1], (int)a->scan.dim, a->scan.reverse);
}
static int bw_scan(Node *n, Tensor *d, Tensor **din) {
  const int dim = (int)node_args(n)->scan.dim;
  const bool reverse = node_args(n)->scan.reverse;
  Tensor *next = shifted(node_saved(n, 0), dim, !reverse, 0);
  Tensor *db = next ? fm_op(OP_SCAN, (Tensor *[]){next, d}, 2, &(OpArgs){.scan = {dim, !reverse}}) : NULL;
  if (node_wants(n, 0) && !(din[0] = fm_mul(db, shifted(node_out(n), dim, reverse, 0)))) return -1;
  if (node_wants(n, 1) && !(din[1] = db)) return -1;
  return 0;
}
const Op row_SCAN = {.name = "scan",
                     .nin = 2,
                     .args = OP_ARGS(scan),
                     .promotes = 3,
                     .floats = true,
                     .save = SAVE_INPUT(0) | SAVE_OUT,
                     .infer = infer_recurrence,
                     .forward = fw_scan,
                     .backward = bw_scan};

/* --- prod: the gradient is the product of all others, from both sides --------------------------------------------- */

static int fw_prod(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  unsigned dims = reduce_dims(in[0], a);
  Tensor k = reduce_kept(out, in[0], dims);
  reduce_prod(&k, in[0], dims);
  return 0;
}
static int bw_prod(Node *n, Tensor *d, Tensor **din) {
  Tensor *x = node_saved(n, 0);
  int dim = 0;
  if (!x) return -1;
  while (dim < x->ndim && !(node_args(n)->reduce.dims >> dim & 1)) dim++;
  if (dim == x->ndim) { /* of a number: the number */
    din[0] = d;
    return 0;
  }
  Tensor *before = shifted(scan(OP_CUMPROD, x, dim, false), dim, false, 1);
  Tensor *behind = shifted(scan(OP_CUMPROD, x, dim, true), dim, true, 1);
  return (din[0] = fm_mul(fm_mul(before, behind), reduce_spread(n, d))) ? 0 : -1;
}
/* dims: one dimension at most */
const Op row_PROD = {.name = "prod",
                     .nin = 1,
                     .args = OP_ARGS(reduce),
                     .promotes = 1,
                     .wide = true,
                     .save = SAVE_INPUT(0),
                     .infer = infer_reduce,
                     .forward = fw_prod,
                     .backward = bw_prod};
