/*
 * schedule.c - what all schedules share: their memory, the checks, asking one.
 */
#include "sched/schedule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

size_t sched_size(int nlist, int nparts) {
  return sizeof(Sched) + (size_t)nlist * sizeof(double) + (size_t)nparts * sizeof(Sched *);
}

void sched_init(Sched *s, const SchedDef *def, int nlist, int nparts) {
  memset(s, 0, sched_size(nlist, nparts));
  s->def = def;
  s->nlist = nlist;
  s->nparts = nparts;
  s->part = (const Sched **)(void *)(s->list + nlist);
  hyper_defaults(def->hyper, s->h);
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void look_at_parts(Sched *s) {
  s->known = true;
  s->depth = 1;
  for (int i = 0; i < s->nparts; i++) {
    const Sched *part = s->part[i];
    s->known = s->known && part && part->known;
    if (part && part->depth >= s->depth) s->depth = part->depth + 1;
  }
}

int sched_finish(Sched *s) {
  char who[64] = "sched.";
  strncat(who, s->def->name, sizeof who - strlen(who) - 1);
  if (hyper_check_all(who, s->def->hyper, s->h) < 0) return -1;
  for (int i = 0; i < s->nlist; i++) {
    if (isfinite(s->list[i]) && s->list[i] >= 0) continue;
    return err_set("%s: %s[%d] must be an update count >= 0, got %.14g", who, s->def->list, i + 1, s->list[i]);
  }
  look_at_parts(s);
  if (s->depth > SCHED_MAX_DEPTH)
    return err_set("%s: compositions may be nested at most %d deep", who, SCHED_MAX_DEPTH);
  if (!s->def->compose) qsort(s->list, (size_t)s->nlist, sizeof *s->list, ascending);
  return s->def->check ? s->def->check(s) : 0;
}

static double part_at(void *who, int i, double t) {
  const Sched *s = who;
  return sched_at(s->part[i], t);
}

double sched_at(const Sched *s, double t) {
  return s->def->at ? s->def->at(s, t) : sched_compose(s, t, part_at, (void *)s);
}

int sched_passed(const Sched *s, double t) {
  int n = 0;
  while (n < s->nlist && s->list[n] <= t) n++;
  return n;
}
