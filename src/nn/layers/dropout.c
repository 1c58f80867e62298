/*
 * dropout.c - Dropout: in training, some elements are zeroed at random and the others scaled so that the expected value
 * stays; in eval mode the identity.
 */
#include <stdio.h>

#include "autograd/formula.h"
#include "core/rng.h"
#include "nn/functional.h"
#include "nn/layers/layers.h"

Tensor *nn_dropout(Tensor *x, double p, bool training) {
  if (!training || p == 0) return tensor_retain(x);
  DType dt = dtype_is_float((DType)x->dtype) ? (DType)x->dtype : dtype_default();
  FormulaMark mark = fm_begin();
  Tensor *mask = fm_own(tensor_new(dt, x->ndim, x->shape));
  if (mask) rng_fill_bernoulli(rng_for(RNG_DROPOUT), mask, 1 - p);
  return fm_end(mark, fm_mul(x, fm_muls(mask, p < 1 ? 1 / (1 - p) : 0)));
}

static int forward(const Module *m, Tensor *const *in, Tensor **out) {
  return module_one_output(out, nn_dropout(in[0], m->args.x[0], m->training));
}

static void describe(const Module *m, char *text, size_t size) {
  char number[32];
  snprintf(text, size, "p=%s, inplace=False", module_python_float(m->args.x[0], number, sizeof number));
}

static const Arg args[] = {
    {.name = "p", .range = RANGE_0_TO_1, .def = 0.5, .doc = "Probability that an element becomes 0."},
    {0},
};

const LayerDef layer_dropout = {
    .name = "Dropout",
    .doc = "In training, zeroes each element with probability p.",
    .equation =
        "y = 0 with probability p, else x / (1 - p)    in training\n"
        "y = x                                         in eval mode",
    .paper = "Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, \"Dropout\", JMLR 15, 2014",
    .inputs = layer_input,
    .args = args,
    .forward = forward,
    .describe = describe,
};
