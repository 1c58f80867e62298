/*
 * cyclic.c - PyTorch's CyclicLR, up and down again and again.
 *
 * PyTorch's class moves the momentum as well, the other way: that is CyclicMomentum here, for
 * sched.attach(opt, {lr = ..., momentum = ...}).
 */
#include <math.h>

#include "sched/families/family.h"

enum { LOW, HIGH, STEP_SIZE_UP, STEP_SIZE_DOWN, MODE, GAMMA };
enum { TRIANGULAR, TRIANGULAR2, EXP_RANGE };

static const char *const modes[] = {
    [TRIANGULAR] = "triangular", [TRIANGULAR2] = "triangular2", [EXP_RANGE] = "exp_range", NULL};

/* clang-format off */
#define CYCLE_ROWS(there, back)                                                                                        \
  {.name = "step_size_up", .range = RANGE_POSITIVE, .def = 2000, .doc = "Updates from the " there "."},                \
  {.name = "step_size_down", .range = RANGE_POSITIVE, .def = ARG_UNSET,                                                \
   .doc = "Updates from the " back "; by default step_size_up."},                                                      \
  {.name = "mode", .kind = ARG_CHOICE, .choices = modes,                                                               \
   .doc = "How the height of the cycles changes; see the formula."},                                                   \
  {.name = "gamma", .range = RANGE_NOT_NEGATIVE, .def = 1, .doc = "The factor of mode 'exp_range'."}
/* clang-format on */

static const Arg cycliclr_args[] = {
    {.name = "base_lr", .range = RANGE_NOT_NEGATIVE, .required = true, .doc = "The lowest rate."},
    {.name = "max_lr", .range = RANGE_NOT_NEGATIVE, .required = true, .doc = "The rate at the top of the first cycle."},
    CYCLE_ROWS("lowest rate up to the highest", "highest rate down to the lowest"),
    {0},
};

static const Arg cyclicmomentum_args[] = {
    {.name = "base_momentum", .range = RANGE_0_TO_1, .def = 0.8, .doc = "The momentum at the top rate of cycle one."},
    {.name = "max_momentum", .range = RANGE_0_TO_1, .def = 0.9, .doc = "The momentum at the lowest rate."},
    CYCLE_ROWS("highest momentum down to the lowest", "lowest momentum up to the highest"),
    {0},
};

/* How far from the end of a cycle at t: (high - low) scale x. */
static double height(const Sched *s, double t) {
  const double *h = s->args.x;
  const double down = isnan(h[STEP_SIZE_DOWN]) ? h[STEP_SIZE_UP] : h[STEP_SIZE_DOWN];
  const double total = h[STEP_SIZE_UP] + down, ratio = h[STEP_SIZE_UP] / total;
  const double cycles = floor(t / total), x = t / total - cycles;
  const double height = (h[HIGH] - h[LOW]) * (x <= ratio ? x / ratio : (x - 1) / (ratio - 1));
  if (h[MODE] == TRIANGULAR2) return height * exp2(-cycles);
  return h[MODE] == EXP_RANGE ? height * pow(h[GAMMA], t) : height;
}

static double cycliclr_at(const Sched *s, double t) { return s->args.x[LOW] + height(s, t); }

static double cyclicmomentum_at(const Sched *s, double t) { return s->args.x[HIGH] - height(s, t); }

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
    {.name = "CyclicMomentum",
     .doc = "The momentum that PyTorch's CyclicLR sets: down where the rate goes up.",
     .equation = "max_momentum - (max_momentum - base_momentum) scale x\nwith scale and x of CyclicLR",
     .paper = "Smith, \"Cyclical learning rates for training neural networks\", WACV 2017",
     .args = cyclicmomentum_args,
     .at = cyclicmomentum_at},
    {0},
};
