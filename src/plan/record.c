/*
 * record.c - records what a step reports while it runs.
 *
 * Every tensor that an event mentions is kept as a window of its own, without its graph. That keeps the memory alive,
 * so no two buffers of a recording share an address although most of them were temporaries.
 */
#include "plan/record.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

/* --- lists -------------------------------------------------------------------------------------------------------- */

/* Makes room for one more element of `size` bytes behind the first `len`; -1 without memory. */
static int grow(void **items, int len, int *cap, size_t size) {
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

#define GROW(r, list, count, cap) grow((void **)&(r)->list, (r)->count, &(r)->cap, sizeof *(r)->list)

static void note_where(const Recording *r, char *text) {
  text[0] = '\0';
  if (r->write_where) r->write_where(r->where_arg, text, RECORD_WHERE);
}

void recording_fail(Recording *r, const char *fmt, ...) {
  if (r->failure[0]) return;
  char where[RECORD_WHERE];
  note_where(r, where);
  int n = snprintf(r->failure, sizeof r->failure, "%s%s", where, where[0] ? ": " : "");
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(r->failure + n, sizeof r->failure - (size_t)n, fmt, ap);
  va_end(ap);
  if (r->stop) context->recorder = NULL;
}

static void no_memory(Recording *r) { recording_fail(r, "lab.compile: %s", err_message()); }

/* --- buffers ------------------------------------------------------------------------------------------------------ */

static int find_buffer(const Recording *r, const Storage *s) {
  for (int i = r->buffers - 1; i >= 0; i--) {
    if (r->buffer[i].holder->storage == s) return i;
  }
  return -1;
}

static uint64_t hash_bytes(const char *p, size_t n) { /* FNV-1a */
  uint64_t h = 0xcbf29ce484222325u;
  for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)p[i]) * 0x100000001b3u;
  return h;
}

static Buffer *add_buffer(Recording *r, Tensor *t, BufferKind kind) {
  Tensor *holder = GROW(r, buffer, buffers, buffer_cap) < 0 ? NULL : tensor_alias(t);
  if (!holder) {
    no_memory(r);
    return NULL;
  }
  Buffer *b = &r->buffer[r->buffers++];
  *b = (Buffer){.kind = kind, .holder = holder};
  note_where(r, b->where);
  return b;
}

