/*
 * optimize.c - what need not be done at each step.
 *
 *   constants   an event all of whose results are constant was done once, while recording
 *   dead code   an event without side effects whose results are never read
 *   copies      COPY(b, a), where a is a temporary: let a's maker write to b
 *   ones        MUL(b, a, 1), which is such a copy; backward through a sum begins with it
 *
 * None of them changes a bit of what is left. Each is one pass over the events; for the copies, every buffer has the
 * list of its uses.
 */
#include <string.h>

#include "autograd/op.h"
#include "base/alloc.h"
#include "plan/plan.h"

typedef struct Use {
  int event;
  bool reads, writes;
  struct Use *next;
} Use;

typedef struct Program {
  Recording *r;
  const bool *kept; /* [buffers] */
  bool *dropped;    /* [events] */
  bool *read;       /* [buffers] by an event that is not dropped */
  Use **uses;       /* [buffers] */
  Arena memory;     /* of these lists */
} Program;

/* --- constants ---------------------------------------------------------------------------------------------------- */

static bool is_all_constant(const Program *p, const Event *e) {
  if (!e->pure || e->nout == 0) return false;
  for (int i = 0; i < e->nout; i++) {
    const int b = e->w[i].buffer;
    if (b >= 0 && (!p->r->buffer[b].constant || plan_is_left(p->r, b))) return false;
  }
  return true;
}

static void drop_constants(Program *p) {
  for (int i = 0; i < p->r->trace.events; i++) p->dropped[i] = is_all_constant(p, p->r->trace.event[i]);
}

/* --- dead code ---------------------------------------------------------------------------------------------------- */

static bool is_needed(const Program *p, const Event *e) {
  if (!e->pure) return true;
  for (int k = 0; k < e->nout; k++) {
    const int b = e->w[k].buffer;
    if (b >= 0 && (p->r->buffer[b].kind == BUFFER_OUTSIDE || p->kept[b] || p->read[b])) return true;
  }
  return false;
}

static void drop_unread(Program *p) {
  for (int i = p->r->trace.events - 1; i >= 0; i--) {
    const Event *e = p->r->trace.event[i];
    p->dropped[i] = p->dropped[i] || !is_needed(p, e);
    for (int k = e->nout; !p->dropped[i] && k < e->n; k++) {
      if (e->w[k].buffer >= 0) p->read[e->w[k].buffer] = true;
    }
  }
}

/* --- copies ------------------------------------------------------------------------------------------------------- */

/* The use of a buffer by event i, which is the last event so far. -1 without memory. */
static int note_use(Program *p, int buffer, int i, bool writes) {
  Use *u = p->uses[buffer];
  if (!u || u->event != i) {
    u = arena_get(&p->memory, sizeof *u);
    if (!u) return -1;
    *u = (Use){.event = i, .next = p->uses[buffer]};
    p->uses[buffer] = u;
  }
  u->writes = u->writes || writes;
  u->reads = u->reads || !writes;
  return 0;
}

static int list_uses(Program *p) {
  for (int i = 0; i < p->r->trace.events; i++) {
    const Event *e = p->r->trace.event[i];
    for (int k = 0; !p->dropped[i] && k < e->n; k++) {
      if (e->w[k].buffer >= 0 && note_use(p, e->w[k].buffer, i, k < e->nout) < 0) return -1;
    }
  }
  return 0;
}

static const Layout *layout_of(const Program *p, const Window *w) { return p->r->trace.layout[w->layout]; }

static bool is_whole(const Program *p, const Window *w) {
  const Layout *l = layout_of(p, w);
  const size_t bytes = (size_t)layout_numel(l) * dtype_size((DType)l->dtype);
  return l->contiguous && bytes == p->r->buffer[w->buffer].bytes;
}

/* Whether the window shows a constant all of whose elements are 1. */
static bool is_one(const Program *p, const Window *w) {
  const Layout *l = layout_of(p, w);
  const Buffer *b = &p->r->buffer[w->buffer];
  if (!b->constant || !b->holder || !l->contiguous) return false;
  const char *data = b->holder->storage->data + l->offset * (int64_t)dtype_size((DType)l->dtype);
  const int64_t n = layout_numel(l);
  for (int64_t i = 0; i < n; i++) {
    if (l->dtype == DT_F32 ? ((const float *)(const void *)data)[i] != 1
                           : ((const double *)(const void *)data)[i] != 1) {
      return false;
    }
  }
  return true;
}

