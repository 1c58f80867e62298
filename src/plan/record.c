/*
 * record.c - records what a step reports while it runs.
 *
 * A recording keeps alive what was there before the step, the constants, and what the step leaves in .grad. Temporaries
 * die as they do in a step that is not recorded; their buffers are known by the serial numbers of their storages.
 */
#include "plan/record.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#define FEW 16 /* windows of an event that need no memory of their own while they are compared */

/* Notes the script's line under way. */
static void note_line(Recording *r) {
  Line line = {0};
  if (r->one_line || r->like) return;
  if (r->find_line) r->find_line(r->line_arg, &line, false);
  r->line = trace_find_line(&r->trace, line.source, line.number);
  if (r->line >= 0) return;
  if (line.source) r->find_line(r->line_arg, &line, true);
  r->line = trace_add_line(&r->trace, &line);
}

void recording_fail(Recording *r, const char *fmt, ...) {
  if (r->failure[0]) return;
  note_line(r);
  const char *where = trace_line_text(&r->trace, r->line);
  int n = snprintf(r->failure, sizeof r->failure, "%s%s", where, where[0] ? ": " : "");
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(r->failure + n, sizeof r->failure - (size_t)n, fmt, ap);
  va_end(ap);
  if (r->stop) context->recorder = NULL;
}

void recording_no_memory(Recording *r) { recording_fail(r, "lab.compile: %s", err_message()); }

/* --- buffers ------------------------------------------------------------------------------------------------------ */

static uint64_t hash_bytes(const char *p, size_t n) { /* FNV-1a */
  uint64_t h = 0xcbf29ce484222325u;
  for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)p[i]) * 0x100000001b3u;
  return h;
}

/* A storage that the step made is known by its serial number: when it is gone, another one may lie at its address. One
 * from outside is known by its address: it is held, and storages made by several threads at once may share a serial.
 * Addresses are even. */
static uint64_t key_of(const Recording *r, const Storage *s) {
  return s->serial > r->start ? s->serial << 1 | 1 : (uint64_t)(uintptr_t)s;
}

/* The place in the table where the buffer with this key is or belongs. */
static int *place_of(const Recording *r, uint64_t key) {
  const uint64_t mask = (uint64_t)r->table_size - 1;
  uint64_t at = (key * 0x9e3779b97f4a7c15u >> 32) & mask;
  while (r->table[at] && r->buffer[r->table[at] - 1].key != key) at = (at + 1) & mask;
  return &r->table[at];
}

/* Makes room in the table, at most half of which is used. */
static int grow_table(Recording *r) {
  if (2 * r->buffers < r->table_size) return 0;
  const int size = r->table_size ? 2 * r->table_size : 64;
  int *table = alloc_get((size_t)size * sizeof *table);
  if (!table) return -1;
  memset(table, 0, (size_t)size * sizeof *table);
  alloc_put(r->table, (size_t)r->table_size * sizeof *table);
  r->table = table;
  r->table_size = size;
  for (int i = 0; i < r->buffers; i++) *place_of(r, r->buffer[i].key) = i + 1;
  return 0;
}

/* The number of the buffer in this storage, -1 if it has none. */
static int find_buffer(const Recording *r, const Storage *s) {
  return r->table_size ? *place_of(r, key_of(r, s)) - 1 : -1;
}

/* A buffer for t's storage, held unless it is a temporary. */
static Buffer *add_buffer(Recording *r, Tensor *t, BufferKind kind) {
  Tensor *holder = kind == BUFFER_MADE ? NULL : tensor_alias(t);
  if ((kind != BUFFER_MADE && !holder) || GROW(r, buffer, buffers, buffer_cap) < 0 || grow_table(r) < 0) {
    tensor_release(holder);
    recording_no_memory(r);
    return NULL;
  }
  const uint64_t key = key_of(r, t->storage);
  *place_of(r, key) = r->buffers + 1;
  Buffer *b = &r->buffer[r->buffers++];
  *b = (Buffer){.key = key, .kind = kind, .holder = holder, .bytes = t->storage->nbytes, .line = r->line};
  return b;
}

/* t, or the leaf that it is the graph window of; NULL where that is gone. */
static Tensor *real_leaf(Tensor *t) { return t->is_graph_window ? t->partner : t; }

static void keep_leaf(Recording *r, Tensor *t) {
  t = real_leaf(t);
  if (!t) return;
  for (int i = 0; i < r->leaves; i++) {
    if (r->leaf[i].t == t) return;
  }
  if (GROW(r, leaf, leaves, leaf_cap) < 0) {
    recording_no_memory(r);
    return;
  }
  r->leaf[r->leaves++] = (Leaf){.t = tensor_retain(t)};
}

