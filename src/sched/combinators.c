/*
 * combinators.c - schedules made of schedules.
 */
#include <math.h>

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

enum { STEPS = 1, BEGIN_LR, MODE, OVERLAP };

static const Arg warmup_args[] = {
    {.name = "schedule", .kind = ARG_VALUE, .doc = "The schedule that follows the warm-up."},
    {.name = "steps", .range = RANGE_NOT_NEGATIVE, .required = true, .doc = "Number of updates in the warm-up."},
    {.name = "begin_lr", .range = RANGE_NOT_NEGATIVE, .doc = "The rate at the start of the warm-up."},
    {.name = "mode",
     .kind = ARG_CHOICE,
     .choices = warmup_modes,
     .doc = "'linear': from begin_lr to the rate that follows in a straight line; 'constant': stay at begin_lr."},
    {.name = "overlap",
     .kind = ARG_FLAG,
     .doc = "Whether the schedule counts from the start of the warm-up, which replaces its first updates."},
    {0},
};

static double warmup(const Sched *s, double t, SchedPart *part, void *ctx) {
  const double *x = s->args.x;
  const double first = x[OVERLAP] != 0 ? x[STEPS] : 0; /* the schedule's count where the warm-up ends */
  if (t >= x[STEPS]) return part(ctx, 0, t - x[STEPS] + first);
  if (x[MODE] == WARMUP_CONSTANT) return x[BEGIN_LR];
  return warmup_linear(x[BEGIN_LR], part(ctx, 0, first), t, x[STEPS]);
}

const SchedDef sched_warmup = {.name = "warmup",
                               .doc = "A schedule after a warm-up.",
                               .equation =
                                   "s(t - steps + first) from t = steps on; before that\n"
                                   "begin_lr + (s(first) - begin_lr) t / steps  in mode 'linear'\n"
                                   "begin_lr                                    in mode 'constant'\n"
                                   "with first = steps if overlap, else 0",
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

/* --- clamp -------------------------------------------------------------------------------------------------------- */

enum { MIN = 1, MAX };

static const Arg clamp_args[] = {
    {.name = "schedule", .kind = ARG_VALUE, .doc = "The schedule whose rates are kept within bounds."},
    {.name = "min", .range = RANGE_NOT_NEGATIVE, .doc = "The least rate."},
    {.name = "max", .range = RANGE_NOT_NEGATIVE, .def = ARG_UNSET, .doc = "The greatest rate; by default none."},
    {0},
};

static int clamp_check(const Sched *s) {
  const double *x = s->args.x;
  return x[MIN] > x[MAX] ? err_set("min must be at most max, got %.14g and %.14g", x[MIN], x[MAX]) : 0;
}

static double clamp(const Sched *s, double t, SchedPart *part, void *ctx) {
  return fmin(fmax(part(ctx, 0, t), s->args.x[MIN]), s->args.x[MAX]); /* fmin leaves out a bound that is nan */
}

const SchedDef sched_clamp = {.name = "clamp",
                              .doc = "A schedule whose rates are kept within bounds.",
                              .equation = "min(max(s(t), min), max)",
                              .args = clamp_args,
                              .check = clamp_check,
                              .compose = clamp};

/* --- restart ------------------------------------------------------------------------------------------------------ */

enum { LENGTH = 1, TIMES, DECAY, GROWTH };

static const Arg restart_args[] = {
    {.name = "schedule", .kind = ARG_VALUE, .doc = "The schedule that is repeated."},
    {.name = "steps",
     .range = RANGE_POSITIVE,
     .required = true,
     .doc = "Number of updates after which it starts again."},
    {.name = "times",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .def = ARG_UNSET,
     .doc = "How often it runs; after that it stays at its rate at the end. By default it never ends."},
    {.name = "decay",
     .range = RANGE_NOT_NEGATIVE,
     .def = 1,
     .doc = "The factor by which the rates of each run differ from those of the run before it."},
    {.name = "growth",
     .range = RANGE_AT_LEAST_1,
     .def = 1,
     .doc = "The factor by which each run is longer than the run before it; the schedule is stretched with it."},
    {0},
};

static double restart(const Sched *s, double t, SchedPart *part, void *ctx) {
  const double *x = s->args.x;
  const double last = isnan(x[TIMES]) ? HUGE_VAL : x[TIMES] - 1;
  double run = 0, length = x[LENGTH];
  if (x[GROWTH] == 1) {
    run = fmin(floor(t / length), last);
    t -= run * length;
  } else {
    for (; t >= length && run < last; run++) {
      t -= length;
      length *= x[GROWTH];
    }
  }
  return pow(x[DECAY], run) * part(ctx, 0, fmin(t, length) * (x[LENGTH] / length));
}

const SchedDef sched_restart = {.name = "restart",
                                .doc = "A schedule again and again.",
                                .equation =
                                    "decay^i s(u)\n"
                                    "in run i = 0, 1, ..., which has steps growth^i updates;\n"
                                    "with u = (updates of this run) / growth^i; after the last run\n"
                                    "decay^(times-1) s(steps)",
                                .args = restart_args,
                                .compose = restart};

/* --- stretch ------------------------------------------------------------------------------------------------------ */

enum { BY = 1 };

static const Arg stretch_args[] = {
    {.name = "schedule", .kind = ARG_VALUE, .doc = "The schedule in the larger unit."},
    {.name = "by",
     .range = RANGE_POSITIVE,
     .required = true,
     .doc = "How many of the smaller units the larger one has, such as updates in an epoch."},
    {0},
};

static double stretch(const Sched *s, double t, SchedPart *part, void *ctx) { return part(ctx, 0, t / s->args.x[BY]); }

const SchedDef sched_stretch = {.name = "stretch",
                                .doc = "A schedule in other units: one of epochs for updates.",
                                .equation = "s(t / by)",
                                .args = stretch_args,
                                .compose = stretch};
