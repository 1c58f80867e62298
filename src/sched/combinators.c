/*
 * combinators.c - schedules made of schedules.
 *
 *   sequential  s_1(t) while t < m_1, then s_2(t - m_1) while t < m_2, ...; milestones m_1 <= m_2 <= ..., one fewer
 *               than there are schedules
 *   chain       s_1(t) s_2(t) ...
 *   warmup      s(t - steps) from t = steps on; before that, by mode,
 *                 "linear"    begin_lr + (s(0) - begin_lr) t / steps
 *                 "constant"  begin_lr
 *               steps required, begin_lr 0, mode "linear"
 *   scale       factor s(t)
 */
#include "base/err.h"
#include "sched/schedule.h"
#include "sched/warmup.h"

static const Hyper no_hyper[] = {{0}};

/* --- sequential --------------------------------------------------------------------------------------------------- */

static int sequential_check(const Sched *s) {
  if (s->nlist != s->nparts - 1) {
    return err_set("sched.sequential: %d schedules need %d milestones, got %d", s->nparts, s->nparts - 1, s->nlist);
  }
  for (int i = 1; i < s->nlist; i++) {
    if (s->list[i] >= s->list[i - 1]) continue;
    return err_set("sched.sequential: milestones[%d] must be at least %.14g, got %.14g", i + 1, s->list[i - 1],
                   s->list[i]);
  }
  return 0;
}

static double sequential(const Sched *s, double t, SchedPart *part, void *who) {
  int i = s->nparts - 1;
  while (i > 0 && t < s->list[i - 1]) i--;
  return part(who, i, i > 0 ? t - s->list[i - 1] : t);
}

const SchedDef sched_sequential = {
    .name = "sequential", .hyper = no_hyper, .list = "milestones", .check = sequential_check, .compose = sequential};

/* --- chain -------------------------------------------------------------------------------------------------------- */

static double chain(const Sched *s, double t, SchedPart *part, void *who) {
  double lr = 1;
  for (int i = 0; i < s->nparts; i++) lr *= part(who, i, t);
  return lr;
}

const SchedDef sched_chain = {.name = "chain", .hyper = no_hyper, .compose = chain};

/* --- warmup ------------------------------------------------------------------------------------------------------- */

enum { STEPS, BEGIN_LR, MODE };

static const Hyper warmup_hyper[] = {
    {.name = "steps", .range = RANGE_NOT_NEGATIVE, .required = true},
    {.name = "begin_lr", .range = RANGE_NOT_NEGATIVE},
    {.name = "mode", .kind = HYPER_CHOICE, .choice = warmup_modes},
    {0},
};

static double warmup(const Sched *s, double t, SchedPart *part, void *who) {
  if (t >= s->h[STEPS]) return part(who, 0, t - s->h[STEPS]);
  if (s->h[MODE] == WARMUP_CONSTANT) return s->h[BEGIN_LR];
  return warmup_linear(s->h[BEGIN_LR], part(who, 0, 0), t, s->h[STEPS]);
}

const SchedDef sched_warmup = {.name = "warmup", .hyper = warmup_hyper, .compose = warmup};

/* --- scale -------------------------------------------------------------------------------------------------------- */

static const Hyper scale_hyper[] = {{.name = "factor", .range = RANGE_NOT_NEGATIVE, .required = true}, {0}};

static double scale(const Sched *s, double t, SchedPart *part, void *who) { return s->h[0] * part(who, 0, t); }

const SchedDef sched_scale = {.name = "scale", .hyper = scale_hyper, .compose = scale};
