/*
 * memory.c - memory for what the events of a plan make.
 *
 * A temporary is needed from the first event that mentions it to the last. One that comes later takes the memory of one
 * that is gone, if that is not much larger, so that a plan needs about as much as the step itself.
 */
#include <string.h>

#include "base/alloc.h"
#include "plan/plan.h"

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

/* Constants that only other constants were made of. */
static void drop_unused_constants(Placement *p) {
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
  if (buffer->holder) return 0;
  Tensor *shared = p->kept[b] ? NULL : take_room(p, buffer->bytes);
  const int64_t bytes = (int64_t)buffer->bytes;
  buffer->holder = shared ? tensor_retain(shared) : tensor_new(DT_U8, 1, &bytes);
  return buffer->holder ? 0 : -1;
}

static bool is_temporary(const Placement *p, int b) {
  return p->r->buffer[b].kind == BUFFER_MADE && !p->r->buffer[b].constant && !p->kept[b];
}

static int place_event(Placement *p, int i) {
  const Event *e = p->r->trace.event[i];
  for (int k = 0; k < e->n; k++) {
    if (e->w[k].buffer >= 0 && place(p, e->w[k].buffer) < 0) return -1;
  }
  for (int k = 0; k < e->n; k++) {
    const int b = e->w[k].buffer;
    if (b < 0 || p->last[b] != i || !is_temporary(p, b)) continue;
    p->last[b] = -1; /* once, though an event may mention it twice */
    if (give_room(p, b) < 0) return -1;
  }
  return 0;
}

int plan_place(Recording *r, const bool *kept) {
  Placement p = {.r = r, .kept = kept};
  const size_t bytes = (size_t)(r->buffers + 1) * sizeof *p.last;
  p.last = alloc_get(bytes);
  int rc = p.last ? 0 : -1;
  if (rc == 0) {
    find_last_uses(&p);
    drop_unused_constants(&p);
  }
  for (int i = 0; rc == 0 && i < r->trace.events; i++) rc = place_event(&p, i);
  for (int b = 0; rc == 0 && b < r->buffers; b++) { /* what the step leaves without an event that is left */
    if (kept[b]) rc = place(&p, b);
  }
  for (int i = 0; i < p.rooms; i++) alloc_put(p.room[i].buffer, (size_t)p.room[i].cap * sizeof(int));
  alloc_put(p.room, (size_t)p.room_cap * sizeof *p.room);
  alloc_put(p.last, bytes);
  return rc;
}
