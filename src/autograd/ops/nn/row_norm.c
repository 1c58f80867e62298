/*
 * row_norm.c - layer normalisation and RMS normalisation of the last dimensions; formulas in kernels/rownorm/rownorm.h.
 * The weight and the bias have the shape of these dimensions; the caller has checked it.
 */
#include <string.h>

#include "autograd/ops/rows.h"
#include "kernels/rownorm/rownorm.h"

static RowNorm job(const Tensor *x, const OpArgs *a) {
  RowNorm r = {.dtype = (DType)x->dtype, .rows = 1, .n = 1, .rms = a->row_norm.rms != 0, .eps = a->row_norm.eps};
  for (int d = 0; d < x->ndim; d++) *(d < x->ndim - a->row_norm.ndim ? &r.rows : &r.n) *= x->shape[d];
  return r;
}

/* Row-major copies of up to three inputs; false, with all of them released, without memory. */
static bool borrow(Tensor **t, Tensor *const *in, int n) {
  bool ok = true;
  for (int i = 0; i < n; i++) ok = (t[i] = tensor_contiguous(in[i])) && ok;
  for (int i = 0; !ok && i < n; i++) tensor_release(t[i]);
  return ok;
}

static void put_back(Tensor **t, int n) {
  for (int i = 0; i < n; i++) tensor_release(t[i]);
}

/* --- row_norm(x[, weight[, bias]]) ------------------------------------------------------------------------------- */

static int fw_row_norm(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  Tensor *t[3];
  if (!borrow(t, in, nin)) return -1;
  RowNorm r = job(t[0], a);
  r.x = tensor_data(t[0]);
  r.w = nin > 1 ? tensor_data(t[1]) : NULL;
  r.b = nin > 2 ? tensor_data(t[2]) : NULL;
  r.y = tensor_data(out);
  if (r.n > 0) row_norm(&r);
  put_back(t, nin);
  return 0;
}

/* The dimensions that are normalized, or the ones before them. */
static unsigned norm_dims(const Tensor *x, const OpArgs *a) {
  return ((1u << x->ndim) - 1) & ~((1u << (x->ndim - a->row_norm.ndim)) - 1);
}

/* (x - mean) / sqrt(variance + eps), and *scale = 1 / sqrt(variance + eps), by operations that can be differentiated */
static Tensor *normalized(Tensor *x, const OpArgs *a, Tensor **scale) {
  if (!x) return NULL;
  const unsigned dims = norm_dims(x, a);
  Tensor *c = a->row_norm.rms ? x : fm_sub(x, fm_mean(x, dims, true));
  *scale = fm_pows(fm_adds(fm_mean(fm_mul(c, c), dims, true), a->row_norm.eps), -0.5);
  return fm_mul(c, *scale);
}

/* (2, the normalized dimensions): the gradient of the weight, then that of the bias */
static int infer_param_grad(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const int ndim = (int)a->row_norm.ndim;
  s->dtype = (DType)in[0]->dtype;
  s->ndim = 1 + ndim;
  s->shape[0] = 2;
  memcpy(s->shape + 1, in[0]->shape + in[0]->ndim - ndim, (size_t)ndim * sizeof *s->shape);
  return 0;
}

/* The gradients where they are to be differentiated again. */
static int bw_by_formula(Node *n, Tensor *d, Tensor **din) {
  const OpArgs *a = node_args(n);
  Tensor *scale = NULL, *x = node_saved(n, 0), *h = normalized(x, a, &scale);
  if (!h) return -1;
  const unsigned dims = norm_dims(x, a), rows = ((1u << x->ndim) - 1) & ~dims;
  if (node_wants(n, 0)) {
    Tensor *g = node_nin(n) > 1 ? fm_mul(d, node_saved(n, 1)) : d;
    Tensor *rest = fm_sub(g, fm_mul(h, fm_mean(fm_mul(g, h), dims, true)));
    if (!a->row_norm.rms) rest = fm_sub(rest, fm_mean(g, dims, true));
    if (!(din[0] = fm_mul(scale, rest))) return -1;
  }
  for (int i = 1; i < node_nin(n); i++) {
    if (!node_wants(n, i)) continue;
    Tensor *each = i == 1 ? fm_mul(d, h) : d;
    if (!(din[i] = rows ? fm_sum(each, rows, false) : each)) return -1;
  }
  return 0;
}

static bool wants_params(const Node *n) {
  return (node_nin(n) > 1 && node_wants(n, 1)) || (node_nin(n) > 2 && node_wants(n, 2));
}

