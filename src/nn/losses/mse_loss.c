/*
 * mse_loss.c - MSELoss({reduction}): (input - target)^2, no factor 1/2.
 */
#include "nn/losses/loss.h"

static Tensor *forward(const Module *m, Tensor *const *in) {
  if (loss_check_shapes(in[0], in[1]) < 0) return NULL;
  return op_apply(OP_MSE_LOSS, in, 2, &(OpArgs){.loss = {0, reduction_of(m, 0)}});
}

const LayerDef layer_mse_loss = {
    .name = "MSELoss",
    .functional = "mse_loss",
    .ninputs = 2,
    .args = {REDUCTION_ARG},
    .forward = forward,
};
