/*
 * group.c - the memory of a group, between the runs' own and the lanes.
 */
#include "plan/lanes/group.h"

#include <stdio.h>
#include <string.h>

#define MAX_BYTES (4 << 20) /* of lanes: more would not stay in the second-level cache */
#define ALIGN 64

void *group_get(LaneGroup *g, size_t bytes) {
  if (bytes > MAX_BYTES || g->bytes + bytes > MAX_BYTES) return NULL;
  g->bytes += bytes;
  char *p = arena_get(&g->memory, bytes + ALIGN);
  if (!p) return NULL;
  p += (ALIGN - (uintptr_t)p % ALIGN) % ALIGN;
  memset(p, 0, bytes);
  return p;
}

const Layout *group_layout(const LaneGroup *g, const Window *w) { return g->trace->layout[w->layout]; }

/* Notes what the elements of each buffer are. False: they are seen as elements of different sizes. */
static bool note_sizes(LaneGroup *g) {
  const Trace *t = g->trace;
  for (int i = 0; i < t->events; i++) {
    const Event *e = t->event[i];
    for (int k = 0; k < e->n; k++) {
      if (e->w[k].buffer < 0) continue;
      LaneBuffer *b = &g->buffer[e->w[k].buffer];
      const size_t size = dtype_size((DType)group_layout(g, &e->w[k])->dtype);
      if (b->size && b->size != size) return false;
      b->size = size;
    }
  }
  return true;
}

bool group_set_buffers(LaneGroup *g) {
  const Recording *r = g->plan[0]->r;
  g->buffer = group_get(g, (size_t)(r->buffers + 1) * sizeof *g->buffer);
  if (!g->buffer || !note_sizes(g)) return false;
  for (int i = 0; i < r->buffers; i++) {
    LaneBuffer *b = &g->buffer[i];
    if (!b->size) continue;
    const Buffer *from = &r->buffer[i];
    b->constant = from->constant;
    b->count = (int64_t)((from->constant ? from->holder->storage->nbytes : from->bytes) / b->size);
  }
  return true;
}

char *group_lanes(LaneGroup *g, int buffer) {
  LaneBuffer *b = &g->buffer[buffer];
  if (b->at || !b->size) return b->at;
  b->at = group_get(g, (size_t)b->count * b->size * LANES);
  if (b->at && b->constant) group_in(g, buffer);
  return b->at;
}

char *group_window(LaneGroup *g, const Window *w) {
  char *at = group_lanes(g, w->buffer);
  return at ? at + (size_t)group_layout(g, w)->offset * g->buffer[w->buffer].size * LANES : NULL;
}

/* --- there and back ------------------------------------------------------------------------------------------------- */

#define COPY_LANE(T)                                                                               \
  case sizeof(T):                                                                                  \
    for (int64_t i = 0; i < count; i++) ((T *)to)[i * step_to] = ((const T *)from)[i * step_from]; \
    return;

static void copy_lane(int64_t count, size_t size, void *to, int64_t step_to, const void *from, int64_t step_from) {
  switch (size) {
    COPY_LANE(uint8_t)
    COPY_LANE(uint32_t)
    COPY_LANE(uint64_t)
    default:
      return;
  }
}

void lanes_in(char *lanes, int l, int64_t count, size_t size, const char *from) {
  copy_lane(count, size, lanes + (size_t)l * size, LANES, from, 1);
}

void lanes_out(const char *lanes, int l, int64_t count, size_t size, char *to) {
  copy_lane(count, size, to, 1, lanes + (size_t)l * size, LANES);
}

static char *own_memory(const LaneGroup *g, int buffer, int l) {
  return g->plan[l]->r->buffer[buffer].holder->storage->data;
}

static const LanesKernels *movers(size_t size) { return lanes_kernels(size == sizeof(double) ? DT_F64 : DT_F32); }

void group_in(LaneGroup *g, int buffer) {
  const LaneBuffer *b = &g->buffer[buffer];
  const char *own[LANES];
  for (int l = 0; l < LANES; l++) own[l] = own_memory(g, buffer, l < g->count ? l : 0);
  if (b->size > 1) {
    movers(b->size)->in(b->count, b->at, own);
  } else {
    for (int l = 0; l < LANES; l++) lanes_in(b->at, l, b->count, b->size, own[l]);
  }
}

void group_out(LaneGroup *g, int buffer, int from) {
  const LaneBuffer *b = &g->buffer[buffer];
  char *own[LANES];
  for (int l = from; l < g->count; l++) own[l] = own_memory(g, buffer, l);
  if (b->size > 1 && from == 0 && g->count == LANES) {
    movers(b->size)->out(b->count, b->at, own);
  } else {
    for (int l = from; l < g->count; l++) lanes_out(b->at, l, b->count, b->size, own[l]);
  }
}

void group_fail(LaneGroup *g, int l) {
  SweepRun *run = g->run[l];
  g->failed = true;
  if (run->state == SWEEP_RUN_FAILED) return;
  sweep_run_fail(run);
}
