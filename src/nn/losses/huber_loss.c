/*
 * huber_loss.c - HuberLoss and SmoothL1Loss, square near 0 and straight farther out.
 *
 * SmoothL1Loss is Huber's with delta = beta, divided by beta.
 */
#include "nn/losses/loss.h"

/* Inside a formula. Far differences are 0 where squares are taken: an infinite one would make the derivative nan. One
 * that is nan is not far and stays nan. */
static Tensor *huber(Tensor *d, double delta) {
  Tensor *a = fm_op1(OP_ABS, d), *far = a ? fm_op2(OP_GT, a, fm_const(a, delta)) : NULL;
  Tensor *square = fm_op1(OP_SQUARE, fm_op3(OP_WHERE, far, fm_const(d, 0), d));
  return fm_op3(OP_WHERE, far, fm_muls(fm_adds(a, -delta / 2), delta), fm_muls(square, 0.5));
}

static int huber_forward(const Module *m, Tensor *const *in, Tensor **out) {
  if (loss_check_shapes(in[0], in[1]) < 0) return -1;
  FormulaMark mark = fm_begin();
  return module_one_output(
      out, fm_end(mark, loss_reduce(huber(loss_difference(in[0], in[1]), m->args.x[0]), loss_reduction(m, 1))));
}

static int smooth_l1_forward(const Module *m, Tensor *const *in, Tensor **out) {
  if (loss_check_shapes(in[0], in[1]) < 0) return -1;
  double beta = m->args.x[0];
  FormulaMark mark = fm_begin();
  Tensor *d = loss_difference(in[0], in[1]);
  Tensor *each = beta > 0 ? fm_divs(huber(d, beta), beta) : fm_op1(OP_ABS, d);
  return module_one_output(out, fm_end(mark, loss_reduce(each, loss_reduction(m, 1))));
}

static const Arg huber_args[] = {
    {.name = "delta", .range = RANGE_POSITIVE, .def = 1, .doc = "Error beyond which the loss is linear."},
    REDUCTION_ARG,
    {0},
};

static const Arg smooth_l1_args[] = {
    {.name = "beta",
     .range = RANGE_NOT_NEGATIVE,
     .def = 1,
     .doc = "Error beyond which the loss is linear; with 0 the loss is L1Loss."},
    REDUCTION_ARG,
    {0},
};

const LayerDef layer_huber_loss = {
    .name = "HuberLoss",
    .functional = "huber_loss",
    .doc = "The squared error for small errors, the absolute error for large ones.",
    .equation =
        "d = input_i - target_i\n"
        "loss_i = d^2 / 2                    where |d| <= delta\n"
        "loss_i = delta (|d| - delta / 2)    elsewhere",
    .paper = "Huber, \"Robust estimation of a location parameter\", 1964",
    .inputs = loss_inputs,
    .args = huber_args,
    .forward = huber_forward,
};

const LayerDef layer_smooth_l1_loss = {
    .name = "SmoothL1Loss",
    .functional = "smooth_l1_loss",
    .doc = "The absolute error, rounded off near 0.",
    .equation =
        "d = input_i - target_i\n"
        "loss_i = d^2 / (2 beta)     where |d| <= beta\n"
        "loss_i = |d| - beta / 2     elsewhere",
    .inputs = loss_inputs,
    .args = smooth_l1_args,
    .forward = smooth_l1_forward,
};
