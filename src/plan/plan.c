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

bool plan_is_left(const Recording *r, int buffer) {
  for (int i = 0; i < r->slots; i++) {
    if (r->slot[i].exit && r->slot[i].exit_buffer == buffer) return true;
  }
  return false;
}

/* Lists the memory from outside the step that events write to. */
static int list_written(Plan *p) {
  const Recording *r = p->r;
  const Trace *t = &plan_form(p)->r->trace;
  if (p->written) return 0;
  p->written = alloc_get((size_t)(r->buffers + 1) * sizeof *p->written);
  if (!p->written) return -1;
  for (int i = 0; i < t->events; i++) {
    const Event *e = t->event[i];
    for (int k = 0; k < e->nout; k++) {
      const int b = e->w[k].buffer;
      if (b < 0 || r->buffer[b].kind != BUFFER_OUTSIDE) continue;
      Storage *s = r->buffer[b].holder->storage;
      if (!plan_writes(p, s)) p->written[p->nwritten++] = s;
    }
  }
  return 0;
}

static bool is_made_gradient(const Recording *r, int buffer) {
  return buffer >= 0 && r->buffer[buffer].kind == BUFFER_MADE && plan_is_left(r, buffer);
}

static bool may_move(const Recording *r, const Event *e) {
  for (int k = 0; k < e->n; k++) {
    if (is_made_gradient(r, e->w[k].buffer)) return true;
  }
  return false;
}

/* Notes that the last step is movable. e: NULL for a chain. */
static int note_movable(Plan *p, const Event *e) {
  if (GROW(p, movable, movables, movable_cap) < 0 || (e && trace_add(&p->kept, e) < 0)) return -1;
  p->movable[p->movables++] = (Movable){p->steps - 1, e ? p->kept.event[p->kept.events - 1] : NULL};
  return 0;
}

static int make_step(Plan *p, const Event *e) {
  bool threadable;
  if (plan_lower(p, &p->step[p->steps++], e, &threadable) < 0) return -1;
  p->threadable = p->threadable && threadable;
  p->shares = p->shares || plan_shares(e);
  return may_move(p->r, e) ? note_movable(p, e) : 0;
}

static int make_chain(Plan *p, const Chain *c) {
  bool movable = false;
  for (int i = 0; i < c->events; i++) movable = movable || may_move(p->r, p->r->trace.event[c->first + i]);
  if (plan_lower_chain(p, &p->step[p->steps++], c) < 0) return -1;
  return movable ? note_movable(p, NULL) : 0;
}

static int make_steps(Plan *p, const Chains *chains) {
  p->step_cap = p->r->trace.events;
  p->step = alloc_get((size_t)p->step_cap * sizeof *p->step);
  if (!p->step) return -1;
  memset(p->step, 0, (size_t)p->step_cap * sizeof *p->step);
  p->threadable = true;
  int rc = 0;
  for (int i = 0, c = 0; i < p->r->trace.events && rc == 0;) {
    const Chain *chain = c < chains->n && chains->chain[c].first == i ? &chains->chain[c++] : NULL;
    rc = chain ? make_chain(p, chain) : make_step(p, p->r->trace.event[i]);
    i += chain ? chain->events : 1;
  }
  return rc;
}

static void move_results(const Plan *p, int buffer) {
  for (int i = 0; i < p->results; i++) {
    if (p->output[i] == buffer && p->result[i]) tensor_rebase(p->result[i], p->r->buffer[buffer].holder);
  }
}

static void take_results(Plan *p, const int *output, Tensor *const *result, int n) {
  p->output = output;
  p->result = result;
  p->results = n;
  for (int i = 0; i < n; i++) {
    if (output[i] >= 0 && p->r->buffer[output[i]].kind == BUFFER_MADE) move_results(p, output[i]);
  }
}

/* References to a gradient's memory that belong to the plan: of the buffer, of the gradients and results in it. */
static void count_own(const Plan *p, GradSlot *s) {
  s->made = s->exit && !s->needs_entry && is_made_gradient(p->r, s->exit_buffer);
  s->own = 1;
  for (int i = 0; i < p->r->slots; i++) s->own += p->r->slot[i].exit && p->r->slot[i].exit_buffer == s->exit_buffer;
  for (int i = 0; i < p->results; i++) s->own += p->result[i] && p->output[i] == s->exit_buffer;
}

