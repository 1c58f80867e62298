/*
 * nadam.c - Adam with Nesterov's look-ahead: the mean of the gradients is used as it will be one update later.
 */
#include <math.h>

#include "base/simd.h"
#include "optim/optimizer.h"

static const char equation[] =
    "g   <- -g if maximize\n"
    "g   <- g + weight_decay p\n"
    "u_t  = beta1 (1 - 0.96^(t momentum_decay) / 2)    t = 1, 2, ...\n"
    "U   <- U u_t\n"
    "m   <- beta1 m + (1 - beta1) g\n"
    "v   <- beta2 v + (1 - beta2) g^2\n"
    "a    = sqrt(v / (1 - beta2^t)) + eps\n"
    "p   <- p - lr (1 - u_t) / (1 - U) g / a - lr u_(t+1) / (1 - U u_(t+1)) m / a";

enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY, MOMENTUM_DECAY, MAXIMIZE };

static const Arg args[] = {
    {.name = "lr", .range = RANGE_NOT_NEGATIVE, .def = 2e-3, .doc = "The learning rate, the factor of each step."},
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
     .doc = "Factor of the L2 penalty: weight_decay times the parameter is added to the gradient."},
    {.name = "momentum_decay",
     .range = RANGE_NOT_NEGATIVE,
     .def = 4e-3,
     .doc = "How fast the momentum u_t grows from beta1 / 2 towards beta1."},
    {.name = "maximize", .kind = ARG_FLAG, .doc = "Whether to step along the gradient instead of against it."},
    {0},
};

enum { M, V, MU_PRODUCT };

static const OptimSlot slots[] = {
    [M] = {.name = "exp_avg", .doc = "m, the running mean of gradients"},
    [V] = {.name = "exp_avg_sq", .doc = "v, the running mean of squared gradients"},
    [MU_PRODUCT] = {.name = "mu_product",
                    .doc = "U, the product of the momenta u_t so far: one number, initially 1",
                    .start = 1,
                    .shape = optim_scalar,
                    .dtype = OPTIM_F64},
    {0},
};

enum {
  C_LR,
  C_MU,
  C_NEXT_MU,
  C_GRAD,
  C_MEAN,
  C_ROOT2,
  C_BETA1,
  C_GAIN1,
  C_BETA2,
  C_GAIN2,
  C_EPS,
  C_DECAY,
  C_SIGN,
  C_COUNT
};

static double mu(const double *h, double t) { return h[BETA1] * (1 - 0.5 * pow(0.96, t * h[MOMENTUM_DECAY])); }

static void coef(double *c, const double *h, int64_t t) {
  c[C_LR] = h[LR];
  c[C_MU] = mu(h, (double)t);
  c[C_NEXT_MU] = mu(h, (double)t + 1);
  c[C_ROOT2] = sqrt(1 - pow(h[BETA2], (double)t));
  c[C_BETA1] = h[BETA1];
  c[C_GAIN1] = 1 - h[BETA1];
  c[C_BETA2] = h[BETA2];
  c[C_GAIN2] = 1 - h[BETA2];
  c[C_EPS] = h[EPS];
  c[C_DECAY] = h[WEIGHT_DECAY];
  c[C_SIGN] = h[MAXIMIZE] != 0 ? -1 : 1;
}

/* The product U of one parameter, and the two factors that follow from it. */
static void scalars(OptimRun *run, const double *h) {
  (void)h;
  double *product = run->state[MU_PRODUCT], *c = run->c;
  *product *= c[C_MU];
  c[C_GRAD] = -c[C_LR] * (1 - c[C_MU]) / (1 - *product);
  c[C_MEAN] = -c[C_LR] * c[C_NEXT_MU] / (1 - *product * c[C_NEXT_MU]);
}

#define NADAM_KERNEL(NAME, T, SQRT)                                                                 \
  static VECTORIZED(void, NAME, (const OptimRun *r, int64_t begin, int64_t end), (r, begin, end)) { \
    T *restrict p = r->p, *restrict m = r->state[M], *restrict v = r->state[V];                     \
    const T *restrict g = r->g;                                                                     \
    const T by_grad = (T)r->c[C_GRAD], by_mean = (T)r->c[C_MEAN];                                   \
    const T root2 = (T)r->c[C_ROOT2], eps = (T)r->c[C_EPS];                                         \
    const T beta1 = (T)r->c[C_BETA1], gain1 = (T)r->c[C_GAIN1];                                     \
    const T beta2 = (T)r->c[C_BETA2], gain2 = (T)r->c[C_GAIN2];                                     \
    const T decay = (T)r->c[C_DECAY], sign = (T)r->c[C_SIGN];                                       \
    const bool decays = decay != 0;                                                                 \
    for (int64_t i = begin; i < end; i++) {                                                         \
      T d = sign * g[i];                                                                            \
      d = decays ? d + decay * p[i] : d;                                                            \
      m[i] = beta1 * m[i] + gain1 * d;                                                              \
      v[i] = beta2 * v[i] + gain2 * d * d;                                                          \
      p[i] += (by_grad * d + by_mean * m[i]) / (SQRT(v[i]) / root2 + eps);                          \
    }                                                                                               \
  }
NADAM_KERNEL(nadam_f32, float, sqrtf)
NADAM_KERNEL(nadam_f64, double, sqrt)

const OptimDef optim_nadam = {
    .name = "NAdam",
    .doc = "Adam with Nesterov's look-ahead: the mean of the gradients is used as it will be one update later.",
    .equation = equation,
    .paper = "Dozat, \"Incorporating Nesterov momentum into Adam\", ICLR workshop 2016",
    .args = args,
    .slot = slots,
    .ncoefs = C_COUNT,
    .coef = coef,
    .scalars = scalars,
    .kernel = {nadam_f32, nadam_f64},
};
