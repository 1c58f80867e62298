/*
 * combinators.c - schedules made of schedules.
 */
#include "base/err.h"
#include "sched/schedule.h"
#include "sched/warmup.h"

/* --- sequential --------------------------------------------------------------------------------------------------- */

static const Arg sequential_args[] = {
    {.name = "schedules", .kind = ARG_VALUE, .doc = "The list of schedules."},
    {.name = "milestones",
     .kind = ARG_LIST,
     .range = RANGE_NOT_NEGATIVE,
     .required = true,
     .doc = "Updates at which the next schedule takes over; one fewer than schedules."},
    {0},
};

static int sequential_check(const Sched *s) {
  const ArgList *m = &s->args.list[0];
  if (m->n != s->nparts - 1) return err_set("%d schedules need %d milestones, got %d", s->nparts, s->nparts - 1, m->n);
  for (int i = 1; i < m->n; i++) {
    if (m->x[i] >= m->x[i - 1]) continue;
    return err_set("milestones[%d] must be a number of at least %.14g, got %.14g", i + 1, m->x[i - 1], m->x[i]);
  }
  return 0;
}

static double sequential(const Sched *s, double t, SchedPart *part, void *ctx) {
  const double *m = s->args.list[0].x;
  int i = s->nparts - 1;
  while (i > 0 && t < m[i - 1]) i--;
  return part(ctx, i, i > 0 ? t - m[i - 1] : t);
}

const SchedDef sched_sequential = {
    .name = "sequential",
    .doc = "One schedule after another, each counted from its own start.",
    .equation = "s_1(t) while t < m_1, then s_2(t - m_1) while t < m_2, ...\nwith milestones m_1 <= m_2 <= ...",
    .args = sequential_args,
    .check = sequential_check,
    .compose = sequential};

/* --- chain -------------------------------------------------------------------------------------------------------- */

static const Arg chain_args[] = {{.name = "schedules", .kind = ARG_VALUE, .doc = "The list of schedules."}, {0}};

static double chain(const Sched *s, double t, SchedPart *part, void *ctx) {
  double lr = 1;
  for (int i = 0; i < s->nparts; i++) lr *= part(ctx, i, t);
  return lr;
}

const SchedDef sched_chain = {.name = "chain",
                              .doc = "The product of schedules.",
                              .equation = "s_1(t) s_2(t) ...",
                              .args = chain_args,
                              .compose = chain};

/* --- warmup ------------------------------------------------------------------------------------------------------- */

enum { STEPS = 1, BEGIN_LR, MODE };

static const Arg warmup_args[] = {
    {.name = "schedule", .kind = ARG_VALUE, .doc = "The schedule that follows the warm-up."},
    {.name = "steps", .range = RANGE_NOT_NEGATIVE, .required = true, .doc = "Number of updates in the warm-up."},
    {.name = "begin_lr", .range = RANGE_NOT_NEGATIVE, .doc = "The rate at the start of the warm-up."},
    {.name = "mode",
     .kind = ARG_CHOICE,
     .choices = warmup_modes,
     .doc = "'linear': from begin_lr to the schedule's first rate in a straight line; 'constant': stay at begin_lr."},
    {0},
};

static double warmup(const Sched *s, double t, SchedPart *part, void *ctx) {
  const double *x = s->args.x;
  if (t >= x[STEPS]) return part(ctx, 0, t - x[STEPS]);
  if (x[MODE] == WARMUP_CONSTANT) return x[BEGIN_LR];
  return warmup_linear(x[BEGIN_LR], part(ctx, 0, 0), t, x[STEPS]);
}

const SchedDef sched_warmup = {.name = "warmup",
                               .doc = "A schedule after a warm-up.",
                               .equation =
                                   "s(t - steps) from t = steps on; before that\n"
                                   "begin_lr + (s(0) - begin_lr) t / steps    in mode 'linear'\n"
                                   "begin_lr                                  in mode 'constant'",
                               .args = warmup_args,
                               .compose = warmup};

/* --- scale -------------------------------------------------------------------------------------------------------- */

enum { FACTOR = 1 };

static const Arg scale_args[] = {
    {.name = "schedule", .kind = ARG_VALUE, .doc = "The schedule whose rates are multiplied."},
    {.name = "factor",
     .range = RANGE_NOT_NEGATIVE,
     .required = true,
     .doc = "The factor by which the rate is multiplied."},
    {0},
};

static double scale(const Sched *s, double t, SchedPart *part, void *ctx) {
  return s->args.x[FACTOR] * part(ctx, 0, t);
}

const SchedDef sched_scale = {.name = "scale",
                              .doc = "A schedule times a number.",
                              .equation = "factor s(t)",
                              .args = scale_args,
                              .compose = scale};