static void add_event(Recording *r, const Computation *c);

/* A tensor of unknown origin, made during the step. Its numbers are kept in a copy, from which a replayed step takes
 * them where the tensor is changed later on. */
static int add_constant(Recording *r, Tensor *t) {
  const Storage *s = t->storage;
  int64_t n = (int64_t)(s->nbytes / dtype_size((DType)t->dtype)), one = 1;
  const Recorder *paused = recorder_pause();
  Tensor *whole = tensor_view(t, 1, &n, &one, 0), *copy = whole ? tensor_clone(whole) : NULL;
  recorder_resume(paused);
  Buffer *b = copy ? add_buffer(r, copy, BUFFER_CONSTANT) : NULL;
  int found = -1;
  if (b) {
    b->hash = hash_bytes(s->data, s->nbytes);
    b->constant = true;
    if (add_buffer(r, t, BUFFER_MADE)) {
      found = r->buffers - 1;
      add_event(r, &(Computation){.name = "a constant",
                                  .run = tensor_rerun_copy,
                                  .pure = true,
                                  .nout = 1,
                                  .n = 2,
                                  .t = (Tensor *[]){whole, copy}});
    }
  }
  tensor_release(whole);
  tensor_release(copy);
  return found;
}

int recording_buffer_of(Recording *r, Tensor *t, bool written) {
  const int i = find_buffer(r, t->storage);
  if (i >= 0) {
    if (r->buffer[i].kind == BUFFER_OUTSIDE && !t->node) keep_leaf(r, t);
    return i;
  }
  if (t->storage->serial <= r->start) {
    if (!add_buffer(r, t, BUFFER_OUTSIDE)) return -1;
    if (!t->node) keep_leaf(r, t);
    return r->buffers - 1;
  }
  if (written) return add_buffer(r, t, BUFFER_MADE) ? r->buffers - 1 : -1;
  return add_constant(r, t);
}

/* --- events ------------------------------------------------------------------------------------------------------- */

static bool is_following(const Recording *r) { return (r->before || r->like) && !r->difference[0]; }

static bool covers(const Tensor *t) {
  return t->contiguous && (size_t)t->numel * dtype_size((DType)t->dtype) == t->storage->nbytes;
}

static bool reads_buffer(const Event *e, int buffer) {
  for (int i = e->nout; i < e->n; i++) {
    if (e->w[i].buffer == buffer) return true;
  }
  return false;
}

/* Whether what e writes follows from constants. */
static bool follows(const Recording *r, const Event *e) {
  if (!e->pure) return false;
  for (int i = e->nout; i < e->n; i++) {
    if (e->w[i].buffer >= 0 && !r->buffer[e->w[i].buffer].constant) return false;
  }
  return true;
}

/* Holds what is made as long as its contents are constant, if this may become a plan. */
static void set_constant(Recording *r, Buffer *b, bool constant, const Tensor *t) {
  const bool held = constant && is_following(r);
  b->constant = constant;
  if (b->kind != BUFFER_MADE) return;
  tensor_release(b->holder);
  b->holder = held ? tensor_alias(t) : NULL;
  if (held && !b->holder) recording_no_memory(r);
}

void recording_note_writes(Recording *r, const Event *e, Tensor *const *t) {
  const bool constant = follows(r, e);
  for (int i = 0; i < e->nout; i++) {
    if (e->w[i].buffer < 0) continue;
    Buffer *b = &r->buffer[e->w[i].buffer];
    if (b->kind == BUFFER_INPUT) {
      recording_fail(r, "lab.compile: %s changes argument %d of the step in place; change a clone() of it", e->name,
                     b->input + 1);
    }
    const bool whole = !b->written && covers(t[i]) && !reads_buffer(e, e->w[i].buffer);
    set_constant(r, b, constant && b->kind == BUFFER_MADE && whole, t[i]);
    b->written = true;
  }
}

/* Fills in the windows. False without memory. */
static bool note_windows(Recording *r, Event *e, const Computation *c) {
  for (int k = 0; k < c->n; k++) { /* what is read first, so that constants are found before they are overwritten */
    const int i = k < c->n - c->nout ? c->nout + k : k - (c->n - c->nout);
    e->w[i] = (Window){-1, -1};
    if (!c->t[i]) continue;
    e->w[i].buffer = recording_buffer_of(r, c->t[i], i < c->nout);
    e->w[i].layout = trace_layout(&r->trace, c->t[i]);
    if (e->w[i].buffer < 0 || e->w[i].layout < 0) return false;
  }
  return true;
}

