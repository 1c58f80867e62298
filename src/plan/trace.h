/*
 * trace.h - what a step computed: its events, in the order in which they happened.
 *
 * A trace holds no tensors. An event names the memory that it read and wrote by the numbers of buffers (record.h) and
 * describes its windows onto them. So a recording keeps no more memory alive than the step itself, and a long step's
 * trace is small: some 90 bytes an event, because windows of one layout share its description.
 */
#ifndef OPTLAB_PLAN_TRACE_H
#define OPTLAB_PLAN_TRACE_H

#include "core/recorder.h"
#include "plan/arena.h"

#define TRACE_LINE 72 /* bytes of a "script.lua:12" */

/* What a window looks like. */
typedef struct Layout {
  uint8_t dtype, ndim;
  bool contiguous;
  int64_t offset;
  int64_t size[]; /* [2 ndim] the shape, then the strides */
} Layout;

/* Like the window of a tensor, but onto a buffer. */
typedef struct Window {
  int buffer; /* -1: the computation had NULL here */
  int layout; /* its number; equal layouts have one number */
} Window;

typedef struct Event {
  const char *name;
  Recompute *run;
  Window *w;                 /* [n] */
  const unsigned char *args; /* the computation's numbers: */
  uint8_t size, stored;      /* so many bytes, of which those behind the first `stored` are 0 */
  bool pure : 1, each : 1, frozen : 1, own : 1;
  int line; /* number of the script's line */
  int nout, n;
} Event;
_Static_assert(COMPUTATION_ARGS <= UINT8_MAX, "sizes of arguments fit into a byte");

/* A line of the script: where it stands, and as text. */
typedef struct Line {
  const void *source;
  int number;
  char text[TRACE_LINE];
} Line;

typedef struct Trace {
  Arena memory, layouts_memory;
  Event **event;
  Layout **layout;
  int *layout_table; /* [layout_size] numbers of layouts by their hash, 0: free, else number + 1 */
  Line *line;        /* line[0] is "" */
  int events, layouts, layout_size, lines;
  int event_cap, layout_cap, line_cap;
  int last_line; /* the one asked for last */
} Trace;

int trace_add(Trace *t, const Event *e); /* a copy of e; -1 without memory */
void trace_cut(Trace *t, int events);    /* only so many are left */
void trace_forget_events(Trace *t);      /* layouts and lines stay */
void trace_free(Trace *t);               /* accepts a zeroed one */

/* Events and layouts of `from`, without its lines, into an empty trace; -1 without memory (nothing to free). */
int trace_copy(Trace *t, const Trace *from);

/* The number of the line at this place, -1 if there is none yet. */
int trace_find_line(Trace *t, const void *source, int number);
int trace_add_line(Trace *t, const Line *line); /* its number; without memory that of "" */
const char *trace_line_text(const Trace *t, int line);

int trace_layout(Trace *t, const Tensor *x);         /* the number of x's layout; -1 without memory */
bool layout_is_of(const Layout *l, const Tensor *x); /* whether it describes x's window */
int64_t layout_numel(const Layout *l);

void event_args(const Event *e, void *args); /* writes e->size bytes */

/* Makes room for one more element of `size` bytes behind the first `len`; -1 without memory. */
int grow_list(void **items, int len, int *cap, size_t size);
#define GROW(owner, list, count, cap) \
  grow_list((void **)&(owner)->list, (owner)->count, &(owner)->cap, sizeof *(owner)->list)

#endif
