/*
 * flatten.c - layers that move no data.
 *
 *   Flatten(start_dim = 2, end_dim = -1)   joins dimensions start_dim..end_dim, counted from 1, into one;
 *                                          by default (N, C, H, W) -> (N, C H W)
 *   Identity()                             its input
 */
#include <stdio.h>

#include "autograd/formula.h"
#include "base/err.h"
#include "nn/layers/layers.h"

static Tensor *flatten(const Module *m, Tensor *const *in) {
  Tensor *x = in[0];
  int start = module_dim(m, 0, x), end = module_dim(m, 1, x);
  if (start < 0 || end < 0) return NULL;
  if (start > end) return err_null("start_dim %d comes after end_dim %d", start + 1, end + 1);
  int64_t shape[TENSOR_MAX_DIM], joined = 1;
  int ndim = 0;
  for (int d = 0; d < start; d++) shape[ndim++] = x->shape[d];
  for (int d = start; d <= end && d < x->ndim; d++) joined *= x->shape[d];
  shape[ndim++] = joined;
  for (int d = end + 1; d < x->ndim; d++) shape[ndim++] = x->shape[d];
  FormulaMark mark = fm_begin();
  return fm_end(mark, fm_reshape(x, ndim, shape));
}

static Tensor *identity(const Module *m, Tensor *const *in) {
  (void)m;
  return tensor_retain(in[0]);
}

static void describe(const Module *m, char *text, size_t size) {
  int start = (int)m->arg[0], end = (int)m->arg[1];
  snprintf(text, size, "start_dim=%d, end_dim=%d", start < 0 ? start : start + 1, end < 0 ? end : end + 1);
}

const LayerDef layer_flatten = {
    .name = "Flatten",
    .functional = "flatten",
    .ninputs = 1,
    .args = {{"start_dim", ARG_DIM, 1, NULL}, {"end_dim", ARG_DIM, -1, NULL}},
    .forward = flatten,
    .describe = describe,
};

const LayerDef layer_identity = {.name = "Identity", .ninputs = 1, .forward = identity};
