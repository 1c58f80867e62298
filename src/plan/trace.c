/*
 * trace.c - events in an arena, lines of the script in a list.
 */
#include "plan/trace.h"

#include <string.h>

#include "base/alloc.h"

int grow_list(void **items, int len, int *cap, size_t size) {
  if (len < *cap) return 0;
  const int more = *cap ? 2 * *cap : 16;
  void *bigger = alloc_get((size_t)more * size);
  if (!bigger) return -1;
  if (len) memcpy(bigger, *items, (size_t)len * size);
  alloc_put(*items, (size_t)*cap * size);
  *items = bigger;
  *cap = more;
  return 0;
}

/* --- windows ------------------------------------------------------------------------------------------------------ */

Window window_of(const Tensor *t, int buffer) {
  return (Window){.buffer = buffer,
                  .dtype = t->dtype,
                  .ndim = t->ndim,
                  .contiguous = t->contiguous,
                  .offset = t->offset,
                  .shape = t->shape,
                  .stride = t->stride};
}

int64_t window_numel(const Window *w) {
  int64_t n = 1;
  for (int d = 0; d < w->ndim; d++) n *= w->shape[d];
  return n;
}

static bool is_row_major(const Window *w) {
  int64_t run = 1;
  for (int d = w->ndim - 1; w->stride && d >= 0; d--) {
    if (w->stride[d] != run) return false;
    run *= w->shape[d];
  }
  return true;
}

bool window_is_same(const Window *a, const Window *b) {
  if (a->dtype != b->dtype || a->offset != b->offset) return false;
  if (!shape_equal(a->ndim, a->shape, b->ndim, b->shape)) return false;
  if (!a->stride || !b->stride) return is_row_major(a) && is_row_major(b);
  return memcmp(a->stride, b->stride, a->ndim * sizeof *a->stride) == 0;
}

/* --- events ------------------------------------------------------------------------------------------------------- */

void event_args(const Event *e, void *args) {
  if (e->stored) memcpy(args, e->args, e->stored);
  memset((char *)args + e->stored, 0, e->size - e->stored);
}

static const int64_t *copy_sizes(Trace *t, int n, const int64_t *from) {
  int64_t *to = arena_get(&t->memory, (size_t)n * sizeof *to);
  if (to) memcpy(to, from, (size_t)n * sizeof *to);
  return to;
}

/* Copies window i of `from` into e; operands of one shape share their sizes. False without memory. */
static bool copy_window(Trace *t, Event *e, const Event *from, int i) {
  const Window *w = &from->w[i];
  e->w[i] = *w;
  e->w[i].stride = NULL;
  if (w->buffer < 0) return true;
  if (i > 0 && from->w[i - 1].buffer >= 0 && shape_equal(w->ndim, w->shape, e->w[i - 1].ndim, e->w[i - 1].shape)) {
    e->w[i].shape = e->w[i - 1].shape;
  } else if (!(e->w[i].shape = copy_sizes(t, w->ndim, w->shape))) {
    return false;
  }
  return is_row_major(w) || (e->w[i].stride = copy_sizes(t, w->ndim, w->stride));
}

static bool copy_args(Trace *t, Event *e, const Event *from) {
  e->stored = from->stored;
  while (e->stored > 0 && from->args[e->stored - 1] == 0) e->stored--;
  unsigned char *args = arena_get(&t->memory, e->stored);
  if (args && e->stored) memcpy(args, from->args, e->stored);
  e->args = args;
  return args;
}

int trace_add(Trace *t, const Event *from) {
  if (GROW(t, event, events, event_cap) < 0) return -1;
  Event *e = arena_get(&t->memory, sizeof *e);
  if (!e) return -1;
  *e = *from;
  e->w = arena_get(&t->memory, (size_t)e->n * sizeof *e->w);
  bool ok = e->w && copy_args(t, e, from);
  for (int i = 0; ok && i < e->n; i++) ok = copy_window(t, e, from, i);
  if (!ok) {
    arena_cut(&t->memory, e);
    return -1;
  }
  t->event[t->events++] = e;
  return 0;
}

void trace_cut(Trace *t, int events) {
  if (events >= t->events) return;
  arena_cut(&t->memory, t->event[events]);
  t->events = events;
}

void trace_forget_events(Trace *t) {
  arena_free(&t->memory);
  alloc_put(t->event, (size_t)t->event_cap * sizeof(Event *));
  t->event = NULL;
  t->events = t->event_cap = 0;
}

void trace_free(Trace *t) {
  trace_forget_events(t);
  alloc_put(t->line, (size_t)t->line_cap * sizeof *t->line);
  *t = (Trace){0};
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

static bool add_line(Trace *t, const char *text) {
  if (GROW(t, line, lines, line_cap) < 0) return false;
  memset(t->line[t->lines], 0, TRACE_LINE);
  strncpy(t->line[t->lines++], text, TRACE_LINE - 1);
  return true;
}

/* A step comes to a line again and again, and from one line to the next: the search begins where the last one ended. */
int trace_line(Trace *t, const char *text) {
  if (t->lines == 0 && !add_line(t, "")) return 0;
  for (int i = 0; i < t->lines; i++) {
    const int at = (t->last_line + i) % t->lines;
    if (strcmp(t->line[at], text) == 0) return t->last_line = at;
  }
  if (!add_line(t, text)) return 0;
  return t->last_line = t->lines - 1;
}

const char *trace_line_text(const Trace *t, int line) { return line < t->lines ? t->line[line] : ""; }
