/*
 * adagrad.c - a learning rate for each coordinate from the sum of its squared gradients.
 *
 * eps stands outside the root as in PyTorch; the book puts it inside.
 */
#include <math.h>

#include "base/simd.h"
#include "optim/optimizer.h"

static const char equation[] =
    "g   <- -g if maximize\n"
    "g   <- g + weight_decay p\n"
    "s   <- s + g^2\n"
    "p   <- p - lr / (1 + (t - 1) lr_decay) g / (sqrt(s) + eps)    t = 1, 2, ...";

enum { LR, LR_DECAY, WEIGHT_DECAY, INITIAL, EPS, MAXIMIZE };

static const Arg args[] = {
    {.name = "lr", .range = RANGE_NOT_NEGATIVE, .def = 1e-2, .doc = "The learning rate, the factor of each step."},
    {.name = "lr_decay",
     .range = RANGE_NOT_NEGATIVE,
     .doc = "Decay of the learning rate: at update t it is lr / (1 + (t - 1) lr_decay)."},
    {.name = "weight_decay",
     .range = RANGE_NOT_NEGATIVE,
     .doc = "Factor of the L2 penalty: weight_decay times the parameter is added to the gradient."},
    {.name = "initial_accumulator_value",
     .range = RANGE_NOT_NEGATIVE,
     .doc = "Initial value of s, the sum of squared gradients."},
    {.name = "eps",
     .range = RANGE_NOT_NEGATIVE,
     .def = 1e-10,
     .doc = "Added to the denominator, outside the square root."},
    {.name = "maximize", .kind = ARG_FLAG, .doc = "Whether to step along the gradient instead of against it."},
    {0},
};

enum { C_MINUS_LR, C_EPS, C_DECAY, C_SIGN, C_COUNT };

static void coef(double *c, const double *h, int64_t t) {
  c[C_MINUS_LR] = -(h[LR] / (1 + (double)(t - 1) * h[LR_DECAY]));
  c[C_EPS] = h[EPS];
  c[C_DECAY] = h[WEIGHT_DECAY];
  c[C_SIGN] = h[MAXIMIZE] != 0 ? -1 : 1;
}

#define ADAGRAD_KERNEL(NAME, T, SQRT)                                                               \
  static VECTORIZED(void, NAME, (const OptimRun *r, int64_t begin, int64_t end), (r, begin, end)) { \
    T *restrict p = r->p, *restrict s = r->state[0];                                                \
    const T *restrict g = r->g;                                                                     \
    const T minus_lr = (T)r->c[C_MINUS_LR], eps = (T)r->c[C_EPS];                                   \
    const T decay = (T)r->c[C_DECAY], sign = (T)r->c[C_SIGN];                                       \
    const bool decays = decay != 0;                                                                 \
    for (int64_t i = begin; i < end; i++) {                                                         \
      T d = sign * g[i];                                                                            \
      d = decays ? d + decay * p[i] : d;                                                            \
      s[i] += d * d;                                                                                \
      p[i] += minus_lr * d / (SQRT(s[i]) + eps);                                                    \
    }                                                                                               \
  }
ADAGRAD_KERNEL(adagrad_f32, float, sqrtf)
ADAGRAD_KERNEL(adagrad_f64, double, sqrt)

static const OptimSlot slots[] = {
    {.name = "sum", .doc = "s, the sum of squared gradients", .initial = INITIAL},
    {0},
};

const OptimDef optim_adagrad = {
    .name = "Adagrad",
    .doc = "A learning rate for each coordinate, from the sum of its squared gradients.",
    .equation = equation,
    .paper =
        "Duchi, Hazan, Singer, \"Adaptive subgradient methods for online learning and stochastic optimization\", JMLR "
        "12, 2011",
    .args = args,
    .slot = slots,
    .ncoefs = C_COUNT,
    .coef = coef,
    .kernel = {adagrad_f32, adagrad_f64},
};
