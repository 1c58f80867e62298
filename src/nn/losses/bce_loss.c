/*
 * bce_loss.c - BCELoss and BCEWithLogitsLoss: the binary cross entropy of targets y in [0, 1].
 *
 * The second is the first of sigmoid(x), computed so that no large x overflows. BCELoss takes no logarithm below -100,
 * so that a probability of exactly 0 or 1 has a finite loss, and divides by no x (1 - x) below 1e-12 in its derivative,
 * so that this is finite too and leads away from there.
 */
#include "base/err.h"
#include "core/recorder.h"
#include "nn/losses/loss.h"

static int run_check(const Computation *c, Context *own) {
  (void)own;
  const Tensor *x = c->t[0];
  for (int64_t i = 0; i < x->numel; i++) {
    double p = tensor_get(x, i);
    if (p < 0 || p > 1) {
      return err_set("element %lld of the input is %.9g, must be a probability; BCEWithLogitsLoss takes any score",
                     (long long)i + 1, p);
    }
  }
  return 0;
}

static int check_probabilities(Tensor *x) {
  return recorder_run(&(Computation){.name = "the check of probabilities", .run = run_check, .n = 1, .t = &x});
}

static int bce_forward(const Module *m, Tensor *const *in, Tensor **out) {
  if (loss_check_shapes(in[0], in[1]) < 0 || check_probabilities(in[0]) < 0) return -1;
  FormulaMark mark = fm_begin();
  Tensor *each = fm_op2(OP_BCE_LOSS, in[0], in[1]);
  return module_one_output(out, fm_end(mark, loss_reduce(each, loss_reduction(m, 0))));
}

/* Inside a formula. */
static Tensor *bce_with_logits(Tensor *x, Tensor *y, Tensor *pos_weight) {
  Tensor *softplus = fm_op1(OP_SOFTPLUS, fm_neg(x));
  if (pos_weight) softplus = fm_mul(softplus, fm_adds(fm_mul(fm_adds(pos_weight, -1), y), 1));
  return fm_add(fm_mul(fm_rsubs(1, y), x), softplus);
}

static int check_pos_weight(const Tensor *x, const Tensor *w) {
  int64_t shape[TENSOR_MAX_DIM];
  if (!w) return 0;
  int ndim = shape_broadcast(x->ndim, x->shape, w->ndim, w->shape, shape);
  if (ndim >= 0 && shape_equal(ndim, shape, x->ndim, x->shape)) return 0;
  return err_set("pos_weight is %s, cannot be broadcast to the input's %s", tensor_shape_str(w), tensor_shape_str(x));
}

static int bce_with_logits_forward(const Module *m, Tensor *const *in, Tensor **out) {
  if (loss_check_shapes(in[0], in[1]) < 0 || check_pos_weight(in[0], m->buffer[0]) < 0) return -1;
  FormulaMark mark = fm_begin();
  Tensor *each = bce_with_logits(module_as_float(in[0]), module_as_float(in[1]), m->buffer[0]);
  return module_one_output(out, fm_end(mark, loss_reduce(each, loss_reduction(m, 1))));
}

static const Arg with_logits_args[] = {
    {.name = "pos_weight",
     .kind = ARG_TENSOR,
     .doc = "Weight of positive targets; broadcast to the shape of the input."},
    REDUCTION_ARG,
    {0},
};

const LayerDef layer_bce_loss = {
    .name = "BCELoss",
    .functional = "binary_cross_entropy",
    .doc = "The binary cross entropy of probabilities x, the input, and targets y in [0, 1].",
    .equation =
        "loss_i = -(y_i log x_i + (1 - y_i) log(1 - x_i))\n"
        "no logarithm counts as less than -100; the derivative is\n"
        "(x_i - y_i) / max(x_i (1 - x_i), 1e-12)",
    .inputs = loss_inputs,
    .args = loss_reduction_args,
    .forward = bce_forward,
};

const LayerDef layer_bce_with_logits_loss = {
    .name = "BCEWithLogitsLoss",
    .functional = "binary_cross_entropy_with_logits",
    .doc = "The binary cross entropy of sigmoid(x), for scores x, the input, and targets y in [0, 1].",
    .equation = "loss_i = (1 - y_i) x_i + (1 + (p - 1) y_i) log(1 + exp(-x_i))",
    .inputs = loss_inputs,
    .args = with_logits_args,
    .buffers = (const ModuleTensor[]){{"pos_weight", "p, broadcast to the input"}, {0}},
    .forward = bce_with_logits_forward,
};
