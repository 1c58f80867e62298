/*
 * cyclic.c - PyTorch's CyclicLR, up and down again and again.
 *
 * PyTorch's class moves the momentum as well; this gives the rate only.
 */
#include <math.h>

#include "sched/families/family.h"

enum { MAX_LR = 1, STEP_SIZE_UP, STEP_SIZE_DOWN, MODE, GAMMA };
enum { TRIANGULAR, TRIANGULAR2, EXP_RANGE };

static const char *const modes[] = {
    [TRIANGULAR] = "triangular", [TRIANGULAR2] = "triangular2", [EXP_RANGE] = "exp_range", NULL};

static const Arg cycliclr_args[] = {
    {.name = "base_lr", .range = RANGE_NOT_NEGATIVE, .required = true, .doc = "The lowest rate."},
    {.name = "max_lr", .range = RANGE_NOT_NEGATIVE, .required = true, .doc = "The rate at the top of the first cycle."},
    {.name = "step_size_up",
     .range = RANGE_POSITIVE,
     .def = 2000,
     .doc = "Updates from the lowest rate up to the highest."},
    {.name = "step_size_down",
     .range = RANGE_POSITIVE,
     .def = ARG_UNSET,
     .doc = "Updates from the highest rate down to the lowest; by default step_size_up."},
    {.name = "mode",
     .kind = ARG_CHOICE,
     .choices = modes,
     .doc = "How the height of the cycles changes; see the formula."},
    {.name = "gamma", .range = RANGE_NOT_NEGATIVE, .def = 1, .doc = "The factor of mode 'exp_range'."},
    {0},
};

static double cycliclr_at(const Sched *s, double t) {
  const double *h = s->args.x;
  double down = isnan(h[STEP_SIZE_DOWN]) ? h[STEP_SIZE_UP] : h[STEP_SIZE_DOWN];
  double total = h[STEP_SIZE_UP] + down, ratio = h[STEP_SIZE_UP] / total;
  double cycles = floor(t / total), x = t / total - cycles;
  double height = (h[MAX_LR] - h[BASE_LR]) * (x <= ratio ? x / ratio : (x - 1) / (ratio - 1));
  if (h[MODE] == TRIANGULAR2) return h[BASE_LR] + height * exp2(-cycles);
  return h[BASE_LR] + (h[MODE] == EXP_RANGE ? height * pow(h[GAMMA], t) : height);
}

const SchedDef sched_cyclic[] = {
    {.name = "CyclicLR",
     .doc = "Straight lines up and down between two rates.",
     .equation = "base_lr + (max_lr - base_lr) scale x\n"
                 "x: from 0 up to 1 in step_size_up updates, down again in step_size_down\n"
                 "scale: 1 in mode 'triangular', 2^-(cycles completed) in 'triangular2',\n"
                 "       gamma^t in 'exp_range'",
     .paper = "Smith, \"Cyclical learning rates for training neural networks\", WACV 2017",
     .args = cycliclr_args,
     .at = cycliclr_at},
    {0},
};