/* The buffers that somebody reads afterwards. The caller frees the list, of `buffers` + 1 bytes. */
static bool *list_kept(const Recording *r, const int *output, int noutput) {
  bool *kept = alloc_get((size_t)r->buffers + 1);
  if (!kept) return NULL;
  for (int b = 0; b < r->buffers; b++) kept[b] = plan_is_left(r, b);
  for (int i = 0; i < noutput; i++) {
    if (output[i] >= 0) kept[output[i]] = true;
  }
  return kept;
}

/* The gradients that the recorded step left are those that a replayed step leaves. */
static int hold_gradients(Recording *r) {
  for (int i = 0; i < r->slots; i++) {
    const GradSlot *s = &r->slot[i];
    if (!s->exit || !is_made_gradient(r, s->exit_buffer)) continue;
    Tensor *holder = tensor_alias(s->exit);
    if (!holder) return -1;
    tensor_release(r->buffer[s->exit_buffer].holder);
    r->buffer[s->exit_buffer].holder = holder;
  }
  return 0;
}

static int make(Plan *p, const int *output, Tensor *const *result, int noutput) {
  Recording *r = p->r;
  bool *kept = list_kept(r, output, noutput);
  if (!kept) return -1;
  Chains chains = {0};
  int rc = plan_optimize(r, kept) < 0 || hold_gradients(r) < 0 || plan_find_chains(r, kept, &chains) < 0 ? -1 : 0;
  if (rc == 0) rc = plan_place(r, &chains, kept);
  alloc_put(kept, (size_t)r->buffers + 1);
  if (rc == 0) rc = list_written(p) < 0 ? -1 : make_steps(p, &chains);
  alloc_put(chains.chain, (size_t)chains.cap * sizeof *chains.chain);
  if (rc < 0) return -1;
  take_results(p, output, result, noutput);
  for (int i = 0; i < r->slots; i++) count_own(p, &r->slot[i]);
  if (!r->keep_trace) recording_forget_trace(r);
  p->ready = true;
  return 0;
}

Plan *plan_new(Recording *r, const int *output, Tensor *const *result, int noutput) {
  Plan *p = alloc_get(sizeof *p);
  if (!p) {
    recording_release(r);
    return NULL;
  }
  *p = (Plan){.refs = 1, .r = r, .modes = modes_of(context)};
  const int rc = r->keep_whole ? trace_copy(&p->whole, &r->trace) : 0;
  if (rc == 0 && make(p, output, result, noutput) == 0) return p;
  plan_release(p);
  return NULL;
}

Plan *plan_follow(Plan *like, Recording *r, const int *output, Tensor *const *result, int noutput) {
  Plan *p = alloc_get(sizeof *p);
  if (!p) {
    recording_release(r);
    return NULL;
  }
  *p = (Plan){.refs = 1, .r = r, .modes = modes_of(context), .threadable = like->threadable, .shares = like->shares};
  p->like = like;
  like->refs++;
  r->like = NULL;
  p->output = output;
  p->result = result;
  p->results = noutput;
  if (hold_gradients(r) < 0 || list_written(p) < 0) {
    plan_release(p);
    return NULL;
  }
  for (int i = 0; i < r->slots; i++) count_own(p, &r->slot[i]);
  return p;
}

/* The run's own arguments take the place of the first one's. */
static void set_own(Recording *r) {
  for (int i = 0, k = 0; i < r->trace.events; i++) {
    Event *e = r->trace.event[i];
    if (!e->own) continue;
    e->args = r->own[k++].bytes;
    e->stored = e->size;
  }
}

int plan_ready(Plan *p) {
  if (p->ready) return 0;
  if (trace_copy(&p->r->trace, &p->like->whole) < 0) return -1;
  set_own(p->r);
  p->r->keep_trace = true;
  return make(p, p->output, p->result, p->results);
}

