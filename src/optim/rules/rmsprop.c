/*
 * rmsprop.c - divides the gradient by a running root mean square of its coordinates.
 *
 * eps stands outside the root as in PyTorch; the book puts it inside.
 */
#include <math.h>

#include "base/simd.h"
#include "optim/optimizer.h"

static const char equation[] =
    "g   <- -g if maximize\n"
    "g   <- g + weight_decay p\n"
    "s   <- alpha s + (1 - alpha) g^2\n"
    "m   <- alpha m + (1 - alpha) g    only if centered\n"
    "a    = sqrt(s - m^2) + eps if centered, else sqrt(s) + eps\n"
    "b   <- momentum b + g / a         only if momentum > 0\n"
    "p   <- p - lr b if momentum > 0, else p - lr g / a";

enum { LR, ALPHA, EPS, WEIGHT_DECAY, MOMENTUM, CENTERED, MAXIMIZE };

static const Arg args[] = {
    {.name = "lr", .range = RANGE_NOT_NEGATIVE, .def = 1e-2, .doc = "The learning rate, the factor of each step."},
    {.name = "alpha", .range = RANGE_NOT_NEGATIVE, .def = 0.99, .doc = "Decay rate of the running mean."},
    {.name = "eps",
     .range = RANGE_NOT_NEGATIVE,
     .def = 1e-8,
     .doc = "Added to the denominator, outside the square root."},
    {.name = "weight_decay",
     .range = RANGE_NOT_NEGATIVE,
     .doc = "Factor of the L2 penalty: weight_decay times the parameter is added to the gradient."},
    {.name = "momentum",
     .range = RANGE_NOT_NEGATIVE,
     .doc = "Momentum: the factor of the buffer at each update; 0 for no momentum."},
    {.name = "centered",
     .kind = ARG_FLAG,
     .doc = "Whether to divide by the standard deviation of the gradient: its running mean is subtracted."},
    {.name = "maximize", .kind = ARG_FLAG, .doc = "Whether to step along the gradient instead of against it."},
    {0},
};

enum { C_MINUS_LR, C_ALPHA, C_GAIN, C_EPS, C_MOMENTUM, C_DECAY, C_SIGN, C_COUNT };

static void coef(double *c, const double *h, int64_t t) {
  (void)t;
  c[C_MINUS_LR] = -h[LR];
  c[C_ALPHA] = h[ALPHA];
  c[C_GAIN] = 1 - h[ALPHA];
  c[C_EPS] = h[EPS];
  c[C_MOMENTUM] = h[MOMENTUM];
  c[C_DECAY] = h[WEIGHT_DECAY];
  c[C_SIGN] = h[MAXIMIZE] != 0 ? -1 : 1;
}

/* `centered` and `with_momentum` are constants at each call, so that every combination becomes a loop of its own. */
#define RMSPROP_LOOP(NAME, T, SQRT)                                                                        \
  INLINE void NAME(const OptimRun *r, int64_t begin, int64_t end, bool centered, bool with_momentum) {     \
    T *restrict p = r->p, *restrict s = r->state[0], *restrict m = r->state[1], *restrict b = r->state[2]; \
    const T *restrict g = r->g;                                                                            \
    const T minus_lr = (T)r->c[C_MINUS_LR], alpha = (T)r->c[C_ALPHA], gain = (T)r->c[C_GAIN];              \
    const T eps = (T)r->c[C_EPS], momentum = (T)r->c[C_MOMENTUM];                                          \
    const T decay = (T)r->c[C_DECAY], sign = (T)r->c[C_SIGN];                                              \
    const bool decays = decay != 0;                                                                        \
    for (int64_t i = begin; i < end; i++) {                                                                \
      T d = sign * g[i];                                                                                   \
      d = decays ? d + decay * p[i] : d;                                                                   \
      s[i] = alpha * s[i] + gain * d * d;                                                                  \
      T mean_square = s[i];                                                                                \
      if (centered) {                                                                                      \
        m[i] = alpha * m[i] + gain * d;                                                                    \
        mean_square -= m[i] * m[i];                                                                        \
      }                                                                                                    \
      T a = SQRT(mean_square) + eps;                                                                       \
      if (with_momentum) {                                                                                 \
        b[i] = momentum * b[i] + d / a;                                                                    \
        p[i] += minus_lr * b[i];                                                                           \
      } else {                                                                                             \
        p[i] += minus_lr * d / a;                                                                          \
      }                                                                                                    \
    }                                                                                                      \
  }
RMSPROP_LOOP(loop_f32, float, sqrtf)
RMSPROP_LOOP(loop_f64, double, sqrt)

#define RMSPROP_KERNEL(NAME, LOOP)                                                                  \
  static VECTORIZED(void, NAME, (const OptimRun *r, int64_t begin, int64_t end), (r, begin, end)) { \
    if (r->state[1] && r->state[2]) {                                                               \
      LOOP(r, begin, end, true, true);                                                              \
    } else if (r->state[1]) {                                                                       \
      LOOP(r, begin, end, true, false);                                                             \
    } else if (r->state[2]) {                                                                       \
      LOOP(r, begin, end, false, true);                                                             \
    } else {                                                                                        \
      LOOP(r, begin, end, false, false);                                                            \
    }                                                                                               \
  }
RMSPROP_KERNEL(rmsprop_f32, loop_f32)
RMSPROP_KERNEL(rmsprop_f64, loop_f64)

static const OptimSlot slots[] = {
    {.name = "square_avg", .doc = "s, the running mean of squared gradients"},
    {.name = "grad_avg", .doc = "m, the running mean of gradients; only if centered", .when = CENTERED},
    {.name = "momentum_buffer", .doc = "b, the decaying sum of updates; only with momentum", .when = MOMENTUM},
    {0},
};

const OptimDef optim_rmsprop = {
    .name = "RMSprop",
    .doc = "Divides the gradient by a running root mean square of its coordinates.",
    .equation = equation,
    .paper = "Tieleman, Hinton, \"Lecture 6.5 - RMSProp\", Coursera, 2012; centered: Graves, arXiv 1308.0850",
    .args = args,
    .slot = slots,
    .ncoefs = C_COUNT,
    .coef = coef,
    .kernel = {rmsprop_f32, rmsprop_f64},
};
