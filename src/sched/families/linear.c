/*
 * linear.c - PyTorch's schedules that bring the rate from one factor to another within total_iters updates.
 *
 *   ConstantLR  base_lr factor while t < total_iters, then base_lr               factor 1/3, total_iters 5
 *   LinearLR    base_lr (start_factor + (end_factor - start_factor) min(t, total_iters) / total_iters)
 *               start_factor 1/3, end_factor 1, total_iters 5
 *
 * base_lr is required: in PyTorch it is the optimizer's.
 */
#include <math.h>

#include "sched/families/family.h"

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

/* --- LinearLR ----------------------------------------------------------------------------------------------------- */

enum { LINEAR_START = 1, LINEAR_END, LINEAR_TOTAL };

static const Arg linearlr_args[] = {
    BASE_ROW,
    {.name = "start_factor", .range = RANGE_0_TO_1, .def = 1.0 / 3},
    {.name = "end_factor", .range = RANGE_0_TO_1, .def = 1},
    {.name = "total_iters", .range = RANGE_POSITIVE, .def = 5},
    {0},
};

static double linearlr_at(const Sched *s, double t) {
  double start = s->args.x[LINEAR_START], total = s->args.x[LINEAR_TOTAL];
  return s->args.x[BASE_LR] * (start + (s->args.x[LINEAR_END] - start) * fmin(t, total) / total);
}

const SchedDef sched_linear[] = {
    {.name = "ConstantLR", .args = constantlr_args, .at = constantlr_at},
    {.name = "LinearLR", .args = linearlr_args, .at = linearlr_at},
    {0},
};
