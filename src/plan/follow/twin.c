/*
 * twin.c - a plan for a run that is built as the first one is.
 *
 * Where models, loss and optimizer of two runs consist of the same parts of the library, the second run's step is the
 * first one's with other tensors, and nothing has to be recorded to know it: each tensor from outside the step that
 * belongs to the first run is exchanged for the one at the same place in the other run.
 *
 * What the runs have in common, constants and tensors that nobody writes, they share. References to it are counted by the
 * thread that makes and releases the plans; the threads that replay them leave it alone (plan_ready).
 */
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "plan/follow/twin.h"

#define MOST 64 /* tensors of a run; looking for them is quadratic */

/* --- the runs ------------------------------------------------------------------------------------------------------ */

static bool same_tensor(const Tensor *a, const Tensor *b) {
  return !a->node && !b->node && tensor_same_window(a, b) && a->contiguous == b->contiguous &&
         a->requires_grad == b->requires_grad && a->storage->nbytes == b->storage->nbytes;
}

/* Whether the lists are of the same tensors, each on memory of its own. */
static bool same_tensors(const Twins *t) {
  if (t->n > MOST) return false;
  for (int i = 0; i < t->n; i++) {
    if (!same_tensor(t->from[i], t->to[i])) return false;
    for (int k = 0; k < t->n; k++) {
      if (t->from[i]->storage == t->to[k]->storage) return false;
      if (k < i && (t->from[i]->storage == t->from[k]->storage || t->to[i]->storage == t->to[k]->storage)) return false;
    }
  }
  return true;
}

/* What stands for x in the other run; NULL: nothing. */
static Tensor *other(const Twins *t, const Tensor *x) {
  for (int i = 0; i < t->n; i++) {
    if (t->from[i] == x) return t->to[i];
  }
  return NULL;
}

static Tensor *other_in(const Twins *t, const Storage *s) {
  for (int i = 0; i < t->n; i++) {
    if (t->from[i]->storage == s) return t->to[i];
  }
  return NULL;
}

/* --- the recording that would have been made ------------------------------------------------------------------------ */

/* Room for the lists of r, as long as those of `from`. */
static int get_lists(Recording *r, const Recording *from) {
  r->buffer_cap = from->buffers;
  r->slot_cap = from->slots;
  r->watch_cap = from->watches;
  r->leaf_cap = from->leaves;
  r->buffer = alloc_get((size_t)r->buffer_cap * sizeof *r->buffer);
  r->slot = alloc_get((size_t)r->slot_cap * sizeof *r->slot);
  r->watch = alloc_get((size_t)r->watch_cap * sizeof *r->watch);
  r->leaf = alloc_get((size_t)r->leaf_cap * sizeof *r->leaf);
  return r->buffer && r->slot && r->watch && r->leaf ? 0 : -1;
}

/* The window that the other run has for a buffer, new; NULL: none, or (*rc) no memory or not possible. */
static Tensor *holder_of(const Twins *t, const Plan *like, const Buffer *b, int *rc) {
  Tensor *x = NULL;
  if (!b->holder || (b->kind == BUFFER_MADE && !b->constant)) return NULL;
  if (b->kind == BUFFER_INPUT) {
    x = tensor_new_like(b->holder);
    if (x && x->storage->nbytes != b->bytes) *rc = TWIN_OTHER;
  } else if (b->kind != BUFFER_OUTSIDE) {
    x = tensor_retain(b->holder); /* a constant, which nobody writes */
  } else {
    const Tensor *mine = other_in(t, b->holder->storage);
    if (!mine && plan_writes(like, b->holder->storage)) *rc = TWIN_OTHER;
    x = mine ? tensor_alias(mine) : tensor_retain(b->holder);
  }
  if (!x) *rc = TWIN_NO_MEMORY;
  return x;
}

static int set_buffers(Recording *r, const Twins *t, const Plan *like) {
  int rc = TWIN_MADE;
  for (int i = 0; rc == TWIN_MADE && i < like->r->buffers; i++) {
    r->buffer[i] = like->r->buffer[i];
    r->buffer[i].block = 0;
    r->buffer[i].holder = holder_of(t, like, &like->r->buffer[i], &rc);
    r->buffers++;
  }
  return rc;
}

/* The gradient that the step will leave there. */
static Tensor *exit_of(const GradSlot *s, const Recording *from, int *rc) {
  const Buffer *b = s->exit_buffer >= 0 ? &from->buffer[s->exit_buffer] : NULL;
  if (!s->exit) return NULL;
  if (!b || b->kind != BUFFER_MADE || b->constant || !s->exit->contiguous || s->exit->offset != 0) {
    *rc = TWIN_OTHER;
    return NULL;
  }
  Tensor *x = tensor_new_like(s->exit);
  if (!x) {
    *rc = TWIN_NO_MEMORY;
  } else if (x->storage->nbytes != b->bytes) {
    *rc = TWIN_OTHER;
  }
  return x;
}

