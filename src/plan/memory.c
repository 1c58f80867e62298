/*
 * memory.c - memory for what the events of a plan make.
 *
 * A temporary is needed from the first event that mentions it to the last. One that comes later takes the memory of one
 * that is gone, if that is not much larger, so that a plan needs about as much as the step itself. Element-wise events
 * write over an operand whose last use they are, which saves the processor from fetching memory only to overwrite it.
 */
#include <string.h>

#include "base/alloc.h"
#include "plan/plan.h"
#include "plan/steps/maps.h"

#define SLACK 2 /* memory is taken by what needs at least so small a part of it */

/* Memory of one size that is free now: a stack of buffers that lie in it. */
typedef struct Room {
  size_t bytes;
  int *buffer;
  int count, cap;
} Room;

typedef struct Placement {
  Recording *r;
  const bool *kept;
  int *last; /* [buffers] the last event that mentions it, -1: none */
  Room *room;
  int rooms, room_cap;
} Placement;

static void find_last_uses(Placement *p) {
  for (int b = 0; b < p->r->buffers; b++) p->last[b] = -1;
  for (int i = 0; i < p->r->trace.events; i++) {
    const Event *e = p->r->trace.event[i];
    for (int k = 0; k < e->n; k++) {
      if (e->w[k].buffer >= 0) p->last[e->w[k].buffer] = i;
    }
  }
}

/* Constants that only other constants were made of. Not of a sweep's runs: those that follow the first one begin with
 * all events, so they need them, and may share them across threads. */
static void drop_unused_constants(Placement *p) {
  if (p->r->keep_trace) return;
  for (int b = 0; b < p->r->buffers; b++) {
    Buffer *buffer = &p->r->buffer[b];
    if (!buffer->constant || p->last[b] >= 0 || p->kept[b]) continue;
    tensor_release(buffer->holder);
    buffer->holder = NULL;
  }
}

/* The room of exactly so many bytes, made if there is none; NULL without memory. */
static Room *room_of(Placement *p, size_t bytes) {
  for (int i = 0; i < p->rooms; i++) {
    if (p->room[i].bytes == bytes) return &p->room[i];
  }
  if (GROW(p, room, rooms, room_cap) < 0) return NULL;
  p->room[p->rooms] = (Room){.bytes = bytes};
  return &p->room[p->rooms++];
}

/* The smallest free memory for so many bytes, taken; NULL: there is none. Borrowed. */
static Tensor *take_room(Placement *p, size_t bytes) {
  Room *best = NULL;
  for (int i = 0; i < p->rooms; i++) {
    Room *room = &p->room[i];
    if (room->count == 0 || room->bytes < bytes || room->bytes / SLACK > bytes) continue;
    if (!best || room->bytes < best->bytes) best = room;
  }
  return best ? p->r->buffer[best->buffer[--best->count]].holder : NULL;
}

static int give_room(Placement *p, int b) {
  Room *room = room_of(p, p->r->buffer[b].holder->storage->nbytes);
  if (!room || GROW(room, buffer, count, cap) < 0) return -1;
  room->buffer[room->count++] = b;
  return 0;
}

/* Gives buffer b memory, unless it has some. */
static int place(Placement *p, int b) {
  Buffer *buffer = &p->r->buffer[b];
  if (buffer->holder || buffer->block) return 0;
  Tensor *shared = p->kept[b] ? NULL : take_room(p, buffer->bytes);
  const int64_t bytes = (int64_t)buffer->bytes;
  buffer->holder = shared ? tensor_retain(shared) : tensor_new(DT_U8, 1, &bytes);
  return buffer->holder ? 0 : -1;
}

static bool is_temporary(const Placement *p, int b) {
  const Buffer *buffer = &p->r->buffer[b];
  return buffer->kind == BUFFER_MADE && !buffer->constant && !buffer->block && !p->kept[b];
}

