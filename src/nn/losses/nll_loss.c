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

int nll_labels(ClassLabels *l, const Tensor *scores, const Tensor *target, Tensor *weight) {
  if (!scores->ndim) return err_set("input is a single number, must be (N, C) or (C)");
  if (labels_check_shape(scores, target) < 0 || nll_check_weight(scores, weight) < 0) return -1;
  int dim = labels_class_dim(scores);
  Tensor *index = fm_own(labels_index(target, scores->shape[dim], "target"));
  l->index = fm_unsqueeze(index, dim);
  l->weight = NULL;
  if (!weight) return l->index ? 0 : -1;
  Tensor *flat = fm_reshape(index, 1, (int64_t[]){target->numel});
  Tensor *each = fm_op(OP_GATHER, (Tensor *[]){weight, flat}, 2, &(OpArgs){.along = {0}});
  l->weight = fm_reshape(each, target->ndim, target->shape);
  return l->index && l->weight ? 0 : -1;
}

Tensor *nll_weighted_mean(Tensor *each, const ClassLabels *l, Reduction r) {
  if (r != REDUCE_MEAN || !l->weight) return loss_reduce(each, r);
  return fm_div(fm_sum(each, ~0u, false), fm_sum(l->weight, ~0u, false));
}

Tensor *nll_loss(Tensor *logp, const ClassLabels *l, Reduction r) {
  if (!logp) return NULL;
  int dim = labels_class_dim(logp);
  int64_t shape[TENSOR_MAX_DIM];
  int ndim = 0;
  for (int d = 0; d < logp->ndim; d++) {
    if (d != dim) shape[ndim++] = logp->shape[d];
  }
  Tensor *picked = fm_op(OP_GATHER, (Tensor *[]){logp, l->index}, 2, &(OpArgs){.along = {dim}});
  Tensor *each = fm_neg(fm_reshape(picked, ndim, shape));
  return nll_weighted_mean(l->weight ? fm_mul(each, l->weight) : each, l, r);
}

int nll_mean_weight(const Module *m, Reduction r, Tensor *const *in, Tensor **out) {
  ClassLabels l;
  *out = NULL;
  if (!m->buffer[0] || r != REDUCE_MEAN) return 0;
  FormulaMark mark = fm_begin();
  Tensor *sum = nll_labels(&l, in[0], in[1], m->buffer[0]) < 0 ? NULL : fm_sum(l.weight, ~0u, false);
  return module_one_output(out, fm_end(mark, sum));
}

static int mean_weight(const Module *m, Tensor *const *in, Tensor **out) {
  return nll_mean_weight(m, loss_reduction(m, 1), in, out);
}

static int forward(const Module *m, Tensor *const *in, Tensor **out) {
  ClassLabels l;
  FormulaMark mark = fm_begin();
  Tensor *loss = nll_labels(&l, in[0], in[1], m->buffer[0]) < 0 ? NULL : nll_loss(in[0], &l, loss_reduction(m, 1));
  return module_one_output(out, fm_end(mark, loss));
}

static const Arg args[] = {
    {.name = "weight", .kind = ARG_TENSOR, .doc = "A weight for each class: a tensor (C)."},
    REDUCTION_ARG,
    {0},
};

const LayerDef layer_nll_loss = {
    .name = "NLLLoss",
    .functional = "nll_loss",
    .doc = "The negative log-likelihood of log-probabilities (N, C) and targets, class labels 1..C (N).",
    .equation =
        "loss_i = -w[y_i] input[i, y_i]\n"
        "with the mean sum_i loss_i / sum_i w[y_i]",
    .inputs = loss_inputs,
    .args = args,
    .buffers = (const ModuleTensor[]){{"weight", "w (C)"}, {0}},
    .forward = forward,
    .mean_weight = mean_weight,
};
