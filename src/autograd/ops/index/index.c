/*
 * index.c - rows that pick elements by index tensors, and cat.
 *
 * Index tensors are int64, 0-based (the bindings subtract 1). Each pair (pick, add) is the other's gradient:
 * index_select / index_add and gather / scatter_add.
 */
#include <string.h>

#include "autograd/ops/rows.h"
#include "base/err.h"
#include "base/interrupt.h"
#include "base/size.h"
#include "core/walk.h"
#include "kernels/elementwise/map.h"

/* Checks the index tensor's type and every value against [0, size). */
static int check_index(const char *name, const Tensor *index, int64_t size) {
  if (index->dtype != DT_I64) {
    return err_set("%s: the index has dtype %s, it must be int64", name, dtype_name((DType)index->dtype));
  }
  for (int64_t i = 0; i < index->numel; i++) {
    int64_t v = index->contiguous ? tensor_i64(index)[i] : (int64_t)tensor_get(index, i);
    if (v < 0 || v >= size) {
      return err_set("%s: index %lld at position %lld is out of range 1..%lld", name, (long long)v + 1,
                     (long long)i + 1, (long long)size);
    }
  }
  return 0;
}

/* A window of one position along dim; borrowed, without a count, so that other threads may do the same. */
static Tensor row_of(const Tensor *t, int dim, int64_t at) {
  Tensor row = *t;
  row.shape[dim] = 1;
  row.numel = size_product(1, row.ndim, row.shape);
  row.offset += at * row.stride[dim];
  row.contiguous = shape_is_contiguous(row.ndim, row.shape, row.stride);
  return row;
}

/* --- index_select(x, index): along.dim ------------------------------------------------------------------------- */

static int infer_index_select(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  infer_same(s, in, nin, a);
  if (a->along.dim < 0 || a->along.dim >= s->ndim) {
    return err_set("index_select: dimension %lld of shape %s", (long long)a->along.dim + 1, tensor_shape_str(in[0]));
  }
  if (in[1]->ndim != 1) {
    return err_set("index_select: the index has shape %s, it must have one dimension", tensor_shape_str(in[1]));
  }
  s->shape[a->along.dim] = in[1]->shape[0];
  return 0;
}

/* Moves whole rows between x and out along dim: out row i = x row index[i], or out row index[i] += x row i. */
static int move_rows(Tensor *out, const Tensor *x, const Tensor *index, int dim, bool add) {
  int rc = 0;
  for (int64_t i = 0; rc == 0 && i < index->numel; i++) {
    int64_t at = (int64_t)tensor_get(index, i);
    Tensor to = row_of(out, dim, add ? at : i), from = row_of(x, dim, add ? i : at);
    if (add) {
      map2(&to, &to, &from, out->dtype == DT_F32 ? kern_add_f32 : kern_add_f64);
    } else {
      rc = tensor_copy_(&to, &from);
    }
  }
  return rc;
}

static int fw_index_select(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  Tensor *x = in[0];
  const Tensor *index = in[1];
  if (check_index("index_select", index, x->shape[a->along.dim]) < 0) return -1;
  if (a->along.dim != 0 || !x->contiguous || !index->contiguous) {
    return move_rows(out, x, index, (int)a->along.dim, false);
  }
  size_t row = (size_t)(x->shape[0] ? x->numel / x->shape[0] : 0) * dtype_size((DType)x->dtype);
  const char *from = tensor_data(x);
  char *to = tensor_data(out);
  for (int64_t i = 0; i < index->numel; i++) {
    memcpy(to + (size_t)i * row, from + (size_t)tensor_i64(index)[i] * row, row);
  }
  return 0;
}

static int bw_index_select(Node *n, Tensor *d, Tensor **din) {
  int64_t shape[TENSOR_MAX_DIM];
  node_in_shape(n, 0, shape);
  int64_t dim = node_args(n)->along.dim;
  return (din[0] = fm_op(OP_INDEX_ADD, (Tensor *[]){d, node_saved(n, 1)}, 2, &(OpArgs){.along = {dim, {shape[dim]}}}))
             ? 0
             : -1;
}
const Op row_INDEX_SELECT = {.name = "index_select",
                             .nin = 2,
                             .args = OP_ARGS(along),
                             .save = SAVE_INPUT(1),
                             .infer = infer_index_select,
                             .forward = fw_index_select,
                             .backward = bw_index_select};

