/*
 * compare.c - whether two calls of a step did the same.
 *
 * The calls are compared event by event, and within an event in the order that gives the most useful message: first
 * which memory it used, then its numbers, then its windows onto that memory.
 */
#include <string.h>

#include "plan/record.h"

#define AT(e) (e)->where, (e)->where[0] ? ": " : ""

static int compare_buffers(const Buffer *a, const Buffer *b, const Event *e) {
  if (b->kind == BUFFER_CONSTANT && a->kind == BUFFER_CONSTANT && a->hash != b->hash) {
    return err_set(
        "%s%sthe numbers of a tensor made here differ between two calls of the step; a compiled step would keep them "
        "for ever: pass the tensor as an argument",
        AT(b));
  }
  const bool other = b->kind == BUFFER_OUTSIDE && a->kind == BUFFER_OUTSIDE && a->holder->storage != b->holder->storage;
  if (a->kind == b->kind && a->input == b->input && !other) return 0;
  return err_set(
      "%s%s%s uses another tensor than in the call before; what a step keeps from call to call must be changed in "
      "place (v:mul_(0.9):add_(g), v:copy_(new)), for a compiled step does not see new values of Lua variables",
      AT(e), e->name);
}

static int compare_numbers(const Event *a, const Event *b) {
  if (a->size == b->size && memcmp(a->args.bytes, b->args.bytes, a->size) == 0) return 0;
  if (!b->frozen) return err_set("%s%san argument of %s differs between two calls of the step", AT(b), b->name);
  double x, y;
  memcpy(&x, a->args.bytes, sizeof x);
  memcpy(&y, b->args.bytes, sizeof y);
  return err_set(
      "%s%sthe number %.9g was %.9g in the call before; a compiled step would keep it for ever: pass it as an "
      "argument, "
      "as a tensor, or as a hyperparameter (opt.lr)",
      AT(b), y, x);
}

static int compare_events(const Recording *ra, const Recording *rb, int i) {
  const Event *a = &ra->event[i], *b = &rb->event[i];
  if (a->run != b->run || a->name != b->name || a->n != b->n || a->nout != b->nout) {
    return err_set("%s%sthe step does '%s' where the call before did '%s' (%s); it must do the same at each call",
                   AT(b), b->name, a->name, a->where);
  }
  for (int k = 0; k < b->n; k++) {
    if (a->buffer[k] >= 0 && b->buffer[k] >= 0 &&
        compare_buffers(&ra->buffer[a->buffer[k]], &rb->buffer[b->buffer[k]], b) < 0) {
      return -1;
    }
  }
  if (compare_numbers(a, b) < 0) return -1;
  for (int k = 0; k < b->n; k++) {
    const bool same = a->buffer[k] == b->buffer[k] && (b->buffer[k] < 0 || tensor_same_window(a->t[k], b->t[k]));
    if (!same) return err_set("%s%s%s is applied to something else than in the call before", AT(b), b->name);
  }
  return 0;
}

static int compare_slots(const Recording *a, const Recording *b) {
  bool same = a->slots == b->slots;
  for (int i = 0; same && i < b->slots; i++) {
    const GradSlot *x = &a->slot[i], *y = &b->slot[i];
    same = x->leaf == y->leaf && x->written == y->written && x->needs_entry == y->needs_entry && x->entry == y->entry &&
           !x->exit == !y->exit;
  }
  return same ? 0 : err_set("the gradients (.grad) that the step finds or leaves differ between two calls");
}

int recording_compare(const Recording *a, const Recording *b) {
  for (int i = 0; i < a->events && i < b->events; i++) {
    if (compare_events(a, b, i) < 0) return -1;
  }
  if (a->events > b->events) {
    const Event *e = &a->event[b->events];
    return err_set("%s%sthe step did '%s' here in the call before and does not now; it must do the same at each call",
                   AT(e), e->name);
  }
  if (a->events < b->events) {
    const Event *e = &b->event[a->events];
    return err_set("%s%sthe step does '%s' here, which the call before did not; it must do the same at each call",
                   AT(e), e->name);
  }
  return compare_slots(a, b);
}
