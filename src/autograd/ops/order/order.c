/*
 * order.c - rows for positions in sorted order: 0-based, int64, no gradient. The values are gathered from them.
 */
#include "autograd/ops/rows.h"
#include "base/err.h"
#include "kernels/sort/sort.h"

static int infer_order(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  infer_same(s, in, nin, a);
  s->dtype = DT_I64;
  if (a->order.dim >= 0 && a->order.dim < s->ndim) return 0;
  return err_set("argsort: dimension %lld of shape %s", (long long)a->order.dim + 1, tensor_shape_str(in[0]));
}

static int infer_argsort(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  if (infer_order(s, in, nin, a) < 0) return -1;
  const int64_t size = s->shape[a->order.dim];
  s->shape[a->order.dim] = a->order.k;
  if (a->order.k >= 0 && a->order.k <= size) return 0;
  return err_set("argsort: k must be at most %lld, the size of dimension %lld of shape %s, got %lld", (long long)size,
                 (long long)a->order.dim + 1, tensor_shape_str(in[0]), (long long)a->order.k);
}
static int fw_argsort(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return sort_positions(out, in[0], (int)a->order.dim, a->order.k, a->order.descending != 0);
}
const Op row_ARGSORT = {
    .name = "argsort", .nin = 1, .args = OP_ARGS(order), .infer = infer_argsort, .forward = fw_argsort};

static int infer_argkth(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  if (infer_order(s, in, nin, a) < 0) return -1;
  const int64_t size = s->shape[a->order.dim];
  s->shape[a->order.dim] = 1;
  if (a->order.k < size && size > 0) return 0;
  if (a->order.k < 0) return err_set("argsort: shape %s has no element to choose from", tensor_shape_str(in[0]));
  return err_set("argsort: k must be at most %lld, the size of dimension %lld of shape %s, got %lld", (long long)size,
                 (long long)a->order.dim + 1, tensor_shape_str(in[0]), (long long)a->order.k + 1);
}
static int fw_argkth(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return sort_kth(out, in[0], (int)a->order.dim, a->order.k);
}
const Op row_ARGKTH = {.name = "argkth", .nin = 1, .args = OP_ARGS(order), .infer = infer_argkth, .forward = fw_argkth};

/* searchsorted(sorted, values); args.order.descending: 1 for the place behind equal elements */
static int infer_search(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)a, (void)nin;
  const Tensor *sorted = in[0], *v = in[1];
  infer_same(s, in + 1, 1, a);
  s->dtype = DT_I64;
  bool fits = sorted->ndim == 1 || (sorted->ndim > 1 && sorted->ndim == v->ndim);
  for (int d = 0; fits && sorted->ndim > 1 && d < v->ndim - 1; d++) fits = sorted->shape[d] == v->shape[d];
  if (fits) return 0;
  return err_set(
      "searchsorted: sequences of shape %s do not fit values of shape %s; all dimensions but the last must agree",
      tensor_shape_str(sorted), tensor_shape_str(v));
}
static int fw_search(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  return sort_search(out, in[0], in[1], a->order.descending != 0);
}
const Op row_SEARCHSORTED = {.name = "searchsorted",
                             .nin = 2,
                             .args = OP_ARGS(order),
                             .promotes = 3,
                             .infer = infer_search,
                             .forward = fw_search};
