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
  {.name = "base_lr", .range = RANGE_NOT_NEGATIVE, .def = {base}},                                                     \
      {.name = "warmup_steps", .range = RANGE_NOT_NEGATIVE}, {.name = "warmup_begin_lr", .range = RANGE_NOT_NEGATIVE}, \
  {                                                                                                                    \
    .name = "warmup_mode", .kind = HYPER_CHOICE, .choice = modes                                                       \
  }

static bool warming(const Sched *s, double t) { return t < s->h[WARMUP_STEPS]; }

static double warmup_lr(const Sched *s, double t) {
  double begin = s->h[WARMUP_BEGIN];
  if (s->h[WARMUP_MODE] != 0) return begin;
  return begin + (s->h[BASE_LR] - begin) * t / s->h[WARMUP_STEPS];
}

static int check_warmup(const Sched *s) {
  if (s->h[WARMUP_BEGIN] <= s->h[BASE_LR]) return 0;
  return err_set("sched.%s: warmup_begin_lr must be <= base_lr, got %.14g and %.14g", s->def->name, s->h[WARMUP_BEGIN],
                 s->h[BASE_LR]);
}

/* --- Factor ------------------------------------------------------------------------------------------------------- */

enum { FACTOR = OWN, STOP_FACTOR_LR, STEP };

static const Hyper factor_hyper[] = {
    COMMON_ROWS(0.1),
    {.name = "factor", .range = RANGE_NOT_NEGATIVE, .def = {1}},
    {.name = "stop_factor_lr", .range = RANGE_NOT_NEGATIVE, .def = {1e-7}},
    {.name = "step", .range = RANGE_AT_LEAST_1, .def = {1}},
    {0},
};

static double factor_at(const Sched *s, double t) {
  if (warming(s, t)) return warmup_lr(s, t);
  double times = floor((t - s->h[WARMUP_STEPS]) / s->h[STEP]);
  return fmax(s->h[STOP_FACTOR_LR], s->h[BASE_LR] * pow(s->h[FACTOR], times));
}

const SchedDef sched_factor = {.name = "Factor", .hyper = factor_hyper, .check = check_warmup, .at = factor_at};

/* --- MultiFactor -------------------------------------------------------------------------------------------------- */

static const Hyper multifactor_hyper[] = {
    COMMON_ROWS(0.01),
    {.name = "factor", .range = RANGE_NOT_NEGATIVE, .def = {1}},
    {0},
};

static double multifactor_at(const Sched *s, double t) {
  if (warming(s, t)) return warmup_lr(s, t);
  return s->h[BASE_LR] * pow(s->h[FACTOR], sched_passed(s, t));
}

const SchedDef sched_multifactor = {
    .name = "MultiFactor", .hyper = multifactor_hyper, .list = "step", .check = check_warmup, .at = multifactor_at};

/* --- SquareRoot --------------------------------------------------------------------------------------------------- */

static const Hyper squareroot_hyper[] = {COMMON_ROWS(0.1), {0}};

static double squareroot_at(const Sched *s, double t) {
  if (warming(s, t)) return warmup_lr(s, t);
  return s->h[BASE_LR] / sqrt(t - s->h[WARMUP_STEPS] + 1);
}

const SchedDef sched_squareroot = {
    .name = "SquareRoot", .hyper = squareroot_hyper, .check = check_warmup, .at = squareroot_at};

/* --- Poly and Cosine ---------------------------------------------------------------------------------------------- */

enum { MAX_UPDATE = OWN, FINAL_LR, PWR };

static int check_end(const Sched *s) {
  if (s->h[MAX_UPDATE] <= s->h[WARMUP_STEPS]) {
    return err_set("sched.%s: max_update must be > warmup_steps, got %.14g and %.14g", s->def->name, s->h[MAX_UPDATE],
                   s->h[WARMUP_STEPS]);
  }
  return check_warmup(s);
}

/* Share of the way from the end of the warm-up to max_update. */
static double progress(const Sched *s, double t) {
  return fmin(1, (t - s->h[WARMUP_STEPS]) / (s->h[MAX_UPDATE] - s->h[WARMUP_STEPS]));
}

static const Hyper poly_hyper[] = {
    COMMON_ROWS(0.01),
    {.name = "max_update", .range = RANGE_AT_LEAST_1, .required = true},
    {.name = "final_lr", .range = RANGE_NOT_NEGATIVE},
    {.name = "pwr", .range = RANGE_NOT_NEGATIVE, .def = {2}},
    {0},
};

static double poly_at(const Sched *s, double t) {
  if (warming(s, t)) return warmup_lr(s, t);
  double final = s->h[FINAL_LR];
  return final + (s->h[BASE_LR] - final) * pow(1 - progress(s, t), s->h[PWR]);
}

const SchedDef sched_poly = {.name = "Poly", .hyper = poly_hyper, .check = check_end, .at = poly_at};

static const Hyper cosine_hyper[] = {
    COMMON_ROWS(0.01),
    {.name = "max_update", .range = RANGE_AT_LEAST_1, .required = true},
    {.name = "final_lr", .range = RANGE_NOT_NEGATIVE},
    {0},
};

static double cosine_at(const Sched *s, double t) {
  if (warming(s, t)) return warmup_lr(s, t);
  double final = s->h[FINAL_LR];
  return final + (s->h[BASE_LR] - final) * (1 + cos(M_PI * progress(s, t))) / 2;
}

const SchedDef sched_cosine = {.name = "Cosine", .hyper = cosine_hyper, .check = check_end, .at = cosine_at};
