/*
 * step.c - PyTorch's schedules that multiply now and then.
 *
 *   StepLR         base_lr gamma^floor(t / step_size)                            step_size required, gamma 0.1
 *   MultiStepLR    base_lr gamma^k, k = members of `milestones` that are <= t    milestones required, gamma 0.1
 *
 * base_lr is required: in PyTorch it is the optimizer's.
 */
#include <math.h>

#include "sched/families/family.h"

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

const SchedDef sched_step[] = {
    {.name = "StepLR", .args = steplr_args, .at = steplr_at},
    {.name = "MultiStepLR", .args = multisteplr_args, .at = multisteplr_at},
    {0},
};
