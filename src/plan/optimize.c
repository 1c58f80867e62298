/*
 * optimize.c - what need not be done at each step.
 *
 *   constants   an event all of whose results are constant was done once, while recording
 *   copies      COPY(b, a), where a is a temporary: let a's maker write to b
 *   dead code   an event without side effects whose results are never read
 *   memory      temporaries whose times do not overlap share it
 *
 * None of them changes a bit of what is left.
 */
#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "plan/plan.h"

static void drop_event(Recording *r, int i) {
  recording_free_event(&r->event[i]);
  memmove(&r->event[i], &r->event[i + 1], (size_t)(--r->events - i) * sizeof *r->event);
}

/* A gradient that the step leaves behind: scripts can change it between two steps. */
static bool is_left(const Recording *r, int buffer) {
  const Storage *s = r->buffer[buffer].holder->storage;
  for (int i = 0; i < r->slots; i++) {
    if (r->slot[i].exit && r->slot[i].exit->storage == s) return true;
  }
  return false;
}

static bool is_kept(const Recording *r, int buffer, const int *output, int noutput) {
  for (int i = 0; i < noutput; i++) {
    if (output[i] == buffer) return true;
  }
  return is_left(r, buffer);
}

/* --- constants ---------------------------------------------------------------------------------------------------- */

static bool all_constant(const Recording *r, const Event *e) {
  if (!e->pure || e->nout == 0) return false;
  for (int i = 0; i < e->nout; i++) {
    const int b = e->buffer[i];
    if (b >= 0 && (!r->buffer[b].constant || is_left(r, b))) return false;
  }
  return true;
}

static void drop_constants(Recording *r) {
  for (int i = r->events - 1; i >= 0; i--) {
    if (all_constant(r, &r->event[i])) drop_event(r, i);
  }
}

/* --- copies ------------------------------------------------------------------------------------------------------- */

static bool reads(const Event *e, int buffer) {
  for (int i = e->nout; i < e->n; i++) {
    if (e->buffer[i] == buffer) return true;
  }
  return false;
}

static bool writes(const Event *e, int buffer) {
  for (int i = 0; i < e->nout; i++) {
    if (e->buffer[i] == buffer) return true;
  }
  return false;
}

static bool is_whole(const Tensor *t) {
  return t->contiguous && (size_t)t->numel * dtype_size((DType)t->dtype) == t->storage->nbytes;
}

/* Event i copies all of buffer a to all of buffer b, and b may take a's place from the beginning: nothing used b
 * before, and afterwards the two stay equal as long as a is looked at. */
static bool can_merge(const Recording *r, int i, const int *output, int noutput) {
  const Event *e = &r->event[i];
  if (e->run != tensor_rerun_copy) return false;
  const int a = e->buffer[1], b = e->buffer[0];
  if (a == b || r->buffer[a].kind != BUFFER_MADE || r->buffer[b].kind != BUFFER_MADE || r->buffer[a].constant) {
    return false;
  }
  if (!is_whole(e->t[0]) || !is_whole(e->t[1]) || e->t[0]->dtype != e->t[1]->dtype ||
      e->t[0]->numel != e->t[1]->numel || is_kept(r, a, output, noutput)) {
    return false;
  }
  bool read_later = false, b_written_later = false;
  for (int k = 0; k < r->events; k++) {
    const Event *x = &r->event[k];
    if (k < i && (reads(x, b) || writes(x, b))) return false;
    if (k > i && writes(x, a)) return false;
    read_later = read_later || (k > i && reads(x, a));
    b_written_later = b_written_later || (k > i && writes(x, b));
  }
  return !(read_later && b_written_later);
}

/* Every window onto buffer a becomes one onto the memory of b, under its number. */
static void rename_buffer(Recording *r, int a, int b) {
  for (int k = 0; k < r->events; k++) {
    Event *e = &r->event[k];
    for (int i = 0; i < e->n; i++) {
      if (e->buffer[i] != a) continue;
      e->buffer[i] = b;
      tensor_rebase(e->t[i], r->buffer[b].holder);
    }
  }
}