static void keep_leaf(Recording *r, Tensor *t) {
  for (int i = 0; i < r->leaves; i++) {
    if (r->leaf[i].t == t) return;
  }
  if (GROW(r, leaf, leaves, leaf_cap) < 0) {
    no_memory(r);
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

/* The number of t's buffer; `written`: an event that is being reported writes it. -1 without memory. */
static int buffer_of(Recording *r, Tensor *t, bool written) {
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

static bool covers(const Tensor *t) {
  return t->contiguous && (size_t)t->numel * dtype_size((DType)t->dtype) == t->storage->nbytes;
}

static bool reads_buffer(const Event *e, int buffer) {
  for (int i = e->nout; i < e->n; i++) {
    if (e->buffer[i] == buffer) return true;
  }
  return false;
}

/* Whether what e writes follows from constants. */
static bool follows(const Recording *r, const Event *e) {
  if (!e->pure) return false;
  for (int i = e->nout; i < e->n; i++) {
    if (e->buffer[i] >= 0 && !r->buffer[e->buffer[i]].constant) return false;
  }
  return true;
}

static void note_writes(Recording *r, const Event *e) {
  const bool constant = follows(r, e);
  for (int i = 0; i < e->nout; i++) {
    if (e->buffer[i] < 0) continue;
    Buffer *b = &r->buffer[e->buffer[i]];
    if (b->kind == BUFFER_INPUT) {
      recording_fail(r, "lab.compile: %s changes argument %d of the step in place; change a clone() of it", e->name,
                     b->input + 1);
    }
    b->constant =
        constant && b->kind == BUFFER_MADE && b->writes == 0 && covers(e->t[i]) && !reads_buffer(e, e->buffer[i]);
    b->writes++;
  }
}

static size_t windows_size(int n) { return (size_t)n * (sizeof(Tensor *) + sizeof(int)); }

/* Fills in the windows and their buffers. False without memory. */
static bool note_windows(Recording *r, Event *e, const Computation *c) {
  for (int i = c->n - 1; i >= 0; i--) {
    e->t[i] = NULL;
    e->buffer[i] = -1;
  }
  for (int k = 0; k < c->n; k++) { /* what is read first, so that constants are found before they are overwritten */
    const int i = k < c->n - c->nout ? c->nout + k : k - (c->n - c->nout);
    if (!c->t[i]) continue;
    e->buffer[i] = buffer_of(r, c->t[i], i < c->nout);
    e->t[i] = e->buffer[i] < 0 ? NULL : tensor_alias(c->t[i]);
    if (!e->t[i]) return false;
  }
  return true;
}

void recording_free_event(Event *e) {
  for (int i = 0; i < e->n; i++) tensor_release(e->t[i]);
  alloc_put(e->t, windows_size(e->n));
}

static void add_event(Recording *r, const Computation *c) {
  Event e = {.name = c->name, .run = c->run, .pure = c->pure, .frozen = c->frozen, .nout = c->nout, .n = c->n};
  e.size = c->size;
  if (c->size) memcpy(e.args.bytes, c->args, c->size);
  e.t = alloc_get(windows_size(c->n));
  if (!e.t) {
    no_memory(r);
    return;
  }
  e.buffer = (int *)(void *)(e.t + c->n);
  note_where(r, e.where);
  if (!note_windows(r, &e, c) || GROW(r, event, events, event_cap) < 0) {
    no_memory(r);
    recording_free_event(&e);
    return;
  }
  r->event[r->events++] = e;
  note_writes(r, &e);
}

/* --- what is reported to the recorder ----------------------------------------------------------------------------- */

static void on_call(const Computation *c) {
  Recording *r = context->recording;
  if (!r->failure[0]) add_event(r, c);
}

static bool made_inside(const Recording *r, const Tensor *t) {
  for (int i = 0; i < r->mades; i++) {
    if (r->made[i] == t) return true;
  }
  return false;
}

/* The slot of a leaf that lived before the step; NULL if it was made by it, or without memory. */
static GradSlot *slot_of(Recording *r, Tensor *leaf) {
  for (int i = 0; i < r->slots; i++) {
    if (r->slot[i].leaf == leaf) return &r->slot[i];
  }
  if (made_inside(r, leaf)) return NULL;
  if (GROW(r, slot, slots, slot_cap) < 0) {
    no_memory(r);
    return NULL;
  }
  r->slot[r->slots] = (GradSlot){.leaf = tensor_retain(leaf)};
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
    no_memory(r);
    return;
  }
  Watch *w = &r->watch[r->watches++];
  *w = (Watch){.p = p, .size = size, .name = name};
  memcpy(w->bytes, p, size);
  note_where(r, w->where);
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

static void on_seen(Tensor *t) {
  Recording *r = context->recording;
  if (r->failure[0]) return;
  const bool made = t->refs == 1;
  buffer_of(r, t, false);
  if (!made) return;
  if (GROW(r, made, mades, made_cap) < 0) {
    no_memory(r);
    return;
  }
  r->made[r->mades++] = tensor_retain(t);
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
                                       .refuse = on_refuse,
                                       .refused = on_refused};

/* --- life --------------------------------------------------------------------------------------------------------- */

Recording *recording_start(Tensor *const *input, int ninput, WriteWhere *where, void *arg, bool stop) {
  Recording *r = alloc_get(sizeof *r);
  if (!r) return NULL;
  memset(r, 0, sizeof *r);
  r->start = storage_last_serial();
  r->stop = stop;
  for (int i = 0; i < ninput; i++) {
    Buffer *b = add_buffer(r, input[i], BUFFER_INPUT);
    if (!b || GROW(r, made, mades, made_cap) < 0) {
      recording_release(r);
      return NULL;
    }
    b->input = i;
    r->made[r->mades++] = tensor_retain(input[i]); /* not held outside */
  }
  r->write_where = where;
  r->where_arg = arg;
  context->recording = r;
  context->recorder = &step_recorder;
  return r;
}

int recording_output(Recording *r, Tensor *t) { return buffer_of(r, t, false); }

void recording_end(Recording *r) {
  context->recorder = NULL;
  context->recording = NULL;
  for (int i = 0; i < r->slots; i++) {
    GradSlot *s = &r->slot[i];
    if (!s->written || !s->leaf->grad) continue;
    s->exit = s->leaf->grad->node ? tensor_alias(s->leaf->grad) : tensor_retain(s->leaf->grad);
    if (!s->exit) no_memory(r);
  }
  for (int i = 0; i < r->leaves; i++) { /* as the step leaves them: it may have made or changed them itself */
    r->leaf[i].storage = r->leaf[i].t->storage;
    r->leaf[i].requires_grad = r->leaf[i].t->requires_grad;
  }
  for (int i = 0; i < r->mades; i++) tensor_release(r->made[i]);
  r->mades = 0;
}

void recording_release(Recording *r) {
  if (!r) return;
  for (int i = 0; i < r->events; i++) recording_free_event(&r->event[i]);
  for (int i = 0; i < r->buffers; i++) tensor_release(r->buffer[i].holder);
  for (int i = 0; i < r->slots; i++) {
    tensor_release(r->slot[i].leaf);
    tensor_release(r->slot[i].entry);
    tensor_release(r->slot[i].exit);
  }
  for (int i = 0; i < r->leaves; i++) tensor_release(r->leaf[i].t);
  for (int i = 0; i < r->mades; i++) tensor_release(r->made[i]);
  alloc_put(r->event, (size_t)r->event_cap * sizeof *r->event);
  alloc_put(r->buffer, (size_t)r->buffer_cap * sizeof *r->buffer);
  alloc_put(r->slot, (size_t)r->slot_cap * sizeof *r->slot);
  alloc_put(r->watch, (size_t)r->watch_cap * sizeof *r->watch);
  alloc_put(r->leaf, (size_t)r->leaf_cap * sizeof *r->leaf);
  alloc_put(r->made, (size_t)r->made_cap * sizeof *r->made);
  alloc_put(r, sizeof *r);
}

/* --- conditions --------------------------------------------------------------------------------------------------- */

Modes modes_of(const Context *c) {
  return (Modes){.plan_key = recorder_plan_key, .default_dtype = c->default_dtype, .grad_mode = c->grad_mode};
}

bool modes_hold(const Modes *then, const Context *c) {
  return then->plan_key == recorder_plan_key && then->default_dtype == c->default_dtype &&
         then->grad_mode == c->grad_mode;
}

static bool broken(const char **why, const char *what) {
  if (why) *why = what;
  return false;
}

static bool leaves_hold(const Recording *r) {
  for (int i = 0; i < r->leaves; i++) {
    const Leaf *l = &r->leaf[i];
    if (l->t->storage != l->storage || l->t->requires_grad != l->requires_grad) return false;
  }
  return true;
}

bool recording_holds(const Recording *r, const char **why) {
  if (!leaves_hold(r)) return broken(why, "a tensor was converted, or its requires_grad changed");
  for (int i = 0; i < r->watches; i++) {
    const Watch *w = &r->watch[i];
    if (memcmp(w->p, w->bytes, w->size) == 0) continue;
    err_set("%s, which the step reads as a number%s%s, has changed", w->name, w->where[0] ? " at " : "", w->where);
    return broken(why, err_message());
  }
  return true;
}

bool recording_fits_grads(const Recording *r) {
  for (int i = 0; i < r->slots; i++) {
    const GradSlot *s = &r->slot[i];
    if (s->needs_entry && !s->entry != !s->leaf->grad) return false;
  }
  return true;
}
