/*
 * step.c - PyTorch's schedules that multiply now and then.
 *
 *   StepLR         base_lr gamma^floor(t / step_size)                            step_size required, gamma 0.1
 *   MultiStepLR    base_lr gamma^k, k = members of `milestones` that are <= t    milestones required, gamma 0.1
 *   ConstantLR     base_lr factor while t < total_iters, then base_lr            factor 1/3, total_iters 5
 *   ExponentialLR  base_lr gamma^t                                               gamma required
 *
 * base_lr is required: in PyTorch it is the optimizer's.
 */
#include <math.h>

#include "sched/schedule.h"

#define BASE_ROW \
  { .name = "base_lr", .range = RANGE_NOT_NEGATIVE, .required = true }

enum { BASE_LR };

/* --- StepLR ------------------------------------------------------------------------------------------------------- */

enum { STEP_GAMMA = 1, STEP_SIZE };

static const Hyper steplr_hyper[] = {
    BASE_ROW,
    {.name = "gamma", .range = RANGE_NOT_NEGATIVE, .def = {0.1}},
    {.name = "step_size", .range = RANGE_POSITIVE, .required = true},
    {0},
};

static double steplr_at(const Sched *s, double t) {
  return s->h[BASE_LR] * pow(s->h[STEP_GAMMA], floor(t / s->h[STEP_SIZE]));
}

const SchedDef sched_steplr = {.name = "StepLR", .hyper = steplr_hyper, .at = steplr_at};

/* --- MultiStepLR -------------------------------------------------------------------------------------------------- */

static const Hyper multisteplr_hyper[] = {
    BASE_ROW,
    {.name = "gamma", .range = RANGE_NOT_NEGATIVE, .def = {0.1}},
    {0},
};

static double multisteplr_at(const Sched *s, double t) {
  return s->h[BASE_LR] * pow(s->h[STEP_GAMMA], sched_passed(s, t));
}

const SchedDef sched_multisteplr = {
    .name = "MultiStepLR", .hyper = multisteplr_hyper, .list = "milestones", .at = multisteplr_at};

/* --- ConstantLR --------------------------------------------------------------------------------------------------- */

enum { CONSTANT_FACTOR = 1, CONSTANT_TOTAL };

static const Hyper constantlr_hyper[] = {
    BASE_ROW,
    {.name = "factor", .range = RANGE_0_TO_1, .def = {1.0 / 3}},
    {.name = "total_iters", .range = RANGE_NOT_NEGATIVE, .def = {5}},
    {0},
};

static double constantlr_at(const Sched *s, double t) {
  return t < s->h[CONSTANT_TOTAL] ? s->h[BASE_LR] * s->h[CONSTANT_FACTOR] : s->h[BASE_LR];
}

const SchedDef sched_constantlr = {.name = "ConstantLR", .hyper = constantlr_hyper, .at = constantlr_at};

/* --- ExponentialLR ------------------------------------------------------------------------------------------------ */

enum { EXPONENTIAL_GAMMA = 1 };

static const Hyper exponentiallr_hyper[] = {
    BASE_ROW,
    {.name = "gamma", .range = RANGE_NOT_NEGATIVE, .required = true},
    {0},
};

static double exponentiallr_at(const Sched *s, double t) { return s->h[BASE_LR] * pow(s->h[EXPONENTIAL_GAMMA], t); }

const SchedDef sched_exponentiallr = {.name = "ExponentialLR", .hyper = exponentiallr_hyper, .at = exponentiallr_at};