/* index_add(d, index): zeros of size along.size[0] along the dimension, row index[i] += row i of d. */
static int infer_index_add(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  infer_same(s, in, nin, a);
  s->shape[a->along.dim] = a->along.size[0];
  return 0;
}
static int fw_index_add(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  tensor_fill_(out, 0);
  return move_rows(out, in[0], in[1], (int)a->along.dim, true);
}
static int bw_index_add(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = fm_op(OP_INDEX_SELECT, (Tensor *[]){d, node_saved(n, 1)}, 2,
                         &(OpArgs){.along = {node_args(n)->along.dim}}))
             ? 0
             : -1;
}
const Op row_INDEX_ADD = {.name = "index_add",
                          .nin = 2,
                          .args = OP_ARGS(along),
                          .save = SAVE_INPUT(1),
                          .infer = infer_index_add,
                          .forward = fw_index_add,
                          .backward = bw_index_add};

/* --- gather(x, index): out[.., i, ..] = x[.., index[.., i, ..], ..], along.dim being i's ---------------------- */

static int infer_gather(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const Tensor *x = in[0], *index = in[1];
  bool fits = x->ndim == index->ndim && a->along.dim >= 0 && a->along.dim < x->ndim;
  for (int d = 0; fits && d < x->ndim; d++) fits = d == a->along.dim || index->shape[d] <= x->shape[d];
  if (!fits) {
    return err_set("gather: an index of shape %s does not fit dimension %lld of shape %s", tensor_shape_str(index),
                   (long long)a->along.dim + 1, tensor_shape_str(x));
  }
  s->dtype = (DType)x->dtype;
  s->ndim = index->ndim;
  memcpy(s->shape, index->shape, (size_t)s->ndim * sizeof *s->shape);
  return 0;
}

/* Goes over index, row by row; beside it t, standing still along dim, and other, which has index's shape. */
static void walk_picks(Walk *w, const Tensor *index, const Tensor *t, const Tensor *other, int dim) {
  walk_start(w, 3);
  walk_operand(w, 0, tensor_data(index), (int64_t)sizeof(int64_t));
  walk_operand(w, 1, tensor_data(t), (int64_t)dtype_size((DType)t->dtype));
  walk_operand(w, 2, tensor_data(other), (int64_t)dtype_size((DType)other->dtype));
  for (int d = 0; d < index->ndim; d++) {
    walk_add(w, index->shape[d], (int64_t[]){index->stride[d], d == dim ? 0 : t->stride[d], other->stride[d]});
  }
  walk_finish(w);
}

/* The condition of a loop over n elements, which an interruption ends. */
static inline bool goes_on(int64_t i, int64_t n) { return i < n && ((i & 0xffff) != 0 || !interrupt_requested()); }

/* The element of operand 1 that the index at the cursor names; step: bytes from one to the next along dim. */
static char *picked(const WalkCursor *c, int64_t step) { return c->at[1] + *(const int64_t *)(void *)c->at[0] * step; }

static int fw_gather(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const Tensor *x = in[0], *index = in[1];
  int dim = (int)a->along.dim;
  if (check_index("gather", index, x->shape[dim]) < 0) return -1;
  const size_t size = dtype_size((DType)x->dtype);
  const int64_t step = x->stride[dim] * (int64_t)size;
  Walk w;
  WalkCursor c;
  walk_picks(&w, index, x, out, dim);
  walk_seek(&w, 3, w.data, 0, &c);
  for (int64_t i = 0; goes_on(i, index->numel); i++, walk_on(&w, 3, &c, 1)) memcpy(c.at[2], picked(&c, step), size);
  return 0;
}

static int bw_gather(Node *n, Tensor *d, Tensor **din) {
  OpArgs args = {.along = {node_args(n)->along.dim}};
  node_in_shape(n, 0, args.along.size);
  return (din[0] = fm_op(OP_SCATTER_ADD, (Tensor *[]){d, node_saved(n, 1)}, 2, &args)) ? 0 : -1;
}
const Op row_GATHER = {.name = "gather",
                       .nin = 2,
                       .args = OP_ARGS(along),
                       .save = SAVE_INPUT(1),
                       .infer = infer_gather,
                       .forward = fw_gather,
                       .backward = bw_gather};

