/*
 * chain.h - layers one after the other, as nn.Sequential runs them.
 *
 * Layers in a row that one operation can do together are done by it: the table of such fusions is in chain.c. A fusion
 * gives bit for bit what its layers give one by one, and gradients of any order.
 */
#ifndef OPTLAB_NN_CHAIN_H
#define OPTLAB_NN_CHAIN_H

#include "nn/module.h"

/* Runs x through layer[0], ..., layer[n-1], each of which has one input and one output; n > 0. Returns n with a new
 * reference in *out; or the place of the layer that failed, with err_set and NULL in *out. */
int chain_run(const Module *const *layer, int n, Tensor *x, Tensor **out);

#endif
