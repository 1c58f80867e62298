/*
 * l1_loss.c - L1Loss({reduction}): |input - target|; the derivative at 0 is 0.
 */
#include "nn/losses/loss.h"

static Tensor *forward(const Module *m, Tensor *const *in) {
  if (loss_check_shapes(in[0], in[1]) < 0) return NULL;
  FormulaMark mark = fm_begin();
  return fm_end(mark, loss_reduce(fm_op1(OP_ABS, difference(in[0], in[1])), reduction_of(m, 0)));
}

const LayerDef layer_l1_loss = {
    .name = "L1Loss",
    .functional = "l1_loss",
    .ninputs = 2,
    .args = {REDUCTION_ARG},
    .forward = forward,
};
