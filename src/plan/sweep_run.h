/*
 * sweep_run.h - one of many trainings that run side by side: plans over the epochs of a loader, in a context of its own
 * (core/context.h).
 *
 * A run goes on by itself as long as it has a plan for its next batch. Where it has none, the thread that runs Lua has
 * to call the step on that batch, in the run's context, and record it.
 */
#ifndef OPTLAB_PLAN_SWEEP_RUN_H
#define OPTLAB_PLAN_SWEEP_RUN_H

#include "data/loader.h"
#include "plan/plan.h"

typedef enum SweepRunState {
  SWEEP_RUN_READY,  /* can go on */
  SWEEP_RUN_WAITS,  /* the next batch has no plan */
  SWEEP_RUN_DONE,   /* as many epochs are over as are wanted now */
  SWEEP_RUN_FAILED, /* `error` says why */
} SweepRunState;

typedef struct SweepRun {
  SweepRunState state;
  Loader *l; /* borrowed */
  Batches b; /* the epoch under way, if `open`; owned */
  bool open;
  Context own;           /* its context */
  int64_t epoch, epochs; /* finished, wanted in the end */
  int64_t until;         /* wanted now, at most `epochs`; with a larger one a run that is DONE is READY again */
  bool lanes;            /* has gone through batches together with others (plan/lanes) */
  bool sums;             /* a loss is the sum over its rows, not a mean */
  double total, weight;  /* of the epoch: sum of the losses times their weights, and sum of these */
  double *loss;          /* [epochs] the mean of the finished epochs, as they come; borrowed */
  /* A plan for a batch of n rows and the windows onto its loss and the weight of that (NULL: n), or NULL; asked at each
   * batch. */
  Plan *(*find)(void *ctx, const Context *own, const Loader *l, int64_t n, const Tensor **loss, const Tensor **weight);
  void *ctx;
  char *error; /* owned; NULL: none, or no memory for it */
} SweepRun;

void sweep_run_fail(SweepRun *run); /* with err_message */

/* Begins the next epoch if none is open; sets the state. */
void sweep_run_open(SweepRun *run);

/* Replays the next batch of a run that is READY and has an epoch open; sets the state. */
void sweep_run_step(SweepRun *run);

/* Replays batches until the run is not READY any more. Any thread, if its plans are threadable. */
void sweep_run_advance(SweepRun *run);

/* Adds the loss of a batch. Called by sweep_run_advance, and by the code that called the step instead. */
void sweep_run_count(SweepRun *run, double loss, double weight);
void sweep_run_close(SweepRun *run); /* the part of it that ends an epoch whose batches are all taken */

void sweep_run_free(SweepRun *run);

#endif
