/*
 * linear.c - PyTorch's ConstantLR and LinearLR, which bring the rate from one factor to another within total_iters
 * updates.
 */
#include <math.h>

#include "sched/families/family.h"

/* --- ConstantLR --------------------------------------------------------------------------------------------------- */

enum { CONSTANT_FACTOR = 1, CONSTANT_TOTAL };

static const Arg constantlr_args[] = {
    BASE_ROW,
    {.name = "factor", .range = RANGE_0_TO_1, .def = 1.0 / 3, .doc = "The factor of the first updates."},
    {.name = "total_iters",
     .range = RANGE_NOT_NEGATIVE,
     .def = 5,
     .doc = "Number of updates until the factor no longer changes."},
    {0},
};

static double constantlr_at(const Sched *s, double t) {
  return t < s->args.x[CONSTANT_TOTAL] ? s->args.x[BASE_LR] * s->args.x[CONSTANT_FACTOR] : s->args.x[BASE_LR];
}

/* --- LinearLR ----------------------------------------------------------------------------------------------------- */

enum { LINEAR_START = 1, LINEAR_END, LINEAR_TOTAL };

static const Arg linearlr_args[] = {
    BASE_ROW,
    {.name = "start_factor", .range = RANGE_0_TO_1, .def = 1.0 / 3, .doc = "The factor at t = 0."},
    {.name = "end_factor", .range = RANGE_0_TO_1, .def = 1, .doc = "The factor from total_iters on."},
    {.name = "total_iters",
     .range = RANGE_POSITIVE,
     .def = 5,
     .doc = "Number of updates until the factor no longer changes."},
    {0},
};

static double linearlr_at(const Sched *s, double t) {
  double start = s->args.x[LINEAR_START], total = s->args.x[LINEAR_TOTAL];
  return s->args.x[BASE_LR] * (start + (s->args.x[LINEAR_END] - start) * fmin(t, total) / total);
}

const SchedDef sched_linear[] = {
    {.name = "ConstantLR",
     .doc = "A lower rate for the first updates.",
     .equation = "base_lr factor while t < total_iters, then base_lr",
     .args = constantlr_args,
     .at = constantlr_at},
    {.name = "LinearLR",
     .doc = "A straight line from one rate to another.",
     .equation = "base_lr (start_factor + (end_factor - start_factor) s)\nwith s = min(t, total_iters) / total_iters",
     .args = linearlr_args,
     .at = linearlr_at},
    {0},
};
