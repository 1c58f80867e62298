/*
 * context.h - everything a run can change that outlives a call.
 *
 * A script trains by calling functions. What such a call leaves behind for the next one, apart from the tensors and
 * objects that the script holds, is in this struct and nowhere else: how far the random numbers have been drawn, the
 * modes, the recording under way.
 *
 * The thread that runs Lua has a current context, at first the program's. A run among many (plan/sweep_run.h) has a
 * context of its own, which is the current one while its step is called from Lua. Its plans may run on other threads;
 * they get the run's context as an argument (Recompute, plan_run) and never write to the current one, so runs on
 * several threads have nothing in common that changes. Functions that such a plan shares with eager code may read
 * context->recorder, which is NULL while plans run on several threads.
 *
 * Not in here: resources of the process (the allocator's cache, the worker threads, the message of err.h, a thread's
 * scratch memory), numbers that only have to differ (serial numbers of storages and graph nodes), and the key of the
 * valid plans (recorder.h), which is about objects that runs may share. Each says so where it is defined.
 */
#ifndef OPTLAB_CORE_CONTEXT_H
#define OPTLAB_CORE_CONTEXT_H

#include "core/rng.h"
#include "core/tensor.h"

struct GradWatch;
struct Recorder;
struct Recording;

typedef struct Context {
  Generators random;
  bool grad_mode;                  /* whether operations are recorded for backward; on at first */
  DType default_dtype;             /* of new tensors, and of integers that meet a float-only op; float32 at first */
  double bad_loss;                 /* the infinite or nan loss that check_loss met last; 0: none */
  const struct Recorder *recorder; /* what computations are reported to (recorder.h); NULL: no step is being recorded */
  struct Recording *recording;     /* what that recorder writes (plan/record.h) */
  struct GradWatch *gradwatch;     /* who is told when gradients are complete (autograd/gradwatch.h) */
} Context;

/* The current context of the thread that runs Lua; never NULL. */
extern Context *context;

/* Makes `to` the current context and returns the one before. The caller keeps `to` alive until it switches back, also
 * if Lua raises an error in between. */
Context *context_switch(Context *to);

#endif