/* This call does something else than the one before. */
static void part_ways(Recording *r) { trace_cut(&r->trace, r->at); }

/* Goes along with the call before, or puts the event behind the others. */
static int append(Recording *r, const Event *e) {
  if (is_following(r)) {
    const Event *then = r->at < r->trace.events ? r->trace.event[r->at] : NULL;
    const int rc = then ? recording_compare_events(r->before, r, then, e) : recording_compare_longer(r, e);
    if (rc == 0) {
      r->at++;
      return 0;
    }
    part_ways(r);
  }
  return trace_add(&r->trace, e);
}

static void add_event(Recording *r, const Computation *c) {
  Window few[FEW];
  const size_t bytes = (size_t)c->n * sizeof *few;
  if (r->like) {
    recording_follow(r, c);
    return;
  }
  Event e = {.name = c->name,
             .run = c->run,
             .pure = c->pure,
             .each = c->each,
             .frozen = c->frozen,
             .own = c->own,
             .nout = c->nout};
  e.n = c->n;
  e.size = e.stored = (uint8_t)c->size;
  e.line = r->line;
  e.args = c->args;
  e.w = c->n <= FEW ? few : alloc_get(bytes);
  if (!e.w || !note_windows(r, &e, c)) {
    recording_no_memory(r);
  } else {
    if (append(r, &e) < 0) recording_no_memory(r);
    recording_note_writes(r, &e, c->t);
  }
  if (e.w && e.w != few) alloc_put(e.w, bytes);
}

/* --- what is reported to the recorder ----------------------------------------------------------------------------- */

static void on_call(const Computation *c) {
  Recording *r = context->recording;
  if (r->failure[0]) return;
  note_line(r);
  add_event(r, c);
}

/* Whether nobody outside holds it. */
static bool is_inside(const Recording *r, const Tensor *t) {
  if (t->number > r->start) return true;
  const int i = find_buffer(r, t->storage);
  return i >= 0 && r->buffer[i].kind == BUFFER_INPUT;
}

/* The slot of a leaf that lived before the step; NULL if it did not, or without memory. */
static GradSlot *slot_of(Recording *r, Tensor *leaf) {
  if (is_inside(r, leaf)) return NULL;
  for (int i = 0; i < r->slots; i++) {
    if (r->slot[i].leaf == leaf) return &r->slot[i];
  }
  if (GROW(r, slot, slots, slot_cap) < 0) {
    recording_no_memory(r);
    return NULL;
  }
  r->slot[r->slots] = (GradSlot){.leaf = tensor_retain(leaf), .exit_buffer = -1};
  return &r->slot[r->slots++];
}

static void on_grad_read(Tensor *leaf) {
  Recording *r = context->recording;
  GradSlot *s = slot_of(r, leaf);
  if (!s || s->written || s->needs_entry) return;
  s->needs_entry = true;
  s->entry = leaf->grad ? tensor_retain(leaf->grad) : NULL;
}

static void on_grad_written(Tensor *leaf) {
  Recording *r = context->recording;
  GradSlot *s = slot_of(r, leaf);
  if (s) s->written = true;
}

static void on_watch(const void *p, size_t size, const char *name) {
  Recording *r = context->recording;
  for (int i = 0; i < r->watches; i++) {
    if (r->watch[i].p == p) return;
  }
  if (GROW(r, watch, watches, watch_cap) < 0) {
    recording_no_memory(r);
    return;
  }
  Watch *w = &r->watch[r->watches++];
  note_line(r);
  *w = (Watch){.p = p, .size = size, .name = name, .line = r->line};
  memcpy(w->bytes, p, size);
}

static void on_value_read(const Tensor *t, const char *reader) {
  Recording *r = context->recording;
  const int i = find_buffer(r, t->storage);
  const bool made = t->storage->serial > r->start;
  if (i < 0 ? made : r->buffer[i].constant) return;
  recording_fail(r,
                 "%s reads a value, which a compiled step cannot know while it is recorded; compute with tensors "
                 "(lab.where or masked_fill instead of if and t[mask]), or return the tensor and read it outside",
                 reader);
}

static void on_element_written(Tensor *t) {
  Recording *r = context->recording;
  if (find_buffer(r, t->storage) < 0 && t->storage->serial > r->start) return; /* a constant in the making */
  recording_fail(r, "lab.compile: single elements are written by a function that cannot be recorded");
}

static int on_seen(Tensor *t) {
  Recording *r = context->recording;
  if (r->failure[0]) return 0;
  note_line(r);
  recording_buffer_of(r, t, false);
  return r->line;
}

