/*
 * schedule.c - what all schedules share: their memory, the checks, asking one.
 */
#include "sched/schedule.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"

static size_t parts_size(const Sched *s) { return (size_t)s->nparts * sizeof *s->part; }

int sched_init(Sched *s, const SchedDef *def) {
  *s = (Sched){.def = def};
  return args_init(&s->args, def->args);
}

int sched_make_parts(Sched *s, int n) {
  s->nparts = n;
  s->part = alloc_get(parts_size(s));
  if (s->part) memset(s->part, 0, parts_size(s));
  return s->part ? 0 : -1;
}

void sched_free(Sched *s) {
  if (s->part) alloc_put(s->part, parts_size(s));
  s->part = NULL;
  args_free(&s->args);
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

static int check(const Sched *s) {
  if (args_check(s->def->args, s->args.x, s->args.list) < 0) return -1;
  if (s->depth > SCHED_MAX_DEPTH) return err_set("compositions may be nested at most %d deep", SCHED_MAX_DEPTH);
  return s->def->check ? s->def->check(s) : 0;
}

int sched_finish(Sched *s) {
  look_at_parts(s);
  if (check(s) < 0) return err_prefix("sched.%s: ", s->def->name);
  for (int k = 0; !s->def->in_order && k < args_lists(s->def->args); k++) {
    const ArgList *list = &s->args.list[k];
    qsort(list->x, (size_t)list->n, sizeof *list->x, ascending);
  }
  return 0;
}

static double part_at(void *ctx, int i, double t) {
  const Sched *s = ctx;
  return sched_at(s->part[i], t);
}

double sched_at(const Sched *s, double t) {
  return s->def->at ? s->def->at(s, t) : sched_compose(s, t, part_at, (void *)s);
}

int sched_passed(const Sched *s, double t) {
  const ArgList *list = s->args.list;
  int n = 0;
  while (n < list->n && list->x[n] <= t) n++;
  return n;
}
