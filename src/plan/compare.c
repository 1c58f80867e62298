/*
 * compare.c - whether two calls of a step did the same.
 *
 * The calls are compared event by event, while the second one runs, and within an event in the order that gives the
 * most useful message: first which memory it used, then its numbers, then its windows onto that memory.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "plan/record.h"

/* "script.lua:12: " for a message about the line; two arguments for "%s%s" */
#define AT(r, line) trace_line_text(&(r)->trace, line), trace_line_text(&(r)->trace, line)[0] ? ": " : ""

/* Not an error, whose message might be waiting to be raised. -1 */
ERR_PRINTF(2, 3) static int differ(Recording *r, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(r->difference, sizeof r->difference, fmt, ap);
  va_end(ap);
  return -1;
}

static int compare_buffers(const Buffer *x, const Buffer *y, Recording *b, const Event *e) {
  if (y->kind == BUFFER_CONSTANT && x->kind == BUFFER_CONSTANT && x->hash != y->hash) {
    return differ(
        b,
        "%s%sthe numbers of a tensor made here differ between two calls of the step; a compiled step would keep them "
        "for ever: pass the tensor as an argument",
        AT(b, y->line));
  }
  const bool other = y->kind == BUFFER_OUTSIDE && x->kind == BUFFER_OUTSIDE && x->holder->storage != y->holder->storage;
  if (x->kind == y->kind && x->input == y->input && !other) return 0;
  return differ(
      b,
      "%s%s%s uses another tensor than in the call before; what a step keeps from call to call must be changed in "
      "place (v:mul_(0.9):add_(g), v:copy_(new)), for a compiled step does not see new values of Lua variables",
      AT(b, e->line), e->name);
}

/* x is one of a trace, with its last zeros left out. */
static bool has_same_args(const Event *x, const Event *y) {
  for (int i = x->stored; i < y->stored; i++) {
    if (y->args[i] != 0) return false;
  }
  return x->stored == 0 || memcmp(x->args, y->args, x->stored) == 0;
}

static int compare_numbers(Recording *b, const Event *x, const Event *y) {
  if (x->size == y->size && has_same_args(x, y)) return 0;
  if (!y->frozen) {
    return differ(b, "%s%san argument of %s differs between two calls of the step", AT(b, y->line), y->name);
  }
  unsigned char then[COMPUTATION_ARGS], now[COMPUTATION_ARGS];
  double before, after;
  event_args(x, then);
  event_args(y, now);
  memcpy(&before, then, sizeof before);
  memcpy(&after, now, sizeof after);
  return differ(
      b,
      "%s%sthe number %.9g was %.9g in the call before; a compiled step would keep it for ever: pass it as an "
      "argument, "
      "as a tensor, or as a hyperparameter (opt.lr)",
      AT(b, y->line), after, before);
}

int recording_compare_events(const Recording *a, Recording *b, const Event *x, const Event *y) {
  if (x->run != y->run || x->name != y->name || x->n != y->n || x->nout != y->nout) {
    return differ(b, "%s%sthe step does '%s' where the call before did '%s' (%s); it must do the same at each call",
                  AT(b, y->line), y->name, x->name, trace_line_text(&b->trace, x->line));
  }
  for (int k = 0; k < y->n; k++) {
    const int i = x->w[k].buffer, j = y->w[k].buffer;
    if (i >= 0 && j >= 0 && compare_buffers(&a->buffer[i], &b->buffer[j], b, y) < 0) return -1;
  }
  if (compare_numbers(b, x, y) < 0) return -1;
  for (int k = 0; k < y->n; k++) {
    if (x->w[k].buffer == y->w[k].buffer && x->w[k].layout == y->w[k].layout) continue;
    return differ(b, "%s%s%s is applied to something else than in the call before", AT(b, y->line), y->name);
  }
  return 0;
}

int recording_compare_longer(Recording *b, const Event *y) {
  return differ(b, "%s%sthe step does '%s' here, which the call before did not; it must do the same at each call",
                AT(b, y->line), y->name);
}

static bool is_same_slot(const GradSlot *x, const GradSlot *y) {
  return x->leaf == y->leaf && x->written == y->written && x->needs_entry == y->needs_entry && x->entry == y->entry &&
         !x->exit == !y->exit;
}

int recording_compare_ends(const Recording *a, Recording *b) {
  if (b->at < b->trace.events) {
    const Event *x = b->trace.event[b->at];
    return differ(b, "%s%sthe step did '%s' here in the call before and does not now; it must do the same at each call",
                  AT(b, x->line), x->name);
  }
  bool same = a->slots == b->slots;
  for (int i = 0; same && i < b->slots; i++) same = is_same_slot(&a->slot[i], &b->slot[i]);
  return same ? 0 : differ(b, "the gradients (.grad) that the step finds or leaves differ between two calls");
}
