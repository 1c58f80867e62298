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

static const Arg steplr_args[] = {
    BASE_ROW,
    {.name = "gamma", .range = RANGE_NOT_NEGATIVE, .def = 0.1},
    {.name = "step_size", .range = RANGE_POSITIVE, .required = true},
    {0},
};

static double steplr_at(const Sched *s, double t) {
  return s->args.x[BASE_LR] * pow(s->args.x[STEP_GAMMA], floor(t / s->args.x[STEP_SIZE]));
}

const SchedDef sched_steplr = {.name = "StepLR", .args = steplr_args, .at = steplr_at};

/* --- MultiStepLR -------------------------------------------------------------------------------------------------- */

static const Arg multisteplr_args[] = {
    BASE_ROW,
    {.name = "gamma", .range = RANGE_NOT_NEGATIVE, .def = 0.1},
    {.name = "milestones", .kind = ARG_LIST, .range = RANGE_NOT_NEGATIVE, .required = true},
    {0},
};

static double multisteplr_at(const Sched *s, double t) {
  return s->args.x[BASE_LR] * pow(s->args.x[STEP_GAMMA], sched_passed(s, t));
}

const SchedDef sched_multisteplr = {.name = "MultiStepLR", .args = multisteplr_args, .at = multisteplr_at};

/* --- ConstantLR --------------------------------------------------------------------------------------------------- */

enum { CONSTANT_FACTOR = 1, CONSTANT_TOTAL };

static const Arg constantlr_args[] = {
    BASE_ROW,
    {.name = "factor", .range = RANGE_0_TO_1, .def = 1.0 / 3},
    {.name = "total_iters", .range = RANGE_NOT_NEGATIVE, .def = 5},
    {0},
};

static double constantlr_at(const Sched *s, double t) {
  return t < s->args.x[CONSTANT_TOTAL] ? s->args.x[BASE_LR] * s->args.x[CONSTANT_FACTOR] : s->args.x[BASE_LR];
}

const SchedDef sched_constantlr = {.name = "ConstantLR", .args = constantlr_args, .at = constantlr_at};

/* --- ExponentialLR ------------------------------------------------------------------------------------------------ */

enum { EXPONENTIAL_GAMMA = 1 };

static const Arg exponentiallr_args[] = {
    BASE_ROW,
    {.name = "gamma", .range = RANGE_NOT_NEGATIVE, .required = true},
    {0},
};

static double exponentiallr_at(const Sched *s, double t) {
  return s->args.x[BASE_LR] * pow(s->args.x[EXPONENTIAL_GAMMA], t);
}

const SchedDef sched_exponentiallr = {.name = "ExponentialLR", .args = exponentiallr_args, .at = exponentiallr_at};
