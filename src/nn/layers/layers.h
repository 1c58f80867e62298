/*
 * layers.h - the list of all leaf layers; nn.<name> and nn.functional.<functional> exist for each.
 */
#ifndef OPTLAB_NN_LAYERS_LAYERS_H
#define OPTLAB_NN_LAYERS_LAYERS_H

#include "nn/module.h"

/* clang-format off */
#define LAYER_LIST(X) \
  X(linear) \
  X(relu) X(leaky_relu) X(elu) X(silu) X(gelu) X(softplus) X(sigmoid) X(tanh) \
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

/* --- layers in a row that one op does (nn/chain.c) ---------------------------------------------------------------- */

/* m: a Conv2d, a ReLU and a MaxPool2d. Whether they can be one pass over x; then that pass. */
bool conv2d_relu_pool_fits(const Module *const *m, const Tensor *x);
int conv2d_relu_pool(const Module *const *m, Tensor *x, Tensor **out);

/* Whether the windows of a MaxPool2d touch without overlap or padding; their size. */
bool max_pool2d_side_by_side(const Module *m, Pair *window);

#endif
