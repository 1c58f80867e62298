/*
 * scatter_reduce.c - scatter_reduce(x, index, v): x with x[.., index[.., i, ..], ..] times v[.., i, ..], or the larger or
 * smaller of both; args.along.add is the IndexWay. (Sums are scatter's.)
 *
 * Equal extremes share the gradient. That of a product is the product of all others: with p the product of what is not
 * 0 and z the number of zeros, p / v for z = 0, and p for the one zero if z = 1. Second derivatives count where nothing
 * is 0.
 */
#include "autograd/ops/rows.h"
#include "base/err.h"
#include "kernels/index/index.h"

static IndexPlace place_of(const OpArgs *a) { return (IndexPlace){a->along.dim, 1, a->along.count}; }

static int infer_scatter_reduce(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  if (row_SCATTER.infer(s, in, nin, a) < 0) return -1;
  return infer_same(s, in, nin, a);
}

static int fw_scatter_reduce(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  if (tensor_copy_(out, in[0]) < 0) return -1;
  return index_picks_checked("scatter_reduce", (IndexWay)a->along.add, out, in[2], in[1], place_of(a));
}

/* --- backward ----------------------------------------------------------------------------------------------------- */

static OpArgs along(Node *n, IndexWay way) {
  const AlongArgs *a = &node_args(n)->along;
  return (OpArgs){.along = {.dim = a->dim, .count = a->count, .add = (int32_t)way}};
}
static Tensor *gather(Node *n, Tensor *y) {
  const OpArgs a = along(n, INDEX_GET);
  return fm_op(OP_GATHER, (Tensor *[]){y, node_saved(n, 1)}, 2, &a);
}
static Tensor *scatter_add(Node *n, Tensor *x, Tensor *v) {
  const OpArgs a = along(n, INDEX_ADD);
  return fm_op(OP_SCATTER, (Tensor *[]){x, node_saved(n, 1), v}, 3, &a);
}

/* 1 where a equals b, else 0 */
static Tensor *equal(Tensor *a, Tensor *b) {
  Tensor *is = fm_op2(OP_EQ, a, b);
  return is ? fm_cast(is, (DType)a->dtype) : NULL;
}

static int bw_extreme(Node *n, Tensor *d, Tensor **din) {
  Tensor *x = node_saved(n, 0), *v = node_saved(n, 2), *y = node_out(n);
  if (!x || !v || !y) return -1;
  Tensor *of_x = equal(x, y), *of_v = equal(v, gather(n, y));
  Tensor *share = fm_div(d, scatter_add(n, of_x, of_v));
  if (node_wants(n, 0) && !(din[0] = fm_mul(of_x, share))) return -1;
  if (node_wants(n, 2) && !(din[2] = fm_mul(of_v, gather(n, share)))) return -1;
  return 0;
}

/* a with 1 for 0 */
static Tensor *without_zeros(Tensor *a, Tensor *zero) {
  return zero ? fm_op3(OP_WHERE, fm_cast(zero, DT_U8), fm_const(a, 1), a) : NULL;
}

static int bw_product(Node *n, Tensor *d, Tensor **din) {
  const OpArgs a = along(n, INDEX_MUL);
  Tensor *x = node_saved(n, 0), *v = node_saved(n, 2);
  if (!x || !v) return -1;
  Tensor *x0 = equal(x, fm_const(x, 0)), *v0 = equal(v, fm_const(v, 0)), *zeros = scatter_add(n, x0, v0);
  Tensor *x1 = without_zeros(x, x0), *v1 = without_zeros(v, v0);
  if (!x1 || !v1 || !zeros) return -1;
  Tensor *p = fm_op(OP_SCATTER_REDUCE, (Tensor *[]){x1, node_saved(n, 1), v1}, 3, &a), *dp = fm_mul(d, p);
  if (!dp) return -1;
  if (node_wants(n, 0) && !(din[0] = fm_mul(fm_div(dp, x1), equal(x0, zeros)))) return -1;
  if (node_wants(n, 2) && !(din[2] = fm_mul(fm_div(gather(n, dp), v1), equal(v0, gather(n, zeros))))) return -1;
  return 0;
}

static int bw_scatter_reduce(Node *n, Tensor *d, Tensor **din) {
  return node_args(n)->along.add == INDEX_MUL ? bw_product(n, d, din) : bw_extreme(n, d, din);
}

const Op row_SCATTER_REDUCE = {.name = "scatter_reduce",
                               .nin = 3,
                               .args = OP_ARGS(along),
                               .save = SAVE_INPUT(0) | SAVE_INPUT(1) | SAVE_INPUT(2) | SAVE_OUT,
                               .infer = infer_scatter_reduce,
                               .forward = fw_scatter_reduce,
                               .backward = bw_scatter_reduce};
