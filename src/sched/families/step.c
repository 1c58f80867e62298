/*
 * step.c - PyTorch's StepLR and MultiStepLR, which multiply now and then.
 */
#include <math.h>

#include "sched/families/family.h"

/* --- StepLR ------------------------------------------------------------------------------------------------------- */

enum { STEP_GAMMA = 1, STEP_SIZE };

static const Arg steplr_args[] = {
    BASE_ROW,
    {.name = "gamma", .range = RANGE_NOT_NEGATIVE, .def = 0.1, .doc = "The factor by which the rate is multiplied."},
    {.name = "step_size",
     .range = RANGE_POSITIVE,
     .required = true,
     .doc = "Number of updates between two multiplications."},
    {0},
};

static double steplr_at(const Sched *s, double t) {
  return s->args.x[BASE_LR] * pow(s->args.x[STEP_GAMMA], floor(t / s->args.x[STEP_SIZE]));
}

/* --- MultiStepLR -------------------------------------------------------------------------------------------------- */

static const Arg multisteplr_args[] = {
    BASE_ROW,
    {.name = "gamma", .range = RANGE_NOT_NEGATIVE, .def = 0.1, .doc = "The factor by which the rate is multiplied."},
    {.name = "milestones",
     .kind = ARG_LIST,
     .range = RANGE_NOT_NEGATIVE,
     .required = true,
     .doc = "The updates at which the rate is multiplied."},
    {0},
};

static double multisteplr_at(const Sched *s, double t) {
  return s->args.x[BASE_LR] * pow(s->args.x[STEP_GAMMA], sched_passed(s, t));
}

const SchedDef sched_step[] = {
    {.name = "StepLR",
     .doc = "Multiplies the rate by gamma every step_size updates.",
     .equation = "base_lr gamma^floor(t / step_size)",
     .args = steplr_args,
     .at = steplr_at},
    {.name = "MultiStepLR",
     .doc = "Multiplies the rate by gamma at given updates.",
     .equation = "base_lr gamma^k,  k = members of milestones that are at most t",
     .args = multisteplr_args,
     .at = multisteplr_at},
    {0},
};
