/*
 * softmax.c - Softmax and LogSoftmax along a dimension.
 */
#include <stdio.h>

#include "autograd/op.h"
#include "nn/layers/layers.h"

static Tensor *along_dim(OpId op, const Module *m, Tensor *const *in) {
  int dim = module_dim(m, "dim", in[0]);
  if (dim < 0) return NULL;
  return op_apply(op, in, 1, &(OpArgs){.along = {dim}});
}

static int softmax(const Module *m, Tensor *const *in, Tensor **out) {
  return module_one_output(out, along_dim(OP_SOFTMAX, m, in));
}
static int log_softmax(const Module *m, Tensor *const *in, Tensor **out) {
  return module_one_output(out, along_dim(OP_LOG_SOFTMAX, m, in));
}

static void describe(const Module *m, char *text, size_t size) {
  int dim = (int)m->args.x[0];
  snprintf(text, size, "dim=%d", dim < 0 ? dim : dim + 1);
}

static const Arg args[] = {
    {.name = "dim", .kind = ARG_DIM, .def = -1, .doc = "The dimension along which the probabilities sum to 1."},
    {0},
};

const LayerDef layer_softmax = {
    .name = "Softmax",
    .functional = "softmax",
    .doc = "Turns scores into probabilities.",
    .equation = "y = exp(x) / sum exp(x)",
    .inputs = layer_input,
    .args = args,
    .forward = softmax,
    .describe = describe,
};

const LayerDef layer_log_softmax = {
    .name = "LogSoftmax",
    .functional = "log_softmax",
    .doc = "Turns scores into the logarithms of probabilities.",
    .equation = "y = x - log sum exp(x)",
    .inputs = layer_input,
    .args = args,
    .forward = log_softmax,
    .describe = describe,
};
