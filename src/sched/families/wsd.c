/*
 * wsd.c - WSD: warm up, stay, decay ("trapezoid").
 */
#include <math.h>

#include "sched/families/family.h"

enum { WARMUP = 1, STABLE, DECAY, BEGIN_LR, FINAL_LR, WARMUP_SHAPE, DECAY_SHAPE };
enum { LINEAR, COSINE, ONE_MINUS_SQRT, ONE_MINUS_SQUARE };

static const char *const rises[] = {[LINEAR] = "linear", [COSINE] = "cosine", [ONE_MINUS_SQRT] = "1-sqrt", NULL};
static const char *const falls[] = {
    [LINEAR] = "linear", [COSINE] = "cosine", [ONE_MINUS_SQRT] = "1-sqrt", [ONE_MINUS_SQUARE] = "1-square", NULL};

static const Arg wsd_args[] = {
    BASE_ROW,
    {.name = "warmup_steps", .range = RANGE_NOT_NEGATIVE, .doc = "Number of updates in which the rate rises."},
    {.name = "stable_steps",
     .range = RANGE_NOT_NEGATIVE,
     .required = true,
     .doc = "Number of updates at base_lr after the warm-up."},
    {.name = "decay_steps",
     .range = RANGE_POSITIVE,
     .required = true,
     .doc = "Number of updates in which the rate falls to final_lr, where it stays."},
    {.name = "warmup_begin_lr", .range = RANGE_NOT_NEGATIVE, .doc = "The rate at the start of the warm-up."},
    {.name = "final_lr", .range = RANGE_NOT_NEGATIVE, .doc = "The rate at the end."},
    {.name = "warmup_type", .kind = ARG_CHOICE, .choices = rises, .doc = "The shape of the rise; see the formula."},
    {.name = "decay_type",
     .kind = ARG_CHOICE,
     .choices = falls,
     .def = COSINE,
     .doc = "The shape of the fall; see the formula."},
    {0},
};

/* From 1 at p = 0 to 0 at p = 1. */
static double fall(int shape, double p) {
  switch (shape) {
    case COSINE:
      return (1 + cos(M_PI * p)) / 2;
    case ONE_MINUS_SQRT:
      return 1 - sqrt(p);
    case ONE_MINUS_SQUARE:
      return 1 - p * p;
    default:
      return 1 - p;
  }
}

static double wsd_at(const Sched *s, double t) {
  const double *h = s->args.x;
  if (t < h[WARMUP]) {
    return h[BEGIN_LR] + (h[BASE_LR] - h[BEGIN_LR]) * fall((int)h[WARMUP_SHAPE], 1 - t / h[WARMUP]);
  }
  const double p = fmin(fmax(t - h[WARMUP] - h[STABLE], 0) / h[DECAY], 1);
  return h[FINAL_LR] + (h[BASE_LR] - h[FINAL_LR]) * fall((int)h[DECAY_SHAPE], p);
}

const SchedDef sched_wsd[] = {
    {.name = "WSD",
     .doc = "Warm-up, stable, decay: a rise, a constant rate for as long as one likes, and a short fall.",
     .equation = "in the warm-up  w + (base_lr - w) f(1 - t / warmup_steps)\n"
                 "after it        final_lr + (base_lr - final_lr) f(p)\n"
                 "with w = warmup_begin_lr, p = (t - warmup_steps - stable_steps) / decay_steps,\n"
                 "cut to [0, 1], and f(p): 'linear' 1 - p, 'cosine' (1 + cos(pi p)) / 2,\n"
                 "'1-sqrt' 1 - sqrt(p), '1-square' 1 - p^2",
     .paper = "Hu et al., \"MiniCPM: unveiling the potential of small language models with scalable training "
              "strategies\", arXiv 2404.06395",
     .args = wsd_args,
     .at = wsd_at},
    {0},
};