/* Whether event e computes each element of its output from those at the same place in its operands. */
static bool is_elementwise(const Placement *p, const Event *e) {
  return e->nout == 1 && event_kernel(&p->r->trace, e).inputs > 0;
}

static bool is_whole(const Placement *p, const Window *w) {
  const Layout *l = p->r->trace.layout[w->layout];
  return l->offset == 0 && (size_t)layout_numel(l) * dtype_size((DType)l->dtype) == p->r->buffer[w->buffer].bytes;
}

/* Whether all windows of e onto that buffer have this layout. */
static bool is_only_layout(const Event *e, int buffer, int layout) {
  for (int k = 0; k < e->n; k++) {
    if (e->w[k].buffer == buffer && e->w[k].layout != layout) return false;
  }
  return true;
}

/* An element-wise event writes over an operand of the same layout that nobody reads afterwards. */
static void place_over(Placement *p, int i) {
  const Event *e = p->r->trace.event[i];
  if (!is_elementwise(p, e)) return;
  const Window *out = &e->w[0];
  if (p->r->buffer[out->buffer].holder || p->kept[out->buffer] || !is_whole(p, out)) return;
  for (int k = 1; k < e->n; k++) {
    const Window *in = &e->w[k];
    if (in->buffer < 0 || in->layout != out->layout || p->last[in->buffer] != i) continue;
    if (!is_temporary(p, in->buffer) || !is_whole(p, in) || !is_only_layout(e, in->buffer, in->layout)) continue;
    p->r->buffer[out->buffer].holder = tensor_retain(p->r->buffer[in->buffer].holder);
    p->last[in->buffer] = -1; /* its memory is free when the output's is */
    return;
  }
}

static int place_operands(Placement *p, int i) {
  const Event *e = p->r->trace.event[i];
  for (int k = 0; k < e->n; k++) {
    if (e->w[k].buffer >= 0 && place(p, e->w[k].buffer) < 0) return -1;
  }
  return 0;
}

static int give_operands(Placement *p, int i) {
  const Event *e = p->r->trace.event[i];
  for (int k = 0; k < e->n; k++) {
    const int b = e->w[k].buffer;
    if (b < 0 || p->last[b] != i || !is_temporary(p, b)) continue;
    p->last[b] = -1; /* once, though an event may mention it twice */
    if (give_room(p, b) < 0) return -1;
  }
  return 0;
}

/* The events of a chain happen at the same time: none of them takes memory that another one gives. */
static int place_events(Placement *p, int begin, int end) {
  if (end - begin == 1) place_over(p, begin);
  for (int i = begin; i < end; i++) {
    if (place_operands(p, i) < 0) return -1;
  }
  for (int i = begin; i < end; i++) {
    if (give_operands(p, i) < 0) return -1;
  }
  return 0;
}

int plan_place(Recording *r, const Chains *chains, const bool *kept) {
  Placement p = {.r = r, .kept = kept};
  const size_t bytes = (size_t)(r->buffers + 1) * sizeof *p.last;
  p.last = alloc_get(bytes);
  int rc = p.last ? 0 : -1;
  if (rc == 0) {
    find_last_uses(&p);
    drop_unused_constants(&p);
  }
  for (int i = 0, c = 0, end; rc == 0 && i < r->trace.events; i = end) {
    end = i + 1;
    if (c < chains->n && chains->chain[c].first == i) end = i + chains->chain[c++].events;
    rc = place_events(&p, i, end);
  }
  for (int b = 0; rc == 0 && b < r->buffers; b++) { /* what the step leaves without an event that is left */
    if (kept[b]) rc = place(&p, b);
  }
  for (int i = 0; i < p.rooms; i++) alloc_put(p.room[i].buffer, (size_t)p.room[i].cap * sizeof(int));
  alloc_put(p.room, (size_t)p.room_cap * sizeof *p.room);
  alloc_put(p.last, bytes);
  return rc;
}
