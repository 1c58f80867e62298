/*
 * chain.c - running layers one after the other; which of them are done together.
 *
 * Adding a fusion: a row of `fusions`, with two functions in the file of its first layer.
 */
#include "nn/chain.h"

#include "nn/layers/layers.h"

#define MAX_FUSED 3

typedef struct Fusion {
  int n;
  const LayerDef *layer[MAX_FUSED];
  /* Whether the one operation takes these layers with this input; its output, as a layer's forward returns it. */
  bool (*fits)(const Module *const *m, const Tensor *x);
  int (*forward)(const Module *const *m, Tensor *x, Tensor **out);
} Fusion;

static const Fusion fusions[] = {
    {3, {&layer_conv2d, &layer_relu, &layer_max_pool2d}, conv2d_relu_pool_fits, conv2d_relu_pool},
    {2, {&layer_batch_norm1d, &layer_relu}, batch_norm_relu_fits, batch_norm_relu},
    {2, {&layer_batch_norm2d, &layer_relu}, batch_norm_relu_fits, batch_norm_relu},
};

static bool matches(const Fusion *f, const Module *const *layer, int n, const Tensor *x) {
  if (f->n > n) return false;
  for (int i = 0; i < f->n; i++) {
    if (layer[i]->def != f->layer[i]) return false;
  }
  return f->fits(layer, x);
}

static const Fusion *find_fusion(const Module *const *layer, int n, const Tensor *x) {
  for (size_t i = 0; i < sizeof fusions / sizeof *fusions; i++) {
    if (matches(&fusions[i], layer, n, x)) return &fusions[i];
  }
  return NULL;
}

int chain_run(const Module *const *layer, int n, Tensor *x, Tensor **out) {
  Tensor *between = NULL; /* the input of the next layer, where it is an output of the last one */
  for (int i = 0; i < n;) {
    const Fusion *f = find_fusion(layer + i, n - i, x);
    const int rc = f ? f->forward(layer + i, x, out) : module_forward(layer[i], &x, out);
    tensor_release(between);
    if (rc < 0) {
      *out = NULL;
      return i;
    }
    x = between = *out;
    i += f ? f->n : 1;
  }
  return n;
}
