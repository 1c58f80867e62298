/*
 * init.h - first values of parameters (nn.init): all draw from the stream of RNG_INIT and write in place, whether or
 * not the tensor requires a gradient.
 *
 * A weight (out, in, k1, ...) has fan_in = in k1 ... and fan_out = out k1 ...; the gain depends on the nonlinearity
 * that follows (init_gain), a being the slope of a leaky ReLU.
 */
#ifndef OPTLAB_NN_INIT_H
#define OPTLAB_NN_INIT_H

#include "args/arg.h"
#include "core/tensor.h"

typedef struct InitDef {
  const char *name;
  const char *doc, *equation, *paper; /* as in a LayerDef */
  const Arg *args;
  /* -1 with a sentence that lacks the function's name; t is then unchanged. x: the arguments */
  int (*fill)(Tensor *t, const double *x);
} InitDef;

extern const InitDef init_defs[]; /* ended by a NULL name */

void init_uniform(Tensor *t, double lo, double hi);

/* 0, or -1 with err_set for a tensor of fewer than two dimensions. */
int init_fans(const Tensor *t, double *fan_in, double *fan_out);

/* nn.init.calculate_gain: 1 for linear, sigmoid and convolutions, 5/3 for tanh, sqrt(2) for relu, sqrt(2 / (1 + a^2))
 * for leaky_relu with slope a = param, 3/4 for selu. */
extern const char *const init_nonlinearities[]; /* NULL-terminated */
double init_gain(int nonlinearity, double param);

#endif
