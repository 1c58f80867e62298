/*
 * inversesqrt.c - InverseSquareRoot, the schedule of the Transformer and of T5.
 */
#include <math.h>

#include "sched/families/family.h"

enum { WARMUP = 1, TIMESCALE };

static const Arg inversesqrt_args[] = {
    BASE_ROW,
    {.name = "warmup_steps",
     .range = RANGE_NOT_NEGATIVE,
     .doc = "Number of updates in which the rate rises from 0 to base_lr in a straight line."},
    {.name = "timescale",
     .range = RANGE_POSITIVE,
     .def = ARG_UNSET,
     .doc = "Updates after the warm-up until the rate has fallen by a factor of sqrt(2); by default warmup_steps, or "
            "10000 without a warm-up."},
    {0},
};

static double inversesqrt_at(const Sched *s, double t) {
  const double *h = s->args.x;
  if (t < h[WARMUP]) return warmup_linear(0, h[BASE_LR], t, h[WARMUP]);
  const double scale = !isnan(h[TIMESCALE]) ? h[TIMESCALE] : h[WARMUP] > 0 ? h[WARMUP] : 10000;
  return h[BASE_LR] / sqrt((t + scale - h[WARMUP]) / scale);
}

const SchedDef sched_inversesqrt[] = {
    {.name = "InverseSquareRoot",
     .doc = "Rises in a straight line, then falls like one over the square root of the update.",
     .equation = "base_lr t / warmup_steps                          while t < warmup_steps\n"
                 "base_lr / sqrt(1 + (t - warmup_steps) / timescale)  after that",
     .paper = "Vaswani et al., \"Attention is all you need\", NeurIPS 2017; Raffel et al., T5, JMLR 2020",
     .args = inversesqrt_args,
     .at = inversesqrt_at},
    {0},
};
