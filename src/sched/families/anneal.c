/*
 * anneal.c - PyTorch's schedules that move smoothly from one rate to another.
 *
 *   LinearLR           base_lr (start_factor + (end_factor - start_factor) min(t, total_iters) / total_iters)
 *                      start_factor 1/3, end_factor 1, total_iters 5
 *   PolynomialLR       base_lr (1 - min(t, total_iters) / total_iters)^power
 *                      total_iters 5, power 1
 *   CosineAnnealingLR  eta_min + (base_lr - eta_min) (1 + cos(pi t / T_max)) / 2
 *                      T_max required, eta_min 0; rises again after T_max
 *   CosineAnnealingWarmRestarts
 *                      the same over periods of T_0, T_0 T_mult, T_0 T_mult^2, ... updates, each from base_lr down
 *                      to eta_min; T_0 required, T_mult 1, eta_min 0
 *
 * base_lr is required: in PyTorch it is the optimizer's. The cosines: Loshchilov, Hutter, "SGDR", ICLR 2017.
 */
#include <math.h>

#include "sched/schedule.h"

#define BASE_ROW \
  { .name = "base_lr", .range = RANGE_NOT_NEGATIVE, .required = true }

enum { BASE_LR };

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

const SchedDef sched_linearlr = {.name = "LinearLR", .args = linearlr_args, .at = linearlr_at};

/* --- PolynomialLR ------------------------------------------------------------------------------------------------- */

enum { POLYNOMIAL_TOTAL = 1, POLYNOMIAL_POWER };

static const Arg polynomiallr_args[] = {
    BASE_ROW,
    {.name = "total_iters", .range = RANGE_POSITIVE, .def = 5},
    {.name = "power", .range = RANGE_NOT_NEGATIVE, .def = 1},
    {0},
};

static double polynomiallr_at(const Sched *s, double t) {
  double total = s->args.x[POLYNOMIAL_TOTAL];
  return s->args.x[BASE_LR] * pow(1 - fmin(t, total) / total, s->args.x[POLYNOMIAL_POWER]);
}

const SchedDef sched_polynomiallr = {.name = "PolynomialLR", .args = polynomiallr_args, .at = polynomiallr_at};

/* --- cosines ------------------------------------------------------------------------------------------------------ */

enum { ETA_MIN = 1, PERIOD, T_MULT };

/* From base_lr at share 0 down to eta_min at share 1. */
static double cosine(const Sched *s, double share) {
  double low = s->args.x[ETA_MIN];
  return low + (s->args.x[BASE_LR] - low) * (1 + cos(M_PI * share)) / 2;
}

static const Arg cosineannealinglr_args[] = {
    BASE_ROW,
    {.name = "eta_min", .range = RANGE_NOT_NEGATIVE},
    {.name = "T_max", .range = RANGE_POSITIVE, .required = true},
    {0},
};

static double cosineannealinglr_at(const Sched *s, double t) { return cosine(s, t / s->args.x[PERIOD]); }

const SchedDef sched_cosineannealinglr = {
    .name = "CosineAnnealingLR", .args = cosineannealinglr_args, .at = cosineannealinglr_at};

static const Arg warmrestarts_args[] = {
    BASE_ROW,
    {.name = "eta_min", .range = RANGE_NOT_NEGATIVE},
    {.name = "T_0", .range = RANGE_POSITIVE, .required = true},
    {.name = "T_mult", .kind = ARG_INTEGER, .range = RANGE_AT_LEAST_1, .def = 1},
    {0},
};

static double warmrestarts_at(const Sched *s, double t) {
  double period = s->args.x[PERIOD], growth = s->args.x[T_MULT];
  if (growth == 1) return cosine(s, fmod(t, period) / period);
  while (t >= period) {
    t -= period;
    period *= growth;
  }
  return cosine(s, t / period);
}

const SchedDef sched_cosineannealingwarmrestarts = {
    .name = "CosineAnnealingWarmRestarts", .args = warmrestarts_args, .at = warmrestarts_at};
