/*
 * timm.c - timm's CosineLR, TanhLR and PolyLR: curves over cycles that grow and get lower.
 *
 * Cycle i = 0, 1, ... is t_initial cycle_mul^i updates long and starts from base_lr cycle_decay^i; after cycle_limit
 * cycles the rate is lr_min. timm's warm-ups are sched.warmup of these: with warmup_prefix as it is, without it with
 * overlap = true. timm's noise is left out: a schedule is a function of t.
 */
#include <math.h>

#include "sched/families/family.h"

enum { T_INITIAL = 1, LR_MIN, CYCLE_MUL, CYCLE_DECAY, CYCLE_LIMIT, OWN };

/* clang-format off */
#define CYCLE_ROWS                                                                                                    \
  BASE_ROW,                                                                                                           \
  {.name = "t_initial", .range = RANGE_POSITIVE, .required = true, .doc = "Number of updates in the first cycle."},   \
  {.name = "lr_min", .range = RANGE_NOT_NEGATIVE, .doc = "The lowest rate."},                                         \
  {.name = "cycle_mul", .range = RANGE_AT_LEAST_1, .def = 1,                                                          \
   .doc = "Each cycle is cycle_mul times as long as the one before it."},                                             \
  {.name = "cycle_decay", .range = RANGE_NOT_NEGATIVE, .def = 1,                                                      \
   .doc = "Each cycle starts from cycle_decay times the rate of the one before it."},                                 \
  {.name = "cycle_limit", .kind = ARG_INTEGER, .range = RANGE_AT_LEAST_1, .def = 1, .doc = "Number of cycles."}
#define K_DECAY_ROW {.name = "k_decay", .range = RANGE_POSITIVE, .def = 1,                                            \
   .doc = "The exponent of the share of a cycle that is over; above 1 the rate stays high for longer."}
/* clang-format on */

#define OVER_CYCLES                                                          \
  "\nwith p the share of cycle i that is over, b = base_lr cycle_decay^i;\n" \
  "lr_min from the end of cycle cycle_limit on"

typedef struct Place {
  double share; /* of the cycle that is over, in [0, 1) */
  double top;   /* rate at the start of the cycle */
} Place;

/* Where t lies; false after the last cycle. */
static bool place_of(const double *h, double t, Place *place) {
  double length = h[T_INITIAL], i = 0;
  if (h[CYCLE_MUL] == 1) {
    i = floor(t / length);
    t -= i * length;
  } else {
    for (; t >= length && i < h[CYCLE_LIMIT]; i++) {
      t -= length;
      length *= h[CYCLE_MUL];
    }
  }
  *place = (Place){t / length, h[BASE_LR] * pow(h[CYCLE_DECAY], i)};
  return i < h[CYCLE_LIMIT];
}

/* --- CosineLR ----------------------------------------------------------------------------------------------------- */

enum { COSINE_K = OWN };
static const Arg cosine_args[] = {CYCLE_ROWS, K_DECAY_ROW, {0}};

static double cosine_at(const Sched *s, double t) {
  const double *h = s->args.x;
  Place at;
  if (!place_of(h, t, &at)) return h[LR_MIN];
  return h[LR_MIN] + (at.top - h[LR_MIN]) * (1 + cos(M_PI * pow(at.share, h[COSINE_K]))) / 2;
}

/* --- TanhLR ------------------------------------------------------------------------------------------------------- */

enum { TANH_LB = OWN, TANH_UB };
static const Arg tanh_args[] = {
    CYCLE_ROWS,
    {.name = "lb", .def = -7, .doc = "Argument of tanh at the start of a cycle; below ub."},
    {.name = "ub", .def = 3, .doc = "Argument of tanh at the end of a cycle."},
    {0},
};

static int tanh_check(const Sched *s) {
  const double *h = s->args.x;
  return h[TANH_LB] < h[TANH_UB] ? 0 : err_set("lb must be below ub, got %.14g and %.14g", h[TANH_LB], h[TANH_UB]);
}

static double tanh_at(const Sched *s, double t) {
  const double *h = s->args.x;
  Place at;
  if (!place_of(h, t, &at)) return h[LR_MIN];
  return h[LR_MIN] + (at.top - h[LR_MIN]) * (1 - tanh(h[TANH_LB] * (1 - at.share) + h[TANH_UB] * at.share)) / 2;
}

/* --- PolyLR ------------------------------------------------------------------------------------------------------- */

enum { POLY_POWER = OWN, POLY_K };
static const Arg poly_args[] = {
    CYCLE_ROWS,
    {.name = "power", .range = RANGE_POSITIVE, .def = 0.5, .doc = "The exponent of the curve."},
    K_DECAY_ROW,
    {0},
};

static double poly_at(const Sched *s, double t) {
  const double *h = s->args.x;
  Place at;
  if (!place_of(h, t, &at)) return h[LR_MIN];
  return h[LR_MIN] + (at.top - h[LR_MIN]) * pow(1 - pow(at.share, h[POLY_K]), h[POLY_POWER]);
}

#define K_DECAY "Zhang, Li, \"k-decay: a new method for learning rate schedule\", arXiv 2004.05909"

const SchedDef sched_timm[] = {
    {.name = "CosineLR",
     .doc = "Cosine waves with restarts that may grow, get lower and come to an end (timm's CosineLRScheduler).",
     .equation = "lr_min + (b - lr_min) (1 + cos(pi p^k_decay)) / 2" OVER_CYCLES,
     .paper = K_DECAY,
     .args = cosine_args,
     .at = cosine_at},
    {.name = "TanhLR",
     .doc = "The fall of a hyperbolic tangent, with restarts (timm's TanhLRScheduler).",
     .equation = "lr_min + (b - lr_min) (1 - tanh(lb (1 - p) + ub p)) / 2" OVER_CYCLES,
     .paper = "Hsueh, Li, Wu, \"Stochastic gradient descent with hyperbolic-tangent decay on classification\", "
              "arXiv 1806.01593",
     .args = tanh_args,
     .check = tanh_check,
     .at = tanh_at},
    {.name = "PolyLR",
     .doc = "A power that falls to lr_min, with restarts (timm's PolyLRScheduler).",
     .equation = "lr_min + (b - lr_min) (1 - p^k_decay)^power" OVER_CYCLES,
     .paper = K_DECAY,
     .args = poly_args,
     .at = poly_at},
    {0},
};
