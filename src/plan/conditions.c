/*
 * conditions.c - whether what a recording took for granted is still so.
 */
#include <string.h>

#include "plan/record.h"

Modes modes_of(const Context *c) {
  return (Modes){.plan_key = recorder_plan_key, .default_dtype = c->default_dtype, .grad_mode = c->grad_mode};
}

bool modes_hold(const Modes *then, const Context *c) {
  return then->plan_key == recorder_plan_key && then->default_dtype == c->default_dtype &&
         then->grad_mode == c->grad_mode;
}

static bool broken(const char **why, const char *what) {
  if (why) *why = what;
  return false;
}

static bool leaves_hold(const Recording *r) {
  for (int i = 0; i < r->leaves; i++) {
    const Leaf *l = &r->leaf[i];
    if (l->t->storage != l->storage || l->t->requires_grad != l->requires_grad) return false;
  }
  return true;
}

static inline bool holds(const Watch *w) {
  switch (w->size) { /* a number, in one comparison */
    case 4:
      return memcmp(w->p, w->bytes, 4) == 0;
    case 8:
      return memcmp(w->p, w->bytes, 8) == 0;
    default:
      return memcmp(w->p, w->bytes, w->size) == 0;
  }
}

bool recording_holds(const Recording *r, const char **why) {
  if (!leaves_hold(r)) return broken(why, "a tensor was converted, or its requires_grad changed");
  for (int i = 0; i < r->watches; i++) {
    const Watch *w = &r->watch[i];
    if (holds(w)) continue;
    const char *where = trace_line_text(&r->trace, w->line);
    err_set("%s, which the step reads as a number%s%s, has changed", w->name, where[0] ? " at " : "", where);
    return broken(why, err_message());
  }
  return true;
}

bool recording_fits_grads(const Recording *r) {
  for (int i = 0; i < r->slots; i++) {
    const GradSlot *s = &r->slot[i];
    if (s->needs_entry && !s->entry != !s->leaf->grad) return false;
  }
  return true;
}
