/*
 * rex.c - REX, which stays high for long and falls fast at the end.
 */
#include <math.h>

#include "sched/families/family.h"

enum { TOTAL_STEPS = 1, MIN_LR };

static const Arg rex_args[] = {
    BASE_ROW,
    {.name = "total_steps", .range = RANGE_POSITIVE, .required = true, .doc = "Updates until the rate is min_lr."},
    {.name = "min_lr", .range = RANGE_NOT_NEGATIVE, .doc = "The rate at the end."},
    {0},
};

static double rex_at(const Sched *s, double t) {
  const double *h = s->args.x;
  const double p = fmin(t / h[TOTAL_STEPS], 1);
  return h[MIN_LR] + (h[BASE_LR] - h[MIN_LR]) * (1 - p) / (1 - p / 2);
}

const SchedDef sched_rex[] = {
    {.name = "REX",
     .doc = "A hyperbola from base_lr down to min_lr, for trainings of a given length.",
     .equation = "min_lr + (base_lr - min_lr) (1 - p) / (1 - p / 2)\nwith p = min(t / total_steps, 1)",
     .paper = "Chen, Wolfe, Kyrillidis, \"REX: revisiting budgeted training with an improved schedule\", MLSys 2022",
     .args = rex_args,
     .at = rex_at},
    {0},
};
