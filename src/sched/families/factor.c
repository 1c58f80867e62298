/*
 * factor.c - the book's schedules that multiply now and then, after a warm-up (family.h), with u = t - warmup_steps.
 *
 *   Factor       max(stop_factor_lr, base_lr factor^floor(u / step))
 *                base_lr 0.1, factor 1, stop_factor_lr 1e-7, step 1
 *   MultiFactor  base_lr factor^k, k = members of the list `step` that are <= t, which counts the warm-up too
 *                base_lr 0.01, factor 1, step required
 *
 * The book's FactorScheduler multiplies at each call, before it answers: its call number t (from 0) gives
 * base_lr factor^(t + 1), which is our value at t + 1. Here s(0) is the first learning rate in use, base_lr, as for
 * every schedule; plot s(t + 1) for the book's curve.
 */
#include <math.h>

#include "sched/families/family.h"

/* --- Factor ------------------------------------------------------------------------------------------------------- */

enum { FACTOR = BOOK_OWN, STOP_FACTOR_LR, STEP };

static const Arg factor_args[] = {
    BOOK_ROWS(0.1),
    {.name = "factor", .range = RANGE_NOT_NEGATIVE, .def = 1},
    {.name = "stop_factor_lr", .range = RANGE_NOT_NEGATIVE, .def = 1e-7},
    {.name = "step", .range = RANGE_AT_LEAST_1, .def = 1},
    {0},
};

static double factor_at(const Sched *s, double t) {
  if (book_warming(s, t)) return book_warmup(s, t);
  double times = floor((t - s->args.x[WARMUP_STEPS]) / s->args.x[STEP]);
  return fmax(s->args.x[STOP_FACTOR_LR], s->args.x[BASE_LR] * pow(s->args.x[FACTOR], times));
}

/* --- MultiFactor -------------------------------------------------------------------------------------------------- */

static const Arg multifactor_args[] = {
    BOOK_ROWS(0.01),
    {.name = "factor", .range = RANGE_NOT_NEGATIVE, .def = 1},
    {.name = "step", .kind = ARG_LIST, .range = RANGE_NOT_NEGATIVE, .required = true},
    {0},
};

static double multifactor_at(const Sched *s, double t) {
  if (book_warming(s, t)) return book_warmup(s, t);
  return s->args.x[BASE_LR] * pow(s->args.x[FACTOR], sched_passed(s, t));
}

const SchedDef sched_factor[] = {
    {.name = "Factor", .args = factor_args, .check = book_check_warmup, .at = factor_at},
    {.name = "MultiFactor", .args = multifactor_args, .check = book_check_warmup, .at = multifactor_at},
    {0},
};
