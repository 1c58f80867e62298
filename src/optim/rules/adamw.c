/*
 * adamw.c - Adam whose weight decay acts on the parameter, not on the gradient.
 */
#include <math.h>

#include "base/simd.h"
#include "optim/optimizer.h"

static const char equation[] =
    "g   <- -g if maximize\n"
    "p   <- (1 - lr weight_decay) p\n"
    "m   <- beta1 m + (1 - beta1) g\n"
    "v   <- beta2 v + (1 - beta2) g^2\n"
    "w   <- max(w, v) if amsgrad, else w = v\n"
    "a    = sqrt(w) / sqrt(1 - beta2^t) + eps    t = 1, 2, ...\n"
    "p   <- p - lr / (1 - beta1^t) m / a";

enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY, AMSGRAD, MAXIMIZE };

static const Arg args[] = {
    {.name = "lr", .range = RANGE_NOT_NEGATIVE, .def = 1e-3, .doc = "The learning rate, the factor of each step."},
    {.name = "betas",
     .kind = ARG_TUPLE,
     .width = 2,
     .range = RANGE_0_TO_BELOW_1,
     .defs = (const double[]){0.9, 0.999},
     .doc = "Decay rates of the running means of the gradient and of its square."},
    {.name = "eps",
     .range = RANGE_NOT_NEGATIVE,
     .def = 1e-8,
     .doc = "Added to the denominator, outside the square root."},
    {.name = "weight_decay",
     .range = RANGE_NOT_NEGATIVE,
     .def = 1e-2,
     .doc = "Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay."},
    {.name = "amsgrad",
     .kind = ARG_FLAG,
     .doc = "Whether to divide by the largest running mean so far of the squared gradient (AMSGrad)."},
    {.name = "maximize", .kind = ARG_FLAG, .doc = "Whether to step along the gradient instead of against it."},
    {0},
};

enum { C_MINUS_STEP, C_ROOT2, C_BETA1, C_GAIN1, C_BETA2, C_GAIN2, C_EPS, C_SHRINK, C_SIGN, C_COUNT };

static void coef(double *c, const double *h, int64_t t) {
  c[C_MINUS_STEP] = -(h[LR] / (1 - pow(h[BETA1], (double)t)));
  c[C_ROOT2] = sqrt(1 - pow(h[BETA2], (double)t));
  c[C_BETA1] = h[BETA1];
  c[C_GAIN1] = 1 - h[BETA1];
  c[C_BETA2] = h[BETA2];
  c[C_GAIN2] = 1 - h[BETA2];
  c[C_EPS] = h[EPS];
  c[C_SHRINK] = 1 - h[LR] * h[WEIGHT_DECAY];
  c[C_SIGN] = h[MAXIMIZE] != 0 ? -1 : 1;
}

/* `amsgrad` is a constant at each call. */
#define ADAMW_LOOP(NAME, T, SQRT)                                                                          \
  INLINE void NAME(const OptimRun *r, int64_t begin, int64_t end, bool amsgrad) {                          \
    T *restrict p = r->p, *restrict m = r->state[0], *restrict v = r->state[1], *restrict w = r->state[2]; \
    const T *restrict g = r->g;                                                                            \
    const T minus_step = (T)r->c[C_MINUS_STEP], root2 = (T)r->c[C_ROOT2], eps = (T)r->c[C_EPS];            \
    const T beta1 = (T)r->c[C_BETA1], gain1 = (T)r->c[C_GAIN1];                                            \
    const T beta2 = (T)r->c[C_BETA2], gain2 = (T)r->c[C_GAIN2];                                            \
    const T shrink = (T)r->c[C_SHRINK], sign = (T)r->c[C_SIGN];                                            \
    for (int64_t i = begin; i < end; i++) {                                                                \
      T d = sign * g[i];                                                                                   \
      m[i] = beta1 * m[i] + gain1 * d;                                                                     \
      v[i] = beta2 * v[i] + gain2 * d * d;                                                                 \
      T second = v[i];                                                                                     \
      if (amsgrad) second = w[i] = w[i] > v[i] ? w[i] : v[i];                                              \
      p[i] = shrink * p[i] + minus_step * m[i] / (SQRT(second) / root2 + eps);                             \
    }                                                                                                      \
  }
ADAMW_LOOP(loop_f32, float, sqrtf)
ADAMW_LOOP(loop_f64, double, sqrt)

#define ADAMW_KERNEL(NAME, LOOP)                                                                    \
  static VECTORIZED(void, NAME, (const OptimRun *r, int64_t begin, int64_t end), (r, begin, end)) { \
    if (r->state[2]) {                                                                              \
      LOOP(r, begin, end, true);                                                                    \
    } else {                                                                                        \
      LOOP(r, begin, end, false);                                                                   \
    }                                                                                               \
  }
ADAMW_KERNEL(adamw_f32, loop_f32)
ADAMW_KERNEL(adamw_f64, loop_f64)

static const OptimSlot slots[] = {
    {.name = "exp_avg", .doc = "m, the running mean of gradients"},
    {.name = "exp_avg_sq", .doc = "v, the running mean of squared gradients"},
    {.name = "max_exp_avg_sq", .doc = "w, the largest v so far; only if amsgrad", .when = AMSGRAD},
    {0},
};

const OptimDef optim_adamw = {
    .name = "AdamW",
    .doc = "Adam whose weight decay acts on the parameter, not on the gradient.",
    .equation = equation,
    .paper = "Loshchilov, Hutter, \"Decoupled weight decay regularization\", ICLR 2019",
    .args = args,
    .slot = slots,
    .ncoefs = C_COUNT,
    .coef = coef,
    .kernel = {adamw_f32, adamw_f64},
};
