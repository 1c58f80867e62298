/*
 * adadelta.c - rescales the gradient by the ratio of two running root mean squares: of past updates, and of the
 * gradients.
 */
#include <math.h>

#include "base/simd.h"
#include "optim/optimizer.h"

static const char equation[] =
    "g   <- -g if maximize\n"
    "g   <- g + weight_decay p\n"
    "s   <- rho s + (1 - rho) g^2\n"
    "d    = sqrt(u + eps) / sqrt(s + eps) g\n"
    "u   <- rho u + (1 - rho) d^2\n"
    "p   <- p - lr d";

enum { LR, RHO, EPS, WEIGHT_DECAY, MAXIMIZE };

static const Arg args[] = {
    {.name = "lr", .range = RANGE_NOT_NEGATIVE, .def = 1.0, .doc = "The learning rate, the factor of each step."},
    {.name = "rho", .range = RANGE_0_TO_1, .def = 0.9, .doc = "Decay rate of both running means."},
    {.name = "eps",
     .range = RANGE_NOT_NEGATIVE,
     .def = 1e-6,
     .doc = "Added to both running means, inside the square roots."},
    {.name = "weight_decay",
     .range = RANGE_NOT_NEGATIVE,
     .doc = "Factor of the L2 penalty: weight_decay times the parameter is added to the gradient."},
    {.name = "maximize", .kind = ARG_FLAG, .doc = "Whether to step along the gradient instead of against it."},
    {0},
};

enum { C_MINUS_LR, C_RHO, C_GAIN, C_EPS, C_DECAY, C_SIGN, C_COUNT };

static void coef(double *c, const double *h, int64_t t) {
  (void)t;
  c[C_MINUS_LR] = -h[LR];
  c[C_RHO] = h[RHO];
  c[C_GAIN] = 1 - h[RHO];
  c[C_EPS] = h[EPS];
  c[C_DECAY] = h[WEIGHT_DECAY];
  c[C_SIGN] = h[MAXIMIZE] != 0 ? -1 : 1;
}

#define ADADELTA_KERNEL(NAME, T, SQRT)                                                                          \
  static VECTORIZED(void, NAME, (const OptimRun *r, int64_t begin, int64_t end), (r, begin, end)) {             \
    T *restrict p = r->p, *restrict s = r->state[0], *restrict u = r->state[1];                                 \
    const T *restrict g = r->g;                                                                                 \
    const T minus_lr = (T)r->c[C_MINUS_LR], rho = (T)r->c[C_RHO], gain = (T)r->c[C_GAIN], eps = (T)r->c[C_EPS]; \
    const T decay = (T)r->c[C_DECAY], sign = (T)r->c[C_SIGN];                                                   \
    const bool decays = decay != 0;                                                                             \
    for (int64_t i = begin; i < end; i++) {                                                                     \
      T q = sign * g[i];                                                                                        \
      q = decays ? q + decay * p[i] : q;                                                                        \
      s[i] = rho * s[i] + gain * q * q;                                                                         \
      T d = SQRT(u[i] + eps) / SQRT(s[i] + eps) * q;                                                            \
      u[i] = rho * u[i] + gain * d * d;                                                                         \
      p[i] += minus_lr * d;                                                                                     \
    }                                                                                                           \
  }
ADADELTA_KERNEL(adadelta_f32, float, sqrtf)
ADADELTA_KERNEL(adadelta_f64, double, sqrt)

static const OptimSlot slots[] = {
    {.name = "square_avg", .doc = "s, the running mean of squared gradients"},
    {.name = "acc_delta", .doc = "u, the running mean of squared updates"},
    {0},
};

const OptimDef optim_adadelta = {
    .name = "Adadelta",
    .doc = "Rescales the gradient by the ratio of running root mean squares: of past updates, and of the gradients.",
    .equation = equation,
    .paper = "Zeiler, \"ADADELTA: an adaptive learning rate method\", arXiv 1212.5701",
    .args = args,
    .slot = slots,
    .ncoefs = C_COUNT,
    .coef = coef,
    .kernel = {adadelta_f32, adadelta_f64},
};
