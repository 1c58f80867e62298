/*
 * flatten.c - layers that move no data: Flatten and Identity.
 */
#include <stdio.h>

#include "autograd/formula.h"
#include "base/err.h"
#include "nn/layers/layers.h"

static int flatten(const Module *m, Tensor *const *in, Tensor **out) {
  Tensor *x = in[0];
  int start = module_dim(m, "start_dim", x), end = module_dim(m, "end_dim", x);
  if (start < 0 || end < 0) return -1;
  if (start > end) return err_set("start_dim %d comes after end_dim %d", start + 1, end + 1);
  int64_t shape[TENSOR_MAX_DIM], joined = 1;
  int ndim = 0;
  for (int d = 0; d < start; d++) shape[ndim++] = x->shape[d];
  for (int d = start; d <= end && d < x->ndim; d++) joined *= x->shape[d];
  shape[ndim++] = joined;
  for (int d = end + 1; d < x->ndim; d++) shape[ndim++] = x->shape[d];
  FormulaMark mark = fm_begin();
  return module_one_output(out, fm_end(mark, fm_reshape(x, ndim, shape)));
}

static int identity(const Module *m, Tensor *const *in, Tensor **out) {
  (void)m;
  return module_one_output(out, tensor_retain(in[0]));
}

static void describe(const Module *m, char *text, size_t size) {
  int start = (int)m->args.x[0], end = (int)m->args.x[1];
  snprintf(text, size, "start_dim=%d, end_dim=%d", start < 0 ? start : start + 1, end < 0 ? end : end + 1);
}

static const Arg flatten_args[] = {
    {.name = "start_dim", .kind = ARG_DIM, .def = 1, .doc = "First of the dimensions that are joined."},
    {.name = "end_dim", .kind = ARG_DIM, .def = -1, .doc = "Last of the dimensions that are joined."},
    {0},
};

const LayerDef layer_flatten = {
    .name = "Flatten",
    .functional = "flatten",
    .doc = "Joins dimensions start_dim to end_dim into one, by default (N, C, H, W) -> (N, C H W).",
    .inputs = layer_input,
    .args = flatten_args,
    .forward = flatten,
    .describe = describe,
};

const LayerDef layer_identity = {
    .name = "Identity",
    .doc = "Returns its input.",
    .equation = "y = x",
    .inputs = layer_input,
    .args = module_no_args,
    .forward = identity,
};
