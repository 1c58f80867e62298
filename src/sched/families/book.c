/*
 * book.c - the schedules of the book's chapter, each with a warm-up.
 *
 *   Factor       max(stop_factor_lr, base_lr factor^floor(u / step))
 *                base_lr 0.1, factor 1, stop_factor_lr 1e-7, step 1
 *   MultiFactor  base_lr factor^k, k = members of the list `step` that are <= t
 *                base_lr 0.01, factor 1, step required
 *   SquareRoot   base_lr (u + 1)^(-1/2)
 *                base_lr 0.1
 *   Poly         final_lr + (base_lr - final_lr) (1 - u / n)^pwr
 *                base_lr 0.01, max_update required, pwr 2, final_lr 0
 *   Cosine       final_lr + (base_lr - final_lr) (1 + cos(pi u / n)) / 2
 *                base_lr 0.01, max_update required, final_lr 0
 *
 * with u = t - warmup_steps and n = max_update - warmup_steps. Poly and Cosine stay at final_lr from t = max_update
 * on; MultiFactor's list counts from t = 0, warm-up included. During the warm-up, t < warmup_steps:
 *
 *   warmup_mode "linear"    warmup_begin_lr + (base_lr - warmup_begin_lr) t / warmup_steps
 *   warmup_mode "constant"  warmup_begin_lr
 *
 * warmup_steps 0, warmup_begin_lr 0, warmup_mode "linear" unless given.
 *
 * The book's FactorScheduler multiplies at each call, before it answers: its call number t (from 0) gives
 * base_lr factor^(t + 1), which is our value at t + 1. Here s(0) is the first learning rate in use, base_lr, as for
 * every schedule; plot s(t + 1) for the book's curve.
 */
#include <math.h>
#include <stddef.h>

#include "base/err.h"
#include "sched/schedule.h"

enum { BASE_LR, WARMUP_STEPS, WARMUP_BEGIN, WARMUP_MODE, OWN };

static const char *const modes[] = {"linear", "constant", NULL};

#define COMMON_ROWS(base)                                                                                              \
  {.name = "base_lr", .range = RANGE_NOT_NEGATIVE, .def = base},                                                       \
      {.name = "warmup_steps", .range = RANGE_NOT_NEGATIVE}, {.name = "warmup_begin_lr", .range = RANGE_NOT_NEGATIVE}, \
  {                                                                                                                    \
    .name = "warmup_mode", .kind = ARG_CHOICE, .choices = modes                                                        \
  }

static bool warming(const Sched *s, double t) { return t < s->args.x[WARMUP_STEPS]; }

static double warmup_lr(const Sched *s, double t) {
  double begin = s->args.x[WARMUP_BEGIN];
  if (s->args.x[WARMUP_MODE] != 0) return begin;
  return begin + (s->args.x[BASE_LR] - begin) * t / s->args.x[WARMUP_STEPS];
}

static int check_warmup(const Sched *s) {
  if (s->args.x[WARMUP_BEGIN] <= s->args.x[BASE_LR]) return 0;
  return err_set("warmup_begin_lr must be at most base_lr, got %.14g and %.14g", s->args.x[WARMUP_BEGIN],
                 s->args.x[BASE_LR]);
}

/* --- Factor ------------------------------------------------------------------------------------------------------- */

enum { FACTOR = OWN, STOP_FACTOR_LR, STEP };

static const Arg factor_args[] = {
    COMMON_ROWS(0.1),
    {.name = "factor", .range = RANGE_NOT_NEGATIVE, .def = 1},
    {.name = "stop_factor_lr", .range = RANGE_NOT_NEGATIVE, .def = 1e-7},
    {.name = "step", .range = RANGE_AT_LEAST_1, .def = 1},
    {0},
};

static double factor_at(const Sched *s, double t) {
  if (warming(s, t)) return warmup_lr(s, t);
  double times = floor((t - s->args.x[WARMUP_STEPS]) / s->args.x[STEP]);
  return fmax(s->args.x[STOP_FACTOR_LR], s->args.x[BASE_LR] * pow(s->args.x[FACTOR], times));
}

const SchedDef sched_factor = {.name = "Factor", .args = factor_args, .check = check_warmup, .at = factor_at};

/* --- MultiFactor -------------------------------------------------------------------------------------------------- */

static const Arg multifactor_args[] = {
    COMMON_ROWS(0.01),
    {.name = "factor", .range = RANGE_NOT_NEGATIVE, .def = 1},
    {.name = "step", .kind = ARG_LIST, .range = RANGE_NOT_NEGATIVE, .required = true},
    {0},
};

static double multifactor_at(const Sched *s, double t) {
  if (warming(s, t)) return warmup_lr(s, t);
  return s->args.x[BASE_LR] * pow(s->args.x[FACTOR], sched_passed(s, t));
}

const SchedDef sched_multifactor = {
    .name = "MultiFactor", .args = multifactor_args, .check = check_warmup, .at = multifactor_at};

/* --- SquareRoot --------------------------------------------------------------------------------------------------- */

static const Arg squareroot_args[] = {COMMON_ROWS(0.1), {0}};

static double squareroot_at(const Sched *s, double t) {
  if (warming(s, t)) return warmup_lr(s, t);
  return s->args.x[BASE_LR] / sqrt(t - s->args.x[WARMUP_STEPS] + 1);
}

const SchedDef sched_squareroot = {
    .name = "SquareRoot", .args = squareroot_args, .check = check_warmup, .at = squareroot_at};

/* --- Poly and Cosine ---------------------------------------------------------------------------------------------- */

enum { MAX_UPDATE = OWN, FINAL_LR, PWR };

static int check_end(const Sched *s) {
  if (s->args.x[MAX_UPDATE] <= s->args.x[WARMUP_STEPS]) {
    return err_set("max_update must be above warmup_steps, got %.14g and %.14g", s->args.x[MAX_UPDATE],
                   s->args.x[WARMUP_STEPS]);
  }
  return check_warmup(s);
}

/* Share of the way from the end of the warm-up to max_update. */
static double progress(const Sched *s, double t) {
  return fmin(1, (t - s->args.x[WARMUP_STEPS]) / (s->args.x[MAX_UPDATE] - s->args.x[WARMUP_STEPS]));
}

static const Arg poly_args[] = {
    COMMON_ROWS(0.01),
    {.name = "max_update", .range = RANGE_AT_LEAST_1, .required = true},
    {.name = "final_lr", .range = RANGE_NOT_NEGATIVE},
    {.name = "pwr", .range = RANGE_NOT_NEGATIVE, .def = 2},
    {0},
};

static double poly_at(const Sched *s, double t) {
  if (warming(s, t)) return warmup_lr(s, t);
  double final = s->args.x[FINAL_LR];
  return final + (s->args.x[BASE_LR] - final) * pow(1 - progress(s, t), s->args.x[PWR]);
}

const SchedDef sched_poly = {.name = "Poly", .args = poly_args, .check = check_end, .at = poly_at};

static const Arg cosine_args[] = {
    COMMON_ROWS(0.01),
    {.name = "max_update", .range = RANGE_AT_LEAST_1, .required = true},
    {.name = "final_lr", .range = RANGE_NOT_NEGATIVE},
    {0},
};

static double cosine_at(const Sched *s, double t) {
  if (warming(s, t)) return warmup_lr(s, t);
  double final = s->args.x[FINAL_LR];
  return final + (s->args.x[BASE_LR] - final) * (1 + cos(M_PI * progress(s, t))) / 2;
}

const SchedDef sched_cosine = {.name = "Cosine", .args = cosine_args, .check = check_end, .at = cosine_at};