static void on_one_line(bool on) {
  Recording *r = context->recording;
  r->one_line = false;
  if (on) note_line(r);
  r->one_line = on;
}

static void on_refuse(const char *why) {
  recording_fail(context->recording, "lab.compile: this cannot be recorded: %s", why);
}

static const char *on_refused(void) {
  const Recording *r = context->recording;
  return r->failure[0] && !r->stop ? r->failure : NULL;
}

static const Recorder step_recorder = {.call = on_call,
                                       .grad_read = on_grad_read,
                                       .grad_written = on_grad_written,
                                       .watch = on_watch,
                                       .value_read = on_value_read,
                                       .element_written = on_element_written,
                                       .seen = on_seen,
                                       .one_line = on_one_line,
                                       .refuse = on_refuse,
                                       .refused = on_refused};

/* --- life --------------------------------------------------------------------------------------------------------- */

static int add_inputs(Recording *r, Tensor *const *input, int ninput) {
  for (int i = 0; i < ninput; i++) {
    Buffer *b = add_buffer(r, input[i], BUFFER_INPUT);
    if (!b) return -1;
    b->input = (uint8_t)i;
  }
  return 0;
}

static void take_trace(Recording *r, Recording *before) {
  if (!before) return;
  r->before = before;
  r->trace = before->trace;
  before->trace = (Trace){0};
}

void recording_clear(Recording *r) {
  memset(r, 0, offsetof(Recording, difference)); /* the texts are long */
  r->difference[0] = r->failure[0] = '\0';
}

Recording *recording_start(Tensor *const *input, int ninput, Recording *before, FindLine *find_line, void *arg,
                           bool stop) {
  Recording *r = alloc_get(sizeof *r);
  if (!r) return NULL;
  recording_clear(r);
  r->start = storage_new_era();
  r->stop = stop;
  take_trace(r, before);
  if (add_inputs(r, input, ninput) < 0) {
    recording_release(r);
    return NULL;
  }
  r->find_line = find_line;
  r->line_arg = arg;
  context->recording = r;
  context->recorder = &step_recorder;
  return r;
}

int recording_output(Recording *r, Tensor *t) { return recording_buffer_of(r, t, false); }

static void note_exit(Recording *r, GradSlot *s) {
  Tensor *g = s->leaf->grad;
  if (!s->written || !g) return;
  s->exit = g->node ? tensor_alias(g) : tensor_retain(g);
  s->exit_buffer = find_buffer(r, g->storage);
  if (!s->exit) recording_no_memory(r);
}

static void free_table(Recording *r) {
  alloc_put(r->table, (size_t)r->table_size * sizeof *r->table);
  r->table = NULL;
  r->table_size = 0;
}

void recording_end(Recording *r) {
  context->recorder = NULL;
  context->recording = NULL;
  for (int i = 0; i < r->slots; i++) {
    r->slot[i].leaf_buffer = find_buffer(r, r->slot[i].leaf->storage);
    note_exit(r, &r->slot[i]);
  }
  for (int i = 0; i < r->leaves; i++) { /* as the step leaves them: it may have made or changed them itself */
    r->leaf[i].storage = r->leaf[i].t->storage;
    r->leaf[i].requires_grad = r->leaf[i].t->requires_grad;
  }
  if (r->like) {
    recording_follow_end(r);
  } else if (is_following(r) && recording_compare_ends(r->before, r) < 0) {
    part_ways(r);
  }
  r->before = NULL;
  free_table(r);
}

void recording_forget_trace(Recording *r) { trace_forget_events(&r->trace); }

void recording_release(Recording *r) {
  if (!r) return;
  for (int i = 0; i < r->buffers; i++) tensor_release(r->buffer[i].holder);
  for (int i = 0; i < r->slots; i++) {
    tensor_release(r->slot[i].leaf);
    tensor_release(r->slot[i].entry);
    tensor_release(r->slot[i].exit);
  }
  for (int i = 0; i < r->leaves; i++) tensor_release(r->leaf[i].t);
  trace_free(&r->trace);
  free_table(r);
  alloc_put(r->buffer, (size_t)r->buffer_cap * sizeof *r->buffer);
  alloc_put(r->slot, (size_t)r->slot_cap * sizeof *r->slot);
  alloc_put(r->watch, (size_t)r->watch_cap * sizeof *r->watch);
  alloc_put(r->leaf, (size_t)r->leaf_cap * sizeof *r->leaf);
  alloc_put(r->own, (size_t)r->own_cap * sizeof *r->own);
  alloc_put(r, sizeof *r);
}
