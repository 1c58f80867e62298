/*
 * expm.c - the row for the exponential of a matrix.
 */
#include "autograd/ops/linalg/matrix.h"
#include "kernels/linalg/decompositions.h"

static int fw_matrix_exp(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  return linalg_matrix_exp(out, in[0]);
}

/* the upper right block of the exponential of (A^T, d; 0, A^T) */
static int bw_matrix_exp(Node *n, Tensor *d, Tensor **din) {
  Tensor *at = fm_t(node_saved(n, 0));
  if (!at) return -1;
  const int64_t k = at->shape[1];
  Tensor *both = fm_join(fm_join(at, d, 2), fm_join(fm_zeros_like(at), at, 2), 1);
  Tensor *e = fm_op1(OP_MATRIX_EXP, both);
  return (din[0] = fm_slice(fm_slice(e, 1, 0, k, 1), 2, k, k, 1)) ? 0 : -1;
}

const Op row_MATRIX_EXP = {.name = "matrix_exp",
                           .nin = 1,
                           .promotes = 1,
                           .floats = true,
                           .save = SAVE_INPUT(0),
                           .infer = infer_square,
                           .forward = fw_matrix_exp,
                           .backward = bw_matrix_exp};
