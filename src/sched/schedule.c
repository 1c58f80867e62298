/*
 * schedule.c - what all schedules share: the register and the checks.
 */
#include "sched/schedule.h"

#include <stdlib.h>

#include "base/err.h"

const SchedDef *const sched_defs[] = {&sched_factor,
                                      &sched_multifactor,
                                      &sched_squareroot,
                                      &sched_poly,
                                      &sched_cosine,
                                      &sched_steplr,
                                      &sched_multisteplr,
                                      &sched_constantlr,
                                      &sched_exponentiallr,
                                      &sched_linearlr,
                                      &sched_polynomiallr,
                                      &sched_cosineannealinglr,
                                      &sched_cosineannealingwarmrestarts,
                                      &sched_cycliclr,
                                      &sched_onecyclelr,
                                      NULL};

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int sched_init(Sched *s, const SchedDef *def) {
  s->def = def;
  return args_init(&s->args, def->args);
}

void sched_free(Sched *s) { args_free(&s->args); }

static int check(const Sched *s) {
  if (args_check(s->def->args, s->args.x, s->args.list) < 0) return -1;
  return s->def->check ? s->def->check(s) : 0;
}

int sched_finish(Sched *s) {
  if (check(s) < 0) return err_prefix("sched.%s: ", s->def->name);
  for (int k = 0; k < args_lists(s->def->args); k++) {
    const ArgList *list = &s->args.list[k];
    qsort(list->x, (size_t)list->n, sizeof *list->x, ascending);
  }
  return 0;
}

int sched_passed(const Sched *s, double t) {
  const ArgList *list = s->args.list;
  int n = 0;
  while (n < list->n && list->x[n] <= t) n++;
  return n;
}
