/*
 * cross_entropy.c - the cross entropy of scores (C), (N, C) or (N, C, d1, ...) with labels, of the scores' shape less
 * the classes: positions from 0, int64, or -1 for what is ignored, which the caller has checked. Formulas in
 * kernels/loss/cross_entropy.h.
 *
 * A mean divides by the sum of the weights of the labels that are not ignored.
 */
#include "kernels/loss/cross_entropy.h"

#include <assert.h>
#include <string.h>

#include "autograd/ops/rows.h"
#include "base/alloc.h"
#include "base/parallel.h"
#include "base/size.h"
#include "kernels/reduce/reduce.h"
#include "kernels/softmax/softmax.h"

static int class_dim(const Tensor *x) { return x->ndim > 1 ? 1 : 0; }

/* --- a job and the tensors that it borrows from ------------------------------------------------------------------- */

typedef struct Borrowed {
  CrossEntropyJob job;
  int64_t rows;
  Tensor *x, *labels, *weight; /* owned */
} Borrowed;

static void release(Borrowed *b) {
  tensor_release(b->x);
  tensor_release(b->labels);
  tensor_release(b->weight);
}

static double element(const Tensor *t, int64_t i) {
  return t->dtype == DT_F32 ? (double)tensor_f32(t)[i] : tensor_f64(t)[i];
}

/* weight: NULL where there is none. -1 without memory; release in any case. */
static int borrow(Borrowed *b, Tensor *x, Tensor *labels, Tensor *weight, const OpArgs *a) {
  const int dim = class_dim(x);
  *b = (Borrowed){.job = {.n = x->shape[dim], .inner = score_inner(x, dim), .smoothing = a->loss.smoothing}};
  b->rows = score_count(x, dim);
  b->x = score_tensor(&b->job.x, x, dim);
  b->labels = tensor_contiguous(labels);
  b->weight = weight ? tensor_contiguous(weight) : NULL;
  if (!b->x || !b->labels || (weight && !b->weight)) return -1;
  b->job.label = tensor_i64(b->labels);
  b->job.weight = b->weight ? tensor_data(b->weight) : NULL;
  b->job.weight_sum = (double)b->job.n;
  if (!b->weight) return 0;
  b->job.weight_sum = 0;
  for (int64_t c = 0; c < b->job.n; c++) b->job.weight_sum += element(b->weight, c);
  return 0;
}

static double label_weight(const Borrowed *b, int64_t r) {
  const int64_t y = b->job.label[r];
  return y < 0 ? 0 : b->weight ? element(b->weight, y) : 1;
}

/* What a mean divides by; 1 for other reductions. */
static double divisor(const Borrowed *b, const OpArgs *a) {
  double sum = 0;
  if (a->loss.reduction != REDUCE_MEAN) return 1;
  for (int64_t r = 0; r < b->rows; r++) sum += label_weight(b, r);
  return sum;
}

typedef struct Shared {
  const CrossEntropyJob *job;
  CrossEntropyRows *run;
  DType dtype;
  void *scratch;
} Shared;

static void run_rows(void *ctx, int64_t begin, int64_t end) {
  const Shared *s = ctx;
  s->run(s->job, begin, end, s->scratch ? score_scratch_own(s->scratch, s->dtype, 1, s->job->n) : NULL);
}

static int share(const Borrowed *b, CrossEntropyRows *run, DType dt) {
  Shared s = {&b->job, run, dt, NULL};
  const bool panels = !cross_entropy_along_rows(&b->job);
  if (b->rows == 0) return 0;
  if (panels && !(s.scratch = score_scratch_get(dt, 1, b->job.n))) return -1;
  parallel_for(b->rows, score_grain(b->job.n, panels), run_rows, &s);
  if (panels) score_scratch_put(s.scratch, dt, 1, b->job.n);
  return 0;
}

/* --- cross_entropy(x, labels[, weight]) --------------------------------------------------------------------------- */

static int infer_labels(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  s->dtype = (DType)in[0]->dtype;
  s->ndim = in[1]->ndim;
  memcpy(s->shape, in[1]->shape, (size_t)s->ndim * sizeof *s->shape);
  return 0;
}

static int infer_cross_entropy(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  assert(in[1]->dtype == DT_I64 && in[0]->ndim == in[1]->ndim + 1);
  infer_labels(s, in, nin, a);
  if (a->loss.reduction != REDUCE_NONE) s->ndim = 0;
  return 0;
}

static int reduced(Tensor *out, Borrowed *b, const OpArgs *a) {
  const size_t bytes = SIZE_BYTES(dtype_size((DType)out->dtype), b->rows);
  void *each = b->job.loss = alloc_get(bytes);
  int rc = each ? share(b, cross_entropy_kernels()->forward[out->dtype == DT_F64], (DType)out->dtype) : -1;
  if (rc == 0) {
    const double sum =
        out->dtype == DT_F32 ? reduce_sum_run_f32(b->rows, each, 1) : reduce_sum_run_f64(b->rows, each, 1);
    tensor_set(out, 0, a->loss.reduction == REDUCE_MEAN ? sum / divisor(b, a) : sum);
  }
  alloc_put(each, bytes);
  return rc;
}

