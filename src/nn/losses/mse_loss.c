/*
 * mse_loss.c - MSELoss: the squared error, without a factor 1/2.
 */
#include "nn/losses/loss.h"

static int forward(const Module *m, Tensor *const *in, Tensor **out) {
  if (loss_check_shapes(in[0], in[1]) < 0) return -1;
  return module_one_output(out, op_apply(OP_MSE_LOSS, in, 2, &(OpArgs){.loss = {0, loss_reduction(m, 0)}}));
}

const LayerDef layer_mse_loss = {
    .name = "MSELoss",
    .functional = "mse_loss",
    .doc = "The squared error.",
    .equation = "loss_i = (input_i - target_i)^2",
    .inputs = loss_inputs,
    .args = loss_reduction_args,
    .forward = forward,
};
