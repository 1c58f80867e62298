/*
 * huber_loss.c - losses that are square near 0 and straight farther out. With d = input - target:
 *
 *   HuberLoss({delta = 1, reduction})      d^2 / 2           where |d| <= delta
 *                                          delta (|d| - delta / 2)    elsewhere
 *   SmoothL1Loss({beta = 1, reduction})    Huber's with delta = beta, divided by beta; |d| for beta = 0
 *
 * Huber, "Robust estimation of a location parameter", 1964.
 */
#include "base/err.h"
#include "nn/losses/loss.h"

/* Inside a formula. */
static Tensor *huber(Tensor *d, double delta) {
  Tensor *a = fm_op1(OP_ABS, d);
  Tensor *near = fm_op2(OP_LE, a, fm_const(a, delta));
  return fm_op3(OP_WHERE, near, fm_muls(fm_op1(OP_SQUARE, d), 0.5), fm_muls(fm_adds(a, -delta / 2), delta));
}

static Tensor *huber_forward(const Module *m, Tensor *const *in) {
  if (loss_check_shapes(in[0], in[1]) < 0) return NULL;
  FormulaMark mark = fm_begin();
  return fm_end(mark, loss_reduce(huber(difference(in[0], in[1]), m->arg[0]), reduction_of(m, 1)));
}

static Tensor *smooth_l1_forward(const Module *m, Tensor *const *in) {
  if (loss_check_shapes(in[0], in[1]) < 0) return NULL;
  double beta = m->arg[0];
  FormulaMark mark = fm_begin();
  Tensor *d = difference(in[0], in[1]);
  Tensor *each = beta > 0 ? fm_divs(huber(d, beta), beta) : fm_op1(OP_ABS, d);
  return fm_end(mark, loss_reduce(each, reduction_of(m, 1)));
}

static int build_huber(Module *m) {
  return m->arg[0] > 0 ? 0 : err_set("delta must be greater than 0, got %g", m->arg[0]);
}

static int build_smooth_l1(Module *m) {
  return m->arg[0] >= 0 ? 0 : err_set("beta must not be negative, got %g", m->arg[0]);
}

const LayerDef layer_huber_loss = {
    .name = "HuberLoss",
    .functional = "huber_loss",
    .ninputs = 2,
    .args = {{"delta", ARG_NUMBER, 1, NULL}, REDUCTION_ARG},
    .build = build_huber,
    .forward = huber_forward,
};

const LayerDef layer_smooth_l1_loss = {
    .name = "SmoothL1Loss",
    .functional = "smooth_l1_loss",
    .ninputs = 2,
    .args = {{"beta", ARG_NUMBER, 1, NULL}, REDUCTION_ARG},
    .build = build_smooth_l1,
    .forward = smooth_l1_forward,
};
