/*
 * logsumexp.c - a row for the logarithm of the sum of e^x over dimensions, without overflow.
 *
 * Arguments: ReduceArgs. The gradient is e^(x - y).
 */
#include <string.h>

#include "autograd/ops/rows.h"
#include "kernels/softmax/sums.h"

/* x as (kept, reduced), where several dimensions are reduced; a new reference. */
static Tensor *as_rows(Tensor *x, unsigned dims) {
  int64_t shape[TENSOR_MAX_DIM], stride[TENSOR_MAX_DIM], flat[2] = {1, 1};
  int n = 0;
  for (int part = 0; part < 2; part++) {
    for (int d = 0; d < x->ndim; d++) {
      if ((int)(dims >> d & 1) != part) continue;
      shape[n] = x->shape[d];
      stride[n++] = x->stride[d];
      flat[part] *= x->shape[d];
    }
  }
  Tensor *window = tensor_view(x, n, shape, stride, x->offset);
  Tensor *copy = window ? tensor_contiguous(window) : NULL;
  Tensor *rows = copy ? tensor_view(copy, 2, flat, (int64_t[]){flat[1], 1}, copy->offset) : NULL;
  tensor_release(window);
  tensor_release(copy);
  return rows;
}

static int fw_logsumexp(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const unsigned dims = reduce_dims(in[0], a);
  const bool one = (dims & (dims - 1)) == 0 && (dims || in[0]->ndim == 0);
  Tensor *x = one ? tensor_retain(in[0]) : as_rows(in[0], dims);
  const int rc = x ? softmax_log_sums(out, x, !one ? 1 : dims ? __builtin_ctz(dims) : 0) : -1;
  tensor_release(x);
  return rc;
}

static int bw_logsumexp(Node *n, Tensor *d, Tensor **din) {
  Tensor *share = fm_op1(OP_EXP, fm_sub(node_saved(n, 0), reduce_spread(n, node_out(n))));
  return (din[0] = fm_mul(share, reduce_spread(n, d))) ? 0 : -1;
}

const Op row_LOGSUMEXP = {.name = "logsumexp",
                          .nin = 1,
                          .args = OP_ARGS(reduce),
                          .promotes = 1,
                          .floats = true,
                          .save = SAVE_INPUT(0) | SAVE_OUT,
                          .infer = infer_reduce,
                          .forward = fw_logsumexp,
                          .backward = bw_logsumexp};
