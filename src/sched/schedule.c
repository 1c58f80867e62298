/*
 * schedule.c - what all schedules share: the register and the checks.
 */
#include "sched/schedule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

int sched_finish(Sched *s) {
  char who[64] = "sched.";
  strncat(who, s->def->name, sizeof who - strlen(who) - 1);
  if (hyper_check_all(who, s->def->hyper, s->h) < 0) return -1;
  for (int i = 0; i < s->nlist; i++) {
    if (isfinite(s->list[i]) && s->list[i] >= 0) continue;
    return err_set("%s: %s[%d] must be an update count >= 0, got %.14g", who, s->def->list, i + 1, s->list[i]);
  }
  qsort(s->list, (size_t)s->nlist, sizeof *s->list, ascending);
  return s->def->check ? s->def->check(s) : 0;
}

int sched_passed(const Sched *s, double t) {
  int n = 0;
  while (n < s->nlist && s->list[n] <= t) n++;
  return n;
}
