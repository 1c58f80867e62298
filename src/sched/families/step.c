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

static const Hyper steplr_hyper[] = {
    BASE_ROW,
    {.name = "gamma", .range = RANGE_NOT_NEGATIVE, .def = {0.1}},
    {.name = "step_size", .range = RANGE_POSITIVE, .required = true},
    {0},
};

static double steplr_at(const Sched *s, double t) {
  return s->h[BASE_LR] * pow(s->h[STEP_GAMMA], floor(t / s->h[STEP_SIZE]));
}

/* --- MultiStepLR -------------------------------------------------------------------------------------------------- */

static const Hyper multisteplr_hyper[] = {
    BASE_ROW,
    {.name = "gamma", .range = RANGE_NOT_NEGATIVE, .def = {0.1}},
    {0},
};

static double multisteplr_at(const Sched *s, double t) {
  return s->h[BASE_LR] * pow(s->h[STEP_GAMMA], sched_passed(s, t));
}

const SchedDef sched_step[] = {
    {.name = "StepLR", .hyper = steplr_hyper, .at = steplr_at},
    {.name = "MultiStepLR", .hyper = multisteplr_hyper, .list = "milestones", .at = multisteplr_at},
    {0},
};
