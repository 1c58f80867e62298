/*
 * cross_entropy_loss.c - CrossEntropyLoss: log-softmax and the negative log-likelihood in one.
 *
 * input (N, C) or (C) or (N, C, d1, ...): any scores; target (N), () or (N, d1, ...): labels 1..C, or floats of the
 * shape of input: class probabilities, for which the mean divides by the number of rows.
 */
#include "base/err.h"
#include "nn/labels.h"
#include "nn/losses/nll_loss.h"

enum { WEIGHT, LABEL_SMOOTHING, REDUCTION, IGNORE_INDEX };

/* -sum_c w[c] q[c] logp[c] of each row */
static Tensor *row_sums(Tensor *logp, Tensor *q, Tensor *weight) {
  int dim = labels_class_dim(logp);
  Tensor *terms = fm_mul(logp, q);
  if (weight) {
    int64_t shape[TENSOR_MAX_DIM];
    for (int d = 0; d < logp->ndim; d++) shape[d] = d == dim ? weight->numel : 1;
    terms = fm_mul(terms, fm_reshape(weight, logp->ndim, shape));
  }
  return fm_neg(fm_sum(terms, 1u << dim, false));
}

static Tensor *log_softmax(Tensor *x) {
  return fm_op(OP_LOG_SOFTMAX, &x, 1, &(OpArgs){.along = {labels_class_dim(x)}});
}

static Tensor *from_labels(const Module *m, Tensor *x, Tensor *target) {
  ClassLabels l = {0};
  if (nll_labels(&l, x, target, m->buffer[0], m->args.x[IGNORE_INDEX]) < 0) return NULL;
  return nll_op(OP_CROSS_ENTROPY, x, &l, m->args.x[LABEL_SMOOTHING], loss_reduction(m, REDUCTION));
}

static Tensor *from_probabilities(const Module *m, Tensor *x, Tensor *q) {
  double e = m->args.x[LABEL_SMOOTHING];
  Tensor *logp = log_softmax(x);
  if (!logp || nll_check_weight(logp, m->buffer[0]) < 0) return NULL;
  if (e != 0) q = fm_adds(fm_muls(q, 1 - e), e / (double)logp->shape[labels_class_dim(logp)]);
  return q ? loss_reduce(row_sums(logp, q, m->buffer[0]), loss_reduction(m, REDUCTION)) : NULL;
}

static bool are_probabilities(const Tensor *x, const Tensor *target) {
  return dtype_is_float((DType)target->dtype) && tensor_same_shape(x, target);
}

static int mean_weight(const Module *m, Tensor *const *in, Tensor **out) {
  *out = NULL;
  return are_probabilities(in[0], in[1])
             ? 0
             : nll_mean_weight(m, loss_reduction(m, REDUCTION), m->args.x[IGNORE_INDEX], in, out);
}

static int forward(const Module *m, Tensor *const *in, Tensor **out) {
  Tensor *x = in[0], *target = in[1];
  if (!x->ndim) return err_set("input is a single number, must be (N, C) or (C)");
  bool probabilities = are_probabilities(x, target);
  if (!probabilities && labels_check_shape(x, target) < 0) return -1;
  FormulaMark mark = fm_begin();
  Tensor *loss = probabilities ? from_probabilities(m, x, target) : from_labels(m, x, target);
  return module_one_output(out, fm_end(mark, loss));
}

static const Arg args[] = {
    {.name = "weight", .kind = ARG_TENSOR, .doc = "A weight for each class: a tensor (C)."},
    {.name = "label_smoothing",
     .range = RANGE_0_TO_1,
     .doc = "Share of the target distribution that is spread evenly over all classes."},
    REDUCTION_ARG,
    IGNORE_INDEX_ARG,
    {0},
};

const LayerDef layer_cross_entropy_loss = {
    .name = "CrossEntropyLoss",
    .functional = "cross_entropy",
    .doc = "The cross entropy of scores (N, C) and targets: class labels 1..C (N), or class probabilities (N, C).",
    .equation =
        "logp = log_softmax(input),  e = label_smoothing\n"
        "for labels y, with the mean sum_i loss_i / sum_i w[y_i],\n  both without the i with y_i = ignore_index:\n"
        "loss_i = -(1 - e) w[y_i] logp[i, y_i] - e / C sum_c w[c] logp[i, c]\n"
        "for probabilities q, with the mean sum_i loss_i / N:\n"
        "loss_i = -sum_c w[c] ((1 - e) q[i, c] + e / C) logp[i, c]",
    .paper =
        "label smoothing: Szegedy, Vanhoucke, Ioffe, Shlens, Wojna, \"Rethinking the Inception architecture for "
        "computer vision\", CVPR 2016",
    .inputs = loss_inputs,
    .args = args,
    .buffers = (const ModuleTensor[]){{"weight", "w (C)"}, {0}},
    .forward = forward,
    .mean_weight = mean_weight,
};
