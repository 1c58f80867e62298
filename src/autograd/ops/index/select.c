/*
 * select.c - whole parts of a tensor, picked by one index for some of its dimensions: reading, adding, replacing.
 *
 * Index tensors are int64 and count from 0 (the bindings bring what scripts give to that form). args.index says which
 * dimensions the index is for: it names positions of index.dims dimensions from index.dim on, counted row by row. In the
 * result the index's own dimensions stand in their place. index_select and index_add are each other's gradient.
 */
#include <string.h>

#include "autograd/ops/rows.h"
#include "base/err.h"
#include "kernels/index/index.h"

static IndexPlace place_of(const OpArgs *a) { return (IndexPlace){a->index.dim, a->index.dims, a->index.count}; }

static int check(const char *name, const Tensor *index, const Tensor *x, const OpArgs *a) {
  return index_check(name, index, index_size(x, place_of(a)), (IndexCount)a->index.count);
}

/* The same place, for index_select and index_put. */
static OpArgs same_place(const OpArgs *a) {
  return (OpArgs){.index = {a->index.dim, a->index.dims, a->index.count, 0, {0}}};
}

/* The same dimensions, with their sizes in a tensor of that shape. */
static OpArgs with_sizes(const OpArgs *a, const int64_t *shape) {
  OpArgs b = same_place(a);
  memcpy(b.index.size, shape + b.index.dim, (size_t)b.index.dims * sizeof *shape);
  return b;
}

/* x's shape with `put` sizes in the place of `taken` dimensions from dim on. */
static int exchange(OpShape *s, const Tensor *x, const char *name, int dim, int taken, int put, const int64_t *size) {
  const int behind = x->ndim - dim - taken;
  s->dtype = (DType)x->dtype;
  s->ndim = dim + put + behind;
  if (s->ndim > TENSOR_MAX_DIM) return err_set("%s: a tensor has at most %d dimensions", name, TENSOR_MAX_DIM);
  memcpy(s->shape, x->shape, (size_t)dim * sizeof *size);
  memcpy(s->shape + dim, size, (size_t)put * sizeof *size);
  memcpy(s->shape + dim + put, x->shape + dim + taken, (size_t)behind * sizeof *size);
  return 0;
}

/* --- index_select(x, index) --------------------------------------------------------------------------------------- */

static int infer_index_select(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const int64_t dim = a->index.dim, dims = a->index.dims;
  if (dim < 0 || dims < 0 || dim + dims > in[0]->ndim) {
    return err_set("index_select: dimension %lld of shape %s", (long long)dim + 1, tensor_shape_str(in[0]));
  }
  return exchange(s, in[0], "index_select", (int)dim, (int)dims, in[1]->ndim, in[1]->shape);
}

static int fw_index_select(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  if (check("index_select", in[1], in[0], a) < 0) return -1;
  return index_rows(INDEX_GET, in[0], out, in[1], place_of(a));
}

static int bw_index_select(Node *n, Tensor *d, Tensor **din) {
  int64_t shape[TENSOR_MAX_DIM];
  node_in_shape(n, 0, shape);
  const OpArgs args = with_sizes(node_args(n), shape);
  return (din[0] = fm_op(OP_INDEX_ADD, (Tensor *[]){d, node_saved(n, 1)}, 2, &args)) ? 0 : -1;
}

static int add_index_select(const Node *n, Tensor *whole, Tensor *d) {
  Tensor *index = node_saved(n, 1);
  return index ? index_write_rows(INDEX_ADD, whole, d, index, place_of(node_args(n))) : -1;
}

const Op row_INDEX_SELECT = {.name = "index_select",
                             .nin = 2,
                             .args = OP_ARGS(index),
                             .save = SAVE_INPUT(1),
                             .infer = infer_index_select,
                             .forward = fw_index_select,
                             .backward = bw_index_select,
                             .add = add_index_select};

/* --- index_add(d, index): zeros with the dimensions index.size, at the index += d --------------------------------- */

static int infer_index_add(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return exchange(s, in[0], "index_add", (int)a->index.dim, in[1]->ndim, (int)a->index.dims, a->index.size);
}
static int fw_index_add(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  tensor_fill_(out, 0);
  if (check("index_add", in[1], out, a) < 0) return -1;
  return index_rows(INDEX_ADD, out, in[0], in[1], place_of(a));
}
static int bw_index_add(Node *n, Tensor *d, Tensor **din) {
  const OpArgs args = same_place(node_args(n));
  return (din[0] = fm_op(OP_INDEX_SELECT, (Tensor *[]){d, node_saved(n, 1)}, 2, &args)) ? 0 : -1;
}
const Op row_INDEX_ADD = {.name = "index_add",
                          .nin = 2,
                          .args = OP_ARGS(index),
                          .save = SAVE_INPUT(1),
                          .infer = infer_index_add,
                          .forward = fw_index_add,
                          .backward = bw_index_add};

/* --- index_put(x, index, v): x with v, or + v, at the index; v has x[index]'s shape ------------------------------------ */

static int infer_index_put(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  OpShape picked;
  if (infer_index_select(&picked, in, nin, a) < 0) return -1;
  if (!shape_equal(picked.ndim, picked.shape, in[2]->ndim, in[2]->shape)) {
    return err_set("index_put: values of shape %s for an index that picks shape %s", tensor_shape_str(in[2]),
                   shape_str(picked.ndim, picked.shape));
  }
  if (in[2]->dtype != in[0]->dtype) {
    return err_set("index_put: the values have dtype %s, they must be %s as the tensor is",
                   dtype_name((DType)in[2]->dtype), dtype_name((DType)in[0]->dtype));
  }
  return infer_same(s, in, nin, a);
}
static int fw_index_put(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  if (check("index_put", in[1], in[0], a) < 0) return -1;
  return tensor_copy_(out, in[0]) < 0
             ? -1
             : index_rows(a->index.add ? INDEX_ADD : INDEX_SET, out, in[2], in[1], place_of(a));
}
static int bw_index_put(Node *n, Tensor *d, Tensor **din) {
  const OpArgs args = same_place(node_args(n));
  Tensor *index = node_saved(n, 1);
  if (!index) return -1;
  if (node_wants(n, 2) && !(din[2] = fm_op(OP_INDEX_SELECT, (Tensor *[]){d, index}, 2, &args))) return -1;
  if (!node_wants(n, 0)) return 0;
  if (node_args(n)->index.add) {
    din[0] = d;
    return 0;
  }
  OpShape s;
  if (infer_index_select(&s, (Tensor *[]){d, index}, 2, &args) < 0) return -1;
  Tensor *zero = fm_expand(fm_const(d, 0), s.ndim, s.shape);
  return (din[0] = fm_op(OP_INDEX_PUT, (Tensor *[]){d, index, zero}, 3, &args)) ? 0 : -1;
}
const Op row_INDEX_PUT = {.name = "index_put",
                          .nin = 3,
                          .args = OP_ARGS(index),
                          .save = SAVE_INPUT(1),
                          .infer = infer_index_put,
                          .forward = fw_index_put,
                          .backward = bw_index_put};
