/*
 * sgd.c - stochastic gradient descent with momentum, dampening, Nesterov's look-ahead and weight decay.
 *
 *   g   <- -g if maximize
 *   g   <- g + weight_decay p
 *   b   <- g at the first update, then momentum b + (1 - dampening) g        (only if momentum != 0)
 *   d    = g + momentum b if nesterov, b with plain momentum, g without
 *   p   <- p - lr d
 *
 * Defaults: lr 1e-3, momentum 0, dampening 0, weight_decay 0, nesterov false, maximize false. State: momentum_buffer
 * (b). Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in deep learning", ICML
 * 2013, in PyTorch's form, which multiplies by lr after the average instead of before; the two agree while lr is
 * constant.
 */
#include "base/err.h"
#include "base/simd.h"
#include "optim/optimizer.h"

enum { LR, MOMENTUM, DAMPENING, WEIGHT_DECAY, NESTEROV, MAXIMIZE };

static const Arg args[] = {
    {.name = "lr", .range = RANGE_NOT_NEGATIVE, .def = 1e-3},
    {.name = "momentum", .range = RANGE_NOT_NEGATIVE},
    {.name = "dampening"},
    {.name = "weight_decay", .range = RANGE_NOT_NEGATIVE},
    {.name = "nesterov", .kind = ARG_FLAG},
    {.name = "maximize", .kind = ARG_FLAG},
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
#define SGD_KERNEL(NAME, T)                                                              \
  static VECTORIZED void NAME(const OptimRun *r, int64_t begin, int64_t end) {           \
    T *restrict p = r->p, *restrict b = r->state[0];                                     \
    const T *restrict g = r->g;                                                          \
    const T minus_lr = (T)r->c[C_MINUS_LR], momentum = (T)r->c[C_MOMENTUM];              \
    const T keep = r->fresh[0] ? 0 : momentum, gain = r->fresh[0] ? 1 : (T)r->c[C_GAIN]; \
    const T decay = (T)r->c[C_DECAY], sign = (T)r->c[C_SIGN];                            \
    const bool decays = decay != 0, nesterov = r->c[C_NESTEROV] != 0;                    \
    if (!b) {                                                                            \
      for (int64_t i = begin; i < end; i++) {                                            \
        T d = sign * g[i];                                                               \
        d = decays ? d + decay * p[i] : d;                                               \
        p[i] += minus_lr * d;                                                            \
      }                                                                                  \
      return;                                                                            \
    }                                                                                    \
    for (int64_t i = begin; i < end; i++) {                                              \
      T d = sign * g[i];                                                                 \
      d = decays ? d + decay * p[i] : d;                                                 \
      b[i] = keep * b[i] + gain * d;                                                     \
      p[i] += minus_lr * (nesterov ? d + momentum * b[i] : b[i]);                        \
    }                                                                                    \
  }
SGD_KERNEL(sgd_f32, float)
SGD_KERNEL(sgd_f64, double)

static const OptimSlot slots[] = {
    {.name = "momentum_buffer", .when = MOMENTUM},
    {0},
};

const OptimDef optim_sgd = {
    .name = "SGD",
    .args = args,
    .slot = slots,
    .ncoefs = C_COUNT,
    .check = check,
    .coef = coef,
    .kernel = {sgd_f32, sgd_f64},
};
