/*
 * yogi.c - Adam whose second moment moves towards g^2 by steps that do not depend on how far away it is.
 *
 * PyTorch has no Yogi; defaults and bias correction are those of the pytorch_optimizer package. The book's variant is
 * initial_accumulator = 0.
 */
#include <math.h>

#include "base/simd.h"
#include "optim/optimizer.h"

static const char equation[] =
    "g   <- -g if maximize\n"
    "g   <- g + weight_decay p\n"
    "m   <- beta1 m + (1 - beta1) g\n"
    "v   <- v - (1 - beta2) sign(v - g^2) g^2\n"
    "a    = sqrt(v) / sqrt(1 - beta2^t) + eps    t = 1, 2, ...\n"
    "p   <- p - lr / (1 - beta1^t) m / a";

enum { LR, BETA1, BETA2, EPS, INITIAL, WEIGHT_DECAY, MAXIMIZE };

static const Arg args[] = {
    {.name = "lr", .range = RANGE_NOT_NEGATIVE, .def = 1e-2, .doc = "The learning rate, the factor of each step."},
    {.name = "betas",
     .kind = ARG_TUPLE,
     .width = 2,
     .range = RANGE_0_TO_BELOW_1,
     .defs = (const double[]){0.9, 0.999},
     .doc = "Decay rates of the running means of the gradient and of its square."},
    {.name = "eps",
     .range = RANGE_NOT_NEGATIVE,
     .def = 1e-3,
     .doc = "Added to the denominator, outside the square root."},
    {.name = "initial_accumulator", .range = RANGE_NOT_NEGATIVE, .def = 1e-6, .doc = "Initial value of m and v."},
    {.name = "weight_decay",
     .range = RANGE_NOT_NEGATIVE,
     .doc = "Factor of the L2 penalty: weight_decay times the parameter is added to the gradient."},
    {.name = "maximize", .kind = ARG_FLAG, .doc = "Whether to step along the gradient instead of against it."},
    {0},
};

enum { C_MINUS_STEP, C_ROOT2, C_BETA1, C_GAIN1, C_GAIN2, C_EPS, C_DECAY, C_SIGN, C_COUNT };

static void coef(double *c, const double *h, int64_t t) {
  c[C_MINUS_STEP] = -(h[LR] / (1 - pow(h[BETA1], (double)t)));
  c[C_ROOT2] = sqrt(1 - pow(h[BETA2], (double)t));
  c[C_BETA1] = h[BETA1];
  c[C_GAIN1] = 1 - h[BETA1];
  c[C_GAIN2] = 1 - h[BETA2];
  c[C_EPS] = h[EPS];
  c[C_DECAY] = h[WEIGHT_DECAY];
  c[C_SIGN] = h[MAXIMIZE] != 0 ? -1 : 1;
}

#define YOGI_KERNEL(NAME, T, SQRT)                                                                  \
  static VECTORIZED(void, NAME, (const OptimRun *r, int64_t begin, int64_t end), (r, begin, end)) { \
    T *restrict p = r->p, *restrict m = r->state[0], *restrict v = r->state[1];                     \
    const T *restrict g = r->g;                                                                     \
    const T minus_step = (T)r->c[C_MINUS_STEP], root2 = (T)r->c[C_ROOT2], eps = (T)r->c[C_EPS];     \
    const T beta1 = (T)r->c[C_BETA1], gain1 = (T)r->c[C_GAIN1], gain2 = (T)r->c[C_GAIN2];           \
    const T decay = (T)r->c[C_DECAY], sign = (T)r->c[C_SIGN];                                       \
    const bool decays = decay != 0;                                                                 \
    for (int64_t i = begin; i < end; i++) {                                                         \
      T d = sign * g[i];                                                                            \
      d = decays ? d + decay * p[i] : d;                                                            \
      T square = d * d, move = gain2 * square;                                                      \
      m[i] = beta1 * m[i] + gain1 * d;                                                              \
      v[i] += v[i] > square ? -move : v[i] < square ? move : 0 * move;                              \
      p[i] += minus_step * m[i] / (SQRT(v[i]) / root2 + eps);                                       \
    }                                                                                               \
  }
YOGI_KERNEL(yogi_f32, float, sqrtf)
YOGI_KERNEL(yogi_f64, double, sqrt)

static const OptimSlot slots[] = {
    {.name = "exp_avg", .doc = "m, the running mean of gradients", .initial = INITIAL},
    {.name = "exp_avg_sq", .doc = "v, the second moment", .initial = INITIAL},
    {0},
};

const OptimDef optim_yogi = {
    .name = "Yogi",
    .doc = "Adam whose second moment moves towards the squared gradient by steps that do not depend on the distance.",
    .equation = equation,
    .paper = "Zaheer, Reddi, Sachan, Kale, Kumar, \"Adaptive methods for nonconvex optimization\", NeurIPS 2018",
    .args = args,
    .slot = slots,
    .ncoefs = C_COUNT,
    .coef = coef,
    .kernel = {yogi_f32, yogi_f64},
};