void plan_event_args(const Plan *p, int i, void *args) {
  const Trace *t = &plan_form(p)->r->trace;
  const Event *e = t->event[i];
  int k = 0;
  if (!p->like || !e->own) {
    event_args(e, args);
    return;
  }
  for (int j = 0; j < i; j++) k += t->event[j]->own; /* none of these is ever left out */
  memcpy(args, p->r->own[k].bytes, e->size);
}

void plan_release(Plan *p) {
  if (!p || --p->refs > 0) return;
  plan_release(p->like);
  trace_free(&p->whole);
  alloc_put(p->step, (size_t)p->step_cap * sizeof *p->step);
  alloc_put(p->written, (size_t)(p->r->buffers + 1) * sizeof *p->written);
  alloc_put(p->movable, (size_t)p->movable_cap * sizeof *p->movable);
  trace_free(&p->kept);
  arena_free(&p->memory);
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

int plan_drop_graphs(const Plan *p) {
  for (int i = 0; i < p->r->slots; i++) {
    const GradSlot *s = &p->r->slot[i];
    if (s->needs_entry || !s->written || !s->leaf->grad || !s->leaf->grad->node) continue;
    Tensor *plain = tensor_alias(s->leaf->grad);
    if (!plain) return -1;
    tensor_set_grad(s->leaf, plain);
    tensor_release(plain);
  }
  return 0;
}

/* Whether a script or a graph holds the gradient that an earlier replay left, or a view of it. */
static bool is_held(const GradSlot *s) {
  const Tensor *g = s->exit, *w = g->partner;
  return g->refs > 1 + (s->leaf->grad == g) || (w && w->refs > 1) || g->storage->refs > s->own + (w != NULL);
}

/* A gradient of the plan's own in place of the one that slot s had, in the memory of its buffer. */
static int renew_exit(Plan *p, GradSlot *s) {
  Tensor *mine = tensor_alias(s->exit);
  if (!mine) return -1;
  tensor_rebase(mine, p->r->buffer[s->exit_buffer].holder);
  tensor_release(s->exit);
  s->exit = mine;
  return 0;
}

/* The plan goes on with other memory for a gradient that somebody holds. -1 without memory; then the plan is of no more
 * use, and holds never again. */
static int move_gradient(Plan *p, int b) {
  Buffer *buffer = &p->r->buffer[b];
  const int64_t bytes = (int64_t)buffer->bytes;
  Tensor *holder = tensor_new(DT_U8, 1, &bytes);
  if (!holder) return -1;
  tensor_release(buffer->holder);
  buffer->holder = holder;
  for (int i = 0; i < p->movables; i++) {
    const Movable *m = &p->movable[i];
    if (m->e) {
      plan_lower_again(p, &p->step[m->step], m->e, b);
    } else {
      plan_move_chain(p, &p->step[m->step], b);
    }
  }
  move_results(p, b);
  int rc = 0;
  for (int i = 0; i < p->r->slots; i++) {
    GradSlot *s = &p->r->slot[i];
    if (s->exit && s->exit_buffer == b && renew_exit(p, s) < 0) rc = -1;
  }
  if (rc < 0) p->modes.plan_key = ~p->modes.plan_key;
  return rc;
}

/* A script that kept a gradient of an earlier step keeps its numbers. */
static int spare_held_gradients(Plan *p) {
  for (int i = 0; i < p->r->slots; i++) {
    GradSlot *s = &p->r->slot[i];
    if (!s->made || !is_held(s)) continue;
    if (move_gradient(p, s->exit_buffer) < 0) return -1;
  }
  return 0;
}

int plan_enter(Plan *p) {
  if (spare_held_gradients(p) < 0) return -1;
  for (int i = 0; i < p->nwritten; i++) p->written[i]->version++;
  return 0;
}

void plan_leave(const Plan *p) { leave_grads(p->r); }

int plan_run(Plan *p, Context *own) {
  if (!p->ready && plan_ready(p) < 0) return -1;
  if (plan_enter(p) < 0) return -1;
  for (const PlanStep *s = p->step, *end = s + p->steps; s < end; s++) {
    const int done = s->run(s, own);
    if (done < 0 || interrupt_check() < 0) return -1;
    s += done == PLAN_BOTH;
  }
  plan_leave(p);
  return 0;
}
