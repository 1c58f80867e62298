/*
 * kl_div_loss.c - KLDivLoss: the Kullback-Leibler divergence of a distribution from that of the targets.
 */
#include "nn/losses/loss.h"

enum { BATCHMEAN = REDUCE_SUM + 1 };
static const char *const reductions[] = {"none", "mean", "sum", "batchmean", NULL};

/* Inside a formula: t log t, and 0 where t is 0; nan below. */
static Tensor *entropy_term(Tensor *t) {
  Tensor *some = t ? fm_op2(OP_NE, t, fm_const(t, 0)) : NULL;
  Tensor *log = fm_op1(OP_LOG, fm_op3(OP_WHERE, some, t, fm_const(t, 1)));
  return fm_op3(OP_WHERE, some, fm_mul(t, log), fm_const(t, 0));
}

static int forward(const Module *m, Tensor *const *in, Tensor **out) {
  const int reduction = (int)m->args.x[0];
  if (loss_check_shapes(in[0], in[1]) < 0) return -1;
  FormulaMark mark = fm_begin();
  Tensor *x = module_as_float(in[0]), *t = module_as_float(in[1]);
  Tensor *each = m->args.x[1] != 0 ? fm_mul(fm_op1(OP_EXP, t), fm_sub(t, x)) : fm_sub(entropy_term(t), fm_mul(t, x));
  Tensor *y = loss_reduce(each, reduction == BATCHMEAN ? REDUCE_SUM : (Reduction)reduction);
  if (reduction == BATCHMEAN && in[0]->ndim > 0) y = fm_divs(y, (double)in[0]->shape[0]);
  return module_one_output(out, fm_end(mark, y));
}

static const Arg args[] = {
    {.name = "reduction",
     .kind = ARG_CHOICE,
     .def = REDUCE_MEAN,
     .choices = reductions,
     .doc =
         "'mean' or 'sum' of the elements' losses, 'none' to return them all, or 'batchmean', the sum divided by the "
         "number of rows, which is the divergence."},
    {.name = "log_target", .kind = ARG_FLAG, .doc = "Whether the targets are also logarithms."},
    {0},
};

const LayerDef layer_kl_div_loss = {
    .name = "KLDivLoss",
    .functional = "kl_div",
    .doc = "The divergence between the distributions of the targets y and those whose logarithms are the input x.",
    .equation = "loss_i = y_i (log y_i - x_i)    with log_target: exp(y_i) (y_i - x_i)",
    .inputs = loss_inputs,
    .args = args,
    .forward = forward,
};
