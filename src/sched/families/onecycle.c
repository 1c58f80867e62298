/*
 * onecycle.c - PyTorch's OneCycleLR, up once and down once. PyTorch's class moves the momentum as well and raises an
 * error after the last update; this gives the rate only, which stays constant from there on.
 */
#include <math.h>

#include "base/err.h"
#include "sched/families/family.h"

enum { PEAK_LR, TOTAL_STEPS, EPOCHS, STEPS_PER_EPOCH, PCT_START, STRATEGY, DIV_FACTOR, FINAL_DIV_FACTOR, THREE_PHASE };

static const char *const strategies[] = {"cos", "linear", NULL};

static const Arg onecyclelr_args[] = {
    {.name = "max_lr", .range = RANGE_NOT_NEGATIVE, .required = true, .doc = "The rate at the top."},
    {.name = "total_steps",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .def = ARG_UNSET,
     .doc = "Number of updates in the cycle; alternatively give epochs and steps_per_epoch."},
    {.name = "epochs",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .def = ARG_UNSET,
     .doc = "Number of epochs; with steps_per_epoch, an alternative to total_steps."},
    {.name = "steps_per_epoch",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .def = ARG_UNSET,
     .doc = "Updates per epoch."},
    {.name = "pct_start",
     .range = RANGE_0_TO_1,
     .def = 0.3,
     .doc = "Share of the updates during which the rate rises."},
    {.name = "anneal_strategy",
     .kind = ARG_CHOICE,
     .choices = strategies,
     .doc = "Shape of the rise and the fall: 'cos' for half a cosine wave, 'linear' for a straight line."},
    {.name = "div_factor", .range = RANGE_POSITIVE, .def = 25, .doc = "The first rate is max_lr / div_factor."},
    {.name = "final_div_factor",
     .range = RANGE_POSITIVE,
     .def = 1e4,
     .doc = "The last rate is the first rate divided by final_div_factor."},
    {.name = "three_phase",
     .kind = ARG_FLAG,
     .doc = "Whether to fall back to the first rate in as many updates as the rise took, and then to the last rate."},
    {0},
};

static int onecyclelr_check(const Sched *s) {
  const double *h = s->args.x;
  if (!isnan(h[TOTAL_STEPS]) || !(isnan(h[EPOCHS]) || isnan(h[STEPS_PER_EPOCH]))) return 0;
  return err_set("give either total_steps or both epochs and steps_per_epoch");
}

/* From `from` at share 0 to `to` at share 1. */
static double anneal(const Sched *s, double from, double to, double share) {
  if (s->args.x[STRATEGY] != 0) return from + (to - from) * share;
  return to + (from - to) / 2 * (1 + cos(M_PI * share));
}

static double phase(const Sched *s, double t, double begin, double end, double from, double to) {
  return anneal(s, from, to, end > begin ? (t - begin) / (end - begin) : 1);
}

static double onecyclelr_at(const Sched *s, double t) {
  const double *h = s->args.x;
  double steps = isnan(h[TOTAL_STEPS]) ? h[EPOCHS] * h[STEPS_PER_EPOCH] : h[TOTAL_STEPS];
  double high = h[PEAK_LR], low = high / h[DIV_FACTOR], least = low / h[FINAL_DIV_FACTOR];
  double peak = h[PCT_START] * steps - 1, valley = 2 * h[PCT_START] * steps - 2, last = steps - 1;
  t = fmin(t, last); /* which may lie in an earlier phase, where pct_start leaves no updates to the others */
  if (t <= peak) return phase(s, t, 0, peak, low, high);
  if (h[THREE_PHASE] == 0) return phase(s, t, peak, last, high, least);
  if (t <= valley) return phase(s, t, peak, valley, high, low);
  return phase(s, t, valley, last, low, least);
}

const SchedDef sched_onecycle[] = {
    {.name = "OneCycleLR",
     .doc = "Up to a high rate once, then down to a very low one.",
     .equation = "from max_lr / div_factor                     at t = 0\n"
                 "to   max_lr                                  at t = n\n"
                 "to   max_lr / div_factor                     at t = 2 n, if three_phase\n"
                 "to   max_lr / div_factor / final_div_factor  at t = total_steps - 1\n"
                 "with n = pct_start total_steps - 1; constant from t = total_steps - 1 on",
     .paper = "Smith, Topin, \"Super-convergence: very fast training of neural networks using large learning rates\", "
              "arXiv 1708.07120",
     .args = onecyclelr_args,
     .check = onecyclelr_check,
     .at = onecyclelr_at},
    {0},
};
