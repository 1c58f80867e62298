/*
 * softmax.c - Softmax(dim) and LogSoftmax(dim): exp(x) / sum exp(x) along a dimension (default: the last), and its
 * logarithm.
 */
#include <stdio.h>

#include "autograd/op.h"
#include "nn/layers/layers.h"

static Tensor *along_dim(OpId op, const Module *m, Tensor *const *in) {
  int dim = module_dim(m, 0, in[0]);
  if (dim < 0) return NULL;
  return op_apply(op, in, 1, &(OpArgs){.along = {dim}});
}

static Tensor *softmax(const Module *m, Tensor *const *in) { return along_dim(OP_SOFTMAX, m, in); }
static Tensor *log_softmax(const Module *m, Tensor *const *in) { return along_dim(OP_LOG_SOFTMAX, m, in); }

static void describe(const Module *m, char *text, size_t size) {
  int dim = (int)m->arg[0];
  snprintf(text, size, "dim=%d", dim < 0 ? dim : dim + 1);
}

const LayerDef layer_softmax = {
    .name = "Softmax",
    .functional = "softmax",
    .ninputs = 1,
    .args = {{"dim", ARG_DIM, -1, NULL}},
    .forward = softmax,
    .describe = describe,
};

const LayerDef layer_log_softmax = {
    .name = "LogSoftmax",
    .functional = "log_softmax",
    .ninputs = 1,
    .args = {{"dim", ARG_DIM, -1, NULL}},
    .forward = log_softmax,
    .describe = describe,
};
