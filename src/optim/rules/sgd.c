/*
 * sgd.c - stochastic gradient descent with momentum, dampening, Nesterov's look-ahead and weight decay.
 *
 * PyTorch multiplies by lr after the average, the paper before it; the two agree while lr is constant.
 */
#include "base/err.h"
#include "base/simd.h"
#include "optim/optimizer.h"

static const char equation[] =
    "g   <- -g if maximize\n"
    "g   <- g + weight_decay p\n"
    "b   <- g at the first update, then momentum b + (1 - dampening) g\n"
    "d    = g if momentum is 0, g + momentum b if nesterov, else b\n"
    "p   <- p - lr d";

enum { LR, MOMENTUM, DAMPENING, WEIGHT_DECAY, NESTEROV, MAXIMIZE };

static const Arg args[] = {
    {.name = "lr", .range = RANGE_NOT_NEGATIVE, .def = 1e-3, .doc = "The learning rate, the factor of each step."},
    {.name = "momentum",
     .range = RANGE_NOT_NEGATIVE,
     .doc = "Momentum: the factor of the buffer at each update; 0 for no momentum."},
    {.name = "dampening",
     .doc = "Dampening of momentum: the gradient enters the buffer with the factor 1 - dampening."},
    {.name = "weight_decay",
     .range = RANGE_NOT_NEGATIVE,
     .doc = "Factor of the L2 penalty: weight_decay times the parameter is added to the gradient."},
    {.name = "nesterov",
     .kind = ARG_FLAG,
     .doc = "Whether to use Nesterov momentum; needs a momentum above 0 and no dampening."},
    {.name = "maximize", .kind = ARG_FLAG, .doc = "Whether to step along the gradient instead of against it."},
    {0},
};

enum { C_MINUS_LR, C_MOMENTUM, C_GAIN, C_NESTEROV, C_DECAY, C_SIGN, C_COUNT };

static void coef(double *c, const double *h, int64_t t) {
  (void)t;
  c[C_MINUS_LR] = -h[LR];
  c[C_MOMENTUM] = h[MOMENTUM];
  c[C_GAIN] = 1 - h[DAMPENING];
  c[C_NESTEROV] = h[NESTEROV];
  c[C_DECAY] = h[WEIGHT_DECAY];
  c[C_SIGN] = h[MAXIMIZE] != 0 ? -1 : 1;
}

static int check(const double *h) {
  if (h[NESTEROV] == 0 || (h[MOMENTUM] > 0 && h[DAMPENING] == 0)) return 0;
  return err_set("nesterov needs momentum > 0 and dampening = 0, got momentum %.14g and dampening %.14g", h[MOMENTUM],
                 h[DAMPENING]);
}

/* A fresh buffer holds zeros, so that "b <- g at the first update" is the general rule with other coefficients. */
#define SGD_KERNEL(NAME, T)                                                                         \
  static VECTORIZED(void, NAME, (const OptimRun *r, int64_t begin, int64_t end), (r, begin, end)) { \
    T *restrict p = r->p, *restrict b = r->state[0];                                                \
    const T *restrict g = r->g;                                                                     \
    const T minus_lr = (T)r->c[C_MINUS_LR], momentum = (T)r->c[C_MOMENTUM];                         \
    const T keep = r->fresh[0] ? 0 : momentum, gain = r->fresh[0] ? 1 : (T)r->c[C_GAIN];            \
    const T decay = (T)r->c[C_DECAY], sign = (T)r->c[C_SIGN];                                       \
    const bool decays = decay != 0, nesterov = r->c[C_NESTEROV] != 0;                               \
    if (!b) {                                                                                       \
      for (int64_t i = begin; i < end; i++) {                                                       \
        T d = sign * g[i];                                                                          \
        d = decays ? d + decay * p[i] : d;                                                          \
        p[i] += minus_lr * d;                                                                       \
      }                                                                                             \
      return;                                                                                       \
    }                                                                                               \
    for (int64_t i = begin; i < end; i++) {                                                         \
      T d = sign * g[i];                                                                            \
      d = decays ? d + decay * p[i] : d;                                                            \
      b[i] = keep * b[i] + gain * d;                                                                \
      p[i] += minus_lr * (nesterov ? d + momentum * b[i] : b[i]);                                   \
    }                                                                                               \
  }
SGD_KERNEL(sgd_f32, float)
SGD_KERNEL(sgd_f64, double)

static const OptimSlot slots[] = {
    {.name = "momentum_buffer", .doc = "b, the decaying sum of gradients; only with momentum", .when = MOMENTUM},
    {0},
};

const OptimDef optim_sgd = {
    .name = "SGD",
    .doc = "Stochastic gradient descent with momentum, dampening, Nesterov's look-ahead and weight decay.",
    .equation = equation,
    .paper =
        "Sutskever, Martens, Dahl, Hinton, \"On the importance of initialization and momentum in deep learning\", ICML "
        "2013",
    .args = args,
    .slot = slots,
    .ncoefs = C_COUNT,
    .check = check,
    .coef = coef,
    .kernel = {sgd_f32, sgd_f64},
};
