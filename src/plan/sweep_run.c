/*
 * sweep_run.c - plans over the epochs of a loader.
 */
#include "plan/sweep_run.h"

#include <stdio.h>

#include "base/alloc.h"

#define ERROR_BYTES 512

void sweep_run_fail(SweepRun *run) {
  if (!run->error) run->error = alloc_get(ERROR_BYTES);
  if (run->error) snprintf(run->error, ERROR_BYTES, "%s", err_message());
  run->state = SWEEP_RUN_FAILED;
}

void sweep_run_open(SweepRun *run) {
  if (!run->open && run->epoch == run->until) {
    run->state = SWEEP_RUN_DONE;
  } else if (!run->open && loader_start_from(run->l, &run->b, &run->own.random.of[RNG_DATA]) < 0) {
    sweep_run_fail(run);
  } else {
    run->open = true;
  }
}

void sweep_run_count(SweepRun *run, double loss, double weight) {
  run->total += run->sums ? loss : loss * weight;
  run->weight += weight;
  sweep_run_close(run);
}

void sweep_run_close(SweepRun *run) {
  if (loader_ready(run->l, &run->b) > 0) return;
  run->loss[run->epoch++] = run->total / run->weight;
  run->total = run->weight = 0;
  batches_free(&run->b);
  run->open = false;
}

void sweep_run_step(SweepRun *run) {
  Tensor *in[LOADER_MAX_FIELDS];
  const int64_t n = loader_ready(run->l, &run->b);
  const Tensor *loss, *weight;
  Plan *p = run->find(run->ctx, &run->own, run->l, n, &loss, &weight);
  if (!p) {
    run->state = SWEEP_RUN_WAITS;
    return;
  }
  for (int i = 0; i < run->l->nfields; i++) in[i] = plan_input(p, i);
  loader_take(run->l, &run->b, in);
  if (plan_run(p, &run->own) < 0) {
    sweep_run_fail(run);
    return;
  }
  sweep_run_count(run, tensor_get(loss, 0), weight ? tensor_get(weight, 0) : (double)n);
}

void sweep_run_advance(SweepRun *run) {
  while (run->state == SWEEP_RUN_READY) {
    sweep_run_open(run);
    if (run->state == SWEEP_RUN_READY) sweep_run_step(run);
  }
}

void sweep_run_free(SweepRun *run) {
  if (run->open) batches_free(&run->b);
  run->open = false;
  if (run->error) alloc_put(run->error, ERROR_BYTES);
  run->error = NULL;
}
