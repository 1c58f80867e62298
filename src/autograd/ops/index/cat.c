/*
 * cat.c - joining tensors.
 */
#include <string.h>

#include "autograd/ops/rows.h"
#include "base/err.h"
#include "kernels/index/index.h"

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

/* Whether pieces of memory may be copied; a tensor of one piece is left to the threads of a copy. */
static bool in_pieces(const Tensor *out, Tensor *const *in, int nin, int64_t dim) {
  int64_t outer = 1;
  for (int64_t d = 0; d < dim; d++) outer *= out->shape[d];
  bool even = out->contiguous && outer > 1;
  for (int k = 0; even && k < nin; k++) even = in[k]->contiguous && in[k]->dtype == out->dtype;
  return even;
}

static int fw_cat(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  int64_t at = 0, dim = a->along.dim;
  int rc = 0;
  if (in_pieces(out, in, nin, dim)) {
    index_join_rows(out, in, nin, (int)dim);
    return 0;
  }
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