static void merge_copies(Recording *r, const int *output, int noutput) {
  for (int i = r->events - 1; i >= 0; i--) {
    if (!can_merge(r, i, output, noutput)) continue;
    const int a = r->event[i].buffer[1], b = r->event[i].buffer[0];
    rename_buffer(r, a, b);
    drop_event(r, i);
  }
}

/* --- dead code ---------------------------------------------------------------------------------------------------- */

static void drop_unread(Recording *r, const int *output, int noutput) {
  for (int i = r->events - 1; i >= 0; i--) {
    const Event *e = &r->event[i];
    if (!e->pure) continue;
    bool needed = false;
    for (int k = 0; k < e->nout && !needed; k++) {
      const int b = e->buffer[k];
      if (b < 0) continue;
      needed = r->buffer[b].kind == BUFFER_OUTSIDE || is_kept(r, b, output, noutput);
      for (int later = i + 1; later < r->events && !needed; later++) needed = reads(&r->event[later], b);
    }
    if (!needed) drop_event(r, i);
  }
}

/* --- memory ------------------------------------------------------------------------------------------------------- */

#define SHARE_FROM 4096 /* bytes; smaller buffers keep their own */

/* Whether buffer b is a temporary: made anew by each step, and nothing after the last event that mentions it. */
static bool is_temporary(const Recording *r, int b, const int *output, int noutput) {
  const Buffer *buffer = &r->buffer[b];
  return buffer->kind == BUFFER_MADE && !buffer->constant && !is_kept(r, b, output, noutput);
}

static int last_event(const Recording *r, int b) {
  int last = r->events - 1;
  while (last >= 0 && !reads(&r->event[last], b) && !writes(&r->event[last], b)) last--;
  return last;
}

/* The buffer whose memory is the smallest with room for `bytes` among those that are free at event i; -1: none.
 * free_at[b] is the first event at which b's memory may be taken, INT_MAX if it may not. */
static int find_room(const Recording *r, const int *free_at, int i, size_t bytes) {
  int best = -1;
  for (int b = 0; b < r->buffers; b++) {
    const size_t room = r->buffer[b].holder->storage->nbytes;
    if (free_at[b] > i || room < bytes) continue;
    if (best < 0 || room < r->buffer[best].holder->storage->nbytes) best = b;
  }
  return best;
}

/* Buffer b moves into the memory of `host`. */
static void move_in(Recording *r, int b, int host) {
  for (int k = 0; k < r->events; k++) {
    for (int i = 0; i < r->event[k].n; i++) {
      if (r->event[k].buffer[i] == b) tensor_rebase(r->event[k].t[i], r->buffer[host].holder);
    }
  }
  tensor_rebase(r->buffer[b].holder, r->buffer[host].holder);
}

/* Large temporaries take the memory of those that are no longer needed; without memory for the table they do not. */
static void share_memory(Recording *r, const int *output, int noutput) {
  const size_t size = (size_t)(r->buffers + 1) * sizeof(int);
  int *free_at = alloc_get(size);
  if (!free_at) return;
  for (int b = 0; b < r->buffers; b++) free_at[b] = INT_MAX;
  for (int i = 0; i < r->events; i++) {
    for (int k = 0; k < r->event[i].nout; k++) {
      const int b = r->event[i].buffer[k];
      if (b < 0 || r->buffer[b].placed || !is_temporary(r, b, output, noutput)) continue;
      r->buffer[b].placed = true;
      const size_t bytes = r->buffer[b].holder->storage->nbytes;
      if (bytes < SHARE_FROM) continue;
      const int host = find_room(r, free_at, i, bytes);
      if (host >= 0) {
        move_in(r, b, host);
        free_at[host] = INT_MAX;
      }
      free_at[b] = last_event(r, b) + 1;
    }
  }
  alloc_put(free_at, size);
}

void plan_optimize(Recording *r, const int *output, int noutput) {
  drop_constants(r);
  drop_unread(r, output, noutput);
  merge_copies(r, output, noutput);
  share_memory(r, output, noutput);
}
