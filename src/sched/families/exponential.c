/*
 * exponential.c - PyTorch's ExponentialLR.
 */
#include <math.h>

#include "sched/families/family.h"

enum { EXPONENTIAL_GAMMA = 1 };

static const Arg exponentiallr_args[] = {
    BASE_ROW,
    {.name = "gamma", .range = RANGE_NOT_NEGATIVE, .required = true, .doc = "The factor of each update."},
    {0},
};

static double exponentiallr_at(const Sched *s, double t) {
  return s->args.x[BASE_LR] * pow(s->args.x[EXPONENTIAL_GAMMA], t);
}

const SchedDef sched_exponential[] = {
    {.name = "ExponentialLR",
     .doc = "Multiplies the rate by gamma at each update.",
     .equation = "base_lr gamma^t",
     .args = exponentiallr_args,
     .at = exponentiallr_at},
    {0},
};
