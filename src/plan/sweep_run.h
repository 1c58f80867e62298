/*
 * sweep_run.h - one of many trainings that run side by side: plans over the epochs of a loader, with random numbers of
 * its own.
 *
 * A lane goes on by itself as long as it has a plan for its next batch; where it has none, somebody has to run the step
 * on that batch and record it.
 */
#ifndef OPTLAB_PLAN_SWEEP_RUN_H
#define OPTLAB_PLAN_SWEEP_RUN_H

#include "data/loader.h"
#include "plan/plan.h"

typedef enum LaneState {
  LANE_READY,  /* can go on */
  LANE_WAITS,  /* the next batch has no plan */
  LANE_DONE,   /* all epochs are over */
  LANE_FAILED, /* `error` says why */
} LaneState;

typedef struct Lane {
  LaneState state;
  Loader *l; /* borrowed */
  Batches b; /* the epoch under way, if `open`; owned */
  bool open;
  Rng rng[RNG_PURPOSES];
  int64_t epoch, epochs; /* finished, wanted */
  double total;          /* of the epoch: sum of loss x rows, and rows */
  int64_t rows;
  double *loss; /* [epochs] mean over the rows, as the finished epochs come; borrowed */
  /* A plan for a batch of n rows and the window onto its loss, or NULL; asked at each batch. */
  const Plan *(*find)(void *who, const Loader *l, int64_t n, const Tensor **loss);
  void *who;
  char error[512];
} Lane;

/* Replays batches until the lane is not READY any more. Any thread, if its plans are threadable. */
void lane_advance(Lane *lane);

/* The loss of a batch of n rows that somebody else ran. */
void lane_count(Lane *lane, double loss, int64_t n);

/* Begins the next epoch if none is open; sets the state. */
void lane_open(Lane *lane);

void lane_free(Lane *lane);

#endif
