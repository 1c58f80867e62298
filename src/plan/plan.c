/*
 * plan.c - from a recording to a plan; its conditions; replaying it.
 */
#include "plan/plan.h"

#include <string.h>

#include "autograd/op.h"
#include "base/alloc.h"
#include "base/interrupt.h"

/* --- making ------------------------------------------------------------------------------------------------------- */

bool plan_writes(const Plan *p, const Storage *s) {
  for (int i = 0; i < p->nwritten; i++) {
    if (p->written[i] == s) return true;
  }
  return false;
}

/* Lists the memory from outside the step that events write to. */
static int list_written(Plan *p) {
  const Recording *r = p->r;
  p->written = alloc_get((size_t)(r->buffers + 1) * sizeof *p->written);
  if (!p->written) return -1;
  for (int i = 0; i < r->events; i++) {
    const Event *e = &r->event[i];
    for (int k = 0; k < e->nout; k++) {
      if (e->buffer[k] < 0 || r->buffer[e->buffer[k]].kind != BUFFER_OUTSIDE) continue;
      Storage *s = e->t[k]->storage;
      if (!plan_writes(p, s)) p->written[p->nwritten++] = s;
    }
  }
  return 0;
}

static int make_steps(Plan *p) {
  p->step_cap = p->r->events;
  p->step = alloc_get((size_t)p->step_cap * sizeof *p->step);
  if (!p->step) return -1;
  p->threadable = true;
  for (int i = 0; i < p->r->events; i++) {
    if (!plan_lower(&p->step[i], &p->r->event[i])) p->threadable = false;
    p->steps++;
  }
  return 0;
}

Plan *plan_new(Recording *r, const int *output, int noutput) {
  Plan *p = alloc_get(sizeof *p);
  if (!p) {
    recording_release(r);
    return NULL;
  }
  *p = (Plan){.r = r, .modes = modes_of(context)};
  plan_optimize(r, output, noutput);
  if (list_written(p) < 0 || make_steps(p) < 0) {
    plan_release(p);
    return NULL;
  }
  return p;
}

void plan_release(Plan *p) {
  if (!p) return;
  alloc_put(p->step, (size_t)p->step_cap * sizeof *p->step);
  alloc_put(p->written, (size_t)(p->r->buffers + 1) * sizeof *p->written);
  recording_release(p->r);
  alloc_put(p, sizeof *p);
}

/* --- conditions --------------------------------------------------------------------------------------------------- */

static bool slots_hold(const Recording *r) {
  for (int i = 0; i < r->slots; i++) {
    const GradSlot *s = &r->slot[i];
    if (s->needs_entry && s->leaf->grad != s->entry) return false;
  }
  return true;
}

bool plan_holds(const Plan *p, const Context *own, const char **why) {
  if (modes_hold(&p->modes, own)) {
    if (!slots_hold(p->r)) {
      if (why) *why = "a gradient (.grad) was set, dropped or exchanged";
      return false;
    }
    return recording_holds(p->r, why);
  }
  if (why) *why = "a layer's mode or parameters, the default dtype or the recording of gradients changed";
  return false;
}

/* --- replaying ---------------------------------------------------------------------------------------------------- */

Tensor *plan_input(const Plan *p, int i) { return p->r->buffer[i].holder; }

static void leave_grads(const Recording *r) {
  for (int i = 0; i < r->slots; i++) {
    const GradSlot *s = &r->slot[i];
    if (s->written && s->leaf->grad != s->exit) tensor_set_grad(s->leaf, s->exit);
  }
}

/* A script that kept a gradient of an earlier step keeps its numbers: the plan goes on with memory of its own. -1
 * without memory. */
static int spare_kept_grads(Recording *r) {
  for (int i = 0; i < r->slots; i++) {
    GradSlot *s = &r->slot[i];
    if (!s->exit || s->needs_entry || s->exit->refs <= 1 + (s->leaf->grad == s->exit)) continue;
    Tensor *copy = tensor_clone(s->exit), *mine = copy ? tensor_alias(s->exit) : NULL;
    if (mine) tensor_rebase(s->exit, copy);
    tensor_release(copy);
    if (!mine) return -1;
    tensor_release(s->exit);
    s->exit = mine;
  }
  return 0;
}

int plan_run(const Plan *p, Context *own) {
  if (spare_kept_grads(p->r) < 0) return -1;
  for (int i = 0; i < p->nwritten; i++) p->written[i]->version++;
  for (const PlanStep *s = p->step, *end = s + p->steps; s < end; s++) {
    if (s->run(s, own) < 0 || interrupt_check() < 0) return -1;
  }
  leave_grads(p->r);
  return 0;
}