static bool shares_exit(const Recording *r, int i) {
  for (int k = 0; k < i; k++) {
    if (r->slot[k].exit && r->slot[k].exit_buffer == r->slot[i].exit_buffer) return true;
  }
  return false;
}

static int set_slots(Recording *r, const Twins *t, const Recording *from) {
  int rc = TWIN_MADE;
  for (int i = 0; rc == TWIN_MADE && i < from->slots; i++) {
    const GradSlot *s = &from->slot[i];
    Tensor *leaf = other(t, s->leaf);
    if (!leaf || s->needs_entry || !s->written || shares_exit(from, i)) return TWIN_OTHER;
    r->slot[i] = *s;
    r->slot[i].leaf = tensor_retain(leaf);
    r->slot[i].entry = NULL;
    r->slot[i].exit = exit_of(s, from, &rc);
    r->slots++;
  }
  return rc;
}

static int set_leaves(Recording *r, const Twins *t, const Recording *from) {
  for (int i = 0; i < from->leaves; i++) {
    const Leaf *l = &from->leaf[i];
    Tensor *mine = other(t, l->t);
    if (l->storage != l->t->storage || l->requires_grad != l->t->requires_grad || (!mine && l->requires_grad))
      return TWIN_OTHER;
    r->leaf[i] = *l;
    r->leaf[i].t = tensor_retain(mine ? mine : l->t);
    r->leaf[i].storage = r->leaf[i].t->storage;
    r->leaves++;
  }
  return TWIN_MADE;
}

static int set_watches(Recording *r, const Twins *t, const Recording *from) {
  for (int i = 0; i < from->watches; i++) {
    const Watch *w = &from->watch[i];
    if (w->p != &t->optim->ngroups) return TWIN_OTHER;
    r->watch[r->watches++] = *w;
    r->watch[i].p = &t->other->ngroups;
  }
  return TWIN_MADE;
}

static int set_own(Recording *r, const Twins *t, const Trace *whole) {
  for (int i = 0; i < whole->events; i++) {
    const Event *e = whole->event[i];
    const void *o = NULL;
    if (!e->own) continue;
    if (e->size != sizeof o || e->run != optim_rerun_step) return TWIN_OTHER;
    event_args(e, &o);
    if (o != t->optim) return TWIN_OTHER;
    if (GROW(r, own, owns, own_cap) < 0) return TWIN_NO_MEMORY;
    o = t->other;
    memcpy(r->own[r->owns++].bytes, &o, sizeof o);
  }
  return TWIN_MADE;
}

static int fill(Recording *r, const Twins *t, const Plan *like) {
  int rc = get_lists(r, like->r) < 0 ? TWIN_NO_MEMORY : TWIN_MADE;
  if (rc == TWIN_MADE) rc = set_watches(r, t, like->r);
  if (rc == TWIN_MADE) rc = set_own(r, t, &like->whole);
  if (rc == TWIN_MADE) rc = set_leaves(r, t, like->r);
  if (rc == TWIN_MADE) rc = set_buffers(r, t, like);
  if (rc == TWIN_MADE) rc = set_slots(r, t, like->r);
  return rc;
}

/* --- the plan ------------------------------------------------------------------------------------------------------- */

/* The window of result i, onto memory of the run's own; NULL: none, or (*rc) no memory or not possible. */
static Tensor *result_of(const Plan *like, int i, int *rc) {
  const Buffer *b = like->output[i] >= 0 ? &like->r->buffer[like->output[i]] : NULL;
  if (!like->result[i]) return NULL;
  if (!b || b->kind != BUFFER_MADE || b->constant) {
    *rc = TWIN_OTHER;
    return NULL;
  }
  const int64_t bytes = (int64_t)b->bytes;
  Tensor *memory = tensor_new(DT_U8, 1, &bytes), *x = memory ? tensor_alias(like->result[i]) : NULL;
  if (x) tensor_rebase(x, memory);
  if (!x) *rc = TWIN_NO_MEMORY;
  tensor_release(memory);
  return x;
}

static int set_results(const Plan *like, Tensor **result) {
  int rc = TWIN_MADE;
  for (int i = 0; i < like->results; i++) result[i] = result_of(like, i, &rc);
  return rc;
}

int plan_twin(Plan *like, const Twins *t, Plan **made, const int *output, Tensor **result) {
  if (like->like || like->whole.events == 0 || !same_tensors(t)) return TWIN_OTHER;
  Recording *r = alloc_get(sizeof *r);
  if (!r) return TWIN_NO_MEMORY;
  recording_clear(r);
  r->stop = true;
  int rc = fill(r, t, like);
  if (rc == TWIN_MADE) rc = set_results(like, result);
  if (rc != TWIN_MADE) {
    recording_release(r);
    return rc;
  }
  *made = plan_follow(like, r, output, result, like->results);
  if (!*made) return TWIN_NO_MEMORY;
  (*made)->modes = like->modes;
  return TWIN_MADE;
}
