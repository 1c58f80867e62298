/*
 * cholesky.c - the row for A = L L^T.
 */
#include "autograd/ops/linalg/matrix.h"
#include "kernels/linalg/decompositions.h"

static int fw_cholesky(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  return linalg_cholesky(out, in[0]);
}

/* L^-T P L^-1 made symmetric, where P is the lower triangle of L^T d with half of its diagonal */
static int bw_cholesky(Node *n, Tensor *d, Tensor **din) {
  Tensor *l = node_out(n), *lt = fm_t(l);
  Tensor *p = fm_triangle(fm_bmm(lt, d), false, 0.5);
  Tensor *left = fm_solve_triangular(lt, p, true, false);
  Tensor *both = fm_t(fm_solve_triangular(lt, fm_t(left), true, false));
  return (din[0] = fm_muls(fm_add(both, fm_t(both)), 0.5)) ? 0 : -1;
}

const Op row_CHOLESKY = {.name = "cholesky",
                         .nin = 1,
                         .promotes = 1,
                         .floats = true,
                         .save = SAVE_OUT,
                         .infer = infer_square,
                         .forward = fw_cholesky,
                         .backward = bw_cholesky};
