/*
 * view.c - rows that look at the same memory through another window: reshape, permute, expand, slice.
 *
 * narrow, select, squeeze, unsqueeze, flatten and transpose are these four with other arguments.
 */
#include <string.h>

#include "autograd/ops/rows.h"
#include "base/err.h"
#include "base/size.h"

/* --- reshape: one of the sizes may be -1 ------------------------------------------------------------------------ */

static int infer_reshape(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const Tensor *x = in[0];
  int hole = -1;
  bool sane = true;
  s->dtype = (DType)x->dtype;
  s->ndim = (int)a->shape.ndim;
  for (int d = 0; d < s->ndim; d++) {
    s->shape[d] = a->shape.size[d];
    if (s->shape[d] >= 0) continue;
    sane = sane && s->shape[d] == -1 && hole < 0;
    hole = d;
    s->shape[d] = 1;
  }
  if (!sane) return err_set("reshape: %s is no shape", shape_str(s->ndim, a->shape.size));
  const int64_t known = size_product(dtype_size(s->dtype), s->ndim, s->shape);
  if (known < 0) {
    return err_set("reshape: shape %s has more elements than memory can hold", shape_str(s->ndim, a->shape.size));
  }
  if (hole >= 0 && known && x->numel % known == 0) s->shape[hole] = x->numel / known;
  if (hole >= 0 ? (known && x->numel % known == 0) : known == x->numel) return 0;
  return err_set("reshape: %s has %lld elements, which do not fit into %s", tensor_shape_str(x), (long long)x->numel,
                 shape_str(s->ndim, a->shape.size));
}

/* The strides under which the same memory has the new shape, or false. Both shapes are cut into groups of dimensions of
 * equal extent; inside a group of x the memory must be one even run. */
static bool view_strides(const Tensor *x, const OpShape *s, int64_t *stride) {
  int from = x->ndim - 1, to = s->ndim - 1;
  if (x->numel == 0) return false;
  while (from >= 0 || to >= 0) {
    while (from >= 0 && x->shape[from] == 1) from--;
    if (from < 0) { /* only sizes of 1 are left to place */
      for (; to >= 0; to--) stride[to] = 1;
      break;
    }
    int64_t base = x->stride[from], have = x->shape[from], placed = 1;
    while (from > 0 && (x->shape[from - 1] == 1 || x->stride[from - 1] == base * have)) {
      if (x->shape[from - 1] != 1) have *= x->shape[from - 1];
      from--;
    }
    from--;
    while (to >= 0 && placed * s->shape[to] <= have) {
      stride[to] = base * placed;
      placed *= s->shape[to--];
      if (placed == have && (to < 0 || s->shape[to] != 1)) break;
    }
    if (placed != have) return false;
  }
  return true;
}

static Tensor *view_reshape(const OpShape *s, Tensor *x, const OpArgs *a) {
  (void)a;
  int64_t stride[TENSOR_MAX_DIM];
  if (view_strides(x, s, stride)) return tensor_view(x, s->ndim, s->shape, stride, x->offset);
  Tensor *out = tensor_new(s->dtype, s->ndim, s->shape);
  if (!out || x->numel == 0) return out;
  for (int64_t d = x->ndim - 1, run = 1; d >= 0; d--) { /* out's memory seen in x's shape */
    stride[d] = run;
    run *= x->shape[d];
  }
  Tensor *window = tensor_view(out, x->ndim, x->shape, stride, 0);
  if (window) tensor_copy_(window, x);
  tensor_release(window ? NULL : out);
  out = window ? out : NULL;
  tensor_release(window);
  return out;
}

static int bw_reshape(Node *n, Tensor *d, Tensor **din) {
  int64_t shape[TENSOR_MAX_DIM];
  int ndim = node_in_shape(n, 0, shape);
  return (din[0] = fm_reshape(d, ndim, shape)) ? 0 : -1;
}
const Op row_RESHAPE = {.name = "reshape",
                        .nin = 1,
                        .args = OP_ARGS(shape),
                        .infer = infer_reshape,
                        .view = view_reshape,
                        .backward = bw_reshape};

/* --- permute ------------------------------------------------------------------------------------------------------ */

static int infer_permute(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  unsigned seen = 0;
  s->dtype = (DType)in[0]->dtype;
  s->ndim = in[0]->ndim;
  for (int d = 0; d < s->ndim; d++) {
    int64_t from = a->permute.from[d];
    if (from < 0 || from >= s->ndim || (seen >> from & 1)) {
      return err_set("permute: each dimension of %s must appear once", tensor_shape_str(in[0]));
    }
    seen |= 1u << from;
    s->shape[d] = in[0]->shape[from];
  }
  return 0;
}

static Tensor *view_permute(const OpShape *s, Tensor *x, const OpArgs *a) {
  int64_t stride[TENSOR_MAX_DIM];
  for (int d = 0; d < s->ndim; d++) stride[d] = x->stride[a->permute.from[d]];
  return tensor_view(x, s->ndim, s->shape, stride, x->offset);
}

static int bw_permute(Node *n, Tensor *d, Tensor **din) {
  OpArgs inverse = {.permute = {{0}}};
  for (int i = 0; i < d->ndim; i++) inverse.permute.from[node_args(n)->permute.from[i]] = i;
  return (din[0] = fm_op(OP_PERMUTE, &d, 1, &inverse)) ? 0 : -1;
}
const Op row_PERMUTE = {.name = "permute",
                        .nin = 1,
                        .args = OP_ARGS(permute),
                        .infer = infer_permute,
                        .view = view_permute,
                        .backward = bw_permute};

