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

/* --- layouts ------------------------------------------------------------------------------------------------------ */

static size_t layout_bytes(int ndim) { return sizeof(Layout) + 2 * (size_t)ndim * sizeof(int64_t); }

int64_t layout_numel(const Layout *l) {
  int64_t n = 1;
  for (int d = 0; d < l->ndim; d++) n *= l->size[d];
  return n;
}

static uint64_t mix(uint64_t h, uint64_t x) { return (h ^ x) * 0x9e3779b97f4a7c15u ^ (h >> 29); }

static uint64_t hash_of(const Tensor *x) {
  uint64_t h = mix((uint64_t)x->dtype << 8 | x->ndim, (uint64_t)x->offset);
  for (int d = 0; d < x->ndim; d++) h = mix(mix(h, (uint64_t)x->shape[d]), (uint64_t)x->stride[d]);
  return h ^ h >> 32;
}

bool layout_is_of(const Layout *l, const Tensor *x) {
  if (l->dtype != x->dtype || l->offset != x->offset || !shape_equal(l->ndim, l->size, x->ndim, x->shape)) return false;
  return memcmp(l->size + l->ndim, x->stride, l->ndim * sizeof *l->size) == 0;
}

/* The place in the table where x's layout is or belongs. */
static int *place_of(const Trace *t, const Tensor *x) {
  const uint64_t mask = (uint64_t)t->layout_size - 1;
  uint64_t at = hash_of(x) & mask;
  while (t->layout_table[at] && !layout_is_of(t->layout[t->layout_table[at] - 1], x)) at = (at + 1) & mask;
  return &t->layout_table[at];
}

static void set_layout(Tensor *x, const Layout *l) {
  *x = (Tensor){.dtype = l->dtype, .ndim = l->ndim, .offset = l->offset};
  memcpy(x->shape, l->size, l->ndim * sizeof *l->size);
  memcpy(x->stride, l->size + l->ndim, l->ndim * sizeof *l->size);
}

/* Makes room in the table, at most half of which is used. */
static int grow_table(Trace *t) {
  if (2 * t->layouts < t->layout_size) return 0;
  const int size = t->layout_size ? 2 * t->layout_size : 64, before = t->layout_size;
  int *table = alloc_get((size_t)size * sizeof *table);
  if (!table) return -1;
  memset(table, 0, (size_t)size * sizeof *table);
  alloc_put(t->layout_table, (size_t)before * sizeof *table);
  t->layout_table = table;
  t->layout_size = size;
  for (int i = 0; i < t->layouts; i++) {
    Tensor x;
    set_layout(&x, t->layout[i]);
    *place_of(t, &x) = i + 1;
  }
  return 0;
}

int trace_layout(Trace *t, const Tensor *x) {
  if (grow_table(t) < 0) return -1;
  int *place = place_of(t, x);
  if (*place) return *place - 1;
  Layout *l = GROW(t, layout, layouts, layout_cap) < 0 ? NULL : arena_get(&t->layouts_memory, layout_bytes(x->ndim));
  if (!l) return -1;
  *l = (Layout){.dtype = x->dtype, .ndim = x->ndim, .contiguous = x->contiguous, .offset = x->offset};
  memcpy(l->size, x->shape, x->ndim * sizeof *l->size);
  memcpy(l->size + x->ndim, x->stride, x->ndim * sizeof *l->size);
  t->layout[t->layouts++] = l;
  *place = t->layouts;
  return t->layouts - 1;
}

static int copy_layouts(Trace *t, const Trace *from) {
  for (int i = 0; i < from->layouts; i++) {
    Tensor x;
    set_layout(&x, from->layout[i]);
    x.contiguous = from->layout[i]->contiguous;
    if (trace_layout(t, &x) < 0) return -1;
  }
  return 0;
}

/* --- events ------------------------------------------------------------------------------------------------------- */

void event_args(const Event *e, void *args) {
  if (e->stored) memcpy(args, e->args, e->stored);
  memset((char *)args + e->stored, 0, e->size - e->stored);
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
  const size_t bytes = (size_t)e->n * sizeof *e->w;
  e->w = arena_get(&t->memory, bytes);
  if (!e->w || !copy_args(t, e, from)) {
    arena_cut(&t->memory, e);
    return -1;
  }
  memcpy(e->w, from->w, bytes);
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
  arena_free(&t->layouts_memory);
  alloc_put(t->layout, (size_t)t->layout_cap * sizeof *t->layout);
  alloc_put(t->layout_table, (size_t)t->layout_size * sizeof *t->layout_table);
  alloc_put(t->line, (size_t)t->line_cap * sizeof *t->line);
  *t = (Trace){0};
}

int trace_copy(Trace *t, const Trace *from) {
  int rc = copy_layouts(t, from);
  for (int i = 0; rc == 0 && i < from->events; i++) rc = trace_add(t, from->event[i]);
  for (int i = 0; rc == 0 && i < from->events; i++) t->event[i]->line = 0;
  if (rc < 0) trace_free(t);
  return rc;
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

/* A step comes to a line again and again, and from one line to the next: the search begins where the last one ended. */
int trace_find_line(Trace *t, const void *source, int number) {
  for (int i = 0; i < t->lines; i++) {
    const int at = (t->last_line + i) % t->lines;
    if (t->line[at].source == source && t->line[at].number == number) return t->last_line = at;
  }
  return -1;
}

int trace_add_line(Trace *t, const Line *line) {
  if (GROW(t, line, lines, line_cap) < 0) return 0;
  t->line[t->lines] = *line;
  return t->last_line = t->lines++;
}

const char *trace_line_text(const Trace *t, int line) { return line < t->lines ? t->line[line].text : ""; }
