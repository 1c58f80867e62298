/*
 * nll.c - the negative log-likelihood: x (C), (N, C) or (N, C, d1, ...), labels of that shape without the classes:
 * positions from 0, int64, or -1 for what is ignored, which the caller has checked; class weights w (C), by default 1.
 *
 *   loss[r] = -w[y] x[r, y], and 0 where y = -1
 *
 * A mean divides by the sum of the weights of the labels that are not ignored. The loss is linear in x: the gradient of
 * its gradient is the loss again.
 */
#include <assert.h>
#include <string.h>

#include "autograd/ops/rows.h"
#include "kernels/softmax/softmax.h"

static int class_dim(const Tensor *x) { return x->ndim > 1 ? 1 : 0; }

static double element(const Tensor *t, int64_t i) {
  return t->dtype == DT_F32 ? (double)tensor_f32(t)[i] : tensor_f64(t)[i];
}

static void set_element(Tensor *t, int64_t i, double value) {
  if (t->dtype == DT_F32) tensor_f32(t)[i] = (float)value;
  if (t->dtype == DT_F64) tensor_f64(t)[i] = value;
}

/* Labels and weights, row-major; owned. */
typedef struct Labels {
  Tensor *y, *weight;
  int64_t n;
} Labels;

static int take_labels(Labels *l, Tensor *y, Tensor *weight) {
  *l = (Labels){.y = tensor_contiguous(y), .weight = weight ? tensor_contiguous(weight) : NULL, .n = y->numel};
  return l->y && (!weight || l->weight) ? 0 : -1;
}

static void drop_labels(Labels *l) {
  tensor_release(l->y);
  tensor_release(l->weight);
}

static double weight_of(const Labels *l, int64_t r) {
  const int64_t y = tensor_i64(l->y)[r];
  return y < 0 ? 0 : l->weight ? element(l->weight, y) : 1;
}

static double divisor(const Labels *l, const OpArgs *a) {
  double sum = 0;
  if (a->loss.reduction != REDUCE_MEAN) return 1;
  for (int64_t r = 0; r < l->n; r++) sum += weight_of(l, r);
  return sum;
}

/* --- nll_loss(x, labels[, weight]) -------------------------------------------------------------------------------- */

static int infer_nll(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  assert(in[1]->dtype == DT_I64 && in[0]->ndim == in[1]->ndim + 1);
  s->dtype = (DType)in[0]->dtype;
  s->ndim = a->loss.reduction == REDUCE_NONE ? in[1]->ndim : 0;
  memcpy(s->shape, in[1]->shape, (size_t)s->ndim * sizeof *s->shape);
  return 0;
}

static void fill_losses(Tensor *out, const Tensor *x, const ScoreMemory *m, const Labels *l, const OpArgs *a) {
  const int64_t inner = score_inner(x, class_dim(x));
  const char *data = m->data;
  double sum = 0;
  for (int64_t r = 0; r < l->n; r++) {
    const int64_t y = tensor_i64(l->y)[r], at = score_row_at(m, inner, r) + y * m->step;
    const double score = y < 0                ? 0
                         : x->dtype == DT_F32 ? (double)((const float *)(const void *)data)[at]
                                              : ((const double *)(const void *)data)[at];
    const double loss = y < 0 ? 0 : -weight_of(l, r) * score;
    if (a->loss.reduction == REDUCE_NONE) set_element(out, r, loss);
    sum += loss;
  }
  if (a->loss.reduction != REDUCE_NONE) set_element(out, 0, sum / divisor(l, a));
}

static int fw_nll(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  Labels l;
  ScoreMemory m;
  int rc = take_labels(&l, in[1], nin > 2 ? in[2] : NULL);
  Tensor *x = rc == 0 ? score_tensor(&m, in[0], class_dim(in[0])) : NULL;
  if (x) fill_losses(out, x, &m, &l, a);
  tensor_release(x);
  drop_labels(&l);
  return x ? 0 : -1;
}

static int bw_nll(Node *n, Tensor *d, Tensor **din) {
  const int weighted = node_nin(n) > 2;
  Tensor *in[] = {node_saved(n, 0), node_saved(n, 1), d, weighted ? node_saved(n, 2) : NULL};
  return (din[0] = fm_op(OP_NLL_LOSS_GRAD, in, 3 + weighted, node_args(n))) ? 0 : -1;
}
const Op row_NLL_LOSS = {.name = "nll_loss",
                         .nin = 3,
                         .args = OP_ARGS(loss),
                         .promotes = 1 | 4,
                         .floats = true,
                         .save = SAVE_INPUT(0) | SAVE_INPUT(1) | SAVE_INPUT(2),
                         .infer = infer_nll,
                         .forward = fw_nll,
                         .backward = bw_nll};

/* --- nll_loss_grad(x, labels, d[, weight]): of x only the shape is read; d of the labels' shape, or () --------- */

static int fw_nll_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  Labels l;
  ScoreMemory m;
  const int64_t inner = score_inner(out, class_dim(out));
  const bool each = a->loss.reduction == REDUCE_NONE;
  int rc = take_labels(&l, in[1], nin > 3 ? in[3] : NULL);
  Tensor *d = rc == 0 ? tensor_contiguous(in[2]) : NULL;
  if (d) {
    const double scale = -1 / divisor(&l, a);
    score_memory(&m, out, class_dim(out));
    tensor_fill_(out, 0);
    for (int64_t r = 0; r < l.n; r++) {
      const int64_t y = tensor_i64(l.y)[r];
      if (y >= 0)
        set_element(out, score_row_at(&m, inner, r) + y * m.step, weight_of(&l, r) * scale * element(d, each ? r : 0));
    }
  }
  tensor_release(d);
  drop_labels(&l);
  return d ? 0 : -1;
}

static int bw_nll_grad(Node *n, Tensor *D, Tensor **din) {
  const int weighted = node_nin(n) > 3;
  Tensor *in[] = {D, node_saved(n, 1), weighted ? node_saved(n, 3) : NULL};
  if (node_wants(n, 0) && !(din[0] = fm_zeros_like(node_saved(n, 0)))) return -1;
  if (!node_wants(n, 2)) return 0;
  return (din[2] = fm_op(OP_NLL_LOSS, in, 2 + weighted, node_args(n))) ? 0 : -1;
}
const Op row_NLL_LOSS_GRAD = {.name = "nll_loss_grad",
                              .nin = 4,
                              .args = OP_ARGS(loss),
                              .promotes = 1 | 4 | 8,
                              .floats = true,
                              .save = SAVE_INPUT(0) | SAVE_INPUT(1) | SAVE_INPUT(3),
                              .infer = infer_same,
                              .forward = fw_nll_grad,
                              .backward = bw_nll_grad};