/* scatter_add(d, index): zeros of shape along.size, out[.., index[.., i, ..], ..] += d[.., i, ..]. */
static int infer_scatter_add(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  infer_same(s, in, nin, a);
  memcpy(s->shape, a->along.size, (size_t)s->ndim * sizeof *s->shape);
  return 0;
}
static int fw_scatter_add(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const Tensor *d = in[0], *index = in[1];
  const int dim = (int)a->along.dim;
  const int64_t step = out->stride[dim] * (int64_t)dtype_size((DType)out->dtype);
  Walk w;
  WalkCursor c;
  tensor_fill_(out, 0);
  walk_picks(&w, index, out, d, dim);
  walk_seek(&w, 3, w.data, 0, &c);
  for (int64_t i = 0; goes_on(i, index->numel); i++, walk_on(&w, 3, &c, 1)) {
    char *to = picked(&c, step);
    if (out->dtype == DT_F32) {
      *(float *)(void *)to += *(const float *)(void *)c.at[2];
    } else {
      *(double *)(void *)to += *(const double *)(void *)c.at[2];
    }
  }
  return 0;
}
static int bw_scatter_add(Node *n, Tensor *d, Tensor **din) {
  return (din[0] =
              fm_op(OP_GATHER, (Tensor *[]){d, node_saved(n, 1)}, 2, &(OpArgs){.along = {node_args(n)->along.dim}}))
             ? 0
             : -1;
}
const Op row_SCATTER_ADD = {.name = "scatter_add",
                            .nin = 2,
                            .args = OP_ARGS(along),
                            .promotes = 1,
                            .floats = true,
                            .save = SAVE_INPUT(1),
                            .infer = infer_scatter_add,
                            .forward = fw_scatter_add,
                            .backward = bw_scatter_add};

/* --- cat(x1, x2, ...), along.dim ------------------------------------------------------------------------------ */

static int infer_cat(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  infer_same(s, in, nin, a);
  int64_t dim = a->along.dim;
  if (dim < 0 || dim >= s->ndim) {
    return err_set("cat: dimension %lld of shape %s", (long long)dim + 1, tensor_shape_str(in[0]));
  }
  for (int k = 1; k < nin; k++) {
    bool fits = in[k]->ndim == s->ndim;
    for (int d = 0; fits && d < s->ndim; d++) fits = d == dim || in[k]->shape[d] == s->shape[d];
    if (!fits) {
      return err_set("cat: shapes %s and %s differ in more than dimension %lld", tensor_shape_str(in[0]),
                     tensor_shape_str(in[k]), (long long)dim + 1);
    }
    if (__builtin_add_overflow(s->shape[dim], in[k]->shape[dim], &s->shape[dim])) {
      return err_set("cat: the sizes of dimension %lld add up to more than memory can hold", (long long)dim + 1);
    }
  }
  return 0;
}

static int fw_cat(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  int64_t at = 0, dim = a->along.dim;
  int rc = 0;
  for (int k = 0; rc == 0 && k < nin; k++) {
    Tensor *window = tensor_view(out, out->ndim, in[k]->shape, out->stride, out->offset + at * out->stride[dim]);
    rc = window ? tensor_copy_(window, in[k]) : -1;
    tensor_release(window);
    at += in[k]->shape[dim];
  }
  return rc;
}

static int bw_cat(Node *n, Tensor *d, Tensor **din) {
  int64_t at = 0;
  for (int k = 0; k < node_nin(n); k++) {
    int64_t len = node_in_length(n, k);
    if (node_wants(n, k) && !(din[k] = fm_slice(d, (int)node_args(n)->along.dim, at, len, 1))) return -1;
    at += len;
  }
  return 0;
}
const Op row_CAT = {.name = "cat",
                    .nin = -1,
                    .args = OP_ARGS(along),
                    .promotes = ~0u,
                    .infer = infer_cat,
                    .forward = fw_cat,
                    .backward = bw_cat};
