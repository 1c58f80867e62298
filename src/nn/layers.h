/*
 * layers.h - the list of all leaf layers; nn.<name> and nn.functional.<functional> exist for each.
 */
#ifndef OPTLAB_NN_LAYERS_H
#define OPTLAB_NN_LAYERS_H

#include "nn/module.h"

/* clang-format off */
#define LAYER_LIST(X) \
  X(linear) \
  X(relu) X(leaky_relu) X(elu) X(silu) X(softplus) X(sigmoid) X(tanh) \
  X(softmax) X(log_softmax) \
  X(flatten) X(identity) X(dropout) \
  X(conv2d) X(max_pool2d) X(avg_pool2d) X(batch_norm1d) X(batch_norm2d) \
  X(mse_loss) X(l1_loss) X(huber_loss) X(smooth_l1_loss) \
  X(cross_entropy_loss) X(nll_loss) X(bce_loss) X(bce_with_logits_loss)
/* clang-format on */

#define LAYER_DECLARE(name) extern const LayerDef layer_##name;
LAYER_LIST(LAYER_DECLARE)

/* All of them, ended by NULL. */
extern const LayerDef *const all_layers[];

#endif
