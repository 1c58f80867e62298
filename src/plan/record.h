/*
 * record.h - what one training step computed, written down while it ran (docs/explanation/compile.md).
 *
 * A Recording is a trace (trace.h) and what belongs to it: the memory that the events use, numbered in the order of its
 * first appearance, the gradients that the step finds and leaves, and what it took for granted. Two calls of one step
 * whose events are the same, on the same kinds of memory with the same numbers, make a plan.
 *
 * The second call is compared while it runs: its recording takes over the trace of the first and goes along it. Where
 * it does something else, the rest of the trace is replaced. So there is never more than one trace.
 */
#ifndef OPTLAB_PLAN_RECORD_H
#define OPTLAB_PLAN_RECORD_H

#include "base/err.h"
#include "plan/trace.h"

/* What a recorded step depends on besides its operands. */
typedef struct Modes {
  uint64_t plan_key; /* recorder_plan_key */
  DType default_dtype;
  bool grad_mode;
} Modes;

Modes modes_of(const Context *c);
bool modes_hold(const Modes *then, const Context *c); /* whether c has the same now */

typedef enum __attribute__((packed)) BufferKind {
  BUFFER_INPUT,    /* an argument of the step */
  BUFFER_OUTSIDE,  /* there before the step: parameters, running statistics */
  BUFFER_MADE,     /* made and written by events */
  BUFFER_CONSTANT, /* made by code that does not report: the numbers of a Lua table */
} BufferKind;

/* A storage that the step touched. */
typedef struct Buffer {
  uint64_t key; /* what it is found by */
  /* Some window that keeps the storage alive, owned. Of what is made only while its contents are constant and the
   * recording may become a plan. */
  Tensor *holder;
  union {
    size_t bytes;  /* of the storage */
    uint64_t hash; /* BUFFER_CONSTANT: of its contents */
  };
  BufferKind kind;
  bool constant; /* so far its contents are the same in each call */
  bool written;  /* by an event */
  uint8_t input; /* BUFFER_INPUT: which, from 0 */
  uint8_t block; /* in a plan: it exists in the blocks of a chain only, as its temporary number block - 1; 0: no */
  int line;      /* of the script, where it first appeared */
} Buffer;

/* A tensor from outside the step whose .grad the step looked at or changed. */
typedef struct GradSlot {
  Tensor *leaf;
  int leaf_buffer;  /* -1: no event uses it */
  bool needs_entry; /* the step began by looking: */
  Tensor *entry;    /* what was there then, or NULL; owned */
  bool written;
  Tensor *exit;    /* what the step left there, or NULL; owned */
  int exit_buffer; /* -1: none */
  bool made;       /* in a plan: exit's memory is the plan's, and may have to be another one */
  int own;         /* in a plan: references to exit's storage that belong to the plan */
} GradSlot;

/* Bytes that must be what they were. */
typedef struct Watch {
  const void *p;
  size_t size;
  unsigned char bytes[8];
  const char *name;
  int line;
} Watch;

/* A leaf tensor from outside the step, which a script may convert or freeze. */
typedef struct Leaf {
  Tensor *t; /* owned */
  const Storage *storage;
  bool requires_grad;
} Leaf;

/* The addresses that a computation had for arguments (Computation.own). */
typedef struct OwnArgs {
  unsigned char bytes[2 * sizeof(void *)];
} OwnArgs;

/* Finds the script's line under way; false if there is none. with_text: its text is asked for too, "script.lua:12". */
typedef bool FindLine(void *arg, Line *line, bool with_text);

typedef struct Recording {
  Trace trace;
  Buffer *buffer;
  GradSlot *slot;
  Watch *watch;
  Leaf *leaf;
  int buffers, slots, watches, leaves;
  int buffer_cap, slot_cap, watch_cap, leaf_cap;
  int *table; /* [table_size] buffers by their keys, 0: free, else the number + 1 */
  int table_size;
  int line;                /* under way */
  bool one_line;           /* it stays that one */
  bool keep_trace;         /* a plan made of it keeps its events (plan/lanes), */
  bool keep_whole;         /* and those that it leaves out, for other runs to follow (plan/follow) */
  const struct Plan *like; /* the plan that is followed; borrowed until the end, NULL: none */
  OwnArgs *own;            /* [owns] where it is followed: the run's own, in the order of the events */
  int owns, own_cap;
  const struct Recording *before; /* whose trace this is; borrowed until the end, NULL: none */
  int at;                         /* so many events were the same as in the call before */
  uint64_t start;                 /* storages and tensors with larger serials were made by the step */
  bool stop;                      /* on trouble: go on without recording, instead of raising */
  FindLine *find_line;            /* NULL: lines are not known */
  void *line_arg;
  char difference[768]; /* "" or what this call did otherwise */
  char failure[1024];   /* "" or why this step cannot be recorded, with the script's line in front */
} Recording;

/* Makes a recording the one of the current context, with its recorder: from now on computations are reported to it.
 * input[0..ninput-1] are the step's tensor arguments; before: the recording of the call before, whose trace is taken
 * over, or NULL; find_line may be NULL, arg is its argument; stop: see above. NULL without memory. */
Recording *recording_start(Tensor *const *input, int ninput, Recording *before, FindLine *find_line, void *arg,
                           bool stop);

/* Takes the recorder away again, notes what is left in .grad and compares it with what the call before left. */
void recording_end(Recording *r);
void recording_clear(Recording *r);        /* of new memory */
void recording_release(Recording *r);      /* accepts NULL */
void recording_forget_trace(Recording *r); /* what it takes for granted stays, with the lines */

/* Registers a tensor that the step returns; its buffer's number, -1 without memory. To be called before the end. */
int recording_output(Recording *r, Tensor *t);

/* Notes why the step cannot be recorded, unless something else was noted before. */
void recording_fail(Recording *r, const char *fmt, ...) ERR_PRINTF(2, 3);

/* --- record.c, for follow.c -------------------------------------------------------------------------------------- */

void recording_no_memory(Recording *r);

/* The number of t's buffer; `written`: an event that is being reported writes it. -1 without memory. */
int recording_buffer_of(Recording *r, Tensor *t, bool written);
void recording_note_writes(Recording *r, const Event *e, Tensor *const *t);

/* --- follow.c: a run that does what another one did --------------------------------------------------------------- */

/* Compares what is reported with the next event of the plan that r follows; `difference` is set where it is another. */
void recording_follow(Recording *r, const Computation *c);
void recording_follow_end(Recording *r);

/* --- conditions.c ------------------------------------------------------------------------------------------------- */

/* Whether the leaves and the numbers that the step took for granted are what they were. If not and why is not NULL,
 * *why says what changed (until the next err_set). */
bool recording_holds(const Recording *r, const char **why);

/* Whether the leaves have gradients now where they had some when the recording began, and none where they had none. */
bool recording_fits_grads(const Recording *r);

/* --- compare.c: 0, or -1 with b->difference: what b did otherwise than a, with the line. b has the trace ---------- */

int recording_compare_events(const Recording *a, Recording *b, const Event *x, const Event *y);
int recording_compare_ends(const Recording *a, Recording *b); /* at the end of b */
int recording_compare_longer(Recording *b, const Event *y);   /* y comes after all that a did */

#endif
