/*
 * nll_loss.c - NLLLoss: the negative log-likelihood of class labels.
 *
 * input (N, C) or (C) or (N, C, d1, ...): log-probabilities; target (N), () or (N, d1, ...): labels 1..C
 */
#include "nn/losses/nll_loss.h"

#include "base/err.h"
#include "nn/labels.h"

int nll_check_weight(const Tensor *scores, const Tensor *weight) {
  int64_t classes = scores->shape[labels_class_dim(scores)];
  if (!weight || (weight->ndim == 1 && weight->shape[0] == classes)) return 0;
  return err_set("weight is %s, but there are %lld classes: it must be (%lld)", tensor_shape_str(weight),
                 (long long)classes, (long long)classes);
}

int nll_labels(ClassLabels *l, const Tensor *scores, const Tensor *target, Tensor *weight, double ignored) {
  if (!scores->ndim) return err_set("input is a single number, must be (N, C) or (C)");
  if (labels_check_shape(scores, target) < 0 || nll_check_weight(scores, weight) < 0) return -1;
  l->index = fm_own(labels_index(target, scores->shape[labels_class_dim(scores)], "target", ignored));
  l->weight = weight && weight->requires_grad ? fm_own(tensor_alias(weight)) : weight;
  return l->index && (l->weight || !weight) ? 0 : -1;
}

Tensor *nll_op(OpId op, Tensor *scores, const ClassLabels *l, double smoothing, Reduction r) {
  Tensor *in[] = {scores, l->index, l->weight};
  return fm_op(op, in, l->weight ? 3 : 2, &(OpArgs){.loss = {smoothing, r}});
}

int nll_mean_weight(const Module *m, Reduction r, double ignored, Tensor *const *in, Tensor **out) {
  ClassLabels l = {0};
  *out = NULL;
  if (r != REDUCE_MEAN || (!m->buffer[0] && ignored == NLL_IGNORED)) return 0;
  FormulaMark mark = fm_begin();
  Tensor *sum = NULL;
  if (nll_labels(&l, in[0], in[1], m->buffer[0], ignored) == 0) {
    sum = fm_sum(nll_op(OP_CROSS_ENTROPY_SHARES, in[0], &l, 0, REDUCE_NONE), ~0u, false);
  }
  return module_one_output(out, fm_end(mark, sum));
}

enum { WEIGHT, REDUCTION, IGNORE_INDEX };

static int mean_weight(const Module *m, Tensor *const *in, Tensor **out) {
  return nll_mean_weight(m, loss_reduction(m, REDUCTION), m->args.x[IGNORE_INDEX], in, out);
}

static int forward(const Module *m, Tensor *const *in, Tensor **out) {
  ClassLabels l = {0};
  FormulaMark mark = fm_begin();
  Tensor *loss = NULL;
  if (nll_labels(&l, in[0], in[1], m->buffer[0], m->args.x[IGNORE_INDEX]) == 0) {
    loss = nll_op(OP_NLL_LOSS, in[0], &l, 0, loss_reduction(m, REDUCTION));
  }
  return module_one_output(out, fm_end(mark, loss));
}

static const Arg args[] = {
    {.name = "weight", .kind = ARG_TENSOR, .doc = "A weight for each class: a tensor (C)."},
    REDUCTION_ARG,
    IGNORE_INDEX_ARG,
    {0},
};

const LayerDef layer_nll_loss = {
    .name = "NLLLoss",
    .functional = "nll_loss",
    .doc = "The negative log-likelihood of log-probabilities (N, C) and targets, class labels 1..C (N).",
    .equation =
        "loss_i = -w[y_i] input[i, y_i], and 0 where y_i is ignore_index\n"
        "with the mean sum_i loss_i / sum_i w[y_i] over the others",
    .inputs = loss_inputs,
    .args = args,
    .buffers = (const ModuleTensor[]){{"weight", "w (C)"}, {0}},
    .forward = forward,
    .mean_weight = mean_weight,
};
