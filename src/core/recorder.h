/*
 * recorder.h - reporting to a recorder what is computed.
 *
 * lab.compile records one training step and replays it later (docs/explanation/compile.md). Every function that
 * reads or writes tensor memory reports it here, once for each computation as the script sees it: an operation of the op table, a copy,
 * a fill, an optimizer's step. What a computation does inside is not reported. The core knows only this interface;
 * context->recorder is NULL unless a step is being recorded, so that a computation pays for one comparison.
 *
 * Memory that is created while a step is recorded, by code that does not report, counts as a constant.
 */
#ifndef OPTLAB_CORE_RECORDER_H
#define OPTLAB_CORE_RECORDER_H

#include "core/context.h"
#include "core/rng.h"
#include "core/tensor.h"

#define COMPUTATION_ARGS 128 /* bytes for the numbers of a computation, at most */

typedef struct Computation Computation;

/* Computes once more: the written tensors from the read ones. own: the context of the run that the step belongs to; the
 * current one, `context`, may be another. -1 with err_set. Runs on any thread, but not beside another one that has a
 * tensor or the context in common. */
typedef int Recompute(const Computation *c, Context *own);

struct Computation {
  const char *name; /* as in messages: "mul", "fill_"; never freed */
  Recompute *run;
  /* The written tensors depend on the read ones and the numbers alone: the computation may be left out if its results
   * are never read, and done once if all that it reads is constant. */
  bool pure;
  /* Element i of what is written, of one shape with what is read, depends on element i of that alone; an error names it. */
  bool each;
  bool frozen;      /* args holds a number that the script gave; a message may show it */
  bool own;         /* args holds nothing but addresses, of objects that belong to the step: an optimizer, a schedule */
  int nout, n;      /* t[0..nout-1] are written, t[nout..n-1] read; one that is both stands in both parts */
  Tensor *const *t; /* borrowed; NULL entries are skipped */
  const void *args; /* plain bytes without padding, compared between recordings; a double first if frozen */
  size_t size;      /* <= COMPUTATION_ARGS */
};

/* What is reported to a recorder. Any report may end the recording: then context->recorder is NULL. */
typedef struct Recorder {
  void (*call)(const Computation *c);
  void (*grad_read)(Tensor *leaf);    /* leaf->grad is about to be looked at */
  void (*grad_written)(Tensor *leaf); /* leaf->grad is another tensor, or none, now */
  /* The step takes for granted that these bytes (at most 8) stay as they are; they live as long as what is recorded. */
  void (*watch)(const void *p, size_t size, const char *name);
  /* An element becomes a number; messages begin with `reader`: "item()". */
  void (*value_read)(const Tensor *t, const char *reader);
  void (*element_written)(Tensor *t); /* tensor_set */
  int (*seen)(Tensor *t);             /* t becomes a Lua value; returns the number of the script's line */
  void (*one_line)(bool on);          /* what is reported until it is off again stands on one line of the script */
  void (*refuse)(const char *why);    /* what happens now cannot be recorded */
  const char *(*refused)(void);       /* the sentence to raise because of that, or NULL */
} Recorder;

/* Pauses recording inside a computation; hand the result back to recorder_resume. While nothing is recorded this writes
 * nothing, so that plans may run on several threads at once. */
static inline const Recorder *recorder_pause(void) {
  const Recorder *t = context->recorder;
  if (t) context->recorder = NULL;
  return t;
}
static inline void recorder_resume(const Recorder *t) {
  if (t) context->recorder = t;
}

/* Runs c->run with the recorder paused, then reports it. */
int recorder_run(const Computation *c);

static inline void recorder_grad_read(Tensor *leaf) {
  if (context->recorder) context->recorder->grad_read(leaf);
}
static inline void recorder_grad_written(Tensor *leaf) {
  if (context->recorder) context->recorder->grad_written(leaf);
}
static inline void recorder_watch(const void *p, size_t size, const char *name) {
  if (context->recorder) context->recorder->watch(p, size, name);
}
static inline void recorder_one_line(bool on) {
  if (context->recorder) context->recorder->one_line(on);
}
static inline void recorder_refuse(const char *why) {
  if (context->recorder) context->recorder->refuse(why);
}

/* What a copy runs; plans know a short way for it. */
Recompute tensor_rerun_copy;

/* --- what plans are valid for ------------------------------------------------------------------------------------- */

/* Changes when something changes that recorded steps took for granted and cannot watch: a layer's mode, the layers of a
 * model. A plan is replayed only while this number is what it was when the plan was recorded. It is the process's, not
 * a context's, because the layers may be used in several contexts. Only the thread that runs Lua changes it. */
extern uint64_t recorder_plan_key;

void recorder_invalidate_plans(void); /* for good */

/* A switch at that address was moved; moving it back restores the key. */
void recorder_toggle_plans(const void *toggled);

#endif
