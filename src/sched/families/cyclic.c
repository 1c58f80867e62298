/*
 * cyclic.c - PyTorch's CyclicLR, up and down again and again.
 *
 *   CyclicLR    base_lr + (max_lr - base_lr) x scale, with x going up from 0 to 1 in step_size_up updates and down
 *               again in step_size_down; base_lr and max_lr required, step_size_up 2000, step_size_down the same
 *               mode "triangular": scale 1; "triangular2": 2^-(cycles completed); "exp_range": gamma^t; gamma 1
 *
 * PyTorch's class moves the momentum as well; this gives the rate only.
 * Smith, "Cyclical learning rates for training neural networks", WACV 2017.
 */
#include <math.h>

#include "sched/families/family.h"

enum { MAX_LR = 1, STEP_SIZE_UP, STEP_SIZE_DOWN, MODE, GAMMA };
enum { TRIANGULAR, TRIANGULAR2, EXP_RANGE };

static const char *const modes[] = {
    [TRIANGULAR] = "triangular", [TRIANGULAR2] = "triangular2", [EXP_RANGE] = "exp_range", NULL};

static const Arg cycliclr_args[] = {
    {.name = "base_lr", .range = RANGE_NOT_NEGATIVE, .required = true},
    {.name = "max_lr", .range = RANGE_NOT_NEGATIVE, .required = true},
    {.name = "step_size_up", .range = RANGE_POSITIVE, .def = 2000},
    {.name = "step_size_down", .range = RANGE_POSITIVE, .def = ARG_UNSET},
    {.name = "mode", .kind = ARG_CHOICE, .choices = modes},
    {.name = "gamma", .range = RANGE_NOT_NEGATIVE, .def = 1},
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
    {.name = "CyclicLR", .args = cycliclr_args, .at = cycliclr_at},
    {0},
};
