/*
 * recorder.h - telling a recorder what is computed.
 *
 * lab.compile records one training step and replays it later (docs/compile.md). Whoever reads or writes the memory of
 * tensors tells the recorder here, once for each computation as the script sees it: a row of the op table, a copy, a
 * fill, an optimizer's step. What happens inside of one is not told. The core knows only this interface; `trace` is
 * NULL unless a step is being recorded, and then a computation costs one comparison more.
 *
 * Memory that is made while a step is recorded and written by nobody who tells counts as a constant.
 */
#ifndef OPTLAB_CORE_RECORDER_H
#define OPTLAB_CORE_RECORDER_H

#include "core/rng.h"
#include "core/tensor.h"

#define TRACE_ARGS 128 /* bytes a computation's numbers may take */

typedef struct TraceCall TraceCall;

/* Computes once more: the written tensors from the read ones. rng: the generators, one a purpose. -1 with err_set. Runs
 * on any thread, but not beside another one that has a tensor in common. */
typedef int TraceRun(const TraceCall *c, Rng *rng);

struct TraceCall {
  const char *name; /* as in messages: "mul", "fill_"; lives for ever */
  TraceRun *run;
  bool pure; /* the written tensors depend on the read ones and the numbers alone: may be left out if nobody reads them,
                computed once if all that is read is constant */
  bool frozen;      /* args holds a number that the script gave; a message may show it */
  int nout, n;      /* t[0..nout-1] are written, t[nout..n-1] read; one that is both stands in both parts */
  Tensor *const *t; /* borrowed; NULL entries are skipped */
  const void *args; /* plain bytes without padding, compared between recordings; a double first if frozen */
  size_t size;      /* <= TRACE_ARGS */
};

/* What the recorder wants to hear. */
typedef struct Trace {
  void (*call)(const TraceCall *c);
  void (*grad_read)(Tensor *leaf);    /* leaf->grad is about to be looked at */
  void (*grad_written)(Tensor *leaf); /* leaf->grad is another tensor, or none, now */
  /* The step takes for granted that these bytes (at most 8) stay as they are; they live as long as what is recorded. */
  void (*watch)(const void *p, size_t size, const char *name);
  /* An element becomes a number; messages begin with `who`: "item()". */
  void (*value_read)(const Tensor *t, const char *who);
  void (*element_written)(Tensor *t); /* tensor_set */
  void (*seen)(Tensor *t);            /* t becomes a Lua value */
  void (*refuse)(const char *why);    /* what happens now cannot be recorded */
} Trace;

extern const Trace *trace;

/* Silence for what happens inside a computation; hand the result back to trace_resume. Where nobody listens nothing is
 * written, for plans run both on several threads. */
static inline const Trace *trace_pause(void) {
  const Trace *t = trace;
  if (t) trace = NULL;
  return t;
}
static inline void trace_resume(const Trace *t) {
  if (t) trace = t;
}

/* Runs c->run in silence, then tells. */
int trace_do(const TraceCall *c);

static inline void trace_grad_read(Tensor *leaf) {
  if (trace) trace->grad_read(leaf);
}
static inline void trace_grad_written(Tensor *leaf) {
  if (trace) trace->grad_written(leaf);
}
static inline void trace_refuse(const char *why) {
  if (trace) trace->refuse(why);
}

/* What copies, fills and element-wise operations outside of the op table run; plans know short ways for them. */
TraceRun tensor_rerun_copy, tensor_rerun_fill, map_rerun;

/* --- what plans are valid for ------------------------------------------------------------------------------------- */

/* Changes when something changes that recorded steps took for granted and cannot watch: a layer's mode or parameters,
 * the default dtype. A plan is replayed only where this number is what it was. */
extern uint64_t trace_world;

void trace_world_changed(void);             /* for good */
void trace_world_toggled(const void *what); /* a switch at `what` was moved; moving it back restores the number */

#endif
