/*
 * plateau.c - counting bad steps.
 */
#include "sched/plateau.h"

#include <math.h>
#include <stddef.h>

#include "base/err.h"

static const char *const modes[] = {"min", "max", NULL};
static const char *const threshold_modes[] = {"rel", "abs", NULL};

const Arg plateau_args[] = {
    {.name = "mode",
     .kind = ARG_CHOICE,
     .choices = modes,
     .doc = "'min': a smaller metric is better; 'max': a larger one."},
    {.name = "factor", .range = RANGE_0_TO_BELOW_1, .def = 0.1, .doc = "The factor by which the rates are multiplied."},
    {.name = "patience",
     .range = RANGE_NOT_NEGATIVE,
     .def = 10,
     .doc = "Number of steps without improvement after which the rates are lowered at the next one."},
    {.name = "threshold",
     .range = RANGE_NOT_NEGATIVE,
     .def = 1e-4,
     .doc = "Smallest change of the metric that counts as an improvement."},
    {.name = "threshold_mode",
     .kind = ARG_CHOICE,
     .choices = threshold_modes,
     .doc = "'rel': threshold is a share of the size of the best value; 'abs': it is an absolute difference."},
    {.name = "cooldown",
     .range = RANGE_NOT_NEGATIVE,
     .doc = "Number of steps after a reduction during which steps without improvement are not counted."},
    {.name = "min_lr", .range = RANGE_NOT_NEGATIVE, .doc = "Lower bound of the rate."},
    {.name = "eps",
     .range = RANGE_NOT_NEGATIVE,
     .def = 1e-8,
     .doc = "Smallest change of a rate; smaller changes are not made."},
    {0},
};

int plateau_start(Plateau *p) {
  p->best = p->h[PLATEAU_MODE] != 0 ? (double)-INFINITY : (double)INFINITY;
  p->bad = p->cooldown = p->t = 0;
  return args_check(plateau_args, p->h, NULL) < 0 ? err_prefix("sched.ReduceLROnPlateau: ") : 0;
}

/* The share is measured by the size of the best value, so that the threshold lies on the better side of it also where
 * it is negative; PyTorch's best (1 - threshold) lies on the other side there. nan is never better. */
static bool better(const Plateau *p, double metric) {
  const double best = p->best, threshold = p->h[PLATEAU_THRESHOLD];
  const double sign = p->h[PLATEAU_MODE] == 0 ? -1 : 1; /* of an improvement */
  double limit = best + sign * threshold;
  if (p->h[PLATEAU_THRESHOLD_MODE] == 0) limit = best * (1 + (best < 0 ? -sign : sign) * threshold);
  if (isinf(best)) limit = best;
  return sign < 0 ? metric < limit : metric > limit;
}

bool plateau_step(Plateau *p, double metric) {
  p->t++;
  if (better(p, metric)) {
    p->best = metric;
    p->bad = 0;
  } else {
    p->bad++;
  }
  if (p->cooldown > 0) {
    p->cooldown--;
    p->bad = 0;
  }
  if (p->bad <= p->h[PLATEAU_PATIENCE]) return false;
  p->cooldown = p->h[PLATEAU_COOLDOWN];
  p->bad = 0;
  return true;
}

double plateau_lower(const Plateau *p, double lr) {
  double lower = fmax(lr * p->h[PLATEAU_FACTOR], p->h[PLATEAU_MIN_LR]);
  return lr - lower > p->h[PLATEAU_EPS] ? lower : lr;
}