/* What e copies as it is, or NULL. Of floats 1 x is x, to the bit. */
static const Window *copied(const Program *p, const Event *e) {
  if (e->run == tensor_rerun_copy) return &e->w[1];
  if (e->run != op_rerun || e->n != 3) return NULL;
  OpCall call;
  event_args(e, &call);
  if (call.op != OP_MUL || !dtype_is_float((DType)layout_of(p, &e->w[0])->dtype)) return NULL;
  if (layout_of(p, &e->w[1])->dtype != layout_of(p, &e->w[2])->dtype) return NULL;
  return is_one(p, &e->w[1]) ? &e->w[2] : is_one(p, &e->w[2]) ? &e->w[1] : NULL;
}

static bool is_copy_of_temporary(const Program *p, const Event *e) {
  const Window *to = &e->w[0], *from = copied(p, e);
  if (!from) return false;
  const Buffer *a = &p->r->buffer[from->buffer], *b = &p->r->buffer[to->buffer];
  if (from->buffer == to->buffer || a->kind != BUFFER_MADE || b->kind != BUFFER_MADE || a->constant) return false;
  if (p->kept[from->buffer] || !is_whole(p, to) || !is_whole(p, from)) return false;
  return layout_of(p, to)->dtype == layout_of(p, from)->dtype && a->bytes == b->bytes;
}

/* Event i copies all of buffer a to all of buffer b, and b may take a's place from the beginning: nothing used b
 * before, and afterwards the two stay equal as long as a is looked at. */
static bool can_merge(const Program *p, int i, int a, int b) {
  bool read_later = false, b_written_later = false;
  for (const Use *u = p->uses[b]; u; u = u->next) {
    if (p->dropped[u->event] || u->event == i) continue;
    if (u->event < i) return false;
    b_written_later = b_written_later || u->writes;
  }
  for (const Use *u = p->uses[a]; u; u = u->next) {
    if (p->dropped[u->event] || u->event <= i) continue;
    if (u->writes) return false;
    read_later = true;
  }
  return !(read_later && b_written_later);
}

/* Every window onto buffer a becomes one onto b. */
static void rename_buffer(Program *p, int a, int b) {
  Use **end = &p->uses[b];
  for (Use *u = p->uses[a]; u; u = u->next) {
    const Event *e = p->r->trace.event[u->event];
    for (int k = 0; k < e->n; k++) {
      if (e->w[k].buffer == a) e->w[k].buffer = b;
    }
  }
  while (*end) end = &(*end)->next;
  *end = p->uses[a];
  p->uses[a] = NULL;
}

static void merge_copies(Program *p) {
  for (int i = p->r->trace.events - 1; i >= 0; i--) {
    const Event *e = p->r->trace.event[i];
    if (p->dropped[i] || !is_copy_of_temporary(p, e)) continue;
    const int a = copied(p, e)->buffer, b = e->w[0].buffer;
    if (!can_merge(p, i, a, b)) continue;
    p->dropped[i] = true;
    rename_buffer(p, a, b);
  }
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

static void close_up(Program *p) {
  Trace *t = &p->r->trace;
  int left = 0;
  for (int i = 0; i < t->events; i++) {
    if (!p->dropped[i]) t->event[left++] = t->event[i];
  }
  t->events = left;
}

static void *zeroed(Program *p, int count, size_t size) {
  void *list = arena_get(&p->memory, (size_t)count * size);
  if (list) memset(list, 0, (size_t)count * size);
  return list;
}

int plan_optimize(Recording *r, const bool *kept) {
  Program p = {.r = r, .kept = kept};
  p.dropped = zeroed(&p, r->trace.events, sizeof *p.dropped);
  p.read = zeroed(&p, r->buffers, sizeof *p.read);
  p.uses = zeroed(&p, r->buffers, sizeof *p.uses);
  int rc = p.dropped && p.read && p.uses ? 0 : -1;
  if (rc == 0) {
    drop_constants(&p);
    drop_unread(&p);
    rc = list_uses(&p);
  }
  if (rc == 0) {
    merge_copies(&p);
    close_up(&p);
  }
  arena_free(&p.memory);
  return rc;
}
