/*
 * dropout.c - Dropout(p = 0.5): in training, zeroes each element with probability p and multiplies the others by
 * 1 / (1 - p), so that the expected value stays; in eval mode the identity. Srivastava et al., "Dropout", JMLR 2014.
 */
#include <stdio.h>

#include "autograd/formula.h"
#include "base/err.h"
#include "core/rng.h"
#include "nn/functional.h"
#include "nn/layers/layers.h"

static int check_p(double p) {
  if (p >= 0 && p <= 1) return 0;
  return err_set("p is a probability, from 0 to 1; got %g", p);
}

Tensor *nn_dropout(Tensor *x, double p, bool training) {
  if (check_p(p) < 0) return NULL;
  if (!training || p == 0) return tensor_retain(x);
  DType dt = dtype_is_float((DType)x->dtype) ? (DType)x->dtype : dtype_default();
  FormulaMark mark = fm_begin();
  Tensor *mask = fm_own(tensor_new(dt, x->ndim, x->shape));
  if (mask) rng_fill_bernoulli(rng_for(RNG_DROPOUT), mask, 1 - p);
  return fm_end(mark, fm_mul(x, fm_muls(mask, p < 1 ? 1 / (1 - p) : 0)));
}

static int build(Module *m) { return check_p(m->arg[0]); }

static Tensor *forward(const Module *m, Tensor *const *in) { return nn_dropout(in[0], m->arg[0], m->training); }

static void describe(const Module *m, char *text, size_t size) {
  char number[32];
  snprintf(text, size, "p=%s, inplace=False", python_float(m->arg[0], number, sizeof number));
}

const LayerDef layer_dropout = {
    .name = "Dropout",
    .ninputs = 1,
    .args = {{"p", ARG_NUMBER, 0.5, NULL}},
    .build = build,
    .forward = forward,
    .describe = describe,
};
