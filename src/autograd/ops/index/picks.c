/*
 * picks.c - elements picked along one dimension by an index as deep as the tensor: gather, scatter.
 *
 * Index tensors are int64 and count as args.along.count says. gather and scatter_add are each other's gradient.
 */
#include <string.h>

#include "autograd/ops/rows.h"
#include "base/err.h"
#include "kernels/index/index.h"

static IndexPlace picks_along(const OpArgs *a) { return (IndexPlace){a->along.dim, 1, a->along.count}; }

static OpArgs same_picks(const OpArgs *a) { return (OpArgs){.along = {.dim = a->along.dim, .count = a->along.count}}; }

/* --- gather(x, index): out[.., i, ..] = x[.., index[.., i, ..], ..], along.dim being i's --------------------------- */

/* The shape of what an index picks; `name` for messages. */
static int fit_index(OpShape *s, Tensor *const *in, const OpArgs *a, const char *name) {
  const Tensor *x = in[0], *index = in[1];
  bool fits = x->ndim == index->ndim && a->along.dim >= 0 && a->along.dim < x->ndim;
  for (int d = 0; fits && d < x->ndim; d++) fits = d == a->along.dim || index->shape[d] <= x->shape[d];
  if (!fits) {
    return err_set("%s: an index of shape %s does not fit dimension %lld of shape %s", name, tensor_shape_str(index),
                   (long long)a->along.dim + 1, tensor_shape_str(x));
  }
  s->dtype = (DType)x->dtype;
  s->ndim = index->ndim;
  memcpy(s->shape, index->shape, (size_t)s->ndim * sizeof *s->shape);
  return 0;
}

static int infer_gather(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return fit_index(s, in, a, "gather");
}

static int fw_gather(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return index_picks_checked("gather", INDEX_GET, in[0], out, in[1], picks_along(a));
}

static int bw_gather(Node *n, Tensor *d, Tensor **din) {
  OpArgs args = same_picks(node_args(n));
  node_in_shape(n, 0, args.along.size);
  return (din[0] = fm_op(OP_SCATTER_ADD, (Tensor *[]){d, node_saved(n, 1)}, 2, &args)) ? 0 : -1;
}

static int add_gather(const Node *n, Tensor *whole, Tensor *d) {
  Tensor *index = node_saved(n, 1);
  return index ? index_write_picks(INDEX_ADD, whole, d, index, picks_along(node_args(n))) : -1;
}

const Op row_GATHER = {.name = "gather",
                       .nin = 2,
                       .args = OP_ARGS(along),
                       .save = SAVE_INPUT(1),
                       .infer = infer_gather,
                       .forward = fw_gather,
                       .backward = bw_gather,
                       .add = add_gather};

/* --- scatter_add(d, index): zeros of shape along.size, out[.., index[.., i, ..], ..] += d[.., i, ..] --------------- */

static int infer_scatter_add(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  infer_same(s, in, nin, a);
  memcpy(s->shape, a->along.size, (size_t)s->ndim * sizeof *s->shape);
  return 0;
}
static int fw_scatter_add(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  tensor_fill_(out, 0);
  return index_picks_checked("scatter_add", INDEX_ADD, out, in[0], in[1], picks_along(a));
}
static int bw_scatter_add(Node *n, Tensor *d, Tensor **din) {
  const OpArgs args = same_picks(node_args(n));
  return (din[0] = fm_op(OP_GATHER, (Tensor *[]){d, node_saved(n, 1)}, 2, &args)) ? 0 : -1;
}
const Op row_SCATTER_ADD = {.name = "scatter_add",
                            .nin = 2,
                            .args = OP_ARGS(along),
                            .save = SAVE_INPUT(1),
                            .infer = infer_scatter_add,
                            .forward = fw_scatter_add,
                            .backward = bw_scatter_add};

/* --- scatter(x, index, v): x with x[.., index[.., i, ..], ..] = (or +=) v[.., i, ..], of the index's shape --------------- */

static int infer_scatter(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  OpShape picked;
  if (fit_index(&picked, in, a, "scatter") < 0) return -1;
  if (!tensor_same_shape(in[1], in[2])) {
    return err_set("scatter: values of shape %s for an index of shape %s", tensor_shape_str(in[2]),
                   shape_str(picked.ndim, picked.shape));
  }
  if (in[2]->dtype != in[0]->dtype) {
    return err_set("scatter: the values have dtype %s, they must be %s as the tensor is",
                   dtype_name((DType)in[2]->dtype), dtype_name((DType)in[0]->dtype));
  }
  return infer_same(s, in, nin, a);
}
static int fw_scatter(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  if (tensor_copy_(out, in[0]) < 0) return -1;
  const IndexWay way = a->along.add ? INDEX_ADD : INDEX_SET;
  return index_picks_checked("scatter", way, out, in[2], in[1], picks_along(a));
}
static int bw_scatter(Node *n, Tensor *d, Tensor **din) {
  const OpArgs args = same_picks(node_args(n));
  Tensor *index = node_saved(n, 1);
  if (!index) return -1;
  if (node_wants(n, 2) && !(din[2] = fm_op(OP_GATHER, (Tensor *[]){d, index}, 2, &args))) return -1;
  if (!node_wants(n, 0)) return 0;
  if (node_args(n)->along.add) {
    din[0] = d;
    return 0;
  }
  Tensor *zero = fm_expand(fm_const(d, 0), index->ndim, index->shape);
  return (din[0] = fm_op(OP_SCATTER, (Tensor *[]){d, index, zero}, 3, &args)) ? 0 : -1;
}
const Op row_SCATTER = {.name = "scatter",
                        .nin = 3,
                        .args = OP_ARGS(along),
                        .save = SAVE_INPUT(1),
                        .infer = infer_scatter,
                        .forward = fw_scatter,
                        .backward = bw_scatter};