/* (2, the normalized dimensions): memory for the gradients of the weight and of the bias */
static Tensor *new_params(const Tensor *x, const OpArgs *a) {
  OpShape s;
  infer_param_grad(&s, (Tensor *[]){(Tensor *)x}, 1, a);
  return fm_own(tensor_new(s.dtype, s.ndim, s.shape));
}

static int bw_row_norm(Node *n, Tensor *d, Tensor **din) {
  const OpArgs *a = node_args(n);
  if (grad_mode()) return bw_by_formula(n, d, din);
  Tensor *x = node_saved(n, 0), *w = node_nin(n) > 1 ? node_saved(n, 1) : NULL, *both = NULL;
  if (!x || !w != (node_nin(n) < 2)) return -1;
  const RowNorm r = job(x, a);
  if (node_wants(n, 0) && wants_params(n) && row_norm_grad_together(&r)) {
    both = new_params(x, a);
    if (!(din[0] = both ? fm_op(OP_ROW_NORM_ALL_GRAD, (Tensor *[]){both, x, d, w}, w ? 4 : 3, a) : NULL)) return -1;
  } else if (node_wants(n, 0)) {
    if (!(din[0] = fm_op(OP_ROW_NORM_GRAD, (Tensor *[]){x, d, w}, w ? 3 : 2, a))) return -1;
  }
  for (int i = 1; i < node_nin(n); i++) {
    if (!node_wants(n, i)) continue;
    if (!both && !(both = fm_op(OP_ROW_NORM_PARAM_GRAD, (Tensor *[]){x, d}, 2, a))) return -1;
    Tensor *part = fm_slice(both, 0, i - 1, 1, 1);
    if (!part || !(din[i] = fm_reshape(part, both->ndim - 1, both->shape + 1))) return -1;
  }
  return 0;
}
const Op row_ROW_NORM = {.name = "row_norm",
                         .nin = 3,
                         .args = OP_ARGS(row_norm),
                         .promotes = 7,
                         .floats = true,
                         .save = SAVE_INPUT(0) | SAVE_INPUT(1),
                         .infer = infer_same,
                         .forward = fw_row_norm,
                         .backward = bw_row_norm};

/* --- row_norm_grad(x, d[, weight]), row_norm_param_grad(x, d), row_norm_all_grad(dw and db, x, d[, weight]) ---------------------------------------------------- */

static int fw_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  Tensor *t[3];
  if (!borrow(t, in, nin)) return -1;
  RowNorm r = job(t[0], a);
  r.x = tensor_data(t[0]);
  r.d = tensor_data(t[1]);
  r.w = nin > 2 ? tensor_data(t[2]) : NULL;
  r.y = tensor_data(out);
  if (r.n > 0) row_norm_grad(&r);
  put_back(t, nin);
  return 0;
}
const Op row_ROW_NORM_GRAD = {.name = "row_norm_grad",
                              .nin = 3,
                              .args = OP_ARGS(row_norm),
                              .promotes = 7,
                              .floats = true,
                              .infer = infer_same,
                              .forward = fw_grad};

static int fw_param_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  Tensor *t[2];
  if (!borrow(t, in, nin)) return -1;
  RowNorm r = job(t[0], a);
  r.x = tensor_data(t[0]);
  r.d = tensor_data(t[1]);
  r.dw = tensor_data(out);
  const int rc = row_norm_param_grad(&r);
  put_back(t, nin);
  return rc;
}
const Op row_ROW_NORM_PARAM_GRAD = {.name = "row_norm_param_grad",
                                    .nin = 2,
                                    .args = OP_ARGS(row_norm),
                                    .promotes = 3,
                                    .floats = true,
                                    .infer = infer_param_grad,
                                    .forward = fw_param_grad};

static int infer_all_grad(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  return infer_same(s, in + 1, nin - 1, a);
}

static int fw_all_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  Tensor *t[3];
  if (!borrow(t, in + 1, nin - 1)) return -1;
  RowNorm r = job(t[0], a);
  r.x = tensor_data(t[0]);
  r.d = tensor_data(t[1]);
  r.w = nin > 3 ? tensor_data(t[2]) : NULL;
  r.y = tensor_data(out);
  r.dw = tensor_data(in[0]);
  const int rc = row_norm_param_grad(&r);
  put_back(t, nin - 1);
  return rc;
}
const Op row_ROW_NORM_ALL_GRAD = {.name = "row_norm_all_grad",
                                  .nin = 4,
                                  .args = OP_ARGS(row_norm),
                                  .promotes = 15,
                                  .floats = true,
                                  .writes = 1,
                                  .infer = infer_all_grad,
                                  .forward = fw_all_grad};
