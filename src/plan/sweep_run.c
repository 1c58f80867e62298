/*
 * sweep_run.c - plans over the epochs of a loader.
 */
#include "plan/sweep_run.h"

#include <stdio.h>

static void fail(Lane *lane) {
  snprintf(lane->error, sizeof lane->error, "%s", err_message());
  lane->state = LANE_FAILED;
}

void lane_open(Lane *lane) {
  if (!lane->open && lane->epoch == lane->epochs) {
    lane->state = LANE_DONE;
  } else if (!lane->open && loader_start_from(lane->l, &lane->b, &lane->rng[RNG_DATA]) < 0) {
    fail(lane);
  } else {
    lane->open = true;
  }
}

void lane_count(Lane *lane, double loss, int64_t n) {
  lane->total += loss * (double)n;
  lane->rows += n;
  if (loader_ready(lane->l, &lane->b) > 0) return;
  lane->loss[lane->epoch++] = lane->total / (double)lane->rows;
  lane->total = 0;
  lane->rows = 0;
  batches_free(&lane->b);
  lane->open = false;
}

void lane_advance(Lane *lane) {
  Tensor *in[LOADER_MAX_FIELDS];
  for (lane_open(lane); lane->state == LANE_READY; lane_open(lane)) {
    const int64_t n = loader_ready(lane->l, &lane->b);
    const Tensor *loss;
    const Plan *p = lane->find(lane->who, lane->l, n, &loss);
    if (!p) {
      lane->state = LANE_WAITS;
      return;
    }
    for (int i = 0; i < lane->l->nfields; i++) in[i] = plan_input(p, i);
    loader_take(lane->l, &lane->b, in);
    if (plan_run(p, lane->rng) < 0) {
      fail(lane);
      return;
    }
    lane_count(lane, tensor_get(loss, 0), n);
  }
}

void lane_free(Lane *lane) {
  if (lane->open) batches_free(&lane->b);
  lane->open = false;
}
