/*
 * flip.c - a row that reverses dimensions, args.reduce.dims; a copy.
 */
#include "autograd/ops/rows.h"

static int fw_flip(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  if (out->numel == 0) return 0;
  Tensor x = *in[0]; /* the same memory from the other end; it borrows the storage */
  x.contiguous = false;
  for (int d = 0; d < x.ndim; d++) {
    if (!(a->reduce.dims >> d & 1) || x.shape[d] == 1) continue;
    x.offset += (x.shape[d] - 1) * x.stride[d];
    x.stride[d] = -x.stride[d];
  }
  return tensor_copy_(out, &x);
}
static int bw_flip(Node *n, Tensor *d, Tensor **din) { return (din[0] = fm_op(OP_FLIP, &d, 1, node_args(n))) ? 0 : -1; }
const Op row_FLIP = {
    .name = "flip", .nin = 1, .args = OP_ARGS(reduce), .infer = infer_same, .forward = fw_flip, .backward = bw_flip};
