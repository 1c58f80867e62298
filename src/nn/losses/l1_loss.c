/*
 * l1_loss.c - L1Loss: the absolute error; its derivative at 0 is 0.
 */
#include "nn/losses/loss.h"

static int forward(const Module *m, Tensor *const *in, Tensor **out) {
  if (loss_check_shapes(in[0], in[1]) < 0) return -1;
  FormulaMark mark = fm_begin();
  return module_one_output(
      out, fm_end(mark, loss_reduce(fm_op1(OP_ABS, loss_difference(in[0], in[1])), loss_reduction(m, 0))));
}

const LayerDef layer_l1_loss = {
    .name = "L1Loss",
    .functional = "l1_loss",
    .doc = "The absolute error.",
    .equation = "loss_i = |input_i - target_i|",
    .inputs = loss_inputs,
    .args = loss_reduction_args,
    .forward = forward,
};
