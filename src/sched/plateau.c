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
    {.name = "mode", .kind = ARG_CHOICE, .choices = modes},
    {.name = "factor", .range = RANGE_0_TO_BELOW_1, .def = 0.1},
    {.name = "patience", .range = RANGE_NOT_NEGATIVE, .def = 10},
    {.name = "threshold", .range = RANGE_NOT_NEGATIVE, .def = 1e-4},
    {.name = "threshold_mode", .kind = ARG_CHOICE, .choices = threshold_modes},
    {.name = "cooldown", .range = RANGE_NOT_NEGATIVE},
    {.name = "min_lr", .range = RANGE_NOT_NEGATIVE},
    {.name = "eps", .range = RANGE_NOT_NEGATIVE, .def = 1e-8},
    {0},
};

int plateau_start(Plateau *p) {
  p->best = p->h[PLATEAU_MODE] != 0 ? -INFINITY : INFINITY;
  p->bad = p->cooldown = p->t = 0;
  return args_check(plateau_args, p->h, NULL) < 0 ? err_prefix("sched.ReduceLROnPlateau: ") : 0;
}

static bool better(const Plateau *p, double metric) {
  double threshold = p->h[PLATEAU_THRESHOLD], best = p->best;
  bool relative = p->h[PLATEAU_THRESHOLD_MODE] == 0;
  if (p->h[PLATEAU_MODE] == 0) return metric < (relative ? best * (1 - threshold) : best - threshold);
  return metric > (relative ? best * (1 + threshold) : best + threshold);
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
