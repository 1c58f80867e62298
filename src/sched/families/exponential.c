/*
 * exponential.c - PyTorch's ExponentialLR.
 *
 *   base_lr gamma^t
 *
 * base_lr (in PyTorch the optimizer's) and gamma are required.
 */
#include <math.h>

#include "sched/families/family.h"

enum { EXPONENTIAL_GAMMA = 1 };

static const Hyper exponentiallr_hyper[] = {
    BASE_ROW,
    {.name = "gamma", .range = RANGE_NOT_NEGATIVE, .required = true},
    {0},
};

static double exponentiallr_at(const Sched *s, double t) { return s->h[BASE_LR] * pow(s->h[EXPONENTIAL_GAMMA], t); }

const SchedDef sched_exponential[] = {
    {.name = "ExponentialLR", .hyper = exponentiallr_hyper, .at = exponentiallr_at},
    {0},
};
