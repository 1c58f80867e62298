/*
 * schedule.h - learning-rate schedules: pure functions of the update count.
 *
 * A schedule is one const SchedDef (name, hyperparameters, formula) and the values its user gave; sched_at(s, t) is the
 * learning rate at t = 0, 1, ..., with no hidden state, so a schedule can be plotted, composed, resumed and evaluated
 * anywhere in any order. t may be fractional: smooth curves are smooth, staircases are constant between whole numbers.
 *
 * A composition (combinators.c) has other schedules as its parts. A part may also be something that only the caller can
 * evaluate, such as a Lua function; then the caller evaluates the composition with sched_compose.
 */
#ifndef OPTLAB_SCHED_SCHEDULE_H
#define OPTLAB_SCHED_SCHEDULE_H

#include "args/arg.h"

#define SCHED_MAX_DEPTH 100 /* compositions of compositions */

typedef struct Sched Sched;

/* The rate of part i at t. */
typedef double SchedPart(void *ctx, int i, double t);

typedef struct SchedDef {
  const char *name;                   /* NULL in the row that ends a file's list */
  const char *doc, *equation, *paper; /* for the reference: a sentence; the rate, in lines of ASCII; the source */
  const Arg *args; /* lists are update counts; in a composition, the rows of other kinds than numbers are its parts */
  /* Relations between the options; NULL: none. -1 with a sentence that lacks the schedule's name. */
  int (*check)(const Sched *s);
  double (*at)(const Sched *s, double t); /* t >= 0; NULL for a composition: */
  double (*compose)(const Sched *s, double t, SchedPart *part, void *ctx);
  bool in_order; /* lists belong together and are kept as they were given; else they are sorted */
} SchedDef;

struct Sched {
  const SchedDef *def;
  ArgValues args;     /* owned; lists are ascending unless in_order */
  const Sched **part; /* [nparts] owned list of borrowed parts; NULL: something that only the caller can evaluate */
  int nparts;
  bool known; /* sched_at can evaluate it: no part, at any depth, is NULL */
  int depth;  /* of compositions, itself included */
};

/* The schedules of each file in families/, each a list ended by a row without a name; ended by NULL. */
extern const SchedDef *const sched_families[];

/* combinators.c */
extern const SchedDef sched_sequential, sched_chain, sched_warmup, sched_scale, sched_clamp, sched_restart,
    sched_stretch;

/* A schedule with the defaults. -1 with err_set without memory (nothing to free). */
int sched_init(Sched *s, const SchedDef *def);

/* Gives a composition room for n parts, which are to be filled in. -1 with err_set without memory. */
int sched_make_parts(Sched *s, int n);

void sched_free(Sched *s); /* accepts a zeroed one and one already freed */

/* Checks everything and sorts the lists: 0, or -1 with err_set. To be called once before sched_at. */
int sched_finish(Sched *s);

/* The rate at t >= 0 of a schedule that is `known`. */
double sched_at(const Sched *s, double t);

/* The rate at t of a composition, whose parts are asked through `part`. */
static inline double sched_compose(const Sched *s, double t, SchedPart *part, void *ctx) {
  return s->def->compose(s, t, part, ctx);
}

/* Members of the (only) list that are <= t. */
int sched_passed(const Sched *s, double t);

#endif
