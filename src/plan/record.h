/*
 * record.h - what one training step computed, written down while it ran (docs/compile.md).
 *
 * A Recording is a list of events in the order in which they happened, each with windows onto the memory it read and
 * wrote. Memory is numbered in the order of its first appearance, so that the recordings of two calls of one step can
 * be compared: the same events on the same kinds of memory with the same numbers make a plan.
 */
#ifndef OPTLAB_PLAN_RECORD_H
#define OPTLAB_PLAN_RECORD_H

#include "base/err.h"
#include "core/recorder.h"

#define RECORD_WHERE 72

/* What a recorded step depends on besides its operands. */
typedef struct Modes {
  uint64_t plan_key; /* recorder_plan_key */
  DType default_dtype;
  bool grad_mode;
} Modes;

Modes modes_of(const Context *c);
bool modes_hold(const Modes *then, const Context *c); /* whether c has the same now */

typedef enum BufferKind {
  BUFFER_INPUT,    /* an argument of the step */
  BUFFER_OUTSIDE,  /* there before the step: parameters, running statistics */
  BUFFER_MADE,     /* made and written by events */
  BUFFER_CONSTANT, /* made by code that does not report: the numbers of a Lua table */
} BufferKind;

/* A storage that the step touched. */
typedef struct Buffer {
  BufferKind kind;
  Tensor *holder; /* some window that keeps the storage alive; owned */
  int input;      /* BUFFER_INPUT: which, from 0 */
  bool constant;  /* so far its contents are the same in each call */
  int writes;     /* events that wrote to it */
  bool placed;    /* optimize.c has looked for memory that it can share */
  uint64_t hash;  /* BUFFER_CONSTANT: of its contents */
  char where[RECORD_WHERE];
} Buffer;

typedef struct Event {
  const char *name;
  Recompute *run;
  bool pure, frozen;
  int nout, n;
  Tensor **t;  /* owned windows without graphs; NULL where the call had NULL */
  int *buffer; /* the buffer of each; -1 for NULL */
  size_t size;
  union {
    double align;
    unsigned char bytes[COMPUTATION_ARGS];
  } args;
  char where[RECORD_WHERE]; /* "script.lua:12", or "" */
} Event;

/* A tensor from outside the step whose .grad the step looked at or changed. */
typedef struct GradSlot {
  Tensor *leaf;
  bool needs_entry; /* the step began by looking: */
  Tensor *entry;    /* what was there then, or NULL; owned */
  bool written;
  Tensor *exit; /* what the step left there, or NULL; owned */
} GradSlot;

/* Bytes that must be what they were. */
typedef struct Watch {
  const void *p;
  size_t size;
  unsigned char bytes[8];
  const char *name;
  char where[RECORD_WHERE];
} Watch;

/* A leaf tensor from outside the step, which a script may convert or freeze. */
typedef struct Leaf {
  Tensor *t; /* owned */
  const Storage *storage;
  bool requires_grad;
} Leaf;

/* Writes the script's line under way, "script.lua:12", or "". */
typedef void WriteWhere(void *arg, char *text, size_t size);

typedef struct Recording {
  Event *event;
  Buffer *buffer;
  GradSlot *slot;
  Watch *watch;
  Leaf *leaf;
  Tensor **made; /* tensors that Lua got during the step; owned until it ends */
  int events, buffers, slots, watches, leaves, mades;
  int event_cap, buffer_cap, slot_cap, watch_cap, leaf_cap, made_cap;
  uint64_t start;          /* storages with larger serials were made by the step */
  bool stop;               /* on trouble: go on without recording, instead of raising */
  WriteWhere *write_where; /* NULL: lines are not known */
  void *where_arg;
  char failure[1024]; /* "" or why this step cannot be recorded, with the script's line in front */
} Recording;

/* Makes a recording the one of the current context, with its recorder: from now on computations are reported to it.
 * input[0..ninput-1] are the step's tensor arguments; where(arg, ...) writes the script's line, where may be NULL;
 * stop: see above. NULL without memory. */
Recording *recording_start(Tensor *const *input, int ninput, WriteWhere *where, void *arg, bool stop);
void recording_end(Recording *r);     /* takes the recorder away again and notes what is left in .grad */
void recording_release(Recording *r); /* accepts NULL */

/* Registers a tensor that the step returns; its buffer's number, -1 without memory. To be called before the end. */
int recording_output(Recording *r, Tensor *t);

/* Notes why the step cannot be recorded, unless something else was noted before. */
void recording_fail(Recording *r, const char *fmt, ...) ERR_PRINTF(2, 3);

/* Whether the leaves and the numbers that the step took for granted are what they were. If not and why is not NULL,
 * *why says what changed (until the next err_set). */
bool recording_holds(const Recording *r, const char **why);

/* Whether the leaves have gradients now where they had some when the recording began, and none where they had none. */
bool recording_fits_grads(const Recording *r);

void recording_free_event(Event *e); /* what it owns */

/* compare.c: 0, or -1 with err_set: what b did otherwise than a, with the line. */
int recording_compare(const Recording *a, const Recording *b);

#endif
