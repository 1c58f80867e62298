/*
 * layers.h - the table of all leaf layers and losses; nn.<name> and nn.functional.<functional> exist for each.
 *
 * The names are those that add_layers gets in the CMakeLists.txt here and in the folders, and the list in nn/losses.
 */
#ifndef OPTLAB_NN_LAYERS_LAYERS_H
#define OPTLAB_NN_LAYERS_LAYERS_H

#include "nn/module.h"

#define ENTRY(name) extern const LayerDef layer_##name;
#include "nn/layers/list.h"
#include "nn/losses/list.h"
#undef ENTRY

/* All of them, ended by NULL. */
extern const LayerDef *const layer_defs[];

/* --- layers in a row that one op does (nn/chain.c) ---------------------------------------------------------------- */

/* m: a Conv2d, a ReLU and a MaxPool2d. Whether they can be one pass over x; then that pass. */
bool conv2d_relu_pool_fits(const Module *const *m, const Tensor *x);
int conv2d_relu_pool(const Module *const *m, Tensor *x, Tensor **out);

/* m: a BatchNorm1d or BatchNorm2d and a ReLU. */
bool batch_norm_relu_fits(const Module *const *m, const Tensor *x);
int batch_norm_relu(const Module *const *m, Tensor *x, Tensor **out);

typedef struct Pool2d {
  Pair window, stride, padding;
  bool ceil_mode;
} Pool2d;

/* Whether a MaxPool2d has nothing but these. */
bool max_pool2d_plain(const Module *m, Pool2d *pool);

#endif