/* --- expand: -1 keeps a size ---------------------------------------------------------------------------------- */

static int infer_expand(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const Tensor *x = in[0];
  s->dtype = (DType)x->dtype;
  s->ndim = (int)a->shape.ndim;
  int lead = s->ndim - x->ndim;
  for (int d = 0; lead >= 0 && d < s->ndim; d++) {
    int64_t have = d < lead ? 1 : x->shape[d - lead];
    s->shape[d] = a->shape.size[d] == -1 && d >= lead ? have : a->shape.size[d];
    if (s->shape[d] < 0 || (have != 1 && have != s->shape[d])) lead = -1;
  }
  if (lead >= 0) return 0;
  return err_set("expand: shape %s does not expand to %s", tensor_shape_str(x), shape_str(s->ndim, a->shape.size));
}

static Tensor *view_expand(const OpShape *s, Tensor *x, const OpArgs *a) {
  (void)a;
  int64_t stride[TENSOR_MAX_DIM];
  int lead = s->ndim - x->ndim;
  for (int d = 0; d < s->ndim; d++) stride[d] = d < lead || x->shape[d - lead] == 1 ? 0 : x->stride[d - lead];
  return tensor_view(x, s->ndim, s->shape, stride, x->offset);
}

static int bw_expand(Node *n, Tensor *d, Tensor **din) { /* the engine sums over what was repeated */
  (void)n;
  din[0] = d;
  return 0;
}
const Op row_EXPAND = {.name = "expand",
                       .nin = 1,
                       .args = OP_ARGS(shape),
                       .infer = infer_expand,
                       .view = view_expand,
                       .backward = bw_expand};

/* --- slice ------------------------------------------------------------------------------------------------------- */

static int infer_slice(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  int64_t dim = a->slice.dim, start = a->slice.start, len = a->slice.length, step = a->slice.step;
  infer_same(s, in, nin, a);
  if (dim < 0 || dim >= s->ndim) {
    return err_set("slice: dimension %lld of shape %s", (long long)dim + 1, tensor_shape_str(in[0]));
  }
  const int64_t size = s->shape[dim];
  const bool sane = start >= 0 && start <= size && len >= 0 && step >= 1;
  if (!sane || (len > 0 && (start == size || len - 1 > (size - 1 - start) / step))) {
    return err_set("slice: %lld elements from %lld on, step %lld, do not fit into dimension %lld of shape %s",
                   (long long)len, (long long)start + 1, (long long)step, (long long)dim + 1, tensor_shape_str(in[0]));
  }
  s->shape[dim] = len;
  return 0;
}

static Tensor *view_slice(const OpShape *s, Tensor *x, const OpArgs *a) {
  const int64_t dim = a->slice.dim;
  int64_t stride[TENSOR_MAX_DIM];
  memcpy(stride, x->stride, (size_t)s->ndim * sizeof *stride);
  int64_t offset = x->offset + (s->shape[dim] ? a->slice.start * stride[dim] : 0);
  if (s->shape[dim] > 1) stride[dim] *= a->slice.step; /* the step of one element may be of any size */
  return tensor_view(x, s->ndim, s->shape, stride, offset);
}

static int bw_slice(Node *n, Tensor *d, Tensor **din) {
  OpArgs a = *node_args(n);
  int64_t shape[TENSOR_MAX_DIM];
  node_in_shape(n, 0, shape);
  a.slice.size = shape[a.slice.dim];
  return (din[0] = fm_op(OP_SLICE_GRAD, &d, 1, &a)) ? 0 : -1;
}
static Tensor *part_slice(const Node *n, Tensor *whole) {
  const OpArgs *a = node_args(n);
  OpShape s = {.ndim = whole->ndim};
  memcpy(s.shape, whole->shape, sizeof s.shape);
  s.shape[a->slice.dim] = a->slice.length;
  return view_slice(&s, whole, a);
}
const Op row_SLICE = {.name = "slice",
                      .nin = 1,
                      .args = OP_ARGS(slice),
                      .infer = infer_slice,
                      .view = view_slice,
                      .backward = bw_slice,
                      .part = part_slice};

/* slice_grad: zeros of slice.size along the dimension, with the input written into the slice. */
static int infer_slice_grad(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  infer_same(s, in, nin, a);
  s->shape[a->slice.dim] = a->slice.size;
  return 0;
}
static int fw_slice_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  tensor_fill_(out, 0);
  OpShape s = {.ndim = in[0]->ndim};
  memcpy(s.shape, in[0]->shape, sizeof s.shape);
  Tensor *window = view_slice(&s, out, a);
  int rc = window ? tensor_copy_(window, in[0]) : -1;
  tensor_release(window);
  return rc;
}
static int bw_slice_grad(Node *n, Tensor *d, Tensor **din) {
  const SliceArgs *a = &node_args(n)->slice;
  return (din[0] = fm_slice(d, (int)a->dim, a->start, a->length, a->step)) ? 0 : -1;
}
const Op row_SLICE_GRAD = {.name = "slice_grad",
                           .nin = 1,
                           .args = OP_ARGS(slice),
                           .infer = infer_slice_grad,
                           .forward = fw_slice_grad,
                           .backward = bw_slice_grad};
