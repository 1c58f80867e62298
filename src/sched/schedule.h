/*
 * schedule.h - learning-rate schedules: pure functions of the update count.
 *
 * A schedule is one const SchedDef (name, hyperparameters, formula) and the values its user gave; at(s, t) is the
 * learning rate at t = 0, 1, ..., with no hidden state, so a schedule can be plotted, composed, resumed and evaluated
 * anywhere in any order. t may be fractional: smooth curves are smooth, staircases are constant between whole numbers.
 */
#ifndef OPTLAB_SCHED_SCHEDULE_H
#define OPTLAB_SCHED_SCHEDULE_H

#include "args/arg.h"

typedef struct Sched Sched;

typedef struct SchedDef {
  const char *name;
  const Arg *args; /* lists are update counts */
  /* Relations between the options; NULL: none. -1 with a sentence that lacks the schedule's name. */
  int (*check)(const Sched *s);
  double (*at)(const Sched *s, double t); /* t >= 0 */
} SchedDef;

struct Sched {
  const SchedDef *def;
  ArgValues args; /* owned */
};

/* Every schedule, ended by NULL, in the order of the files book.c, step.c, anneal.c, cycle.c. */
extern const SchedDef *const sched_defs[];

extern const SchedDef sched_factor, sched_multifactor, sched_squareroot, sched_poly, sched_cosine;
extern const SchedDef sched_steplr, sched_multisteplr, sched_constantlr, sched_exponentiallr;
extern const SchedDef sched_linearlr, sched_polynomiallr, sched_cosineannealinglr, sched_cosineannealingwarmrestarts;
extern const SchedDef sched_cycliclr, sched_onecyclelr;

/* A schedule with the defaults. -1 with err_set without memory (nothing to free). */
int sched_init(Sched *s, const SchedDef *def);
void sched_free(Sched *s); /* accepts a zeroed one and one already freed */

/* Sorts the lists and checks everything: 0, or -1 with err_set. To be called once before sched_at. */
int sched_finish(Sched *s);

static inline double sched_at(const Sched *s, double t) { return s->def->at(s, t); }

/* Members of the (only) list that are <= t. */
int sched_passed(const Sched *s, double t);

#endif
