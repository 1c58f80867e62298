/*
 * restarts.c - CosineAnnealingWarmupRestarts: cosine waves, each after a warm-up of its own.
 */
#include <math.h>

#include "base/err.h"
#include "sched/families/family.h"

enum { MAX_LR, MIN_LR, FIRST_CYCLE_STEPS, CYCLE_MULT, WARMUP, GAMMA };

static const Arg restarts_args[] = {
    {.name = "max_lr", .range = RANGE_NOT_NEGATIVE, .required = true, .doc = "The rate at the top of the first cycle."},
    {.name = "min_lr", .range = RANGE_NOT_NEGATIVE, .doc = "The rate at which each cycle starts and ends."},
    {.name = "first_cycle_steps",
     .range = RANGE_AT_LEAST_1,
     .required = true,
     .doc = "Number of updates in the first cycle, its warm-up included."},
    {.name = "cycle_mult",
     .range = RANGE_AT_LEAST_1,
     .def = 1,
     .doc = "Each cycle's wave is cycle_mult times as long as the one before it, rounded down to whole updates."},
    {.name = "warmup_steps",
     .range = RANGE_NOT_NEGATIVE,
     .doc = "Number of updates at the start of each cycle in which the rate rises in a straight line."},
    {.name = "gamma", .range = RANGE_NOT_NEGATIVE, .def = 1, .doc = "Each cycle's top is gamma times the last one's."},
    {0},
};

static int restarts_check(const Sched *s) {
  const double *h = s->args.x;
  if (h[WARMUP] < h[FIRST_CYCLE_STEPS]) return 0;
  return err_set("warmup_steps must be below first_cycle_steps, got %.14g and %.14g", h[WARMUP], h[FIRST_CYCLE_STEPS]);
}

static double restarts_at(const Sched *s, double t) {
  const double *h = s->args.x;
  double length = h[FIRST_CYCLE_STEPS], cycle = 0;
  const double next = floor((length - h[WARMUP]) * h[CYCLE_MULT]) + h[WARMUP];
  if (h[CYCLE_MULT] == 1 || next == length) { /* waves too short to grow stay as they are */
    cycle = floor(t / length);
    t -= cycle * length;
  } else {
    for (; t >= length; cycle++) {
      t -= length;
      length = floor((length - h[WARMUP]) * h[CYCLE_MULT]) + h[WARMUP];
    }
  }
  const double top = h[MAX_LR] * pow(h[GAMMA], cycle);
  if (t < h[WARMUP]) return warmup_linear(h[MIN_LR], top, t, h[WARMUP]);
  return h[MIN_LR] + (top - h[MIN_LR]) * (1 + cos(M_PI * (t - h[WARMUP]) / (length - h[WARMUP]))) / 2;
}

const SchedDef sched_restarts[] = {
    {.name = "CosineAnnealingWarmupRestarts",
     .doc = "Cosine waves down to min_lr, each after a straight rise; their tops and lengths may change.",
     .equation = "in cycle c of n_c updates, at its update k, with w = warmup_steps:\n"
                 "min_lr + (M - min_lr) k / w                                   while k < w\n"
                 "min_lr + (M - min_lr) (1 + cos(pi (k - w) / (n_c - w))) / 2   after that\n"
                 "with M = max_lr gamma^c, n_0 = first_cycle_steps,\n"
                 "n_(c+1) = floor((n_c - w) cycle_mult) + w",
     .paper = "Loshchilov, Hutter, \"SGDR: stochastic gradient descent with warm restarts\", ICLR 2017",
     .args = restarts_args,
     .check = restarts_check,
     .at = restarts_at},
    {0},
};
