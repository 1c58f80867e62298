/*
 * alike.c - whether two plans do the same, each with memory of its own.
 */
#include <string.h>

#include "plan/lanes/group.h"

static bool same_layouts(const Trace *a, const Trace *b) {
  if (a->layouts != b->layouts) return false;
  for (int i = 0; i < a->layouts; i++) {
    const Layout *x = a->layout[i], *y = b->layout[i];
    if (x->dtype != y->dtype || x->ndim != y->ndim || x->contiguous != y->contiguous || x->offset != y->offset) {
      return false;
    }
    if (memcmp(x->size, y->size, 2 * (size_t)x->ndim * sizeof *x->size) != 0) return false;
  }
  return true;
}

/* The args of what is not an operation of the op table may be anything: each run does it by itself. */
static bool same_args(const Event *x, const Event *y) {
  if (x->size != y->size) return false;
  return x->run != op_rerun || (x->stored == y->stored && memcmp(x->args, y->args, x->stored) == 0);
}

static bool same_event(const Event *x, const Event *y) {
  if (x->run != y->run || x->n != y->n || x->nout != y->nout || !same_args(x, y)) return false;
  for (int k = 0; k < x->n; k++) {
    if (x->w[k].buffer != y->w[k].buffer || x->w[k].layout != y->w[k].layout) return false;
  }
  return true;
}

static bool same_buffer(const Buffer *x, const Buffer *y) {
  if (x->kind != y->kind || x->constant != y->constant || x->input != y->input || !x->holder != !y->holder) {
    return false;
  }
  if (!x->holder) return true;
  const Storage *s = x->holder->storage, *t = y->holder->storage;
  if (x->constant) return s->nbytes == t->nbytes && memcmp(s->data, t->data, s->nbytes) == 0;
  return x->bytes == y->bytes;
}

static bool same_slot(const GradSlot *x, const GradSlot *y) {
  return x->needs_entry == y->needs_entry && x->written == y->written && !x->exit == !y->exit &&
         x->exit_buffer == y->exit_buffer;
}

static bool same_outputs(const Plan *a, const Plan *b) {
  if (a->results != b->results) return false;
  for (int i = 0; i < a->results; i++) {
    if (a->output[i] != b->output[i] || !a->result[i] != !b->result[i]) return false;
    if (a->result[i] && !tensor_same_window(a->result[i], b->result[i])) return false;
  }
  return true;
}

bool plans_alike(const Plan *p, const Plan *q) {
  const Plan *a = plan_form(p), *b = plan_form(q);
  const Recording *x = a->r, *y = b->r;
  if (a == b) return a->steps > 0 && x->trace.events == a->steps;
  if (x->trace.events != a->steps || y->trace.events != b->steps || a->steps != b->steps || a->steps == 0) return false;
  if (x->buffers != y->buffers || x->slots != y->slots || !same_layouts(&x->trace, &y->trace)) return false;
  for (int i = 0; i < a->steps; i++) {
    if (!same_event(x->trace.event[i], y->trace.event[i])) return false;
  }
  for (int i = 0; i < x->buffers; i++) {
    if (!same_buffer(&x->buffer[i], &y->buffer[i])) return false;
  }
  for (int i = 0; i < x->slots; i++) {
    if (!same_slot(&x->slot[i], &y->slot[i])) return false;
  }
  return same_outputs(p, q);
}