static int fw_cross_entropy(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  Borrowed b;
  int rc = borrow(&b, in[0], in[1], nin > 2 ? in[2] : NULL, a);
  if (rc == 0 && a->loss.reduction != REDUCE_NONE) {
    rc = reduced(out, &b, a);
  } else if (rc == 0) {
    b.job.loss = tensor_data(out);
    rc = share(&b, cross_entropy_kernels()->forward[out->dtype == DT_F64], (DType)out->dtype);
  }
  release(&b);
  return rc;
}

static int bw_cross_entropy(Node *n, Tensor *d, Tensor **din) {
  const int weighted = node_nin(n) > 2;
  Tensor *in[] = {node_saved(n, 0), node_saved(n, 1), d, weighted ? node_saved(n, 2) : NULL};
  return (din[0] = fm_op(OP_CROSS_ENTROPY_GRAD, in, 3 + weighted, node_args(n))) ? 0 : -1;
}
const Op row_CROSS_ENTROPY = {.name = "cross_entropy",
                              .nin = 3,
                              .args = OP_ARGS(loss),
                              .promotes = 1 | 4,
                              .floats = true,
                              .save = SAVE_INPUT(0) | SAVE_INPUT(1) | SAVE_INPUT(2),
                              .infer = infer_cross_entropy,
                              .forward = fw_cross_entropy,
                              .backward = bw_cross_entropy};

/* --- cross_entropy_grad(x, labels, d[, weight]): d of the labels' shape, or () for all rows -------------------- */

static int fw_cross_entropy_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  Borrowed b;
  Tensor *d = tensor_contiguous(in[2]);
  int rc = borrow(&b, in[0], in[1], nin > 3 ? in[3] : NULL, a);
  Tensor *to = rc == 0 && d ? score_target(&b.job.dx, out, class_dim(out)) : NULL;
  if (to) {
    b.job.d = tensor_data(d);
    b.job.d_stride = a->loss.reduction == REDUCE_NONE;
    b.job.scale = 1 / divisor(&b, a);
    rc = share(&b, cross_entropy_kernels()->backward[out->dtype == DT_F64], (DType)out->dtype);
  }
  rc = score_deliver(out, to, to ? rc : -1);
  release(&b);
  tensor_release(d);
  return rc;
}

/* With p = softmax(x), s the shares and D the gradient of the result g: dx = s p (D - sum_c p D) d, and g is linear in
 * d: dd = sum_c g(d = 1) D. */
static int bw_cross_entropy_grad(Node *n, Tensor *D, Tensor **din) {
  const int weighted = node_nin(n) > 3;
  Tensor *x = node_saved(n, 0), *labels = node_saved(n, 1), *w = weighted ? node_saved(n, 3) : NULL;
  if (!x) return -1;
  const int dim = class_dim(x);
  if (node_wants(n, 0)) {
    const OpArgs along = {.along = {dim}};
    Tensor *p = fm_op(OP_SOFTMAX, &x, 1, &along);
    Tensor *shares = fm_op(OP_CROSS_ENTROPY_SHARES, (Tensor *[]){x, labels, w}, 2 + weighted, node_args(n));
    Tensor *factor = fm_unsqueeze(fm_mul(shares, node_saved(n, 2)), dim);
    din[0] = fm_mul(fm_op(OP_SOFTMAX_GRAD, (Tensor *[]){p, D}, 2, &along), factor);
    if (!din[0]) return -1;
  }
  if (!node_wants(n, 2)) return 0;
  const bool each = node_args(n)->loss.reduction == REDUCE_NONE;
  Tensor *one = labels ? fm_own(tensor_full((DType)x->dtype, each ? labels->ndim : 0, labels->shape, 1)) : NULL;
  Tensor *unit = fm_op(OP_CROSS_ENTROPY_GRAD, (Tensor *[]){x, labels, one, w}, 3 + weighted, node_args(n));
  return (din[2] = fm_sum(fm_mul(unit, D), each ? 1u << dim : ~0u, false)) ? 0 : -1;
}
const Op row_CROSS_ENTROPY_GRAD = {.name = "cross_entropy_grad",
                                   .nin = 4,
                                   .args = OP_ARGS(loss),
                                   .promotes = 1 | 4 | 8,
                                   .floats = true,
                                   .save = SAVE_INPUT(0) | SAVE_INPUT(1) | SAVE_INPUT(2) | SAVE_INPUT(3),
                                   .keeps_order = true,
                                   .infer = infer_same,
                                   .forward = fw_cross_entropy_grad,
                                   .backward = bw_cross_entropy_grad};

/* --- cross_entropy_shares(x, labels[, weight]): the share of each row, over the divisor; no function of x */

static int fw_cross_entropy_shares(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  Borrowed b;
  const int rc = borrow(&b, in[0], in[1], nin > 2 ? in[2] : NULL, a);
  if (rc == 0) {
    const double scale = 1 / divisor(&b, a);
    for (int64_t r = 0; r < b.rows; r++) {
      const double s = b.job.label[r] < 0 ? 0 : cross_entropy_share(&b.job, label_weight(&b, r)) * scale;
      if (out->dtype == DT_F32) tensor_f32(out)[r] = (float)s;
      if (out->dtype == DT_F64) tensor_f64(out)[r] = s;
    }
  }
  release(&b);
  return rc;
}
const Op row_CROSS_ENTROPY_SHARES = {.name = "cross_entropy_shares",
                                     .nin = 3,
                                     .args = OP_ARGS(loss),
                                     .promotes = 1 | 4,
                                     .floats = true,
                                     .infer = infer_labels,
                                     .forward = fw_cross_entropy_shares};
