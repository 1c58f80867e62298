/*
 * decay.c - the decays that optax and Keras share: PolynomialDecay, ExponentialDecay, CosineDecay, InverseTimeDecay.
 *
 * Their warm-ups (optax's warmup_cosine_decay_schedule and its like) are sched.warmup of these, where decay_steps does
 * not count the warm-up. Several after one another (optax's sgdr_schedule) are sched.sequential of such warm-ups.
 */
#include <math.h>

#include "sched/families/family.h"

/* clang-format off */
#define BEGIN_ROW {.name = "begin", .range = RANGE_NOT_NEGATIVE, .doc = "The last update at base_lr."}
#define STEPS_ROW(text) {.name = "decay_steps", .range = RANGE_POSITIVE, .required = true, .doc = text}
/* clang-format on */
#define ALL_OF_IT "Number of updates that the decay takes."

/* --- PolynomialDecay ---------------------------------------------------------------------------------------------- */

enum { POLY_STEPS = 1, POLY_END, POLY_POWER, POLY_BEGIN };

static const Arg polynomial_args[] = {
    BASE_ROW,
    STEPS_ROW(ALL_OF_IT),
    {.name = "end_lr", .range = RANGE_NOT_NEGATIVE, .doc = "The rate at the end."},
    {.name = "power", .range = RANGE_POSITIVE, .def = 1, .doc = "The exponent; 1: a straight line."},
    BEGIN_ROW,
    {0},
};

static double polynomial_at(const Sched *s, double t) {
  const double *h = s->args.x;
  const double p = fmin(fmax(t - h[POLY_BEGIN], 0) / h[POLY_STEPS], 1);
  return (h[BASE_LR] - h[POLY_END]) * pow(1 - p, h[POLY_POWER]) + h[POLY_END];
}

/* --- ExponentialDecay --------------------------------------------------------------------------------------------- */

enum { EXP_STEPS = 1, EXP_RATE, EXP_STAIRCASE, EXP_END, EXP_BEGIN };

static const Arg exponential_args[] = {
    BASE_ROW,
    STEPS_ROW("Updates until the rate has been multiplied by decay_rate once."),
    {.name = "decay_rate",
     .range = RANGE_POSITIVE,
     .required = true,
     .doc = "The factor of decay_steps updates; above 1 the rate grows."},
    {.name = "staircase", .kind = ARG_FLAG, .doc = "Whether it is multiplied all at once, every decay_steps updates."},
    {.name = "end_lr",
     .range = RANGE_NOT_NEGATIVE,
     .def = ARG_UNSET,
     .doc = "Where the rate stops: the least rate, or the greatest if decay_rate is at least 1; by default none."},
    BEGIN_ROW,
    {0},
};

static double exponential_at(const Sched *s, double t) {
  const double *h = s->args.x;
  if (t <= h[EXP_BEGIN]) return h[BASE_LR];
  double p = (t - h[EXP_BEGIN]) / h[EXP_STEPS];
  if (h[EXP_STAIRCASE] != 0) p = floor(p);
  const double lr = h[BASE_LR] * pow(h[EXP_RATE], p);
  if (isnan(h[EXP_END])) return lr;
  return h[EXP_RATE] < 1 ? fmax(lr, h[EXP_END]) : fmin(lr, h[EXP_END]);
}

/* --- CosineDecay -------------------------------------------------------------------------------------------------- */

enum { COS_STEPS = 1, COS_ALPHA, COS_EXPONENT };

static const Arg cosine_args[] = {
    BASE_ROW,
    STEPS_ROW(ALL_OF_IT),
    {.name = "alpha", .range = RANGE_0_TO_1, .doc = "The last rate as a share of base_lr."},
    {.name = "exponent", .range = RANGE_POSITIVE, .def = 1, .doc = "The exponent of the wave."},
    {0},
};

static double cosine_at(const Sched *s, double t) {
  const double *h = s->args.x;
  const double wave = (1 + cos(M_PI * fmin(t / h[COS_STEPS], 1))) / 2;
  return h[BASE_LR] * ((1 - h[COS_ALPHA]) * pow(wave, h[COS_EXPONENT]) + h[COS_ALPHA]);
}

/* --- InverseTimeDecay --------------------------------------------------------------------------------------------- */

enum { TIME_STEPS = 1, TIME_RATE, TIME_STAIRCASE };

static const Arg inversetime_args[] = {
    BASE_ROW,
    STEPS_ROW("The unit of time, in updates."),
    {.name = "decay_rate",
     .range = RANGE_NOT_NEGATIVE,
     .required = true,
     .doc = "After decay_steps updates the rate is base_lr / (1 + decay_rate)."},
    {.name = "staircase", .kind = ARG_FLAG, .doc = "Whether the rate changes only every decay_steps updates."},
    {0},
};

static double inversetime_at(const Sched *s, double t) {
  const double *h = s->args.x;
  const double p = t / h[TIME_STEPS];
  return h[BASE_LR] / (1 + h[TIME_RATE] * (h[TIME_STAIRCASE] != 0 ? floor(p) : p));
}

const SchedDef sched_decay[] = {
    {.name = "PolynomialDecay",
     .doc = "From base_lr to end_lr along a power; a straight line by default.",
     .equation = "(base_lr - end_lr) (1 - p)^power + end_lr\nwith p = (t - begin) / decay_steps, cut to [0, 1]",
     .args = polynomial_args,
     .at = polynomial_at},
    {.name = "ExponentialDecay",
     .doc = "Multiplies the rate by decay_rate over each decay_steps updates.",
     .equation = "base_lr decay_rate^p\nwith p = (t - begin) / decay_steps, at least 0; rounded down if staircase;\n"
                 "no further than end_lr",
     .args = exponential_args,
     .at = exponential_at},
    {.name = "CosineDecay",
     .doc = "Half a cosine wave, or a power of it, from base_lr down to alpha base_lr, where it stays.",
     .equation = "base_lr ((1 - alpha) ((1 + cos(pi p)) / 2)^exponent + alpha)\nwith p = min(t / decay_steps, 1)",
     .paper = "Loshchilov, Hutter, \"SGDR: stochastic gradient descent with warm restarts\", ICLR 2017",
     .args = cosine_args,
     .at = cosine_at},
    {.name = "InverseTimeDecay",
     .doc = "Falls like one over t, as the theory of stochastic approximation asks for.",
     .equation = "base_lr / (1 + decay_rate t / decay_steps)\nt / decay_steps rounded down if staircase",
     .paper = "Robbins, Monro, \"A stochastic approximation method\", Annals of Mathematical Statistics 22, 1951",
     .args = inversetime_args,
     .at = inversetime_at},
    {0},
};
