/*
 * trace.h - what a step computed: its events, in the order in which they happened.
 *
 * A trace holds no tensors. An event names the memory that it read and wrote by the numbers of buffers (record.h) and
 * describes its windows onto them. So a recording keeps no more memory alive than the step itself, and a long step's
 * trace is small: some 200 bytes an event.
 */
#ifndef OPTLAB_PLAN_TRACE_H
#define OPTLAB_PLAN_TRACE_H

#include "core/recorder.h"
#include "plan/arena.h"

#define TRACE_LINE 72 /* bytes of a "script.lua:12" */

/* Like the window of a tensor, but onto a buffer. */
typedef struct Window {
  int buffer; /* -1: the computation had NULL here */
  uint8_t dtype, ndim;
  bool contiguous;
  int64_t offset;
  const int64_t *shape, *stride; /* [ndim]; stride NULL: exactly row-major, also where a size is 1 */
} Window;

typedef struct Event {
  const char *name;
  Recompute *run;
  bool pure, frozen;
  int line; /* number of the script's line */
  int nout, n;
  Window *w;     /* [n] */
  size_t size;   /* of the computation's numbers, */
  size_t stored; /* of which those behind so many bytes are 0 */
  const unsigned char *args;
} Event;

typedef struct Trace {
  Arena memory;
  Event **event;
  char (*line)[TRACE_LINE]; /* line[0] is "" */
  int events, lines;
  int event_cap, line_cap;
  int last_line; /* the one asked for last */
} Trace;

int trace_add(Trace *t, const Event *e); /* a copy of e; -1 without memory */
void trace_cut(Trace *t, int events);    /* only so many are left */
void trace_forget_events(Trace *t);      /* the lines stay */
void trace_free(Trace *t);               /* accepts a zeroed one */

int trace_line(Trace *t, const char *text); /* the number of this line; without memory that of "" */
const char *trace_line_text(const Trace *t, int line);

Window window_of(const Tensor *t, int buffer); /* borrows t's sizes */
int64_t window_numel(const Window *w);
bool window_is_same(const Window *a, const Window *b);

void event_args(const Event *e, void *args); /* writes e->size bytes */

/* Makes room for one more element of `size` bytes behind the first `len`; -1 without memory. */
int grow_list(void **items, int len, int *cap, size_t size);
#define GROW(owner, list, count, cap) \
  grow_list((void **)&(owner)->list, (owner)->count, &(owner)->cap, sizeof *(owner)->list)

#endif
