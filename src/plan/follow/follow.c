/*
 * follow.c - a run that does what another one did.
 *
 * Many runs of a sweep differ in memory and numbers alone. The first is recorded twice, as any step is, and gets a plan.
 * Each of the others is recorded once and compared with it, event by event, while it runs: the same computations on
 * buffers of the same kinds and numbers, through windows of the same layouts, with the same constants. Nothing is
 * written down but the buffers, and the addresses of what the run has of its own. It then has a plan that borrows the
 * first one's steps (plan/lanes), and makes steps of its own only where it has to go alone.
 *
 * That one call shows all is the caller's promise: the step must not depend on anything that is the run's own and that
 * is no tensor, such as a counter in Lua.
 */
#include <string.h>

#include "base/alloc.h"
#include "plan/plan.h"

static void differ(Recording *r) { strcpy(r->difference, "the run does not do what the first one did"); }

static bool same_args(const Event *x, const Computation *c) {
  const unsigned char *args = c->args;
  if (c->own || x->own) return c->own && x->own && c->size <= sizeof(OwnArgs);
  for (size_t i = x->stored; i < c->size; i++) {
    if (args[i] != 0) return false;
  }
  return x->stored == 0 || memcmp(x->args, args, x->stored) == 0;
}

/* Window i of x lies where c has its tensor, in memory of the same number. */
static bool same_window(Recording *r, const Trace *t, const Event *x, const Computation *c, int i) {
  if (!c->t[i] || x->w[i].buffer < 0) return !c->t[i] && x->w[i].buffer < 0;
  return recording_buffer_of(r, c->t[i], i < c->nout) == x->w[i].buffer &&
         layout_is_of(t->layout[x->w[i].layout], c->t[i]);
}

static bool same_windows(Recording *r, const Trace *t, const Event *x, const Computation *c) {
  for (int i = c->nout; i < c->n; i++) { /* in the order in which buffers got their numbers (record.c) */
    if (!same_window(r, t, x, c, i)) return false;
  }
  for (int i = 0; i < c->nout; i++) {
    if (!same_window(r, t, x, c, i)) return false;
  }
  return true;
}

static void keep_own(Recording *r, const Computation *c) {
  if (GROW(r, own, owns, own_cap) < 0) {
    recording_no_memory(r);
    return;
  }
  memcpy(r->own[r->owns++].bytes, c->args, c->size);
}

/* The next event that is expected. A constant that c reads is an event before c. */
static const Event *next(const Recording *r) {
  const Trace *t = &r->like->whole;
  return r->at < t->events ? t->event[r->at] : NULL;
}

void recording_follow(Recording *r, const Computation *c) {
  if (r->difference[0]) return;
  for (int i = c->nout; i < c->n; i++) {
    if (c->t[i]) recording_buffer_of(r, c->t[i], false);
  }
  const Event *x = next(r);
  const bool same = x && !r->difference[0] && x->run == c->run && x->n == c->n && x->nout == c->nout &&
                    x->size == c->size && x->pure == c->pure && same_args(x, c) &&
                    same_windows(r, &r->like->whole, x, c);
  if (!same) {
    differ(r);
    return;
  }
  r->at++;
  if (c->own) keep_own(r, c);
  recording_note_writes(r, x, c->t);
}

/* --- the end ------------------------------------------------------------------------------------------------------ */

static bool same_buffer(const Buffer *x, const Buffer *y) {
  if (x->kind != y->kind || x->constant != y->constant || x->input != y->input) return false;
  return x->kind == BUFFER_CONSTANT ? x->hash == y->hash : x->bytes == y->bytes;
}

static bool same_slot(const GradSlot *x, const GradSlot *y) {
  return x->needs_entry == y->needs_entry && x->written == y->written && !x->entry == !y->entry &&
         !x->exit == !y->exit && x->exit_buffer == y->exit_buffer && x->leaf_buffer == y->leaf_buffer;
}

static bool same_ends(const Recording *x, const Recording *y) {
  if (x->buffers != y->buffers || x->slots != y->slots || x->watches != y->watches || x->leaves != y->leaves) {
    return false;
  }
  for (int i = 0; i < x->buffers; i++) {
    if (!same_buffer(&x->buffer[i], &y->buffer[i])) return false;
  }
  for (int i = 0; i < x->slots; i++) {
    if (!same_slot(&x->slot[i], &y->slot[i])) return false;
  }
  return true;
}

void recording_follow_end(Recording *r) {
  if (!r->difference[0] && (next(r) || !same_ends(r->like->r, r))) differ(r);
}
