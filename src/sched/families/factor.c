/*
 * factor.c - the book's Factor and MultiFactor, which multiply now and then, after a warm-up (family.h).
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
    {.name = "factor", .range = RANGE_NOT_NEGATIVE, .def = 1, .doc = "The factor by which the rate is multiplied."},
    {.name = "stop_factor_lr", .range = RANGE_NOT_NEGATIVE, .def = 1e-7, .doc = "Lower bound of the rate."},
    {.name = "step", .range = RANGE_AT_LEAST_1, .def = 1, .doc = "Number of updates between two multiplications."},
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
    {.name = "factor", .range = RANGE_NOT_NEGATIVE, .def = 1, .doc = "The factor by which the rate is multiplied."},
    {.name = "step",
     .kind = ARG_LIST,
     .range = RANGE_NOT_NEGATIVE,
     .required = true,
     .doc = "Updates at which the rate is multiplied, counted from the start of the warm-up."},
    {0},
};

static double multifactor_at(const Sched *s, double t) {
  if (book_warming(s, t)) return book_warmup(s, t);
  return s->args.x[BASE_LR] * pow(s->args.x[FACTOR], sched_passed(s, t));
}

const SchedDef sched_factor[] = {
    {.name = "Factor",
     .doc = "Multiplies the rate by a factor every few updates, after a warm-up.",
     .equation = "max(stop_factor_lr, base_lr factor^floor(u / step))\nwith u = t - warmup_steps",
     .args = factor_args,
     .check = book_check_warmup,
     .at = factor_at},
    {.name = "MultiFactor",
     .doc = "Multiplies the rate by a factor at given updates, after a warm-up.",
     .equation = "base_lr factor^k,  k = members of step that are at most t",
     .args = multifactor_args,
     .check = book_check_warmup,
     .at = multifactor_at},
    {0},
};
