/*
 * lanes.h - runs that go through their epochs together, a run a lane.
 *
 * Plans of runs that differ in memory and numbers alone are replayed as one: the operands of all runs lie side by side
 * (kernels/lanes), so that a step of tiny operations fills vectors and is prepared once for all. What has no such form
 * is done by each run's own plan, on memory copied there and back.
 */
#ifndef OPTLAB_PLAN_LANES_LANES_H
#define OPTLAB_PLAN_LANES_LANES_H

#include "kernels/lanes/lanes.h"
#include "plan/sweep_run.h"

/* Replays batches until none of the runs is READY any more, as sweep_run_advance does for each. The runs must write to
 * different memory, and their plans be threadable. count <= LANES. The list may get another order. */
void lanes_advance(SweepRun **run, int count);

/* The plan for the next batch of a run; NULL: it is not READY, or has none. */
Plan *lanes_plan(SweepRun *run);

/* Whether two runs with these plans could go together: they are alike, and the batches come from the same rows. */
bool lanes_match(const SweepRun *a, const Plan *p, const SweepRun *b, const Plan *q);

#endif
